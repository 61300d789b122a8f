//! Commands that stand in the guides' tables and in their running text, and that no other story has a use for: each is run once, and says what
//! it should. `ops/dev/commands-run` tells which are missing.

use anyhow::{Context, ensure};
use harness::{World, eventually};
use serde_json::Value;

use crate::installation::Installation;

const MANAGER: &str = "0300000100";
const HELPER: &str = "0300000005";

pub(crate) async fn tell(world: &World) -> anyhow::Result<()> {
    let (url, vhost) = world.vhost().await?;
    let installation = Installation::set_up(&url, &world.management_of(&vhost)).await?;
    installation.enrol(MANAGER, "43")?;
    installation.enrol(HELPER, "11")?;
    let config = installation.place("etc/relay.toml").display().to_string();
    let of_relay: &[(&[&str], &str)] = &[
        (&["defaults"], "[broker]"),
        (&["check-config", "--config", &config], ""),
        (&["--version"], "relay "),
    ];
    for (arguments, word) in of_relay {
        let told = installation.relay(arguments)?;
        ensure!(
            told.contains(word),
            "relay {arguments:?}: {word} is not in {told}"
        );
    }
    directory(&installation)?;
    operators(&installation)?;
    made(&installation)?;
    exchanged(&installation).await?;
    watched(&installation)?;
    eventually("the books balance", || async {
        let books = installation.relayctl(0, &["books", "--json"])?;
        let books: Value = serde_json::from_str(&books)?;
        ensure!(books["under_way"] == 0 && books["unaccounted"] == 0, "{books}");
        Ok(())
    })
    .await
}

/// Runs each as the first operator; each must say its word.
fn all(installation: &Installation, commands: &[(&[&str], &str)]) -> anyhow::Result<()> {
    for (arguments, word) in commands {
        let told = installation.relayctl(0, arguments)?;
        ensure!(
            told.contains(word),
            "relayctl {arguments:?}: {word} is not in {told}"
        );
    }
    Ok(())
}

fn directory(installation: &Installation) -> anyhow::Result<()> {
    let (hook, secret) = ("office.0300000005", "hook.secret");
    let url = "https://care.example/hook";
    let delegate = ["--office", MANAGER, "--delegate", "vendor:tables"];
    let add = [
        &["delegation", "add"],
        &delegate[..],
        &["--right", "send", "--right", "read"],
    ]
    .concat();
    let revoke = [&["delegation", "revoke"], &delegate[..], &["--right", "read"]].concat();
    all(
        installation,
        &[
            (&["office", "show", MANAGER], MANAGER),
            (&["licences", "--within", "30"], ""),
            (&["certificate", "list", "--within", "30"], ""),
            (&["certificate", "list"], "office:0300000100"),
            (&add, ""),
            (&["delegation", "list"], "vendor:tables may read for 0300000100"),
            (
                &[
                    "vendor",
                    "add",
                    "tables",
                    "--office",
                    MANAGER,
                    "--password-file",
                    "vendor.password",
                ],
                "vendor.tables",
            ),
            (&["vendor", "list"], "vendor.tables"),
            (&["vendor", "rotate", "tables"], "password "),
            (&["vendor", "remove", "tables", "--office", MANAGER], "ended"),
            (&["vendor", "remove", "tables"], "ended"),
            (&revoke, ""),
            (
                &["webhook", "set", hook, "--url", url, "--secret-file", secret],
                url,
            ),
            (&["webhook", "show"], hook),
            (&["webhook", "remove", hook], ""),
            (
                &[
                    "search",
                    "--office",
                    HELPER,
                    "--from",
                    "2025-04-01T00:00:00+09:00",
                ],
                "",
            ),
            (&["search", "--office", HELPER, "--status", "delivered"], ""),
            (
                &["notice", "draft", "--prefecture", "03", "--service", "43", "保守"],
                "保守",
            ),
            (&["notice", "drafts"], "draft 1 "),
            (&["notice", "discard", "1"], ""),
            (&["notice", "drafts"], "none"),
            (&["parked", "list"], "nothing is parked"),
            (
                &["parked", "redrive", "--all", "--rate", "60", "--dry-run"],
                "0 would be",
            ),
            (&["parked", "stop"], ""),
        ],
    )
}

