//! Good and hostile seals as the `openssl` command makes them: each ends as it should, and the relay goes on.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, ensure};
use harness::{Relay, Unit, World};
use proto::Status;
use seal::authority::{KeyKind, Request};
use standard::generate::Size;

/// What, the arguments of `openssl cms`, and the end: `202` and delivered, a code after acceptance, or a refusal at the door.
const SEALS: &[(&str, &str, &str)] = &[
    (
        "DER",
        "-sign -nodetach -signer cert.pem -inkey key.pem",
        "delivered",
    ),
    (
        "BER, streamed",
        "-sign -nodetach -stream -signer cert.pem -inkey key.pem",
        "delivered",
    ),
    (
        "subject key identifier",
        "-sign -nodetach -keyid -signer cert.pem -inkey key.pem",
        "delivered",
    ),
    (
        "RSA with PSS",
        "-sign -nodetach -signer rsa.pem -inkey rsa.key -keyopt rsa_padding_mode:pss",
        "delivered",
    ),
    (
        "two signers",
        "-sign -nodetach -signer cert.pem -inkey key.pem -signer rsa.pem -inkey rsa.key",
        "seal.signers",
    ),
    (
        "SHA-1",
        "-sign -nodetach -md sha1 -signer cert.pem -inkey key.pem",
        "seal.algorithm",
    ),
    (
        "no signed attributes",
        "-sign -nodetach -noattr -signer cert.pem -inkey key.pem",
        "seal.signed_attributes",
    ),
    (
        "no certificate",
        "-sign -nodetach -nocerts -signer cert.pem -inkey key.pem",
        "seal.certificate_missing",
    ),
    (
        "detached",
        "-sign -signer cert.pem -inkey key.pem",
        "400 seal.detached",
    ),
    ("digest only", "-digest_create", "400 seal.content_type"),
    ("plain data", "-data_create", "400 seal.content_type"),
];

pub(crate) async fn tell(world: &World) -> anyhow::Result<()> {
    let relay = Relay::all(world).await?;
    let manager = relay.office("0300000100", "43").await?;
    let helper = relay.office("0300000005", "11").await?;
    let folder = tempfile::tempdir()?;
    let write = |name: &str, bytes: &[u8]| std::fs::write(folder.path().join(name), bytes);
    write("cert.pem", &manager.issued.cert_pem)?;
    write("key.pem", &manager.issued.key_pem)?;
    let request = Request {
        key: KeyKind::Rsa2048,
        ..harness::pki::office_request("0300000100", harness::files::now())
    };
    let rsa = relay.pki.offices.issue(&request)?;
    relay
        .bind(&rsa.cert_der, proto::Holder::Office(manager.number))
        .await?;
    write("rsa.pem", &rsa.cert_pem)?;
    write("rsa.key", &rsa.key_pem)?;
    let mut delivered = 0;
    for (what, arguments, expected) in SEALS {
        let unit = Unit::plan(manager.number, helper.number, "11", Size::Persons(1));
        write("content.zip", &parcel::pack(&unit.draft())?)?;
        let envelope = seal(folder.path(), arguments).with_context(|| (*what).to_owned())?;
        let answer = manager.post(envelope.clone()).await?;
        if expected.starts_with('4') {
            ensure!(
                answer.told() == *expected,
                "{what}: {} instead of {expected}",
                answer.told()
            );
            continue;
        }
        let id = answer.accepted().with_context(|| (*what).to_owned())?.id;
        if *expected == "delivered" {
            manager
                .until(id, Status::Delivered)
                .await
                .with_context(|| (*what).to_owned())?;
            ensure!(helper.fetch(id).await? == envelope, "{what}: bytes as sent");
            delivered += 1;
        } else {
            let item = manager
                .until(id, Status::Rejected)
                .await
                .with_context(|| (*what).to_owned())?;
            let codes: Vec<&str> = item
                .problems
                .iter()
                .map(|problem| problem.code.as_str())
                .collect();
            ensure!(
                codes.contains(expected),
                "{what}: {codes:?} instead of {expected}"
            );
        }
    }

    // One bit of the content altered after signing.
    let unit = Unit::plan(manager.number, helper.number, "11", Size::Persons(1));
    let content = parcel::pack(&unit.draft())?;
    let mut tampered = manager.seal(&content)?;
    let at = tampered
        .windows(64)
        .position(|window| window == &content[content.len() / 2..][..64])
        .context("the content")?;
    tampered[at] ^= 1;
    let id = manager.post(tampered).await?.accepted()?.id;
    let item = manager.until(id, Status::Rejected).await?;
    ensure!(item.problems[0].code == "seal.signature", "{:?}", item.problems);

    let books = relay.settled_books().await?;
    ensure!(books.mailboxed == delivered, "{books:?}");
    Ok(())
}

fn seal(folder: &Path, arguments: &str) -> anyhow::Result<Vec<u8>> {
    let output = Command::new("openssl")
        .arg("cms")
        .args(arguments.split(' '))
        .args([
            "-binary",
            "-outform",
            "DER",
            "-in",
            "content.zip",
            "-out",
            "envelope.p7m",
        ])
        .current_dir(folder)
        .output()
        .context("run openssl")?;
    ensure!(
        output.status.success(),
        "openssl: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(std::fs::read(folder.join("envelope.p7m"))?)
}
