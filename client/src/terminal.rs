//! Everything the commands print: results on the standard output, failures on the standard error.

use std::io::Write;

use proto::{Problem, Severity};
use serde::Serialize;

use crate::failure::Failure;
use crate::words;

/// The two streams. A reader that goes away (`| head`) is no failure.
pub struct Terminal<'a> {
    /// Results.
    pub out: &'a mut dyn Write,
    /// Failures.
    pub err: &'a mut dyn Write,
}

impl Terminal<'_> {
    /// A line of the result.
    pub fn line(&mut self, text: impl AsRef<str>) {
        let _ = writeln!(self.out, "{}", words::harmless(text.as_ref()));
    }

    /// Text as it is.
    pub fn raw(&mut self, text: &str) {
        let _ = self.out.write_all(text.as_bytes());
    }

    /// A label and its value, values below each other.
    pub fn field(&mut self, label: &str, value: impl AsRef<str>) {
        self.line(format!("{}{}", words::padded(label, 24), value.as_ref()));
    }

    /// A result as JSON.
    pub fn json(&mut self, value: &impl Serialize) {
        let text =
            serde_json::to_string_pretty(value).unwrap_or_else(|error| format!("{{\"error\":\"{error}\"}}"));
        let _ = writeln!(self.out, "{text}");
    }

    /// Problems, each with its place and both sentences.
    pub fn problems(&mut self, problems: &[Problem]) {
        for problem in problems {
            self.line(heading(problem));
            self.line(format!("    {}", problem.message));
            self.line(format!("    {}", problem.message_en));
        }
    }

    /// Why a command failed.
    pub fn failure(&mut self, failure: &Failure) {
        let _ = writeln!(self.err, "エラー：{}", words::harmless(&failure.ja()));
        let _ = writeln!(self.err, "error: {}", words::harmless(&failure.to_string()));
        for problem in failure.problems() {
            let _ = writeln!(self.err, "{}", words::harmless(&heading(problem)));
            let _ = writeln!(self.err, "    {}", words::harmless(&problem.message));
            let _ = writeln!(self.err, "    {}", words::harmless(&problem.message_en));
        }
    }
}

/// Both words of a severity.
pub(crate) fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "エラー error",
        Severity::Warning => "注意 warning",
    }
}

fn heading(problem: &Problem) -> String {
    let mut place = vec![
        words::padded(severity(problem.severity), 13),
        problem.code.clone(),
    ];
    place.extend(problem.file.clone());
    place.extend(problem.line.map(|line| format!("{line}行 line {line}")));
    place.extend(problem.field_no.map(|number| format!("No.{number}")));
    place.extend(problem.field.clone());
    place.extend(problem.value.as_ref().map(|value| format!("[{value}]")));
    place.join("  ")
}
