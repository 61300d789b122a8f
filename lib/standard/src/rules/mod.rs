//! Rules between records and between files of a unit; one file per rule, each adds findings of its own codes.
//!
//! What a single field or record may hold is in `field.rs` and `file.rs`.

pub(crate) mod keys;

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

/// All rules over the files of one unit.
pub(crate) fn check(def: &UnitDef, files: &[&Checked<'_>], sink: &mut Sink) {
    keys::check(def, files, sink);
}
