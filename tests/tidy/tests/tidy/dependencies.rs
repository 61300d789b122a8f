//! Every dependency stands once, with its version, its reason, and somebody who uses it.

use std::collections::BTreeSet;

use tidy::tree::File;
use toml::{Table, Value};

/// The members' manifests; a fuzz target is a workspace of its own, for another compiler.
fn manifests() -> Vec<File> {
    let found: Vec<File> = tidy::tree::files("")
        .expect("the tree is readable")
        .into_iter()
        .filter(|file| file.path.ends_with("/Cargo.toml") && !file.path.contains("/fuzz/"))
        .collect();
    assert!(15 <= found.len(), "only {} manifests", found.len());
    found
}

fn workspace() -> String {
    std::fs::read_to_string(tidy::tree::root().join("Cargo.toml")).expect("the workspace's manifest")
}

fn tables(manifest: &Table) -> impl Iterator<Item = (&String, &Value)> {
    ["dependencies", "dev-dependencies", "build-dependencies"]
        .into_iter()
        .filter_map(|kind| manifest.get(kind)?.as_table())
        .flatten()
}

#[test]
fn every_dependency_has_its_reason() {
    let text = workspace();
    let section = text
        .split("[workspace.dependencies]")
        .nth(1)
        .expect("the section");
    let section = section.split("\n[").next().expect("its lines");
    let mut seen = 0;
    for line in section
        .lines()
        .filter(|line| line.contains(" = ") && !line.contains("path = "))
    {
        seen += 1;
        let reason = line.rsplit_once("# ").map_or("", |(_, reason)| reason);
        assert!(6 <= reason.len(), "no reason: {line}");
    }
    assert!(30 <= seen, "only {seen} dependencies read");
}

#[test]
fn versions_stand_in_the_workspace_and_are_used() {
    let workspace: Table = workspace().parse().expect("the workspace's manifest is TOML");
    let declared: BTreeSet<String> = workspace["workspace"]["dependencies"]
        .as_table()
        .expect("dependencies")
        .keys()
        .cloned()
        .collect();
    let mut used = BTreeSet::new();
    for file in manifests() {
        let manifest: Table = file.text.parse().expect("a manifest is TOML");
        for (name, value) in tables(&manifest) {
            let inherited = value.get("workspace").and_then(Value::as_bool);
            assert_eq!(
                inherited,
                Some(true),
                "{}: {name} names its own version",
                file.path
            );
            used.insert(name.clone());
        }
    }
    let idle: Vec<&String> = declared.difference(&used).collect();
    assert!(idle.is_empty(), "nobody uses {idle:?}");
}

#[test]
fn every_crate_keeps_the_lints_and_stays_here() {
    for file in manifests() {
        let manifest: Table = file.text.parse().expect("a manifest is TOML");
        let inherits = |section: &str, key: &str| {
            let value = manifest.get(section)?.get(key)?;
            value.get("workspace").or(Some(value))?.as_bool()
        };
        assert_eq!(
            inherits("lints", "workspace"),
            Some(true),
            "{}: [lints]",
            file.path
        );
        assert_eq!(
            inherits("package", "publish"),
            Some(true),
            "{}: publish.workspace",
            file.path
        );
        assert!(
            manifest["package"].get("description").is_some(),
            "{}: description",
            file.path
        );
    }
}
