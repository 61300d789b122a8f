//! YAML for the rules, read by Python: no crate of ours would have another use for it.

use std::collections::BTreeSet;
use std::process::Command;

use serde_json::Value;

const READ: &str = "import json, sys, yaml
loader = getattr(yaml, 'CSafeLoader', yaml.SafeLoader)
json.dump([document for path in sys.argv[1:] for document in yaml.load_all(open(path), loader)], sys.stdout)";

/// The documents of files of the repository, in one go: Python's start is most of the time.
pub(crate) fn all<'a>(paths: impl IntoIterator<Item = &'a str>) -> Vec<Value> {
    let root = tidy::tree::root();
    // Debian's own: its package python3-yaml belongs to it.
    let run = Command::new("/usr/bin/python3")
        .args(["-c", READ])
        .args(paths.into_iter().map(|path| root.join(path)))
        .output()
        .expect("python3 is there: ops/dev/setup test");
    let told = String::from_utf8_lossy(&run.stderr);
    assert!(run.status.success(), "{told}");
    let read: Vec<Value> = serde_json::from_slice(&run.stdout).expect("it is JSON");
    read.into_iter().filter(|document| !document.is_null()).collect()
}

/// The documents of one file.
pub(crate) fn documents(path: &str) -> Vec<Value> {
    all([path])
}

/// The dotted keys of a TOML file of the repository.
pub(crate) fn toml_keys(path: &str) -> BTreeSet<String> {
    let text = std::fs::read_to_string(tidy::tree::root().join(path)).expect("it is there");
    let table: toml::Table = text.parse().expect("it is TOML");
    let mut found = BTreeSet::new();
    walk("", &table, &mut found);
    found
}

fn walk(above: &str, table: &toml::Table, found: &mut BTreeSet<String>) {
    for (key, value) in table {
        match value {
            toml::Value::Table(below) => walk(&format!("{above}{key}."), below, found),
            _ => {
                found.insert(format!("{above}{key}"));
            }
        }
    }
}

/// Keys that a station's configuration has and `relay` does not know; `<key>_file` is `<key>`.
pub(crate) fn unknown_keys(path: &str) -> Vec<String> {
    let known = toml_keys("services/relay/config.default.toml");
    let keys = toml_keys(path);
    assert!(5 <= keys.len(), "{path}: only {} keys", keys.len());
    keys.into_iter()
        .filter(|key| !known.contains(key.strip_suffix("_file").unwrap_or(key)))
        .collect()
}

/// What stands at a path (`/spec/template`), as a list of its words; empty where nothing stands.
pub(crate) fn words(value: &Value, pointer: &str) -> Vec<String> {
    let list = value.pointer(pointer).and_then(Value::as_array);
    list.into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect()
}
