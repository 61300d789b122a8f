//! `/maintenance`: announced, going on, ended.

use axum::Json;
use axum::extract::State;
use chassis::process;
use maud::{Markup, html};
use proto::maintenance::{MaintenancePost, MaintenanceView};

use super::form::{Form, TOKEN};
use super::lang::Lang;
use super::visit::Visitor;
use super::{Page, frame, see, words};
use crate::body::Body;
use crate::decide::act::Act;
use crate::error::bad;
use crate::maintenance;
use crate::state::ConsoleState;

pub(super) async fn show(State(state): State<ConsoleState>, visitor: Visitor) -> Page {
    let Json(view) = maintenance::get(State(state), visitor.operator.clone()).await?;
    let lang = visitor.lang;
    let body = html! {
        p { (lang.of(
            "保守作業のあいだ、受付口は新しい封筒を終了予定の時刻とともに断ります（503）。受け取りと状態の確認はできます。途中の封筒は最後まで運ばれます。終了予定の時刻になると、ひとりでに再開します。",
            "During maintenance the door refuses new envelopes and says until when (503). Fetching and looking up go on, and what is under way is carried to its end. At the announced end the door opens by itself.",
        )) }
        (told(lang, &view))
        @if view.maintenance.is_none() { p { (lang.of("予定はありません。", "None is announced.")) } }
        @if view.maintenance.is_some() && visitor.may(Act::EndMaintenance) {
            form method="post" action="/maintenance/end" {
                input type="hidden" name=(TOKEN) value=(visitor.token);
                button { (lang.of("いま終了する", "End it now")) }
            }
        }
        @if visitor.may(Act::StartMaintenance) {
            h2 { (lang.of("予定する", "Announce")) }
            form.stacked method="post" action="/maintenance" {
                input type="hidden" name=(TOKEN) value=(visitor.token);
                label { (lang.of("開始（空欄：いますぐ）", "Begin (empty: now)"))
                    input type="datetime-local" name="begins_at"; }
                label { (lang.of("終了予定", "End"))
                    input type="datetime-local" name="ends_at" required; }
                label { (lang.of("事業所に伝える言葉（500文字まで）", "Words for the offices (at most 500 characters)"))
                    input name="words" maxlength="500" autocomplete="off"; }
                button { (lang.of("予定する", "Announce")) }
            }
        }
    };
    Ok(frame::page(&visitor, lang.of("保守作業", "Maintenance"), &body))
}

/// What is announced or going on, in a box; nothing otherwise.
pub(super) fn told(lang: Lang, view: &MaintenanceView) -> Markup {
    html! {
        @if let Some(announced) = &view.maintenance {
            div.told.open role="status" {
                p { strong {
                    "▲ " (if view.going_on {
                        lang.of("保守作業中：新しい封筒は受け付けていません。", "Maintenance is going on: nothing new is accepted.")
                    } else {
                        lang.of("保守作業が予定されています。", "Maintenance is announced.")
                    })
                } }
                p {
                    (words::time(announced.begins_at)) " – " (words::time(announced.ends_at)) " "
                    @if view.going_on {
                        "(" (lang.of("あと ", "left: ")) (words::age(lang, process::now(), announced.ends_at)) ") "
                    }
                    span.small { (announced.announced_by) }
                }
                @if !announced.words.is_empty() { p { (announced.words) } }
            }
        }
    }
}

pub(super) async fn start(State(state): State<ConsoleState>, form: Form) -> Page {
    let time = |name: &str| match words::in_japan(form.text(name)).as_str() {
        "" => Ok(None),
        text => text.parse().map(Some).map_err(|_| bad(name)),
    };
    let wish = MaintenancePost {
        begins_at: time("begins_at")?,
        ends_at: time("ends_at")?.ok_or_else(|| bad("ends_at"))?,
        words: form.text("words").to_owned(),
    };
    let _ = maintenance::post(State(state), form.visitor.operator, Body(wish)).await?;
    Ok(see("/maintenance"))
}

pub(super) async fn end(State(state): State<ConsoleState>, form: Form) -> Page {
    let _ = maintenance::delete(State(state), form.visitor.operator).await?;
    Ok(see("/maintenance"))
}
