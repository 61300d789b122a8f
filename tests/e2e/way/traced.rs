//! One envelope is one trace, from `careplan send` to the acknowledgement, over stations that are processes of their own; a
//! collector decodes what they hand over. A collector that is silent or away hurts nothing.

use anyhow::{Context, ensure};
use harness::processes::Process;
use harness::{Collector, Mood, Office, Relay, RelayBuilder, TracedSpan, Unit, World, eventually};
use proto::{EnvelopeId, MessageType, Status};
use serde_json::{Value, json};
use standard::generate::Size;

use crate::desk::Desk;

/// The way of an envelope, each span the parent of the next: who, what, OTLP's kind.
const WAY: [(&str, &str, u8); 9] = [
    ("careplan", "POST /v1/envelopes", 3),
    ("ingest", "POST /v1/envelopes", 2),
    ("ingest", "send relay.submitted", 4),
    ("validation", "process validation", 5),
    ("validation", "send relay.validated", 4),
    ("routing", "process routing", 5),
    ("routing", "send relay.routed", 4),
    ("delivery", "process delivery", 5),
    ("delivery", "enter mailbox", 1),
];

/// What comes later, below the last of them.
const LATER: [(&str, &str, u8); 3] = [
    ("delivery", "GET /v1/inbox/{id}", 2),
    ("delivery", "POST /v1/inbox/{id}/collected", 2),
    ("delivery", "POST /v1/inbox/{id}/imported", 2),
];

/// Everything a span may say. Whoever adds to it asks whether it can hold a word that a person wrote.
const KEYS: [&str; 15] = [
    "envelope.id",
    "http.request.method",
    "http.response.status_code",
    "http.route",
    "messaging.destination.name",
    "messaging.message.id",
    "messaging.operation.name",
    "messaging.operation.type",
    "messaging.rabbitmq.destination.routing_key",
    "messaging.system",
    "office.destination",
    "office.sender",
    "outcome",
    "outcome.codes",
    "stage",
];

/// What the sender tells the destination.
const MESSAGE: &str = "利用者は山田花子さんです";

pub(crate) async fn tell(world: &World) -> anyhow::Result<()> {
    let collector = Collector::open().await?;
    let relay = RelayBuilder::default()
        .on_postgres()
        .separate(1)
        .with("traces__endpoint", &collector.url)
        // Stations in the middle say nothing at `info` of an envelope that goes on.
        .with("telemetry__filter", "info,chassis=debug")
        .start(world)
        .await?;
    let manager = Desk::new(&relay, relay.office("0300000100", "43").await?)?;
    let helper = relay.office("0300000005", "11").await?;
    let settings = manager.folder().join("careplan.toml");
    let text = std::fs::read_to_string(&settings)?;
    std::fs::write(&settings, format!("{text}traces_url = \"{}\"\n", collector.url))?;

    from_client_to_mailbox(&relay, &collector, &manager, &helper).await?;
    refused_with_its_codes(&collector, &manager.office, &helper).await?;
    a_trace_of_the_client_s_own(&collector, &manager.office, &helper).await?;
    collector.be(Mood::Silent);
    hurts_nobody(&relay, &manager, &helper).await?;
    collector.close();
    hurts_nobody(&relay, &manager, &helper).await?;

    relay.settled_books().await?;
    let Relay { mut processes, .. } = relay;
    for process in &mut processes {
        process.terminate().await?;
    }
    Ok(())
}

