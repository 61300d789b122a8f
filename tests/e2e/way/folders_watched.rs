//! Two offices with nothing but folders: `careplan watch` sends and fetches, also when it is killed at the worst moments.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context, ensure};
use harness::commands::ran;
use harness::pki::office_request;
use harness::{Line, Proxy, Relay, Unit, World, eventually};
use proto::{EnvelopeId, Status};
use standard::generate::Size;
use tokio::process::{Child, Command};

use crate::desk::Desk;

/// Quick, for a test: a second without a change is quiet, missing files are waited for two seconds.
const QUICK: &[&str] = &[
    "watch",
    "--json",
    "--poll",
    "1",
    "--settle",
    "1",
    "--wait",
    "2",
    "--news",
    "1",
    "--timeout",
    "20",
];

pub(crate) async fn tell(world: &World) -> anyhow::Result<()> {
    let relay = Relay::all(world).await?;
    let manager = Desk::new(&relay, relay.office("0300000100", "43").await?)?;
    let helper = Desk::new(&relay, relay.office("0300000005", "11").await?)?;
    let ingest = through_a_proxy(&manager).await?;
    let outbox = folder(&manager, "outbox")?;
    let inbox = folder(&helper, "inbox")?;
    let unit = |persons| {
        Unit::plan(
            manager.office.number,
            helper.office.number,
            "11",
            Size::Persons(persons),
        )
    };

    // Half a unit: nothing moves until the rest is there; the memo beside it goes with it.
    let sending = Agent::start(&manager, &["--wait", "600", "--outbox", "outbox"])?;
    folder(&helper, "outgoing")?;
    let fetching = Agent::start(&helper, &["--inbox", "inbox", "--outbox", "outgoing"])?;
    let plan = unit(2);
    let (name, bytes) = &plan.files[0];
    std::fs::write(outbox.join(name), &bytes[..bytes.len() / 2])?;
    eventually("the half-written file was looked at", || async {
        let seen = std::fs::read_to_string(outbox.join(".careplan/seen.json"))?;
        ensure!(seen.contains(name.as_str()), "{seen}");
        Ok(())
    })
    .await?;
    std::fs::write(outbox.join(name), bytes)?;
    drop_in(&outbox, &plan.files[1..])?;
    std::fs::write(outbox.join("memo.txt"), "連絡\r\n")?;
    std::fs::write(outbox.join("~other.tmp"), "not yet")?;
    let arrived = inbox.join(format!("{}_{}", manager.office.number, plan.sequence));
    eventually("the unit is in the other's folder", || async {
        let found = everything(&arrived)?;
        ensure!(ends(&found, &plan.files), "{found:?}");
        Ok(())
    })
    .await?;
    eventually("the sender's files are in the archive", || async {
        let found = everything(&outbox.join("sent"))?;
        ensure!(ends(&found, &plan.files) && has(&found, "memo.txt") && has(&found, "careplan.json"));
        Ok(())
    })
    .await?;
    ensure!(std::fs::read(arrived.join(name))? == *bytes && arrived.join("memo.txt").is_file());
    ensure!(
        outbox.join("~other.tmp").is_file(),
        "temporary files are left alone"
    );
    let facts: serde_json::Value = serde_json::from_slice(&std::fs::read(arrived.join("careplan.json"))?)?;
    let id: EnvelopeId = facts["id"].as_str().context("the id")?.parse()?;
    manager.office.until(id, Status::Collected).await?;

    // One agent in a folder.
    manager
        .run(2, &[QUICK, &["--once", "--outbox", "outbox"]].concat())
        .await?;
    ensure!(
        sending.stop().await? == Some(0) && fetching.stop().await? == Some(0),
        "SIGTERM ends it cleanly"
    );

    // A certificate bound to nobody is no matter of a relay out of reach.
    let unbound = office_request(helper.office.number.as_str(), harness::files::now());
    let unbound = relay.pki.offices.issue(&unbound)?;
    std::fs::write(helper.folder().join("unbound.pem"), unbound.cert_pem)?;
    std::fs::write(helper.folder().join("unbound-key.pem"), unbound.key_pem)?;
    let settings = std::fs::read_to_string(helper.folder().join("careplan.toml"))?
        .replace("\"cert.pem", "\"unbound.pem")
        .replace("\"key.pem", "\"unbound-key.pem");
    std::fs::write(helper.folder().join("unbound.toml"), settings)?;
    let unbound = ["--config", "unbound.toml", "--once", "--inbox", "inbox"];
    helper.run(4, &[QUICK, &unbound].concat()).await?;

    // A broken unit, one that lacks a file, a memo without a unit: into the error folder, with the reason.
    let mut broken = unit(1);
    broken.files[0].1.extend_from_slice(b"202407,030000\r\n");
    drop_in(&outbox, &broken.files)?;
    let lacking = unit(1);
    drop_in(&outbox, &lacking.files[1..])?;
    manager
        .run(1, &[QUICK, &["--once", "--outbox", "outbox"]].concat())
        .await?;
    eventually("the unit that lacks a file has waited long enough", || async {
        let _ = manager
            .any(&[QUICK, &["--once", "--outbox", "outbox"]].concat())
            .await?;
        ensure!(ends(&everything(&outbox.join("error"))?, &lacking.files[1..]));
        Ok(())
    })
    .await?;
    let reasons: Vec<String> = everything(&outbox.join("error"))?
        .iter()
        .filter(|path| path.ends_with("理由.txt"))
        .map(|path| Ok(String::from_utf8(std::fs::read(path)?)?))
        .collect::<anyhow::Result<_>>()?;
    for code in ["csv.field_count", "unit.incomplete"] {
        ensure!(
            reasons.iter().any(|reason| reason.contains(code)),
            "{code}: {reasons:?}"
        );
    }
    ensure!(
        reasons
            .iter()
            .all(|reason| reason.starts_with("\u{feff}エラー：")),
        "{reasons:?}"
    );

    // Refused only by the relay: its names were taken before, by other contents.
    let mut reused = unit(3);
    for ((taken, _), (name, _)) in plan.files.iter().zip(&mut reused.files) {
        name.clone_from(taken);
    }
    drop_in(&outbox, &reused.files)?;
    eventually("what the relay refused is moved to the error folder", || async {
        let _ = manager
            .any(&[QUICK, &["--once", "--outbox", "outbox"]].concat())
            .await?;
        let found = everything(&outbox.join("error"))?;
        let told = |path: &&PathBuf| {
            path.ends_with("理由.txt")
                && std::fs::read_to_string(path).is_ok_and(|text| text.contains("sequence.reused"))
        };
        ensure!(ends(&found, &reused.files) && found.iter().any(|path| told(&path)));
        Ok(())
    })
    .await?;

    // Killed after sealing, after sending without an answer, after the answer and before moving: one delivery each. Each agent
    // sends first what the one before it left.
    let mut units = Vec::new();
    for moment in [Moment::Sealed, Moment::Unanswered, Moment::Unmoved] {
        units.push(unit(1));
        killed_at(moment, &manager, &ingest, &outbox, &units).await?;
    }
    manager
        .run(0, &[QUICK, &["--once", "--outbox", "outbox"]].concat())
        .await?;
    let found = everything(&outbox)?;
    for (name, _) in units.iter().flat_map(|unit| &unit.files) {
        let places: Vec<_> = found.iter().filter(|path| path.ends_with(name)).collect();
        ensure!(
            places.len() == 1 && places[0].starts_with(outbox.join("sent")),
            "{places:?}"
        );
    }
    ensure!(everything(&outbox.join(".careplan/sending"))?.is_empty());

    // The receiving agent is killed while it writes and after it has noted the place.
    let own = inbox.join(".careplan");
    eventually("all three are there to be fetched", || async {
        let waiting = helper.office.inbox().await?;
        let new = waiting
            .iter()
            .filter(|item| item.status == Status::Delivered)
            .count();
        ensure!(new == units.len(), "{new}");
        Ok(())
    })
    .await?;
    let before = std::fs::read_dir(own.join("taken"))?.count();
    for more in 0..units.len() {
        let agent = Agent::start(&helper, &["--inbox", "inbox"])?;
        eventually("it is at work", || async {
            let arriving = everything(&own.join("arriving")).unwrap_or_default();
            let taken = std::fs::read_dir(own.join("taken"))?.count();
            ensure!(before + more < taken || (more == 0 && !arriving.is_empty()));
            Ok(())
        })
        .await?;
        agent.kill().await?;
    }
    helper
        .run(0, &[QUICK, &["--once", "--inbox", "inbox"]].concat())
        .await?;
    let found = everything(&inbox)?;
    for unit in &units {
        for (name, bytes) in &unit.files {
            let places: Vec<_> = found.iter().filter(|path| path.ends_with(name)).collect();
            ensure!(
                places.len() == 1 && std::fs::read(places[0])? == *bytes,
                "{places:?}"
            );
        }
    }
    ensure!(
        helper
            .office
            .inbox()
            .await?
            .iter()
            .all(|item| item.status != Status::Delivered)
    );
    let books = relay.settled_books().await?;
    ensure!(books.mailboxed == 4 && books.duplicate == 0, "{books:?}");
    Ok(())
}

