//! `docs/problems.md` lists every code a refusal or a warning can have, from the code itself. Written by `make docs`.

use std::fmt::Write as _;

use standard::{CODES, CodeInfo, Severity};

const PAGE: &str = "docs/problems.md";

const HEAD: &str = "\
# 問題の一覧 / Problems

ファイルや封筒に問題があると、`careplan check`、送信の結果（`careplan status`）、受付の応答は、ここにあるコードで知らせます。
コードは変わりません。介護ソフトの会社に問い合わせるときは、コードと行番号を伝えてください。

- **誤り error**：直すまで送れません。相手のソフトで取り込めないか、誤って取り込まれるためです。
- **注意 warning**：送れます。相手で困ることがあるので、次の出力までに確かめてください。
- 仕様書から確かに読み取れない項目に関わるときは、誤りではなく注意になります。
- 中継の運用者は、方針ファイルで誤りと注意を入れ替えることがあります（`GET /v1/policy`、`careplan check --policy relay`）。

行番号は、その記録が始まる行（1行目から）です。見出しの行や、項目の中の改行も数えます。No.は標準仕様のレイアウト表の項目番号です。
個人に関わる値は、送られる結果の中では `***` になります。

Every code that `careplan check`, the sent list and the doors can answer with; codes never change. An *error* has to be mended
before the envelope is carried, because the receiver's software could not take it in or would take it in wrongly. A *warning* is
told and carried. What rests on a field that the specification leaves unsure is a warning. An operator's policy may exchange the
two (`GET /v1/policy`). Line numbers are physical lines from 1, of the line on which a record starts; No. is the field's number
in the standard's layout. Values that say something about a person are shown as `***`.

この頁は `make docs` がプログラムから作ります。 / This page is made from the code by `make docs`.

";

/// Areas of the standard's codes: what they are about, and what is usually behind them.
const AREAS: &[(&str, &str, &str)] = &[
    (
        "name",
        "ファイル名。名前を手で変えると起こりがちです。介護ソフトが出力したままの名前で送ってください。",
        "File names. Usually somebody renamed a file; send it as the software wrote it.",
    ),
    (
        "unit",
        "送信単位。標準仕様では、決まった組のファイルを同じ連番で一緒に送ります。",
        "Sending units: the sets of files that travel together under one sequence.",
    ),
    (
        "encoding",
        "文字コード。文字はシフトJIS（MS932）だけが使えます。表計算ソフトで開いて保存すると変わることがあります。",
        "Encoding. Only Shift-JIS (MS932); saving with a spreadsheet often changes it.",
    ),
    (
        "csv",
        "行と区切り。引用符、カンマ、行末、版の番号など、CSVの形です。",
        "Rows and separators: quotes, commas, line ends, version.",
    ),
    (
        "field",
        "一つひとつの項目。必須、形式、長さ、コード表です。",
        "Single fields: required, form, length, code.",
    ),
    ("date", "日付と期間。", "Dates and periods."),
    ("time", "時刻。", "Times."),
    ("person", "利用者本人の項目。", "The person."),
    (
        "file",
        "ファイル名と中身の食い違い。",
        "Name and content of a file.",
    ),
    (
        "record",
        "記録（行）の重なりと並び。",
        "Records: repeated, out of order.",
    ),
    (
        "supplement",
        "利用者補足情報（UPHOSOKU）。",
        "The user supplement (UPHOSOKU).",
    ),
    (
        "weekly",
        "居宅サービス計画3表（週間サービス計画）。",
        "Table 3, the weekly plan.",
    ),
    (
        "service",
        "サービスコードとサービス種類。",
        "Service codes and kinds.",
    ),
    ("equipment", "福祉用具貸与。", "Rented equipment."),
    (
        "office",
        "行の中の事業所番号。別の事業所のデータが混ざると起こります。",
        "Office numbers in the rows; another office's data is mixed in.",
    ),
    (
        "table7",
        "第7表（サービス利用票別表）の合計と、第6表との照合。",
        "Totals of table 7, and table 7 against table 6.",
    ),
    ("image", "家族構成の画像ファイル。", "The family image."),
];

fn severity(info: &CodeInfo) -> &'static str {
    match info.severity {
        Severity::Error => "誤り error",
        Severity::Warning => "注意 warning",
    }
}

