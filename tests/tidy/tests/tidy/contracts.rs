//! The published contracts are written from the code (`make docs`), and tell of every route there is.

use std::collections::BTreeSet;

use proto::routes::{Door, ROUTES};
use serde_json::Value;
use tidy::tree::{self, File};

const OPENAPI: &str = "docs/openapi.json";
const ASYNCAPI: &str = "docs/asyncapi.yaml";

/// Where each door's routes stand.
const ROUTERS: &[(Door, &str)] = &[
    (Door::Ingest, "services/ingest/src/door.rs"),
    (Door::Delivery, "services/delivery/src/door.rs"),
];

/// A published page equals what the code says; with `TIDY_WRITE` it is written.
fn golden(path: &str, text: &str) {
    let page = tree::root().join(path);
    if std::env::var_os("TIDY_WRITE").is_some() {
        std::fs::write(&page, text).expect("the page can be written");
    }
    let there = std::fs::read_to_string(&page).unwrap_or_default();
    assert!(
        there == text,
        "{path} is not what the code says: run `make docs` and read the difference"
    );
}

#[test]
fn openapi_is_what_the_code_says() {
    let document = proto::openapi::document();
    golden(OPENAPI, &format!("{document:#}\n"));
}

#[test]
fn asyncapi_is_what_the_code_says() {
    let document = proto::asyncapi::document();
    let mut text = "# Written by `make docs`.\n".to_owned();
    yaml(&document, 0, &mut text);
    golden(ASYNCAPI, &text);
    assert_eq!(
        crate::yaml::documents(ASYNCAPI),
        [document],
        "what is written is read as it was meant"
    );
}

/// Block style; what is no container is written as JSON, which YAML reads too.
fn yaml(value: &Value, depth: usize, text: &mut String) {
    let blanks = "  ".repeat(depth);
    let entry = |text: &mut String, head: String, value: &Value| {
        let container = value.as_object().is_some_and(|map| !map.is_empty())
            || value.as_array().is_some_and(|list| !list.is_empty());
        if container {
            text.push_str(&format!("{blanks}{head}\n"));
            yaml(value, depth + 1, text);
        } else {
            text.push_str(&format!("{blanks}{head} {value}\n"));
        }
    };
    match value {
        Value::Object(map) => map
            .iter()
            .for_each(|(key, value)| entry(text, format!("{}:", Value::from(key.as_str())), value)),
        Value::Array(list) => list.iter().for_each(|value| entry(text, "-".to_owned(), value)),
        value => text.push_str(&format!("{blanks}{value}\n")),
    }
}

#[test]
fn openapi_tells_of_every_route_and_of_no_other() {
    for (door, path) in ROUTERS {
        let text = std::fs::read_to_string(tree::root().join(path)).expect("the router's file");
        let there = routed(&File {
            path: (*path).to_owned(),
            text,
        });
        assert!(3 <= there.len(), "{path}: {there:?}");
        let told: BTreeSet<(String, String)> = ROUTES
            .iter()
            .filter(|route| route.door == *door)
            .map(|route| (route.path.to_owned(), route.method.as_str().to_owned()))
            .collect();
        assert_eq!(there, told, "{path} and proto::routes differ");
    }
}

/// Path and method of every `.route("…", get(…).head(…))`.
fn routed(file: &File) -> BTreeSet<(String, String)> {
    let mut found = BTreeSet::new();
    for line in file.text.split(".route(").skip(1) {
        let Some((path, handlers)) = line
            .trim_start()
            .strip_prefix('"')
            .and_then(|rest| rest.split_once('"'))
        else {
            continue;
        };
        for method in ["get", "head", "post", "put", "delete"] {
            let call = format!("{method}(");
            let called = handlers.match_indices(&call).any(|(at, _)| {
                let before = handlers[..at].chars().next_back();
                before.is_none_or(|before| !before.is_alphanumeric() && before != '_' && before != ':')
            });
            if called {
                found.insert((path.to_owned(), method.to_owned()));
            }
        }
    }
    found
}
