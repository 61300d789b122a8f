//! The directory as a file, by `relayctl` against a running relay: a file with wrong lines changes nothing, a good one enrols
//! offices that can then be sent to, and what is exported is what was imported. On both kinds of stores.

use std::fmt::Write as _;

use anyhow::ensure;
use harness::{Operator, Relay, RelayBuilder, Unit, World, eventually};
use proto::{OfficeNumber, Status};
use serde_json::{Value, json};
use standard::generate::Size;

/// Offices of the file: several pieces and many transactions.
const OFFICES: u32 = 6_000;

pub(crate) async fn on_sqlite(world: &World) -> anyhow::Result<()> {
    tell(Relay::all(world).await?).await
}

pub(crate) async fn on_postgres(world: &World) -> anyhow::Result<()> {
    tell(RelayBuilder::default().on_postgres().start(world).await?).await
}

/// Ten digits of no prefecture.
fn number(n: u32) -> OfficeNumber {
    let text = format!("99{n:08}");
    text.parse().unwrap_or_else(|_| unreachable!("{text}"))
}

fn file(offices: u32) -> String {
    let mut text = "事業所番号,名称,サービス種類,状態,変更後の事業所番号\r\n".to_owned();
    for n in 0..offices {
        // Writing to a text does not fail.
        let _ = write!(
            text,
            "{},\"見本訪問介護事業所,その{n}\",11 15,参加,\r\n",
            number(n)
        );
    }
    text
}

async fn tell(relay: Relay) -> anyhow::Result<()> {
    let operator = Operator::of(&relay).await?;
    let manager = relay.office("0300000100", "43").await?;
    let newcomer = number(17);
    let plan = || Unit::plan(manager.number, newcomer, "11", Size::Persons(1));
    let id = manager.send(&plan()).await?;
    manager.until(id, Status::Undeliverable).await?;

    let folder = tempfile::tempdir()?;
    let path = folder.path().join("offices.csv");
    let name = path.display().to_string();
    let run = |code: i32, arguments: &[&str]| operator.run(code, &[&["directory"][..], arguments].concat());
    let counts = |told: &str| -> anyhow::Result<Value> {
        let told: Value = serde_json::from_str(told)?;
        Ok(told["report"]["counts"].clone())
    };

    // Wrong lines: told by line and column in both languages, and nothing is changed.
    let wrong = format!(
        "{}{},見本,11,参加,\r\n12,見本,11,参加,\r\n{},見本,00,参加,\r\n",
        file(OFFICES),
        number(3),
        number(OFFICES)
    );
    std::fs::write(&path, &wrong)?;
    let told = run(1, &["import", &name])?;
    for words in [
        format!(
            "line {} field number value {} [directory.twice]",
            OFFICES + 2,
            number(3)
        ),
        "先の行：5行目".to_owned(),
        "The earlier one is line 5.".to_owned(),
        format!(
            "line {} column 1 field number value 12 [directory.number]",
            OFFICES + 3
        ),
        format!(
            "line {} column 3 field services value 00 [directory.service]",
            OFFICES + 4
        ),
        "3 errors; nothing was changed".to_owned(),
    ] {
        ensure!(told.contains(&words), "{words} is not in {told}");
    }
    ensure!(relay.store.count_offices().await? == 1, "only the sender");

    // In Shift_JIS, as a spreadsheet writes it: looked at, entered, and again.
    let (shift_jis, _, lossy) = encoding_rs::SHIFT_JIS.encode(&wrong[..file(OFFICES).len()]);
    ensure!(!lossy);
    std::fs::write(&path, &shift_jis)?;
    let looked = run(0, &["import", &name, "--dry-run", "--json"])?;
    let new = json!({ "new": OFFICES, "changed": 0, "unchanged": 0, "closed": 0, "absent": 1 });
    ensure!(counts(&looked)? == new, "{looked}");
    ensure!(relay.store.count_offices().await? == 1, "only looked");
    let done = run(0, &["import", &name, "--json"])?;
    ensure!(counts(&done)? == new && done.contains("\"shift_jis\""), "{done}");
    let again = run(0, &["import", &name, "--json"])?;
    let same = json!({ "new": 0, "changed": 0, "unchanged": OFFICES, "closed": 0, "absent": 1 });
    ensure!(counts(&again)? == same, "{again}");
    let audit = operator.json(&["audit"])?;
    let acts: Vec<_> = audit["items"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(|item| item["act"] == "directory.import")
        .collect();
    let digest: Value = serde_json::from_str(&done)?;
    let digest = digest["report"]["sha256"].as_str().unwrap_or_default();
    ensure!(
        acts.len() == 1
            && acts[0]["subject"]
                .as_str()
                .is_some_and(|told| told.contains(digest)),
        "{acts:?}"
    );

    // Out and in again it is the same, byte for byte.
    let (first, second) = (folder.path().join("1.csv"), folder.path().join("2.csv"));
    run(0, &["export", &first.display().to_string()])?;
    let back = run(0, &["import", &first.display().to_string(), "--json"])?;
    let all = json!({ "new": 0, "changed": 0, "unchanged": OFFICES + 1, "closed": 0, "absent": 0 });
    ensure!(counts(&back)? == all, "{back}");
    run(0, &["export", &second.display().to_string(), "--bom"])?;
    let (first, second) = (std::fs::read(first)?, std::fs::read(second)?);
    ensure!(second.strip_prefix("\u{feff}".as_bytes()) == Some(&first[..]));

    // Who was enrolled by the file and has a licence can be sent to.
    operator.run(0, &["licence", &newcomer.to_string()])?;
    let id = manager.send(&plan()).await?;
    manager.until(id, Status::Delivered).await?;
    eventually("the books balance", || async {
        let books = relay.store.books().await?;
        ensure!(books.under_way == 0, "{books:?}");
        Ok(())
    })
    .await
}