fn page() -> String {
    let mut page = HEAD.to_owned();
    page.push_str(&kinds());
    page.push_str("| コードの始まり / code begins with | 何について / about |\n|---|---|\n");
    for (area, ja, _) in AREAS {
        let title = title(ja);
        writeln!(page, "| [`{area}.`](#{area}) | {title} |").expect("text grows");
    }
    page.push_str("\n## ファイルの問題 / Problems of files\n\n");
    for (area, ja, en) in AREAS {
        let of_area = |info: &&CodeInfo| info.code.split('.').next() == Some(area);
        writeln!(page, "### {area}\n\n{ja}\n\n{en}\n").expect("text grows");
        for info in CODES.iter().filter(of_area) {
            let CodeInfo {
                code,
                meaning_ja,
                meaning_en,
                todo_ja,
                todo_en,
                ..
            } = info;
            let severity = severity(info);
            write!(
                page,
                "#### `{code}` {severity}\n\n{meaning_ja}。**{todo_ja}。**\\\nIn English: {meaning_en}; **{todo_en}.**\n\n"
            )
            .expect("text grows");
            if let Some(example) = example(code) {
                writeln!(page, "> 例 / e.g. {example}\n").expect("text grows");
            }
        }
    }
    page.push_str(
        "## 封筒、接続、宛先の問題（主に介護ソフトの会社向け） / Problems of envelopes, connections, destinations\n\n\
         どれも誤りです。数字はHTTPの状態コードです。 / All of them are errors; the number is the HTTP status.\n\n\
         | code | HTTP | 意味と対処 | meaning and what to do |\n|---|---|---|---|\n",
    );
    for code in proto::codes::ALL {
        let proto::Code { code, status, ja, en } = code;
        writeln!(page, "| `{code}` | {status} | {ja} | {en} |").expect("text grows");
    }
    page
}

/// The kinds of files by their names, and which travel together.
fn kinds() -> String {
    let table = |name: &str| {
        let path = tidy::tree::root().join("lib/standard/tables").join(name);
        std::fs::read_to_string(path).expect("the tables are part of the source")
    };
    let mut text = String::from(
        "ファイル名は種類で始まります。 / A file's name begins with its kind:\n\n| 種類 kind | 何のファイルか | what it is |\n|---|---|---|\n",
    );
    for row in table("file_names.tsv").lines().skip(1) {
        let mut fields = row.split('\t');
        if let (Some(kind), Some(ja), Some(en)) = (fields.next(), fields.next(), fields.next()) {
            writeln!(text, "| `{kind}` | {ja} | {en} |").expect("text grows");
        }
    }
    text.push_str(
        "\n**送信単位**は、同じ連番（名前の最後の14桁の日時）で一緒に送るファイルの組です。 / A *sending unit* is the set of files that travel \
         together under one sequence, the 14 digits at the end of their names (V4.1):\n\n| 単位 unit | 何か | what it is | ファイル files |\n|---|---|---|---|\n",
    );
    let mut units: Vec<(String, Vec<String>)> = Vec::new();
    for row in table("sending_units.tsv").lines().skip(1) {
        let fields: Vec<&str> = row.split('\t').collect();
        let [_, "202407", unit, _, kind, ..] = fields.as_slice() else {
            continue;
        };
        match units.iter_mut().find(|(known, _)| known == unit) {
            Some((_, kinds)) => kinds.push(format!("`{kind}`")),
            None => units.push(((*unit).to_owned(), vec![format!("`{kind}`")])),
        }
    }
    for (unit, kinds) in units {
        let (ja, en) = standard::unit::titles(&unit).unwrap_or_default();
        writeln!(text, "| {unit} | {ja} | {en} | {} |", kinds.join(" ")).expect("text grows");
    }
    text.push_str(
        "\n「出力し直す」とあるものは、介護ソフトで直してから出力します。ファイルを表計算ソフトなどで直接編集しないでください。文字コード、引用符、\
         先頭の0が変わります。何度出力しても同じ誤りになるときは、コードを添えて介護ソフトの会社に問い合わせてください。\n\n",
    );
    text
}

/// The first sentence of an area's words.
fn title(ja: &str) -> &str {
    ja.split('。').next().unwrap_or(ja)
}

/// What the checker really says of data broken in this way, in Japanese.
fn example(code: &str) -> Option<String> {
    let broken = standard::generate::broken(code, 1)?;
    let files: Vec<standard::File<'_>> = broken
        .unit
        .files
        .iter()
        .map(|(name, bytes)| standard::File { name, bytes })
        .collect();
    let report = standard::check(&files, &broken.context());
    let found = report.findings.into_iter().find(|finding| finding.code == code)?;
    let kind = found.file.split('_').next().unwrap_or_default();
    let place = if kind.is_empty() {
        String::new()
    } else {
        format!("`{kind}_…` ")
    };
    Some(format!("{place}{}", found.message_ja))
}

#[test]
fn every_code_is_documented() {
    let known = |code: &str| {
        AREAS
            .iter()
            .any(|(area, ..)| code.split('.').next() == Some(area))
    };
    assert!(CODES.iter().all(|info| known(info.code)), "an area has no words");
    for (area, ..) in AREAS {
        let prefix = format!("{area}.");
        assert!(
            CODES.iter().any(|info| info.code.starts_with(&prefix)),
            "{area} has no code"
        );
    }
    let wanted = page();
    let path = tidy::tree::root().join(PAGE);
    if std::env::var_os("TIDY_WRITE").is_some() {
        std::fs::write(&path, &wanted).expect("the page can be written");
    }
    let there = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(there == wanted, "{PAGE} is behind the code: run `make docs`");
}

#[test]
fn every_code_of_files_has_an_example() {
    let without: Vec<&str> = CODES
        .iter()
        .map(|info| info.code)
        .filter(|code| example(code).is_none())
        .collect();
    // Said before any file is looked at, or by a client that was given nothing.
    assert_eq!(without, ["unit.none"]);
}