#[derive(Clone, Copy, Debug)]
enum Moment {
    /// Nothing has reached the relay.
    Sealed,
    /// The relay has it and the agent does not know.
    Unanswered,
    /// The agent has the relay's answer and cannot move the files.
    Unmoved,
}

/// Lets an agent send all units but the last, drops that in, and kills the agent at this moment of it.
async fn killed_at(
    moment: Moment,
    manager: &Desk,
    ingest: &Proxy,
    outbox: &Path,
    units: &[Unit],
) -> anyhow::Result<()> {
    let (unit, before) = units.split_last().context("a unit")?;
    let agent = Agent::start(manager, &["--outbox", "outbox"])?;
    let (sent, archive) = (outbox.join("sent"), manager.folder().join("archive"));
    eventually("what the agent before left is sent", || async {
        let found = everything(&sent)?;
        ensure!(before.iter().all(|unit| ends(&found, &unit.files)));
        Ok(())
    })
    .await?;
    let state = manager.folder().join("state");
    let known = envelopes(&state)?;
    match moment {
        Moment::Sealed => ingest.make(Line::Silent),
        // The connection that was sent over stands, so a request goes out on it.
        Moment::Unanswered => ingest.make(Line::Deaf),
        Moment::Unmoved => {
            // A file where the archive should be: nothing can be moved there.
            std::fs::rename(&sent, &archive)?;
            std::fs::write(&sent, "")?;
        }
    }
    drop_in(outbox, &unit.files)?;
    let sealed = eventually("it is sealed", || async {
        let mut new = envelopes(&state)?;
        new.retain(|path| !known.contains(path));
        new.pop().context("nothing sealed yet")
    })
    .await?;
    let answer = sealed.with_extension("accepted.json");
    if !matches!(moment, Moment::Sealed) {
        let id = EnvelopeId::of(&std::fs::read(&sealed)?);
        manager.office.until(id, Status::Delivered).await?;
    }
    if matches!(moment, Moment::Unmoved) {
        eventually("the answer is kept", || async {
            ensure!(answer.is_file());
            Ok(())
        })
        .await?;
    }
    agent.kill().await?;
    ensure!(
        answer.is_file() == matches!(moment, Moment::Unmoved),
        "{moment:?}"
    );
    let lying = everything(&outbox.join(".careplan/sending"))?;
    ensure!(ends(&lying, &unit.files), "{moment:?}: {lying:?}");
    ingest.make(Line::Good);
    if matches!(moment, Moment::Unmoved) {
        std::fs::remove_file(&sent)?;
        std::fs::rename(&archive, &sent)?;
    }
    Ok(())
}

