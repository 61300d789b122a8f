//! The published shapes: schemas equal their golden copies, and samples of every version are still read.
//! After adding to a shape run with `UPDATE_GOLDEN=1` and read the difference.

use std::path::{Path, PathBuf};

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

#[test]
fn schemas_equal_their_golden_copies() {
    let all = proto::schema::all().into_iter();
    let offices = all.map(|(name, schema)| (name.to_owned(), schema));
    let all = proto::schema::desk().into_iter();
    let desk = all.map(|(name, schema)| (format!("desk/{name}"), schema));
    let update = std::env::var_os("UPDATE_GOLDEN").is_some();
    let shapes: Vec<_> = offices.chain(desk).collect();
    assert!(40 < shapes.len());
    for (name, schema) in shapes {
        let path = folder("schemas").join(format!("{name}.json"));
        let text = serde_json::to_string_pretty(&schema).unwrap() + "\n";
        if update {
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, &text).unwrap();
        }
        let golden = std::fs::read_to_string(&path).unwrap_or_default();
        assert_eq!(golden, text, "{} differs from the code", path.display());
    }
}

#[test]
fn samples_of_every_version_are_still_read() {
    let read = |name: &str| std::fs::read(folder("samples").join(name)).unwrap();
    proto::Manifest::parse(&read("manifest-1.json")).unwrap();
    let outcome: proto::OutcomeMessage = serde_json::from_slice(&read("outcome-1.json")).unwrap();
    assert_eq!(outcome.report.problems[0].code, "zip.name");
    let notes: proto::note::NoteMessage = serde_json::from_slice(&read("notes-1.json")).unwrap();
    assert!(matches!(notes, proto::note::NoteMessage::Notes(list) if list.len() == 1));
    let accepted: proto::api::Accepted = serde_json::from_slice(&read("accepted-1.json")).unwrap();
    assert!(accepted.status_url.ends_with(&accepted.id.to_string()));
    let policy: proto::policy::EffectivePolicy = serde_json::from_slice(&read("policy-1.json")).unwrap();
    assert_eq!(policy.format, proto::policy::POLICY_FORMAT);
    assert!(policy.rules.contains_key("table7.sum") && policy.effective.iter().any(|rule| rule.changed));
    let sendings = ["sending-1.json", "sending-2.json"].map(|name| {
        let sending: proto::Sending = serde_json::from_slice(&read(name)).unwrap();
        sending.versions
    });
    assert!(sendings[0].is_none(), "stamped before there were versions");
    assert_eq!(sendings[1].as_ref().unwrap().keys().len(), 2);
    let result = proto::conformance::ConformanceResult::read(&read("conformance-result-1.json")).unwrap();
    assert_eq!(result.failed().collect::<Vec<_>>(), ["sends.plan"]);
    for (name, followed) in [("inbox-page-1.json", false), ("inbox-page-2.json", true)] {
        let page: proto::api::Page<proto::api::InboxItem> = serde_json::from_slice(&read(name)).unwrap();
        assert_eq!(page.items[0].records.is_some(), followed, "{name}");
    }
    for (name, followed) in [("sent-page-1.json", false), ("sent-page-2.json", true)] {
        let page: proto::api::Page<proto::api::SentItem> = serde_json::from_slice(&read(name)).unwrap();
        assert_eq!(page.items[0].withdrawn_by.is_some(), followed, "{name}");
    }
}

#[test]
fn the_corpus_of_manifests_is_read_without_a_panic() {
    let mut read = 0;
    for entry in std::fs::read_dir(folder("fuzz/corpus/manifest")).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        let whole = proto::Manifest::parse(&bytes);
        assert!(whole.is_err() || proto::ManifestHead::peek(&bytes).is_ok());
        read += 1;
    }
    assert!(20 <= read, "the corpus is not there");
}
