//! `/parked`: envelopes set aside. Acts take two steps: what would be done, then the doing.

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use maud::{Markup, html};
use proto::desk_parked::{ParkedDiscard, ParkedEntry, ParkedList, ParkedRedrive, ParkedSelection};
use serde::Deserialize;

use super::form::{Form, TOKEN};
use super::lang::Lang;
use super::visit::Visitor;
use super::{Page, frame, see, words};
use crate::body::Body;
use crate::decide::act::Act;
use crate::decide::parked::{entry, filter};
use crate::error::bad;
use crate::parked;
use crate::state::ConsoleState;

/// Most rows shown.
const MOST_SHOWN: u32 = 200;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Fields {
    id: String,
    office: String,
    cause: String,
    /// What was just done, and to how many.
    done: String,
    count: u64,
}

pub(super) async fn list(
    State(state): State<ConsoleState>,
    visitor: Visitor,
    fields: Result<Query<Fields>, QueryRejection>,
) -> Page {
    let Query(fields) = fields.map_err(|_| bad("query"))?;
    let given = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    let selection = ParkedSelection {
        ids: given(&fields.id).into_iter().collect(),
        office: given(&fields.office),
        cause: given(&fields.cause),
        ..ParkedSelection::default()
    };
    let rows = state
        .store
        .parked_where(&filter(&selection, chassis::process::now()), MOST_SHOWN)
        .await?;
    let list = ParkedList {
        items: rows.iter().map(entry).collect(),
    };
    let lang = visitor.lang;
    let acts = visitor.may(Act::RedriveParked) && !list.items.is_empty();
    let body = html! {
        (done(lang, &fields))
        p { (lang.of(
            "中継の不具合や、扱えない封筒がここで待ちます。失われてはいません。原因を直してから再送してください。",
            "What the relay could not handle waits here. It is not lost. Mend the cause, then send it again.",
        )) }
        form.fields method="get" action="/parked" {
            label { "ID" input name="id" value=(fields.id) autocomplete="off"; }
            label { (lang.of("宛先の事業所番号", "Destination")) input name="office" value=(fields.office) inputmode="numeric"; }
            label { (lang.of("原因に含まれる語", "Words of the cause")) input name="cause" value=(fields.cause); }
            button { (lang.of("絞り込む", "Narrow")) }
        }
        @if acts {
            form method="post" action="/parked/confirm" {
                input type="hidden" name=(TOKEN) value=(visitor.token);
                (table(lang, &list.items, true))
                p.acts {
                    button name="act" value="redrive" { (lang.of("選んだものを再送…", "Redrive the chosen…")) }
                    " "
                    button.grave name="act" value="discard" { (lang.of("選んだものを破棄…", "Discard the chosen…")) }
                }
            }
        } @else {
            (table(lang, &list.items, false))
        }
        @if visitor.may(Act::StopRedrive) && list.items.iter().any(|item| item.redrive) {
            form method="post" action="/parked/stop" {
                input type="hidden" name=(TOKEN) value=(visitor.token);
                button { (lang.of("再送を止める", "Stop the redrive")) }
            }
        }
    };
    Ok(frame::page(
        &visitor,
        lang.of("確認中の封筒", "Parked envelopes"),
        &body,
    ))
}

fn done(lang: Lang, fields: &Fields) -> Markup {
    let words = match fields.done.as_str() {
        "redrive" => lang.of(
            "件に再送の印を付けました。まもなく配達が送り直します。",
            "marked to be sent again; delivery sends them soon.",
        ),
        "discard" => lang.of(
            "件を破棄しました。送信元には差戻しとして知らされます。",
            "discarded; their senders are told.",
        ),
        "stop" => lang.of("件の再送を止めました。", "stopped; they stay parked."),
        _ => return html! {},
    };
    html! { p.told.good role="status" { "✓ " (fields.count) " " (words) } }
}

fn table(lang: Lang, items: &[ParkedEntry], choose: bool) -> Markup {
    html! {
        @if items.is_empty() {
            p { (lang.of("確認中の封筒はありません。", "Nothing is parked.")) }
        } @else {
            div.scroll tabindex="0" {
                table {
                    thead { tr {
                        @if choose { th { (lang.of("選ぶ", "Choose")) } }
                        th { (lang.of("いつ", "Since")) }
                        th { (lang.of("ステーション", "Station")) }
                        th { (lang.of("宛先", "Destination")) }
                        th { (lang.of("原因", "Cause")) }
                        th { "ID" }
                    } }
                    tbody { @for item in items { (row(lang, item, choose)) } }
                }
            }
        }
    }
}

