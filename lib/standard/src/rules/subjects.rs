//! Whom and what the records of a file are about: the keys by which a later sending takes the place of an earlier one.
//! Not a rule that finds anything; it only leaves facts behind.

use super::{Row, RowRule, Scene, Tell};
use crate::changed::{self, Fields};
use crate::file::Facts;
use crate::kind::FileKind;
use crate::subject::Subject;

/// More different ones in a file are not followed: whole prefectures are no sending, and their list no small one.
const MOST: usize = 50_000;

/// Collects the subjects of a base file or a deletion.
pub(crate) struct Subjects<'a> {
    kind: FileKind,
    withdraws: bool,
    /// Fields beside the person, with as many bytes of each as belong to the key.
    beside: Vec<(usize, usize)>,
    found: Vec<Subject>,
    /// There are more than [`MOST`].
    too_many: bool,
    /// Of the record before.
    last: Option<[&'a [u8]; 4]>,
}

impl Subjects<'_> {
    pub(crate) fn of(scene: &Scene<'_>) -> Option<Self> {
        let (kind, withdraws) = subject_of(scene.name.kind)?;
        let beside: &[(&[&str], usize)] = match kind {
            FileKind::Up1Kyo => &[(&["care_plan_date"], 8)],
            FileKind::UpKihon => &[(&["consultation_date"], 8)],
            FileKind::UpYobo => &[(&["plan_date"], 8)],
            // Results go by office and service kind, which the code of a service begins with.
            FileKind::UpJsk => &[
                (&["provider_office_code"], 10),
                (&["service_code", "service_kind"], 2),
            ],
            // The month stands in the file's name.
            _ => &[],
        };
        let position = |names: &[&str]| names.iter().find_map(|name| scene.at(name));
        let beside = beside
            .iter()
            .map(|(names, length)| Some((position(names)?, *length)))
            .collect::<Option<_>>()?;
        Some(Subjects {
            kind,
            withdraws,
            beside,
            found: Vec::new(),
            too_many: false,
            last: None,
        })
    }
}

/// The kind whose records are brought, or withdrawn; none for files that go along with another.
fn subject_of(kind: FileKind) -> Option<(FileKind, bool)> {
    Some(match kind {
        FileKind::Up1Kyo | FileKind::UpPlan | FileKind::UpJsk | FileKind::UpKihon | FileKind::UpYobo => {
            (kind, false)
        }
        FileKind::Dlt1Kyo => (FileKind::Up1Kyo, true),
        FileKind::DltPlan => (FileKind::UpPlan, true),
        FileKind::DltJsk => (FileKind::UpJsk, true),
        FileKind::DltKihon => (FileKind::UpKihon, true),
        FileKind::DltYobo => (FileKind::UpYobo, true),
        _ => return None,
    })
}

impl<'a> RowRule<'a> for Subjects<'a> {
    fn fields(&self) -> Fields {
        changed::fields([1, 2].into_iter().chain(self.beside.iter().map(|(at, _)| *at)))
    }

    fn row(&mut self, row: &Row<'_, 'a>, _tell: &mut Tell<'_>) {
        let [insurer, insured] = row.person();
        let mut subject: [&'a [u8]; 4] = [insurer, insured, b"", b""];
        for (place, (at, length)) in subject.iter_mut().skip(2).zip(&self.beside) {
            let value = row.at(*at);
            *place = value.get(..*length).unwrap_or(value);
        }
        if self.last != Some(subject) && !self.too_many {
            self.last = Some(subject);
            self.found
                .extend(Subject::new(self.kind, self.withdraws, subject));
            if self.found.len() > 2 * MOST {
                self.found.sort_unstable();
                self.found.dedup();
                self.too_many = self.found.len() > MOST;
            }
        }
    }

    fn end(self: Box<Self>, facts: &mut Facts<'a>, _tell: &mut Tell<'_>) {
        if !self.too_many {
            facts.subjects = self.found;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::MOST;
    use crate::check::{Context, File, check};
    use crate::generate::{GenSpec, Size, UnitKind, generate};
    use crate::subject::Subject;

    /// The subjects of so many generated persons.
    fn subjects(unit: UnitKind, persons: usize) -> Vec<Subject> {
        let back = unit.from_provider();
        let (manager, helper) = (("0300000100", "43"), ("0300000005", "11"));
        let (from, to) = if back {
            (helper, manager)
        } else {
            (manager, helper)
        };
        let spec = GenSpec {
            edition: crate::kind::Edition::V41,
            sender: from.0.into(),
            sender_kind: from.1.into(),
            destination: to.0.into(),
            destination_kind: to.1.into(),
            unit,
            month: "202504".into(),
            sequence: "20250401093000".into(),
            size: Size::Persons(persons),
            units: 1,
        };
        let files = generate(7, &spec).remove(0).files;
        let files: Vec<File<'_>> = files.iter().map(|(name, bytes)| File { name, bytes }).collect();
        check(&files, &Context::default()).subjects
    }

    #[test]
    fn a_deletion_speaks_of_what_it_withdraws() {
        for (brings, withdraws) in [
            (UnitKind::Plan, UnitKind::DeletePlan),
            (UnitKind::Usage, UnitKind::DeleteUsage),
            (UnitKind::Results, UnitKind::DeleteResults),
        ] {
            assert_eq!(
                subjects(brings, 3).into_iter().collect::<BTreeSet<_>>().len(),
                3,
                "{brings:?}"
            );
            let brought = subjects(brings, 1);
            assert!(brought.iter().all(|subject| !subject.withdraws));
            let mut brought_withdrawn = brought;
            for subject in &mut brought_withdrawn {
                subject.withdraws = true;
            }
            assert!(brought_withdrawn == subjects(withdraws, 1), "{brings:?}");
        }
    }

    #[test]
    fn too_many_are_none_and_the_same_again_are_few() {
        let of = |person: fn(usize) -> usize| {
            let rows: String = (0..=2 * MOST)
                .map(|row| format!("202407,990025,{:010},202504\r\n", person(row)))
                .collect();
            let name = "DLTPLAN_202504_0300000100_43_0300000005_11_20250401093000.CSV";
            let bytes = rows.as_bytes();
            let mut subjects = check(&[File { name, bytes }], &Context::default()).subjects;
            subjects.dedup();
            subjects.len()
        };
        assert_eq!(of(|row| row), 0);
        assert_eq!(of(|row| row % 3), 3);
    }

    #[test]
    fn a_subject_shows_no_person() {
        let shown = format!("{:?}", subjects(UnitKind::Results, 1));
        assert!(!shown.contains("99"), "{shown}");
    }
}
