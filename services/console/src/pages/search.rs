//! `/search`: envelopes by id, office, sequence, status and time.

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use maud::{Markup, html};
use proto::EnvelopeId;
use proto::desk_search::{EnvelopeList, FoundEnvelope};
use serde::Deserialize;

use super::lang::Lang;
use super::visit::Visitor;
use super::{Page, frame, see, words};
use crate::decide::search::Asked;
use crate::error::bad;
use crate::search;
use crate::state::ConsoleState;

/// What the form of the page sends; `lang` comes with a link.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Fields {
    id: String,
    office: String,
    sequence: String,
    status: String,
    /// Days or minutes in Japan, as browsers write them (`2025-04-01T09:30`).
    from: String,
    to: String,
    after: String,
}

pub(super) async fn show(
    State(state): State<ConsoleState>,
    visitor: Visitor,
    fields: Result<Query<Fields>, QueryRejection>,
) -> Page {
    let Query(fields) = fields.map_err(|_| bad("query"))?;
    let id = fields.id.trim();
    if !id.is_empty() {
        let id: EnvelopeId = id.to_ascii_lowercase().parse().map_err(|_| bad("id"))?;
        return Ok(see(&format!("/envelopes/{id}")));
    }
    let asked = asked(&fields);
    let searched = asked != Asked::default();
    let operator = visitor.operator.clone();
    let lang = visitor.lang;
    let Json(list) = search::list(State(state), operator, Ok(Query(asked))).await?;
    let body = html! {
        (form(lang, &fields))
        h2 { (if searched { lang.of("見つかった封筒", "Found") } else { lang.of("最近の封筒", "The latest") }) }
        (table(lang, &list.items))
        (next(lang, &fields, &list))
    };
    Ok(frame::page(&visitor, lang.of("封筒を探す", "Search"), &body))
}

/// The search in the words of the API.
fn asked(fields: &Fields) -> Asked {
    Asked {
        office: fields.office.clone(),
        sequence: fields.sequence.clone(),
        status: fields.status.clone(),
        from: words::in_japan(&fields.from),
        to: words::in_japan(&fields.to),
        after: fields.after.clone(),
        limit: String::new(),
    }
}

fn form(lang: Lang, fields: &Fields) -> Markup {
    html! {
        form.fields method="get" action="/search" role="search" {
            label { (lang.of("封筒のID", "Envelope id"))
                input name="id" value=(fields.id) autocomplete="off" spellcheck="false" placeholder="64"; }
            label { (lang.of("事業所番号（送信元または宛先）", "Office (sender or destination)"))
                input name="office" value=(fields.office) inputmode="numeric" maxlength="10" autocomplete="off"; }
            label { (lang.of("連番", "Sequence"))
                input name="sequence" value=(fields.sequence) inputmode="numeric" maxlength="14" autocomplete="off"; }
            label { (lang.of("状態", "Status"))
                select name="status" {
                    option value="" { (lang.of("すべて", "any")) }
                    @for status in words::STATUSES {
                        option value=(status.as_str()) selected[fields.status == status.as_str()] {
                            (words::status(lang, status))
                        }
                    }
                } }
            label { (lang.of("受付日時：から", "Accepted from"))
                input type="datetime-local" name="from" value=(fields.from); }
            label { (lang.of("まで", "until"))
                input type="datetime-local" name="to" value=(fields.to); }
            button { (lang.of("探す", "Search")) }
        }
    }
}

/// Envelopes, a row each.
pub(super) fn table(lang: Lang, items: &[FoundEnvelope]) -> Markup {
    html! {
        @if items.is_empty() {
            p { (lang.of("ありません。", "There are none.")) }
        } @else {
            div.scroll tabindex="0" {
                table {
                    thead { tr {
                        th { (lang.of("受付", "Accepted")) }
                        th { (lang.of("状態", "Status")) }
                        th { (lang.of("送信元", "Sender")) }
                        th { (lang.of("宛先", "Destination")) }
                        th { (lang.of("連番", "Sequence")) }
                        th { "ID" }
                    } }
                    tbody {
                        @for item in items {
                            tr {
                                td { (words::time(item.accepted_at)) }
                                td { (words::status(lang, item.status)) }
                                td { (words::office(item.sender.as_str())) }
                                td { (words::office(item.destination.as_str())) }
                                td.number { (item.sequence.as_deref().unwrap_or("–")) }
                                td { (words::envelope(&item.id)) }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn next(lang: Lang, fields: &Fields, list: &EnvelopeList) -> Markup {
    let pairs = |after: &str| {
        let Fields {
            office,
            sequence,
            status,
            from,
            to,
            ..
        } = fields;
        let pairs = [
            ("office", office.as_str()),
            ("sequence", sequence),
            ("status", status),
            ("from", from),
            ("to", to),
            ("after", after),
        ];
        let given = pairs.iter().filter(|(_, value)| !value.is_empty());
        let given: Vec<_> = given
            .map(|(name, value)| format!("{name}={}", words::encoded(value)))
            .collect();
        format!("/search?{}", given.join("&"))
    };
    html! {
        @if let Some(after) = &list.next {
            p { a href=(pairs(after)) { (lang.of("次の50件", "The next 50")) } }
        }
    }
}
