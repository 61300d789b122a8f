//! Acts on webhooks, the answers to the forms of `/webhooks`. What cannot be taken back is confirmed on a page of its own; a
//! secret is shown once, on the page that answers the form which made it.

use axum::Json;
use axum::extract::{Path, State};
use axum::response::Response;
use maud::{Markup, html};
use proto::desk_webhooks::{WebhookPut, WebhookTested, WebhookView};
use proto::webhook::CallOutcome;
use proto::{OfficeNumber, codes};

use super::form::{Form, TOKEN};
use super::lang::Lang;
use super::visit::Visitor;
use super::webhooks::ended;
use super::{Page, frame, see, words};
use crate::body::Body;
use crate::decide::act::Act;
use crate::error::{DeskError, bad, mend};
use crate::state::ConsoleState;
use crate::webhooks;

/// The numbers of a field, each ended by a blank, a line end or a comma.
fn offices(text: &str) -> Result<Vec<OfficeNumber>, DeskError> {
    let apart = |c: char| c.is_whitespace() || matches!(c, ',' | '、' | '，');
    let numbers = text.split(apart).filter(|number| !number.is_empty());
    numbers.map(|number| office("offices", number)).collect()
}

fn office(field: &str, text: &str) -> Result<OfficeNumber, DeskError> {
    let (japanese, english) = (
        "事業所番号は10桁の数字です。番号を確かめ、いくつかあるときは空白か改行で区切ってください。",
        "An office number has 10 digits. Check it; write blanks or line ends between several.",
    );
    let refused = |_| mend(&codes::HTTP_BAD_REQUEST, field, japanese, english);
    text.parse().map_err(refused)
}

pub(super) async fn put(State(state): State<ConsoleState>, form: Form) -> Page {
    let name = form.text("name").to_owned();
    let wish = WebhookPut {
        url: form.text("url").to_owned(),
        offices: offices(form.text("offices"))?,
    };
    let operator = form.visitor.operator.clone();
    let new = form.text("new") == "1";
    if new && webhooks::is_there(&state, &name).await? {
        return Err(there_already());
    }
    let Json(view) = webhooks::put(State(state), operator, Path(name), Body(wish)).await?;
    // Sent twice at once: the page with the secret, the answer to the other one, may never have been seen.
    if new && view.secret.is_none() {
        return Err(there_already());
    }
    Ok(after(&form.visitor, &view))
}

fn there_already() -> DeskError {
    let (japanese, english) = (
        "この名前の Webhook はすでにあります。変えるにはその Webhook のページを開いてください。秘密を控えていなければ、そこで替えてください。",
        "There is a webhook of this name already. Open its page to change it; if nobody wrote its secret down, change that there.",
    );
    mend(&codes::DESK_STALE, "webhook", japanese, english)
}

/// With a secret that was just made the page that shows it; else that of the webhook.
fn after(visitor: &Visitor, view: &WebhookView) -> Response {
    let lang = visitor.lang;
    let Some(secret) = &view.secret else {
        return see(&format!("/webhooks/{}", view.name));
    };
    let body = html! {
        div.told.open {
            p { strong { "▲ " (lang.of(
                "この秘密はここで一度だけ表示します。いま控えて、受け取る側に渡してください。",
                "This secret is shown here and never again. Write it down now, and hand it to the receiver.",
            )) } }
            p.id { (secret) }
            @if let Some(until) = view.old_secret_until {
                p { (lang.of("前の秘密でも署名する期限：", "Calls are signed with the one before, too, until ")) (words::time(until)) }
            }
        }
        p { a href={ "/webhooks/" (view.name) } { (view.name) } }
    };
    frame::page(visitor, lang.of("Webhook の秘密", "Secret of the webhook"), &body)
}

pub(super) async fn test(State(state): State<ConsoleState>, Path(name): Path<String>, form: Form) -> Page {
    let visitor = &form.visitor;
    let operator = visitor.operator.clone();
    let Json(tested) = webhooks::test(State(state), operator, Path(name.clone())).await?;
    let body = html! {
        (came_back(visitor.lang, &tested))
        p { a href={ "/webhooks/" (words::encoded(&name)) } { (name) } }
    };
    let title = visitor.lang.of("呼んでみた結果", "What came of the call");
    Ok(frame::page(visitor, title, &body))
}

