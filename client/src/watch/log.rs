//! What the agent tells: a line for each happening, with ids and office numbers and nothing of a person.

use std::cell::RefCell;
use std::io::Write;

use serde_json::{Map, Value};

use crate::failure::{Exit, Failure};
use crate::words;

/// The agent's log, on the standard output.
pub struct Log<'a> {
    out: RefCell<&'a mut dyn Write>,
    json: bool,
}

impl<'a> Log<'a> {
    /// Lines for a person, or JSON with an object in each line.
    pub fn new(out: &'a mut dyn Write, json: bool) -> Self {
        Self {
            out: RefCell::new(out),
            json,
        }
    }

    /// Tells of an event: its words in Japanese and English, and what it is about.
    pub fn say(&self, (ja, en): (&str, &str), fields: &[(&str, String)]) {
        let at = jiff::Zoned::now().strftime("%Y-%m-%dT%H:%M:%S%:z").to_string();
        let line = if self.json {
            let mut object = Map::from_iter([
                ("at".to_owned(), Value::from(at)),
                ("event".to_owned(), Value::from(en)),
            ]);
            let values = fields.iter();
            object.extend(values.map(|(key, value)| ((*key).to_owned(), Value::from(value.as_str()))));
            Value::Object(object).to_string()
        } else {
            let fields: String = fields
                .iter()
                .map(|(key, value)| format!("  {key}={value}"))
                .collect();
            format!("{at}  {ja} {en}{fields}")
        };
        // A reader that went away must not stop the work.
        let mut out = self.out.borrow_mut();
        let _ = writeln!(out, "{}", words::harmless(&line));
        let _ = out.flush();
    }
}

/// The codes of what is wrong, which may stand in a log; the words and values may not.
#[must_use]
pub fn codes(failure: &Failure) -> String {
    let mut codes: Vec<&str> = failure
        .problems()
        .iter()
        .map(|problem| problem.code.as_str())
        .collect();
    codes.sort_unstable();
    codes.dedup();
    match (codes.is_empty(), failure) {
        (true, Failure::Refused(document)) => document.code.clone(),
        (true, Failure::Exists(_)) => "exists".to_owned(),
        (true, _) => "unassigned".to_owned(),
        (false, _) => codes.join(","),
    }
}

/// The event of waiting after a failure. What the relay refuses is no matter of time: somebody has to see to it.
#[must_use]
pub fn waiting(failure: &Failure) -> (&'static str, &'static str) {
    match failure.exit() {
        Exit::Auth | Exit::Refused => (
            "認証されません：電子証明書と事業所番号を確認してください",
            "not admitted",
        ),
        _ => ("待機：自動でやり直します", "waiting"),
    }
}

/// Why the agent waits, in Japanese and English. Of a file only its folder is told: the name of an attachment may be a
/// person's.
#[must_use]
pub fn why(failure: &Failure) -> (String, String) {
    let (path, source) = match failure {
        Failure::Read { path, source } | Failure::Write { path, source } => (path, source.to_string()),
        Failure::Exists(path) => (path, "exists".to_owned()),
        _ => return (failure.ja(), failure.to_string()),
    };
    let folder = path.parent().unwrap_or(path).display();
    (
        format!("フォルダ {folder} の中で読み書きできません（{source}）。"),
        format!("cannot read or write in the folder {folder} ({source})"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proto::{Problem, codes as all};

    #[test]
    fn a_line_for_a_person_and_for_a_program() {
        let (mut text, mut json) = (Vec::new(), Vec::new());
        let about = [("id", "ab".to_owned())];
        Log::new(&mut text, false).say(("送信", "sent"), &about);
        Log::new(&mut json, true).say(("送信", "sent"), &about);
        assert!(String::from_utf8(text).unwrap().ends_with("  送信 sent  id=ab\n"));
        let object: Value = serde_json::from_slice(&json).unwrap();
        assert_eq!(
            (object["event"].as_str(), object["id"].as_str()),
            (Some("sent"), Some("ab"))
        );
    }

    #[test]
    fn of_problems_only_the_codes_are_told() {
        let problem = Problem::new(&all::ZIP_TOO_MANY)
            .in_file("田中.pdf")
            .with_value("51".to_owned());
        let told = codes(&Failure::Problems(vec![problem.clone(), problem]));
        assert_eq!(told, "zip.too_many");
        let (ja, en) = why(&Failure::Exists("/outbox/田中.pdf".into()));
        assert!(ja.contains("/outbox") && !format!("{ja}{en}").contains("田中"));
    }
}
