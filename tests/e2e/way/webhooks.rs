//! Webhooks: the guide's receiver is told everything in order, by one of two replicas, over its own outage and the caller's
//! death; and what hostile receivers and URLs can and cannot do.

use std::path::Path;

use anyhow::{Context, ensure};
use harness::hook::Hook;
use harness::{Forms, Office, Operator, Relay, RelayBuilder, Unit, World, eventually};
use proto::desk_roles::OperatorRole;
use proto::{EnvelopeId, Status};
use serde_json::Value;
use standard::generate::Size;

const LOCAL: &str = r#"["127.0.0.0/8", "::1/128"]"#;

struct Ground {
    relay: Relay,
    operator: Operator,
    manager: Office,
    helper: Office,
}

impl Ground {
    async fn lay(world: &World, builder: RelayBuilder) -> anyhow::Result<Self> {
        let relay = builder.start(world).await?;
        let operator = Operator::of(&relay).await?;
        let manager = relay.office("0300000100", "43").await?;
        let helper = relay.office("0300000005", "11").await?;
        Ok(Self {
            relay,
            operator,
            manager,
            helper,
        })
    }

    async fn send(&self, to: &Office) -> anyhow::Result<String> {
        let unit = Unit::plan(self.manager.number, to.number, "11", Size::Persons(1));
        let id = self.manager.send(&unit).await?;
        self.manager.until(id, Status::Delivered).await?;
        Ok(id.to_string())
    }

    fn set(&self, name: &str, url: &str, more: &[&str]) -> anyhow::Result<Value> {
        let arguments = [&["webhook", "set", name, "--url", url][..], more].concat();
        self.operator.json(&arguments)
    }

    fn tested(&self, name: &str, code: i32) -> anyhow::Result<Value> {
        let told = self.operator.run(code, &["webhook", "test", name, "--json"])?;
        Ok(serde_json::from_str(&told)?)
    }

    fn line(&self, name: &str) -> anyhow::Result<Value> {
        Ok(self.operator.json(&["webhook", "show", name])?["offices"][0].clone())
    }
}

fn ids(calls: &[Value], kind: &str) -> Vec<String> {
    let of_kind = calls.iter().filter(|call| call["kind"] == kind);
    of_kind
        .map(|call| call["id"].as_str().unwrap_or_default().to_owned())
        .collect()
}

