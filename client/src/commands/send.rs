//! `careplan send`: files into envelopes, one for each sending unit, and to the relay.

use std::path::PathBuf;

use indicatif::{ProgressBar, ProgressStyle};
use parcel::Rules;
use proto::api::Accepted;
use proto::{OfficeNumber, Problem, Time};
use seal::Sealer;
use serde_json::{Value, json};

use super::{Context, now, office_number};
use crate::connection::{Ask, Connection};
use crate::failure::{Exit, Failure};
use crate::grouping::{self, Attach};
use crate::outbox::{Order, Outbox, Sealed};
use crate::traces::Traced;
use crate::{policy, selection, words};

/// Arguments.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// ファイルまたはフォルダ / files or folders
    #[arg(required = true)]
    paths: Vec<PathBuf>,
    /// 送信先の事業所番号（省略時はファイル名から） / the destination; told by the names unless given
    #[arg(long, value_name = "OFFICE", value_parser = office_number)]
    to: Option<OfficeNumber>,
    /// 連絡文（1,000文字まで） / some words to the destination
    #[arg(long)]
    message: Option<String>,
    /// 送信単位が複数のときの添付先 / with several units: where attachments go
    #[arg(long, value_enum)]
    attach: Option<Attach>,
    /// 送らずに内容だけ表示 / only show what would be sent
    #[arg(long)]
    dry_run: bool,
    /// 手元の点検を省く（中継側では点検します） / do not check first; the relay does
    #[arg(long)]
    no_check: bool,
    /// 点検の方針：ファイル、または relay（中継の方針を取得） / severities of the check: a policy file, or `relay`
    #[arg(long, value_name = "FILE|relay", conflicts_with = "no_check")]
    policy: Option<String>,
    /// 控えを使わず新しい封筒にする / make a new envelope even of the same files
    #[arg(long)]
    new: bool,
    /// JSONで出力 / print JSON
    #[arg(long)]
    json: bool,
}

/// Checks everything, then sends unit by unit in their order. With an error in any of them nothing is sent; when the relay
/// cannot be reached the rest is left for the next try.
pub(super) async fn run(context: &mut Context<'_>, args: &Args) -> Result<Exit, Failure> {
    let files = selection::read(&args.paths)?;
    let orders = orders(context, args, &files)?;
    if !args.no_check {
        let rules = policy::rules(context, args.policy.as_deref()).await?;
        check(context, &orders, &rules, now())?;
    }
    if args.dry_run {
        orders
            .iter()
            .for_each(|order| tell(context, args, "送信予定 would send", order, None));
        if args.json {
            let list: Vec<Value> = orders.iter().map(|order| described(order, None)).collect();
            context.terminal.json(&list);
        }
        return Ok(Exit::Ok);
    }
    let sealer = Sealer::from_pem(&context.settings.certificate()?, &context.settings.key()?)?;
    let outbox = Outbox::open(context.settings.state_dir(), now())?;
    let connection = context.connect()?;
    let bar = progress(orders.len());
    let mut results = Vec::new();
    let mut worst = Exit::Ok;
    for order in &orders {
        let sealed = outbox.sealed(order, &sealer, now(), args.new)?;
        bar.set_message(format!("{} {}", order.destination, sealed.sequence));
        let sent = submit(&connection, &sealed).await;
        if let Ok(accepted) = &sent {
            outbox.accepted(&sealed, accepted)?;
        }
        bar.inc(1);
        let mut result = described(order, Some(&sealed));
        match sent {
            Ok(accepted) => {
                result["result"] = json!("accepted");
                result["accepted_at"] = json!(accepted.accepted_at);
                result["status_url"] = json!(accepted.status_url);
                result["receipt"] = json!(accepted.receipt);
                bar.suspend(|| tell(context, args, "受付済 accepted", order, Some(&sealed)));
            }
            Err(failure) => {
                result["result"] = json!(if failure.exit() == Exit::Unreachable {
                    "unreachable"
                } else {
                    "refused"
                });
                result["error"] = json!(failure.to_string());
                result["problems"] = json!(failure.problems());
                bar.suspend(|| {
                    tell(context, args, "未送信 not sent", order, Some(&sealed));
                    context.terminal.failure(&failure);
                });
                worst = worst.max(failure.exit());
            }
        }
        results.push(result);
        if worst >= Exit::Unreachable {
            break;
        }
    }
    bar.finish_and_clear();
    if args.json {
        context.terminal.json(&results);
    }
    Ok(worst)
}

