//! Names, the envelope they are compared with, and which files make a unit.

use super::Breaker;
use super::work::{Work, one_of};
use crate::codes;
use crate::generate::spec::UnitKind;
use crate::kind::FileKind;

pub(crate) const ALL: &[Breaker] = &[
    Breaker::of(&codes::NAME_GRAMMAR, UnitKind::Results, |work| {
        work.rename(".CSV", "_1.CSV")
    }),
    Breaker::of(&codes::NAME_KIND, UnitKind::Results, |work| {
        work.rename("UPJSK", "UPJSX")
    }),
    Breaker::of(&codes::NAME_LOWER_CASE, UnitKind::Results, |work| {
        if work.rng.one_in(2) {
            work.rename("UPJSK", "upjsk")
        } else {
            work.rename(".CSV", ".csv")
        }
    }),
    Breaker::prevention(&codes::NAME_EXTENSION, UnitKind::PreventionBasic, |work| {
        one_more_image(work, |name| name.replace(".jpg", ".jpeg"))
    }),
    Breaker::of(&codes::NAME_MONTH, UnitKind::Results, |work| {
        let month = work.spec.month.clone();
        let year = month.get(..4).unwrap_or_default();
        work.rename(&month, &format!("{year}13"))
    }),
    Breaker::of(&codes::NAME_OFFICE_DIGITS, UnitKind::Results, |work| {
        let sender = work.spec.sender.clone();
        let short = sender.get(1..).unwrap_or_default();
        work.rename(&sender, short)
    }),
    Breaker::of(&codes::NAME_SERVICE_KIND, UnitKind::Results, |work| {
        work.rename("_15_", "_ZZ_")
    }),
    Breaker::of(&codes::NAME_TIMESTAMP, UnitKind::Results, |work| {
        let sequence = work.spec.sequence.clone();
        let minutes = sequence.get(..12).unwrap_or_default();
        work.rename(&sequence, &format!("{minutes}60"))
    }),
    Breaker::prevention(&codes::NAME_BRANCH, UnitKind::PreventionBasic, |work| {
        one_more_image(work, |name| {
            name.replace(".jpg", "").split_at(name.len() - 8).0.to_owned() + "0000.jpg"
        })
    }),
    Breaker::of(&codes::NAME_EDITION, UnitKind::Plan, |work| {
        let Some((name, bytes)) = work
            .position(FileKind::Up2Kyo)
            .and_then(|at| work.unit.files.get(at))
        else {
            return false;
        };
        // Table 3 under a name of V3, which has none.
        let added = (name.replace("UP2KYO", "UP3KYO"), bytes.clone());
        work.file = Some(added.0.clone());
        work.unit.files.push(added);
        true
    })
    .v3(),
    Breaker::of(&codes::NAME_SENDER_MISMATCH, UnitKind::Results, |work| {
        named_otherwise(work, |spec| spec.sender = neighbour(&spec.sender))
    }),
    Breaker::of(&codes::NAME_DESTINATION_MISMATCH, UnitKind::Results, |work| {
        named_otherwise(work, |spec| spec.destination = neighbour(&spec.destination))
    }),
    Breaker::of(&codes::NAME_SEQUENCE_MISMATCH, UnitKind::Results, |work| {
        named_otherwise(work, |spec| {
            spec.sequence = crate::generate::day::later(&spec.sequence, 1)
        })
    }),
    Breaker::of(&codes::UNIT_NONE, UnitKind::Results, |work| {
        work.unit.files.clear();
        work.unit.unit_id.clear();
        true
    }),
    Breaker::of(&codes::UNIT_INCOMPLETE, UnitKind::Usage, |work| {
        let kind = work.rng.pick(&["UPHOSOKU_", "UPPLAN_", "UPSIKYU_"]);
        work.unit.files.retain(|(name, _)| !name.starts_with(kind));
        true
    }),
    Breaker::of(&codes::UNIT_MIXED, UnitKind::Usage, |work| {
        let Some(deletion) = work.other(|spec| spec.unit = UnitKind::DeleteUsage) else {
            return false;
        };
        work.unit.files.extend(deletion.files);
        true
    }),
    Breaker::prevention(&codes::UNIT_ANNEX_MISSING, UnitKind::PreventionPlan, |work| {
        work.unit
            .files
            .retain(|(name, _)| !name.starts_with("UPYOBO_SUB"));
        true
    }),
    Breaker::of(&codes::UNIT_KEYS, UnitKind::Plan, |work| {
        // A person leaves the supplement; the base tells of it.
        let mut gone = None;
        let taken = work.rows(FileKind::UpHosoku, |grid, rng| {
            let row = one_of(&grid.which(|_, row| 0 < row), rng)?;
            gone = Some(grid.person(row));
            grid.rows.remove(row);
            Some(0)
        });
        let Some(gone) = gone else { return false };
        taken
            && work.rows(FileKind::Up1Kyo, |grid, _| {
                grid.which(|grid, row| grid.person(row) == gone).first().copied()
            })
    }),
    Breaker::of(&codes::UNIT_MISDIRECTED, UnitKind::Usage, misdirect),
    Breaker::prevention(&codes::IMAGE_JPEG, UnitKind::PreventionBasic, |work| {
        let Some((name, bytes)) = work
            .position(FileKind::UpKihonImage)
            .and_then(|at| work.unit.files.get_mut(at))
        else {
            return false;
        };
        *bytes = b"GIF89a\x01\x00\x01\x00\x00\x00\x00;".to_vec();
        work.file = Some(name.clone());
        true
    }),
    Breaker::prevention(&codes::IMAGE_MISSING, UnitKind::PreventionBasic, |work| {
        let Some(at) = work.position(FileKind::UpKihonImage) else {
            return false;
        };
        let (image, _) = work.unit.files.remove(at);
        work.rows(FileKind::UpKihon, |grid, _| {
            grid.which(|grid, row| grid.get(row, "family_image_file") == image.as_bytes())
                .first()
                .copied()
        })
    }),
    Breaker::prevention(&codes::IMAGE_UNREFERENCED, UnitKind::PreventionBasic, |work| {
        let Some((image, _)) = work
            .position(FileKind::UpKihonImage)
            .and_then(|at| work.unit.files.get(at).cloned())
        else {
            return false;
        };
        let cleared = work.row_where(FileKind::UpKihon, "family_image_file", b"", |grid, row| {
            grid.get(row, "family_image_file") == image.as_bytes()
        });
        (work.file, work.line) = (Some(image), None);
        cleared
    }),
];