fn came_back(lang: Lang, tested: &WebhookTested) -> Markup {
    let Some(outcome) = tested.outcome else {
        return html! { div.told.open role="status" { p { strong { "？ " (lang.of(
            "配達のどれも時間内に呼びませんでした。動いているかを確かめてください。",
            "No delivery station took the test up in time: see whether one runs.",
        )) } } } };
    };
    let taken = outcome == CallOutcome::Taken;
    html! {
        div.told.good[taken].bad[!taken] role="status" {
            p { strong { (if taken { "✓ " } else { "✕ " }) (ended(lang, outcome)) } }
            p {
                @if let Some(status) = tested.status { "HTTP " (status) " · " }
                (words::figure(tested.milliseconds)) " ms"
            }
            @if !tested.words.is_empty() { p lang="en" { (tested.words) } }
        }
    }
}

pub(super) async fn enable(State(state): State<ConsoleState>, Path(name): Path<String>, form: Form) -> Page {
    let Json(view) = webhooks::enable(State(state), form.visitor.operator, Path(name)).await?;
    Ok(see(&format!("/webhooks/{}", view.name)))
}

/// What cannot be taken back is asked once more.
pub(super) async fn confirm(State(state): State<ConsoleState>, Path(name): Path<String>, form: Form) -> Page {
    let visitor = &form.visitor;
    let lang = visitor.lang;
    let (act, title, effect, button) = match form.text("act") {
        "rotate" => (
            Act::RotateWebhook,
            lang.of("秘密を替える前の確認", "Before the secret is changed"),
            lang.of(
                "の秘密を新しくします。前の秘密でも1日のあいだ署名し、その前の秘密はすぐに使えなくなります。",
                "gets a new secret. The one before signs for a day more; one from before that signs no more.",
            ),
            lang.of("秘密を替える", "Change the secret"),
        ),
        "remove" => (
            Act::RemoveWebhook,
            lang.of("取り除く前の確認", "Before it is removed"),
            lang.of(
                "を秘密と伝えた位置ごと取り除きます。もう呼びません（受信箱には残ります）。",
                "is removed with its secrets and marks, and called no more. The inboxes keep everything.",
            ),
            lang.of("取り除く", "Remove"),
        ),
        "leave" => (
            Act::LeaveWebhook,
            lang.of("事業所を外す前の確認", "Before the office is taken away"),
            lang.of(
                "は、この事業所のことを伝えなくなります。",
                "tells of this office no more.",
            ),
            lang.of("外す", "Take it away"),
        ),
        _ => return Err(bad("act")),
    };
    visitor.operator.permit(&state, act).await?;
    let operator = visitor.operator.clone();
    let Json(view) = webhooks::show(State(state), operator, Path(name)).await?;
    let number = if act == Act::LeaveWebhook {
        Some(told_of(&view, &form)?)
    } else {
        None
    };
    let action = format!("/webhooks/{}/{}", view.name, form.text("act"));
    let body = html! {
        p.told.bad { strong { (view.name) } " " (effect) @if let Some(number) = number { " " strong { (number) } } }
        form.line method="post" action=(action) {
            input type="hidden" name=(TOKEN) value=(visitor.token);
            @if let Some(number) = number { input type="hidden" name="office" value=(number); }
            @if act == Act::RotateWebhook {
                input type="hidden" name="shown" value=(webhooks::stamp(view.old_secret_until));
            }
            button.grave { (button) } " "
            a href={ "/webhooks/" (view.name) } { (lang.of("やめる", "Do not")) }
        }
    };
    Ok(frame::page(visitor, title, &body))
}

/// The office of the form, which the webhook has to tell of.
fn told_of(view: &WebhookView, form: &Form) -> Result<OfficeNumber, DeskError> {
    let number = office("office", form.text("office"))?;
    let (japanese, english) = (
        "この Webhook はこの事業所のことを伝えていません。番号を確かめてください。",
        "The webhook does not tell of this office. Check the number.",
    );
    let refused = || mend(&codes::HTTP_NOT_FOUND, "office", japanese, english);
    let told = view.offices.iter().any(|line| line.office == number);
    told.then_some(number).ok_or_else(refused)
}

pub(super) async fn rotate(State(state): State<ConsoleState>, Path(name): Path<String>, form: Form) -> Page {
    let (operator, shown) = (&form.visitor.operator, form.text("shown"));
    let view = webhooks::change_secret(&state, operator, &name, Some(shown)).await?;
    Ok(after(&form.visitor, &view))
}

pub(super) async fn leave(State(state): State<ConsoleState>, Path(name): Path<String>, form: Form) -> Page {
    let place = format!("/webhooks/{}", words::encoded(&name));
    let office = form.text("office").to_owned();
    webhooks::leave(State(state), form.visitor.operator, Path((name, office))).await?;
    Ok(see(&place))
}

pub(super) async fn remove(State(state): State<ConsoleState>, Path(name): Path<String>, form: Form) -> Page {
    webhooks::delete(State(state), form.visitor.operator, Path(name)).await?;
    Ok(see("/webhooks"))
}
