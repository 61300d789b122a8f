//! `/products`: products of vendors with their conformance results, and which takes in what which has sent.

use std::collections::BTreeSet;

use axum::Json;
use axum::extract::State;
use maud::{Markup, html};
use proto::desk_products::{ImportMatrix, ImportPair, OTHER_REASON, ProductEntry, UNNAMED, UNREGISTERED};

use super::lang::Lang;
use super::visit::Visitor;
use super::{Page, frame, words};
use crate::products;
use crate::state::ConsoleState;

/// Most rows and columns of the matrix that are drawn; the rest is told by the command.
const DRAWN: usize = 40;

pub(super) async fn show(State(state): State<ConsoleState>, visitor: Visitor) -> Page {
    let Json(list) = products::list(State(state.clone()), visitor.operator.clone()).await?;
    let Json(imports) = products::imports(State(state), visitor.operator.clone()).await?;
    let lang = visitor.lang;
    let body = html! {
        h2 { (lang.of("適合試験の結果", "Conformance results")) }
        @if list.items.is_empty() { p { (lang.of("登録された製品はありません。", "No product is registered.")) } }
        @else { (results(lang, &list.items)) }
        p.small { (lang.of(
            "結果は relayctl vendors results add で登録します。",
            "Results are added with relayctl vendors results add.",
        )) }
        h2 { (lang.of("取込の結果（製品別）", "Imports by product")) }
        @if imports.items.is_empty() { p { (lang.of("取込の報告はまだありません。", "No import was reported yet.")) } }
        @else { (matrix(lang, &imports)) (failures(lang, &imports)) }
        p.small { (lang.of(
            "縦は送信側の製品（manifest.json の software）、横は受信側の製品（取込結果の software）。成功/失敗の件数です。名前は、適合試験の結果が登録された製品だけを表示します。",
            "Down: the product that made the files (software in manifest.json); across: the one that took them in (software of the import report). Successes/failures. Only products with a conformance result are named.",
        )) }
    };
    Ok(frame::page(&visitor, lang.of("製品", "Products"), &body))
}

fn results(lang: Lang, items: &[ProductEntry]) -> Markup {
    html! {
        div.scroll tabindex="0" {
            table {
                thead { tr {
                    th { (lang.of("製品", "Product")) }
                    th { (lang.of("版", "Version")) }
                    th { (lang.of("試験日時", "Tested")) }
                    th { (lang.of("合格", "Passed")) }
                    th { (lang.of("不合格", "Failed")) }
                    th { (lang.of("未実施", "Not run")) }
                    th { (lang.of("不合格の項目", "Failed cases")) }
                    th { (lang.of("署名者", "Signed by")) }
                    th { (lang.of("結果の数", "Results")) }
                } }
                tbody { @for item in items { tr {
                    td { (item.name) }
                    @if let Some(newest) = &item.newest {
                        td { (newest.version) }
                        td { (words::time(newest.ended_at)) }
                        td.number { (newest.passed) }
                        td.number { (newest.failed) }
                        td.number { (newest.not_run) }
                        td { @for case in &newest.failed_cases { code { (case) } " " } }
                        td { (newest.signer) }
                    } @else { td colspan="7" { "–" } }
                    td.number { (item.results) }
                } } }
            }
        }
    }
}

fn matrix(lang: Lang, imports: &ImportMatrix) -> Markup {
    let names = |of: fn(&ImportPair) -> &String| -> Vec<&String> {
        let all: BTreeSet<_> = imports.items.iter().map(of).collect();
        all.into_iter().take(DRAWN).collect()
    };
    let (down, across) = (names(|pair| &pair.made_with), names(|pair| &pair.taken_by));
    let find = |made_with: &str, taken_by: &str| {
        let mut pairs = imports.items.iter();
        pairs.find(|pair| pair.made_with == made_with && pair.taken_by == taken_by)
    };
    html! {
        div.scroll tabindex="0" {
            table {
                thead { tr {
                    th { (lang.of("送信側＼受信側", "made with \\ taken by")) }
                    @for taken_by in &across { th scope="col" { (name(lang, taken_by)) } }
                } }
                tbody { @for made_with in &down { tr {
                    th scope="row" { (name(lang, made_with)) }
                    @for taken_by in &across {
                        td.number { @match find(made_with, taken_by) {
                            Some(pair) => { (words::count(pair.ok)) " / " (words::count(pair.failed)) }
                            None => "–",
                        } }
                    }
                } } }
            }
        }
    }
}

/// The pairs with failures, the most first.
fn failures(lang: Lang, imports: &ImportMatrix) -> Markup {
    let mut failed: Vec<_> = imports.items.iter().filter(|pair| 0 < pair.failed).collect();
    failed.sort_by_key(|pair| std::cmp::Reverse(pair.failed));
    html! {
        @if !failed.is_empty() {
            h3 { (lang.of("失敗の多い組合せ", "Pairs with failures")) }
            div.scroll tabindex="0" {
                table {
                    thead { tr {
                        th { (lang.of("送信側", "Made with")) }
                        th { (lang.of("受信側", "Taken by")) }
                        th { (lang.of("失敗", "Failed")) }
                        th { (lang.of("最も多い理由", "Most frequent reason")) }
                        th { (lang.of("最後の報告", "Last report")) }
                    } }
                    tbody { @for pair in failed.into_iter().take(DRAWN) { tr {
                        td { (name(lang, &pair.made_with)) }
                        td { (name(lang, &pair.taken_by)) }
                        td.number { (words::count(pair.failed)) }
                        td { code { (pair.reason.as_deref().map_or("–", |reason| name(lang, reason))) }
                            " " (words::count(pair.reason_count)) }
                        td { (words::time(pair.last_at)) }
                    } } }
                }
            }
        }
    }
}

/// A product's name, or what stands in its place.
fn name(lang: Lang, text: &str) -> &str {
    match text {
        UNNAMED => lang.of("名乗らないソフト", "unnamed software"),
        UNREGISTERED => lang.of("未登録のソフト", "unregistered software"),
        OTHER_REASON => lang.of("その他", "other"),
        other => other,
    }
}
