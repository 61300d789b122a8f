//! Dates, days of birth, times, the groups of table 3.

use standard::Severity::{Error, Warning};
use standard::UnitKind::{Plan, Results, Usage};

use super::edit::month;
use super::{Case, bad, good};
use crate::made::set;

pub(super) const CASES: &[Case] = &[
    good("date.outside_month", Usage, "15", |f| {
        set(f, "UPPLAN", 0, 10, b"20250531")
    }),
    bad(
        "date.outside_month",
        Usage,
        "15",
        |f| set(f, "UPPLAN", 1, 10, b"20250601"),
        (Error, "UPPLAN", Some(2), Some(10)),
    ),
    bad(
        "date.outside_month",
        Results,
        "15",
        |f| set(f, "UPJSK", 0, 10, b"20250430"),
        (Error, "UPJSK", Some(1), Some(10)),
    ),
    good("date.day_flags", Usage, "15", |f| {
        set(f, "UPPLAN", 0, 11, &[b'1'; 31])
    }),
    bad(
        "date.day_flags",
        Usage,
        "15",
        |f| {
            month(f, "202504");
            set(f, "UPPLAN", 0, 11, &[b'1'; 31]);
        },
        (Error, "UPPLAN", Some(1), Some(11)),
    ),
    good("date.day_flags", Usage, "15", |f| {
        month(f, "202504");
        set(f, "UPPLAN", 0, 11, b"1111111111111111111111111111110");
    }),
    bad(
        "date.day_flags",
        Usage,
        "15",
        |f| {
            month(f, "202502");
            set(f, "UPPLAN", 0, 11, b"0000000000000000000000000000100");
        },
        (Error, "UPPLAN", Some(1), Some(11)),
    ),
    good("date.period", Usage, "15", |f| {
        set(f, "UPHOSOKU", 0, 14, b"20250101");
        set(f, "UPHOSOKU", 0, 15, b"20250101");
    }),
    bad(
        "date.period",
        Usage,
        "15",
        |f| {
            set(f, "UPHOSOKU", 0, 14, b"20250102");
            set(f, "UPHOSOKU", 0, 15, b"20250101");
        },
        (Warning, "UPHOSOKU", Some(1), Some(15)),
    ),
    bad(
        "date.period",
        Plan,
        "15",
        |f| {
            set(f, "UP1KYO", 1, 19, b"20260101");
            set(f, "UP1KYO", 1, 20, b"20250101");
        },
        (Warning, "UP1KYO", None, Some(20)),
    ),
    good("person.birth", Usage, "15", |f| {
        set(f, "UPHOSOKU", 0, 8, b"19850425")
    }),
    bad(
        "person.birth",
        Usage,
        "15",
        |f| set(f, "UPHOSOKU", 0, 8, b"19850426"),
        (Warning, "UPHOSOKU", Some(1), Some(8)),
    ),
    good("person.birth", Usage, "15", |f| {
        set(f, "UPHOSOKU", 0, 8, b"19040426")
    }),
    bad(
        "person.birth",
        Usage,
        "15",
        |f| set(f, "UPHOSOKU", 0, 8, b"19040425"),
        (Warning, "UPHOSOKU", Some(1), Some(8)),
    ),
    bad(
        "person.birth",
        Usage,
        "15",
        |f| set(f, "UPHOSOKU", 2, 8, b"18680124"),
        (Warning, "UPHOSOKU", Some(3), Some(8)),
    ),
    bad(
        "person.birth",
        Usage,
        "15",
        |f| set(f, "UPHOSOKU", 2, 8, b"20250426"),
        (Warning, "UPHOSOKU", Some(3), Some(8)),
    ),
    good("time.pair", Usage, "15", |f| {
        set(f, "UPPLAN", 0, 12, b"9999");
        set(f, "UPPLAN", 0, 13, b"9999");
    }),
    good("time.pair", Usage, "15", |f| {
        set(f, "UPPLAN", 0, 12, b"2200");
        set(f, "UPPLAN", 0, 13, b"0600");
    }),
    bad(
        "time.pair",
        Usage,
        "15",
        |f| set(f, "UPPLAN", 0, 12, b"9999"),
        (Warning, "UPPLAN", Some(1), Some(13)),
    ),
    bad(
        "time.pair",
        Plan,
        "15",
        |f| set(f, "UP3KYO", 0, 9, b""),
        (Warning, "UP3KYO", Some(1), Some(9)),
    ),
    good("weekly.groups", Plan, "15", |f| set(f, "UP3KYO", 0, 7, b"")),
    bad(
        "weekly.groups",
        Plan,
        "15",
        |f| set(f, "UP3KYO", 0, 13, b"\"x\""),
        (Warning, "UP3KYO", Some(1), None),
    ),
    bad(
        "weekly.groups",
        Plan,
        "15",
        |f| (6..=13).for_each(|no| set(f, "UP3KYO", 0, no, b"")),
        (Warning, "UP3KYO", Some(1), None),
    ),
];
