//! What the pages point at is there: every relative link with its heading, every path of ARCHITECTURE.md, every decision.

use std::collections::BTreeSet;

use tidy::tree::{File, root};

const ARCHITECTURE: &str = "ARCHITECTURE.md";
const DECISIONS: &str = "docs/adr/";

/// Every page for people: at the root and below `docs`.
fn pages() -> Vec<File> {
    let files = tidy::tree::files("").expect("the tree is readable");
    let is_page = |path: &str| path.ends_with(".md") && (!path.contains('/') || path.starts_with("docs/"));
    files.into_iter().filter(|file| is_page(&file.path)).collect()
}

/// The targets of a page's links, as `[words](target)` writes them.
fn links(text: &str) -> Vec<&str> {
    let after = text.split("](").skip(1);
    after.filter_map(|rest| rest.split(')').next()).collect()
}

/// What stands between backticks, line by line.
fn quoted(text: &str) -> Vec<&str> {
    let of_line = |line| str::split(line, '`').skip(1).step_by(2);
    text.lines().flat_map(of_line).collect()
}

/// Whether quoted words are a path of the tree: `lib/seal/` and `services/ingest/src/door.rs` are, `application/json` and
/// `NN.office` are not.
fn is_path(words: &str, folders: &BTreeSet<String>) -> bool {
    let plain = words
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || "/._-".contains(c));
    let first = words.split('/').next().unwrap_or_default();
    plain && words.contains('/') && folders.contains(first)
}

/// Whether quoted words look like a problem's code, a key or an exchange: `auth.submitter`, `broker.url`.
fn is_dotted(words: &str) -> bool {
    let ends = [
        ".md", ".rs", ".pem", ".crl", ".key", ".toml", ".json", ".zip", ".sh", ".tsv",
    ];
    let part = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
    words.contains('.') && words.split('.').all(part) && !ends.iter().any(|end| words.ends_with(end))
}

/// A key without a default stands in the default file as a comment: `# file = "…"`.
fn uncommented(line: &str) -> &str {
    let is_key = |line: &&str| {
        let key = line.split_once(" = ").map_or("", |(key, _)| key);
        !key.is_empty() && key.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')
    };
    line.strip_prefix("# ").filter(is_key).unwrap_or(line)
}

/// Every key of the relay's default file, dotted.
fn keys(table: &toml::Table, above: &str, found: &mut BTreeSet<String>) {
    for (key, value) in table {
        let name = format!("{above}{key}");
        if let toml::Value::Table(table) = value {
            keys(table, &format!("{name}."), found);
        }
        found.insert(name);
    }
}

/// The name by which a heading can be linked to, as forges make it.
fn anchor(heading: &str) -> String {
    let kept = heading.trim_start_matches('#').trim().to_lowercase();
    let kept = kept.chars().filter(|c| c.is_alphanumeric() || " -_".contains(*c));
    kept.map(|c| if c == ' ' { '-' } else { c }).collect()
}

fn broken(page: &File, link: &str) -> bool {
    if link.contains("://") || link.starts_with("mailto:") {
        return false;
    }
    let (path, heading) = link.split_once('#').unwrap_or((link, ""));
    let folder = page.path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let target = if path.is_empty() {
        root().join(&page.path)
    } else {
        root().join(folder).join(path)
    };
    let named = |text: String| {
        text.lines()
            .any(|line| line.starts_with('#') && anchor(line) == heading)
    };
    let has_heading = || std::fs::read_to_string(&target).is_ok_and(named);
    !target.exists() || (!heading.is_empty() && !has_heading())
}

#[test]
fn every_link_leads_somewhere() {
    let pages = pages();
    let mut followed = 0;
    let mut found = Vec::new();
    for page in &pages {
        for link in links(&page.text) {
            followed += 1;
            if broken(page, link) {
                found.push(format!("{}: {link}", page.path));
            }
        }
    }
    assert!(
        8 <= pages.len() && 20 <= followed,
        "{} pages, {followed} links",
        pages.len()
    );
    assert!(found.is_empty(), "these lead nowhere: {found:#?}");
}

