//! Table 7: totals, subtotals, sums, and its counts against table 6.

use standard::Severity::{Error, Warning};
use standard::UnitKind::Usage;

use super::edit::{copy_special, drop_special, rename_rows, rename_special, set_special};
use super::{Case, bad, good};
use crate::made::{rows, set};

pub(super) const CASES: &[Case] = &[
    good("table7.total", Usage, "15", |f| {
        rows(f, "UPSIKYU", |rows| rows.reverse())
    }),
    good("table7.total_office", Usage, "15", |f| {
        set(f, "UPSIKYU", 0, 8, b"1")
    }),
    bad(
        "table7.total",
        Usage,
        "15",
        |f| drop_special(f, "999999"),
        (Error, "UPSIKYU", Some(1), None),
    ),
    bad(
        "table7.total",
        Usage,
        "15",
        |f| copy_special(f, "999999"),
        (Error, "UPSIKYU", Some(1), None),
    ),
    bad(
        "table7.subtotal",
        Usage,
        "15",
        |f| drop_special(f, "15AAAA"),
        (Error, "UPSIKYU", None, None),
    ),
    good("table7.subtotal", Usage, "15", |f| {
        rename_special(f, "15AAAA", "15EEEE")
    }),
    bad(
        "table7.subtotal",
        Usage,
        "15",
        |f| rename_rows(f, "15AAAA", "15EEEE"),
        (Error, "UPSIKYU", None, None),
    ),
    bad(
        "table7.total_office",
        Usage,
        "15",
        |f| set_special(f, "999999", 7, b"0300000005"),
        (Error, "UPSIKYU", None, Some(7)),
    ),
    bad(
        "table7.total_office",
        Usage,
        "15",
        |f| set(f, "UPSIKYU", 0, 7, b"9999999999"),
        (Error, "UPSIKYU", Some(1), Some(7)),
    ),
    good("table7.count", Usage, "15", |f| {
        set(f, "UPPLAN", 0, 14, b"9");
        set(f, "UPPLAN", 0, 11, &[b'1'; 31]);
    }),
    bad(
        "table7.count",
        Usage,
        "15",
        |f| set(f, "UPPLAN", 0, 14, b"9"),
        (Warning, "UPSIKYU", None, Some(16)),
    ),
    bad(
        "table7.count",
        Usage,
        "15",
        |f| set(f, "UPPLAN", 0, 15, b"159999"),
        (Warning, "UPSIKYU", Some(1), Some(16)),
    ),
    good("table7.units", Usage, "15", |f| set(f, "UPSIKYU", 0, 17, b"")),
    bad(
        "table7.units",
        Usage,
        "15",
        |f| set(f, "UPSIKYU", 0, 17, b"1"),
        (Warning, "UPSIKYU", Some(1), Some(17)),
    ),
    good("table7.sum", Usage, "15", |f| set_special(f, "999999", 17, b"")),
    bad(
        "table7.sum",
        Usage,
        "15",
        |f| set_special(f, "999999", 17, b"1"),
        (Warning, "UPSIKYU", None, Some(17)),
    ),
    bad(
        "table7.sum",
        Usage,
        "15",
        |f| set_special(f, "15AAAA", 18, b"1"),
        (Warning, "UPSIKYU", None, Some(18)),
    ),
];
