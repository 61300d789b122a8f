//! The family image of the basic information: each that is named is there, and each that is there is named.

use super::Column;
use super::{Checked, Row, RowRule, Scene, Tell};
use crate::codes;
use crate::file::Facts;
use crate::finding::Sink;
use crate::kind::FileKind;
use crate::name::FileName;

/// Collects the names of images, with the line they stand on.
pub(crate) struct Named<'a> {
    column: Column,
    names: Vec<(&'a [u8], u32)>,
}

impl Named<'_> {
    pub(crate) fn of(scene: &Scene<'_>) -> Option<Self> {
        Some(Named {
            column: scene.column("family_image_file")?,
            names: Vec::new(),
        })
    }
}

impl<'a> RowRule<'a> for Named<'a> {
    fn row(&mut self, row: &Row<'_, 'a>, _tell: &mut Tell<'_>) {
        let name = row.get(self.column);
        if !name.is_empty() {
            self.names.push((name, row.line()));
        }
    }

    fn end(self: Box<Self>, facts: &mut Facts<'a>, _tell: &mut Tell<'_>) {
        facts.images = self.names;
        facts.image_column = Some(self.column);
    }
}

/// Checks the names of the basic information against the files.
pub(crate) fn check(files: &[&Checked<'_>], sink: &mut Sink) {
    let Some(base) = files.iter().find(|file| file.name.kind == FileKind::UpKihon) else {
        return;
    };
    let images = || {
        files
            .iter()
            .filter(|file| file.name.kind == FileKind::UpKihonImage)
    };
    // The extension is written .jpg and .JPG.
    let same = |name: &[u8], file: &str| name.eq_ignore_ascii_case(file.as_bytes());
    for (name, line) in &base.facts.images {
        if !images().any(|image| same(name, image.file)) {
            sink.add(&codes::IMAGE_MISSING, base.file, |draft| {
                // A name of the standard holds nothing personal; any other may.
                let standard = std::str::from_utf8(name)
                    .ok()
                    .filter(|name| FileName::parse(name).is_ok());
                let draft = draft.line(*line);
                let draft = match standard {
                    Some(name) => draft.detail(name, name),
                    None => draft.detail(
                        "書かれている名前は標準仕様の形ではありません",
                        "the name written there is not of the standard's form",
                    ),
                };
                match base.facts.image_column {
                    Some(column) => draft.field(column.field).value(column.field, name),
                    None => draft,
                }
            });
        }
    }
    if base.facts.partial {
        return;
    }
    for image in images() {
        if !base.facts.images.iter().any(|(name, _)| same(name, image.file)) {
            sink.add(&codes::IMAGE_UNREFERENCED, image.file, |draft| draft);
        }
    }
}
