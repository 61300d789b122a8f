//! `directory`: every office into a CSV file, and the offices of a CSV file into the directory.

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Subcommand;
use indicatif::{ProgressBar, ProgressStyle};
use proto::Problem;
use proto::desk_directory::{DirectoryImport, ImportState};
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;

use crate::desk::Desk;
use crate::exit::Failure;
use crate::print;
use crate::requests::{Method, Topic, bare};

/// How often the desk is asked how far it is.
const AGAIN: Duration = Duration::from_millis(300);

/// Problems printed; `--json` has a thousand.
const SHOWN: usize = 50;

#[derive(Debug, Subcommand)]
pub(crate) enum DirectoryCommand {
    /// Write every office into a CSV file: UTF-8, one line an office, closed ones too. It can be imported as it is.
    Export {
        /// The file; it is written anew once everything has arrived.
        file: PathBuf,
        /// Begin the file with a byte order mark, without which spreadsheets take it for Shift_JIS.
        #[arg(long)]
        bom: bool,
    },
    /// Enter the offices of a CSV file (UTF-8 or Shift_JIS). One wrong line, and nothing is changed. Offices that are not in
    /// the file stay as they are.
    Import {
        /// The file.
        file: PathBuf,
        /// Only say what it would do.
        #[arg(long)]
        dry_run: bool,
    },
}

/// Does what was asked.
pub(crate) async fn run(desk: &Desk, command: DirectoryCommand, as_json: bool) -> Result<(), Failure> {
    match command {
        DirectoryCommand::Export { file, bom } => export(desk, &file, bom, as_json).await,
        DirectoryCommand::Import { file, dry_run } => import(desk, &file, dry_run, as_json).await,
    }
}

async fn export(desk: &Desk, file: &Path, bom: bool, as_json: bool) -> Result<(), Failure> {
    let cannot = |error: &dyn std::error::Error| Failure::cannot(&format!("write {}", file.display()), error);
    let mut beside = file.as_os_str().to_owned();
    beside.push(".part");
    let beside = PathBuf::from(beside);
    let mut answer = desk.download(&format!("/v1/directory?bom={bom}")).await?;
    let mut open = tokio::fs::File::create(&beside)
        .await
        .map_err(|error| cannot(&error))?;
    let bar = bar("書き出し exporting {bytes} {wide_msg}", 0);
    let (mut bytes, mut lines) = (0, 0_u64);
    while let Some(piece) = answer
        .chunk()
        .await
        .map_err(|error| Failure::cannot("read the door's answer to its end", &error))?
    {
        open.write_all(&piece).await.map_err(|error| cannot(&error))?;
        bytes += piece.len() as u64;
        lines += piece.iter().filter(|byte| **byte == b'\n').count() as u64;
        bar.set_position(bytes);
    }
    bar.finish_and_clear();
    // The file's last write is made in the background; only a flush says how it went.
    open.flush().await.map_err(|error| cannot(&error))?;
    open.sync_all().await.map_err(|error| cannot(&error))?;
    tokio::fs::rename(&beside, file)
        .await
        .map_err(|error| cannot(&error))?;
    let offices = lines.saturating_sub(1);
    if as_json {
        return print::json(&json!({ "file": file, "offices": offices, "bytes": bytes }));
    }
    print::text(&format!("{}: {offices} offices, {bytes} bytes\n", file.display()))
}

async fn import(desk: &Desk, file: &Path, dry_run: bool, as_json: bool) -> Result<(), Failure> {
    let cannot = |error: &dyn std::error::Error| Failure::cannot(&format!("read {}", file.display()), error);
    let open = tokio::fs::File::open(file)
        .await
        .map_err(|error| cannot(&error))?;
    let path = format!("/v1/directory/imports?dry_run={dry_run}");
    let bar = bar("{prefix} [{bar:30}] {bytes}/{total_bytes} {wide_msg}", 1);
    bar.set_prefix("送信 sending");
    let mut import: DirectoryImport = print::shaped(&desk.upload(&path, open).await?)?;
    let path = format!("/v1/directory/imports/{}", import.id);
    while !import.state.is_over() {
        bar.set_prefix(word(import.state));
        bar.set_length(import.total);
        bar.set_position(import.done);
        tokio::time::sleep(AGAIN).await;
        let request = bare(Method::Get, path.clone(), Topic::Ended);
        import = print::shaped(&desk.ask(&request).await?)?;
    }
    bar.finish_and_clear();
    if as_json {
        let value = serde_json::to_value(&import).unwrap_or(Value::Null);
        print::json(&value)?;
    } else {
        print::text(&words(&import))?;
    }
    match import.state {
        ImportState::Done => Ok(()),
        ImportState::Refused => Err(Failure::Found),
        _ => Err(Failure::Cannot(
            "the import stopped in the midst; import the same file again to enter the rest".to_owned(),
        )),
    }
}

