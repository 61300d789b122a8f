//! Every metric stands in `docs/metrics.md` as the code registers it, and no page, dashboard or alert names one that
//! the code does not know. The page is written by `make docs`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use tidy::tree::File;

const PAGE: &str = "docs/metrics.md";

const HEAD: &str = "# Metrics\n\nEvery number of `GET /metrics`, as the code registers it; this page is generated from there and tested \
                    against it.\n\n| name | kind | labels | what it says |\n|---|---|---|---|\n";

/// Registers metrics of any name; names none.
const REGISTRY: &str = "lib/chassis/src/metrics.rs";

#[derive(Debug)]
struct Metric {
    kind: &'static str,
    labels: String,
    help: String,
}

/// Every registration in program code, by name.
fn registered() -> BTreeMap<String, Metric> {
    let files = tidy::tree::rust(&["lib", "services", "client"]).expect("the tree is readable");
    let mut found = BTreeMap::new();
    for file in files
        .iter()
        .filter(|file| file.path != REGISTRY && !file.is_test())
    {
        let in_test = file.lexed().in_test;
        for kind in ["counter", "gauge", "histogram"] {
            for (offset, call) in file.text.match_indices(&format!(".{kind}(")) {
                let line = file.text[..offset].matches('\n').count();
                if in_test.get(line) == Some(&true) {
                    continue;
                }
                let arguments = &file.text[offset + call.len()..];
                let read = read(arguments);
                assert!(
                    read.is_some(),
                    "{}:{}: name and help as literals, please",
                    file.path,
                    line + 1
                );
                let (name, help, labels) = read.unwrap_or_default();
                let metric = Metric { kind, labels, help };
                let before: Option<Metric> = found.insert(name.clone(), metric);
                let same =
                    before.is_none_or(|before| found.get(&name).is_some_and(|now| now.help == before.help));
                assert!(
                    same,
                    "{}:{}: {name} is registered twice, with two helps",
                    file.path,
                    line + 1
                );
            }
        }
    }
    found
}

/// Name, help and labels of a call's arguments.
fn read(arguments: &str) -> Option<(String, String, String)> {
    let (name, rest) = literal(arguments)?;
    let (help, rest) = literal(rest.trim_start().strip_prefix(',')?)?;
    let labels = rest
        .trim_start()
        .strip_prefix(',')?
        .trim_start()
        .strip_prefix("&[")?;
    let (labels, _) = labels.split_once(']')?;
    let labels: Vec<&str> = labels
        .split(',')
        .map(|label| label.trim().trim_matches('"'))
        .collect();
    Some((name, help, labels.join(", ").trim_end_matches(", ").to_owned()))
}

/// The string literal with which the text begins, unescaped, and what follows it.
fn literal(text: &str) -> Option<(String, &str)> {
    let text = text.trim_start().strip_prefix('"')?;
    let mut value = String::new();
    let mut chars = text.char_indices();
    while let Some((at, char)) = chars.next() {
        match char {
            '"' => return Some((value, &text[at + 1..])),
            '\\' => {
                let (at, escaped) = chars.next()?;
                if escaped == '\n' {
                    let rest = &text[at + 1..];
                    let spaces = rest.len() - rest.trim_start().len();
                    for _ in 0..spaces {
                        chars.next();
                    }
                } else {
                    value.push(escaped);
                }
            }
            _ => value.push(char),
        }
    }
    None
}

fn page(metrics: &BTreeMap<String, Metric>) -> String {
    let mut page = HEAD.to_owned();
    for (name, metric) in metrics {
        let Metric { kind, labels, help } = metric;
        writeln!(
            page,
            "| `{name}` | {kind} | {labels} | {} |",
            help.replace('|', "\\|")
        )
        .expect("text grows");
    }
    page
}

/// The words `relay_…` of a text, without the endings Prometheus adds to a histogram's name.
fn named(text: &str) -> BTreeSet<String> {
    let word = |char: char| char.is_ascii_lowercase() || char.is_ascii_digit() || char == '_';
    text.split(|char| !word(char))
        .filter(|word| word.starts_with("relay_"))
        .map(|word| {
            let ends = ["_bucket", "_sum", "_count"];
            let bare = ends.iter().find_map(|end| word.strip_suffix(end));
            bare.unwrap_or(word).to_owned()
        })
        .collect()
}

fn pages() -> Vec<File> {
    let files = tidy::tree::files("").expect("the tree is readable");
    let ends = [".md", ".json", ".yml", ".yaml"];
    files
        .into_iter()
        .filter(|file| {
            !file.path.contains('/') || file.path.starts_with("docs/") || file.path.starts_with("ops/")
        })
        .filter(|file| ends.iter().any(|end| file.path.ends_with(end)))
        .collect()
}

#[test]
fn a_registration_is_read() {
    let text = "\n  \"relay_a_total\",\n \"One \\\n   \\\"two\\\".\",\n &[\"stage\", \"outcome\"],\n)";
    let read = read(text).expect("it is one");
    assert_eq!(
        read,
        (
            "relay_a_total".to_owned(),
            "One \"two\".".to_owned(),
            "stage, outcome".to_owned()
        )
    );
    assert_eq!(
        named("rate(relay_b_seconds_bucket[5m]) RELAY_X")
            .into_iter()
            .collect::<Vec<_>>(),
        ["relay_b_seconds"]
    );
}

#[test]
fn every_metric_is_documented() {
    let metrics = registered();
    assert!(5 <= metrics.len(), "only {} metrics found", metrics.len());
    let wanted = page(&metrics);
    let path = tidy::tree::root().join(PAGE);
    if std::env::var_os("TIDY_WRITE").is_some() {
        std::fs::write(&path, &wanted).expect("the page can be written");
    }
    let there = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(there == wanted, "{PAGE} is behind the code: run `make docs`");
}

#[test]
fn every_metric_named_on_a_page_exists() {
    let metrics = registered();
    let mut scanned = 0;
    let mut unknown = Vec::new();
    for file in pages() {
        for name in named(&file.text) {
            scanned += 1;
            if !metrics.contains_key(&name) {
                unknown.push(format!("{}: {name}", file.path));
            }
        }
    }
    assert!(1 <= scanned, "no page names a metric");
    assert!(unknown.is_empty(), "{unknown:#?}");
}
