//! Words and figures of the pages.

use maud::{Markup, html};
use proto::desk_roles::OperatorRole;
use proto::{EnvelopeId, Station, Status, Time};

use super::lang::Lang;

/// Where an envelope stands, in the words offices read too.
pub(super) fn status(lang: Lang, status: Status) -> &'static str {
    match status {
        Status::Accepted => lang.of("受付済", "accepted"),
        Status::Validated => lang.of("検査済", "validated"),
        Status::Routed => lang.of("宛先確認済", "routed"),
        Status::Delivered => lang.of("配達済", "delivered"),
        Status::Collected => lang.of("受取済", "collected"),
        Status::Imported => lang.of("取込済", "imported"),
        Status::ImportFailed => lang.of("取込失敗", "import failed"),
        Status::Rejected => lang.of("差戻し", "rejected"),
        Status::Undeliverable => lang.of("配達不能", "undeliverable"),
        Status::Duplicate => lang.of("重複", "duplicate"),
        Status::Recalled => lang.of("取消済", "recalled"),
        Status::Expired => lang.of("期限切れ", "expired"),
        Status::Parked => lang.of("確認中", "parked"),
    }
}

/// Every status, in the order of the way.
pub(super) const STATUSES: [Status; 13] = [
    Status::Accepted,
    Status::Validated,
    Status::Routed,
    Status::Delivered,
    Status::Collected,
    Status::Imported,
    Status::ImportFailed,
    Status::Rejected,
    Status::Undeliverable,
    Status::Duplicate,
    Status::Recalled,
    Status::Expired,
    Status::Parked,
];

/// A station.
pub(super) fn station(lang: Lang, station: Station) -> &'static str {
    match station {
        Station::Ingest => lang.of("受付", "ingest"),
        Station::Validation => lang.of("検査", "validation"),
        Station::Routing => lang.of("宛先確認", "routing"),
        Station::Delivery => lang.of("配達", "delivery"),
        Station::Console => lang.of("運用窓口", "console"),
    }
}

/// What an operator may do.
pub(super) fn role(lang: Lang, role: OperatorRole) -> &'static str {
    match role {
        OperatorRole::View => lang.of("閲覧 view", "view"),
        OperatorRole::Operate => lang.of("運用 operate", "operate"),
        OperatorRole::Administer => lang.of("管理 administer", "administer"),
    }
}

/// A time without fractions of seconds.
pub(super) fn time(at: Time) -> Markup {
    let text = at.to_string();
    let shown = match (text.get(..10), text.get(11..19)) {
        (Some(day), Some(clock)) => format!("{day} {clock}"),
        _ => text.clone(),
    };
    html! { time datetime=(text) { (shown) } }
}

/// The same, or a dash.
pub(super) fn maybe_time(at: Option<Time>) -> Markup {
    at.map_or_else(|| html! { "–" }, time)
}

/// How long ago, in the largest unit that fits.
pub(super) fn age(lang: Lang, at: Time, now: Time) -> String {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "seconds of an age fit, and a float saturates"
    )]
    let seconds = now.seconds_since(at).max(0.0) as i64;
    let (count, japanese, english) = match seconds {
        0..=119 => (seconds, "秒", "s"),
        120..=7_199 => (seconds / 60, "分", "min"),
        7_200..=172_799 => (seconds / 3_600, "時間", "h"),
        _ => (seconds / 86_400, "日", "days"),
    };
    match lang {
        Lang::Japanese => format!("{count}{japanese}"),
        Lang::English => format!("{count} {english}"),
    }
}

/// A number in groups of three, as it is counted elsewhere.
pub(super) fn figure(number: u64) -> String {
    count(i64::try_from(number).unwrap_or(i64::MAX))
}

/// A number in groups of three.
pub(super) fn count(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut grouped = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if 0 < place && (digits.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    if number < 0 {
        format!("-{grouped}")
    } else {
        grouped
    }
}

/// An envelope's id as a link; its beginning is enough for the eye.
pub(super) fn envelope(id: &EnvelopeId) -> Markup {
    let text = id.to_string();
    let short = text.get(..12).unwrap_or(&text);
    html! { a.id href={ "/envelopes/" (text) } title=(text) { (short) "…" } }
}

/// An office's number as a link; what is none as it is.
pub(super) fn office(text: &str) -> Markup {
    html! {
        @if text.parse::<proto::OfficeNumber>().is_ok() {
            a.number href={ "/offices/" (text) } { (text) }
        } @else { (text) }
    }
}

/// A part of a URL (RFC 3986 §2.1).
pub(super) fn encoded(text: &str) -> String {
    let one = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(one).collect()
}

/// A day or a minute in Japan as RFC 3339; what is neither is told by who reads it.
pub(super) fn in_japan(text: &str) -> String {
    let text = text.trim();
    match text.len() {
        10 => format!("{text}T00:00:00+09:00"),
        16 => format!("{text}:00+09:00"),
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_read_well() {
        let at = Time::from_micros(1_743_467_400_123_456);
        assert_eq!(
            time(at).into_string(),
            format!("<time datetime=\"{at}\">2025-04-01 09:30:00</time>")
        );
        let after = |seconds| age(Lang::Japanese, at, at.plus_seconds(seconds));
        assert_eq!(
            [after(-5), after(119), after(120), after(7_200), after(200_000)],
            ["0秒", "119秒", "2分", "2時間", "2日"]
        );
        assert_eq!(age(Lang::English, at, at.plus_seconds(3_600)), "60 min");
        assert_eq!(
            [count(0), count(999), count(1_000), count(-1_234_567)],
            ["0", "999", "1,000", "-1,234,567"]
        );
    }

    #[test]
    fn what_is_no_office_is_no_link() {
        assert_eq!(office("<b>").into_string(), "&lt;b&gt;");
        assert!(
            office("0300000100")
                .into_string()
                .contains("href=\"/offices/0300000100\"")
        );
    }

    #[test]
    fn a_browsers_minute_is_japans() {
        assert_eq!(in_japan("2025-04-01T09:30"), "2025-04-01T09:30:00+09:00");
        assert_eq!(in_japan(" 2025-04-01 "), "2025-04-01T00:00:00+09:00");
        assert_eq!((in_japan("").as_str(), in_japan("noon").as_str()), ("", "noon"));
        for minute in ["2025-04-01T09:30", "2025-04-01"] {
            assert!(in_japan(minute).parse::<proto::Time>().is_ok(), "{minute}");
        }
    }
}
