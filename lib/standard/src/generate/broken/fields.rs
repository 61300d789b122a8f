//! Single fields, and fields that depend on each other within a row.

use super::Breaker;
use crate::codes;
use crate::generate::day::Day;
use crate::generate::spec::UnitKind;
use crate::kind::FileKind;

pub(crate) const ALL: &[Breaker] = &[
    Breaker::of(&codes::FIELD_REQUIRED, UnitKind::Results, |work| {
        let field = work.rng.pick(&["created_date", "over_30_days", "service_count"]);
        work.any_row(FileKind::UpJsk, field, b"")
    }),
    Breaker::of(&codes::FIELD_TYPE, UnitKind::Results, |work| {
        let (field, value) = work.rng.pick(&[
            ("created_date", "20250230"),
            ("created_date", "2025/4/1"),
            ("service_count", "x"),
            ("updating_office_code", "030000005"),
        ]);
        work.any_row(FileKind::UpJsk, field, value.as_bytes())
    }),
    Breaker::of(&codes::FIELD_LENGTH, UnitKind::Results, |work| {
        let (field, value) = work
            .rng
            .pick(&[("service_count", "001"), ("satellite_no", "123")]);
        work.any_row(FileKind::UpJsk, field, value.as_bytes())
    }),
    Breaker::of(&codes::FIELD_CODE, UnitKind::Results, |work| {
        work.any_row(FileKind::UpJsk, "over_30_days", b"9")
    }),
    Breaker::prevention(&codes::FIELD_REQUIRED_IF, UnitKind::PreventionBasic, |work| {
        let (asks, value, asked) = work.rng.pick(&[
            ("consultation_method", "03", "consultation_method_other"),
            ("user_situation", "02", "user_situation_note"),
        ]);
        work.row_where(FileKind::UpKihon, asked, b"", |grid, row| {
            grid.get(row, asks) == value.as_bytes()
        })
    }),
    Breaker::of(&codes::FIELD_UNEXPECTED, UnitKind::Results, |work| {
        let field = work.rng.pick(&["record_identifier", "detail_no"]);
        work.any_row(FileKind::UpJsk, field, b"1")
    }),
    Breaker::of(&codes::FIELD_TEXT_LONG, UnitKind::Plan, |work| {
        let text = format!("\"{}\"", "A".repeat(4_001));
        work.any_row(FileKind::Up1Kyo, "overall_policy", text.as_bytes())
    }),
    Breaker::of(&codes::DATE_OUTSIDE_MONTH, UnitKind::Results, |work| {
        let next = Day::first_of(&work.spec.month).month_plus(1).text();
        work.any_row(FileKind::UpJsk, "service_date", next.as_bytes())
    }),
    Breaker::of(&codes::DATE_DAY_FLAGS, UnitKind::Results, |work| {
        let mut month = Day::first_of(&work.spec.month);
        while month.days_in_month() == 31 {
            month = month.month_plus(1);
        }
        // The same offices and sequence, in a month that lacks a 31st day.
        let Some(other) = work.other(|spec| spec.month = month.month()) else {
            return false;
        };
        work.unit = other;
        work.any_row(
            FileKind::UpJsk,
            "prorata_days",
            b"0000000000000000000000000000001",
        )
    }),
    Breaker::of(&codes::DATE_PERIOD, UnitKind::Usage, |work| {
        let long_ago = Day::parse(&work.spec.sequence).month_plus(-200).text();
        work.row_where(
            FileKind::UpHosoku,
            "limit_end_date",
            long_ago.as_bytes(),
            |grid, row| !grid.get(row, "limit_start_date").is_empty(),
        )
    }),
    Breaker::of(&codes::TIME_PAIR, UnitKind::Results, |work| {
        let field = work.rng.pick(&["start_time", "end_time"]);
        work.row_where(FileKind::UpJsk, field, b"9999", |grid, row| {
            grid.get(row, "start_time") != b"9999"
        })
    }),
    Breaker::prevention(&codes::PERSON_BIRTH, UnitKind::PreventionBasic, |work| {
        let tomorrow = Day::parse(&work.spec.sequence).plus(1).text();
        let birth = work.rng.pick(&["18600101", tomorrow.as_str()]).to_owned();
        work.any_row(FileKind::UpKihon, "user_birth_date", birth.as_bytes())
    }),
    Breaker::of(&codes::SUPPLEMENT_PLAN_DATE, UnitKind::Usage, |work| {
        let today = Day::parse(&work.spec.sequence).text();
        work.any_row(FileKind::UpHosoku, "care_plan_date", today.as_bytes())
    }),
    Breaker::of(&codes::SUPPLEMENT_SLOTS, UnitKind::Usage, |work| {
        work.row_where(FileKind::UpHosoku, "slot2_total_units", b"100", |grid, row| {
            grid.get(row, "slot1_service_kind").is_empty()
        })
    }),
    Breaker::of(&codes::WEEKLY_GROUPS, UnitKind::Plan, |work| {
        work.row_where(FileKind::Up3Kyo, "daily_activity", b"\"A\"", |grid, row| {
            grid.get(row, "daily_activity").is_empty()
        })
    }),
    Breaker::of(&codes::EQUIPMENT_CODE, UnitKind::Results, |work| {
        work.rows(FileKind::UpJsk, |grid, rng| {
            let row = super::work::one_of(&grid.which(|_, _| true), rng)?;
            grid.set(row, "tais_code", "");
            grid.set(row, "equipment_registration_code", "");
            Some(row)
        })
    })
    .provider("17"),
    Breaker::of(&codes::SERVICE_SPECIAL, UnitKind::Results, |work| {
        let item = work.rng.pick(&["AAAA", "EEEE", "ZZZZ"]);
        let code = format!("{}{item}", work.provider_kind());
        work.any_row(FileKind::UpJsk, "service_code", code.as_bytes())
    }),
    Breaker::of(&codes::SERVICE_KIND_NAME, UnitKind::Results, |work| {
        work.any_row(FileKind::UpJsk, "service_code", b"111111")
    }),
    Breaker::of(&codes::SERVICE_OUT_OF_SCOPE, UnitKind::Results, |work| {
        let code = work.rng.pick(&["331111", "511111"]);
        work.any_row(FileKind::UpJsk, "service_code", code.as_bytes())
    })
    .with(&[(
        "service.kind_name",
        "a kind out of scope can stand in no file name of a sending, so it differs from those of the name",
    )]),
    Breaker::of(&codes::OFFICE_PLANNER, UnitKind::Plan, |work| {
        work.any_row(FileKind::Up1Kyo, "care_office_code", b"9900000041")
    }),
    Breaker::of(&codes::OFFICE_RESULTS, UnitKind::Results, |work| {
        work.any_row(FileKind::UpJsk, "provider_office_code", b"9900000041")
    }),
];
