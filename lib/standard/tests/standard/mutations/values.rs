//! Values that a field must not have, from its row of the layout table alone.

use std::sync::LazyLock;

use standard::layout::{Field, FieldType, Required};

use super::dice::Dice;

/// Why the value is bad, and the value without quotes.
pub(super) type Bad = (&'static str, Vec<u8>);

/// Service kinds of the table: code, group, in scope.
static SERVICE_KINDS: LazyLock<Vec<[&str; 3]>> = LazyLock::new(|| {
    include_str!("../../../tables/service_kinds.tsv")
        .lines()
        .skip(1)
        .map(|line| {
            let columns: Vec<&str> = line.split('\t').collect();
            [columns[0], columns[2], columns[3]]
        })
        .collect()
});

/// One of the ways in which this field can be wrong; `old` is the good value that stands there.
pub(super) fn bad(field: &Field, old: &[u8], dice: &mut Dice) -> Option<Bad> {
    let mut ways = Vec::new();
    if field.required == Required::Yes && !old.is_empty() {
        ways.push(("a required field empty", Vec::new()));
    }
    if let Some(max) = field.max_len {
        ways.push(("too long", longer(old, usize::from(max) + 1)));
    }
    match field.kind {
        FieldType::Month6 => months(field, old, &mut ways),
        FieldType::Date8 => dates(field, old, &mut ways),
        FieldType::Time4 => each(
            "time",
            &["2460", "0960", "2500", "9:00", "900", "AM09"],
            &mut ways,
        ),
        FieldType::Digits | FieldType::Office => digits(field, old, dice, &mut ways),
        FieldType::Insured => insured(old, dice, &mut ways),
        FieldType::Code(list) => codes(field, &list.codes, dice, &mut ways),
        FieldType::Integer => each(
            "number",
            &["x", "-", "1x", "\u{20}1", "0x1", "1.5", "1e3"],
            &mut ways,
        ),
        FieldType::Decimal => each("number", &["x", "1.", ".5", "1..2", "1.2.3", "-"], &mut ways),
        FieldType::Postal => each(
            "postal code",
            &["1000001", "100-000", "10-00001", "100_0001", "A00-0001"],
            &mut ways,
        ),
        FieldType::Phone => {
            each("telephone", &["03-ABCD-000", "tel", "03/0000"], &mut ways);
            ways.push((
                "full-width telephone",
                b"\x82\x4F\x82\x52\x81\x7C\x82\x4F".to_vec(),
            ));
        }
        FieldType::Alnum => {
            each("letters and digits", &["!", "_", "@"], &mut ways);
            ways.push(("full-width letter", b"\x82\x60".to_vec()));
        }
        FieldType::Equipment => each(
            "equipment code",
            &["00901000101", "0090-1000101", "00901-00010", "0090A-000101", "-"],
            &mut ways,
        ),
        FieldType::Bits31 => bits(&mut ways),
        FieldType::ServiceCode => service_codes(field, old, dice, &mut ways),
        FieldType::FileName | FieldType::Text => {}
    }
    ways.retain(|(_, value)| value != old);
    if ways.is_empty() {
        None
    } else {
        Some(ways.swap_remove(dice.below(ways.len())))
    }
}

fn each(why: &'static str, values: &[&str], ways: &mut Vec<Bad>) {
    ways.extend(values.iter().map(|value| (why, value.as_bytes().to_vec())));
}

/// The value, filled up with digits to this length.
fn longer(old: &[u8], length: usize) -> Vec<u8> {
    let mut value = old.to_vec();
    value.resize(length.max(old.len() + 1), b'1');
    value
}

fn months(field: &Field, old: &[u8], ways: &mut Vec<Bad>) {
    let year = old.get(..4).unwrap_or(b"2025");
    for end in [&b"00"[..], b"13", b"99", b"4", b" 4", b"-4", b"AA"] {
        ways.push(("month", [year, end].concat()));
    }
    if !field.zeros_allowed {
        each("month of zeros", &["000000"], ways);
    }
}

fn dates(field: &Field, old: &[u8], ways: &mut Vec<Bad>) {
    let year = old.get(..4).filter(|year| year != b"0000").unwrap_or(b"2025");
    for end in [
        &b"0230"[..],
        b"0431",
        b"1301",
        b"0001",
        b"0100",
        b"0132",
        b"045",
        b"/4/1",
        b"O401",
    ] {
        ways.push(("date", [year, end].concat()));
    }
    each("date of a century without leap day", &["19000229"], ways);
    each("date of an era", &["R7040101", "S1404010"], ways);
    if !field.zeros_allowed {
        each("date of zeros", &["00000000"], ways);
    }
}

fn digits(field: &Field, old: &[u8], dice: &mut Dice, ways: &mut Vec<Bad>) {
    let length = usize::from(field.max_len.unwrap_or(10));
    let good = if old.is_empty() {
        vec![b'1'; length]
    } else {
        old.to_vec()
    };
    ways.push(("a digit too few", good[1..].to_vec()));
    for byte in *b"xO -" {
        let mut value = good.clone();
        value[dice.below(good.len())] = byte;
        ways.push(("not a digit", value));
    }
}

fn insured(old: &[u8], dice: &mut Dice, ways: &mut Vec<Bad>) {
    ways.push(("insured number cut", old[..9].to_vec()));
    ways.push(("insured number with a small h", [b"h", &old[1..]].concat()));
    ways.push(("insured number with another letter", [b"A", &old[1..]].concat()));
    let mut value = old.to_vec();
    value[1 + dice.below(9)] = b'H';
    ways.push(("insured number with H inside", value));
}

fn codes(field: &Field, good: &[&str], dice: &mut Dice, ways: &mut Vec<Bad>) {
    let length = usize::from(field.max_len.unwrap_or(2));
    let count = 10_usize.pow(u32::try_from(length).unwrap());
    let digits = format!("{:0length$}", dice.below(count));
    for value in [digits, "Z".repeat(length), "*".repeat(length), "0".to_owned()] {
        if !good.contains(&value.as_str()) {
            ways.push(("code not in the list", value.into_bytes()));
        }
    }
    // A zero lost or added in front, as spreadsheets do.
    let zero = format!("0{}", dice.pick(good));
    let cut = dice.pick(good).trim_start_matches('0').to_owned();
    for value in [zero, cut] {
        if !value.is_empty() && !good.contains(&value.as_str()) {
            ways.push(("code with a zero lost or added", value.into_bytes()));
        }
    }
}

fn bits(ways: &mut Vec<Bad>) {
    let zeros = "0".repeat(31);
    let spoilt = |at: usize, with: &str| {
        let mut bits = zeros.clone();
        bits.replace_range(at..=at, with);
        bits.into_bytes()
    };
    ways.push(("30 flags", zeros[1..].into()));
    ways.push(("flag 2", spoilt(12, "2")));
    ways.push(("flag that is a blank", spoilt(30, " ")));
    ways.push(("flag that is a letter", spoilt(0, "O")));
}

fn service_codes(field: &Field, old: &[u8], dice: &mut Dice, ways: &mut Vec<Bad>) {
    let item = &old[2..];
    let stands = |code: &str, fits: fn(&[&str; 3]) -> bool| {
        SERVICE_KINDS.iter().any(|kind| kind[0] == code && fits(kind))
    };
    let unknown = format!("{:02}", dice.below(100));
    if !stands(&unknown, |_| true) {
        ways.push(("unknown service kind", [unknown.as_bytes(), item].concat()));
    }
    let outside: Vec<&str> = SERVICE_KINDS
        .iter()
        .map(|kind| kind[0])
        .filter(|code| !stands(code, |kind| kind[2] == "yes" || kind[1] == "支援"))
        .collect();
    ways.push((
        "service kind out of scope",
        [dice.pick(&outside).as_bytes(), item].concat(),
    ));
    if !field.special_rows {
        for special in ["AAAA", "EEEE", "ZZZZ"] {
            ways.push(("row of a total", [&old[..2], special.as_bytes()].concat()));
        }
        each("row of a total", &["999999"], ways);
    }
    ways.push(("service code cut", old[..5].to_vec()));
    ways.push(("service code with a small letter", [&old[..5], b"a"].concat()));
    ways.push((
        "service code with a hyphen",
        [&old[..2], b"-", &old[3..]].concat(),
    ));
}