/// A running agent.
struct Agent {
    child: Child,
    arguments: Vec<String>,
}

impl Agent {
    fn start(desk: &Desk, more: &[&str]) -> anyhow::Result<Self> {
        let mut arguments = QUICK.to_vec();
        if more.contains(&"--wait") {
            arguments.retain(|word| !["--wait", "2"].contains(word));
        }
        let arguments: Vec<String> = arguments.iter().chain(more).map(ToString::to_string).collect();
        let child = Command::new(harness::processes::program("careplan")?)
            .args(&arguments)
            .current_dir(desk.folder())
            .stdout(Stdio::null())
            .kill_on_drop(true)
            .spawn()?;
        Ok(Self { child, arguments })
    }

    /// SIGKILL.
    async fn kill(mut self) -> anyhow::Result<()> {
        Ok(self.child.kill().await?)
    }

    /// SIGTERM; its exit code.
    async fn stop(mut self) -> anyhow::Result<Option<i32>> {
        let id = self.child.id().context("it runs")?;
        let told = Command::new("kill")
            .args(["-TERM", &id.to_string()])
            .status()
            .await?;
        ensure!(told.success());
        let code = self.child.wait().await?.code();
        if code == Some(0) {
            ran("careplan", &self.arguments)?;
        }
        Ok(code)
    }
}

/// Puts a line that can be hurt between the office and ingest.
async fn through_a_proxy(desk: &Desk) -> anyhow::Result<Proxy> {
    let (before, port) = desk.office.ingest.rsplit_once(':').context("a port")?;
    let proxy = Proxy::to(port.parse()?).await?;
    let path = desk.folder().join("careplan.toml");
    let text = std::fs::read_to_string(&path)?;
    let through = format!("{before}:{}", proxy.port);
    std::fs::write(&path, text.replace(&desk.office.ingest, &through))?;
    Ok(proxy)
}

fn folder(desk: &Desk, name: &str) -> anyhow::Result<PathBuf> {
    let folder = desk.folder().join(name);
    std::fs::create_dir(&folder)?;
    Ok(folder)
}

fn drop_in(folder: &Path, files: &[(String, Vec<u8>)]) -> anyhow::Result<()> {
    for (name, bytes) in files {
        std::fs::write(folder.join(name), bytes)?;
    }
    Ok(())
}

fn envelopes(state: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut found = everything(state)?;
    found.retain(|path| path.extension().is_some_and(|end| end == "p7m"));
    Ok(found)
}

/// Every file in a folder and the folders in it.
fn everything(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        match path.is_dir() {
            true => found.extend(everything(&path)?),
            false => found.push(path),
        }
    }
    Ok(found)
}

fn has(found: &[PathBuf], name: &str) -> bool {
    found.iter().any(|path| path.ends_with(name))
}

fn ends(found: &[PathBuf], files: &[(String, Vec<u8>)]) -> bool {
    files.iter().all(|(name, _)| has(found, name))
}
