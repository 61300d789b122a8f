//! Figures beside their limits: what the relay does, and what a no-op pipeline does on the same broker with the same
//! bytes, alternately. Prints a table and writes it with the machine it was measured on.
//!
//! Not here: pass or fail. A figure of a busy machine says little; the ratio of two runs side by side says more.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program for the terminal: its output is the table"
)]

mod load;
mod machine;
mod process;
mod reading;
mod report;
mod runs;

use std::path::PathBuf;

use anyhow::{Context, ensure};
use clap::Parser;

use load::Town;
use report::Report;
use runs::Pair;

/// Measures and writes what it measured.
#[derive(Parser)]
struct Arguments {
    /// Address of a broker nobody else uses.
    #[arg(long, env = "AMQP_URL", hide_env_values = true)]
    amqp_url: Option<String>,
    /// Folder of that broker, as given to ops/dev/broker; its processor time is told by it.
    #[arg(long)]
    broker: Option<PathBuf>,
    /// Envelopes of a run.
    #[arg(long, default_value_t = 10_000)]
    envelopes: usize,
    /// Pairs of runs: the no-op pipeline and the relay.
    #[arg(long, default_value_t = 3)]
    pairs: usize,
    /// Submissions under way at once.
    #[arg(long, default_value_t = 64)]
    concurrency: usize,
    /// Bytes of CSV in an envelope.
    #[arg(long, default_value_t = 20_000)]
    csv_bytes: usize,
    /// More settings of the relay, as section__key=value.
    #[arg(long = "set", value_name = "KEY=VALUE")]
    settings: Vec<String>,
    /// Runs the relay alone, so that it can be looked into; writes nothing.
    #[arg(long)]
    only_relay: bool,
    /// Measures the reading of the standard alone and prints it; needs no broker, writes nothing.
    #[arg(long)]
    only_reading: bool,
    /// Checks the files of a folder and prints the most memory that took, in KiB: what this program calls itself for.
    #[arg(long, hide = true)]
    check_folder: Option<PathBuf>,
    /// Where the table goes.
    #[arg(long, default_value = "docs/benchmarks.md")]
    out: PathBuf,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    ensure!(
        0 < arguments.envelopes && 0 < arguments.pairs,
        "nothing to measure"
    );
    if let Some(folder) = &arguments.check_folder {
        println!("{}", reading::check_folder(folder)?);
        return Ok(());
    }
    if arguments.only_reading {
        print!("{}", report::table(&reading::measure()?.rows()));
        return Ok(());
    }
    let amqp_url = arguments.amqp_url.context("--amqp-url is needed")?;
    let broker = arguments.broker.context("--broker is needed")?;
    let broker = process::broker(&broker)?;
    let reading = reading::measure()?;
    eprintln!("bench: a town of offices");
    let mut town = Town::found(&amqp_url, &arguments.settings).await?;
    let mut pairs = Vec::new();
    for number in 0..arguments.pairs {
        eprintln!(
            "bench: pair {}: sealing {} envelopes",
            number + 1,
            arguments.envelopes
        );
        let batch = town.seal(arguments.envelopes, arguments.csv_bytes)?;
        let pair = if arguments.only_relay {
            let relay = runs::relay(&mut town, &batch, arguments.concurrency, broker).await?;
            eprintln!("bench: {relay:?}");
            continue;
        } else if number % 2 == 0 {
            // Whoever runs second finds a warmer machine and a fuller broker: they take turns.
            let no_op = runs::no_op(&amqp_url, &batch, broker).await?;
            let relay = runs::relay(&mut town, &batch, arguments.concurrency, broker).await?;
            Pair { no_op, relay }
        } else {
            let relay = runs::relay(&mut town, &batch, arguments.concurrency, broker).await?;
            let no_op = runs::no_op(&amqp_url, &batch, broker).await?;
            Pair { no_op, relay }
        };
        eprintln!("bench: {}", report::line(number, &pair));
        pairs.push(pair);
    }
    eprintln!("bench: counting every inbox");
    let tally = town.tally().await?;
    eprintln!("bench: {tally:?}");
    if arguments.only_relay {
        return Ok(());
    }
    let report = Report {
        machine: machine::look()?,
        envelopes: arguments.envelopes,
        csv_bytes: arguments.csv_bytes,
        body_bytes: town.mean_body(),
        concurrency: arguments.concurrency,
        pairs,
        idle_kib: town.idle_kib,
        tally,
        reading,
    };
    let text = report.text();
    print!("{text}");
    std::fs::write(&arguments.out, text).with_context(|| format!("write {}", arguments.out.display()))?;
    ensure!(
        report.tally.lost == 0 && report.tally.doubled == 0,
        "lost {}, doubled {}",
        report.tally.lost,
        report.tally.doubled
    );
    Ok(())
}
