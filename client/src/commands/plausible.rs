//! Whether what `careplan gen` is asked for can be made: no file of it would be refused for what was asked.

use standard::{FileName, lists};

use super::generate::{Args, Profile};
use crate::failure::Failure;

/// More than these makes no test any better, and fills a disk.
const MOST_PERSONS: usize = 10_000;
const MOST: usize = 100_000;

/// Refuses what cannot be.
pub(super) fn check(args: &Args) -> Result<(), Failure> {
    let counts = [
        ("--units", args.units, MOST),
        ("--persons", args.persons, MOST_PERSONS),
        ("--offices", args.offices, MOST),
    ];
    for (name, count, most) in counts {
        if count.is_some_and(|count| !(1..=most).contains(&count)) {
            return Err(Failure::usage(
                format!("{name} は1から{most}までの数にしてください。"),
                format!("{name} is a number from 1 to {most}"),
            ));
        }
    }
    if args.offices.is_some() && args.profile != Some(Profile::MonthEnd) {
        return Err(Failure::usage(
            "--offices は --profile month-end と使います。",
            "--offices goes with --profile month-end",
        ));
    }
    if args.persons.is_some() && args.profile == Some(Profile::MonthEnd) {
        return Err(Failure::usage(
            "--profile month-end では --persons を指定できません。",
            "--profile month-end has persons of its own; leave --persons out",
        ));
    }
    let fits = |month: &str, sequence: &str| {
        let name = format!("DLTPLAN_{month}_0300000100_43_0300000005_11_{sequence}.CSV");
        FileName::parse(&name).is_ok()
    };
    if !fits("202504", &args.sequence) {
        return Err(Failure::usage(
            format!("連番は14桁の日時です（{} はありえません）。", args.sequence),
            format!(
                "the sequence is a date and time of 14 digits, which {} is not",
                args.sequence
            ),
        ));
    }
    if !fits(&args.month, "20250401093000") {
        return Err(Failure::usage(
            format!("年月はYYYYMMで書いてください（{} はありえません）。", args.month),
            format!("write the month as YYYYMM; {} is none", args.month),
        ));
    }
    let kinds = [Some(&args.care_kind), args.provider_kind.as_ref()];
    if let Some(kind) = kinds
        .into_iter()
        .flatten()
        .find(|kind| !lists::is_service_kind(kind.as_bytes()))
    {
        return Err(Failure::usage(
            format!("{kind} というサービス種類コードはありません。"),
            format!("there is no service kind {kind}"),
        ));
    }
    if !matches!(args.care_kind.as_str(), "43" | "46") {
        return Err(Failure::usage(
            "--care-kind は43（居宅介護支援）か46（介護予防支援）です。",
            "--care-kind is 43 (care support) or 46 (prevention support)",
        ));
    }
    if args.care_office == args.provider {
        return Err(Failure::usage(
            "--care-office と --provider が同じ事業所です。自分には送れません。",
            "--care-office and --provider are the same office, and none sends to itself",
        ));
    }
    Ok(())
}