pub(crate) async fn tell(world: &World) -> anyhow::Result<()> {
    let builder = RelayBuilder::default()
        .on_postgres()
        .replicas(2)
        .with("delivery__webhooks__allowed_networks", LOCAL);
    let mut ground = Ground::lay(world, builder).await?;
    let own = format!("office.{}", ground.helper.number);
    let mut hook = Hook::of_the_guide(&ground.relay).await?;
    let made = ground.set(&own, &hook.url("/care"), &[])?;
    let secret = made["secret"].as_str().context("a secret, once")?.to_owned();

    // A test says what came back: first that the receiver does not believe it, then that it is well.
    hook.secret("whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")?;
    let tested = ground.tested(&own, 1)?;
    ensure!(
        tested["outcome"] == "refused" && tested["status"] == 401,
        "{tested}"
    );
    hook.secret(&secret)?;
    let tested = ground.tested(&own, 0)?;
    ensure!(
        tested["outcome"] == "taken" && tested["status"] == 204,
        "{tested}"
    );
    ensure!(hook.called(1).await?[0]["kind"] == "test");
    let again = ground.set(&own, &hook.url("/care"), &[])?;
    ensure!(again.get("secret").is_none(), "shown once: {again}");

    // Told in the inbox's order, ids and nothing else.
    let mut sent = Vec::new();
    for _ in 0..6 {
        sent.push(ground.send(&ground.helper).await?);
    }
    let calls = hook.called(7).await?;
    ensure!(ids(&calls, "envelope") == sent, "{calls:?}");
    let fields: Vec<_> = calls[1]
        .as_object()
        .context("an object")?
        .keys()
        .cloned()
        .collect();
    ensure!(
        fields == ["call", "kind", "id", "office", "position", "at"],
        "{fields:?}"
    );
    let fetched = ground.helper.fetch(sent[0].parse()?).await?;
    ensure!(EnvelopeId::of(&fetched).to_string() == sent[0]);

    // The receiver is down: it waits, told by metric and by `show`; up again it goes on in order.
    hook.kill()?;
    for _ in 0..3 {
        sent.push(ground.send(&ground.helper).await?);
    }
    let failing = r#"relay_webhook_failing_seconds{webhook="office"}"#;
    eventually("it is told that it fails", || async {
        ensure!(0.0 < ground.relay.processes[0].metric(failing).await?);
        Ok(())
    })
    .await?;
    ensure!(ground.line(&own)?["outcome"] == "unreachable");
    hook.again().await?;
    let calls = hook.called(10).await?;
    ensure!(ids(&calls, "envelope") == sent, "{calls:?}");

    // The secret is changed: the receiver has the old one a while longer, then the new one.
    let rotated = ground.operator.json(&["webhook", "rotate", &own])?;
    let new = rotated["secret"].as_str().context("a new secret")?.to_owned();
    ensure!(rotated["old_secret_until"].is_string() && new != secret);
    sent.push(ground.send(&ground.helper).await?);
    hook.called(11).await?;
    hook.secret(&new)?;
    sent.push(ground.send(&ground.helper).await?);
    hook.called(12).await?;

    // A vendor is told of an office once that lets it read: an envelope of the manager is delivered.
    let vendor = Hook::of_the_guide(&ground.relay).await?;
    let number = ground.manager.number.to_string();
    let made = ground.set("abc", &vendor.url("/"), &["--office", &number])?;
    vendor.secret(made["secret"].as_str().context("a secret")?)?;
    sent.push(ground.send(&ground.helper).await?);
    hook.called(13).await?;
    ensure!(vendor.calls()?.is_empty() && ground.line("abc")?["may_read"] == false);
    let delegate = ["--office", &number, "--delegate", "vendor:abc", "--right", "read"];
    ground
        .operator
        .run(0, &[&["delegation", "add"][..], &delegate].concat())?;
    let calls = vendor.called(1).await?;
    ensure!(ids(&calls, "status") == sent[sent.len() - 1..], "{calls:?}");

    // Whoever of the two calls dies: the other goes on, and what is told twice bears the same name.
    ground.relay.processes[1].kill()?;
    sent.push(ground.send(&ground.helper).await?);
    hook.called(14).await?;
    ground.relay.processes[1].again()?;
    ground.relay.processes[1].ready().await?;
    ground.relay.processes[0].terminate().await?;
    ground.helper.delivery = ground.relay.delivery_urls().remove(1);
    ground.manager.ingest = ground.relay.ingest_urls().remove(1);
    ground.manager.delivery = ground.relay.delivery_urls().remove(1);
    sent.push(ground.send(&ground.helper).await?);
    let calls = hook.called(15).await?;
    ensure!(ids(&calls, "envelope") == sent, "{calls:?}");
    ground.relay.processes[0].again()?;
    ground.relay.processes[0].ready().await?;

    by_forms(&ground).await?;

    // Removed it is called no more.
    ground.operator.run(0, &["webhook", "remove", &own])?;
    ground.operator.run(1, &["webhook", "show", &own])?;
    let trail = ground.relay.store.audit_trail(0, 100).await?;
    for act in ["put", "test", "rotate", "remove"] {
        let act = format!("webhook.{act}");
        ensure!(trail.iter().any(|entry| entry.act == act), "{act}");
    }
    ground.relay.settled_books().await.map(drop)
}

