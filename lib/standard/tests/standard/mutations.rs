//! Ten thousand times: a good unit, broken in one field, byte or name by what the tables say, must have a finding at that
//! file, line and field. What is wrong, and where, is known from the tables and the place alone; the checker's own
//! judging has no part in it.

mod dice;
mod shapes;
mod ties;
mod values;

use std::collections::BTreeMap;
use std::ops::Range;
use std::rc::Rc;
use std::thread;

use standard::layout::{Layout, layout};
use standard::{Context, Edition, File, FileName, Finding, Severity, UnitKind, check};

use crate::made::{Files, judge, seeded};
use crate::records::{Record, records};
use dice::Dice;

const MUTATIONS: usize = 10_000;
const SEED: u64 = 20_250_425;
/// Of a hundred mutations so many must be found.
const FOUND_PERCENT: usize = 99;
/// Service kinds of providers: visits, day care, rented equipment.
const PROVIDERS: [&str; 3] = ["11", "15", "17"];
/// Different units of each kind and provider; the first of them in V3.
const UNITS: u64 = 4;

/// A CSV file of a good unit.
struct Page<'f> {
    at: usize,
    name: &'f str,
    bytes: &'f [u8],
    month: Option<String>,
    layout: &'static Layout,
    records: Vec<Record>,
}

/// Where the finding must be.
#[derive(Debug, Clone, Copy)]
struct At {
    record: Option<usize>,
    field: Option<usize>,
    /// The row of the table is not read for sure: a warning will do.
    unsure: bool,
}

/// A file broken in one way.
struct Mutant {
    why: String,
    at: usize,
    name: String,
    bytes: Vec<u8>,
    line: Option<u32>,
    field_no: Option<u16>,
    unsure: bool,
}

impl At {
    fn field(record: usize, field: usize) -> Self {
        At {
            record: Some(record),
            field: Some(field),
            unsure: false,
        }
    }

    /// The row as a whole: no field is to blame.
    fn record(record: usize) -> Self {
        At {
            record: Some(record),
            field: None,
            unsure: false,
        }
    }
}

impl<'f> Page<'f> {
    fn all(files: &'f Files) -> Vec<Self> {
        let csv = files
            .iter()
            .enumerate()
            .filter(|(_, (name, _))| name.ends_with(".CSV"));
        csv.map(|(at, (name, bytes))| {
            let parsed = FileName::parse(name).unwrap_or_else(|_| panic!("{name} is a good name"));
            Page {
                at,
                name,
                bytes,
                month: parsed.month,
                layout: layout(parsed.edition, parsed.kind).unwrap(),
                records: records(bytes),
            }
        })
        .collect()
    }

    fn any_field(&self, dice: &mut Dice) -> (usize, usize) {
        let record = dice.below(self.records.len());
        (record, dice.below(self.records[record].fields.len()))
    }

    /// This file with these bytes in the place of those.
    fn mutant(&self, why: &str, span: Range<usize>, with: &[u8], at: At) -> Mutant {
        let kind = self.layout.kind;
        Mutant {
            why: match at.field {
                Some(field) => format!("{why}, {}", type_name(&self.layout.fields[field])),
                None => why.to_owned(),
            },
            at: self.at,
            name: self.name.to_owned(),
            bytes: [&self.bytes[..span.start], with, &self.bytes[span.end..]].concat(),
            line: at.record.map(|record| self.records[record].line),
            field_no: at
                .field
                .map(|field| layout(self.layout.edition, kind).unwrap().fields[field].no),
            unsure: at.unsure,
        }
    }

    fn renamed(&self, why: &str, name: String) -> Mutant {
        let nowhere = At {
            record: None,
            field: None,
            unsure: false,
        };
        Mutant {
            name,
            ..self.mutant(why, 0..0, b"", nowhere)
        }
    }

    /// A field with a value it must not have; its quotes stay.
    fn value(&self, dice: &mut Dice) -> Option<Mutant> {
        let (record, field) = self.any_field(dice);
        let span = self.records[record].fields[field].clone();
        let raw = &self.bytes[span.clone()];
        let quoted = raw.first() == Some(&b'"');
        let old = if quoted { &raw[1..raw.len() - 1] } else { raw };
        let (why, value) = match field {
            0 => (
                "CSV version",
                dice.pick(&[&b"201910"[..], b"202408", b"20240", b"2O2407", b"999999", b""])
                    .to_vec(),
            ),
            _ => values::bad(&self.layout.fields[field], old, dice)?,
        };
        let value = if quoted {
            [b"\"", &value[..], b"\""].concat()
        } else {
            value
        };
        let at = At {
            unsure: self.layout.fields[field].likely,
            ..At::field(record, field)
        };
        Some(self.mutant(why, span, &value, at))
    }

