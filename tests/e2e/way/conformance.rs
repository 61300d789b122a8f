//! A vendor's product in the conformance test: one that is right passes, one that is wrong fails what it does wrong; the
//! result is signed, and the operator sees it.

use std::process::{Command as Program, Stdio};

use anyhow::{Context, ensure};
use harness::commands::ran;
use harness::processes::program;
use harness::{Operator, Relay, World, eventually};
use proto::conformance::{ConformanceResult, Outcome};
use standard::generate::{GenSpec, Size, UnitKind, broken_like, generate};
use standard::{Edition, GeneratedUnit};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Command;

use crate::desk::Desk;

/// The product of the story: `careplan` and a small program around it, with the faults it is told to have.
struct Product<'a> {
    desk: &'a Desk,
    tester: String,
    is_bad: bool,
    made: u32,
}

pub(crate) async fn tell(world: &World) -> anyhow::Result<()> {
    let relay = Relay::all(world).await?;
    let tester = Desk::new(&relay, relay.office("0300000100", "43").await?)?;
    let vendor = Desk::new(&relay, relay.office("0300000005", "11").await?)?;
    let operator = Operator::of(&relay).await?;
    let mut product = Product {
        desk: &vendor,
        tester: tester.office.number.to_string(),
        is_bad: false,
        made: 0,
    };

    // Stopped after a case and run again, it goes on.
    let begun = ["--product", "Kaigo Story", "--version", "1.0", "--out", "good"];
    let first = run(
        &tester,
        &mut product,
        &[&begun[..], &["--case", "sends.usage"]].concat(),
    )
    .await?;
    ensure!(first.0 == Some(0), "{}", first.1);
    let (status, told) = run(&tester, &mut product, &begun).await?;
    ensure!(status == Some(0) && !told.contains("] sends.usage  "), "{told}");
    let good = result(&tester, "good")?;
    let bad_ends: Vec<_> = good
        .cases
        .iter()
        .filter(|case| case.outcome != Outcome::Passed)
        .collect();
    ensure!(bad_ends.is_empty(), "{bad_ends:?}");
    verified_by_openssl(&relay, &tester)?;
    let page = std::fs::read_to_string(tester.folder().join("good/report.html"))?;
    ensure!(page.contains("Kaigo Story") && !page.contains("<script"));
    // A folder is of one test.
    let other = [
        "--product",
        "Other",
        "--version",
        "1.0",
        "--out",
        "good",
        "--with",
        "0300000005",
    ];
    tester
        .run(2, &[&["conformance", "run"][..], &other[..]].concat())
        .await?;

    product.is_bad = true;
    let wrong = [
        "--product",
        "Kaigo Wrong",
        "--version",
        "2",
        "--out",
        "bad",
        "--answers-within",
        "15s",
    ];
    let (status, told) = run(&tester, &mut product, &wrong).await?;
    ensure!(status == Some(1), "{told}");
    let bad = result(&tester, "bad")?;
    let words = [
        (
            "sends.usage-change",
            "did not take the place of what sends.usage sent",
        ),
        ("sends.usage-persons", "date.period"),
        (
            "sends.v3-usage",
            "The unit asked for is C3-usage, what came is C-usage",
        ),
        (
            "receives.usage-older",
            "What must not be taken in was reported as imported",
        ),
        ("receives.usage-renamed", "no import was reported in 15 s"),
        ("receives.plan", "It was not collected in 15 s"),
    ];
    ensure!(
        bad.failed().eq(words.iter().map(|(case, _)| *case)),
        "{:?}",
        bad.failed().collect::<Vec<_>>()
    );
    for (id, words) in words {
        let case = bad
            .cases
            .iter()
            .find(|case| case.case == id)
            .context("the case")?;
        ensure!(
            case.findings.iter().any(|found| found.en.contains(words)),
            "{case:?}"
        );
    }
    let not_run: Vec<_> = bad
        .cases
        .iter()
        .filter(|case| case.outcome == Outcome::NotRun)
        .collect();
    ensure!(
        matches!(not_run.as_slice(), [case] if case.case == "sends.usage-deletion"),
        "{not_run:?}"
    );

    // Handed to the operator; one byte more, or another signer, and it is refused.
    let file = |name: &str| tester.folder().join(name).display().to_string();
    operator.run(0, &["vendors", "results", "add", &file("good/result.p7m")])?;
    operator.run(0, &["vendors", "results", "add", &file("bad/result.p7m")])?;
    let mut altered = std::fs::read(file("bad/result.p7m"))?;
    let at = altered
        .windows(6)
        .position(|bytes| bytes == b"failed")
        .context("a failed case")?;
    altered[at] = b'F';
    std::fs::write(file("altered"), altered)?;
    operator.run(1, &["vendors", "results", "add", &file("altered")])?;
    operator.run(1, &["vendors", "results", "add", &file("good/result.json")])?;
    let list = operator.json(&["vendors"])?;
    let told = |at: usize| {
        let newest = &list["items"][at]["newest"];
        (
            newest["product"].as_str(),
            newest["failed"].as_i64(),
            newest["signer"].as_str(),
        )
    };
    let signer = Some("office:0300000100");
    ensure!(told(0) == (Some("Kaigo Story"), Some(0), signer), "{list}");
    ensure!(told(1) == (Some("Kaigo Wrong"), Some(6), signer), "{list}");
    let words = operator.run(0, &["vendors"])?;
    ensure!(words.contains("receives.plan"), "{words}");
    // Of the first product's imports nothing was known while they went on; the second's name is known, and so is what the
    // tester said of it.
    relay.settled_books().await?;
    Ok(())
}