/// The same by the forms of the desk: made, called, its secret changed, removed; not by who may only look.
async fn by_forms(ground: &Ground) -> anyhow::Result<()> {
    let desk = Forms::of(&ground.relay, "ito", OperatorRole::Administer).await?;
    let looking = Forms::of(&ground.relay, "suzuki", OperatorRole::View).await?;
    let hook = Hook::of_the_guide(&ground.relay).await?;
    let (url, office) = (hook.url("/desk"), ground.manager.number.to_string());
    let fields = [
        ("name", "vendor.desk"),
        ("url", url.as_str()),
        ("offices", office.as_str()),
    ];
    let refused = looking.send("/webhooks", &fields).await?;
    ensure!(refused.contains("desk.role"), "{refused}");
    hook.secret(&shown(&desk.send("/webhooks", &fields).await?)?)?;
    let at = |act: &str| format!("/webhooks/vendor.desk/{act}");
    let taken = async || {
        let tested = desk.send(&at("test"), &[]).await?;
        ensure!(
            tested.contains("HTTP 204") && tested.contains("taken"),
            "{tested}"
        );
        anyhow::Ok(())
    };
    taken().await?;
    let list = looking.page("/webhooks").await?;
    ensure!(list.contains(&url) && !list.contains("method=\"post\""), "{list}");
    let asked = desk.send(&at("confirm"), &[("act", "rotate")]).await?;
    ensure!(asked.contains(&at("rotate")), "{asked}");
    // None signed before: the form says so, and sent once more it would be refused.
    ensure!(asked.contains("name=\"shown\" value=\"-\""), "{asked}");
    hook.secret(&shown(&desk.send(&at("rotate"), &[("shown", "-")]).await?)?)?;
    taken().await?;
    let shows = desk.send(&at("enable"), &[]).await?;
    ensure!(shows.contains(&url) && !shows.contains("whsec_"), "{shows}");
    let refused = looking.send(&at("remove"), &[]).await?;
    ensure!(refused.contains("desk.role"), "{refused}");
    let asked = desk.send(&at("confirm"), &[("act", "remove")]).await?;
    ensure!(asked.contains(&at("remove")), "{asked}");
    let list = desk.send(&at("remove"), &[]).await?;
    ensure!(
        !list.contains("vendor.desk") && list.contains("vendor.abc"),
        "{list}"
    );
    let trail = ground.relay.store.audit_trail(0, 200).await?;
    let by = |name: &str| -> Vec<String> {
        let entries = trail.iter().filter(|entry| entry.actor == name);
        entries.map(|entry| entry.act.replace("webhook.", "")).collect()
    };
    let acts = by("operator:ito");
    ensure!(
        acts == ["put", "test", "rotate", "test", "enable", "remove"],
        "{acts:?}"
    );
    let acts = by("operator:suzuki");
    ensure!(acts == ["refused", "refused"], "{acts:?}");
    Ok(())
}

/// The secret a page shows.
fn shown(page: &str) -> anyhow::Result<String> {
    let behind = page.split("whsec_").nth(1).with_context(|| page.to_owned())?;
    let end = behind.split('<').next().unwrap_or_default();
    Ok(format!("whsec_{end}"))
}

/// A receiver that does not what it should, and the word for it.
const HOSTILE: &[(&str, &str, &str)] = &[
    ("0300000013", "/redirect", "redirected"),
    ("0300000021", "/silent", "silent"),
    ("0300000039", "/drip", "silent"),
    ("0300000047", "/refuse", "refused"),
    ("0300000054", "/garbage", "broken"),
];

/// Slow, and good.
const SLOW: &[(&str, &str)] = &[("0300000062", "/huge"), ("0300000070", "/drip-body")];

