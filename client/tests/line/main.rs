//! The command line as an office uses it: what it makes, what it says, and how it says no.
#![expect(clippy::unwrap_used, reason = "tests")]

#[cfg(test)]
mod making;
#[cfg(test)]
mod reading;

use std::path::Path;
use std::time::Duration;

use careplan::cli::Cli;
use careplan::commands::{Context, run};
use careplan::failure::Exit;
use careplan::settings::{Environment, Settings};
use careplan::terminal::Terminal;
use clap::Parser;

struct Nothing;

impl Environment for Nothing {
    fn get(&self, _: &str) -> Option<String> {
        None
    }
}

/// Runs a command line; what it ended with, and both streams.
pub(crate) fn careplan(folder: &Path, line: &str) -> (Exit, String, String) {
    let settings = folder.join("careplan.toml");
    std::fs::write(&settings, "office = \"0300000100\"\n").unwrap();
    let words = line
        .split(' ')
        .map(|word| word.replace("DIR", &folder.display().to_string()));
    let cli = Cli::try_parse_from(std::iter::once("careplan".to_owned()).chain(words)).unwrap();
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let mut context = Context {
        settings: Settings::load(Some(&settings), &Nothing)
            .unwrap()
            .for_office(cli.office),
        patience: Duration::from_secs(1),
        terminal: Terminal {
            out: &mut out,
            err: &mut err,
        },
    };
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let exit = runtime.block_on(run(&mut context, cli.command));
    (
        exit,
        String::from_utf8(out).unwrap(),
        String::from_utf8(err).unwrap(),
    )
}
