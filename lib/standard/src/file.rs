//! One file read like a receiver: bytes, records, versions, fields. Leaves the keys for the rules between files.

use crate::changed::{self, Fields};
use crate::codes::{self, CodeInfo};
use crate::csv::{Fault, Reader};
use crate::encoding;
use crate::field;
use crate::finding::Sink;
use crate::kind::{Edition, FileKind};
use crate::layout::{Field, FieldType, Layout, layout};
use crate::name::FileName;
use crate::rules::{self, Column, Keyed, Row, RowRule, Scene, Tallies, Tell};
use crate::subject::Subject;
use crate::unit::UnitDef;
use crate::version;

/// What the rules between files need to know of one.
#[derive(Debug, Default)]
pub(crate) struct Facts<'a> {
    /// Edition by the CSV version of its first record.
    pub(crate) edition: Option<Edition>,
    /// Distinct well-formed keys.
    pub(crate) keys: Vec<Keyed>,
    /// Whom and what the records are about; one that comes again later in the file stands there again.
    pub(crate) subjects: Vec<Subject>,
    /// Names of images with the line they stand on, and their field.
    pub(crate) images: Vec<(&'a [u8], u32)>,
    pub(crate) image_column: Option<Column>,
    /// How often each service of a person stands there, and the field that counts.
    pub(crate) tallies: Tallies,
    pub(crate) count_column: Option<Column>,
    /// Records were left out for their form: what is missing here may stand in them.
    pub(crate) partial: bool,
}

/// Values seen in use that are no official ones: the month V4.1 was issued, V4.0, and the standard's samples.
const OLD_VERSIONS: [&[u8]; 3] = [b"202410", b"202504", b"202404"];

/// Checks the bytes of a file with this well-formed name, in this unit if that is known.
pub(crate) fn check<'a>(
    name: &FileName,
    file: &str,
    bytes: &'a [u8],
    def: Option<&'static UnitDef>,
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
    let mut pass = Pass {
        name,
        file,
        sink,
        def,
        facts: Facts::default(),
        bytes: body,
        version: None,
        is_version_told: false,
    };
    pass.read();
    pass.facts
}

/// One pass over the records of a file.
struct Pass<'n, 's, 'a> {
    name: &'n FileName,
    file: &'n str,
    sink: &'s mut Sink,
    def: Option<&'static UnitDef>,
    facts: Facts<'a>,
    bytes: &'a [u8],
    /// The version of the file, and whether its first row was judged.
    version: Option<&'a [u8]>,
    is_version_told: bool,
}

/// What a pass needs once the edition is known: the layout, and the rules that have something to say.
struct Plan<'a> {
    layout: &'static Layout,
    /// The fields that must not be empty.
    required: Fields,
    texts: Fields,
    rules: Vec<(Fields, Box<dyn RowRule<'a> + 'a>)>,
    /// Nothing was found in the record before.
    clean: bool,
}