#[test]
fn every_path_of_the_architecture_exists() {
    let folders: BTreeSet<String> = std::fs::read_dir(root())
        .expect("the tree is readable")
        .filter_map(Result::ok)
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    let pages = pages();
    let page = pages
        .iter()
        .find(|page| page.path == ARCHITECTURE)
        .expect("it is there");
    let paths: Vec<&str> = quoted(&page.text)
        .into_iter()
        .filter(|words| is_path(words, &folders))
        .collect();
    assert!(40 <= paths.len(), "only {} paths read", paths.len());
    let gone: Vec<&&str> = paths.iter().filter(|path| !root().join(path).exists()).collect();
    assert!(gone.is_empty(), "moved or removed; tell the page: {gone:#?}");
}

#[test]
fn every_code_and_key_on_a_page_exists() {
    let text =
        std::fs::read_to_string(root().join("services/relay/config.default.toml")).expect("it is there");
    let text: Vec<&str> = text.lines().map(uncommented).collect();
    let table: toml::Table = toml::from_str(&text.join("\n")).expect("it is TOML");
    let mut known = BTreeSet::new();
    keys(&table, "", &mut known);
    for file in
        tidy::tree::rust(&["proto/src", "lib", "services", "client/src"]).expect("the tree is readable")
    {
        known.extend(file.program_literals().into_iter().map(|(_, literal)| literal));
    }
    let mut read = 0;
    let mut found = Vec::new();
    for page in pages() {
        for words in quoted(&page.text).into_iter().filter(|words| is_dotted(words)) {
            read += 1;
            // Any key may be given as a file: `broker.url_file`.
            if !known.contains(words) && !words.strip_suffix("_file").is_some_and(|key| known.contains(key)) {
                found.push(format!("{}: {words}", page.path));
            }
        }
    }
    assert!(20 <= read, "only {read} read");
    assert!(
        found.is_empty(),
        "neither code nor key nor name in the code: {found:#?}"
    );
}

#[test]
fn every_crate_stands_in_the_code_map() {
    let manifest = std::fs::read_to_string(root().join("Cargo.toml")).expect("the workspace is readable");
    let manifest: toml::Value = toml::from_str(&manifest).expect("it is TOML");
    let members = manifest["workspace"]["members"].as_array().expect("members");
    let pages = pages();
    let page = pages
        .iter()
        .find(|page| page.path == ARCHITECTURE)
        .expect("it is there");
    let missing: Vec<&str> = members
        .iter()
        .filter_map(toml::Value::as_str)
        .filter(|member| !page.text.contains(&format!("| `{member}/` |")))
        .collect();
    assert!(
        missing.is_empty(),
        "a row in {ARCHITECTURE} for each of these: {missing:?}"
    );
}

#[test]
fn decisions_have_a_form_and_stand_in_their_list() {
    let pages = pages();
    let list = pages
        .iter()
        .find(|page| page.path == "docs/adr/README.md")
        .expect("the list is there");
    let decisions: Vec<&File> = pages
        .iter()
        .filter(|page| page.path.starts_with(DECISIONS) && page.path != list.path)
        .collect();
    assert!(7 <= decisions.len(), "only {} decisions", decisions.len());
    for (index, page) in decisions.iter().enumerate() {
        let name = page.path.trim_start_matches(DECISIONS);
        let number = format!("{:04}", index + 1);
        assert!(name.starts_with(&number), "{name}: {number} comes next");
        assert!(
            page.text.starts_with(&format!("# {number} ")),
            "{name}: the title begins with its number"
        );
        for part in ["**Status:**", "## Context", "## Decision", "## Consequences"] {
            assert!(page.text.contains(part), "{name} lacks {part}");
        }
        assert!(
            list.text.contains(&format!("]({name})")),
            "{name} is not in the list"
        );
    }
}

#[test]
fn links_paths_and_headings_are_recognised() {
    assert_eq!(links("a [b](c.md) and [d](e/f.md#g)."), ["c.md", "e/f.md#g"]);
    assert_eq!(quoted("`a/b` and `c`\n    none `d`"), ["a/b", "c", "d"]);
    let folders = BTreeSet::from(["lib".to_owned()]);
    assert!(is_path("lib/seal/src/open.rs", &folders) && is_path("lib/seal/", &folders));
    assert!(!is_path("application/json", &folders) && !is_path("lib", &folders));
    assert!(is_dotted("auth.submitter") && is_dotted("broker.url_file"));
    assert!(!is_dotted("office.pem") && !is_dotted("broker") && !is_dotted("NN.office"));
    assert_eq!(anchor("## When it goes wrong"), "when-it-goes-wrong");
    assert_eq!(anchor("## 1. Send"), "1-send");
    assert_eq!(anchor("## 使い方（事業所）"), "使い方事業所");
}
