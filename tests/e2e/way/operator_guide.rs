//! Every command of the operator guide's blocks, from top to bottom in one shell, beside a relay that is set up as the guide says.

use anyhow::{Context, ensure};
use harness::commands::written_down;
use harness::guide::{Block, Session, Words, blocks};
use harness::{World, eventually};
use proto::topology::{Exchange, shard_key};
use proto::{EnvelopeId, OfficeNumber};
use serde_json::{Value, json};

use crate::installation::Installation;

const PAGE: &str = "docs/operator-guide.md";
const TEXT: &str = include_str!("../../../docs/operator-guide.md");

const SENDER: &str = "0300000100";
const RECEIVER: &str = "0300000005";

/// What a block says when it was done, by a command that is in it.
const TOLD: Words = &[
    ("relayctl init", "everything was there already"),
    ("relayctl operator add", "suzuki"),
    ("relayctl maintenance start", "maintenance going on"),
    ("relayctl notice publish --draft", "4月10日の保守のお知らせ"),
    ("relayctl broker check", "nothing here can lose a message"),
    ("relayctl parked redrive", "1 marked to be sent again"),
    ("relayctl parked discard", "1 discarded"),
    ("relayctl backup", "backed up: "),
    ("relayctl restore", "restored: "),
    ("relayctl missing", "nothing is missing"),
    ("careplan resend", "1 kept here, 0 of them missing"),
];

pub(crate) async fn tell(world: &World) -> anyhow::Result<()> {
    // The broker's own virtual host, which `relayctl broker check` looks at unless told another; no other story uses it.
    let amqp_url = format!("amqp://guest:guest@127.0.0.1:{}/%2f", world.amqp_port());
    let mut installation = Installation::set_up(&amqp_url, &world.management_of("%2f")).await?;
    installation.enrol(SENDER, "43")?;
    installation.enrol(RECEIVER, "11")?;
    let work = installation.place("work");
    watcher(world, &work).await?;
    delivered(&installation).await?;
    // `careplan` is run where an office's settings are: beside the operator's own work, here.
    let settings = installation.place("offices").join(SENDER).join("careplan.toml");
    let settings = settings.display().to_string();
    let poison = parked(world, &installation).await?;

    let programs = installation.place("programs");
    written_down(&programs)?;
    let mut session = Session::begin(PAGE, &work, &programs, TOLD)?;
    let office = Block {
        line: 0,
        commands: format!("export CAREPLAN_CONFIG='{settings}'\n"),
    };
    session.run(&office).await?;
    let all = blocks(TEXT);
    ensure!(10 <= all.len(), "{PAGE}: only {} blocks of commands", all.len());
    for block in all {
        let has = |command: &str| block.commands.contains(command);
        if has("relayctl broker check") {
            checked(&installation, world).await?;
        }
        if has("relayctl parked discard") {
            unmarked(&installation, &poison).await?;
        }
        let restores = has("relayctl restore");
        if restores {
            installation.lose_the_store().await?;
        }
        let commands = placed(&block.commands, &installation, world).replace("id-from-the-list", &poison);
        let line = block.line;
        session.run(&Block { line, commands }).await?;
        if restores {
            installation.again().await?;
        }
    }
    session.end()?;
    installation.delivered_all(1).await
}

/// The page's places and addresses are those of the story.
fn placed(commands: &str, installation: &Installation, world: &World) -> String {
    let places = [
        ("/etc/careplan-relay", "etc"),
        ("/var/lib/careplan-relay", "var"),
        ("/backup/", "backup/"),
    ];
    let mut placed = commands.to_owned();
    for (theirs, below) in places {
        placed = placed.replace(theirs, &installation.place(below).display().to_string());
    }
    placed
        .replace("https://relay.example:8445", &installation.console)
        .replace("http://localhost:15672", &world.management_url())
}

/// A user of the broker that may look, and its password in a file.
async fn watcher(world: &World, work: &std::path::Path) -> anyhow::Result<()> {
    let password = "only-for-tests";
    let user = json!({ "password": password, "tags": "monitoring" });
    world.manage_with("PUT", "users/monitor", Some(user)).await?;
    let rights = json!({ "configure": "^$", "write": "^$", "read": ".*" });
    world
        .manage_with("PUT", "permissions/%2F/monitor", Some(rights))
        .await?;
    std::fs::write(work.join("monitor.password"), format!("{password}\n"))?;
    Ok(())
}

/// One envelope lies in its mailbox.
async fn delivered(installation: &Installation) -> anyhow::Result<()> {
    installation.careplan(SENDER, &["gen", "--out", "files"])?;
    let id = installation.send(SENDER, &["files"])?;
    eventually("it is delivered", || async {
        let told = installation.careplan(SENDER, &["status", &id, "--json"])?;
        let item: Value = serde_json::from_str(&told)?;
        ensure!(item["status"] == "delivered", "{item}");
        Ok(())
    })
    .await
}

/// Something that is no envelope was set aside; its id.
async fn parked(world: &World, installation: &Installation) -> anyhow::Result<String> {
    let receiver: OfficeNumber = RECEIVER.parse()?;
    let id = EnvelopeId::of(b"no envelope").to_string();
    let body = json!({
        "properties": { "message_id": id, "type": "envelope", "headers": {} },
        "routing_key": shard_key(receiver, 2), "payload": "no envelope", "payload_encoding": "string"
    });
    let path = format!("exchanges/%2F/{}/publish", Exchange::Submitted);
    let answer = world.manage_with("POST", &path, Some(body)).await?;
    ensure!(answer["routed"] == true, "{answer}");
    eventually("it is on the table", || async {
        let list = list(installation)?;
        ensure!(list["items"][0]["id"] == id, "{list}");
        Ok(())
    })
    .await?;
    Ok(id)
}

fn list(installation: &Installation) -> anyhow::Result<Value> {
    let told = installation.relayctl(0, &["parked", "list", "--json"])?;
    serde_json::from_str(&told).with_context(|| told.clone())
}

/// It was tried, could not be sent as it is, and lies on the table again.
async fn unmarked(installation: &Installation, id: &str) -> anyhow::Result<()> {
    eventually("it was tried", || async {
        let list = list(installation)?;
        let item = &list["items"][0];
        ensure!(item["id"] == id && item["redrive"] == false, "{list}");
        Ok(())
    })
    .await
}

/// The management learns of what is new with a delay; what it knows is good.
async fn checked(installation: &Installation, world: &World) -> anyhow::Result<()> {
    let url = world.management_url();
    eventually("the management knows all queues", || async {
        let check = ["broker", "check", "--url", &url, "--user", "monitor"];
        let password = ["--password-file", "monitor.password"];
        installation
            .relayctl(0, &[&check[..], &password].concat())
            .map(drop)
    })
    .await
}
