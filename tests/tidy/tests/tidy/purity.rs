//! What decides is pure: facts in, decision out. Such code can be tested by tables, replayed, and trusted to
//! say the same in client, relay and checker.

/// Folders in which everything is pure.
const PURE: &[&str] = &["lib/standard/src", "lib/parcel/src"];

/// Those whose `decide/` must exist. Delivery decides in the store's transaction, where one end per acceptance is kept.
const STATIONS: &[&str] = &["ingest", "validation", "routing", "console"];

/// Word of code, what it would bring in.
const FORBIDDEN: &[(&str, &str)] = &[
    ("tokio", "a runtime"),
    ("async ", "waiting"),
    (".await", "waiting"),
    ("std::fs", "files"),
    ("std::net", "the network"),
    ("std::env", "the environment"),
    ("std::process", "other programs"),
    ("std::thread", "threads"),
    ("fs::read", "files"),
    ("File::open", "files"),
    ("SystemTime", "the clock"),
    ("Instant", "the clock"),
    ("Timestamp::now", "the clock"),
    ("Zoned::now", "the clock"),
    ("tracing", "the log"),
    ("println!", "the terminal"),
    ("eprintln!", "the terminal"),
    ("rand::", "chance"),
    ("getrandom", "chance"),
    ("lapin", "the broker"),
    ("sqlx", "the store"),
    ("reqwest", "the network"),
    ("axum", "the network"),
];

/// What the line would bring in, if anything. Types of `store` and `chassis` may serve as facts and decisions: all
/// their acts are async, and waiting is forbidden.
fn impurity(line: &str) -> Option<&'static str> {
    let found = FORBIDDEN.iter().find(|(word, _)| line.contains(word));
    found.map(|(_, brings)| *brings)
}

fn impurities(folder: &str) -> (usize, Vec<String>) {
    let files = tidy::tree::rust(&[folder]).expect("the folder is there");
    let mut found = Vec::new();
    for file in files.iter().filter(|file| !file.is_test()) {
        for (number, line) in file.program() {
            if let Some(brings) = impurity(&line) {
                found.push(format!("{}:{number}: {brings} ({})", file.path, line.trim()));
            }
        }
    }
    (files.len(), found)
}

#[test]
fn an_impurity_is_recognised() {
    assert_eq!(impurity("let now = jiff::Timestamp::now();"), Some("the clock"));
    assert_eq!(
        impurity("    let facts = store.office(number).await?;"),
        Some("waiting")
    );
    assert_eq!(impurity("use store::{OfficeFacts, OfficeState};"), None);
}

#[test]
fn the_standard_and_the_parcel_are_pure() {
    for folder in PURE {
        let (scanned, found) = impurities(folder);
        assert!(3 <= scanned, "{folder} holds only {scanned} files");
        assert!(found.is_empty(), "{found:#?}");
    }
}

#[test]
fn every_station_decides_purely() {
    for station in STATIONS {
        let folder = format!("services/{station}/src/decide");
        let (scanned, found) = impurities(&folder);
        assert!(1 <= scanned, "{folder} holds nothing");
        assert!(found.is_empty(), "{found:#?}");
    }
}

#[test]
fn no_other_folder_escapes_the_rule() {
    let decides: Vec<String> = tidy::tree::rust(&["services", "lib", "client"])
        .expect("the tree is readable")
        .into_iter()
        .map(|file| file.path)
        .filter(|path| path.contains("/decide/") || path.ends_with("/decide.rs"))
        .collect();
    let outside: Vec<&String> = decides
        .iter()
        .filter(|path| !path.starts_with("services/") || !path.contains("/src/decide/"))
        .collect();
    assert!(
        outside.is_empty(),
        "a decide that is no folder of a station: {outside:?}"
    );
    for path in &decides {
        let folder = path
            .split_once("/decide/")
            .map(|(before, _)| format!("{before}/decide"))
            .expect("a folder");
        let (_, found) = impurities(&folder);
        assert!(found.is_empty(), "{found:#?}");
    }
}
