//! Every code a finding can have, with its severity, what it means and what to do. Findings are made only from here.

use crate::finding::Severity;

/// A code and its texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CodeInfo {
    /// `area.rule`.
    pub code: &'static str,
    /// Its usual severity; a rule that rests on a row the source leaves unsure is lowered to a warning.
    pub severity: Severity,
    /// What is wrong, in Japanese.
    pub meaning_ja: &'static str,
    /// What is wrong, in English.
    pub meaning_en: &'static str,
    /// What to do, in Japanese.
    pub todo_ja: &'static str,
    /// What to do, in English.
    pub todo_en: &'static str,
}

/// The entry of this code.
pub fn find(code: &str) -> Option<&'static CodeInfo> {
    CODES.iter().find(|info| info.code == code)
}

macro_rules! codes {
    ($($id:ident $code:literal $severity:ident
        $meaning_ja:literal $meaning_en:literal
        $todo_ja:literal $todo_en:literal;)*) => {
        $(
            #[doc = $meaning_en]
            pub const $id: CodeInfo = CodeInfo {
                code: $code,
                severity: Severity::$severity,
                meaning_ja: $meaning_ja,
                meaning_en: $meaning_en,
                todo_ja: $todo_ja,
                todo_en: $todo_en,
            };
        )*
        /// Every code.
        pub const CODES: &[CodeInfo] = &[$($id),*];
    };
}

