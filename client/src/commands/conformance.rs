//! `careplan conformance`: whether a vendor's product exchanges files through the relay as it should.

use std::path::PathBuf;
use std::time::Duration;

use clap::Subcommand;
use proto::OfficeNumber;
use proto::conformance::{CaseResult, Outcome, is_product};
use seal::Sealer;
use serde_json::{Value, json};

use super::{Context, now, office_number};
use crate::conformance::catalogue::{self, CASES, Case, NUMBER, Side, Way};
use crate::conformance::keeping::{Folder, Subject};
use crate::conformance::make::Offices;
use crate::conformance::run::{Ready, Tester};
use crate::conformance::{report, wording};
use crate::failure::{Exit, Failure};
use crate::policy;
use crate::terminal::Terminal;

/// Arguments.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: ConformanceCommand,
}

#[derive(Debug, Subcommand)]
enum ConformanceCommand {
    /// 試験項目の一覧 / every case, what to do in it and what is checked
    List {
        /// JSONで出力 / print JSON
        #[arg(long)]
        json: bool,
    },
    /// 試験する / test a product; stopped and run again, it goes on
    Run(RunArgs),
}

#[derive(Debug, clap::Args)]
struct RunArgs {
    /// 製品名（版は含めない） / the product's name, without its version
    #[arg(long)]
    product: String,
    /// 製品の版 / the product's version
    #[arg(long = "version", value_name = "VERSION")]
    version: String,
    /// 製品を使う事業所の番号 / number of the office that uses the product
    #[arg(long, value_name = "OFFICE", value_parser = office_number)]
    with: OfficeNumber,
    /// 結果を書くフォルダ / folder for the result
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// この項目だけ、もう一度（元になる項目も） / only this case, anew, and what it builds on
    #[arg(long = "case", value_name = "ID", value_parser = case_id)]
    cases: Vec<&'static str>,
    /// 製品を使う側 / only cases in which the product is used by this kind of office
    #[arg(long, value_enum)]
    side: Option<Side>,
    /// 一項目で待つ時間（秒） / seconds a case waits for the product
    #[arg(long, value_name = "SECONDS", default_value = "300", value_parser = seconds)]
    answers_within: Duration,
}

fn case_id(text: &str) -> Result<&'static str, String> {
    let found = catalogue::find(text).map(|case| case.id);
    found.ok_or_else(|| {
        "その項目はありません（careplan conformance list） / no such case, see `careplan conformance list`".to_owned()
    })
}

/// `90` or `90s`.
fn seconds(text: &str) -> Result<Duration, String> {
    let digits = text.strip_suffix('s').unwrap_or(text);
    match digits.parse() {
        Ok(seconds @ 1..=86_400) => Ok(Duration::from_secs(seconds)),
        _ => Err("1から86400までの秒数です / seconds from 1 to 86400".to_owned()),
    }
}

/// Lists the cases, or runs them.
pub(super) async fn run(context: &mut Context<'_>, args: &Args) -> Result<Exit, Failure> {
    match &args.command {
        ConformanceCommand::List { json } => {
            list(&mut context.terminal, *json);
            Ok(Exit::Ok)
        }
        ConformanceCommand::Run(args) => test(context, args).await,
    }
}

fn list(terminal: &mut Terminal<'_>, as_json: bool) {
    if as_json {
        let pair = |(ja, en): (String, String)| json!({ "ja": ja, "en": en });
        let cases: Vec<Value> = CASES
            .iter()
            .map(|case| {
                json!({
                    "case": case.id, "side": wording::side(case.side()).1, "title": pair(wording::title(case)),
                    "to_do": pair(wording::to_do(case)), "checked": pair(wording::checked(case)),
                })
            })
            .collect();
        terminal.json(&json!({ "catalogue": NUMBER, "cases": cases }));
        return;
    }
    for case in CASES {
        let (title, side) = (wording::title(case), wording::side(case.side()));
        terminal.line(format!(
            "{}  {} / {}  [{} {}]",
            case.id, title.0, title.1, side.0, side.1
        ));
        for (ja, en) in [wording::to_do(case), wording::checked(case)] {
            terminal.line(format!("    {ja}"));
            terminal.line(format!("    {en}"));
        }
    }
}