/// Drawn on the standard error, and only when that is a terminal.
fn bar(template: &str, length: u64) -> ProgressBar {
    let bar = ProgressBar::new(length);
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
    bar
}

fn word(state: ImportState) -> &'static str {
    match state {
        ImportState::Checking => "確認 checking",
        ImportState::Comparing => "比較 comparing",
        ImportState::Entering => "取込 entering",
        _ => "受信 arriving",
    }
}

fn words(import: &DirectoryImport) -> String {
    let report = &import.report;
    let counts = &report.counts;
    let told = |value: Option<Value>| value.as_ref().and_then(Value::as_str).map(str::to_owned);
    let encoding = told(serde_json::to_value(report.encoding).ok()).unwrap_or_else(|| "unknown".to_owned());
    let ends = told(serde_json::to_value(report.line_ends).ok()).unwrap_or_else(|| "unknown".to_owned());
    let mut words = format!(
        "import {} {}: {} bytes, {encoding}, line ends {ends}, sha256 {}\n",
        import.id,
        import.state.as_str(),
        report.bytes,
        report.sha256.as_deref().unwrap_or("-")
    );
    for problem in report.problems.problems.iter().take(SHOWN) {
        words = format!("{words}{}", line(problem));
    }
    if matches!(import.state, ImportState::Failed | ImportState::Interrupted) {
        return words; // The counts are what was foreseen, not what was done.
    }
    if 0 < report.problems.errors {
        let errors = report.problems.errors;
        return format!("{words}{errors} errors; nothing was changed / 誤り{errors}件、何も変えていません\n");
    }
    let would = if import.dry_run { "would be " } else { "" };
    format!(
        "{words}{} offices: {} {would}new, {} {would}changed ({} no longer taking part), {} unchanged; {} of the directory are not in the file and stay\n",
        report.offices, counts.new, counts.changed, counts.closed, counts.unchanged, counts.absent
    )
}

/// Where and what, then what to do in both languages.
fn line(problem: &Problem) -> String {
    let part =
        |name: &str, value: Option<String>| value.map_or(String::new(), |value| format!(" {name} {value}"));
    format!(
        "{}{}{}{} [{}]\n  {}\n  {}\n",
        part("line", problem.line.map(|line| line.to_string())).trim_start(),
        part("column", problem.field_no.map(|column| column.to_string())),
        part("field", problem.field.clone()),
        part("value", problem.value.clone()),
        problem.code,
        problem.message,
        problem.message_en
    )
}

#[cfg(test)]
mod tests {
    use clap::Parser;
    use proto::codes;

    use super::*;
    use crate::args::{Args, Command};

    #[test]
    fn a_refused_file_is_told_line_by_line() {
        let mut import: DirectoryImport = serde_json::from_value(json!({
            "id": 3, "actor": "operator:sato", "dry_run": false, "begun_at": "2025-04-01T00:00:00+09:00",
            "changed_at": "2025-04-01T00:00:01+09:00", "state": "refused", "done": 5, "total": 5,
            "report": { "sha256": "ab", "bytes": 5, "encoding": "shift_jis", "line_ends": "crlf" }
        }))
        .unwrap();
        let mut problem = Problem::new(&codes::DIRECTORY_NUMBER)
            .at_field("number")
            .with_value("1");
        (problem.line, problem.field_no) = (Some(7), Some(1));
        import.report.problems.push(problem);
        let told = words(&import);
        assert!(
            told.starts_with("import 3 refused: 5 bytes, shift_jis, line ends crlf"),
            "{told}"
        );
        assert!(
            told.contains("line 7 column 1 field number value 1 [directory.number]\n  事業所番号は"),
            "{told}"
        );
        assert!(told.contains("1 errors; nothing was changed"), "{told}");
    }

    #[test]
    fn a_file_must_be_named() {
        let parse = |line: &str| Args::try_parse_from(line.split(' '));
        assert!(parse("relayctl directory import").is_err());
        let args = parse("relayctl directory import a.csv --dry-run --json").unwrap();
        let Command::Directory(DirectoryCommand::Import { dry_run, .. }) = args.command else {
            panic!("an import")
        };
        assert!(dry_run && args.json);
    }
}
