//! Exchanges and queues are named in proto's topology only: everybody else asks it, so that one table is the truth.

use tidy::tree::File;

const TABLE: &str = "proto/src/topology";

/// First parts of the sharded and the vendors' queues.
const STEMS: &[&str] = &["validation.", "routing.", "delivery.", "vendor.", "office."];

fn program_files() -> Vec<File> {
    tidy::tree::rust(&["proto", "lib", "services", "client"])
        .expect("the tree is readable")
        .into_iter()
        .filter(|file| !file.is_test())
        .collect()
}

/// The full names written in the table, as `relay.submit`.
fn table() -> Vec<String> {
    program_files()
        .iter()
        .filter(|file| file.path.starts_with(TABLE))
        .flat_map(File::program_literals)
        .map(|(_, literal)| literal)
        .filter(|literal| literal.starts_with("relay."))
        .collect()
}

/// Whether a literal names an exchange, or builds or names a queue of a shard, vendor or office.
fn names_something(literal: &str, table: &[String]) -> bool {
    let full = table
        .iter()
        .any(|name| literal == name || literal.starts_with(&format!("{name}.")));
    let built = STEMS.iter().any(|stem| {
        let rest = literal.strip_prefix(stem);
        rest.is_some_and(|rest| {
            rest.is_empty() || rest.starts_with(|next: char| next.is_ascii_digit() || "{*#".contains(next))
        })
    });
    full || built
}

#[test]
fn the_table_is_there() {
    let table = table();
    assert!(
        10 <= table.len(),
        "nine exchanges and the marker of shards: {table:?}"
    );
}

#[test]
fn a_name_is_recognised() {
    let table = table();
    for name in [
        "relay.submit",
        "relay.parked",
        "validation.00",
        "delivery.{shard:02}",
        "vendor.",
        "office.{}",
    ] {
        assert!(names_something(name, &table), "{name}");
    }
    for other in [
        "relay",
        "relay.toml",
        "delivery.listen",
        "routing.unknown",
        "office.renumbered",
        "validation",
    ] {
        assert!(!names_something(other, &table), "{other}");
    }
}

#[test]
fn names_stand_in_the_topology_only() {
    let table = table();
    let mut found = Vec::new();
    let mut scanned = 0;
    for file in program_files()
        .iter()
        .filter(|file| !file.path.starts_with(TABLE))
    {
        scanned += 1;
        for (line, literal) in file.program_literals() {
            if names_something(&literal, &table) {
                found.push(format!("{}:{line}: {literal:?}", file.path));
            }
        }
    }
    assert!(20 <= scanned, "only {scanned} files scanned");
    assert!(found.is_empty(), "ask proto::topology instead: {found:#?}");
}
