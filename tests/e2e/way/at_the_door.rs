//! What the door refuses at once: each with its status and its code, and the door goes on.

use anyhow::ensure;
use harness::office::{Answer, client, post};
use harness::pki::office_request;
use harness::{Office, Relay, RelayBuilder, Unit, World, eventually};
use proto::{Holder, MessageType, OfficeNumber};
use seal::authority::{Issued, KeyKind, Request, Usage};
use standard::generate::Size;

const SENDER: &str = "0300000100";
const DESTINATION: &str = "0300000005";

/// Who is there: certificates of every wrong kind.
pub(crate) async fn certificates(world: &World) -> anyhow::Result<()> {
    let relay = Relay::all(world).await?;
    let manager = relay.office(SENDER, "43").await?;
    let helper = relay.office(DESTINATION, "11").await?;
    let envelope = manager.envelope(&Unit::plan(manager.number, helper.number, "11", Size::Persons(1)))?;
    let now = harness::files::now();
    let good = || office_request(SENDER, now);
    let office = Holder::Office(manager.number);

    let with = |relay: &Relay, issued: Option<&Issued>| client(relay, issued);
    let mut cases: Vec<(&str, Option<Issued>, &str)> =
        vec![("no certificate", None, "401 auth.certificate_missing")];
    let strange = relay.pki.strangers.issue(&good())?;
    relay.bind(&strange.cert_der, office.clone()).await?;
    cases.push(("unknown CA", Some(strange), "401 auth.certificate_unknown_ca"));
    let old = Request {
        not_before: now.plus_seconds(-90_000),
        not_after: now.plus_seconds(-60),
        ..good()
    };
    let old = relay.pki.offices.issue(&old)?;
    relay.bind(&old.cert_der, office.clone()).await?;
    cases.push(("expired", Some(old), "401 auth.certificate_expired"));
    let unbound = relay.pki.offices.issue(&good())?;
    cases.push(("bound to nobody", Some(unbound), "403 auth.certificate_unbound"));
    let two = Request {
        serial_numbers: vec![format!("JGNO:{SENDER}"), format!("JGNO:{DESTINATION}")],
        ..good()
    };
    let two = relay.pki.offices.issue(&two)?;
    relay.bind(&two.cert_der, office.clone()).await?;
    cases.push(("two serialNumbers", Some(two), "403 auth.certificate_subject"));
    let other = relay.pki.offices.issue(&office_request(DESTINATION, now))?;
    relay.bind(&other.cert_der, office.clone()).await?;
    cases.push((
        "another office's subject",
        Some(other),
        "403 auth.certificate_subject",
    ));
    let operator = Request {
        serial_numbers: Vec::new(),
        usage: Usage::ClientOnly,
        ..good()
    };
    let operator = relay.pki.operators.issue(&operator)?;
    relay.bind(&operator.cert_der, "operator:sato".parse()?).await?;
    cases.push(("an operator", Some(operator), "403 auth.role"));
    let media_type = MessageType::Envelope.content_type();
    for (what, issued, expected) in &cases {
        let client = with(&relay, issued.as_ref())?;
        let answer = post(&client, &manager.ingest, media_type, envelope.clone()).await?;
        ensure!(
            answer.told() == *expected,
            "{what}: {} instead of {expected}",
            answer.told()
        );
    }

    // Revoked: the new list is read without a restart.
    let revoked = relay.pki.offices.issue(&Request {
        key: KeyKind::Rsa2048,
        ..good()
    })?;
    relay.bind(&revoked.cert_der, office).await?;
    let client = with(&relay, Some(&revoked))?;
    let plan = Unit::plan(manager.number, helper.number, "11", Size::Persons(1));
    post(&client, &manager.ingest, media_type, manager.envelope(&plan)?)
        .await?
        .accepted()?;
    relay.pki.revoke(std::slice::from_ref(&revoked.serial))?;
    eventually("the revocation is known", || async {
        let answer = post(&client, &manager.ingest, media_type, envelope.clone()).await?;
        ensure!(
            answer.told() == "401 auth.certificate_revoked",
            "{}",
            answer.told()
        );
        Ok(())
    })
    .await?;

    // A stale list is no rejection: 503, and the relay goes on when a new one is there.
    relay.pki.write_lists(&[], now.plus_seconds(-60))?;
    eventually("the stale list is known", || async {
        let answer = manager.post(envelope.clone()).await?;
        ensure!(answer.told() == "503 trust.crl_stale", "{}", answer.told());
        Ok(())
    })
    .await?;
    relay.pki.revoke(&[])?;
    eventually("the door takes envelopes again", || async {
        manager.post(envelope.clone()).await?.accepted()
    })
    .await?;
    let books = relay.settled_books().await?;
    ensure!(books.mailboxed == 2, "{books:?}");
    Ok(())
}

