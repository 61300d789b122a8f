//! Findings about the bytes of a file, before they are split into records.

use crate::codes;
use crate::finding::Sink;
use crate::ms932::{self, Bom};

/// Tells what is wrong with the bytes; gives those after the mark, or `None` when they cannot be split at all.
pub(crate) fn check<'a>(file: &str, bytes: &'a [u8], sink: &mut Sink) -> Option<&'a [u8]> {
    let body = match ms932::bom(bytes) {
        None => bytes,
        Some(Bom::Utf8) => {
            sink.add(&codes::ENCODING_BOM, file, |draft| {
                draft.line(1).detail("UTF-8", "UTF-8")
            });
            return bytes.get(3..);
        }
        Some(Bom::Utf16) => {
            sink.add(&codes::ENCODING_BOM, file, |draft| {
                draft.line(1).detail("UTF-16", "UTF-16")
            });
            return None;
        }
    };
    let scan = ms932::scan(body);
    let utf8 = scan.non_ascii && ms932::looks_utf8(body);
    if let Some((place, count)) = scan.bad {
        let (hint_ja, hint_en) = if utf8 {
            ("、UTF-8と思われます", ", it looks like UTF-8")
        } else {
            ("", "")
        };
        sink.add(&codes::ENCODING_MS932, file, |draft| {
            let offset = place.offset;
            draft.line(place.line).detail(
                format!("先頭から{offset}バイト目以降に{count}か所{hint_ja}"),
                format!("{count} places, the first at byte {offset}{hint_en}"),
            )
        });
    } else if utf8 {
        sink.add(&codes::ENCODING_UTF8_SUSPECT, file, |draft| draft);
    }
    let places = [
        (scan.gaiji, &codes::ENCODING_GAIJI),
        (scan.control, &codes::ENCODING_CONTROL),
    ];
    for (found, info) in places {
        let Some((place, count)) = found else { continue };
        sink.add(info, file, |draft| {
            let offset = place.offset;
            draft.line(place.line).detail(
                format!("先頭から{offset}バイト目以降に{count}か所"),
                format!("{count} places, the first at byte {offset}"),
            )
        });
    }
    Some(body)
}
