//! Records that repeat or are out of order, fields that depend on others, the supplement.

use standard::Severity::{Error, Warning};
use standard::UnitKind::{DeleteResults, DeleteUsage, Plan, Usage};

use super::edit::{copy, numbers, quoted, same_person, set_special, slot, wide};
use super::{Case, bad, good};
use crate::made::set;

pub(super) const CASES: &[Case] = &[
    good("supplement.plan_date", Usage, "15", |f| {
        set(f, "UPHOSOKU", 0, 4, b"00000000")
    }),
    bad(
        "supplement.plan_date",
        Usage,
        "15",
        |f| set(f, "UPHOSOKU", 0, 4, b"20250401"),
        (Error, "UPHOSOKU", Some(1), Some(4)),
    ),
    bad(
        "supplement.plan_date",
        Plan,
        "15",
        |f| set(f, "UPHOSOKU", 0, 4, b"00000000"),
        (Error, "UPHOSOKU", Some(1), Some(4)),
    ),
    good("supplement.slots", Usage, "15", |f| {
        slot(f, 1, &[b"15", b"20000", b"100", b"0"])
    }),
    good("supplement.slots", Usage, "15", |f| {
        slot(f, 1, &[b"15", b"20000", b"", b""]);
        slot(f, 2, &[b"11", b"20000", b"", b""]);
    }),
    bad(
        "supplement.slots",
        Usage,
        "15",
        |f| slot(f, 2, &[b"15", b"20000", b"100", b"0"]),
        (Error, "UPHOSOKU", Some(1), Some(24)),
    ),
    bad(
        "supplement.slots",
        Usage,
        "15",
        |f| slot(f, 1, &[b"", b"20000", b"100", b"0"]),
        (Error, "UPHOSOKU", Some(1), Some(20)),
    ),
    bad(
        "supplement.slots",
        Usage,
        "15",
        |f| slot(f, 1, &[b"15", b"", b"", b""]),
        (Error, "UPHOSOKU", Some(1), Some(21)),
    ),
    good("record.duplicate", Usage, "15", |f| {
        copy(f, "UPPLAN", 0, |row| row[11] = b"0315".to_vec())
    }),
    bad(
        "record.duplicate",
        Usage,
        "15",
        |f| copy(f, "UPPLAN", 0, |_| {}),
        (Error, "UPPLAN", None, None),
    ),
    bad(
        "record.duplicate",
        Usage,
        "15",
        |f| copy(f, "UPPLAN", 0, |row| row[6] = b"\"x\"".to_vec()),
        (Error, "UPPLAN", None, None),
    ),
    bad(
        "record.duplicate",
        Usage,
        "15",
        |f| copy(f, "UPHOSOKU", 0, |row| row[9] = b"\"x\"".to_vec()),
        (Error, "UPHOSOKU", Some(4), None),
    ),
    bad(
        "record.duplicate",
        Usage,
        "15",
        |f| copy(f, "UPSIKYU", 0, |_| {}),
        (Error, "UPSIKYU", None, None),
    ),
    bad(
        "record.duplicate",
        Plan,
        "15",
        |f| copy(f, "UP1KYO", 1, |_| {}),
        (Error, "UP1KYO", None, None),
    ),
    bad(
        "record.duplicate",
        Plan,
        "15",
        |f| copy(f, "UP2KYO", 0, |_| {}),
        (Error, "UP2KYO", None, None),
    ),
    good("record.duplicate", Plan, "15", |f| {
        copy(f, "UP2KYO", 0, |row| row[13] = b"\"x\"".to_vec())
    }),
    bad(
        "record.duplicate",
        Plan,
        "15",
        |f| copy(f, "UP3KYO", 0, |_| {}),
        (Warning, "UP3KYO", None, None),
    ),
    bad(
        "record.duplicate",
        DeleteUsage,
        "15",
        |f| copy(f, "DLTPLAN", 0, |_| {}),
        (Error, "DLTPLAN", Some(4), None),
    ),
    good("record.duplicate", DeleteResults, "15", |f| {
        copy(f, "DLTJSK", 0, |row| row[5] = b"11".to_vec())
    }),
    bad(
        "record.duplicate",
        DeleteResults,
        "15",
        |f| copy(f, "DLTJSK", 0, |_| {}),
        (Error, "DLTJSK", Some(4), None),
    ),
    good("record.order", Plan, "15", |f| numbers(f, 0, [b"1", b"1", b"1"])),
    good("record.order", Plan, "15", |f| numbers(f, 0, [b"", b"", b""])),
    bad(
        "record.order",
        Plan,
        "15",
        |f| {
            same_person(f, "UP2KYO", 0);
            numbers(f, 0, [b"2", b"1", b"1"]);
            numbers(f, 1, [b"1", b"9", b"9"]);
        },
        (Warning, "UP2KYO", Some(2), Some(6)),
    ),
    bad(
        "record.order",
        Plan,
        "15",
        |f| {
            same_person(f, "UP2KYO", 0);
            numbers(f, 0, [b"1", b"1", b"2"]);
            numbers(f, 1, [b"1", b"1", b"1"]);
        },
        (Warning, "UP2KYO", Some(2), Some(13)),
    ),
    good("field.unexpected", Usage, "17", |f| set(f, "UPPLAN", 0, 19, b"1")),
    bad(
        "field.unexpected",
        Usage,
        "15",
        |f| set(f, "UPPLAN", 0, 19, b"1"),
        (Warning, "UPPLAN", Some(1), Some(19)),
    ),
    bad(
        "field.unexpected",
        Usage,
        "15",
        |f| set(f, "UPPLAN", 0, 25, b"1"),
        (Warning, "UPPLAN", Some(1), Some(25)),
    ),
    good("field.unexpected", Usage, "15", |f| {
        set_special(f, "999999", 13, b"000")
    }),
    bad(
        "field.unexpected",
        Usage,
        "15",
        |f| set_special(f, "999999", 13, b"5"),
        (Warning, "UPSIKYU", None, Some(13)),
    ),
    bad(
        "field.unexpected",
        Usage,
        "15",
        |f| set_special(f, "999999", 14, b"100"),
        (Warning, "UPSIKYU", None, Some(14)),
    ),
    good("field.text_long", Usage, "15", |f| {
        set(f, "UPPLAN", 0, 7, &quoted(4000))
    }),
    bad(
        "field.text_long",
        Usage,
        "15",
        |f| set(f, "UPPLAN", 0, 7, &quoted(4001)),
        (Warning, "UPPLAN", Some(1), Some(7)),
    ),
    good("field.text_long", Usage, "15", |f| {
        set(f, "UPPLAN", 0, 7, &wide(4000))
    }),
    bad(
        "field.text_long",
        Usage,
        "15",
        |f| set(f, "UPPLAN", 0, 7, &wide(4001)),
        (Warning, "UPPLAN", Some(1), Some(7)),
    ),
];
