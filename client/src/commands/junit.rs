//! A check's report as JUnit XML, for build servers: a test case for each file.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use proto::api::CheckReport;
use proto::{Problem, Severity};

/// Where problems stand that are about no file in particular.
const SENDING: &str = "sending";

/// The report; problems about no file in particular stand under `sending`, those about a name that is no file's (a manifest,
/// an envelope) under that name.
pub(super) fn report(report: &CheckReport, files: &[String]) -> String {
    let mut names = vec![SENDING];
    let mut found: BTreeMap<&str, Vec<&Problem>> = BTreeMap::from([(SENDING, Vec::new())]);
    for name in files
        .iter()
        .map(String::as_str)
        .chain(report.problems.iter().map(about))
    {
        found.entry(name).or_insert_with(|| {
            names.push(name);
            Vec::new()
        });
    }
    for problem in &report.problems {
        found.entry(about(problem)).or_default().push(problem);
    }
    let is_error = |problem: &&&Problem| problem.severity == Severity::Error;
    let failures = found
        .values()
        .filter(|of| of.iter().any(|problem| is_error(&problem)))
        .count();
    let mut xml = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let tests = names.len();
    // Writing into a String cannot fail.
    let _ = writeln!(
        xml,
        "<testsuite name=\"careplan check\" tests=\"{tests}\" failures=\"{failures}\">"
    );
    for name in names {
        let found = found.get(name).map(Vec::as_slice).unwrap_or_default();
        let _ = writeln!(
            xml,
            "  <testcase classname=\"careplan\" name=\"{}\">",
            escaped(name)
        );
        // Both sentences name the line themselves.
        let text = |problem: &&Problem| {
            let value = problem.value.as_ref().map(|value| format!(" [{value}]"));
            let value = value.unwrap_or_default();
            format!(
                "{}{value}: {}\n{}",
                problem.code, problem.message, problem.message_en
            )
        };
        let errors: Vec<String> = found.iter().filter(is_error).map(text).collect();
        let mut told: Vec<String> = found
            .iter()
            .filter(|problem| !is_error(problem))
            .map(text)
            .collect();
        if name == SENDING {
            let more = report.more.iter();
            told.extend(more.map(|(code, count)| format!("{code}: ほか{count}件 / {count} more")));
        }
        if !errors.is_empty() {
            let count = errors.len();
            let body = escaped(&errors.join("\n"));
            let codes: BTreeSet<&str> = found
                .iter()
                .filter(is_error)
                .map(|problem| problem.code.as_str())
                .collect();
            let codes = escaped(&codes.into_iter().collect::<Vec<_>>().join(", "));
            let _ = writeln!(
                xml,
                "    <failure type=\"{codes}\" message=\"エラー errors {count}: {codes}\">{body}</failure>"
            );
        }
        if !told.is_empty() {
            let _ = writeln!(xml, "    <system-out>{}</system-out>", escaped(&told.join("\n")));
        }
        let _ = writeln!(xml, "  </testcase>");
    }
    xml.push_str("</testsuite>\n");
    xml
}

fn about(problem: &Problem) -> &str {
    problem.file.as_deref().unwrap_or(SENDING)
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            // XML 1.0 cannot hold them at all.
            '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            c if c.is_control() && !matches!(c, '\n' | '\t') => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_are_failures_and_the_text_is_escaped() {
        let judged = parcel::judge_files(&[
            ("a<b.pdf".to_owned(), b"MZ\0".to_vec()),
            ("b.txt".to_owned(), b"x".to_vec()),
        ]);
        let xml = report(
            &CheckReport::new(judged.units, judged.problems),
            &["a<b.pdf".to_owned(), "b.txt".to_owned()],
        );
        assert!(xml.contains("tests=\"3\" failures=\"1\""), "{xml}");
        assert!(
            xml.contains("name=\"a&lt;b.pdf\"")
                && xml.contains("message=\"エラー errors 1: attachment.type\""),
            "{xml}"
        );
    }
}
