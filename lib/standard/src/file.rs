//! One file read like a receiver: bytes, records, versions, fields. Leaves the keys for the rules between files.

use std::collections::HashSet;

use crate::codes;
use crate::csv::{Fault, Reader};
use crate::date;
use crate::encoding;
use crate::field;
use crate::finding::Sink;
use crate::kind::{Edition, FileKind};
use crate::layout::{Layout, layout};
use crate::name::FileName;

/// Key fields of a record: insurer, insured, and the third that ties it (empty when there is none).
pub(crate) type Key<'a> = [&'a [u8]; 3];

/// What the rules between files need to know of one.
#[derive(Debug, Default)]
pub(crate) struct Facts<'a> {
    /// Edition by the CSV version of its first record.
    pub(crate) edition: Option<Edition>,
    /// Distinct well-formed keys with the line they stand on first.
    pub(crate) keys: Vec<(Key<'a>, u32)>,
    /// Records were left out for their form: what is missing here may stand in them.
    pub(crate) partial: bool,
}

/// Values seen in use that are no official ones: the month V4.1 was issued, V4.0, and the standard's samples.
const OLD_VERSIONS: [&[u8]; 3] = [b"202410", b"202504", b"202404"];

/// Checks the bytes of a file with this well-formed name. `ties`: Japanese names of the fields that tie it.
pub(crate) fn check<'a>(
    name: &FileName,
    file: &str,
    bytes: &'a [u8],
    ties: &[&str],
    sink: &mut Sink,
) -> Facts<'a> {
    if name.kind == FileKind::UpKihonImage {
        if !bytes.starts_with(&[0xFF, 0xD8, 0xFF]) {
            sink.add(&codes::IMAGE_JPEG, file, |draft| draft);
        }
        return Facts::default();
    }
    let Some(body) = encoding::check(name, file, bytes, sink) else {
        return Facts {
            partial: true,
            ..Facts::default()
        };
    };
    let mut pass = Pass::new(name, file, sink);
    pass.read(body, ties);
    pass.facts
}

/// One pass over the records of a file.
struct Pass<'n, 's, 'a> {
    name: &'n FileName,
    file: &'n str,
    sink: &'s mut Sink,
    facts: Facts<'a>,
    version: Option<&'a [u8]>,
    seen: HashSet<Key<'a>>,
    last: Option<Key<'a>>,
}

impl<'n, 's, 'a> Pass<'n, 's, 'a> {
    fn new(name: &'n FileName, file: &'n str, sink: &'s mut Sink) -> Self {
        let (facts, seen) = (Facts::default(), HashSet::new());
        Pass {
            name,
            file,
            sink,
            facts,
            version: None,
            seen,
            last: None,
        }
    }

    fn read(&mut self, bytes: &'a [u8], ties: &[&str]) {
        let mut reader = Reader::new(bytes);
        let mut first = true;
        let mut records = 0_u64;
        let mut plan: Option<Plan> = None;
        while reader.read() {
            let header = first && is_header(&reader);
            first = false;
            if header {
                continue;
            }
            if reader.is_empty() {
                self.sink.add(&codes::CSV_BLANK_LINE, self.file, |draft| {
                    draft.line(reader.line())
                });
                continue;
            }
            records += 1;
            if let Some(fault) = reader.fault() {
                self.facts.partial = true;
                let info = match fault {
                    Fault::QuoteOpen => &codes::CSV_QUOTE_OPEN,
                    Fault::QuoteStray => &codes::CSV_QUOTE_STRAY,
                    Fault::LoneCr => &codes::CSV_LINE_END,
                };
                self.sink.add(info, self.file, |draft| draft.line(reader.line()));
            }
            self.check_version(&reader);
            let plan = match &plan {
                Some(plan) => plan,
                None => match self.plan(ties) {
                    Some(made) => plan.insert(made),
                    None => continue,
                },
            };
            self.check_record(&reader, plan);
        }
        if records == 0 {
            self.sink.add(&codes::CSV_EMPTY_FILE, self.file, |draft| draft);
        }
    }

    /// The layout of the content's edition; when that has none for this kind, of the name's.
    fn plan(&self, ties: &[&str]) -> Option<Plan> {
        let edition = self.facts.edition.unwrap_or(self.name.edition);
        let layout = layout(edition, self.name.kind).or_else(|| layout(self.name.edition, self.name.kind))?;
        let third = ties
            .iter()
            .filter_map(|name| layout.position(name))
            .find(|position| *position > 2);
        let month = layout
            .position("対象年月")
            .or_else(|| layout.position("削除対象年月"));
        Some(Plan {
            layout,
            third,
            month,
            keep_keys: !ties.is_empty(),
        })
    }

