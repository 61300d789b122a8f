//! `/webhooks`: URLs of vendors and offices that are told what happens: where they call, how they stand, and the forms of
//! what may be done with them.

use axum::Json;
use axum::extract::{Path, State};
use maud::{Markup, html};
use proto::desk_webhooks::{WebhookLine, WebhookView};
use proto::webhook::CallOutcome;
use proto::{Channel, Time};

use super::form::TOKEN;
use super::lang::Lang;
use super::visit::Visitor;
use super::{Page, frame, words};
use crate::decide::act::Act;
use crate::state::ConsoleState;
use crate::webhooks;

/// Offices of a webhook that are named in the list.
const NAMED: usize = 20;

/// Offices of a webhook on its own page; the API has all.
const SHOWN: usize = 200;

pub(super) async fn list(State(state): State<ConsoleState>, visitor: Visitor) -> Page {
    let Json(list) = webhooks::list(State(state), visitor.operator.clone()).await?;
    let lang = visitor.lang;
    let body = html! {
        @if list.items.is_empty() { p { (lang.of("ありません。", "There are none.")) } } @else {
            div.scroll tabindex="0" { table {
                thead { tr {
                    th { "Webhook" } th { "URL" } th { (lang.of("事業所", "Offices")) } th { (lang.of("状態", "How it stands")) }
                } }
                tbody { @for item in &list.items { tr {
                    td { a href={ "/webhooks/" (item.name) } { (item.name) } }
                    td { code.id { (item.url) } }
                    td {
                        @for line in item.offices.iter().take(NAMED) { (words::office(line.office.as_str())) " " }
                        @if NAMED < item.offices.len() { "… " (words::figure(item.offices.len() as u64)) }
                    }
                    td { (worst(lang, &item.offices)) }
                } } }
            } }
        }
        p.small { (lang.of(
            "呼び出すのは配達です。伝えるのは ID だけで、封筒は受信箱に残ります。",
            "Delivery calls them. They are told ids alone; the envelopes stay in the inbox.",
        )) }
        @if visitor.may(Act::PutWebhook) {
            h2 { (lang.of("Webhook を作る", "Make a webhook")) }
            (set(lang, &visitor, None))
        }
    };
    Ok(frame::page(&visitor, lang.of("Webhook", "Webhooks"), &body))
}

/// Of all its offices the one that must be looked at first, and how many more there are like it.
fn worst(lang: Lang, lines: &[WebhookLine]) -> Markup {
    let fail = lines.iter().filter(|line| rank(line).0 <= IN_VAIN).count();
    html! {
        @match lines.iter().min_by_key(|line| rank(line)) {
            None => "–",
            Some(line) => (standing(lang, line)),
        }
        @if 1 < fail { br; (lang.of("失敗している事業所：", "Offices that fail: ")) (words::figure(fail as u64)) }
    }
}

/// Ranks up to this one are of lines that fail.
const IN_VAIN: u8 = 1;

/// Whom to look after first: given up, then in vain for the longest time, then those not let in.
fn rank(line: &WebhookLine) -> (u8, Option<Time>) {
    match (line.disabled_at, line.failing_since) {
        (Some(at), _) => (0, Some(at)),
        (None, Some(since)) => (IN_VAIN, Some(since)),
        (None, None) if !line.may_read => (2, None),
        (None, None) if line.waits => (3, None),
        (None, None) => (4, None),
    }
}

fn standing(lang: Lang, line: &WebhookLine) -> Markup {
    let how = html! {
        @if let Some(outcome) = line.outcome { (ended(lang, outcome)) " " }
        "(" (words::count(line.tries)) (lang.of("回", " calls")) ")"
    };
    html! {
        @if let Some(at) = line.disabled_at {
            strong { "✕ " (lang.of("呼ぶのをやめた ", "given up ")) } (words::time(at)) " " (how)
        } @else if let Some(since) = line.failing_since {
            strong { "▲ " (lang.of("失敗中（開始 ", "in vain (since ")) (words::time(since)) (lang.of("）", ")")) } " " (how)
            @if let Some(next) = line.next_at { br; (lang.of("次の呼出 ", "called again ")) (words::time(next)) }
        } @else if !line.may_read {
            "？ " (lang.of("待ち：事業所が受信（read）を委任していません", "waits: the office does not let it read"))
        } @else if line.waits {
            (lang.of("伝えているところ", "is being told"))
        } @else {
            "✓ " (lang.of("伝えました", "told"))
        }
    }
}

/// How a call ended, with the word logs and metrics have for it.
pub(super) fn ended(lang: Lang, outcome: CallOutcome) -> Markup {
    let told = match outcome {
        CallOutcome::Taken => lang.of("受け取られた", "taken"),
        CallOutcome::Redirected => lang.of("転送の返事（従いません）", "redirected, which is not followed"),
        CallOutcome::Refused => lang.of("断られた", "refused"),
        CallOutcome::Silent => lang.of("時間内に返事がない", "no answer in time"),
        CallOutcome::Unresolved => lang.of("名前にアドレスがない", "the name has no address"),
        CallOutcome::Forbidden => lang.of("呼んではならないアドレス", "an address webhooks may not lead to"),
        CallOutcome::Unreachable => lang.of(
            "接続できない（証明書を含む）",
            "no connection, or none with the name's certificate",
        ),
        CallOutcome::Broken => lang.of("HTTP の返事でない", "not HTTP, or cut off"),
    };
    html! { (told) " " code { (outcome.as_str()) } }
}

