//! The kinds of files and the editions of the standard.

use std::fmt;
use std::sync::LazyLock;

use crate::tsv;

/// An edition of the standard that has layouts here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Edition {
    /// V3.0 to V3.2, CSV version 202208.
    V3,
    /// V4.1, CSV version 202407.
    V41,
}

impl Edition {
    /// As people write it: `V3`, `V4.1`.
    pub fn as_str(self) -> &'static str {
        match self {
            Edition::V3 => "V3",
            Edition::V41 => "V4.1",
        }
    }

    /// The value of field 1 (CSVバージョン).
    pub fn csv_version(self) -> &'static str {
        match self {
            Edition::V3 => "202208",
            Edition::V41 => "202407",
        }
    }

    pub(crate) fn from_csv_version(text: &str) -> Option<Self> {
        [Edition::V3, Edition::V41]
            .into_iter()
            .find(|edition| edition.csv_version() == text)
    }
}

impl fmt::Display for Edition {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.as_str())
    }
}

macro_rules! kinds {
    ($($variant:ident = $text:literal: $doc:literal;)*) => {
        /// A kind of file, named by the first part of its name.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum FileKind {
            $(#[doc = $doc] $variant,)*
        }
        impl FileKind {
            /// Every kind of the standard.
            pub const ALL: &[FileKind] = &[$(FileKind::$variant),*];

            /// As written in file names.
            pub fn as_str(self) -> &'static str {
                match self { $(FileKind::$variant => $text,)* }
            }
        }
    };
}

kinds! {
    UpHosoku = "UPHOSOKU": "User supplement.";
    Up1Kyo = "UP1KYO": "Care plan table 1.";
    Dlt1Kyo = "DLT1KYO": "Deletion of care plan tables 1, 2, 3.";
    Up2Kyo = "UP2KYO": "Care plan table 2.";
    Up3Kyo = "UP3KYO": "Care plan table 3, the weekly plan.";
    UpPlan = "UPPLAN": "Table 6, service usage slip, plan.";
    UpJsk = "UPJSK": "Table 6, results.";
    DltPlan = "DLTPLAN": "Deletion of tables 6 (plan) and 7.";
    DltJsk = "DLTJSK": "Deletion of results.";
    UpSikyu = "UPSIKYU": "Table 7, annex of the service usage slip.";
    UpKihon = "UPKIHON": "Basic user information (prevention).";
    DltKihon = "DLTKIHON": "Deletion of basic user information.";
    UpKihonSub1 = "UPKIHON_SUB1": "Annex 1 of basic user information.";
    UpKihonSub2 = "UPKIHON_SUB2": "Annex 2 of basic user information.";
    UpKihonImage = "UPKIHON_IMAGE": "Family tree image, JPEG.";
    UpYobo = "UPYOBO": "Prevention service and support plan.";
    DltYobo = "DLTYOBO": "Deletion of the prevention plan.";
    UpYoboSub = "UPYOBO_SUB": "Annex of the prevention plan.";
}

impl FileKind {
    /// The kind with exactly this name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.as_str() == text)
    }

    /// What the file is, in Japanese and English, as the standard's file list calls it.
    pub fn titles(self) -> (&'static str, &'static str) {
        self.info()
            .map_or(("", ""), |info| (info.title_ja, info.title_en))
    }

    /// A CSV file (all but the image).
    pub fn is_csv(self) -> bool {
        self != FileKind::UpKihonImage
    }

    pub(crate) fn info(self) -> Option<&'static KindInfo> {
        KINDS.iter().find(|info| info.kind == self)
    }
}

impl fmt::Display for FileKind {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.as_str())
    }
}

/// Has the name a part with the service month?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MonthPart {
    No,
    Yes,
    /// The month, or 000000.
    YesOrZero,
}

/// A row of `file_names.tsv`.
#[derive(Debug)]
pub(crate) struct KindInfo {
    pub(crate) kind: FileKind,
    pub(crate) title_ja: &'static str,
    pub(crate) title_en: &'static str,
    pub(crate) month: MonthPart,
    pub(crate) in_v3: bool,
    pub(crate) branch: bool,
    /// A month part of zeros is seen in a sample and accepted on reading.
    pub(crate) tolerates_zero_month: bool,
}

static KINDS: LazyLock<Vec<KindInfo>> = LazyLock::new(|| {
    tsv::rows(include_str!("../tables/file_names.tsv"))
        .filter_map(|row| parse_row(&row))
        .collect()
});

fn parse_row(row: &[&'static str]) -> Option<KindInfo> {
    let &[
        kind,
        title_ja,
        title_en,
        _direction,
        month,
        v3_pattern,
        v41_pattern,
        _v3,
        _v41,
        note,
    ] = row
    else {
        return None;
    };
    let month = match month {
        "no" => MonthPart::No,
        "yes" => MonthPart::Yes,
        "yes / zero-filled" => MonthPart::YesOrZero,
        _ => return None,
    };
    Some(KindInfo {
        kind: FileKind::parse(kind)?,
        title_ja,
        title_en,
        month,
        in_v3: v3_pattern != "-",
        branch: v41_pattern.contains("{branch:4}"),
        tolerates_zero_month: note.contains("month field 000000"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_and_the_enum_name_the_same_kinds() {
        let rows: Vec<_> = tsv::rows(include_str!("../tables/file_names.tsv")).collect();
        assert_eq!(rows.len(), KINDS.len());
        assert_eq!(KINDS.len(), FileKind::ALL.len());
        for (row, info) in rows.iter().zip(KINDS.iter()) {
            assert_eq!(row[0], info.kind.as_str());
            // The grammar is built from month, offices, kinds, timestamp, branch: the printed pattern must be that.
            let month = if info.month == MonthPart::No {
                ""
            } else {
                "{month:6}_"
            };
            let branch = if info.branch { "_{branch:4}.jpg" } else { ".CSV" };
            let kind = info.kind;
            let v41 = format!(
                "{kind}_{month}{{sender_office:10}}_{{sender_kind:2}}_{{receiver_office:10}}_{{receiver_kind:2}}_{{timestamp:14}}{branch}"
            );
            assert_eq!(row[6], v41);
            if info.in_v3 {
                assert_eq!(
                    row[5],
                    format!("{kind}_{month}{{sender_office:10}}_{{receiver_office:10}}_{{timestamp:14}}.CSV")
                );
            }
        }
        assert!(FileKind::UpKihon.info().unwrap().tolerates_zero_month);
        assert_eq!(KINDS.iter().filter(|info| info.tolerates_zero_month).count(), 1);
    }

    #[test]
    fn the_versions_table_knows_both_editions() {
        for edition in [Edition::V3, Edition::V41] {
            assert!(
                tsv::rows(include_str!("../tables/versions.tsv")).any(|row| row[0] == edition.csv_version())
            );
        }
    }
}