/// Runs the test with this product at the other end; how it ended, and what it printed.
async fn run(
    tester: &Desk,
    product: &mut Product<'_>,
    arguments: &[&str],
) -> anyhow::Result<(Option<i32>, String)> {
    let office = product.desk.office.number.to_string();
    let words = [&["conformance", "run", "--with", &office], arguments].concat();
    let mut child = Command::new(program("careplan")?)
        .args(&words)
        .current_dir(tester.folder())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()?;
    let out = child.stdout.take().context("its output")?;
    let (mut lines, mut told) = (BufReader::new(out).lines(), String::new());
    while let Some(line) = lines.next_line().await? {
        told = format!("{told}{line}\n");
        // `[3/29] sends.plan  …`
        let case = line
            .strip_prefix('[')
            .and_then(|line| line.split_whitespace().nth(1));
        match case {
            Some(case) if case.starts_with("sends.") => product.send(case).await?,
            Some(case) => product.receive(case).await?,
            None => {}
        }
    }
    let status = child.wait().await?.code();
    // 1: cases have failed, as they should.
    if matches!(status, Some(0 | 1)) {
        ran("careplan", words)?;
    }
    Ok((status, told))
}

impl Product<'_> {
    /// What its user is asked to make; a fault shows in one case each.
    fn make(&mut self, case: &str) -> anyhow::Result<GeneratedUnit> {
        self.made += 1;
        let prevention = case.contains("prevention");
        let unit = match case.trim_start_matches("sends.").trim_start_matches("v3-") {
            "usage-deletion" => UnitKind::DeleteUsage,
            "results-deletion" => UnitKind::DeleteResults,
            "plan" => UnitKind::Plan,
            "prevention-plan" => UnitKind::PreventionPlan,
            other if other.contains("results") => UnitKind::Results,
            _ => UnitKind::Usage,
        };
        let kinds = (if prevention { "A2" } else { "11" }, "43");
        let kinds = if unit.from_provider() {
            kinds
        } else {
            (kinds.1, kinds.0)
        };
        let is_v3 = case.contains("v3") && !self.is_bad || case == "sends.v3-results";
        let spec = GenSpec {
            edition: if is_v3 { Edition::V3 } else { Edition::V41 },
            sender: self.desk.office.number.to_string(),
            sender_kind: kinds.0.to_owned(),
            destination: self.tester.clone(),
            destination_kind: kinds.1.to_owned(),
            unit,
            month: "202504".to_owned(),
            sequence: format!("20250401{:06}", 90_000 + self.made),
            size: Size::Persons(if case == "sends.usage-persons" { 3 } else { 1 }),
            units: 1,
        };
        // The same persons in what belongs together; others for the product that is wrong.
        let own = if self.is_bad { 500 } else { 0 };
        let seed = match case {
            "sends.usage-change" if self.is_bad => 999,
            "sends.usage" | "sends.usage-change" | "sends.usage-deletion" => own + 1,
            case if case.starts_with("sends.results") => own + 2,
            other => own + 10 + u64::try_from(other.len())?,
        };
        if self.is_bad && case == "sends.usage-persons" {
            return Ok(broken_like("date.period", seed, &spec)
                .context("it can be broken")?
                .unit);
        }
        let mut units = (0..200).filter_map(|more| generate(seed + more * 1_000, &spec).pop());
        let unit = match case {
            "sends.usage-characters" => units.find(|unit| has_ibm(&unit.files)),
            _ => units.next(),
        };
        unit.context("a unit")
    }

    async fn send(&mut self, case: &str) -> anyhow::Result<()> {
        let unit = self.make(case)?;
        let folder = format!("out-{}", self.made);
        std::fs::create_dir(self.desk.folder().join(&folder))?;
        for (name, bytes) in &unit.files {
            std::fs::write(self.desk.folder().join(&folder).join(name), bytes)?;
        }
        self.desk.run(0, &["send", &folder]).await?;
        Ok(())
    }

    /// Takes in what is new: nothing that is superseded, and nothing that is no file of the standard.
    async fn receive(&mut self, case: &str) -> anyhow::Result<()> {
        if self.is_bad && case == "receives.plan" {
            return Ok(());
        }
        let item = eventually("something new is there", || async {
            let inbox = self.desk.run(0, &["inbox", "--json"]).await?;
            let list: serde_json::Value = serde_json::from_str(&inbox)?;
            let items = list["items"].as_array().context("a list")?;
            let is_wanted =
                |item: &&serde_json::Value| !item["kinds"].to_string().contains("UP1KYO") || !self.is_bad;
            items.iter().find(is_wanted).cloned().context("nothing new")
        })
        .await?;
        let id = item["id"].as_str().context("an id")?;
        self.desk
            .run(0, &["get", id, "--out", "in", "--folders", "--collect"])
            .await?;
        if self.is_bad && case == "receives.usage-renamed" {
            return Ok(());
        }
        let is_superseded = item["superseded_by"].is_string() && !self.is_bad;
        let is_attached = item["kinds"].as_array().is_none_or(Vec::is_empty);
        let problem = match (is_superseded, is_attached) {
            (true, _) => Some(["version.superseded", "新しい連番のものがあります"]),
            (_, true) => Some(["files.none", "標準仕様のファイルがありません"]),
            _ => None,
        };
        let result = if problem.is_some() { "failed" } else { "ok" };
        let mut told = vec![
            "imported",
            id,
            "--result",
            result,
            "--software",
            "Kaigo Story 1.0",
        ];
        if let Some(problem) = &problem {
            told.push("--problem");
            told.extend(problem);
        } else {
            self.desk.run(0, &["check", &format!("in/{id}")]).await?;
        }
        self.desk.run(0, &told).await?;
        Ok(())
    }
}

