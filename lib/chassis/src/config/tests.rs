//! Layers, provenance, secrets.

use serde::Deserialize;

use super::*;

#[derive(Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
struct Sample {
    name: String,
    broker: Broker,
    offices: Vec<String>,
}

#[derive(Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
struct Broker {
    url: Secret,
    prefetch: u16,
    lease_mean_seconds: f64,
}

const DEFAULT: &str = r#"
name = "relay"
offices = []
[broker]
url = "amqp://127.0.0.1"
prefetch = 16
lease_mean_seconds = 90.0
"#;

fn folder_with(name: &str, text: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, text).unwrap();
    (folder, path)
}

#[test]
fn the_environment_wins_over_the_file_and_the_file_over_the_default() {
    let (_folder, path) = folder_with("relay.toml", "name = \"north\"\n[broker]\nprefetch = 8\n");
    let strings = [
        ("RELAY_BROKER__PREFETCH", "4"),
        ("RELAY_BROKER__LEASE_MEAN_SECONDS", "1.5"),
        ("RELAY_OFFICES", r#"["0300000100"]"#),
        ("RELAY_NAME", ""),
        ("OTHER_NAME", "x"),
    ];
    let sample: Sample = load(DEFAULT, Some(&path), "RELAY_", &strings).unwrap();
    assert_eq!(sample.name, "north");
    assert_eq!(sample.broker.prefetch, 4);
    assert!((sample.broker.lease_mean_seconds - 1.5).abs() < f64::EPSILON);
    assert_eq!(sample.offices, ["0300000100"]);
    assert_eq!(sample.broker.url.expose(), "amqp://127.0.0.1");
}

#[test]
fn texts_that_look_like_numbers_stay_texts() {
    for text in [
        "0300000100",
        "12345",
        "1.50",
        "true",
        "[1]",
        "\"quoted\"",
        "a = 1",
    ] {
        let strings = [("RELAY_NAME", text), ("RELAY_BROKER__URL", text)];
        let sample: Sample = load(DEFAULT, None, "RELAY_", &strings).unwrap();
        assert_eq!(sample.name, text);
        assert_eq!(sample.broker.url.expose(), text);
    }
}

#[test]
fn a_secret_comes_from_a_file_and_is_never_shown() {
    let (_folder, path) = folder_with("url", "amqp://user:hunter2@broker\n");
    let path = path.to_str().unwrap();
    let sample: Sample = load(DEFAULT, None, "RELAY_", &[("RELAY_BROKER__URL_FILE", path)]).unwrap();
    assert_eq!(sample.broker.url.expose(), "amqp://user:hunter2@broker");
    assert!(!format!("{sample:?}").contains("hunter2"));

    let twice = [("RELAY_BROKER__URL_FILE", path), ("RELAY_BROKER__URL", "x")];
    let error = load::<Sample>(DEFAULT, None, "RELAY_", &twice).unwrap_err();
    assert!(
        error
            .to_string()
            .contains("both `broker.url` and `broker.url_file`"),
        "{error}"
    );
    let gone = [("RELAY_BROKER__URL_FILE", "/nowhere/url")];
    let error = load::<Sample>(DEFAULT, None, "RELAY_", &gone).unwrap_err();
    assert!(
        error.to_string().contains("/nowhere/url") && error.to_string().contains("broker.url_file"),
        "{error}"
    );
}

#[test]
fn an_error_names_the_key_and_where_it_came_from() {
    let (_folder, path) = folder_with("relay.toml", "[broker]\nprefecth = 8\n");
    let error = load::<Sample>(DEFAULT, Some(&path), "RELAY_", &[])
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("`broker.prefecth`: there is no such key"),
        "{error}"
    );
    assert!(error.contains("relay.toml"), "{error}");

    let strings = [("RELAY_BROKER__PREFETCH", "hunter2")];
    let error = load::<Sample>(DEFAULT, None, "RELAY_", &strings)
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("`broker.prefetch`: found a text, expected u16"),
        "{error}"
    );
    assert!(error.contains("the environment"), "{error}");
    assert!(!error.contains("hunter2"), "{error}");

    let strings = [("RELAY_TYPO", "1")];
    let error = load::<Sample>(DEFAULT, None, "RELAY_", &strings)
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("`typo`") && error.contains("the environment"),
        "{error}"
    );

    let error = load::<Sample>("name = \"x\"\noffices = []", None, "RELAY_", &[]).unwrap_err();
    assert!(error.to_string().contains("`broker`: is missing"), "{error}");
}

#[test]
fn a_file_that_is_not_there_or_not_toml_is_said_without_its_lines() {
    let gone = load::<Sample>(DEFAULT, Some(Path::new("/nowhere/relay.toml")), "RELAY_", &[]).unwrap_err();
    assert!(gone.to_string().contains("/nowhere/relay.toml"), "{gone}");
    let (_folder, path) = folder_with("relay.toml", "name = \"x\"\nurl = hunter2\n");
    let broken = load::<Sample>(DEFAULT, Some(&path), "RELAY_", &[])
        .unwrap_err()
        .to_string();
    assert!(
        broken.contains("line 2") && !broken.contains("hunter2"),
        "{broken}"
    );
}

proptest::proptest! {
    #[test]
    fn whatever_the_environment_holds_is_taken_or_refused_and_never_shown(text in "\\PC*", more in ".*") {
        let strings = [("RELAY_BROKER__PREFETCH", &*text), ("RELAY_BROKER__URL", &*more)];
        match load::<Sample>(DEFAULT, None, "RELAY_", &strings) {
            Ok(sample) => {
                let given = if more.is_empty() { "amqp://127.0.0.1" } else { &more };
                proptest::prop_assert_eq!(sample.broker.url.expose(), given);
            }
            Err(error) => proptest::prop_assert!(error.to_string().contains("broker.prefetch"), "{}", error),
        }
    }
}