async fn from_client_to_mailbox(
    relay: &Relay,
    collector: &Collector,
    manager: &Desk,
    helper: &Office,
) -> anyhow::Result<()> {
    let unit = Unit::plan(manager.office.number, helper.number, "11", Size::Persons(2));
    let files = manager.write(&unit)?;
    let mut arguments = vec!["send", "--json", "--message", MESSAGE];
    arguments.extend(files.iter().map(String::as_str));
    let sent: Value = serde_json::from_str(&manager.run(0, &arguments).await?)?;
    let id: EnvelopeId = sent[0]["id"].as_str().context("an id")?.parse()?;
    manager.office.until(id, Status::Delivered).await?;
    helper.fetch(id).await?;
    helper.collected(id).await?;
    let path = format!("/v1/inbox/{id}/imported");
    let _: proto::api::Acknowledged = helper.act(&path, &json!({"result": "ok"})).await?;

    // The trace is found by the envelope's id: the first half of it.
    let trace = id.to_string()[..32].to_owned();
    let spans = eventually("every hop's span has come", || async {
        let spans = of_trace(collector, &trace)?;
        ensure!(spans.len() == WAY.len() + LATER.len(), "{:#?}", names(&spans));
        Ok(spans)
    })
    .await?;
    let mut above: Option<&TracedSpan> = None;
    for step in WAY {
        let span = find(&spans, step)?;
        is_below(span, above)?;
        above = Some(span);
    }
    for step in LATER {
        is_below(find(&spans, step)?, above)?;
    }
    let mut instances: Vec<&str> = spans.iter().map(|span| span.instance.as_str()).collect();
    instances.sort_unstable();
    instances.dedup();
    ensure!(instances.len() == 5, "each process is told apart: {instances:?}");
    for span in &spans {
        let known = ["envelope.id", "messaging.message.id"];
        let mut named = known.into_iter().filter_map(|key| span.attributes.get(key));
        ensure!(named.any(|named| *named == id.to_string()), "{span:?}");
    }
    nothing_personal(collector, &unit)?;
    for process in &relay.processes {
        let told = told_in_the_log(process, &id.to_string(), &trace);
        ensure!(told, "{}: no line with envelope and trace", process.station);
    }
    Ok(())
}

/// A refusal ends in the ledger; its codes stand where it was decided.
async fn refused_with_its_codes(
    collector: &Collector,
    manager: &Office,
    helper: &Office,
) -> anyhow::Result<()> {
    let mut broken = Unit::plan(manager.number, helper.number, "11", Size::Persons(1)).draft();
    broken.files[0].1.extend_from_slice(b"202407,030000\r\n");
    let sealed = manager.seal(&harness::files::pack_unchecked(&broken)?)?;
    let id = manager.post(sealed).await?.accepted()?.id;
    manager.until(id, Status::Rejected).await?;
    let trace = id.to_string()[..32].to_owned();
    let spans = eventually("the refusal's spans have come", || async {
        let spans = of_trace(collector, &trace)?;
        find(&spans, ("delivery", "enter ledger", 1))?;
        Ok(spans)
    })
    .await?;
    // Without a span of the client's the door is the first.
    is_below(find(&spans, WAY[1])?, None)?;
    let validation = find(&spans, WAY[3])?;
    ensure!(validation.attributes["outcome"] == "return", "{validation:?}");
    let codes = &validation.attributes["outcome.codes"];
    ensure!(codes.contains("csv.field_count"), "{codes}");
    is_below(
        find(&spans, ("validation", "send relay.outcome", 4))?,
        Some(validation),
    )?;
    let entered = find(&spans, ("delivery", "enter ledger", 1))?;
    ensure!(entered.attributes["outcome"] == "rejected", "{entered:?}");
    Ok(())
}

/// The door goes on with the client's trace; what comes later is linked.
async fn a_trace_of_the_client_s_own(
    collector: &Collector,
    manager: &Office,
    helper: &Office,
) -> anyhow::Result<()> {
    let (trace, span) = ("4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7");
    let unit = Unit::plan(manager.number, helper.number, "11", Size::Persons(1));
    let sealed = manager.envelope(&unit)?;
    let id = EnvelopeId::of(&sealed);
    let answer = manager
        .client
        .post(format!("{}/v1/envelopes", manager.ingest))
        .header("content-type", MessageType::Envelope.content_type())
        .header("traceparent", format!("00-{trace}-{span}-01"))
        .body(sealed)
        .send()
        .await?;
    ensure!(answer.status() == 202, "{}", answer.status());
    manager.until(id, Status::Delivered).await?;
    helper.fetch(id).await?;
    let own = id.to_string()[..32].to_owned();
    eventually("both traces have come, linked", || async {
        let spans = of_trace(collector, trace)?;
        let door = find(&spans, WAY[1])?;
        ensure!(door.parent.as_deref() == Some(span), "{door:?}");
        let entered = find(&spans, WAY[8])?;
        let later = of_trace(collector, &own)?;
        let fetched = find(&later, LATER[0])?;
        let link = (own.clone(), fetched.parent.clone().context("a parent")?);
        ensure!(entered.links == [link], "{entered:?}");
        Ok(())
    })
    .await
}

