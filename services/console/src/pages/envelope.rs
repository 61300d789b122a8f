//! `/envelopes/{id}`: the whole story of one envelope, and nothing of what is in it.

use axum::Json;
use axum::extract::{Path, State};
use maud::{Markup, html};
use proto::desk_search::EnvelopeTrace;
use proto::{EnvelopeId, Severity};

use super::lang::Lang;
use super::visit::Visitor;
use super::{Page, frame, words};
use crate::search;
use crate::state::ConsoleState;

pub(super) async fn show(
    State(state): State<ConsoleState>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Page {
    let lang = visitor.lang;
    let Json(trace) = search::trace(State(state), visitor.operator.clone(), Path(id)).await?;
    let body = html! {
        p.id { (trace.envelope.id) }
        p.status { strong { (words::status(lang, trace.envelope.status)) } " " (words::time(trace.envelope.changed_at)) }
        (parked(lang, &trace))
        h2 { (lang.of("歩み", "History")) }
        ol.history {
            @for step in &trace.history {
                li { (words::time(step.at)) " " strong { (words::status(lang, step.status)) } " " span.small { (step.by) } }
            }
        }
        (problems(lang, &trace))
        h2 { (lang.of("詳細", "Details")) }
        (facts(lang, &trace))
        h2 { (lang.of("受付の記録", "Acceptances")) }
        ul {
            @for acceptance in &trace.acceptances {
                li {
                    (words::time(acceptance.accepted_at)) " " (acceptance.submitter) ": "
                    @match acceptance.seen_at {
                        Some(at) => { (lang.of("配達の台帳に届いた ", "reached delivery ")) (words::time(at)) },
                        None => strong { "▲ " (lang.of("まだ配達に届いていません", "has not reached delivery")) },
                    }
                    " " span.small { (acceptance.acceptance) }
                }
            }
        }
        p.small { (lang.of("中身と連絡文は、ここには表示されません。", "Neither contents nor message are shown here.")) }
    };
    Ok(frame::page(&visitor, lang.of("封筒", "Envelope"), &body))
}

fn parked(lang: Lang, trace: &EnvelopeTrace) -> Markup {
    html! {
        @for row in &trace.parked {
            div.told.bad {
                p { strong { "▲ " (lang.of("確認中（運用者の判断待ち）", "Parked: it waits for an operator")) } " "
                    (words::time(row.parked_at)) " " (row.station) }
                p { code { (row.cause) } }
                @if row.redrive { p { (lang.of("再送の印が付いています。", "It is marked to be sent again.")) } }
                p { a href={ "/parked?id=" (words::encoded(&row.id)) } { (lang.of("再送・破棄へ", "Redrive or discard")) } }
            }
        }
    }
}

fn problems(lang: Lang, trace: &EnvelopeTrace) -> Markup {
    html! {
        @if !trace.problems.is_empty() {
            h2 { (lang.of("見つかった問題", "Problems")) }
            ul {
                @for problem in &trace.problems {
                    li {
                        (if problem.severity == Severity::Error { lang.of("✕ 誤り ", "✕ error ") } else { lang.of("▲ 注意 ", "▲ warning ") })
                        code { (problem.code) }
                        @if let Some(line) = problem.line { " " (lang.of("行 ", "line ")) (line) }
                        @if let Some(field) = problem.field_no { " " (lang.of("項目 ", "field ")) (field) }
                    }
                }
                @for (code, more) in &trace.more { li { code { (code) } " × " (more) } }
            }
        }
    }
}

fn facts(lang: Lang, trace: &EnvelopeTrace) -> Markup {
    let envelope = &trace.envelope;
    let text = |value: &Option<String>| html! { (value.as_deref().unwrap_or("–")) };
    let ids = |ids: &[EnvelopeId]| html! { @for id in ids { (words::envelope(id)) " " } };
    let rows = [
        (
            lang.of("送信元", "Sender"),
            words::office(envelope.sender.as_str()),
        ),
        (
            lang.of("宛先", "Destination"),
            words::office(envelope.destination.as_str()),
        ),
        (lang.of("提出者", "Submitter"), html! { (trace.submitter) }),
        (lang.of("署名者", "Signer"), text(&trace.signer)),
        (lang.of("連番", "Sequence"), text(&envelope.sequence)),
        (
            lang.of("ファイルの種類", "Kinds of files"),
            html! { (envelope.kinds.join(" ")) },
        ),
        (lang.of("対象月", "Month"), text(&envelope.month)),
        (lang.of("標準仕様の版", "Version"), text(&trace.version)),
        (
            lang.of("大きさ", "Size"),
            html! { @if let Some(size) = trace.size { (words::figure(size)) " B" } @else { "–" } },
        ),
        (
            lang.of("受信箱に届いた", "Arrived"),
            words::maybe_time(trace.arrived_at),
        ),
        (
            lang.of("初めて渡した", "First handed out"),
            words::maybe_time(trace.handed_out_at),
        ),
        (
            lang.of("受取", "Collected"),
            words::maybe_time(trace.collected_at),
        ),
        (lang.of("取込", "Imported"), words::maybe_time(trace.imported_at)),
        (
            lang.of("取込のソフト（取込結果より）", "Software of the import report"),
            text(&trace.software),
        ),
        (
            lang.of("取消の依頼", "Recall asked for"),
            words::maybe_time(trace.recall_requested_at),
        ),
        (
            lang.of("取消", "Withdrawn"),
            words::maybe_time(trace.withdrawn_at),
        ),
        (
            lang.of("同じ送信", "Same as"),
            html! { @match &trace.same_as { Some(id) => (words::envelope(id)), None => "–" } },
        ),
        (
            lang.of("新しい事業所番号", "Renumbered to"),
            html! { @match &trace.renumbered_to { Some(to) => (words::office(to.as_str())), None => "–" } },
        ),
        (lang.of("置き換えた封筒", "Took the place of"), ids(&trace.older)),
        (lang.of("置き換えられた封筒", "Superseded by"), ids(&trace.newer)),
        (
            lang.of("発行した受領証", "Receipts made"),
            html! { @for step in &trace.receipts { (step) " " } },
        ),
    ];
    html! {
        table.facts { tbody {
            @for (name, value) in rows { tr { th scope="row" { (name) } td { (value) } } }
        } }
    }
}
