//! Every key a program reads stands in its default file, and the default file holds no other. A key that has no
//! default stands there in a comment: `# url = "…"`.

use std::collections::{BTreeMap, BTreeSet};

/// Default file, crate and type of the whole configuration.
const PROGRAMS: &[(&str, &str, &str)] = &[("services/relay/config.default.toml", "relay", "Config")];

/// Fields of a struct: name and the last part of its type's path, with the part before (`ingest`, `Config`).
type Fields = Vec<(String, Option<String>, String)>;

/// Every struct of program code that serde reads, by crate and name.
fn structs() -> BTreeMap<(String, String), Fields> {
    let mut found = BTreeMap::new();
    let files = tidy::tree::rust(&["proto", "lib", "services"]).expect("the tree is readable");
    for file in files.iter().filter(|file| !file.is_test()) {
        let home = file
            .path
            .split("/src/")
            .next()
            .and_then(|folder| folder.rsplit('/').next())
            .unwrap_or_default();
        let lines: Vec<String> = file.program().into_iter().map(|(_, line)| line).collect();
        let mut derived = false;
        let mut open: Option<(String, Fields)> = None;
        for line in lines.iter().map(|line| line.trim()) {
            if let Some((name, mut fields)) = open.take() {
                if line == "}" {
                    found.insert((home.to_owned(), name), fields);
                    continue;
                }
                fields.extend(field(line));
                open = Some((name, fields));
            } else if line.starts_with("#[derive(") {
                derived = line.contains("Deserialize");
            } else if let Some(name) = opened(line) {
                open = derived.then(|| (name.to_owned(), Vec::new()));
                derived = false;
            } else if !line.is_empty() && !line.starts_with("#[") {
                derived = false;
            }
        }
    }
    found
}

fn opened(line: &str) -> Option<&str> {
    let line = line
        .strip_prefix("pub(crate) ")
        .or_else(|| line.strip_prefix("pub "))
        .unwrap_or(line);
    line.strip_prefix("struct ")?.strip_suffix(" {")
}

fn field(line: &str) -> Option<(String, Option<String>, String)> {
    let line = line
        .strip_prefix("pub(crate) ")
        .or_else(|| line.strip_prefix("pub "))
        .unwrap_or(line);
    let (name, kind) = line.strip_suffix(',')?.split_once(": ")?;
    let kind = kind
        .strip_prefix("Option<")
        .and_then(|kind| kind.strip_suffix('>'))
        .unwrap_or(kind);
    let mut parts = kind.rsplit("::");
    let last = parts.next()?.to_owned();
    let before = parts.next().filter(|part| !part.is_empty()).map(str::to_owned);
    Some((name.to_owned(), before, last))
}

/// The keys below a struct, dotted.
fn keys(
    structs: &BTreeMap<(String, String), Fields>,
    home: &str,
    name: &str,
    above: &str,
    found: &mut BTreeSet<String>,
) {
    let fields = &structs[&(home.to_owned(), name.to_owned())];
    for (key, before, kind) in fields {
        let dotted = format!("{above}{key}");
        let crates: BTreeSet<&str> = structs
            .keys()
            .filter(|(_, name)| name == kind)
            .map(|(home, _)| home.as_str())
            .collect();
        let place = match before.as_deref() {
            Some(before) if crates.contains(before) => Some(before),
            Some(_) => None,
            None => crates.get(home).copied(),
        };
        match (place, crates.len()) {
            (Some(place), _) => keys(structs, place, kind, &format!("{dotted}."), found),
            (None, 0) => {
                found.insert(dotted);
            }
            (None, count) => {
                assert_eq!(count, 1, "{dotted}: {kind} stands in {crates:?}; name the crate");
                keys(
                    structs,
                    crates.first().expect("one"),
                    kind,
                    &format!("{dotted}."),
                    found,
                );
            }
        }
    }
}

/// The keys of a default file, those in comments too.
fn written(file: &str) -> BTreeSet<String> {
    let text = std::fs::read_to_string(tidy::tree::root().join(file)).expect("the default file");
    let mut section = String::new();
    let mut found = BTreeSet::new();
    for line in text.lines() {
        if let Some(name) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            section = format!("{name}.");
            continue;
        }
        let line = line.strip_prefix("# ").unwrap_or(line);
        let Some((key, _)) = line.split_once(" = ") else {
            continue;
        };
        if key
            .chars()
            .all(|char| char.is_ascii_lowercase() || char.is_ascii_digit() || char == '_')
        {
            found.insert(format!("{section}{key}"));
        }
    }
    found
}

#[test]
fn every_key_stands_in_the_default_file() {
    let structs = structs();
    for (file, home, name) in PROGRAMS {
        let mut read = BTreeSet::new();
        keys(&structs, home, name, "", &mut read);
        let written = written(file);
        assert!(20 <= read.len(), "only {} keys found for {file}", read.len());
        let missing: Vec<&String> = read.difference(&written).collect();
        let idle: Vec<&String> = written.difference(&read).collect();
        assert!(missing.is_empty(), "not in {file}: {missing:#?}");
        assert!(idle.is_empty(), "read by nobody, in {file}: {idle:#?}");
    }
}

#[test]
fn every_default_file_is_held() {
    let files = tidy::tree::files("").expect("the tree is readable");
    let there: Vec<&str> = files
        .iter()
        .map(|file| file.path.as_str())
        .filter(|path| path.ends_with("default.toml"))
        .collect();
    let held: Vec<&str> = PROGRAMS.iter().map(|(file, _, _)| *file).collect();
    assert_eq!(there, held);
}