/// With the collector as it is now: envelopes arrive, `careplan` sends, and what was dropped is counted.
async fn hurts_nobody(relay: &Relay, manager: &Desk, helper: &Office) -> anyhow::Result<()> {
    let series = "relay_trace_spans_total{outcome=\"dropped\"}";
    let door = relay.processes.iter().find(|process| process.station == "ingest");
    let door = door.context("a door")?;
    let before = door.metric(series).await?;
    let unit = Unit::plan(manager.office.number, helper.number, "11", Size::Persons(1));
    let files = manager.write(&unit)?;
    let mut arguments = vec!["send", "--json"];
    arguments.extend(files.iter().map(String::as_str));
    manager.run(0, &arguments).await?;
    for _ in 0..20 {
        let unit = Unit::plan(manager.office.number, helper.number, "11", Size::Persons(1));
        let id = manager.office.send(&unit).await?;
        manager.office.until(id, Status::Delivered).await?;
    }
    eventually("dropped spans are counted", || async {
        let dropped = door.metric(series).await?;
        ensure!(before < dropped, "{dropped}");
        Ok(())
    })
    .await?;
    for process in &relay.processes {
        ensure!(process.is_ready().await, "{} is not ready", process.station);
    }
    Ok(())
}

fn of_trace(collector: &Collector, trace: &str) -> anyhow::Result<Vec<TracedSpan>> {
    let spans = collector.spans()?;
    Ok(spans.into_iter().filter(|span| span.trace == trace).collect())
}

fn names(spans: &[TracedSpan]) -> Vec<(&str, &str)> {
    spans
        .iter()
        .map(|span| (span.service.as_str(), span.name.as_str()))
        .collect()
}

/// The one span of a step.
fn find<'a>(
    spans: &'a [TracedSpan],
    (service, name, kind): (&str, &str, u8),
) -> anyhow::Result<&'a TracedSpan> {
    let mut fitting = spans
        .iter()
        .filter(|span| span.service == service && span.name == name && span.kind == kind);
    let found = fitting
        .next()
        .with_context(|| format!("no {service}: {name} among {:?}", names(spans)))?;
    ensure!(fitting.next().is_none(), "{service}: {name} more than once");
    Ok(found)
}

/// Below this span, and not before it; all processes have the same clock.
fn is_below(span: &TracedSpan, above: Option<&TracedSpan>) -> anyhow::Result<()> {
    let parent = above.map(|above| above.id.as_str());
    ensure!(
        span.parent.as_deref() == parent,
        "{span:?} is not below {above:?}"
    );
    ensure!(span.begin <= span.end, "{span:?}");
    let begun = above.map_or(0, |above| above.begin);
    ensure!(begun <= span.begin, "{span:?} began before {above:?}");
    Ok(())
}

/// No span says anything but facts of the closed list, in plain characters; no cell of the files and no word of the message.
fn nothing_personal(collector: &Collector, unit: &Unit) -> anyhow::Result<()> {
    for span in collector.spans()? {
        for (key, value) in span.attributes {
            ensure!(KEYS.contains(&key.as_str()), "{key} is not in the list");
            let plain = |c: char| c.is_ascii_alphanumeric() || " ._:/{}-".contains(c);
            ensure!(value.chars().all(plain), "{key}: {value}");
        }
    }
    let bodies = collector.bodies().concat();
    ensure!(!bodies.contains("山田") && bodies.is_ascii());
    // Numbers of insured persons are ten digits, as those of offices are: of the cells only those are left out.
    let offices = [unit.sender.to_string(), unit.destination.to_string()];
    let mut compared = 0;
    for (_, bytes) in &unit.files {
        for cell in bytes.split(|byte| matches!(byte, b',' | b'\r' | b'\n' | b'"')) {
            let Ok(cell) = std::str::from_utf8(cell) else {
                continue;
            };
            if 10 <= cell.len() && !offices.contains(&cell.to_owned()) {
                ensure!(
                    !bodies.contains(&format!("\"{cell}\"")),
                    "{cell} stands in a span"
                );
                compared += 1;
            }
        }
    }
    ensure!(0 < compared, "no cell was compared");
    Ok(())
}

/// Whether one line of its log names both.
fn told_in_the_log(process: &Process, id: &str, trace: &str) -> bool {
    let log = process.log();
    let mut lines = log
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok());
    lines.any(|line| {
        let says = |key: &str, value: &str| line[key] == value || line["span"][key] == value;
        says("envelope.id", id) && says("trace_id", trace)
    })
}
