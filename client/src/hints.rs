//! What a person should know of files that are no problem: a heading that was passed over, a file of the standard under
//! another name, attachments that go alone. Japanese and English.

use parcel::{AttachmentKind, attachment_kind};
use standard::{FileKind, FileName, has_heading, looks_standard};

/// What there is to know of each of these files.
#[must_use]
pub fn of(files: &[(String, Vec<u8>)]) -> Vec<(String, String)> {
    let mut notes = Vec::new();
    for (name, bytes) in files {
        if FileName::parse(name).is_ok_and(|parsed| parsed.kind.is_csv()) && has_heading(bytes) {
            notes.push((
                format!("{name}：1行目を見出しとみなし、データとして読みませんでした。データのときは、項目を確かめて出力し直してください。"),
                format!("{name}: the first row was taken for a heading and not read as data; if it is data, check its fields and export again"),
            ));
        }
        if !looks_standard(name) && is_renamed(name, bytes) {
            notes.push((
                format!(
                    "{name}：標準仕様のファイルの名前を変えたもののようです。このままでは添付として送られ、相手の介護ソフトに取り込まれません。介護ソフトが出力したときの名前に戻してください。"
                ),
                format!(
                    "{name}: this looks like a file of the standard that was renamed; as it is it goes as an attachment, which the other office's software does not take in; give it back the name the care software gave it"
                ),
            ));
        }
    }
    notes
}

/// What there is to know when all files are attachments.
#[must_use]
pub fn of_attachments_alone(files: &[(String, Vec<u8>)]) -> Option<(String, String)> {
    let alone = !files.is_empty() && files.iter().all(|(name, _)| !looks_standard(name));
    alone.then(|| {
        (
            "標準仕様のファイルがありません。添付だけの送信になります（careplan send では --to で宛先を指定します）。"
                .to_owned(),
            "there is no file of the standard: attachments go alone (name their destination with careplan send --to)"
                .to_owned(),
        )
    })
}

/// A text whose name holds a kind of the standard somewhere, or that begins with a version of it.
fn is_renamed(name: &str, bytes: &[u8]) -> bool {
    let upper = name.to_uppercase();
    let holds = |kind: &FileKind| {
        let part = format!("{kind}_");
        upper
            .match_indices(&part)
            .any(|(at, _)| upper.get(at + part.len()..).is_some_and(begins_with_a_number))
    };
    let begins = [&b"202407,"[..], b"\"202407\",", b"202208,", b"\"202208\","]
        .iter()
        .any(|version| bytes.starts_with(version));
    (begins || FileKind::ALL.iter().any(holds)) && attachment_kind(bytes) == Some(AttachmentKind::Text)
}

/// A month or an office's number: after a kind comes nothing else.
fn begins_with_a_number(text: &str) -> bool {
    text.bytes().take(6).filter(u8::is_ascii_digit).count() == 6
}

#[cfg(test)]
mod tests {
    use super::*;

    const TAIL: &str = "202505_0300000100_43_0300000005_11_20250425200201";

    #[test]
    fn files_under_another_name_are_known_by_what_is_left() {
        let renamed = |name: &str, bytes: &[u8]| !of(&[(name.to_owned(), bytes.to_vec())]).is_empty();
        assert!(renamed(&format!("コピー - UPPLAN_{TAIL}.CSV"), b"x"));
        assert!(renamed(&format!("UPPLAN_{TAIL}.CSV.txt"), b"x"));
        assert!(renamed("4月分.csv", b"202407,030001,0000000001\r\n"));
        // Printed on paper, so to speak; a memo about the file; the file itself.
        assert!(!renamed(&format!("UPPLAN_{TAIL}.pdf"), b"%PDF-1.7"));
        assert!(!renamed("UPPLAN_について.txt", b"x"));
        assert!(!renamed(&format!("UPPLAN_{TAIL}.CSV"), b"202407,030001\r\n"));
    }

    #[test]
    fn a_heading_is_told() {
        let file = |bytes: &[u8]| vec![(format!("UPPLAN_{TAIL}.CSV"), bytes.to_vec())];
        assert_eq!(of(&file(b"202407,030001\r\n")), []);
        let notes = of(&file(b"version,insurer\r\n202407,030001\r\n"));
        assert!(notes[0].0.contains("見出し") && notes[0].1.contains("heading"));
    }

    #[test]
    fn only_attachments_are_told() {
        let memo = ("memo.txt".to_owned(), b"x".to_vec());
        let plan = (format!("UPPLAN_{TAIL}.CSV"), Vec::new());
        assert!(of_attachments_alone(std::slice::from_ref(&memo)).is_some());
        assert!(of_attachments_alone(&[memo, plan]).is_none());
        assert!(of_attachments_alone(&[]).is_none());
    }
}