/// Adds an image nobody asked for, under a name that is none.
fn one_more_image(work: &mut Work, name: impl FnOnce(&str) -> String) -> bool {
    let Some(at) = work.position(FileKind::UpKihonImage) else {
        return false;
    };
    let Some((image, bytes)) = work.unit.files.get(at).cloned() else {
        return false;
    };
    let renamed = name(&image);
    work.file = Some(renamed.clone());
    work.unit.files.push((renamed, bytes));
    true
}

/// The files are of another office or sequence than the envelope says.
fn named_otherwise(work: &mut Work, change: impl FnOnce(&mut crate::generate::GenSpec)) -> bool {
    let Some(other) = work.other(change) else {
        return false;
    };
    work.file = other.files.first().map(|(name, _)| name.clone());
    work.unit.files = other.files;
    true
}

/// The office number that differs in its last digit.
fn neighbour(number: &str) -> String {
    let (head, last) = number.split_at(number.len().saturating_sub(1));
    format!("{head}{}", if last == "9" { "8" } else { "9" })
}

/// All services of a person are another office's.
fn misdirect(work: &mut Work) -> bool {
    const ELSEWHERE: &str = "9900000041";
    let destination = work.spec.destination.clone();
    let mut person = None;
    let swap = |grid: &mut super::grid::Grid, person: &[u8]| {
        let rows = grid.which(|grid, row| {
            grid.person(row) == person && grid.get(row, "provider_office_code") == destination.as_bytes()
        });
        for row in rows {
            grid.set(row, "provider_office_code", ELSEWHERE);
        }
        grid.which(|grid, row| grid.person(row) == person)
            .first()
            .copied()
    };
    // Table 7 says the same, so that nothing else is wrong; table 6 last: there it is told.
    let table7 = work.rows(FileKind::UpSikyu, |grid, rng| {
        let row = one_of(&grid.which(|_, _| true), rng)?;
        let chosen = grid.person(row);
        let first = swap(grid, &chosen);
        person = Some(chosen);
        first
    });
    let Some(person) = person else { return false };
    table7 && work.rows(FileKind::UpPlan, |grid, _| swap(grid, &person))
}