/// A second operator comes, and goes again.
fn operators(installation: &Installation) -> anyhow::Result<()> {
    let pki = installation.place("etc/pki").display().to_string();
    let holder = "operator:suzuki";
    let certificate = format!("{pki}/issued/operator-suzuki/cert.pem");
    all(
        installation,
        &[
            (&["operator", "add", "suzuki", "--role", "operate"], "suzuki"),
            (&["pki", "issue", "--dir", &pki, "--holder", holder], ""),
            (&["certificate", "bind", "--holder", holder, &certificate], ""),
            (&["operator", "list"], "suzuki"),
        ],
    )?;
    let list = installation.relayctl(0, &["certificate", "list", "--holder", holder])?;
    let mut words = list.split_whitespace();
    let fingerprint = words.find(|word| word.len() == 64).context("a fingerprint")?;
    all(
        installation,
        &[
            (&["pki", "revoke", "--dir", &pki, &certificate], fingerprint),
            (&["pki", "crl", "--dir", &pki], "another 30 days"),
            (&["certificate", "end", fingerprint], ""),
        ],
    )
}

/// Test data of every sort.
fn made(installation: &Installation) -> anyhow::Result<()> {
    let commands: &[(&[&str], &str)] = &[
        (&["config"], MANAGER),
        (&["conformance", "list"], "sends.usage"),
        (&["gen", "--out", "plan"], "UPPLAN"),
        (&["gen", "--kinds", "usage,results", "--out", "kinds"], "UPJSK"),
        (&["gen", "--kinds", "all", "--edition", "v3", "--out", "v3"], "v3"),
        (
            &[
                "gen",
                "--profile",
                "office-month",
                "--persons",
                "20",
                "--out",
                "month",
            ],
            "UPPLAN",
        ),
        (
            &["gen", "--profile", "month-end", "--offices", "2", "--out", "end"],
            "UPPLAN",
        ),
        (&["gen", "--break", "table7.sum", "--out", "broken"], "UPPLAN"),
        (&["gen", "--break", "LIST"], "table7.sum"),
        (&["check", "plan"], "accept"),
        (&["check", "--policy", "relay", "plan"], "accept"),
    ];
    for (arguments, word) in commands {
        let told = installation.careplan(MANAGER, arguments)?;
        ensure!(
            told.contains(word),
            "careplan {arguments:?}: {word} is not in {told}"
        );
    }
    Ok(())
}

/// A plan there, its way, and one taken back.
async fn exchanged(installation: &Installation) -> anyhow::Result<()> {
    let id = installation.send(MANAGER, &["plan", "--message", "4月分の予定です"])?;
    let inbox = installation.careplan(HELPER, &["inbox", "--wait", "--timeout", "60"])?;
    ensure!(inbox.contains(&id), "{inbox}");
    for days in [&["sent", "--uncollected"][..], &["sent", "--uncollected", "3"]] {
        installation.careplan(MANAGER, days)?;
    }
    let waits = installation.careplan(MANAGER, &["sent", "--uncollected"])?;
    ensure!(waits.contains(&id), "{waits}");
    installation.careplan(HELPER, &["get", &id, "--out", "received", "--collect"])?;
    installation.careplan(HELPER, &["imported", &id, "--result", "ok"])?;
    let me = installation.careplan(MANAGER, &["me"])?;
    ensure!(me.contains(MANAGER), "{me}");
    installation.careplan(MANAGER, &["receipt", &id, "delivered", "--out", "delivered.p7m"])?;
    let status = installation.careplan(MANAGER, &["status", &id])?;
    ensure!(status.contains("imported"), "{status}");

    let later = ["gen", "--sequence", "20250402093000", "--out", "later"];
    installation.careplan(MANAGER, &later)?;
    let id = installation.send(MANAGER, &["later"])?;
    let recalled = installation.careplan(MANAGER, &["recall", &id])?;
    ensure!(recalled.contains("状態 status"), "{recalled}");
    for resend in [&["resend", "--dry-run"][..], &["resend"]] {
        let told = installation.careplan(MANAGER, resend)?;
        ensure!(told.contains("0 of them missing"), "{told}");
    }
    Ok(())
}

/// One round of the folder agent, both ways.
fn watched(installation: &Installation) -> anyhow::Result<()> {
    for folder in ["out", "in"] {
        std::fs::create_dir(installation.place("offices").join(HELPER).join(folder))?;
    }
    let once = ["watch", "--outbox", "out", "--inbox", "in", "--once"];
    installation.careplan(HELPER, &once).map(drop)
}
