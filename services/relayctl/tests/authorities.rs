//! `relayctl init` and `pki`, run as a program: what they write is what the relay believes.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Output};

use proto::Time;
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject;
use seal::Sealer;
use seal::trust::{Purpose, Role, Subject, Trust, TrustProblem, fingerprint};
use store::{Store, StoreConfig};

const OFFICE: &str = "0300000100";

/// Runs relayctl in an environment of its own.
fn relayctl(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_relayctl"))
        .env_clear()
        .current_dir(folder)
        .args(arguments)
        .output()
        .unwrap()
}

fn done(folder: &Path, arguments: &[&str]) -> serde_json::Value {
    let output = relayctl(folder, arguments);
    let words = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {words}");
    serde_json::from_slice(&output.stdout).unwrap()
}

fn init(folder: &Path) -> serde_json::Value {
    done(
        folder,
        &[
            "init",
            "--dir",
            "pki",
            "--store",
            "sqlite:relay.db",
            "--operator",
            "sato",
            "--json",
        ],
    )
}

/// Every file below a folder with its bytes.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.insert(path.display().to_string(), std::fs::read(&path).unwrap());
        }
    }
    found
}

fn der(certificate: &Path) -> Vec<u8> {
    CertificateDer::from_pem_file(certificate).unwrap().to_vec()
}

fn judge(folder: &Path, certificate: &Path, purpose: Purpose) -> Result<Subject, TrustProblem> {
    let now = Time::from(jiff::Timestamp::now());
    Trust::load(&folder.join("pki/trust"))
        .unwrap()
        .judge(&[der(certificate)], now, now, purpose)
}

#[tokio::test]
async fn a_second_init_changes_nothing_and_the_operator_is_bound() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let made = init(root)["made"].as_array().unwrap().len();
    assert_eq!(made, 9);
    let before = files(&root.join("pki"));
    assert_eq!(init(root)["made"], serde_json::json!([]));
    assert_eq!(files(&root.join("pki")), before);

    let operator = root.join("pki/operators/sato/cert.pem");
    assert_eq!(
        judge(root, &operator, Purpose::TlsClient).unwrap().role,
        Role::Operator
    );
    let url = format!("sqlite:{}", root.join("relay.db").display());
    let store = Store::open(&StoreConfig::at(url)).await.unwrap();
    let facts = store
        .certificate(&fingerprint(&der(&operator)))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(facts.holder.to_string(), "operator:sato");
    let trail = store.audit_trail(0, 10).await.unwrap();
    let acts: Vec<_> = trail.iter().map(|entry| entry.act.as_str()).collect();
    assert_eq!(acts, ["operator.put", "certificate.bind"]);
    let role = store.operator_role("sato").await.unwrap();
    assert_eq!(role, proto::desk_roles::OperatorRole::Administer);

    let read = |name: &str| std::fs::read(root.join("pki/receipts").join(name)).unwrap();
    assert!(
        Sealer::from_pem(&read("cert.pem"), &read("key.pem"))
            .unwrap()
            .seal(b"receipt")
            .is_ok()
    );
}

#[test]
fn what_is_issued_is_believed_until_it_is_revoked() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    init(root);
    let issue = [
        "pki", "issue", "--dir", "pki", "--office", OFFICE, "--out", "office", "--json",
    ];
    let issued = done(root, &issue);
    let certificate = root.join("office/cert.pem");
    for purpose in [Purpose::TlsClient, Purpose::Sign] {
        let subject = judge(root, &certificate, purpose).unwrap();
        assert_eq!(subject.office, Some(OFFICE.parse().unwrap()));
        assert_eq!(subject.common_name.as_deref(), Some("KJ000300000100"));
        assert_eq!(issued["fingerprint"], subject.fingerprint);
    }
    for name in ["key.pem", "ca.pem", "office.p12", "office.p12.password"] {
        assert!(root.join("office").join(name).exists(), "{name}");
    }
    // Nothing is written over.
    let before = files(&root.join("office"));
    assert_eq!(relayctl(root, &issue).status.code(), Some(64));
    assert_eq!(files(&root.join("office")), before);

    assert_eq!(
        done(
            root,
            &["pki", "revoke", "--dir", "pki", "office/cert.pem", "--json"]
        )["new"],
        true
    );
    let serial = issued["serial"].as_str().unwrap().to_uppercase();
    assert_eq!(
        done(root, &["pki", "revoke", "--dir", "pki", &serial, "--json"])["new"],
        false
    );
    assert_eq!(
        judge(root, &certificate, Purpose::TlsClient),
        Err(TrustProblem::Revoked)
    );
    done(root, &["pki", "crl", "--dir", "pki", "--json"]);
    assert_eq!(
        judge(root, &certificate, Purpose::TlsClient),
        Err(TrustProblem::Revoked)
    );
}

#[test]
fn every_end_has_its_exit_code() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let code = |arguments: &[&str]| relayctl(root, arguments).status.code();
    assert_eq!(code(&["--help"]), Some(0));
    assert_eq!(code(&["--version"]), Some(0));
    assert_eq!(code(&["nonsense"]), Some(64));
    assert_eq!(code(&["books"]), Some(64), "no door is known");
    assert_eq!(code(&["--config", "missing.toml", "books"]), Some(2));
    assert_eq!(code(&["pki", "crl", "--dir", "missing"]), Some(2));
    init(root);
    assert_eq!(
        code(&["pki", "revoke", "--dir", "pki", "00ff"]),
        Some(64),
        "never issued"
    );
    // Nobody listens on the discard port.
    let closed = [
        "--config",
        "pki/relayctl.toml",
        "--console-url",
        "https://127.0.0.1:9",
        "books",
    ];
    assert_eq!(code(&closed), Some(2));
}