fn row(lang: Lang, item: &ParkedEntry, choose: bool) -> Markup {
    let label = format!("{} {}", lang.of("選ぶ", "choose"), item.id);
    html! {
        tr {
            @if choose { td { input type="checkbox" name="id" value=(item.id) aria-label=(label); } }
            td { (words::time(item.parked_at)) }
            td { (item.station) }
            td { (words::office(&item.office)) }
            td { code { (item.cause) } @if item.redrive { " " strong { (lang.of("再送待ち", "to be sent again")) } } }
            td {
                @if let Ok(id) = item.id.parse() { (words::envelope(&id)) } @else { code { (item.id) } }
            }
        }
    }
}

/// What would be done, and the button that does it.
pub(super) async fn confirm(State(state): State<ConsoleState>, form: Form) -> Page {
    let (visitor, ids) = (&form.visitor, form.all("id"));
    let lang = visitor.lang;
    let selection = ParkedSelection {
        ids,
        ..ParkedSelection::default()
    };
    if selection.ids.is_empty() {
        return Err(bad("id"));
    }
    let discards = form.text("act") == "discard";
    let act = if discards {
        Act::DiscardParked
    } else {
        Act::RedriveParked
    };
    visitor.operator.permit(&state, act).await?;
    let wish = ParkedRedrive {
        selection,
        dry_run: true,
        per_minute: None,
    };
    let operator = visitor.operator.clone();
    let Json(would) = parked::redrive(State(state), operator, Body(wish)).await?;
    let (title, action) = if discards {
        (lang.of("破棄の確認", "Discard these?"), "/parked/discard")
    } else {
        (lang.of("再送の確認", "Redrive these?"), "/parked/redrive")
    };
    let body = html! {
        p { (lang.of("対象：", "Chosen: ")) strong { (would.items.len()) } }
        (table(lang, &would.items, false))
        form.stacked method="post" action=(action) {
            input type="hidden" name=(TOKEN) value=(visitor.token);
            @for item in &would.items { input type="hidden" name="id" value=(item.id); }
            @if discards {
                p.told.bad { "▲ " (lang.of(
                    "破棄すると届けられません。送信元には差戻し（relay.discarded）として知らされます。元に戻せません。",
                    "Discarded ones are not delivered; their senders read relay.discarded. This cannot be undone.",
                )) }
                label { (lang.of("理由（操作の記録に残ります）", "Reason (kept in the audit log)"))
                    input name="reason" required maxlength="500" autocomplete="off"; }
                button.grave { (lang.of("破棄する", "Discard")) }
            } @else {
                label { (lang.of("1分あたりの上限（空欄：既定）", "At most a minute (empty: as configured)"))
                    input name="per_minute" inputmode="numeric" maxlength="6"; }
                button { (lang.of("再送する", "Redrive")) }
            }
            " " a href="/parked" { (lang.of("やめる", "Cancel")) }
        }
    };
    Ok(frame::page(visitor, title, &body))
}

pub(super) async fn redrive(State(state): State<ConsoleState>, form: Form) -> Page {
    let wish = ParkedRedrive {
        selection: chosen(&form),
        dry_run: false,
        per_minute: form.maybe("per_minute")?,
    };
    let Json(acted) = parked::redrive(State(state), form.visitor.operator, Body(wish)).await?;
    Ok(see(&format!("/parked?done=redrive&count={}", acted.done)))
}

pub(super) async fn discard(State(state): State<ConsoleState>, form: Form) -> Page {
    let wish = ParkedDiscard {
        selection: chosen(&form),
        dry_run: false,
        reason: form.text("reason").to_owned(),
    };
    let Json(acted) = parked::discard(State(state), form.visitor.operator, Body(wish)).await?;
    Ok(see(&format!("/parked?done=discard&count={}", acted.done)))
}

pub(super) async fn stop(State(state): State<ConsoleState>, form: Form) -> Page {
    let Json(stopped) = parked::stop(State(state), form.visitor.operator).await?;
    Ok(see(&format!("/parked?done=stop&count={}", stopped.stopped)))
}

/// Named one by one: a form never means all of them.
fn chosen(form: &Form) -> ParkedSelection {
    ParkedSelection {
        ids: form.all("id"),
        ..ParkedSelection::default()
    }
}
