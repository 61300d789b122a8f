//! The office, the check at the door and validation say the same of the same bytes, under the installation's policy; and the
//! whole report comes back to the sender.

use anyhow::{Context, ensure};
use harness::{RelayBuilder, Unit, World, eventually};
use parcel::Draft;
use proto::api::{CheckReport, SentItem, Verdict};
use proto::policy::EffectivePolicy;
use proto::{Severity, Status};
use standard::generate::Size;

use crate::desk::Desk;

/// Raises one rule, lowers another.
const POLICY: &str = r#"{
  "format": "careplan-policy/1",
  "rules": { "csv.blank_line": "error", "csv.empty_file": "warning" }
}"#;

type Case = (&'static str, Verdict, fn(&mut Draft));

const CASES: &[Case] = &[
    ("good", Verdict::Accept, |_| {}),
    ("a blank line, raised", Verdict::Reject, |draft| {
        draft.files[0].1.extend_from_slice(b"\r\n")
    }),
    ("a wrong row", Verdict::Reject, |draft| {
        draft.files[0].1.extend_from_slice(b"202407,030000\r\n")
    }),
    ("bytes outside MS932", Verdict::Reject, |draft| {
        let at = draft.files[0].1.len() - 3;
        draft.files[0].1[at] = 0xFD;
    }),
    ("a name in lower case", Verdict::Reject, |draft| {
        draft.files[0].0 = draft.files[0].0.to_lowercase()
    }),
    ("a file missing", Verdict::Reject, |draft| {
        drop(draft.files.remove(0))
    }),
    ("a program beside it", Verdict::Reject, |draft| {
        draft.files.push(("setup.exe".to_owned(), b"MZ\x90\0".to_vec()))
    }),
    ("made in an hour", Verdict::Reject, |draft| {
        draft.created_at = draft.created_at.plus_seconds(3_600)
    }),
];

pub(crate) async fn tell(world: &World) -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("policy.json");
    std::fs::write(&file, POLICY)?;
    let mut relay = RelayBuilder::default()
        .with("policy__file", &file.display().to_string())
        .start(world)
        .await?;
    let manager = Desk::new(&relay, relay.office("0300000100", "43").await?)?;
    let helper = relay.office("0300000005", "11").await?;
    let plan = || Unit::plan(manager.office.number, helper.number, "11", Size::Persons(2));

    // The policy in force, served; what is served is a policy file.
    let url = format!("{}/v1/policy", manager.office.ingest);
    let served = manager.office.client.get(url).send().await?.bytes().await?;
    let policy: EffectivePolicy = serde_json::from_slice(&served)?;
    let in_force = |code: &str| {
        let rule = policy.effective.iter().find(|rule| rule.code == code);
        rule.map(|rule| (rule.severity, rule.normal, rule.changed))
    };
    ensure!(in_force("csv.blank_line") == Some((Severity::Error, Severity::Warning, true)));
    ensure!(in_force("csv.empty_file") == Some((Severity::Warning, Severity::Error, true)));
    ensure!(in_force("field.type") == Some((Severity::Error, Severity::Error, false)));
    ensure!(policy.effective.len() == standard::CODES.len() && policy.limits.files == 50);
    std::fs::write(manager.folder().join("served.json"), &served)?;

    // The same bytes, as ZIP and sealed: door and office agree to the letter.
    let mut zips: Vec<(&str, Option<Verdict>, Vec<u8>)> = Vec::new();
    for (what, verdict, change) in CASES {
        let mut draft = plan().draft();
        change(&mut draft);
        zips.push((what, Some(*verdict), harness::files::pack_unchecked(&draft)?));
    }
    for (what, _, zip) in harness::files::hostile_zips(&plan().draft())? {
        zips.push((what, Some(Verdict::Reject), zip));
    }
    // Zipped by hand: no envelope to either, and both say what they found in the files.
    let mut bare = plan().draft();
    bare.files[0].1.extend_from_slice(b"202407,030000\r\n");
    zips.push((
        "no manifest",
        Some(Verdict::Reject),
        harness::files::pack_bare(&bare),
    ));
    for (what, verdict, zip) in &zips {
        // Without a ZIP's first bytes it is an attachment to the office and no envelope to the door.
        let bare = Some(zip.clone()).filter(|zip| zip.starts_with(b"PK"));
        for bytes in bare.into_iter().chain([manager.office.seal(zip)?]) {
            let (door, office) = both(&manager, &bytes).await.context(*what)?;
            ensure!(
                door == office,
                "{what}: {door:#?} at the door, {office:#?} at the office"
            );
            ensure!(
                verdict.is_none_or(|verdict| verdict == door.verdict),
                "{what}: {door:#?}"
            );
        }
    }
    let mut altered = manager.office.envelope(&plan())?;
    let middle = altered.len() / 3;
    altered[middle] ^= 1;
    let (door, office) = both(&manager, &altered).await?;
    ensure!(
        door == office && door.verdict == Verdict::Reject,
        "{door:#?} {office:#?}"
    );

    // Sent all the same: the sent list and `careplan status` have the very report.
    let mut broken = plan();
    broken.files[0].1.extend_from_slice(b"202407,030000\r\n\r\n");
    let envelope = manager.office.envelope(&broken)?;
    let (report, _) = both(&manager, &envelope).await?;
    let id = manager.office.post(envelope).await?.accepted()?.id;
    let item = manager.office.until(id, Status::Rejected).await?;
    ensure!(
        item.problems == report.problems,
        "{item:#?} instead of {report:#?}"
    );
    let told = manager.any(&["status", &id.to_string()]).await?;
    for problem in &item.problems {
        for words in [&problem.code, &problem.message, &problem.message_en] {
            ensure!(told.contains(words.as_str()), "{words} is not in {told}");
        }
    }

    // More than a report lists: the rest is counted by code, all the way.
    let mut many = plan();
    many.files[0].1.extend_from_slice("\r\n".repeat(1_500).as_bytes());
    let id = manager.office.send(&many).await?;
    let item: SentItem = manager.office.until(id, Status::Rejected).await?;
    let counted = item.more.get("csv.blank_line").copied().unwrap_or_default();
    ensure!(
        item.problems.len() <= 1_000 && item.problems.len() as u64 + counted == 1_500,
        "{} and {counted}",
        item.problems.len()
    );
    let told = manager.any(&["status", &id.to_string()]).await?;
    ensure!(
        told.contains(&format!("{counted} more: csv.blank_line")),
        "{told}"
    );

    // What the policy lowers is delivered.
    let names: Vec<String> = manager.write(&plan())?;
    manager
        .run(
            0,
            &[&["check", "--policy", "served.json"], refs(&names).as_slice()].concat(),
        )
        .await?;
    manager
        .run(
            0,
            &[&["check", "--policy", "relay"], refs(&names).as_slice()].concat(),
        )
        .await?;
    let deletion = deletion(&manager, helper.number);
    let id = manager.office.send(&deletion).await?;
    manager.office.until(id, Status::Delivered).await?;

    // A policy that cannot stand: the station names the key and ends.
    let wrong = folder.path().join("wrong.json");
    std::fs::write(
        &wrong,
        POLICY
            .replace("csv.blank_line", "unit.mixed")
            .replace("error", "warning"),
    )?;
    let value = toml::Value::from(wrong.display().to_string());
    let added = relay.add_with("validation", "policy", "file", value)?;
    let status = eventually("the station ends", || {
        let ended = relay.processes[added].ended();
        async move { ended?.ok_or_else(|| anyhow::anyhow!("it runs")) }
    })
    .await?;
    let log = relay.processes[added].log();
    ensure!(
        status == 64 && log.contains("policy.file") && log.contains("unit.mixed"),
        "status {status}: {log}"
    );
    relay.settled_books().await?;
    Ok(())
}

/// A deletion file without a row, which the usual severities refuse.
fn deletion(manager: &Desk, destination: proto::OfficeNumber) -> Unit {
    use standard::generate::UnitKind;
    let mut unit = Unit::make(
        UnitKind::DeleteUsage,
        (manager.office.number, "43"),
        (destination, "11"),
        Size::Persons(1),
    );
    unit.files[0].1.clear();
    unit
}

fn refs(names: &[String]) -> Vec<&str> {
    names.iter().map(String::as_str).collect()
}

/// What the door's check and the office's say of these bytes.
async fn both(manager: &Desk, bytes: &[u8]) -> anyhow::Result<(CheckReport, CheckReport)> {
    let url = format!("{}/v1/check", manager.office.ingest);
    let answer = manager
        .office
        .client
        .post(url)
        .body(bytes.to_vec())
        .send()
        .await?;
    ensure!(answer.status() == 200, "{}", answer.status());
    let door = serde_json::from_slice(&answer.bytes().await?)?;
    std::fs::write(manager.folder().join("subject"), bytes)?;
    let told = manager
        .any(&["check", "--policy", "relay", "--format", "json", "subject"])
        .await?;
    let office = serde_json::from_str(&told).with_context(|| told.clone())?;
    Ok((door, office))
}
