//! Rules between the fields of a record, the records of a file, and the files of a unit; one file a subject.
//!
//! What a single field may hold is in `field.rs`. A rule over records is made for a file when its layout has the
//! fields it speaks of, sees each record once, and may leave facts behind for the rules between files.

mod conditions;
mod counts;
mod dates;
mod duplicates;
mod hash;
mod images;
mod keys;
mod misdirected;
mod offices;
mod order;
mod repeated;
mod row;
mod services;
mod subjects;
mod supplement;
mod table7;
mod times;

pub(crate) use counts::Tallies;
pub(crate) use keys::Keyed;
pub(crate) use row::{Column, Row, RowRule, Scene, Tell};

use crate::file::Facts;
use crate::finding::Sink;
use crate::name::FileName;
use crate::unit::UnitDef;

/// A checked file of a unit.
#[derive(Debug)]
pub(crate) struct Checked<'a> {
    pub(crate) name: FileName,
    /// Its name as given.
    pub(crate) file: &'a str,
    pub(crate) facts: Facts<'a>,
}

/// The rules that have something to say about the records of this file.
pub(crate) fn of_file<'a>(scene: &Scene<'_>) -> Vec<Box<dyn RowRule<'a> + 'a>> {
    fn boxed<'a>(rule: Option<impl RowRule<'a> + 'a>) -> Option<Box<dyn RowRule<'a> + 'a>> {
        rule.map(|rule| Box::new(rule) as Box<dyn RowRule<'a> + 'a>)
    }
    [
        boxed(dates::Month::of(scene)),
        boxed(dates::Days::of(scene)),
        boxed(dates::Periods::of(scene)),
        boxed(dates::Birth::of(scene)),
        boxed(times::Pairs::of(scene)),
        boxed(times::Weekly::of(scene)),
        boxed(conditions::Asked::of(scene)),
        boxed(supplement::Supplement::of(scene)),
        boxed(services::Equipment::of(scene)),
        boxed(services::Special::of(scene)),
        boxed(offices::Planner::of(scene)),
        boxed(offices::Results::of(scene)),
        boxed(table7::Table7::of(scene)),
        boxed(counts::Counts::of(scene)),
        boxed(order::Order::of(scene)),
        boxed(duplicates::Duplicates::of(scene)),
        boxed(images::Named::of(scene)),
        boxed(keys::Keys::of(scene)),
        boxed(subjects::Subjects::of(scene)),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// All rules between the files of one unit.
pub(crate) fn between(def: &UnitDef, files: &[&Checked<'_>], sink: &mut Sink) {
    keys::check(def, files, sink);
    misdirected::check(files, sink);
    counts::check(files, sink);
    images::check(files, sink);
}
