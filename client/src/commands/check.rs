//! `careplan check`: the relay's own judgement, before anything is sent and without a connection.

use std::collections::BTreeMap;
use std::io::IsTerminal;
use std::path::PathBuf;

use indicatif::{ProgressBar, ProgressStyle};
use proto::Problem;
use proto::api::{CheckReport, UnitSummary, Verdict};

use super::{Context, checked, junit, now};
use crate::doubles::Doubles;
use crate::failure::{Exit, Failure};
use crate::opening::{self, Opened};
use crate::{policy, subjects};

/// From so many files on a bar is worth its place.
const MANY: usize = 10;

/// Arguments.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// ファイル、フォルダ、ZIP、封筒（CMS） / files, folders, ZIPs, envelopes (CMS)
    #[arg(required = true)]
    paths: Vec<PathBuf>,
    /// 出力形式 / form of the report
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// 方針：ファイル、または relay（中継の方針を取得） / severities: a policy file, or `relay` to ask the relay for its own
    #[arg(long, value_name = "FILE|relay")]
    policy: Option<String>,
    /// 行を引用しない / do not quote rows (they may hold personal data)
    #[arg(long)]
    no_quote: bool,
}

/// Form of the report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    Text,
    Json,
    Junit,
}

/// Checks set by set, so that no more than one is in memory; several sending units in a set are judged one by one.
pub(super) async fn run(context: &mut Context<'_>, args: &Args) -> Result<Exit, Failure> {
    let rules = policy::rules(context, args.policy.as_deref()).await?;
    let subjects = subjects::find(&args.paths)?;
    let files = subjects.iter().map(|subject| subject.paths.len()).sum();
    let bar = progress(args.format, files);
    let mut text = checked::Text::new(1 < subjects.len(), !args.no_quote);
    let (mut parts, mut doubles) = (Vec::new(), Doubles::default());
    for subject in &subjects {
        bar.set_message(subject.place.clone());
        for mut opened in opening::open(subject, &rules, now(), |judged| bar.inc(judged as u64))? {
            doubles.note(&mut opened);
            opened.notes.extend(not_mine(context, &opened));
            if args.format == Format::Text {
                bar.suspend(|| text.tell(&mut context.terminal, opened));
            } else {
                parts.push(Part::from(opened));
            }
        }
    }
    bar.finish_and_clear();
    let report = match args.format {
        Format::Text => return Ok(exit(text.close(&mut context.terminal))),
        Format::Json => {
            let (report, _) = merged(parts);
            context.terminal.json(&report);
            report
        }
        Format::Junit => {
            let (report, names) = merged(parts);
            context.terminal.raw(&junit::report(&report, &names));
            report
        }
    };
    Ok(exit(report.verdict))
}

/// Files of another office than the one `--office` names: the relay asks for its leave.
fn not_mine(context: &Context<'_>, opened: &Opened) -> Option<(String, String)> {
    let office = context.settings.acting_for()?;
    let other = |unit: &&UnitSummary| unit.sender != office;
    let sender = &opened.judged.units.iter().find(other)?.sender;
    Some((
        format!(
            "送信元 {sender} は --office の事業所 {office} ではありません。代わりに送るには、{sender} からの委任が必要です。"
        ),
        format!(
            "the sender {sender} is not the office {office} of --office; to send for {sender} takes its delegation"
        ),
    ))
}

fn exit(verdict: Verdict) -> Exit {
    match verdict {
        Verdict::Accept => Exit::Ok,
        Verdict::Reject => Exit::Refused,
    }
}

/// What a report for programs keeps of one judgement.
struct Part {
    place: String,
    report: CheckReport,
    names: Vec<String>,
}

impl From<Opened> for Part {
    fn from(opened: Opened) -> Self {
        Self {
            place: opened.place,
            report: CheckReport::new(opened.judged.units, opened.judged.problems),
            names: opened.files.into_iter().map(|(name, _)| name).collect(),
        }
    }
}

/// One report of all, and the names of the files. With several judgements a file's name is led by where it lies.
fn merged(mut parts: Vec<Part>) -> (CheckReport, Vec<String>) {
    if 1 < parts.len() {
        for part in &mut parts {
            let place = part.place.as_str();
            let led = |name: &str| match place {
                "" => name.to_owned(),
                place => format!("{place}/{name}"),
            };
            part.names = part.names.iter().map(|name| led(name)).collect();
            for problem in &mut part.report.problems {
                problem.file = match &problem.file {
                    Some(name) => Some(led(name)),
                    None => Some(place.to_owned()).filter(|place| !place.is_empty()),
                };
            }
        }
    }
    let verdict = match parts.iter().all(|part| part.report.verdict == Verdict::Accept) {
        true => Verdict::Accept,
        false => Verdict::Reject,
    };
    let mut more: BTreeMap<String, u64> = BTreeMap::new();
    let (mut units, mut names) = (Vec::new(), Vec::new());
    let mut problems: Vec<Problem> = Vec::new();
    for part in parts {
        units.extend(part.report.units);
        problems.extend(part.report.problems);
        names.extend(part.names);
        for (code, count) in part.report.more {
            *more.entry(code).or_default() += count;
        }
    }
    let report = CheckReport {
        verdict,
        units,
        problems,
        more,
    };
    (report, names)
}

/// Drawn on the standard error, only when that is a terminal, and never beside a report that a program reads.
fn progress(format: Format, files: usize) -> ProgressBar {
    let piped = format != Format::Text && !std::io::stdout().is_terminal();
    if piped || files < MANY {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(files as u64);
    if let Ok(style) = ProgressStyle::with_template("点検 checking [{bar:30}] {pos}/{len} {wide_msg}") {
        bar.set_style(style);
    }
    bar
}
