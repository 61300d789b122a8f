//! What validation refuses: back to the sender with every problem found, and the names stay free.

use anyhow::{Context, ensure};
use harness::{Office, Relay, Unit, World};
use parcel::Draft;
use proto::{OfficeNumber, Status};
use seal::Sealer;
use seal::authority::{KeyKind, Request};
use standard::generate::Size;

/// A change to a good draft and the code it must end with.
type Case = (&'static str, &'static str, fn(&mut Draft));

const CASES: &[Case] = &[
    ("to itself", "manifest.self", |draft| {
        draft.destination = draft.sender
    }),
    ("created 31 days ago", "manifest.created_at", |draft| {
        draft.created_at = draft.created_at.plus_seconds(-31 * 86_400)
    }),
    ("created in an hour", "manifest.created_at", |draft| {
        draft.created_at = draft.created_at.plus_seconds(3_600)
    }),
    ("NUL in the message", "manifest.message", |draft| {
        draft.message = Some("a\u{0}b".to_owned())
    }),
    ("another sequence", "manifest.sequence_differs", |draft| {
        draft.sequence = "20240101000000".to_owned()
    }),
    ("lower case name", "name.lower_case", |draft| {
        rename(draft, "UPPLAN_", |name| name.to_lowercase())
    }),
    ("9-digit office", "name.office_digits", |draft| {
        let short = draft.sender.as_str()[1..].to_owned();
        let full = draft.sender.to_string();
        rename(draft, "UPPLAN_", |name| name.replacen(&full, &short, 1));
    }),
    ("name against the grammar", "name.grammar", |draft| {
        rename(draft, "UPPLAN_", |name| name.replace("_43_", "_"))
    }),
    ("another sender in the name", "name.sender_mismatch", |draft| {
        let sender = draft.sender.to_string();
        for file in &mut draft.files {
            file.0 = file.0.replacen(&sender, "0300000013", 1);
        }
    }),
    ("unit incomplete", "unit.incomplete", |draft| {
        draft.files.retain(|(name, _)| !name.starts_with("UPSIKYU"))
    }),
    ("bytes outside MS932", "encoding.ms932", |draft| {
        put_byte(draft, 0xFD)
    }),
    ("UTF-8 with BOM", "encoding.bom", |draft| {
        let file = &mut draft.files[0].1;
        file.splice(0..0, [0xEF, 0xBB, 0xBF]);
    }),
    ("wrong field count", "csv.field_count", |draft| {
        draft.files[0].1.extend_from_slice(b"202407,030000\r\n")
    }),
    ("empty file", "csv.empty_file", |draft| draft.files[0].1.clear()),
    ("a program as attachment", "attachment.type", |draft| {
        draft
            .files
            .push(("setup.exe".to_owned(), b"MZ\x90\x00\x03\x00\x00\x00".to_vec()));
    }),
];