fn orders(context: &Context<'_>, args: &Args, files: &[(String, Vec<u8>)]) -> Result<Vec<Order>, Failure> {
    let sender = context.settings.office()?;
    let names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
    let sendings = grouping::sendings(&names, args.to, args.attach)?;
    Ok(sendings
        .into_iter()
        .map(|sending| Order {
            sender,
            destination: sending.destination,
            sequence: sending.sequence,
            message: args.message.clone(),
            software: Some(context.settings.software()),
            files: sending
                .files
                .iter()
                .filter_map(|at| files.get(*at))
                .cloned()
                .collect(),
        })
        .collect())
}

fn check(context: &mut Context<'_>, orders: &[Order], rules: &Rules, now: Time) -> Result<(), Failure> {
    let (mut warned, mut errors) = (Vec::new(), Vec::new());
    for order in orders {
        match warnings(order, rules, now) {
            Ok(found) => warned.extend(found),
            Err(Failure::Problems(found)) => errors.extend(found),
            Err(failure) => return Err(failure),
        }
    }
    if !errors.is_empty() {
        return Err(Failure::Problems(errors));
    }
    let heading = |problem: &Problem| format!("{}  {}", problem.code, problem.message);
    for warning in &warned {
        let _ = writeln!(
            context.terminal.err,
            "注意 warning: {}",
            words::harmless(&heading(warning))
        );
    }
    Ok(())
}

/// What the check warns of in a sending that may go.
///
/// # Errors
/// Its errors.
pub(crate) fn warnings(order: &Order, rules: &Rules, now: Time) -> Result<Vec<Problem>, Failure> {
    let zip = order.pack(now)?;
    let problems = rules.judge(&zip, now).problems.problems;
    let (errors, warnings): (Vec<_>, Vec<_>) = problems
        .into_iter()
        .partition(|problem| problem.severity == proto::Severity::Error);
    if errors.is_empty() {
        Ok(warnings)
    } else {
        Err(Failure::Problems(errors))
    }
}

/// Sends the sealed bytes.
///
/// # Errors
/// The relay refuses or is out of reach.
pub(crate) async fn submit(connection: &Connection, sealed: &Sealed) -> Result<Accepted, Failure> {
    let traced = Traced::begin(connection.settings(), sealed.id);
    let ask = Ask::envelope(sealed.bytes.clone()).traced(traced.context());
    let answer = connection.json(&ask).await;
    traced.end(answer.as_ref().err()).await;
    let accepted: Accepted = answer?;
    if accepted.id == sealed.id {
        Ok(accepted)
    } else {
        Err(Failure::Answer(format!("another id: {}", accepted.id)))
    }
}

fn tell(context: &mut Context<'_>, args: &Args, what: &str, order: &Order, sealed: Option<&Sealed>) {
    if args.json {
        return;
    }
    let sequence = sealed
        .map(|sealed| sealed.sequence.as_str())
        .or(order.sequence.as_deref())
        .unwrap_or("-");
    let id = sealed.map(|sealed| sealed.id.to_string()).unwrap_or_default();
    let (to, count) = (order.destination, order.files.len());
    context.terminal.line(format!(
        "{}→ {to}  {sequence}  {count} files  {id}",
        words::padded(what, 22)
    ));
}

fn described(order: &Order, sealed: Option<&Sealed>) -> Value {
    json!({
        "id": sealed.map(|sealed| sealed.id),
        "destination": order.destination,
        "sequence": sealed.map(|sealed| &sealed.sequence).or(order.sequence.as_ref()),
        "files": order.files.iter().map(|(name, _)| name).collect::<Vec<_>>(),
        "kept": sealed.is_some_and(|sealed| sealed.kept),
    })
}

/// Drawn on the standard error, and only when that is a terminal.
fn progress(envelopes: usize) -> ProgressBar {
    let bar = ProgressBar::new(envelopes as u64);
    if let Ok(style) = ProgressStyle::with_template("送信 sending [{bar:30}] {pos}/{len} {msg}") {
        bar.set_style(style);
    }
    bar
}
