//! `/directory`: the directory as a file, out and in, and what an import is doing.

use axum::Json;
use axum::extract::{Path, State};
use axum::response::Response;
use futures_util::stream::StreamExt;
use maud::{Markup, html};
use proto::desk_directory::{COLUMNS, DirectoryImport, FileEncoding, ImportState, LineEnds};
use proto::{Problem, codes};

use super::form::{FileForm, TOKEN};
use super::lang::Lang;
use super::visit::Visitor;
use super::{Page, frame, see, words};
use crate::decide::act::Act;
use crate::error::DeskError;
use crate::state::ConsoleState;
use crate::{directory, import};

/// Seconds after which the browser asks again how far an import is.
const AGAIN: u32 = 2;

/// Problems of a page; the API has a thousand.
const SHOWN: usize = 200;

pub(super) async fn show(State(state): State<ConsoleState>, visitor: Visitor) -> Page {
    let Json(list) = directory::list(State(state), visitor.operator.clone()).await?;
    let lang = visitor.lang;
    let body = html! {
        h2 { (lang.of("書き出し", "Export")) }
        p { a href="/directory/offices.csv" download="offices.csv" {
            (lang.of("すべての事業所を CSV で保存する", "Save every office as CSV")) }
            " " span.small { (lang.of("UTF-8（BOM 付き）。そのまま取り込めます。", "UTF-8 with byte order mark. It can be imported as it is.")) } }
        @if visitor.may(Act::ImportDirectory) { (upload(lang, &visitor)) }
        h2 { (lang.of("これまでの取込", "Imports")) }
        @if list.items.is_empty() { p { (lang.of("ありません。", "There are none.")) } } @else {
            div.scroll tabindex="0" { table {
                thead { tr {
                    th { (lang.of("番号", "Number")) } th { (lang.of("開始", "Begun")) } th { (lang.of("運用者", "Operator")) }
                    th { (lang.of("状態", "State")) } th.figure { (lang.of("新規", "New")) } th.figure { (lang.of("変更", "Changed")) }
                    th.figure { (lang.of("誤り", "Errors")) }
                } }
                tbody { @for item in &list.items { tr {
                    td.number { a href={ "/directory/imports/" (item.id) } { (item.id) } }
                    td { (words::time(item.begun_at)) } td { (item.actor) } td { (stands(lang, item)) }
                    td.figure { (words::figure(item.report.counts.new)) } td.figure { (words::figure(item.report.counts.changed)) }
                    td.figure { (words::figure(item.report.problems.errors)) }
                } } }
            } }
        }
    };
    Ok(frame::page(
        &visitor,
        lang.of("事業所の CSV", "The directory as CSV"),
        &body,
    ))
}

fn upload(lang: Lang, visitor: &Visitor) -> Markup {
    html! {
        h2 { (lang.of("取り込み", "Import")) }
        form.stacked method="post" action="/directory" enctype="multipart/form-data" {
            input type="hidden" name=(TOKEN) value=(visitor.token);
            label { (lang.of("進め方", "What to do")) " "
                select name="dry_run" {
                    option value="true" selected { (lang.of("確かめるだけ（何も変えない）", "Only look (nothing is changed)")) }
                    option value="false" { (lang.of("取り込む", "Import")) }
                } }
            label { (lang.of("CSV ファイル（UTF-8 または Shift_JIS）", "CSV file (UTF-8 or Shift_JIS)"))
                input type="file" name="file" accept=".csv,text/csv" required; }
            button { (lang.of("ファイルを送る", "Send the file")) }
            p.small { (lang.of(
                "すべての行を確かめてから取り込みます。1行でも誤りがあれば何も変えません。ファイルにない事業所はそのまま残ります。",
                "Every line is judged before the first is entered. One wrong line, and nothing is changed. Offices that are not in the file stay.",
            )) }
            p.small { (lang.of("項目：", "Columns: "))
                @for (name, japanese) in COLUMNS { code { (name) } @if lang == Lang::Japanese { "（" (japanese) "）" } " " } }
        }
    }
}