pub(crate) async fn hostile(world: &World) -> anyhow::Result<()> {
    let builder = RelayBuilder::default()
        .with("delivery__webhooks__allowed_networks", LOCAL)
        .with("delivery__webhooks__timeout_seconds", "2")
        .with("delivery__webhooks__give_up_seconds", "6");
    let ground = Ground::lay(world, builder).await?;
    let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("way/hostile_hook.py");
    let hook = Hook::hostile(&ground.relay, &program).await?;
    let mut offices = Vec::new();
    let paths = HOSTILE.iter().map(|(office, path, _)| (*office, *path));
    for (number, path) in paths.chain(SLOW.iter().copied()) {
        let office = ground.relay.office(number, "11").await?;
        ground.set(&format!("office.{number}"), &hook.url(path), &[])?;
        offices.push(office);
    }
    ground.set(
        &format!("office.{}", ground.helper.number),
        &hook.url("/good"),
        &[],
    )?;
    for office in &offices {
        ground.send(office).await?;
    }
    ground.send(&ground.helper).await?;
    let calls_of = |path: &str| {
        hook.lines()
            .iter()
            .filter(|line| line.starts_with(&format!("{path} ")))
            .count()
    };

    // Nobody waits for them: the good one is told, and so are those that are only slow.
    for path in ["/good", "/huge", "/drip-body"] {
        eventually(path, || async {
            ensure!(calls_of(path) == 1, "{:?}", hook.lines());
            Ok(())
        })
        .await?;
    }
    for (office, _) in SLOW {
        let name = format!("office.{office}");
        eventually("a long answer is an answer", || async {
            let line = ground.line(&name)?;
            ensure!(line["waits"] == false && line["tries"] == 0, "{line}");
            Ok(())
        })
        .await?;
    }

    // Each is called again, given up, written down, and told by the metric; a redirect is never followed.
    for (office, path, word) in HOSTILE {
        let name = format!("office.{office}");
        let line = eventually(path, || async {
            let line = ground.line(&name)?;
            ensure!(line["disabled_at"].is_string(), "{line}");
            Ok(line)
        })
        .await?;
        ensure!(line["outcome"] == *word && 2 <= calls_of(path), "{path}: {line}");
    }
    ensure!(calls_of("/secret") == 0, "a redirect was followed");
    let process = &ground.relay.processes[0];
    eventually("the given up are counted", || async {
        #[expect(clippy::cast_precision_loss, reason = "five")]
        let all = HOSTILE.len() as f64;
        ensure!(process.metric("relay_webhooks_disabled").await? == all);
        Ok(())
    })
    .await?;
    let trail = ground.relay.store.audit_trail(0, 200).await?;
    let given_up = trail.iter().filter(|entry| entry.act == "webhook.disable");
    ensure!(given_up.count() == HOSTILE.len());

    // Mended and enabled each goes on where it stopped: nothing was lost.
    hook.be_good()?;
    for (office, path, _) in HOSTILE {
        let name = format!("office.{office}");
        ground.operator.run(0, &["webhook", "enable", &name])?;
        eventually(path, || async {
            let line = ground.line(&name)?;
            ensure!(line["waits"] == false && line["tries"] == 0, "{line}");
            Ok(())
        })
        .await?;
    }
    inside(world, &hook).await?;
    ground.relay.settled_books().await.map(drop)
}

/// Without a word of the installation no webhook leads inside, however it is written.
async fn inside(world: &World, hook: &Hook) -> anyhow::Result<()> {
    let ground = Ground::lay(world, RelayBuilder::default()).await?;
    let name = format!("office.{}", ground.helper.number);
    let before = hook.lines().len();
    let port = hook.port;
    for host in [
        "localhost",
        "127.0.0.1",
        "0x7f.1",
        "2130706433",
        "0.0.0.0",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "169.254.169.254",
        "10.0.0.1",
        "[fe80::1]",
        "[fd00::1]",
        "224.0.0.1",
    ] {
        ground.set(&name, &format!("https://{host}:{port}/"), &[])?;
        let tested = ground.tested(&name, 1)?;
        ensure!(tested["outcome"] == "forbidden", "{host}: {tested}");
    }
    ensure!(hook.lines().len() == before, "{:?}", hook.lines());
    for bad in [
        "http://localhost/",
        "https://user@care.example/",
        "ftp://care.example/",
    ] {
        ground
            .operator
            .run(64, &["webhook", "set", &name, "--url", bad])?;
    }
    // What comes waits in the inbox, and is not told.
    ground.send(&ground.helper).await?;
    eventually("it is forbidden when it is due, too", || async {
        ensure!(ground.line(&name)?["outcome"] == "forbidden");
        Ok(())
    })
    .await?;
    ground.relay.settled_books().await.map(drop)
}
