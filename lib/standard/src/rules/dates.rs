//! Months and days: the row's month is the file's, days lie in it, periods run forwards, persons can have been born.

use super::Column;
use super::{Row, RowRule, Scene, Tell};
use crate::changed::{self, Fields};
use crate::codes;
use crate::date;

/// The month of each row is the month in the file name.
pub(crate) struct Month {
    month: Column,
    named: String,
}

impl Month {
    pub(crate) fn of(scene: &Scene<'_>) -> Option<Self> {
        let named = scene.name.month.clone();
        Some(Month {
            month: scene.column("target_month")?,
            named: named.unwrap_or_else(|| "000000".to_owned()),
        })
    }
}

impl<'a> RowRule<'a> for Month {
    fn fields(&self) -> Fields {
        changed::fields([self.month.at])
    }

    fn row(&mut self, row: &Row<'_, 'a>, tell: &mut Tell<'_>) {
        let value = row.get(self.month);
        let named = &self.named;
        // What is no month has been told already.
        let well_formed = value == b"000000" || date::is_month(value);
        if value != named.as_bytes() && well_formed {
            tell.column(&codes::FILE_MONTH, row, self.month, |draft| {
                draft.detail(format!("ファイル名は{named}"), format!("the name says {named}"))
            });
        }
    }
}

/// The days of a row of table 6: the service date, and the flags of days billed pro rata.
pub(crate) struct Days {
    month: Column,
    date: Column,
    flags: Column,
}

impl Days {
    pub(crate) fn of(scene: &Scene<'_>) -> Option<Self> {
        Some(Days {
            month: scene.column("target_month")?,
            date: scene.column("service_date")?,
            flags: scene.column("prorata_days")?,
        })
    }
}

impl<'a> RowRule<'a> for Days {
    fn fields(&self) -> Fields {
        changed::fields([self.month.at, self.date.at, self.flags.at])
    }

    fn row(&mut self, row: &Row<'_, 'a>, tell: &mut Tell<'_>) {
        let month = row.get(self.month);
        if !date::is_month(month) {
            return;
        }
        let day = row.get(self.date);
        if !day.starts_with(month) && date::is_date(day) {
            tell.column(&codes::DATE_OUTSIDE_MONTH, row, self.date, |draft| draft);
        }
        let flags = row.get(self.flags);
        if flags.is_empty() {
            return;
        }
        let number = date::number(month).unwrap_or_default();
        let days = date::days_in(number / 100, number % 100);
        let beyond = flags.get(days as usize..).unwrap_or_default();
        if flags.len() == 31 && beyond.contains(&b'1') {
            tell.column(&codes::DATE_DAY_FLAGS, row, self.flags, |draft| {
                draft.detail(
                    format!("この月は{days}日まで"),
                    format!("the month has {days} days"),
                )
            });
        }
    }
}

/// Periods end after they begin.
pub(crate) struct Periods(Vec<(Column, Column)>);

impl Periods {
    const PAIRS: [(&'static str, &'static str); 2] = [
        ("limit_start_date", "limit_end_date"),
        ("certification_start_date", "certification_end_date"),
    ];

    pub(crate) fn of(scene: &Scene<'_>) -> Option<Self> {
        scene.pairs(&Self::PAIRS).map(Periods)
    }
}

impl<'a> RowRule<'a> for Periods {
    fn fields(&self) -> Fields {
        changed::fields(self.0.iter().flat_map(|(start, end)| [start.at, end.at]))
    }

    fn row(&mut self, row: &Row<'_, 'a>, tell: &mut Tell<'_>) {
        for (start, end) in &self.0 {
            let (first, last) = (row.get(*start), row.get(*end));
            // Dates of eight digits compare as bytes.
            if last < first && date::is_date(first) && date::is_date(last) {
                tell.column(&codes::DATE_PERIOD, row, *end, |draft| draft);
            }
        }
    }
}

/// The day of birth of a person of long-term-care insurance.
pub(crate) struct Birth {
    birth: Column,
    /// The day of the sequence, as a number YYYYMMDD.
    today: u32,
}

impl Birth {
    /// 1868-01-25, the first day of Meiji: no era in use begins earlier, and nobody born before it lives.
    const FIRST: u32 = 18_680_125;
    /// Insured are people from 40 years on.
    const YOUNGEST: u32 = 40;
    /// Nobody in Japan has become older than 119.
    const OLDEST: u32 = 120;

    pub(crate) fn of(scene: &Scene<'_>) -> Option<Self> {
        Some(Birth {
            birth: scene.column("user_birth_date")?,
            today: date::number(scene.name.sequence.as_bytes().get(..8)?)?,
        })
    }
}

impl<'a> RowRule<'a> for Birth {
    fn fields(&self) -> Fields {
        changed::fields([self.birth.at])
    }

    fn row(&mut self, row: &Row<'_, 'a>, tell: &mut Tell<'_>) {
        let value = row.get(self.birth);
        if !date::is_date(value) {
            return;
        }
        let birth = date::number(value).unwrap_or_default();
        let (ja, en, certain) = if birth < Self::FIRST {
            ("明治より前", "before the era Meiji", true)
        } else if self.today < birth {
            ("連番の日付より後", "after the day of the sequence", true)
        } else if self.today - birth < Self::YOUNGEST * 10_000 {
            ("40歳未満", "younger than 40", false)
        } else if self.today - birth >= (Self::OLDEST + 1) * 10_000 {
            ("121歳以上", "121 or older", false)
        } else {
            return;
        };
        tell.column(&codes::PERSON_BIRTH, row, self.birth, |draft| {
            draft.detail(ja, en).likely(!certain)
        });
    }
}