async fn test(context: &mut Context<'_>, args: &RunArgs) -> Result<Exit, Failure> {
    let subject = subject(context, args)?;
    let (folder, mut progress) = Folder::open(&args.out, subject, now())?;
    let sealer = Sealer::from_pem(&context.settings.certificate()?, &context.settings.key()?)?;
    let rules = policy::rules(context, Some("relay")).await?;
    let connection = context.connect()?;
    let tester = Tester {
        connection: &connection,
        sealer: &sealer,
        rules: &rules,
        offices: Offices {
            own: context.settings.office()?,
            product: args.with,
        },
        within: args.answers_within,
        now,
    };
    let on_side = |case: &&Case| args.side.is_none_or(|side| side == case.side());
    // One that could not be judged is tried again.
    let is_over = |case: &Case| {
        progress
            .ended(case.id)
            .is_some_and(|end| end.outcome != Outcome::NotRun)
    };
    let open = |case: &&Case| !args.cases.is_empty() || !is_over(case);
    let cases: Vec<_> = catalogue::chosen(&args.cases)
        .into_iter()
        .filter(on_side)
        .filter(open)
        .collect();
    for (at, case) in cases.iter().enumerate() {
        let ready = tester.ready(case, &mut progress).await?;
        announce(
            &mut context.terminal,
            case,
            (at + 1, cases.len()),
            &ready,
            tester.offices,
        );
        // Stopped in the midst of it, its sequence is used all the same.
        folder.keep(&progress)?;
        let result = tester.run(case, ready, &progress).await?;
        tell(&mut context.terminal, &result);
        progress.end(result);
        folder.keep(&progress)?;
    }
    let result = progress.result(now());
    let json = result
        .to_json()
        .map_err(|error| Failure::Answer(error.to_string()))?;
    let written = [
        folder.write("result.json", &json)?,
        folder.write("result.p7m", &sealer.seal(&json)?)?,
        folder.write("report.html", report::page(&result).as_bytes())?,
    ];
    let counts = Outcome::ALL.map(|outcome| {
        let (ja, en) = outcome.words();
        format!("{ja} {en} {}", result.count(outcome))
    });
    context.terminal.line(counts.join("  "));
    for path in written {
        context.terminal.field("保存 written", path.display().to_string());
    }
    Ok(match result.count(Outcome::Failed) {
        0 => Exit::Ok,
        _ => Exit::Refused,
    })
}

fn subject(context: &Context<'_>, args: &RunArgs) -> Result<Subject, Failure> {
    let office = context.settings.office()?;
    if office == args.with {
        return Err(Failure::usage(
            "--with には、製品を使う事業所の番号を書いてください。このツールの事業所とは別の事業所が要ります。",
            "--with names the office that uses the product; it has to be another one than the tool's",
        ));
    }
    let version = proto::software::is_plain(&args.version) && args.version.chars().count() <= 40;
    if !is_product(&args.product) || !version {
        return Err(Failure::usage(
            "--product は80文字まで、--version は40文字までの一行で書いてください。",
            "--product has at most 80 characters, --version at most 40, on one line",
        ));
    }
    Ok(Subject {
        product: args.product.clone(),
        version: args.version.clone(),
        office,
        product_office: args.with,
        relay: context.settings.delivery_url()?.to_owned(),
        catalogue: NUMBER,
    })
}

/// Says what is to be done now. A program that drives a product reads the first line.
fn announce(
    terminal: &mut Terminal<'_>,
    case: &Case,
    (at, of): (usize, usize),
    ready: &Ready,
    Offices { own, product }: Offices,
) {
    let (title, to_do) = (wording::title(case), wording::to_do(case));
    if let Ready::No(_) = ready {
        terminal.line(format!("({at}/{of}) {}  {} / {}", case.id, title.0, title.1));
        return;
    }
    terminal.line(format!("[{at}/{of}] {}  {} / {}", case.id, title.0, title.1));
    if case.way == Way::Sends {
        terminal.line(format!("    {product} → {own}"));
    }
    terminal.line(format!("    {}", to_do.0));
    terminal.line(format!("    {}", to_do.1));
}

fn tell(terminal: &mut Terminal<'_>, result: &CaseResult) {
    let (ja, en) = result.outcome.words();
    terminal.line(format!("    → {ja} {en}"));
    for finding in &result.findings {
        terminal.line(format!("      ・{}", finding.ja));
        terminal.line(format!("        {}", finding.en));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_seconds_with_or_without_their_sign() {
        assert_eq!(seconds("60s"), Ok(Duration::from_secs(60)));
        assert_eq!(seconds("60"), seconds("60s"));
        assert!(seconds("0").is_err() && seconds("1m").is_err() && seconds("99999999").is_err());
    }
}