codes! {
    NAME_GRAMMAR "name.grammar" Error
        "ファイル名が標準仕様の命名規則に合いません" "the file name does not follow the standard's grammar"
        "介護ソフトが出力したままの名前で送ってください" "send the file under the name the care software gave it";
    NAME_KIND "name.kind" Error
        "ファイル名の先頭が標準仕様のファイル種類ではありません" "the file name begins with no file kind of the standard"
        "ファイルの種類を確かめてください" "check which kind of file it is";
    NAME_LOWER_CASE "name.lower_case" Error
        "ファイル名に小文字があります" "the file name has lower-case letters"
        "種類、サービス種類、拡張子を大文字にしてください" "write kind, service kinds and extension in upper case";
    NAME_EXTENSION "name.extension" Error
        "拡張子が標準仕様と違います" "the extension is not the standard's"
        "CSVは.CSV、画像は.jpgにしてください" "use .CSV for data and .jpg for the image";
    NAME_MONTH "name.month" Error
        "ファイル名の対象年月が正しくありません" "the month in the file name is not a real month"
        "サービス提供年月をYYYYMMで書いてください" "write the service month as YYYYMM";
    NAME_OFFICE_DIGITS "name.office_digits" Error
        "ファイル名の事業所番号が10桁の数字ではありません" "an office number in the file name is not 10 digits"
        "10桁の事業所番号を登録し、出力し直してください" "register the 10-digit office number and export again";
    NAME_SERVICE_KIND "name.service_kind" Error
        "ファイル名のサービス種類コードがコード表にありません" "a service kind in the file name is not in the table"
        "2桁のサービス種類コードを確かめてください" "check the two-character service kind";
    NAME_TIMESTAMP "name.timestamp" Error
        "ファイル名の連番が14桁の日時ではありません" "the sequence in the file name is not a real date and time of 14 digits"
        "YYYYMMDDHHMMSSの連番で出力し直してください" "export again with a sequence YYYYMMDDHHMMSS";
    NAME_BRANCH "name.branch" Error
        "画像ファイル名の枝番が0001以上の4桁ではありません" "the branch of the image name is not four digits from 0001"
        "枝番を0001から付けてください" "number the images from 0001";
    NAME_EDITION "name.edition" Error
        "この種類のファイルはV3にはありません" "this kind of file does not exist in V3"
        "V4.1の形式で出力し直してください" "export again in the V4.1 format";
    NAME_SENDER_MISMATCH "name.sender_mismatch" Error
        "ファイル名の送信元事業所が送信者と違います" "the sender in the file name is not the sender of the envelope"
        "送信する事業所を確かめてください" "check which office sends";
    NAME_DESTINATION_MISMATCH "name.destination_mismatch" Error
        "ファイル名の送信先事業所が宛先と違います" "the receiver in the file name is not the destination of the envelope"
        "宛先を確かめてください" "check the destination";
    NAME_SEQUENCE_MISMATCH "name.sequence_mismatch" Error
        "ファイル名の連番が送信の連番と違います" "the sequence in the file name is not that of the envelope"
        "連番を確かめてください" "check the sequence";
    UNIT_NONE "unit.none" Error
        "標準仕様のファイルがありません" "there is no file of the standard"
        "送るファイルを選んでください" "choose the files to send";
    UNIT_INCOMPLETE "unit.incomplete" Error
        "送信単位のファイルが足りません" "the sending unit lacks files"
        "足りないファイルを加えて、同じ連番で出力し直してください" "add the missing files, exported with the same sequence";
    UNIT_MIXED "unit.mixed" Error
        "別々に送るべきファイルが混ざっています" "files that must be sent apart are mixed"
        "送信単位ごとに分けて送ってください" "send each unit by itself";
    UNIT_ANNEX_MISSING "unit.annex_missing" Warning
        "別表のファイルがありません" "an annex file is missing"
        "別表に記載がある場合は加えてください" "add it if the annex has content";
    UNIT_KEYS "unit.keys" Error
        "ファイル間でキー項目（保険者番号、被保険者番号など）が対応していません" "the key fields do not match between the files of the unit"
        "両方のファイルに同じ利用者が入るように出力し直してください" "export again so that both files hold the same persons";
    ENCODING_BOM "encoding.bom" Error
        "ファイルの先頭にBOM（バイト順マーク）があります" "the file begins with a byte order mark"
        "文字コードをシフトJIS（MS932）にして出力し直してください" "export again in Shift-JIS (MS932)";
    ENCODING_MS932 "encoding.ms932" Error
        "シフトJIS（MS932）でないバイトがあります" "there are bytes that are not Shift-JIS (MS932)"
        "文字コードをシフトJIS（MS932）にして出力し直してください" "export again in Shift-JIS (MS932)";
    ENCODING_UTF8_SUSPECT "encoding.utf8_suspect" Warning
        "文字コードがUTF-8のようです" "the text looks like UTF-8"
        "文字コードがシフトJIS（MS932）か確かめてください" "check that the encoding is Shift-JIS (MS932)";
    ENCODING_GAIJI "encoding.gaiji" Warning
        "外字領域の文字があります" "there are characters of the user-defined (gaiji) area"
        "相手では別の字に見えます。標準の文字に置き換えてください" "the receiver sees something else; replace them by standard characters";
    ENCODING_CONTROL "encoding.control" Error
        "使えない制御文字があります" "there is a control character other than TAB, CR, LF"
        "制御文字を取り除いてください" "remove the control character";
    CSV_EMPTY_FILE "csv.empty_file" Error
        "データ行がありません" "the file has no data row"
        "利用者がいないファイルは送らないでください" "do not send a file without persons";
    CSV_QUOTE_OPEN "csv.quote_open" Error
        "二重引用符が閉じられていません" "a double quote is left open"
        "項目の終わりに二重引用符を付けてください" "close the field with a double quote";
    CSV_QUOTE_STRAY "csv.quote_stray" Error
        "項目の中の二重引用符が二重になっていません" "a double quote inside a field is not doubled"
        "項目の中の二重引用符は2つ重ねてください" "write a double quote inside a field twice";
    CSV_LINE_END "csv.line_end" Error
        "行末がCRだけの行があります" "a line ends with a lone CR"
        "行末をCRLFにしてください" "end lines with CRLF";
    CSV_BLANK_LINE "csv.blank_line" Warning
        "空行があります" "there is a blank line"
        "空行を取り除いてください" "remove the blank line";
    CSV_FIELD_COUNT "csv.field_count" Error
        "項目数がレイアウトと違います" "the number of fields is not that of the layout"
        "項目数とカンマを確かめて出力し直してください" "check the fields and commas and export again";
    CSV_VERSION_UNKNOWN "csv.version_unknown" Error
        "CSVバージョンが使えない値です" "the CSV version is not one that can be read"
        "202407（V4.1）または202208（V3）で出力し直してください" "export again as 202407 (V4.1) or 202208 (V3)";
    CSV_VERSION_OLD "csv.version_old" Warning
        "CSVバージョンが正式な値ではありません。V4.1として読みます" "the CSV version is not an official value; it is read as V4.1"
        "202407にしてください" "write 202407";
    CSV_VERSION_MIXED "csv.version_mixed" Error
        "CSVバージョンが混ざっています" "CSV versions are mixed"
        "一つの送信単位は一つのバージョンで出力してください" "export one unit in one version";
    CSV_VERSION_NAME "csv.version_name" Error
        "CSVバージョンとファイル名の形式が合いません" "the CSV version does not fit the form of the file name"
        "同じ版の形式で出力し直してください" "export again with name and content of one edition";
    FIELD_REQUIRED "field.required" Error
        "必須の項目が空です" "a required field is empty"
        "値を入れてください" "fill it in";
    FIELD_TYPE "field.type" Error
        "項目の形式が違います" "the field has the wrong form"
        "標準仕様の形式で入れてください" "write it in the form of the standard";
    FIELD_LENGTH "field.length" Error
        "項目が長すぎます" "the field is too long"
        "最大桁数以内にしてください" "keep within the maximum length";
    FIELD_CODE "field.code" Error
        "コード表にない値です" "the value is not in the code list"
        "標準仕様のコードを入れてください" "use a code of the standard";
    SERVICE_OUT_OF_SCOPE "service.out_of_scope" Error
        "連携の対象外のサービス種類です" "the service kind is not exchanged by this standard"
        "対象外のサービスの行を除いてください" "leave out the rows of services out of scope";
    FILE_MONTH "file.month" Error
        "対象年月がファイル名と違います" "the month of the row is not the month in the file name"
        "一つのファイルには一つの年月だけを入れてください" "put one month only into a file";
    IMAGE_JPEG "image.jpeg" Error
        "画像ファイルがJPEGではありません" "the image file is not a JPEG"
        "JPEG形式で保存し直してください" "save it as JPEG";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_and_well_formed() {
        for (at, info) in CODES.iter().enumerate() {
            assert!(
                CODES[..at].iter().all(|other| other.code != info.code),
                "{}",
                info.code
            );
            let (area, rule) = info.code.split_once('.').unwrap();
            let ok = |part: &str| {
                !part.is_empty()
                    && part
                        .bytes()
                        .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
            };
            assert!(ok(area) && ok(rule), "{}", info.code);
        }
    }
}
