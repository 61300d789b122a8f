//! A check as a person reads it: file by file, errors first, each with its row, and what it comes to at the end.

use std::collections::BTreeMap;

use proto::api::{UnitSummary, Verdict};
use proto::{Problem, Severity};
use standard::{FileName, looks_standard, unit};

use super::alike;
use crate::opening::{Kind, Opened};
use crate::quote::Rows;
use crate::terminal::{Terminal, severity};
use crate::words;

/// The report under way.
pub(super) struct Text {
    several: bool,
    quotes: bool,
    quoted: bool,
    errors: u64,
    warnings: u64,
    files: usize,
}

impl Text {
    /// A report of several sets or of one, with rows quoted or without.
    pub(super) fn new(several: bool, quotes: bool) -> Self {
        Self {
            several,
            quotes,
            quoted: false,
            errors: 0,
            warnings: 0,
            files: 0,
        }
    }

    /// Tells of one judgement.
    pub(super) fn tell(&mut self, terminal: &mut Terminal<'_>, opened: Opened) {
        let Opened {
            place,
            kind,
            files,
            judged,
            notes,
        } = opened;
        if !place.is_empty() && (self.several || kind != Kind::File) {
            let what = match kind {
                Kind::File => "フォルダ folder",
                Kind::Zip => "ZIP",
                Kind::Envelope => "封筒 envelope",
            };
            terminal.line(format!("── {what}: {place}"));
        }
        for (ja, en) in &notes {
            terminal.line(format!("{}{ja}", words::padded("注 note", 16)));
            terminal.line(format!("{}{en}", words::padded("", 16)));
        }
        let problems = judged.problems;
        let counted: u64 = problems.more.values().sum();
        self.errors += problems.errors;
        self.warnings += (problems.problems.len() as u64 + counted).saturating_sub(problems.errors);
        self.files += files.len();
        for (name, found) in by_file(&files, &problems.problems) {
            let bytes = files.iter().find(|(file, _)| file == name);
            self.file(terminal, name, bytes.map(|(_, bytes)| bytes.as_slice()), &found);
        }
        for (code, count) in &problems.more {
            terminal.line(format!("ほか {count} 件 / {count} more: {code}"));
        }
        for unit in &judged.units {
            for line in unit_lines(unit) {
                terminal.line(line);
            }
        }
        // A file whose name was changed is taken for an attachment; only so can a person see it.
        for (name, _) in files.iter().filter(|(name, _)| !looks_standard(name)) {
            terminal.line(format!("{}{name}", words::padded("添付 attachment", 16)));
        }
    }

    /// What it all comes to.
    pub(super) fn close(self, terminal: &mut Terminal<'_>) -> Verdict {
        if self.quoted {
            terminal.line("引用した行には個人情報があります。人に渡すときは --no-quote を付けてください。");
            terminal.line("Rows quoted hold personal data; use --no-quote before you hand this on.");
        }
        let Self {
            errors,
            warnings,
            files,
            ..
        } = self;
        terminal.line(format!(
            "合計 total: エラー errors {errors}, 注意 warnings {warnings}, ファイル files {files}"
        ));
        if errors == 0 {
            terminal.line("結果 verdict: 送信できます / accept");
            Verdict::Accept
        } else {
            terminal.line("結果 verdict: 送信できません / reject");
            Verdict::Reject
        }
    }

    fn file(&mut self, terminal: &mut Terminal<'_>, name: &str, bytes: Option<&[u8]>, found: &[&Problem]) {
        terminal.line(match name {
            "" => "全体 the sending as a whole",
            name => name,
        });
        if let Ok(parsed) = FileName::parse(name) {
            let (ja, en) = parsed.kind.titles();
            terminal.line(format!("  {ja} / {en}"));
        }
        let rows = bytes
            .filter(|_| self.quotes && looks_standard(name))
            .map(Rows::of);
        for group in alike::grouped(found) {
            for problem in &group.shown {
                self.problem(terminal, problem, rows.as_ref());
            }
            if let Some((ja, en)) = group.rest() {
                terminal.line(format!("    {ja}"));
                terminal.line(format!("    {en}"));
            }
        }
    }

    fn problem(&mut self, terminal: &mut Terminal<'_>, problem: &Problem, rows: Option<&Rows<'_>>) {
        let mut head = vec![
            words::padded(severity(problem.severity), 13),
            problem.code.clone(),
        ];
        // With a line the sentence names the field itself.
        let field = problem.field.clone().filter(|_| problem.line.is_none());
        head.extend(field);
        head.extend(problem.value.as_ref().map(|value| format!("[{value}]")));
        terminal.line(format!("  {}", head.join("  ")));
        terminal.line(format!("    {}", problem.message));
        terminal.line(format!("    {}", problem.message_en));
        if let Some(quote) = rows.and_then(|rows| rows.quote(problem)) {
            self.quoted = true;
            terminal.line(format!("      | {}", quote.row));
            if !quote.mark.is_empty() {
                terminal.line(format!("      | {}", quote.mark));
            }
        }
    }
}

/// Problems by file: of none first, then in the order of the files, then of names that are no file's. In a file errors come
/// first, both in the order of their lines.
fn by_file<'a>(files: &'a [(String, Vec<u8>)], problems: &'a [Problem]) -> Vec<(&'a str, Vec<&'a Problem>)> {
    let mut places: BTreeMap<&str, usize> = BTreeMap::from([("", 0)]);
    for (place, (name, _)) in files.iter().enumerate() {
        places.entry(name).or_insert(place + 1);
    }
    let mut groups: BTreeMap<(usize, &str), Vec<&Problem>> = BTreeMap::new();
    for problem in problems {
        let name = problem.file.as_deref().unwrap_or_default();
        let place = places.get(name).copied().unwrap_or(usize::MAX);
        groups.entry((place, name)).or_default().push(problem);
    }
    let sorted = |mut found: Vec<&'a Problem>| {
        found.sort_by_key(|problem| {
            (
                problem.severity != Severity::Error,
                problem.line,
                problem.field_no,
            )
        });
        found
    };
    groups
        .into_iter()
        .map(|((_, name), found)| (name, sorted(found)))
        .collect()
}

/// What the unit is, and from whom for whom.
fn unit_lines(found: &UnitSummary) -> [String; 2] {
    let label = words::padded("送信単位 unit", 16);
    let what = match found.unit.as_deref() {
        Some(id) => match unit::titles(id) {
            Some((ja, en)) => format!("{id}  {ja} / {en}"),
            None => id.to_owned(),
        },
        None => {
            "種類は決まりません（ファイルが足りないか、混ざっています） / unknown: files are missing or mixed"
                .to_owned()
        }
    };
    let month = found.month.as_deref().unwrap_or("-");
    let (sender, destination, sequence) = (&found.sender, &found.destination, &found.sequence);
    let kinds = found.kinds.join(" ");
    [
        format!("{label}{what}"),
        format!(
            "{}{sender} → {destination}  連番 sequence {sequence}  年月 month {month}  {kinds}",
            words::padded("", 16)
        ),
    ]
}
