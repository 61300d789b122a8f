//! `careplan check`: the relay's own judgement, before anything is sent and without a connection.

use std::path::PathBuf;

use proto::api::{CheckReport, UnitSummary, Verdict};
use standard::looks_standard;

use super::{Context, junit};
use crate::failure::{Exit, Failure};
use crate::{selection, words};

/// Arguments.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// ファイルまたはフォルダ / files or folders
    #[arg(required = true)]
    paths: Vec<PathBuf>,
    /// 出力形式 / form of the report
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

/// Form of the report.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Format {
    Text,
    Json,
    Junit,
}

/// Checks loose files; several sending units among them are judged one by one.
pub(super) fn run(context: &mut Context<'_>, args: &Args) -> Result<Exit, Failure> {
    let files = selection::read(&args.paths)?;
    let judged = parcel::judge_files(&files);
    let report = CheckReport::new(judged.units, judged.problems);
    let terminal = &mut context.terminal;
    match args.format {
        Format::Json => terminal.json(&report),
        Format::Junit => {
            let names: Vec<String> = files.into_iter().map(|(name, _)| name).collect();
            terminal.raw(&junit::report(&report, &names));
        }
        Format::Text => {
            terminal.problems(&report.problems);
            for (code, count) in &report.more {
                terminal.line(format!("ほか {count} 件 / {count} more: {code}"));
            }
            report
                .units
                .iter()
                .for_each(|unit| terminal.line(unit_line(unit)));
            // A file whose name was changed is taken for an attachment; only so can a person see it.
            for (name, _) in files.iter().filter(|(name, _)| !looks_standard(name)) {
                terminal.line(format!("{}{name}", words::padded("添付 attachment", 16)));
            }
            terminal.line(match report.verdict {
                Verdict::Accept => "結果 verdict: 送信できます / accept",
                Verdict::Reject => "結果 verdict: 送信できません / reject",
            });
        }
    }
    Ok(match report.verdict {
        Verdict::Accept => Exit::Ok,
        Verdict::Reject => Exit::Refused,
    })
}

fn unit_line(unit: &UnitSummary) -> String {
    let name = unit.unit.as_deref().unwrap_or("?");
    let month = unit.month.as_deref().unwrap_or("-");
    let (sender, destination, sequence) = (&unit.sender, &unit.destination, &unit.sequence);
    let kinds = unit.kinds.join(" ");
    format!(
        "{}{sender} → {destination}  {sequence}  {month}  {name}  {kinds}",
        words::padded("送信単位 unit", 16)
    )
}
