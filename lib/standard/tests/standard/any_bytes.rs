//! Whatever the bytes are, the checker answers, and within its bounds.

use std::sync::LazyLock;

use proptest::prelude::*;
use standard::{FileName, UnitKind, group, identify};

use crate::claims;
use crate::made::{Files, judge, unit};

/// Names of the files of each unit: made once, as making the units takes longer than reading them.
static NAMES: LazyLock<Vec<Vec<String>>> = LazyLock::new(|| {
    let names = |kind| unit(kind, "15").into_iter().map(|(name, _)| name).collect();
    UnitKind::ALL.into_iter().map(names).collect()
});

fn bounded(files: &Files) {
    claims::bounded(&judge(files));
}

proptest! {
    #[test]
    fn arbitrary_bytes_under_good_names(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        for names in NAMES.iter() {
            let files = names.iter().map(|name| (name.clone(), bytes.clone())).collect();
            bounded(&files);
        }
    }

    #[test]
    fn good_data_with_some_bytes_changed(changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8)) {
        let mut files = unit(UnitKind::Usage, "17");
        for (index, byte) in changes {
            let content = &mut files[index.index(3)].1;
            let at = index.index(content.len());
            content[at] = byte;
        }
        bounded(&files);
    }

    #[test]
    fn almost_csv(text in "(202407|202208)(,|\"|\"\"|\r\n|\n|\r|[0-9]{1,3}|202407,|あ){0,80}") {
        let mut files = unit(UnitKind::Plan, "15");
        for (_, content) in &mut files {
            *content = text.clone().into_bytes();
        }
        bounded(&files);
    }

    #[test]
    fn names_group_without_loss(months in prop::collection::vec(1..13_u32, 0..12)) {
        let names: Vec<FileName> = months
            .iter()
            .map(|month| FileName::parse(&format!("UPJSK_2025{month:02}_0300000005_11_0300000100_43_20250425093000.CSV")).unwrap())
            .collect();
        let groups = group(&names);
        prop_assert_eq!(groups.iter().map(|group| group.files.len()).sum::<usize>(), names.len());
        let _ = identify(&names);
    }

    #[test]
    fn names_of_every_shape(name in "(UP|DLT|up)[A-Z0-9_]{0,12}(_[0-9A-Z]{0,14}){0,8}\\.(CSV|csv|jpg|JPG|)|\\PC{0,40}") {
        claims::name(name.as_bytes());
    }

    #[test]
    fn sets_of_files(parts in prop::collection::vec(("(UPPLAN_202504|UPSIKYU_202504|UPHOSOKU_(202504|000000)|UP1KYO|UPKIHON|UPKIHON_IMAGE|X)_0300000100(_43)?_0300000005(_11)?_20250425093000(_0001)?\\.(CSV|jpg)", "(202407|202208)(,|\"|\r\n|\n|[0-9]{1,10}|202504|あ){0,60}"), 0..6)) {
        let set: String = parts.iter().map(|(name, text)| format!("=== {name}\n{text}\n")).collect();
        claims::unit(set.as_bytes());
    }
}