/// A form that makes one, or changes the one that is there.
fn set(lang: Lang, visitor: &Visitor, known: Option<&WebhookView>) -> Markup {
    html! {
        form.stacked method="post" action="/webhooks" {
            input type="hidden" name=(TOKEN) value=(visitor.token);
            @if let Some(view) = known { input type="hidden" name="name" value=(view.name); } @else {
                input type="hidden" name="new" value="1";
                label { (lang.of("名前（office.0300000100、または vendor.abc）", "Name (office.0300000100 or vendor.abc)"))
                    input name="name" required maxlength="50" autocomplete="off"; }
            }
            label { (lang.of("呼び出す URL（https だけ）", "URL to call (https alone)"))
                input name="url" required inputmode="url" maxlength="2000" autocomplete="off"
                    value=[known.map(|view| view.url.as_str())]; }
            @if known.is_none_or(of_vendor) {
                label { (lang.of("加える事業所（業者の Webhook だけ。10桁の番号を空白か改行で区切る）",
                    "Offices to add (a vendor's webhook alone; numbers of 10 digits with blanks or line ends between them)"))
                    textarea name="offices" rows="3" spellcheck="false" {} }
            }
            button { @if known.is_none() { (lang.of("作る", "Make")) } @else { (lang.of("変える", "Change")) } }
        }
    }
}

/// An office's own tells of that office alone.
fn of_vendor(view: &WebhookView) -> bool {
    let name = view.name.parse::<Channel>();
    name.is_ok_and(|name| name.holder().office().is_none())
}

pub(super) async fn show(
    State(state): State<ConsoleState>,
    visitor: Visitor,
    Path(name): Path<String>,
) -> Page {
    let Json(view) = webhooks::show(State(state), visitor.operator.clone(), Path(name)).await?;
    let lang = visitor.lang;
    let mut lines: Vec<_> = view.offices.iter().collect();
    lines.sort_by_key(|line| rank(line));
    let body = html! {
        table.facts { tbody {
            tr { th scope="row" { "URL" } td { code.id { (view.url) } } }
            tr { th scope="row" { (lang.of("作成", "Since")) } td { (words::time(view.since)) } }
            @if let Some(until) = view.old_secret_until {
                tr { th scope="row" { (lang.of("前の秘密でも署名する期限", "The secret before signs until")) } td { (words::time(until)) } }
            }
        } }
        h2 { (lang.of("事業所", "Offices")) " " (words::figure(lines.len() as u64)) }
        @if lines.is_empty() { p { (lang.of("ありません。", "There are none.")) } } @else {
            div.scroll tabindex="0" { table {
                thead { tr { th { (lang.of("事業所", "Office")) } th { (lang.of("状態", "How it stands")) } } }
                tbody { @for line in lines.iter().take(SHOWN) { tr {
                    td { (words::office(line.office.as_str())) } td { (standing(lang, line)) }
                } } }
            } }
        }
        @if SHOWN < lines.len() { p.small { (lang.of("ほかにもあります：", "There are more: ")) (words::figure((lines.len() - SHOWN) as u64)) } }
        (acts(lang, &visitor, &view))
    };
    let title = format!("Webhook {}", view.name);
    Ok(frame::page(&visitor, &title, &body))
}

fn acts(lang: Lang, visitor: &Visitor, view: &WebhookView) -> Markup {
    let at = |act: &str| format!("/webhooks/{}/{act}", view.name);
    let token = html! { input type="hidden" name=(TOKEN) value=(visitor.token); };
    let confirm = |act: &str| html! { (token) input type="hidden" name="act" value=(act); };
    html! {
        @if visitor.may(Act::TestWebhook) {
            h2 { (lang.of("操作", "Acts")) }
            form.line method="post" action=(at("test")) { (token)
                button { (lang.of("いま一度呼んでみる", "Call it once now")) } }
        }
        @if visitor.may(Act::EnableWebhook) {
            form.line method="post" action=(at("enable")) { (token)
                button { (lang.of("止まったところからすぐ続ける", "Go on at once where it stopped")) } }
        }
        @if visitor.may(Act::RotateWebhook) {
            form.line method="post" action=(at("confirm")) { (confirm("rotate"))
                button { (lang.of("秘密を替える", "Change the secret")) } }
        }
        @if visitor.may(Act::RemoveWebhook) {
            form.line method="post" action=(at("confirm")) { (confirm("remove"))
                button.grave { (lang.of("取り除く", "Remove")) } }
        }
        @if visitor.may(Act::LeaveWebhook) && of_vendor(view) {
            form.fields method="post" action=(at("confirm")) { (confirm("leave"))
                label { (lang.of("伝えるのをやめる事業所", "Office it is to tell of no more"))
                    input name="office" required inputmode="numeric" maxlength="10" autocomplete="off"; }
                button.grave { (lang.of("外す", "Take it away")) }
            }
        }
        @if visitor.may(Act::PutWebhook) {
            h2 { (lang.of("変える", "Change it")) }
            (set(lang, visitor, Some(view)))
        }
    }
}