    fn break_once(&self, dice: &mut Dice) -> Option<Mutant> {
        match dice.below(21) {
            0..=9 => self.value(dice),
            10..=12 => shapes::byte(self, dice),
            13..=14 => shapes::quote(self, dice),
            15..=16 => shapes::comma(self, dice),
            17 => shapes::name(self, dice),
            18 => ties::month(self, dice),
            19 => ties::person(self, dice),
            _ => ties::equipment(self, dice),
        }
    }
}

impl Mutant {
    /// Only where a field follows.
    fn filter_whole<T>(self, next: Option<T>) -> Option<Self> {
        next.map(|_| self)
    }

    fn is_told_by(&self, finding: &Finding) -> bool {
        finding.file == self.name
            && finding.line == self.line
            && (self.field_no.is_none() || finding.field_no == self.field_no)
            && (finding.severity == Severity::Error || self.unsure)
    }

    /// The findings, if none of them is at the right place.
    fn miss(&self, files: &Files) -> Option<String> {
        let files: Vec<File<'_>> = files
            .iter()
            .enumerate()
            .map(|(at, (name, bytes))| match at == self.at {
                true => File {
                    name: &self.name,
                    bytes: &self.bytes,
                },
                false => File { name, bytes },
            })
            .collect();
        let report = check(&files, &Context::default());
        if report.findings.iter().any(|finding| self.is_told_by(finding)) {
            return None;
        }
        let told: Vec<String> = report
            .findings
            .iter()
            .map(|finding| {
                format!(
                    "{} {} {:?} {:?}",
                    finding.code, finding.file, finding.line, finding.field_no
                )
            })
            .collect();
        Some(format!(
            "{} {:?} {:?}: {told:?}",
            self.name, self.line, self.field_no
        ))
    }
}

fn type_name(field: &standard::layout::Field) -> String {
    let name = format!("{:?}", field.kind);
    name.split(['(', ' ']).next().unwrap_or_default().to_owned()
}

/// How often each way was tried, and where it was missed.
type Tally = BTreeMap<String, (usize, Vec<String>)>;

fn run(units: &[Files], seed: u64, count: usize) -> Tally {
    // Each row of a layout table shall have the same chance.
    let mut chances = Vec::new();
    for files in units {
        for page in Page::all(files) {
            let page = Rc::new(page);
            chances.extend((0..page.layout.fields.len()).map(|_| (files, page.clone())));
        }
    }
    let mut dice = Dice::new(seed);
    let mut tally = Tally::new();
    let mut done = 0;
    while done < count {
        let (files, page) = dice.pick(&chances);
        let Some(mutant) = page.break_once(&mut dice) else {
            continue;
        };
        let (tried, missed) = tally.entry(mutant.why.clone()).or_default();
        *tried += 1;
        missed.extend(mutant.miss(files));
        done += 1;
    }
    tally
}

/// Units of every kind and edition, none of them with an error.
fn good_units() -> Vec<Files> {
    let mut units = Vec::new();
    for kind in UnitKind::ALL {
        for provider in PROVIDERS {
            for seed in 0..UNITS {
                let edition = if seed == 0 { Edition::V3 } else { Edition::V41 };
                let files = seeded(edition, kind, provider, seed);
                let findings = judge(&files).findings;
                let error = findings
                    .iter()
                    .find(|finding| finding.severity == Severity::Error);
                assert_eq!(error, None, "{edition} {kind:?} {provider} {seed}");
                units.push(files);
            }
        }
    }
    units
}

#[test]
fn what_the_tables_forbid_is_found_where_it_stands() {
    let units = good_units();
    let halves: Vec<Tally> = thread::scope(|scope| {
        let threads: Vec<_> = (0..2)
            .map(|half| {
                scope.spawn({
                    let units = &units;
                    move || run(units, SEED + half, MUTATIONS / 2)
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let mut tally = Tally::new();
    for (why, (tried, missed)) in halves.into_iter().flatten() {
        let (all, every) = tally.entry(why).or_default();
        *all += tried;
        every.extend(missed);
    }
    let tried: usize = tally.values().map(|(tried, _)| tried).sum();
    let missed: usize = tally.values().map(|(_, missed)| missed.len()).sum();
    for (why, (tried, missed)) in &tally {
        println!("{why}: {} of {tried} found", tried - missed.len());
        missed.iter().take(3).for_each(|miss| println!("    {miss}"));
    }
    println!("{} of {tried} found in {} ways", tried - missed, tally.len());
    assert_eq!(tried, MUTATIONS);
    assert!(100 <= tally.len(), "only {} ways were tried", tally.len());
    assert!(
        FOUND_PERCENT * tried <= 100 * (tried - missed),
        "{missed} of {tried} were missed"
    );
}
