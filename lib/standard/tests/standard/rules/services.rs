//! Service codes, equipment, offices, the misdirection guard.

use standard::Severity::{Error, Warning};
use standard::UnitKind::{DeleteResults, Plan, Results, Usage};

use super::edit::{column, swap_kinds};
use super::{Case, bad, good};
use crate::made::set;

pub(super) const CASES: &[Case] = &[
    good("equipment.code", Usage, "17", |f| {
        set(f, "UPPLAN", 0, 16, b"");
        set(f, "UPPLAN", 0, 17, b"00001-000001");
    }),
    bad(
        "equipment.code",
        Usage,
        "17",
        |f| set(f, "UPPLAN", 0, 16, b""),
        (Error, "UPPLAN", Some(1), Some(16)),
    ),
    bad(
        "equipment.code",
        Usage,
        "67",
        |f| {
            column(f, "UPSIKYU", 10, |_| true, b"");
            column(f, "UPSIKYU", 11, |_| true, b"");
        },
        (Error, "UPSIKYU", None, Some(10)),
    ),
    bad(
        "equipment.code",
        Results,
        "17",
        |f| set(f, "UPJSK", 0, 16, b""),
        (Error, "UPJSK", Some(1), Some(16)),
    ),
    good("service.special", Usage, "15", |f| {
        set(f, "UPPLAN", 0, 15, b"15AAA1")
    }),
    bad(
        "service.special",
        Usage,
        "15",
        |f| set(f, "UPPLAN", 0, 15, b"15AAAA"),
        (Error, "UPPLAN", Some(1), Some(15)),
    ),
    bad(
        "service.special",
        Results,
        "15",
        |f| set(f, "UPJSK", 0, 15, b"15ZZZZ"),
        (Error, "UPJSK", Some(1), Some(15)),
    ),
    good("service.kind_name", Results, "15", |f| {
        set(f, "UPJSK", 0, 15, b"151111")
    }),
    bad(
        "service.kind_name",
        Results,
        "15",
        |f| set(f, "UPJSK", 0, 15, b"111111"),
        (Warning, "UPJSK", Some(1), Some(15)),
    ),
    bad(
        "service.kind_name",
        DeleteResults,
        "15",
        |f| set(f, "DLTJSK", 1, 6, b"11"),
        (Warning, "DLTJSK", Some(2), Some(6)),
    ),
    good("office.planner", Usage, "A2", |f| {
        set(f, "UPPLAN", 0, 6, b"0300000200")
    }),
    bad(
        "office.planner",
        Usage,
        "15",
        |f| set(f, "UPPLAN", 0, 6, b"0300000200"),
        (Warning, "UPPLAN", Some(1), Some(6)),
    ),
    bad(
        "office.planner",
        Results,
        "15",
        |f| set(f, "UPJSK", 0, 6, b"0300000005"),
        (Warning, "UPJSK", Some(1), Some(6)),
    ),
    bad(
        "office.planner",
        Plan,
        "15",
        |f| set(f, "UP1KYO", 1, 13, b"0300000005"),
        (Error, "UP1KYO", None, Some(13)),
    ),
    good("office.results", Results, "15", swap_kinds),
    bad(
        "office.results",
        Results,
        "15",
        |f| set(f, "UPJSK", 0, 20, b"0300000013"),
        (Error, "UPJSK", Some(1), Some(20)),
    ),
    bad(
        "office.results",
        DeleteResults,
        "15",
        |f| set(f, "DLTJSK", 0, 5, b"0300000013"),
        (Error, "DLTJSK", Some(1), Some(5)),
    ),
    good("unit.misdirected", Usage, "15", |f| {
        column(f, "UPPLAN", 20, |at| at > 0, b"9900000017")
    }),
    bad(
        "unit.misdirected",
        Usage,
        "15",
        |f| column(f, "UPPLAN", 20, |_| true, b"9900000017"),
        (Error, "UPPLAN", Some(1), None),
    ),
    bad(
        "unit.misdirected",
        Plan,
        "15",
        |f| column(f, "UP2KYO", 17, |_| true, b"9900000017"),
        (Error, "UP2KYO", Some(1), None),
    ),
    bad(
        "unit.misdirected",
        Plan,
        "15",
        |f| column(f, "UP2KYO", 17, |_| true, b""),
        (Warning, "UP2KYO", Some(1), None),
    ),
];
