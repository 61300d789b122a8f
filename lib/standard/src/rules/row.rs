//! What a rule over records is, what it sees, and how it tells.

use crate::changed::{self, Fields};
use crate::codes::CodeInfo;
use crate::csv::Reader;
use crate::file::Facts;
use crate::finding::{Draft, Sink};
use crate::layout::{Field, Layout};
use crate::name::FileName;
use crate::unit::UnitDef;

/// The file whose records are looked at.
#[derive(Debug)]
pub(crate) struct Scene<'n> {
    pub(crate) name: &'n FileName,
    pub(crate) layout: &'static Layout,
    /// The unit it belongs to, when that is known.
    pub(crate) def: Option<&'static UnitDef>,
}

impl Scene<'_> {
    /// The position (from 0) of the field with this English name.
    pub(crate) fn at(&self, name_en: &str) -> Option<usize> {
        self.layout
            .fields
            .iter()
            .position(|field| field.name_en == name_en)
    }

    /// Those of these pairs of fields that the layout has, by their English names; `None` when it has none.
    pub(crate) fn pairs(&self, names: &[(&str, &str)]) -> Option<Vec<(Column, Column)>> {
        let pair = |(one, other): &(&str, &str)| Some((self.column(one)?, self.column(other)?));
        let pairs: Vec<_> = names.iter().filter_map(pair).collect();
        Some(pairs).filter(|pairs| !pairs.is_empty())
    }

    /// A field, by its English name.
    pub(crate) fn column(&self, name_en: &str) -> Option<Column> {
        let at = self.at(name_en)?;
        let field = self.layout.fields.get(at)?;
        Some(Column { at, field })
    }
}

/// A field of the layout and where it stands.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Column {
    /// From 0.
    pub(crate) at: usize,
    pub(crate) field: &'static Field,
}

/// A record with as many fields as the layout has.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Row<'r, 'a> {
    reader: &'r Reader<'a>,
    changed: Fields,
}

impl<'r, 'a> Row<'r, 'a> {
    /// The record read last. `changed`: the fields that may differ from those of the record before.
    pub(crate) fn new(reader: &'r Reader<'a>, changed: Fields) -> Self {
        Row { reader, changed }
    }

    /// The fields that may differ from those of the record before.
    pub(crate) fn changed(&self) -> Fields {
        self.changed
    }

    /// May one of these fields differ from that of the record before?
    pub(crate) fn differs_in(&self, fields: Fields) -> bool {
        self.changed & fields != 0
    }

    /// Is one of these fields not empty?
    pub(crate) fn fills(&self, fields: Fields) -> bool {
        self.reader.filled() & fields != 0
    }

    /// The bytes of a column without quotes.
    pub(crate) fn get(&self, column: Column) -> &'a [u8] {
        self.reader.field(column.at)
    }

    /// The bytes at a position (from 0) without quotes.
    pub(crate) fn at(&self, position: usize) -> &'a [u8] {
        self.reader.field(position)
    }

    /// Insurer and insured.
    pub(crate) fn person(&self) -> [&'a [u8]; 2] {
        [self.reader.field(1), self.reader.field(2)]
    }

    /// Physical line on which it starts.
    pub(crate) fn line(&self) -> u32 {
        self.reader.line()
    }

    pub(crate) fn reader(&self) -> &'r Reader<'a> {
        self.reader
    }
}

/// A rule over the records of one file.
pub(crate) trait RowRule<'a> {
    /// The fields it looks at. A record that differs from a clean one before it in none of these is not shown: the rule
    /// would find nothing and learn nothing.
    fn fields(&self) -> Fields {
        changed::ALL
    }

    /// Looks at the next record.
    fn row(&mut self, row: &Row<'_, 'a>, tell: &mut Tell<'_>);

    /// After the last record; what the rules between files need goes into the facts.
    fn end(self: Box<Self>, _facts: &mut Facts<'a>, _tell: &mut Tell<'_>) {}
}

/// Where rules over the records of one file tell what they found.
#[derive(Debug)]
pub(crate) struct Tell<'t> {
    pub(crate) sink: &'t mut Sink,
    pub(crate) file: &'t str,
}

impl Tell<'_> {
    /// A finding at a line.
    pub(crate) fn line(&mut self, info: &'static CodeInfo, line: u32, build: impl FnOnce(Draft) -> Draft) {
        self.sink.add(info, self.file, |draft| build(draft.line(line)));
    }

    /// A finding about a field of a row; only a warning where the field's row of the tables is unsure.
    pub(crate) fn column(
        &mut self,
        info: &'static CodeInfo,
        row: &Row<'_, '_>,
        column: Column,
        build: impl FnOnce(Draft) -> Draft,
    ) {
        let value = row.get(column);
        self.line(info, row.line(), |draft| {
            let draft = draft.field(column.field).likely(column.field.likely);
            build(if value.is_empty() {
                draft
            } else {
                draft.value(column.field, value)
            })
        });
    }
}