/// IBM's extension in a text: 髙 or 﨑, as MS932 writes them.
fn has_ibm(files: &[(String, Vec<u8>)]) -> bool {
    let marks = [[0xfb, 0xfc], [0xfa, 0xb1]];
    files
        .iter()
        .any(|(_, bytes)| marks.iter().any(|mark| bytes.windows(2).any(|two| two == mark)))
}

fn result(tester: &Desk, folder: &str) -> anyhow::Result<ConformanceResult> {
    let json = std::fs::read(tester.folder().join(folder).join("result.json"))?;
    Ok(ConformanceResult::read(&json)?)
}

/// The signature holds for whoever has the offices' authority, without a program of ours.
fn verified_by_openssl(relay: &Relay, tester: &Desk) -> anyhow::Result<()> {
    let folder = tester.folder();
    std::fs::write(folder.join("offices.pem"), relay.pki.offices.cert_pem())?;
    let arguments =
        "cms -verify -binary -inform DER -in good/result.p7m -CAfile offices.pem -purpose any -out verified";
    let output = Program::new("openssl")
        .args(arguments.split(' '))
        .current_dir(folder)
        .output()?;
    ensure!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    ensure!(std::fs::read(folder.join("verified"))? == std::fs::read(folder.join("good/result.json"))?);
    Ok(())
}
