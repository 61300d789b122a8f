//! Calendar questions about ASCII digits: does this month, day or time exist?

/// The number that ASCII digits write; `None` when there is another byte or no digit.
pub(crate) fn number(digits: &[u8]) -> Option<u32> {
    if digits.is_empty() || digits.len() > 9 {
        return None;
    }
    digits.iter().try_fold(0, |sum, digit| {
        let value = digit.wrapping_sub(b'0');
        (value < 10).then(|| sum * 10 + u32::from(value))
    })
}

/// Years that a date may have.
const YEARS: std::ops::Range<u32> = 1800..2200;

/// YYYYMM of years 1800 to 2199.
pub(crate) fn is_month(text: &[u8]) -> bool {
    let Some(value) = number(text) else { return false };
    text.len() == 6 && YEARS.contains(&(value / 100)) && (1..=12).contains(&(value % 100))
}

/// Days of a month, 28 to 31.
pub(crate) fn days_in(year: u32, month: u32) -> u32 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        _ => 31,
    }
}

/// YYYYMMDD of a day that exists, years 1800 to 2199.
pub(crate) fn is_date(text: &[u8]) -> bool {
    let Some(value) = number(text) else { return false };
    let (year, month, day) = (value / 10_000, value / 100 % 100, value % 100);
    text.len() == 8
        && YEARS.contains(&year)
        && (1..=12).contains(&month)
        && (1..=days_in(year, month)).contains(&day)
}

/// HHMM from 0000 to 2359.
pub(crate) fn is_time(text: &[u8]) -> bool {
    let Some(value) = number(text) else { return false };
    text.len() == 4 && value / 100 < 24 && value % 100 < 60
}

/// YYYYMMDDHHMMSS of a moment that exists.
pub(crate) fn is_timestamp(text: &[u8]) -> bool {
    text.len() == 14
        && is_date(&text[..8])
        && is_time(&text[8..12])
        && number(&text[12..]).is_some_and(|second| second < 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_that_exist() {
        assert!(is_date(b"20240229"));
        assert!(is_date(b"20000229"));
        for bad in [
            &b"20230229"[..],
            b"19000229",
            b"20251301",
            b"20250431",
            b"2025041",
            b"00000000",
            b"2025041a",
        ] {
            assert!(!is_date(bad), "{bad:?}");
        }
        assert!(is_timestamp(b"20250401235959"));
        assert!(!is_timestamp(b"20250401240000"));
        assert!(!is_timestamp(b"202504012359590"));
    }
}
