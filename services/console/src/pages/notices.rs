//! `/notices`: what offices were told, telling them, and drafts of that.

use axum::Json;
use axum::extract::{Path, State};
use maud::{Markup, html};
use proto::OfficeNumber;
use proto::desk::NoticePost;
use proto::desk_notices::NoticeDraft;

use super::form::{Form, TOKEN};
use super::lang::Lang;
use super::visit::Visitor;
use super::{Page, frame, see, words};
use crate::body::Body;
use crate::decide::act::Act;
use crate::error::DeskError;
use crate::notices;
use crate::state::ConsoleState;

pub(super) async fn list(State(state): State<ConsoleState>, visitor: Visitor) -> Page {
    let operator = visitor.operator.clone();
    let Json(list) = notices::list(State(state.clone()), operator.clone()).await?;
    let Json(drafts) = notices::drafts(State(state), operator).await?;
    let lang = visitor.lang;
    let body = html! {
        @if visitor.may(Act::PublishNotice) {
            form.stacked method="post" action="/notices/drafts" {
                input type="hidden" name=(TOKEN) value=(visitor.token);
                (fields(lang, None))
                button { (lang.of("下書きに保存して確かめる", "Save as a draft and look at it")) } " "
                button formaction="/notices" { (lang.of("掲載する", "Publish")) }
            }
        }
        h2 { (lang.of("下書き", "Drafts")) }
        @if drafts.items.is_empty() { p { (lang.of("ありません。", "There are none.")) } }
        ul.notices {
            @for item in &drafts.items {
                li {
                    p.small { a href={ "/notices/drafts/" (item.id) } { (lang.of("下書き", "Draft")) " " (item.id) } " "
                        (words::time(item.changed_at)) " " (item.changed_by) " → " (of_draft(lang, item)) }
                    p.text { (beginning(&item.text)) }
                }
            }
        }
        h2 { (lang.of("掲載したお知らせ", "Published")) }
        @if list.items.is_empty() { p { (lang.of("ありません。", "There are none.")) } }
        ol.notices {
            @for item in &list.items {
                li {
                    p.small { (words::time(item.at)) " "
                        (target(lang, item.office, item.prefecture.as_deref(), item.service.as_deref())) }
                    p.text { (item.text) }
                }
            }
        }
    };
    Ok(frame::page(&visitor, lang.of("お知らせ", "Notices"), &body))
}

/// Whom it is for, and its words.
fn fields(lang: Lang, draft: Option<&NoticeDraft>) -> Markup {
    let office = draft
        .and_then(|draft| draft.office)
        .map(|office| office.to_string());
    let of = |text: Option<&String>| text.cloned().unwrap_or_default();
    html! {
        label { (lang.of("宛先の事業所番号（空欄：下の条件、条件もなければすべての事業所）", "Office (empty: as said below, or every office)"))
            input name="office" inputmode="numeric" maxlength="10" autocomplete="off" value=[office]; }
        label { (lang.of("都道府県（事業所番号の初めの2桁、空欄：すべて）", "Prefecture (first two digits of office numbers; empty: every one)"))
            input name="prefecture" inputmode="numeric" maxlength="2" autocomplete="off"
                value=(of(draft.and_then(|draft| draft.prefecture.as_ref()))); }
        label { (lang.of("サービス種類（2桁のコード、空欄：すべて）", "Service kind (code of two characters; empty: every one)"))
            input name="service" maxlength="2" autocomplete="off"
                value=(of(draft.and_then(|draft| draft.service.as_ref()))); }
        label { (lang.of("お知らせの文（4,000文字まで）", "Words (at most 4,000 characters)"))
            textarea name="text" rows="4" maxlength="4000" required { (draft.map_or("", |draft| draft.text.as_str())) } }
    }
}

fn target(
    lang: Lang,
    office: Option<OfficeNumber>,
    prefecture: Option<&str>,
    service: Option<&str>,
) -> Markup {
    html! {
        @match (office, prefecture, service) {
            (Some(office), ..) => (words::office(office.as_str())),
            (_, None, None) => (lang.of("すべての事業所", "every office")),
            _ => {
                @if let Some(prefecture) = prefecture { (lang.of("都道府県 ", "prefecture ")) (prefecture) " " }
                @if let Some(service) = service { (lang.of("サービス種類 ", "service kind ")) (service) }
            }
        }
    }
}