    fn check_version(&mut self, reader: &Reader<'a>) {
        let value = reader.field(0);
        if value.is_empty() || self.version == Some(value) {
            return;
        }
        let line = reader.line();
        let shown: String = value
            .iter()
            .take(8)
            .filter(|byte| byte.is_ascii_digit())
            .map(|byte| char::from(*byte))
            .collect();
        if self.version.is_some() {
            self.sink.add(&codes::CSV_VERSION_MIXED, self.file, |draft| {
                draft.line(line).detail(shown.as_str(), shown.as_str())
            });
            return;
        }
        self.version = Some(value);
        let official = std::str::from_utf8(value)
            .ok()
            .and_then(Edition::from_csv_version);
        self.facts.edition = official;
        if official.is_none() && OLD_VERSIONS.contains(&value) {
            self.facts.edition = Some(Edition::V41);
            self.sink.add(&codes::CSV_VERSION_OLD, self.file, |draft| {
                draft.line(line).detail(shown.as_str(), shown.as_str())
            });
        }
        let name_edition = self.name.edition;
        match self.facts.edition {
            None => self.sink.add(&codes::CSV_VERSION_UNKNOWN, self.file, |draft| {
                draft.line(line).detail(shown.as_str(), shown.as_str())
            }),
            Some(edition) if edition != name_edition => {
                self.sink.add(&codes::CSV_VERSION_NAME, self.file, |draft| {
                    draft.line(line).detail(
                        format!("ファイル名は{name_edition}、内容は{edition}"),
                        format!("the name is {name_edition}, the content {edition}"),
                    )
                })
            }
            Some(_) => {}
        }
    }

    fn check_record(&mut self, reader: &Reader<'a>, plan: &Plan) {
        let line = reader.line();
        let expected = plan.layout.fields.len();
        if reader.fault() == Some(Fault::QuoteOpen) {
            // Neither the count nor the fields behind the open quote say anything.
            return;
        }
        if reader.len() != expected {
            self.facts.partial = true;
            let actual = reader.len();
            self.sink.add(&codes::CSV_FIELD_COUNT, self.file, |draft| {
                draft.line(line).detail(
                    format!("{expected}項目のはずが{actual}項目"),
                    format!("{actual} fields instead of {expected}"),
                )
            });
            return;
        }
        for (index, field) in plan.layout.fields.iter().enumerate() {
            let value = reader.field(index);
            if field::surely_fits(field, value) || (index == 0 && !value.is_empty()) {
                continue;
            }
            if let Some(misfit) = field::judge(field, value) {
                self.sink.add(misfit.info, self.file, |draft| {
                    let draft = draft.line(line).field(field).detail(misfit.ja, misfit.en);
                    let draft = if value.is_empty() {
                        draft
                    } else {
                        draft.value(field, value)
                    };
                    draft.likely(field.likely || misfit.unsure)
                });
            }
        }
        self.check_month(reader, plan);
        if plan.keep_keys {
            self.keep_key(reader, plan);
        }
    }

    fn check_month(&mut self, reader: &Reader<'a>, plan: &Plan) {
        let Some(position) = plan.month else { return };
        let value = reader.field(position);
        let named = self.name.month.as_deref().unwrap_or("000000");
        let well_formed = date::is_month(value) || value == b"000000";
        let Some(field) = plan.layout.fields.get(position) else {
            return;
        };
        if well_formed && value != named.as_bytes() {
            self.sink.add(&codes::FILE_MONTH, self.file, |draft| {
                draft
                    .line(reader.line())
                    .field(field)
                    .value(field, value)
                    .detail(format!("ファイル名は{named}"), format!("the name says {named}"))
            });
        }
    }

    fn keep_key(&mut self, reader: &Reader<'a>, plan: &Plan) {
        let third = plan
            .third
            .map(|position| reader.field(position))
            .unwrap_or_default();
        let key = [reader.field(1), reader.field(2), third];
        if self.last == Some(key) {
            return;
        }
        // Keys that are no keys have been told already; keeping only the others also bounds the memory.
        if key[0].len() != 6
            || !field::is_insured(key[1])
            || (plan.third.is_some() && !matches!(third.len(), 6 | 8))
        {
            self.facts.partial = true;
            return;
        }
        self.last = Some(key);
        if self.seen.insert(key) {
            self.facts.keys.push((key, reader.line()));
        }
    }
}

/// What a pass needs to know of the layout.
struct Plan {
    layout: &'static Layout,
    third: Option<usize>,
    month: Option<usize>,
    keep_keys: bool,
}

/// A first row whose first field is not six digits is a header, unless its second field is a number: then it is data
/// with a broken version, and leaving it out would lose a person.
fn is_header(reader: &Reader<'_>) -> bool {
    let digits = |value: &[u8]| !value.is_empty() && value.iter().all(u8::is_ascii_digit);
    let version = reader.field(0);
    let six = version.len() == 6 && digits(version);
    !six && !reader.is_empty() && !digits(reader.field(1))
}
