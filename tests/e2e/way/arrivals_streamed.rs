//! Server-sent events: an envelope taken by one replica shows in a stream at the other; who comes back misses nothing; who may
//! no longer read is told no more.

use std::time::Duration;

use anyhow::{Context, bail, ensure};
use harness::office::client;
use harness::{Office, RelayBuilder, Unit, World};
use proto::{Right, Status};
use reqwest::Client;
use serde_json::Value;
use standard::generate::Size;
use tokio::time::timeout;

/// Longest wait for a block of a stream: several heartbeats.
const SOON: Duration = Duration::from_secs(60);

/// A stream as a client reads it.
struct Stream {
    answer: reqwest::Response,
    read: String,
    /// The last `id`.
    last: String,
}

/// One event.
struct Event {
    kind: String,
    data: Value,
}

impl Stream {
    async fn open(http: &Client, door: &str, query: &str, last: Option<&str>) -> anyhow::Result<Self> {
        let mut request = http.get(format!("{door}/v1/events{query}"));
        if let Some(last) = last {
            request = request.header("last-event-id", last);
        }
        let answer = request.send().await?;
        let kind = answer.headers().get("content-type").context("a content type")?;
        ensure!(
            answer.status() == 200 && kind == "text/event-stream",
            "{} {kind:?}",
            answer.status()
        );
        let mut stream = Self {
            answer,
            read: String::new(),
            last: String::new(),
        };
        // The first block says where it begins.
        let begin = stream.block().await?.context("a beginning")?;
        ensure!(begin.contains("retry:") && !stream.last.is_empty(), "{begin}");
        Ok(stream)
    }

    /// What stands before the next empty line; none at the end.
    async fn block(&mut self) -> anyhow::Result<Option<String>> {
        loop {
            if let Some((block, rest)) = self.read.split_once("\n\n") {
                let (block, rest) = (block.to_owned(), rest.to_owned());
                self.read = rest;
                let id = block.lines().find_map(|line| line.strip_prefix("id:"));
                if let Some(id) = id {
                    self.last = id.trim().to_owned();
                }
                return Ok(Some(block));
            }
            let chunk = timeout(SOON, self.answer.chunk()).await;
            match chunk.context("a stream gives signs of life")?? {
                Some(chunk) => self.read.push_str(std::str::from_utf8(&chunk)?),
                None => return Ok(None),
            }
        }
    }

    /// The next event with data, whatever signs of life come before it.
    async fn event(&mut self) -> anyhow::Result<Event> {
        while let Some(block) = self.block().await? {
            let field = |name: &str| {
                let found = block.lines().find_map(|line| line.strip_prefix(name));
                found.map(|value| value.trim().to_owned())
            };
            if let Some(data) = field("data:") {
                return Ok(Event {
                    kind: field("event:").unwrap_or_default(),
                    data: serde_json::from_str(&data)?,
                });
            }
        }
        bail!("the stream ended")
    }

    async fn told(&mut self, kind: &str, id: &str) -> anyhow::Result<()> {
        let event = self.event().await?;
        ensure!(
            event.kind == kind && event.data["id"] == id,
            "{kind} {id}, and not {} {}",
            event.kind,
            event.data
        );
        Ok(())
    }

    async fn ends(&mut self, reason: &str) -> anyhow::Result<()> {
        let event = self.event().await?;
        ensure!(
            event.kind == "end" && event.data["reason"] == reason,
            "{} {}",
            event.kind,
            event.data
        );
        ensure!(self.block().await?.is_none(), "nothing comes after the end");
        Ok(())
    }
}

pub(crate) async fn tell(world: &World) -> anyhow::Result<()> {
    let builder = RelayBuilder::default().on_postgres().replicas(2);
    let mut relay = builder.start(world).await?;
    let manager = relay.office("0300000100", "43").await?;
    let helper = relay.office("0300000005", "11").await?;
    let there = relay.delivery_urls().remove(1);
    let send = async |to: &Office| -> anyhow::Result<String> {
        let unit = Unit::plan(manager.number, to.number, "11", Size::Persons(1));
        let id = manager.send(&unit).await?;
        manager.until(id, Status::Delivered).await?;
        Ok(id.to_string())
    };

    // What is there already the inbox lists; the stream begins now, at the other replica.
    let before = send(&helper).await?;
    let mut stream = Stream::open(&helper.client, &there, "", None).await?;
    let mut sender = Stream::open(&manager.client, &there, "", None).await?;
    let first = send(&helper).await?;
    stream.told("envelope", &first).await?;
    sender.told("status", &first).await?;
    helper.collected(first.parse()?).await?;
    sender.told("status", &first).await?;

    // Cut off: what comes meanwhile is there when it comes back, at whichever replica, once.
    let last = stream.last.clone();
    drop(stream);
    let (second, third) = (send(&helper).await?, send(&helper).await?);
    let mut stream = Stream::open(&helper.client, &helper.delivery, "", Some(&last)).await?;
    stream.told("envelope", &second).await?;
    stream.told("envelope", &third).await?;
    let mut from_the_oldest = Stream::open(&helper.client, &there, "?after=e0.0", None).await?;
    for id in [&before, &first, &second, &third] {
        from_the_oldest.told("envelope", id).await?;
    }
    let bad = helper
        .client
        .get(format!("{there}/v1/events?after=yesterday"))
        .send()
        .await?;
    ensure!(bad.status() == 400);

    // A vendor reads along, until the office takes that back.
    let now = harness::files::now();
    let (vendor, issued) = relay.vendor("abc").await?;
    let http = client(&relay, Some(&issued))?;
    let query = format!("?office={}", helper.number);
    let refused = http.get(format!("{there}/v1/events{query}")).send().await?;
    ensure!(refused.status() == 404, "not yet: {}", refused.status());
    let until = now.plus_seconds(86_400);
    relay
        .store
        .put_delegation(helper.number, &vendor, Right::Read, now.plus_seconds(-1), until)
        .await?;
    let mut reading = Stream::open(&http, &there, &query, None).await?;
    let fourth = send(&helper).await?;
    reading.told("envelope", &fourth).await?;
    let at = harness::files::now();
    relay
        .store
        .revoke_delegation(helper.number, &vendor, Right::Read, at)
        .await?;
    reading.ends("rights").await?;

    // A revoked certificate ends the stream it opened, and no other.
    stream.told("envelope", &fourth).await?;
    from_the_oldest.told("envelope", &fourth).await?;
    let fingerprint = seal::trust::fingerprint(&helper.issued.cert_der);
    relay.store.end_binding(&fingerprint, at).await?;
    stream.ends("rights").await?;
    from_the_oldest.ends("rights").await?;
    helper_gone(&helper, &there).await?;

    // Going down the relay says so, and the client comes back elsewhere.
    sender.told_until(&fourth).await?;
    relay.processes[1].terminate().await?;
    sender.ends("reconnect").await?;
    let last = sender.last.clone();
    Stream::open(&manager.client, &manager.delivery, "", Some(&last)).await?;
    relay.processes[1].again()?;
    relay.processes[1].ready().await?;
    relay.settled_books().await.map(drop)
}

async fn helper_gone(helper: &Office, door: &str) -> anyhow::Result<()> {
    let refused = helper.client.get(format!("{door}/v1/events")).send().await?;
    ensure!(refused.status() == 401, "{}", refused.status());
    Ok(())
}

impl Stream {
    /// Reads on until this envelope was told of.
    async fn told_until(&mut self, id: &str) -> anyhow::Result<()> {
        while self.event().await?.data["id"] != id {}
        Ok(())
    }
}