impl<'a> Pass<'_, '_, 'a> {
    fn read(&mut self) {
        let mut reader = Reader::new(self.bytes);
        let mut first = true;
        let mut records = 0_u64;
        let mut plan: Option<Plan<'a>> = None;
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
                self.tell(info, reader.line(), reader.fault_field(), "", "");
            }
            self.check_version(&reader);
            if plan.is_none() {
                plan = self.plan();
            }
            if let Some(plan) = &mut plan {
                self.check_record(&reader, plan);
            }
        }
        if records == 0 {
            self.sink.add(&codes::CSV_EMPTY_FILE, self.file, |draft| draft);
        }
        for (_, rule) in plan.into_iter().flat_map(|plan| plan.rules) {
            let (sink, file) = (&mut *self.sink, self.file);
            rule.end(&mut self.facts, &mut Tell { sink, file });
        }
    }

    /// The layout of the content's edition; when that has none for this kind, of the name's.
    fn plan(&self) -> Option<Plan<'a>> {
        let edition = self.facts.edition.unwrap_or(self.name.edition);
        let layout = layout(edition, self.name.kind).or_else(|| layout(self.name.edition, self.name.kind))?;
        let scene = Scene {
            name: self.name,
            layout,
            def: self.def,
        };
        let of = |wanted: fn(&Field) -> bool| {
            let fields = layout.fields.iter().enumerate();
            changed::fields(fields.filter(|(_, field)| wanted(field)).map(|(at, _)| at))
        };
        Some(Plan {
            layout,
            required: of(Field::is_required),
            texts: of(|field| matches!(field.kind, FieldType::Text)),
            rules: rules::of_file(&scene)
                .into_iter()
                .map(|rule| (rule.fields(), rule))
                .collect(),
            clean: false,
        })
    }

    fn check_version(&mut self, reader: &Reader<'a>) {
        let value = reader.field(0);
        if value.is_empty() || (self.is_version_told && self.version == Some(value)) {
            return;
        }
        let line = reader.line();
        // Whatever else stands there may be somebody's name.
        let shown = |value: &'a [u8]| {
            std::str::from_utf8(value)
                .ok()
                .filter(|text| text.len() <= 8 && text.bytes().all(|byte| byte.is_ascii_digit()))
                .unwrap_or("***")
        };
        let name_edition = self.name.edition;
        let version = match self.version {
            Some(version) => version,
            None => version::of_file(self.bytes, value, name_edition),
        };
        let official = std::str::from_utf8(version)
            .ok()
            .and_then(Edition::from_csv_version);
        let is_old = official.is_none() && OLD_VERSIONS.contains(&version);
        self.version = Some(version);
        self.facts.edition = official.or(is_old.then_some(Edition::V41));
        if value != version {
            let (this, usual) = (shown(value), shown(version));
            let ja = format!("この行は{this}、他の行は{usual}");
            let en = format!("this row {this}, the others {usual}");
            self.tell(&codes::CSV_VERSION_MIXED, line, Some(0), &ja, &en);
            return;
        }
        self.is_version_told = true;
        let shown = shown(version);
        if is_old {
            self.tell(&codes::CSV_VERSION_OLD, line, Some(0), shown, shown);
        }
        match self.facts.edition {
            None => self.tell(&codes::CSV_VERSION_UNKNOWN, line, Some(0), shown, shown),
            Some(edition) if edition != name_edition => self.tell(
                &codes::CSV_VERSION_NAME,
                line,
                Some(0),
                &format!("ファイル名は{name_edition}、内容は{edition}"),
                &format!("the name is {name_edition}, the content {edition}"),
            ),
            Some(_) => {}
        }
    }

    /// Tells of a record, at its field (from 0) in the layout of the name.
    fn tell(&mut self, info: &'static CodeInfo, line: u32, field: Option<usize>, ja: &str, en: &str) {
        let layout = layout(self.name.edition, self.name.kind);
        let field = layout.zip(field).and_then(|(layout, at)| layout.fields.get(at));
        self.sink.add(info, self.file, |draft| {
            let draft = draft.line(line).detail(ja, en);
            match field {
                Some(field) => draft.field(field),
                None => draft,
            }
        });
    }

    fn check_record(&mut self, reader: &Reader<'a>, plan: &mut Plan<'a>) {
        let line = reader.line();
        let expected = plan.layout.fields.len();
        if reader.fault() == Some(Fault::QuoteOpen) {
            // Neither the count nor the fields behind the open quote say anything.
            plan.clean = false;
            return;
        }
        if reader.len() != expected {
            plan.clean = false;
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
        // A record of the same shape as a clean one before it is clean where it has the same bytes.
        let alike = reader.differing().filter(|_| plan.clean);
        let range = alike.unwrap_or(0..expected);
        let found_before = self.sink.count();
        let changed = changed::bits(&range);
        // An empty field is wrong only where it is required; a text only where it is long.
        let filled = reader.filled();
        let texts = if reader.raw().len() <= field::LONG_TEXT {
            plan.texts
        } else {
            0
        };
        for index in changed::each(changed & (filled & !texts | plan.required & !filled)) {
            let Some(field) = plan.layout.fields.get(index) else {
                break;
            };
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
        let (sink, file) = (&mut *self.sink, self.file);
        let (row, mut tell) = (Row::new(reader, changed), Tell { sink, file });
        for (fields, rule) in &mut plan.rules {
            if row.differs_in(*fields) || *fields == changed::ALL {
                rule.row(&row, &mut tell);
            }
        }
        plan.clean = reader.fault().is_none() && self.sink.count() == found_before;
    }
}

/// Whether the first row of these bytes is taken for a heading, which is passed over.
pub fn has_heading(bytes: &[u8]) -> bool {
    let body = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let mut reader = Reader::new(body);
    encoding::foreign(body).is_none() && reader.read() && is_header(&reader)
}

/// A first row whose first field is not six digits is a header, unless its second field is a number of an insurer or a
/// person: then it is data with a broken version or a lost comma, and leaving it out would lose a person.
fn is_header(reader: &Reader<'_>) -> bool {
    let digits = |value: &[u8]| !value.is_empty() && value.iter().all(u8::is_ascii_digit);
    let version = reader.field(0);
    let six = version.len() == 6 && digits(version);
    !six && !reader.is_empty() && !digits(reader.field(1)) && !field::is_insured(reader.field(1))
}
