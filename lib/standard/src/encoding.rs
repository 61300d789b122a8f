//! Findings about the bytes of a file, before they are split into records.

use crate::codes;
use crate::csv::Reader;
use crate::finding::{Draft, Sink};
use crate::layout::layout;
use crate::ms932::{self, Bom, Place};
use crate::name::FileName;

/// How a file in UTF-8 becomes one in MS932.
const SAVE_JA: &str = "メモ帳なら「名前を付けて保存」の文字コードで「ANSI」を選ぶとシフトJISになります";
const SAVE_EN: &str = "Notepad on a Japanese Windows makes Shift-JIS of it: Save As, encoding ANSI";
/// Names what stands in the ZIP that an Office file is; near its beginning.
const CONTENT_TYPES: &[u8] = b"[Content_Types].xml";
/// So near.
const OFFICE: usize = 4096;

/// Tells what is wrong with the bytes; gives those after the mark, or `None` when they cannot be split at all.
pub(crate) fn check<'a>(name: &FileName, file: &str, bytes: &'a [u8], sink: &mut Sink) -> Option<&'a [u8]> {
    if let Some((ja, en)) = foreign(bytes) {
        sink.add(&codes::FILE_NOT_CSV, file, |draft| draft.detail(ja, en));
        return None;
    }
    let body = match ms932::bom(bytes) {
        None => bytes,
        Some(Bom::Utf8) => {
            sink.add(&codes::ENCODING_BOM, file, |draft| {
                draft
                    .line(1)
                    .detail(format!("UTF-8。{SAVE_JA}"), format!("UTF-8; {SAVE_EN}"))
            });
            bytes.get(3..)?
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
    if scan.bad.is_none() && utf8 {
        sink.add(&codes::ENCODING_UTF8_SUSPECT, file, |draft| {
            draft.detail(SAVE_JA, SAVE_EN)
        });
    }
    let hint = if utf8 {
        (
            format!("、UTF-8と思われます。{SAVE_JA}"),
            format!(", it looks like UTF-8; {SAVE_EN}"),
        )
    } else {
        Default::default()
    };
    let none = || (String::new(), String::new());
    let places = [
        (scan.bad, &codes::ENCODING_MS932, hint),
        // Bytes of UTF-8 happen to be such characters.
        (
            scan.gaiji.filter(|_| !utf8 || scan.bad.is_none()),
            &codes::ENCODING_GAIJI,
            none(),
        ),
        (scan.control, &codes::ENCODING_CONTROL, none()),
    ];
    for (found, info, (hint_ja, hint_en)) in places {
        let Some((place, count)) = found else { continue };
        // As an editor of bytes shows it: in the file, mark included.
        let offset = bytes.len() - body.len() + place.offset;
        let number = offset + 1;
        sink.add(info, file, |draft| {
            locate(name, body, place, draft).detail(
                format!("{count}か所、最初は先頭から{number}バイト目、16進の位置{offset:X}{hint_ja}"),
                format!(
                    "places: {count}, the first is byte {number} of the file, hex offset {offset:X}{hint_en}"
                ),
            )
        });
    }
    Some(body)
}

/// What a file is that only bears the name of a CSV, in Japanese and English.
pub(crate) fn foreign(bytes: &[u8]) -> Option<(&'static str, &'static str)> {
    let known: [(&[u8], _); 6] = [
        (b"%PDF-", ("PDFファイルです", "it is a PDF")),
        (b"\x89PNG\r\n\x1A\n", ("PNG画像です", "it is a PNG image")),
        (b"\xFF\xD8\xFF", ("JPEG画像です", "it is a JPEG image")),
        (b"GIF89a", ("GIF画像です", "it is a GIF image")),
        (
            b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1",
            (
                "古い形式のExcelやWordのファイルです",
                "it is an Excel or Word file of the old form",
            ),
        ),
        (b"PK\x03\x04", ("ZIPファイルです", "it is a ZIP")),
    ];
    let (start, kind) = known.into_iter().find(|(start, _)| bytes.starts_with(start))?;
    let head = bytes.get(..bytes.len().min(OFFICE)).unwrap_or_default();
    let is_office = start == b"PK\x03\x04"
        && head
            .windows(CONTENT_TYPES.len())
            .any(|window| window == CONTENT_TYPES);
    Some(if is_office {
        ("ExcelやWordのファイルです", "it is an Excel or Word file")
    } else {
        kind
    })
}

/// Line and field of the record that holds this place.
fn locate(name: &FileName, body: &[u8], place: Place, draft: Draft) -> Draft {
    let mut reader = Reader::new(body);
    while reader.read() {
        if place.offset < reader.end() {
            let field = layout(name.edition, name.kind)
                .zip(reader.field_at(place.offset))
                .and_then(|(layout, index)| layout.fields.get(index));
            let draft = draft.line(reader.line());
            return match field {
                Some(field) => draft.field(field),
                None => draft,
            };
        }
    }
    draft.line(place.line)
}