fn of_draft(lang: Lang, draft: &NoticeDraft) -> Markup {
    target(
        lang,
        draft.office,
        draft.prefecture.as_deref(),
        draft.service.as_deref(),
    )
}

fn beginning(text: &str) -> String {
    let mut short: String = text.chars().take(80).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}

fn wish(form: &Form) -> Result<NoticePost, DeskError> {
    let words = |name| Some(form.text(name).to_owned()).filter(|text| !text.is_empty());
    Ok(NoticePost {
        office: form.maybe("office")?,
        prefecture: words("prefecture"),
        service: words("service"),
        // A browser ends lines with CR LF (HTML § form submission); a notice knows LF alone.
        text: form.text("text").replace("\r\n", "\n"),
    })
}

pub(super) async fn publish(State(state): State<ConsoleState>, form: Form) -> Page {
    let wish = wish(&form)?;
    let _ = notices::post(State(state), form.visitor.operator, Body(wish)).await?;
    Ok(see("/notices"))
}

pub(super) async fn save(State(state): State<ConsoleState>, form: Form) -> Page {
    let wish = wish(&form)?;
    let Json(draft) = notices::post_draft(State(state), form.visitor.operator, Body(wish)).await?;
    Ok(see(&format!("/notices/drafts/{}", draft.id)))
}

/// A draft as offices would read it.
pub(super) async fn draft(
    State(state): State<ConsoleState>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Page {
    let Json(draft) = notices::draft(State(state), visitor.operator.clone(), Path(id)).await?;
    let lang = visitor.lang;
    let place = format!("/notices/drafts/{}", draft.id);
    let body = html! {
        p.told.open { (lang.of("まだ掲載していません。掲載すると次のように読まれます。", "Not published yet. Published, it reads like this.")) }
        p.small { (words::time(draft.changed_at)) " " (draft.changed_by) " → " (of_draft(lang, &draft)) }
        ul.notices { li { p.text { (draft.text) } } }
        @if visitor.may(Act::PublishNotice) {
            form.line method="post" action={ (place) "/publish" } {
                input type="hidden" name=(TOKEN) value=(visitor.token);
                input type="hidden" name="read" value=(draft.changed_at.micros());
                button { (lang.of("この内容で掲載する", "Publish this")) } " "
                button.grave formaction={ (place) "/discard" } { (lang.of("下書きを捨てる", "Discard the draft")) }
            }
            h2 { (lang.of("直す", "Change it")) }
            form.stacked method="post" action=(place) {
                input type="hidden" name=(TOKEN) value=(visitor.token);
                (fields(lang, Some(&draft)))
                button { (lang.of("下書きを直す", "Save the draft")) }
            }
        }
        p { a href="/notices" { (lang.of("お知らせへ戻る", "Back to the notices")) } }
    };
    let title = lang.of("お知らせの下書き", "Draft of a notice");
    Ok(frame::page(&visitor, title, &body))
}

pub(super) async fn change(State(state): State<ConsoleState>, Path(id): Path<String>, form: Form) -> Page {
    let wish = wish(&form)?;
    let asked = notices::put_draft(State(state), form.visitor.operator, Path(id), Body(wish));
    let Json(draft) = asked.await?;
    Ok(see(&format!("/notices/drafts/{}", draft.id)))
}

pub(super) async fn publish_draft(
    State(state): State<ConsoleState>,
    Path(id): Path<String>,
    form: Form,
) -> Page {
    let operator = form.visitor.operator.clone();
    let permit = operator.permit(&state, Act::PublishNotice).await?;
    let Json(draft) = notices::draft(State(state.clone()), operator, Path(id)).await?;
    // "This" is what stood on the page: changed meanwhile, it is shown again.
    if form.text("read") != draft.changed_at.micros().to_string() {
        return Ok(see(&format!("/notices/drafts/{}", draft.id)));
    }
    let _ = notices::publish_as_read(&state, &permit, draft).await?;
    Ok(see("/notices"))
}

pub(super) async fn discard(State(state): State<ConsoleState>, Path(id): Path<String>, form: Form) -> Page {
    notices::discard_draft(State(state), form.visitor.operator, Path(id)).await?;
    Ok(see("/notices"))
}
