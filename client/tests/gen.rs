//! `careplan gen` and `careplan check` agree: what is made is accepted, what is broken is found.
#![expect(clippy::unwrap_used, reason = "tests")]

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
fn careplan(folder: &Path, line: &str) -> (Exit, String, String) {
    let settings = folder.join("careplan.toml");
    std::fs::write(&settings, "office = \"0300000100\"\n").unwrap();
    let words = line
        .split(' ')
        .map(|word| word.replace("DIR", &folder.display().to_string()));
    let cli = Cli::try_parse_from(std::iter::once("careplan".to_owned()).chain(words)).unwrap();
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let mut context = Context {
        settings: Settings::load(Some(&settings), &Nothing).unwrap(),
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

#[test]
fn everything_that_is_made_is_accepted() {
    for line in [
        "gen --kinds all --units 2 --out DIR/made",
        "gen --kinds all --edition v3 --units 2 --out DIR/made",
        "gen --profile office-month --persons 12 --out DIR/made",
        "gen --profile month-end --offices 2 --units 40 --out DIR/made",
        "gen --kinds prevention-usage,prevention-results --care-kind 46 --provider-kind 63 --out DIR/made",
    ] {
        let folder = tempfile::tempdir().unwrap();
        let (exit, made, err) = careplan(folder.path(), line);
        assert_eq!((exit, err.as_str()), (Exit::Ok, ""), "{line}");
        assert!(4 <= made.lines().count(), "{line}");
        let (exit, out, err) = careplan(folder.path(), "check --format json DIR/made");
        assert_eq!((exit, err.as_str()), (Exit::Ok, ""), "{line}: {out}");
        assert!(out.contains("\"problems\": []"), "{line}: {out}");
    }
}

#[test]
fn what_is_broken_by_name_is_found_by_name() {
    for code in [
        "table7.sum",
        "unit.misdirected",
        "name.timestamp",
        "image.missing",
    ] {
        let folder = tempfile::tempdir().unwrap();
        let (exit, _, err) = careplan(
            folder.path(),
            &format!("gen --break {code} --seed 3 --out DIR/made"),
        );
        assert_eq!((exit, err.as_str()), (Exit::Ok, ""), "{code}");
        let (_, out, _) = careplan(folder.path(), "check --format json DIR/made");
        assert!(out.contains(&format!("\"code\": \"{code}\"")), "{code}: {out}");
    }
}

#[test]
fn all_ways_of_breaking_are_listed() {
    let folder = tempfile::tempdir().unwrap();
    let (exit, out, _) = careplan(folder.path(), "gen --break LIST");
    assert_eq!(exit, Exit::Ok);
    assert_eq!(out.lines().count(), standard::CODES.len());
    let (exit, _, err) = careplan(folder.path(), "gen --break table7.summ --out DIR/made");
    assert_eq!(exit, Exit::Usage);
    assert!(
        err.contains("table7.sum") && err.contains("choose one of"),
        "{err}"
    );
    let (_, _, err) = careplan(
        folder.path(),
        "gen --kinds prevention-plan --edition v3 --out DIR/made",
    );
    assert!(err.contains("V3"), "{err}");
}
