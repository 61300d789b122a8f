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
        "ファイル名の連番が、実在する14桁の日時ではありません" "the sequence in the file name is not a real date and time of 14 digits"
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
    UNIT_MISDIRECTED "unit.misdirected" Error
        "送信先の事業所のサービスが一つもない利用者です" "this person has no service of the destination office"
        "宛先の誤りでないか確かめ、関係のない利用者を除いて出力し直してください" "check the destination, leave out persons who have nothing to do with it, and export again";
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
    FIELD_REQUIRED_IF "field.required_if" Error
        "他の項目の値により必須になる項目が空です" "a field that another field's value makes necessary is empty"
        "値を入れるか、元になる項目を直してください" "fill it in, or mend the field that asks for it";
    FIELD_UNEXPECTED "field.unexpected" Warning
        "空か0にしておく項目に値があります" "a field that stays empty or 0 has a value"
        "相手では読まれないか、誤って読まれます。空か0にしてください" "the receiver ignores or misreads it; leave it empty or 0";
    FIELD_TEXT_LONG "field.text_long" Warning
        "文章が長すぎて、相手のソフトで切れることがあります" "the text is so long that the receiver's software may cut it"
        "要点にまとめるか、添付ファイルにしてください" "shorten it, or send it as an attachment";
    DATE_OUTSIDE_MONTH "date.outside_month" Error
        "サービス利用日が対象年月の日ではありません" "the service date is not in the month of the row"
        "利用日か対象年月を直してください" "mend the service date or the month";
    DATE_DAY_FLAGS "date.day_flags" Error
        "日割対象日に、その月にない日の印があります" "a day that the month does not have is flagged"
        "月末より後の日は0にしてください" "write 0 for days after the end of the month";
    DATE_PERIOD "date.period" Warning
        "期間の終わりが始まりより前です" "a period ends before it begins"
        "開始日と終了日を確かめてください" "check its first and last day";
    TIME_PAIR "time.pair" Warning
        "開始と終了の時刻が組になっていません" "start and end time do not make a pair"
        "両方に時刻を入れるか、時刻のないサービスは両方を9999にしてください" "give both times, or 9999 for both where the service has none";
    PERSON_BIRTH "person.birth" Error
        "生年月日がありえない日です" "nobody living was born on this day"
        "生年月日（和暦の元号の取り違えなど）を確かめてください" "check the date of birth, and the era it was converted from";
    SUPPLEMENT_PLAN_DATE "supplement.plan_date" Error
        "利用者補足情報の計画作成日が送信単位に合いません" "the plan date of the user supplement does not fit the unit"
        "第6表・第7表と送るときは00000000、第1表・第2表と送るときは計画作成（変更）日にしてください" "write 00000000 with tables 6 and 7, the plan date with tables 1 and 2";
    SUPPLEMENT_SLOTS "supplement.slots" Error
        "種類別の支給限度の欄が1から順に埋まっていません" "the slots for limits by service kind are not filled from 1 upwards"
        "空欄を残さず、1の欄からサービス種類と限度額を組で入れてください" "fill them from slot 1, kind and limit together, without a gap";
    WEEKLY_GROUPS "weekly.groups" Warning
        "第3表の行が一つの組の項目だけになっていません" "a row of table 3 does not fill exactly one group of fields"
        "サービス、日常生活の活動、週単位以外のサービスは行を分けてください" "use a row each for a service, an activity, and what is not weekly";
    RECORD_DUPLICATE "record.duplicate" Error
        "同じ記録が二度あります" "the same record stands there twice"
        "二重に取り込まれます。一方を除いて出力し直してください" "the receiver takes it in twice; remove one and export again";
    RECORD_ORDER "record.order" Warning
        "番号が小さい順に並んでいません" "the numbers do not ascend"
        "課題、目標、内容などの番号の順に並べて出力し直してください" "export again, sorted by the numbers of needs, goals and supports";
    EQUIPMENT_CODE "equipment.code" Error
        "福祉用具貸与の行にTAISコードも福祉用具届出コードもありません" "a row of rented equipment has neither a TAIS code nor a registration code"
        "どちらかのコードを入れてください" "fill in one of the two codes";
    SERVICE_SPECIAL "service.special" Error
        "合計行のサービスコードは第6表では使えません" "codes of subtotals and totals have no place in table 6"
        "合計の行を除いてください" "leave such rows out";
    OFFICE_PLANNER "office.planner" Error
        "計画を作成した居宅介護支援事業所の番号が、ファイル名の居宅介護支援事業所と違います" "the planning office of the row is not the care support office of the file name"
        "出力した事業所と宛先を確かめてください" "check which office exported the file and for whom";
    OFFICE_RESULTS "office.results" Error
        "実績に、送信元以外の事業所のサービスがあります" "results hold a service of another office than the sender"
        "自分の事業所のサービスだけを出力し直してください" "export the results of your own office only";
    SERVICE_KIND_NAME "service.kind_name" Warning
        "サービス種類がファイル名のサービス種類と違います" "the service kind is not one of the file name"
        "実績はサービス種類ごとのファイルにしてください" "put the results of each service kind into a file of their own";
    TABLE7_TOTAL "table7.total" Error
        "第7表の全合計の行（999999）は利用者ごとに一つだけ必要です" "each person needs exactly one grand total row (999999) in table 7"
        "利用者ごとに全合計の行を一つ出力してください" "give each person one grand total row";
    TABLE7_SUBTOTAL "table7.subtotal" Error
        "第7表に種類別小計の行（種類＋AAAA）がありません" "table 7 lacks the subtotal row (kind + AAAA) of a kind with several rows"
        "同じ種類の行が複数あるときは小計の行を出力してください" "add the subtotal row where a kind has several rows";
    TABLE7_TOTAL_OFFICE "table7.total_office" Error
        "9999999999は全合計の行だけの事業所コードです" "9999999999 is the office code of the grand total row, and of no other"
        "全合計の行は9999999999、他の行は事業所番号にしてください" "write 9999999999 in the grand total row and the office number elsewhere";
    TABLE7_COUNT "table7.count" Warning
        "第7表の回数が第6表と合いません" "the count in table 7 is not that of table 6"
        "第6表と第7表を作り直し、同時に出力してください" "make tables 6 and 7 again and export them together";
    TABLE7_UNITS "table7.units" Warning
        "第7表の単位数が回数と合いません" "the units of a row of table 7 are not units times count"
        "単位数と回数を確かめてください" "check units and count";
    TABLE7_SUM "table7.sum" Warning
        "第7表の小計または合計が行の和と合いません" "a subtotal or total of table 7 is not the sum of its rows"
        "第7表を作り直して出力してください" "make table 7 again and export it";
    SERVICE_OUT_OF_SCOPE "service.out_of_scope" Error
        "連携の対象外のサービス種類です" "the service kind is not exchanged by this standard"
        "対象外のサービスの行を除いてください" "leave out the rows of services out of scope";
    FILE_MONTH "file.month" Error
        "対象年月がファイル名と違います" "the month of the row is not the month in the file name"
        "一つのファイルには一つの年月だけを入れてください" "put one month only into a file";
    FILE_NOT_CSV "file.not_csv" Error
        "CSVではないファイルに、CSVの名前が付いています" "a file that is no CSV bears the name of one"
        "介護ソフトが出力したCSVファイルに取り替えてください。PDFや画像は、元の名前に戻せば添付できます" "replace it by the CSV file that the care software wrote; a PDF or an image can be attached under its own name";
    IMAGE_JPEG "image.jpeg" Error
        "画像ファイルがJPEGではありません" "the image file is not a JPEG"
        "JPEG形式で保存し直してください" "save it as JPEG";
    IMAGE_MISSING "image.missing" Error
        "利用者基本情報に書かれた画像ファイルがありません" "the image that the basic information names is not there"
        "画像ファイルを加えるか、項目を空にしてください" "add the image file, or leave the field empty";
    IMAGE_UNREFERENCED "image.unreferenced" Error
        "画像ファイルがどの利用者のものか分かりません" "no row of the basic information names this image"
        "利用者基本情報の画像ファイル名の項目に名前を入れてください" "write its name into the image field of the person's row";
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
