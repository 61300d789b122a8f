//! What an attachment is, by its first bytes: never by its name.

use proto::manifest::MANIFEST_NAME;

use crate::raw;

/// The kinds of attachments that travel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AttachmentKind {
    /// ISO 32000.
    Pdf,
    /// ITU-T T.81.
    Jpeg,
    /// ISO/IEC 15948.
    Png,
    /// UTF-8 or MS932 without control characters other than TAB, CR, LF; empty files too.
    Text,
    /// ISO/IEC 29500: a ZIP with `[Content_Types].xml`.
    OfficeOpenXml,
}

/// The kind of these bytes, if it is one of those that may be attached.
#[must_use]
pub fn attachment_kind(bytes: &[u8]) -> Option<AttachmentKind> {
    if bytes.starts_with(b"%PDF-") {
        Some(AttachmentKind::Pdf)
    } else if bytes.starts_with(&[0xff, 0xd8, 0xff]) {
        Some(AttachmentKind::Jpeg)
    } else if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        Some(AttachmentKind::Png)
    } else if bytes.starts_with(b"PK\x03\x04") {
        is_office_open_xml(bytes).then_some(AttachmentKind::OfficeOpenXml)
    } else {
        is_text(bytes).then_some(AttachmentKind::Text)
    }
}

fn is_office_open_xml(bytes: &[u8]) -> bool {
    let Some(end) = raw::end(bytes).filter(|end| !end.zip64) else {
        return false;
    };
    let mut at = end.directory.start;
    for _ in 0..end.entries {
        let Some((entry, next)) = raw::central(bytes, at) else {
            return false;
        };
        if entry.name == b"[Content_Types].xml" {
            return true;
        }
        // A foreign envelope is not an Office file, whatever else is in it.
        if entry.name == MANIFEST_NAME.as_bytes() {
            return false;
        }
        at = next;
    }
    false
}

fn is_text(bytes: &[u8]) -> bool {
    let plain = |text: &str| {
        !text
            .chars()
            .any(|c| c.is_control() && !matches!(c, '\t' | '\r' | '\n'))
    };
    match std::str::from_utf8(bytes) {
        Ok(text) => plain(text),
        Err(_) => standard::ms932::decode(bytes).is_some_and(|text| plain(&text)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_told_by_the_first_bytes() {
        let cases: &[(&[u8], Option<AttachmentKind>)] = &[
            (b"%PDF-1.7\n\x00\x01", Some(AttachmentKind::Pdf)),
            (b"\xff\xd8\xff\xe0JFIF", Some(AttachmentKind::Jpeg)),
            (b"\x89PNG\r\n\x1a\n\0", Some(AttachmentKind::Png)),
            ("四月の報告\r\n\t以上".as_bytes(), Some(AttachmentKind::Text)),
            (b"\x8e\x6c\x8c\x8e\r\n", Some(AttachmentKind::Text)),
            (b"\xef\xbb\xbftext", Some(AttachmentKind::Text)),
            (b"", Some(AttachmentKind::Text)),
            (b"MZ\x90\x00\x03", None),
            (b"\x7fELF\x02\x01", None),
            (b"PK\x03\x04", None),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", None),
            (b"text with \x1b[31m escapes", None),
            (b"GIF89a\x01\x00", None),
            (b"\x81", None),
        ];
        for (bytes, kind) in cases {
            assert_eq!(attachment_kind(bytes), *kind, "{bytes:?}");
        }
    }
}
