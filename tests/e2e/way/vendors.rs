//! Vendors by AMQP: what they submit and what comes into their queues, what a hostile one cannot do, and that one that does
//! not read holds up nobody.

use std::path::Path;

use anyhow::{Context, ensure};
use harness::vendor::Vendor;
use harness::{Office, Operator, Relay, Unit, World, eventually};
use proto::api::Recalled;
use proto::{Holder, Right, Status};
use serde_json::{Value, json};
use standard::generate::Size;

struct Ground {
    relay: Relay,
    operator: Operator,
    manager: Office,
    helper: Office,
}

impl Ground {
    async fn lay(world: &World) -> anyhow::Result<Self> {
        let relay = Relay::all(world).await?;
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

    fn plan(&self) -> Unit {
        Unit::plan(self.manager.number, self.helper.number, "11", Size::Persons(1))
    }

    fn delegate(&self, office: &Office, vendor: &Vendor, right: &str) -> anyhow::Result<()> {
        let (number, holder) = (office.number.to_string(), vendor.name.replacen('.', ":", 1));
        let arguments = ["--office", &number, "--delegate", &holder, "--right", right];
        self.operator
            .run(0, &[&["delegation", "add"][..], &arguments].concat())
            .map(drop)
    }
}

fn is(kind: &str, id: &str) -> impl Fn(&Value) -> bool {
    move |message| message["type"] == kind && message["message_id"] == id
}

pub(crate) async fn there_and_back(world: &World) -> anyhow::Result<()> {
    let ground = Ground::lay(world).await?;
    let (manager, helper) = (&ground.manager, &ground.helper);
    let sender = Vendor::add(&ground.relay, &ground.operator, "sender", &[manager])?;
    let reader = Vendor::add(&ground.relay, &ground.operator, "reader", &[helper])?;
    ground.delegate(helper, &reader, "read")?;

    // Not before it may, and told so in its own queue.
    let sealed = manager.envelope(&ground.plan())?;
    let id = proto::EnvelopeId::of(&sealed).to_string();
    sender.submit(&sealed).await?;
    let refused = sender.receive_until(is("status", &id)).await?;
    ensure!(
        refused["body"]["refused"]["code"] == "auth.submitter",
        "{refused}"
    );
    sender.submit(b"no envelope").await?;
    let refused = sender.receive(1).await?;
    ensure!(
        refused[0]["body"]["refused"]["code"] == "seal.not_cms",
        "{refused:?}"
    );

    // Submitted for the manager, taken from the other vendor's queue, taken in, and told to the one who submitted.
    ground.delegate(manager, &sender, "send")?;
    sender.submit(&sealed).await?;
    let envelope = reader.receive_until(is("envelope", &id)).await?;
    let headers = &envelope["headers"];
    ensure!(
        headers["sender"] == manager.number.as_str() && headers["destination"] == helper.number.as_str(),
        "{envelope}"
    );
    ensure!(headers["kinds"].as_str().is_some_and(|kinds| !kinds.is_empty()) && headers["month"].is_string());
    ensure!(std::fs::read(reader.folder().join(format!("{id}.p7m")))? == sealed);
    let id = id.parse()?;
    let item = manager.until(id, Status::Imported).await?;
    ensure!(item.history.iter().any(|entry| entry.status == Status::Collected));
    let told = sender
        .receive_until(|message| message["body"]["sent"]["status"] == "imported")
        .await?;
    ensure!(told["message_id"] == id.to_string(), "{told}");

    // Rejected: told with its problems.
    let mut broken = ground.plan();
    broken.files[0].1.extend_from_slice(b"\"\r\n");
    sender.submit(&manager.envelope(&broken)?).await?;
    let told = sender
        .receive_until(|message| message["body"]["sent"]["status"] == "rejected")
        .await?;
    ensure!(
        told["body"]["sent"]["problems"]
            .as_array()
            .is_some_and(|list| !list.is_empty())
    );

    // Published is handed out: a recall is a notice, in the queue too.
    let asked: Recalled = manager.act(&format!("/v1/sent/{id}/recall"), &json!({})).await?;
    ensure!(asked.status == Status::Imported);
    let notice = reader
        .receive_until(|message| message["type"] == "notice")
        .await?;
    ensure!(
        notice["body"]["text"]
            .as_str()
            .is_some_and(|text| text.contains(&id.to_string()))
    );

    // A notice to many comes to the queue of each they are among.
    let others = [
        "notice",
        "publish",
        "--prefecture",
        "03",
        "--service",
        "43",
        "not for it",
    ];
    ground.operator.run(0, &others)?;
    let words = "4月10日の保守のお知らせ";
    let many = [
        "notice",
        "publish",
        "--prefecture",
        "03",
        "--service",
        "11",
        words,
    ];
    ground.operator.run(0, &many)?;
    let notice = reader
        .receive_until(|message| message["type"] == "notice")
        .await?;
    ensure!(notice["body"]["text"] == words, "{notice}");
    let list = ground.operator.json(&["vendor", "list"])?;
    let queues = list["items"].as_array().cloned().unwrap_or_default();
    ensure!(
        queues.len() == 2
            && queues
                .iter()
                .all(|queue| queue["user"] == true && queue["waiting"].is_u64()),
        "{list}"
    );

    // Not yet published it is withdrawn, and never comes.
    let holder = Holder::Vendor("reader".to_owned());
    let now = harness::files::now();
    let store = &ground.relay.store;
    ensure!(
        store
            .revoke_delegation(helper.number, &holder, Right::Read, now)
            .await?
    );
    let gone = manager.send(&ground.plan()).await?;
    manager.until(gone, Status::Delivered).await?;
    let recalled: Recalled = manager
        .act(&format!("/v1/sent/{gone}/recall"), &json!({}))
        .await?;
    ensure!(recalled.status == Status::Recalled, "{recalled:?}");
    let next = manager.send(&ground.plan()).await?;
    manager.until(next, Status::Delivered).await?;
    ground.delegate(helper, &reader, "read")?;
    let first = reader.receive(1).await?;
    ensure!(first[0]["message_id"] == next.to_string(), "{first:?}");

    // A new password opens the queue, the old one does not; removed, nothing does.
    let rotated = ground.operator.json(&["vendor", "rotate", "sender"])?;
    let password = rotated["password"].as_str().context("a password")?;
    let renewed = sender.url_with(&ground.relay, password)?;
    ensure!(sender.submit(&sealed).await.is_err(), "the old password");
    let mut sender = sender;
    sender.url = renewed;
    sender.submit(&sealed).await?;
    ground.operator.run(0, &["vendor", "remove", "sender"])?;
    ensure!(sender.submit(&sealed).await.is_err(), "removed");
    let books = ground.relay.settled_books().await?;
    ensure!((books.mailboxed, books.rejected) == (3, 1), "{books:?}");
    let trail = ground.relay.store.audit_trail(0, 100).await?;
    for act in ["channel.put", "channel.rotate", "channel.remove"] {
        ensure!(trail.iter().any(|entry| entry.act == act), "{act}");
    }
    Ok(())
}

pub(crate) async fn hostile(world: &World) -> anyhow::Result<()> {
    let ground = Ground::lay(world).await?;
    let (manager, helper) = (&ground.manager, &ground.helper);
    let bad = Vendor::add(&ground.relay, &ground.operator, "bad", &[manager])?;
    let good = Vendor::add(&ground.relay, &ground.operator, "good", &[helper])?;
    ground.delegate(manager, &bad, "send")?;
    ground.delegate(helper, &good, "read")?;
    let foreign = manager.send(&ground.plan()).await?;
    good.receive(1).await?;

    let sealed = manager.envelope(&ground.plan())?;
    let id = proto::EnvelopeId::of(&sealed);
    let file = ground.relay.folder().join("hostile.p7m");
    std::fs::write(&file, &sealed)?;
    let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("way/hostile_vendor.py");
    let arguments = [&file.display().to_string(), &good.name, &foreign.to_string()];
    let told = bad.python(&program, &arguments.map(String::as_str)).await?;
    let answers: serde_json::Map<String, Value> = serde_json::from_str(&told)?;
    for (attempt, answer) in &answers {
        let expected = match attempt.as_str() {
            "foreign user-id" => json!(406),
            "no user-id" | "no user-id, ack" | "ack of nothing" | "ack of another's" | "stamps" => {
                json!("done")
            }
            _ => json!(403),
        };
        ensure!(*answer == expected, "{attempt}: {answer}");
    }

    // Its one submission with a user-id is taken, for what its bytes say, once.
    manager.until(id, Status::Delivered).await?;
    let got = good.receive(1).await?;
    ensure!(got[0]["message_id"] == id.to_string(), "{got:?}");
    let headers = got[0]["headers"].as_object().context("headers")?;
    let names: Vec<&str> = headers.keys().map(String::as_str).collect();
    let ours = [
        "destination",
        "kinds",
        "month",
        "sender",
        "sequence",
        "traceparent",
    ];
    ensure!(names.iter().all(|name| ours.contains(name)), "{names:?}");
    let item = manager.until(id, Status::Imported).await?;
    ensure!(
        item.accepted_at > harness::files::now().plus_seconds(-600),
        "{item:?}"
    );
    // Both of its acknowledgements are refused, and told so.
    for code in ["http.bad_request", "http.not_found"] {
        bad.receive_until(|message| message["body"]["refused"]["code"] == code)
            .await?;
    }
    let process = &ground.relay.processes[0];
    ensure!(
        process
            .metric(r#"relay_ingest_dropped_total{what="user"}"#)
            .await?
            == 1.0
    );
    ensure!(
        process
            .metric(r#"relay_channel_acks_total{outcome="dropped"}"#)
            .await?
            == 1.0
    );
    let books = ground.relay.settled_books().await?;
    ensure!((books.accepted, books.mailboxed) == (2, 2), "{books:?}");

    // Expired before anybody looks at it, it dies with all it claims to be.
    let mut ground = ground;
    ground.relay.processes[0].kill()?;
    bad.python(&program, &[&file.display().to_string()]).await?;
    ground.relay.processes[0].again()?;
    let process = &ground.relay.processes[0];
    process.ready().await?;
    eventually("the dead letter is dropped", || async {
        let dropped = process
            .metric(r#"relay_settled_total{outcome="done",stage="parked"}"#)
            .await?;
        ensure!(dropped == 1.0, "{dropped}");
        Ok(())
    })
    .await?;
    ensure!(ground.relay.store.parked_list(10).await?.is_empty());
    let after = ground.relay.settled_books().await?;
    ensure!((after.accepted, after.parked) == (2, 0), "{after:?}");
    Ok(())
}

pub(crate) async fn one_does_not_read(world: &World) -> anyhow::Result<()> {
    let ground = Ground::lay(world).await?;
    let (manager, helper) = (&ground.manager, &ground.helper);
    let full = json!({ "pattern": r"^vendor\.slow$", "apply-to": "queues", "priority": 10,
        "definition": { "max-length": 1 } });
    let path = format!("policies/{}/slow", ground.relay.vhost);
    world.manage_with("PUT", &path, Some(full)).await?;
    let slow = Vendor::add(&ground.relay, &ground.operator, "slow", &[helper])?;
    let quick = Vendor::add(&ground.relay, &ground.operator, "quick", &[helper])?;
    ground.delegate(helper, &slow, "read")?;
    ground.delegate(helper, &quick, "read")?;
    let mut sent = Vec::new();
    for _ in 0..5 {
        let id = manager.send(&ground.plan()).await?;
        manager.until(id, Status::Delivered).await?;
        sent.push(id.to_string());
    }
    let ids = |got: Vec<Value>| -> Vec<String> {
        let id = |message: &Value| message["message_id"].as_str().unwrap_or_default().to_owned();
        got.iter().map(id).collect()
    };
    ensure!(ids(quick.receive(5).await?) == sent, "the quick one has them all");
    let blocked = |name| format!(r#"relay_channel_blocked_seconds{{channel="vendor.{name}"}}"#);
    let process = &ground.relay.processes[0];
    eventually("the slow one is told", || async {
        ensure!(0.0 < process.metric(&blocked("slow")).await?);
        Ok(())
    })
    .await?;
    ensure!(process.metric(&blocked("quick")).await? == 0.0);
    // Drained it goes on, in order and without a gap.
    ensure!(ids(slow.receive(5).await?) == sent, "the slow one gets them too");
    eventually("nothing waits any more", || async {
        ensure!(process.metric(&blocked("slow")).await? == 0.0);
        Ok(())
    })
    .await?;

    // Somebody deletes the queue: it is made again, and what comes next lies there.
    let queue = format!("queues/{}/vendor.quick", ground.relay.vhost);
    world.manage("DELETE", &queue).await?;
    let id = manager.send(&ground.plan()).await?;
    manager.until(id, Status::Delivered).await?;
    eventually("the queue is there again", || async {
        world.manage("GET", &queue).await
    })
    .await?;
    ensure!(ids(quick.receive(1).await?) == [id.to_string()]);
    ground.relay.settled_books().await.map(drop)
}
