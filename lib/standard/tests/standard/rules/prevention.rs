//! The files of prevention: conditions of the basic information, its images, its records.

use standard::Severity::{Error, Warning};
use standard::UnitKind::{DeletePreventionBasic, PreventionBasic, PreventionPlan};

use super::edit::copy;
use super::{Case, bad, good};
use crate::made::{file, rename, set};

pub(super) const CASES: &[Case] = &[
    good("field.required_if", PreventionBasic, "A2", |f| {
        set(f, "UPKIHON", 0, 8, b"01");
        set(f, "UPKIHON", 0, 9, b"");
        set(f, "UPKIHON", 0, 12, b"01");
        set(f, "UPKIHON", 0, 13, b"");
    }),
    bad(
        "field.required_if",
        PreventionBasic,
        "A2",
        |f| {
            set(f, "UPKIHON", 0, 8, b"03");
            set(f, "UPKIHON", 0, 9, b"");
        },
        (Error, "UPKIHON", Some(1), Some(9)),
    ),
    bad(
        "field.required_if",
        PreventionBasic,
        "A2",
        |f| {
            set(f, "UPKIHON", 0, 12, b"02");
            set(f, "UPKIHON", 0, 13, b"\"\"");
        },
        (Error, "UPKIHON", Some(1), Some(13)),
    ),
    // The standard prints both .jpg and .JPG.
    good("image.missing", PreventionBasic, "A2", |f| {
        let name = file(f, "UPKIHON_IMAGE").0.clone();
        rename(f, "UPKIHON_IMAGE", ".jpg", ".JPG");
        set(f, "UPKIHON", 0, 62, name.as_bytes());
    }),
    bad(
        "image.missing",
        PreventionBasic,
        "A2",
        |f| {
            set(
                f,
                "UPKIHON",
                0,
                62,
                b"UPKIHON_IMAGE_0300000100_43_0300000005_A2_20250425093000_0099.jpg",
            )
        },
        (Error, "UPKIHON", Some(1), Some(62)),
    ),
    good("image.unreferenced", PreventionBasic, "A2", |f| {
        f.retain(|(name, _)| !name.starts_with("UPKIHON_IMAGE"));
        (0..3).for_each(|row| set(f, "UPKIHON", row, 62, b""));
    }),
    bad(
        "image.unreferenced",
        PreventionBasic,
        "A2",
        |f| (0..3).for_each(|row| set(f, "UPKIHON", row, 62, b"")),
        (Error, "UPKIHON_IMAGE", None, None),
    ),
    bad(
        "person.birth",
        PreventionBasic,
        "A2",
        |f| set(f, "UPKIHON", 0, 17, b"20300101"),
        (Error, "UPKIHON", Some(1), Some(17)),
    ),
    good("record.duplicate", PreventionBasic, "A2", |f| {
        copy(f, "UPKIHON_SUB1", 0, |row| row[4] = b"\"23:59\"".to_vec());
    }),
    bad(
        "record.duplicate",
        PreventionBasic,
        "A2",
        |f| copy(f, "UPKIHON_SUB1", 0, |_| {}),
        (Warning, "UPKIHON_SUB1", None, None),
    ),
    bad(
        "record.duplicate",
        PreventionPlan,
        "A2",
        |f| copy(f, "UPYOBO_SUB", 0, |_| {}),
        (Error, "UPYOBO_SUB", None, None),
    ),
    bad(
        "record.duplicate",
        DeletePreventionBasic,
        "A2",
        |f| copy(f, "DLTKIHON", 0, |_| {}),
        (Error, "DLTKIHON", Some(4), None),
    ),
    bad(
        "record.order",
        PreventionPlan,
        "A2",
        |f| {
            set(f, "UPYOBO_SUB", 0, 5, b"9");
            copy(f, "UPYOBO_SUB", 0, |row| row[4] = b"8".to_vec());
            let rows = &mut file(f, "UPYOBO_SUB").1;
            let again = rows.clone();
            rows.extend(again);
        },
        (Warning, "UPYOBO_SUB", None, Some(5)),
    ),
];