/// `GET /directory/offices.csv`: for spreadsheets, which take a file without the mark for Shift_JIS.
pub(super) async fn export(state: State<ConsoleState>, visitor: Visitor) -> Result<Response, DeskError> {
    directory::export_marked(state, visitor.operator).await
}

pub(super) async fn take(State(state): State<ConsoleState>, form: FileForm) -> Page {
    let FileForm {
        visitor,
        mut multipart,
    } = form;
    let mut dry_run = true;
    let (mut token, broken) = (String::new(), |_| DeskError::from(&codes::HTTP_BAD_REQUEST));
    while let Some(field) = multipart.next_field().await.map_err(broken)? {
        let name = field.name().unwrap_or_default().to_owned();
        if name != "file" {
            let value = super::form::short(field).await?;
            match name.as_str() {
                TOKEN => token = value,
                "dry_run" => dry_run = value != "false",
                _ => {}
            }
            continue;
        }
        // The token stands before the file in the form: nothing is taken of a form that is not the desk's.
        if token != visitor.token {
            break;
        }
        let pieces = field.map(|piece| piece.map_err(broken));
        let begun = import::take(&state, &visitor.operator, dry_run, pieces).await?;
        return Ok(see(&format!("/directory/imports/{}", begun.id)));
    }
    Err((&codes::DESK_FORM).into())
}