pub(crate) async fn every_reason(world: &World) -> anyhow::Result<()> {
    let relay = Relay::all(world).await?;
    let manager = relay.office("0300000100", "43").await?;
    let helper = relay.office("0300000005", "11").await?;
    let mut rejected = 0;
    let mut send = async |what: &str, code: &str, envelope: Vec<u8>| -> anyhow::Result<()> {
        let id = manager
            .post(envelope)
            .await?
            .accepted()
            .with_context(|| what.to_owned())?
            .id;
        let item = manager
            .until(id, Status::Rejected)
            .await
            .with_context(|| what.to_owned())?;
        let codes: Vec<&str> = item
            .problems
            .iter()
            .map(|problem| problem.code.as_str())
            .collect();
        ensure!(codes.contains(&code), "{what}: {codes:?} instead of {code}");
        ensure!(
            item.problems
                .iter()
                .all(|problem| !problem.message.is_empty() && !problem.message_en.is_empty())
        );
        rejected += 1;
        Ok(())
    };
    let plan = || Unit::plan(manager.number, helper.number, "11", Size::Persons(1));
    for (what, code, change) in CASES {
        let mut draft = plan().draft();
        change(&mut draft);
        let zip = harness::files::pack_unchecked(&draft)?;
        send(what, code, manager.seal(&zip)?).await?;
    }

    // Two units in one envelope.
    let mut both = plan().draft();
    both.files
        .extend(care_plan(&manager, helper.number, &both.sequence).files);
    send("units mixed", "unit.mixed", manager.seal(&parcel::pack(&both)?)?).await?;

    // ZIP rules that only a hand-made ZIP breaks.
    for (what, code, zip) in harness::files::hostile_zips(&plan().draft())? {
        send(what, code, manager.seal(&zip)?).await?;
    }

    // Seals: tampered, another signer, a weak key, a certificate bound to nobody.
    let mut tampered = manager.envelope(&plan())?;
    let middle = tampered.len() / 3;
    tampered[middle] ^= 1;
    let told = manager.post(tampered.clone()).await?.told();
    ensure!(
        told == "202" || told.starts_with("400 "),
        "tampered bytes: {told}"
    );
    if told == "202" {
        let id = proto::EnvelopeId::of(&tampered);
        let item = manager.until(id, Status::Rejected).await?;
        ensure!(
            item.problems[0].code.starts_with("seal.") || item.problems[0].code.starts_with("zip."),
            "{:?}",
            item.problems
        );
    }
    let content = |unit: &Unit| parcel::pack(&unit.draft());
    send(
        "signed by another office",
        "auth.signer",
        helper.seal(&content(&plan())?)?,
    )
    .await?;
    let weak = Request {
        key: KeyKind::Rsa1024,
        ..harness::pki::office_request("0300000100", harness::files::now())
    };
    let weak = relay.pki.offices.issue(&weak)?;
    relay
        .bind(&weak.cert_der, proto::Holder::Office(manager.number))
        .await?;
    let weak = Sealer::from_pem(&weak.cert_pem, &weak.key_pem)?.seal(&content(&plan())?)?;
    send("a weak key", "seal.algorithm", weak).await?;
    let unbound = relay.pki.office(manager.number)?;
    let unbound = Sealer::from_pem(&unbound.cert_pem, &unbound.key_pem)?.seal(&content(&plan())?)?;
    send("a certificate bound to nobody", "auth.signer", unbound).await?;

    let now = harness::files::now();
    let good = || harness::pki::office_request("0300000100", now);
    let old = Request {
        not_before: now.plus_seconds(-90_000),
        not_after: now.plus_seconds(-60),
        ..good()
    };
    for (what, code, issued) in [
        (
            "an expired signer",
            "seal.expired",
            relay.pki.offices.issue(&old)?,
        ),
        (
            "a signer of another CA",
            "seal.untrusted",
            relay.pki.strangers.issue(&good())?,
        ),
    ] {
        relay
            .bind(&issued.cert_der, proto::Holder::Office(manager.number))
            .await?;
        let sealed = Sealer::from_pem(&issued.cert_pem, &issued.key_pem)?.seal(&content(&plan())?)?;
        send(what, code, sealed).await?;
    }
    let revoked = relay.pki.offices.issue(&good())?;
    relay
        .bind(&revoked.cert_der, proto::Holder::Office(manager.number))
        .await?;
    relay.pki.revoke(std::slice::from_ref(&revoked.serial))?;
    let sealer = Sealer::from_pem(&revoked.cert_pem, &revoked.key_pem)?;
    let stands = harness::eventually("the revocation is known to validation", || async {
        let id = manager
            .post(sealer.seal(&content(&plan())?)?)
            .await?
            .accepted()?
            .id;
        let item = harness::eventually("it has an end", || async {
            let item = manager.sent(id).await?;
            ensure!(
                matches!(item.status, Status::Rejected | Status::Delivered),
                "{}",
                item.status
            );
            Ok(item)
        })
        .await?;
        ensure!(
            item.status == Status::Rejected && item.problems[0].code == "seal.revoked",
            "{}",
            item.status
        );
        Ok(())
    });
    stands.await?;

    // All that is in the sent list, nothing in the inbox but what the revoked one sent before it was known; the relay goes on.
    let before = helper.inbox().await?.len();
    let id = manager.send(&plan()).await?;
    manager.until(id, Status::Delivered).await?;
    let books = relay.settled_books().await?;
    ensure!(
        books.mailboxed == i64::try_from(before)? + 1 && rejected <= books.rejected,
        "{rejected} {books:?}"
    );
    Ok(())
}

fn care_plan(manager: &Office, destination: OfficeNumber, sequence: &str) -> Unit {
    use standard::generate::UnitKind;
    let mut unit = Unit::make(
        UnitKind::Plan,
        (manager.number, "43"),
        (destination, "11"),
        Size::Persons(1),
    );
    for file in &mut unit.files {
        file.0 = file.0.replace(&unit.sequence, sequence);
    }
    unit
}

fn rename(draft: &mut Draft, prefix: &str, change: impl Fn(&str) -> String) {
    for file in &mut draft.files {
        if file.0.starts_with(prefix) {
            file.0 = change(&file.0);
        }
    }
}

fn put_byte(draft: &mut Draft, byte: u8) {
    let at = draft.files[0].1.len() - 3;
    draft.files[0].1[at] = byte;
}