/// What is in the hand: bodies of every wrong kind.
pub(crate) async fn bodies(world: &World) -> anyhow::Result<()> {
    let relay = RelayBuilder::default()
        .with("limits__envelope_bytes", "1000000")
        .start(world)
        .await?;
    let manager = relay.office(SENDER, "43").await?;
    let helper = relay.office(DESTINATION, "11").await?;
    let plan = Unit::plan(manager.number, helper.number, "11", Size::Persons(1));
    let envelope = manager.envelope(&plan)?;

    let foreign = Unit::plan(helper.number, manager.number, "11", Size::Persons(1));
    let manifest = |text: &str| manager.seal(&zip_of(&[("manifest.json", text.as_bytes())]));
    let good_manifest = manifest_of(&manager, helper.number);
    let mut garbage = vec![0x30, 0x82];
    garbage.extend([7; 300]);
    let mut trailing = envelope.clone();
    trailing.push(0);
    let cases: Vec<(&str, Vec<u8>, &str)> = vec![
        ("empty", Vec::new(), "400 seal.not_cms"),
        ("text", b"hello".to_vec(), "400 seal.not_cms"),
        ("garbage", garbage, "400 seal.not_cms"),
        ("trailing byte", trailing, "400 seal.trailing"),
        ("too large", vec![0; 1_000_001], "413 http.too_large"),
        ("content is no ZIP", manager.seal(b"hello")?, "400 zip.unreadable"),
        (
            "no manifest",
            manager.seal(&zip_of(&[("a.txt", b"a")]))?,
            "400 zip.manifest_missing",
        ),
        ("manifest no JSON", manifest("{")?, "400 manifest.not_json"),
        (
            "duplicate keys",
            manifest(&good_manifest.replacen('{', "{\"sender\":\"0\",", 1))?,
            "400 manifest.duplicate_key",
        ),
        (
            "format version",
            manifest(&good_manifest.replace("envelope/1", "envelope/9"))?,
            "400 manifest.format",
        ),
        (
            "9-digit office",
            manifest(&good_manifest.replace(DESTINATION, "030000005"))?,
            "400 manifest.office",
        ),
        (
            "huge manifest",
            manifest(&format!("{good_manifest}{}", " ".repeat(70_000)))?,
            "400 zip.manifest_size",
        ),
        (
            "sender is another",
            manager.envelope(&foreign)?,
            "403 auth.submitter",
        ),
    ];
    for (what, body, expected) in cases {
        let answer = manager.post(body).await?;
        ensure!(
            answer.told() == expected,
            "{what}: {} instead of {expected}",
            answer.told()
        );
        if let Answer::Refused(_, document, _) = answer {
            ensure!(document.kind == format!("urn:careplan-relay:problem:{}", document.code));
            ensure!(
                document.detail.chars().any(|c| 'ぁ' <= c) && document.title.is_ascii(),
                "{what}: both languages"
            );
        }
    }
    let wrong_type = post(
        &manager.client,
        &manager.ingest,
        "application/zip",
        envelope.clone(),
    )
    .await?;
    ensure!(
        wrong_type.told() == "415 http.media_type",
        "{}",
        wrong_type.told()
    );
    for (path, status) in [("/v1/nothing", 404), ("/v1/envelopes", 405)] {
        let answer = manager
            .client
            .get(format!("{}{path}", manager.ingest))
            .send()
            .await?;
        ensure!(answer.status() == status, "{path}: {}", answer.status());
        ensure!(answer.headers()["content-type"] == proto::ProblemDocument::MEDIA_TYPE);
    }

    // A refusal given while the body still comes is read, whatever the version of HTTP.
    let folder = tempfile::tempdir()?;
    std::fs::write(folder.path().join("cert.pem"), &manager.issued.cert_pem)?;
    std::fs::write(folder.path().join("key.pem"), &manager.issued.key_pem)?;
    std::fs::write(folder.path().join("body"), vec![0; 12_000_000])?;
    for turn in 0..10 {
        let version = if turn % 2 == 0 { "--http2" } else { "--http1.1" };
        let told = curl(&relay, folder.path(), version, &manager.ingest)?;
        ensure!(
            told.contains("http.too_large") && told.ends_with("413"),
            "{version}: {told}"
        );
    }

    // The relay goes on, and nothing of all that was accepted.
    let id = manager.send(&plan).await?;
    manager.until(id, proto::Status::Delivered).await?;
    let books = relay.settled_books().await?;
    ensure!(books.accepted == 1 && books.mailboxed == 1, "{books:?}");
    Ok(())
}

fn manifest_of(sender: &Office, destination: OfficeNumber) -> String {
    serde_json::json!({
        "format": "careplan-envelope/1", "sender": sender.number, "destination": destination, "sequence": "20250401093000",
        "created_at": harness::files::now(), "files": []
    })
    .to_string()
}

fn zip_of(files: &[(&str, &[u8])]) -> Vec<u8> {
    harness::files::plain_zip(files)
}

/// Sends the file `body` with curl; what it printed, then the status.
fn curl(relay: &Relay, folder: &std::path::Path, version: &str, ingest: &str) -> anyhow::Result<String> {
    let output = std::process::Command::new("curl")
        .args([
            "--silent",
            "--show-error",
            "--cert",
            "cert.pem",
            "--key",
            "key.pem",
            "--write-out",
            "%{http_code}",
        ])
        .args([
            "--header",
            "Content-Type: application/pkcs7-mime",
            "--header",
            "Expect:",
            "--data-binary",
            "@body",
        ])
        .arg(version)
        .arg("--cacert")
        .arg(relay.folder().join("ca.pem"))
        .arg(format!("{ingest}/v1/envelopes"))
        .current_dir(folder)
        .output()?;
    ensure!(
        output.status.success(),
        "curl {version}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