pub(super) async fn report(
    State(state): State<ConsoleState>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Page {
    let Json(item) = directory::get(State(state), visitor.operator.clone(), Path(id)).await?;
    let lang = visitor.lang;
    let report = &item.report;
    let body = html! {
        @if item.state.is_over() { (outcome(lang, &item)) } @else {
            p.told.open { strong { (stands(lang, &item)) } " " (words::figure(item.done)) " / " (words::figure(item.total)) " bytes" }
            @if 0 < item.total { progress max=(item.total) value=(item.done) {} }
            p.small { (lang.of("2秒ごとに更新します。この画面は閉じても構いません。", "Renewed every 2 seconds. This page may be closed.")) }
        }
        @if 0 < report.problems.errors {
            (problems(lang, &item))
            h2 { (lang.of("ファイル", "The file")) }
        }
        table.facts { tbody {
            (fact(lang.of("取込", "Import"), &if item.dry_run { lang.of("確かめるだけ", "only looked").to_owned() } else { lang.of("取り込む", "to enter").to_owned() }))
            (fact(lang.of("運用者", "Operator"), &item.actor))
            tr { th scope="row" { (lang.of("開始", "Begun")) } td { (words::time(item.begun_at)) } }
            (fact(lang.of("文字コード", "Encoding"), report.encoding.map_or("–", encoding)))
            (fact(lang.of("改行", "Line ends"), report.line_ends.map_or("–", line_ends)))
            (fact(lang.of("大きさ", "Size"), &format!("{} bytes", words::figure(report.bytes))))
            tr { th scope="row" { "SHA-256" } td { code.id { (report.sha256.as_deref().unwrap_or("–")) } } }
            (fact(lang.of("ファイルの事業所", "Offices of the file"), &words::figure(report.offices)))
            (fact(lang.of("新規", "New"), &words::figure(report.counts.new)))
            (fact(lang.of("変更", "Changed"), &words::figure(report.counts.changed)))
            (fact(lang.of("うち参加をやめる", "Of these no longer taking part"), &words::figure(report.counts.closed)))
            (fact(lang.of("変更なし", "Unchanged"), &words::figure(report.counts.unchanged)))
            (fact(lang.of("ファイルにない（そのまま残る）", "Not in the file (they stay)"), &words::figure(report.counts.absent)))
        } }
        p { a href="/directory" { (lang.of("CSV の画面へ戻る", "Back to the directory as CSV")) } }
    };
    let title = lang.of("事業所の取込", "Import of the directory");
    Ok(if item.state.is_over() {
        frame::page(&visitor, title, &body)
    } else {
        frame::living_page(&visitor, title, AGAIN, &body)
    })
}

fn outcome(lang: Lang, item: &DirectoryImport) -> Markup {
    let counts = &item.report.counts;
    html! {
        @match item.state {
            ImportState::Done if item.dry_run => p.told.good { strong { "✓ "
                (lang.of("誤りはありません。取り込むと下の数のとおりになります。まだ何も変えていません。",
                    "There are no errors. An import would do what is counted below. Nothing has been changed.")) } },
            ImportState::Done => p.told.good { strong { "✓ "
                @if counts.new + counts.changed == 0 { (lang.of("台帳はこのファイルのとおりです。変えるものはありませんでした。",
                    "The directory is as the file says. There was nothing to change.")) }
                @else { (lang.of("取り込みました。", "Imported.")) } } },
            ImportState::Refused => div.told.bad role="alert" { p { strong { "✕ "
                (lang.of("ファイルに誤りがあります。何も変えていません。", "The file has errors. Nothing was changed.")) } } },
            _ => div.told.bad role="alert" { p { strong { "✕ "
                (lang.of("途中で止まりました。同じファイルをもう一度取り込むと、残りが入ります。",
                    "It stopped in the midst. Import the same file again to enter the rest.")) } } },
        }
    }
}

fn problems(lang: Lang, item: &DirectoryImport) -> Markup {
    let all = &item.report.problems;
    let listed = u64::try_from(all.problems.len().min(SHOWN)).unwrap_or(u64::MAX);
    html! {
        h2 { (lang.of("誤り", "Errors")) " " (words::figure(all.errors)) }
        div.scroll tabindex="0" { table {
            thead { tr {
                th { (lang.of("行", "Line")) } th { (lang.of("列", "Column")) } th { (lang.of("項目と値", "Field and value")) }
                th { (lang.of("誤りと直し方", "What is wrong, and what to do")) }
            } }
            tbody { @for problem in all.problems.iter().take(SHOWN) { (line(lang, problem)) } }
        } }
        @if listed < all.errors { p.small { (lang.of("ほかにもあります：", "There are more: ")) (words::figure(all.errors - listed)) } }
    }
}

fn line(lang: Lang, problem: &Problem) -> Markup {
    html! { tr {
        td.figure { @if let Some(line) = problem.line { (line) } }
        td.figure { @if let Some(column) = problem.field_no { (column) } }
        td { @if let Some(field) = &problem.field { code { (field) } " " } (problem.value.as_deref().unwrap_or_default()) }
        td { (lang.of(&problem.message, &problem.message_en)) br; code.small { (problem.code) } }
    } }
}

fn stands(lang: Lang, item: &DirectoryImport) -> &'static str {
    match item.state {
        ImportState::Arriving => lang.of("受信中", "arriving"),
        ImportState::Checking => lang.of("確認中", "checking"),
        ImportState::Comparing => lang.of("台帳と比較中", "comparing"),
        ImportState::Entering => lang.of("取込中", "entering"),
        ImportState::Done if item.dry_run => lang.of("✓ 確認済（変更なし）", "✓ looked, nothing changed"),
        ImportState::Done => lang.of("✓ 完了", "✓ done"),
        ImportState::Refused => lang.of("✕ 誤りあり", "✕ errors"),
        ImportState::Failed | ImportState::Interrupted => lang.of("✕ 中断", "✕ stopped"),
    }
}

fn fact(name: &str, value: &str) -> Markup {
    html! { tr { th scope="row" { (name) } td { (value) } } }
}

fn encoding(encoding: FileEncoding) -> &'static str {
    match encoding {
        FileEncoding::Utf8 => "UTF-8",
        FileEncoding::Utf8Bom => "UTF-8 (BOM)",
        FileEncoding::ShiftJis => "Shift_JIS (MS932)",
    }
}

fn line_ends(ends: LineEnds) -> &'static str {
    match ends {
        LineEnds::Crlf => "CR LF",
        LineEnds::Lf => "LF",
        LineEnds::Mixed => "CR LF / LF",
    }
}
