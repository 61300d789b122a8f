//! Who may know whom. The table is the architecture; an edge that is not in it needs a reason, here.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use serde_json::Value;

const LIBRARIES: &[&str] = &["proto", "standard", "seal", "parcel", "chassis", "door", "store"];

/// Crate, whom of ours it may know, why no more.
const MAY_KNOW: &[(&str, &[&str], &str)] = &[
    (
        "proto",
        &[],
        "the contract knows nobody, so that everybody may know it",
    ),
    (
        "standard",
        &[],
        "the national standard is older than this relay and outlives it",
    ),
    (
        "seal",
        &["proto"],
        "trust is decided without store, broker or file rules",
    ),
    (
        "parcel",
        &["proto", "standard"],
        "judging a content needs the contract and the standard, no one else",
    ),
    (
        "chassis",
        &["proto"],
        "what every station stands on knows no station's matter",
    ),
    (
        "store",
        &["proto"],
        "rows speak the contract's words; no rule of a station lives in SQL",
    ),
    (
        "door",
        &["proto", "seal", "store", "chassis"],
        "who is there: certificate, trust, directory",
    ),
    (
        "ingest",
        LIBRARIES,
        "a station never knows a station; the broker is all that is between them",
    ),
    ("validation", LIBRARIES, "as ingest"),
    ("routing", LIBRARIES, "as ingest"),
    ("delivery", LIBRARIES, "as ingest"),
    ("console", LIBRARIES, "as ingest"),
    (
        "relay",
        &[
            "ingest",
            "validation",
            "routing",
            "delivery",
            "console",
            "proto",
            "standard",
            "seal",
            "parcel",
            "chassis",
            "door",
            "store",
        ],
        "the one binary starts every station",
    ),
    (
        "relayctl",
        LIBRARIES,
        "talks to the console's door, opens the store for four commands",
    ),
    (
        "careplan",
        &["proto", "seal", "parcel", "standard"],
        "an office has neither broker nor store",
    ),
    (
        "harness",
        &[
            "proto", "standard", "seal", "parcel", "chassis", "store", "careplan",
        ],
        "tests speak to the programs as offices, vendors and operators do",
    ),
    (
        "e2e",
        &[
            "harness", "proto", "standard", "seal", "parcel", "chassis", "store", "careplan",
        ],
        "a story never calls a station's code",
    ),
    (
        "bench",
        &[
            "harness", "proto", "standard", "seal", "parcel", "chassis", "store", "careplan",
        ],
        "measured from outside",
    ),
    (
        "tidy",
        &["proto", "chassis", "standard"],
        "reads the tree; asks for names of metrics, queues and codes at most",
    ),
];

/// A crate of others, those of ours that name it, why no one else.
const ONLY: &[(&str, &[&str], &str)] = &[
    (
        "lapin",
        &["chassis"],
        "confirms, mandatory and supervision are decided once",
    ),
    (
        "prometheus",
        &["chassis"],
        "names and labels of metrics are decided once",
    ),
    ("sqlx", &["store"], "both databases get the same text"),
    ("openssl", &["seal"], "signatures and trust are decided once"),
    (
        "testcontainers",
        &["e2e", "harness"],
        "where containers start, Docker is needed",
    ),
];

struct Edges {
    ours: BTreeMap<String, BTreeSet<String>>,
    others: BTreeMap<String, BTreeSet<String>>,
}

/// Every member's dependencies of every kind (tests and build scripts too), read from cargo.
fn edges() -> Edges {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--offline", "--format-version", "1"])
        .current_dir(tidy::tree::root())
        .output()
        .expect("cargo runs");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("cargo metadata is JSON");
    let packages = metadata["packages"].as_array().expect("packages");
    let name = |value: &Value| value["name"].as_str().expect("a name").to_owned();
    let members: BTreeSet<String> = packages.iter().map(name).collect();
    let mut edges = Edges {
        ours: BTreeMap::new(),
        others: BTreeMap::new(),
    };
    for package in packages {
        let known: BTreeSet<String> = package["dependencies"]
            .as_array()
            .expect("dependencies")
            .iter()
            .map(name)
            .collect();
        let (ours, others) = known.into_iter().partition(|known| members.contains(known));
        edges.ours.insert(name(package), ours);
        edges.others.insert(name(package), others);
    }
    edges
}

#[test]
fn every_edge_stands_in_the_table() {
    let edges = edges();
    let table: BTreeMap<&str, &[&str]> = MAY_KNOW.iter().map(|(name, may, _)| (*name, *may)).collect();
    let members: BTreeSet<&str> = edges.ours.keys().map(String::as_str).collect();
    assert_eq!(
        members,
        table.keys().copied().collect(),
        "the table names every crate, and only those there are"
    );
    let mut forbidden = Vec::new();
    for (member, known) in &edges.ours {
        for known in known {
            if !table[member.as_str()].contains(&known.as_str()) {
                forbidden.push(format!("{member} -> {known}"));
            }
        }
    }
    assert!(forbidden.is_empty(), "not in the table: {forbidden:#?}");
}

#[test]
fn each_wrapped_crate_is_named_by_its_wrapper_only() {
    let edges = edges();
    for (wrapped, wrappers, why) in ONLY {
        let namers: Vec<&str> = edges
            .others
            .iter()
            .filter(|(_, known)| known.contains(*wrapped))
            .map(|(member, _)| member.as_str())
            .collect();
        assert_eq!(namers, *wrappers, "{wrapped}: {why}");
    }
}

#[test]
fn the_table_has_no_circle_and_gives_reasons() {
    let mut settled: BTreeSet<&str> = BTreeSet::new();
    while settled.len() < MAY_KNOW.len() {
        let before = settled.len();
        for (name, may, why) in MAY_KNOW {
            assert!(why.len() >= 6, "{name} gives no reason");
            if may.iter().all(|known| settled.contains(known)) {
                settled.insert(name);
            }
        }
        assert!(before < settled.len(), "a circle among those not in {settled:?}");
    }
}
