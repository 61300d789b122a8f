//! `/delegations`: who may act for whom, letting and taking back; `/vendors`: the queues of vendors and offices.

use axum::Json;
use axum::extract::{Path, State};
use maud::{Markup, html};
use proto::desk::{ChannelView, DelegationPost};
use proto::desk_lists::HeldDelegation;

use super::form::{Form, TOKEN};
use super::held::holder;
use super::lang::Lang;
use super::visit::Visitor;
use super::{Page, frame, see, words};
use crate::body::Body;
use crate::decide::act::Act;
use crate::error::bad;
use crate::held::Wish;
use crate::state::ConsoleState;
use crate::{channels, delegations, held};

/// Offices of a queue that are named; the API names all.
const NAMED: usize = 20;

/// Waiting messages from which on a queue is looked at: its vendor should take them at once.
const MANY: u64 = 1_000;

pub(super) async fn list(State(state): State<ConsoleState>, visitor: Visitor, wish: Wish) -> Page {
    let asked = wish.as_ref().map(|query| query.0.clone()).unwrap_or_default();
    let Json(list) = held::delegations(State(state), visitor.operator.clone(), wish).await?;
    let lang = visitor.lang;
    let next = list.next.map(|next| {
        let (office, delegate) = (words::encoded(&asked.office), words::encoded(&asked.delegate));
        format!(
            "/delegations?office={office}&delegate={delegate}&after={}",
            words::encoded(&next)
        )
    });
    let body = html! {
        form.fields method="get" action="/delegations" role="search" {
            label { (lang.of("委任する事業所", "Office")) input name="office" value=(asked.office) inputmode="numeric" maxlength="10"; }
            label { (lang.of("受任者（vendor:abc など）", "Delegate (such as vendor:abc)")) input name="delegate" value=(asked.delegate); }
            button { (lang.of("探す", "Search")) }
        }
        @if list.items.is_empty() { p { (lang.of("ありません。", "There are none.")) } } @else {
            div.scroll tabindex="0" { table {
                thead { tr {
                    th { (lang.of("委任する事業所", "Office")) } th { (lang.of("受任者", "Delegate")) } th { (lang.of("内容", "Right")) }
                    th { (lang.of("期間", "Period")) }
                    @if visitor.may(Act::RevokeDelegation) { th { (lang.of("操作", "Act")) } }
                } }
                tbody { @for item in &list.items { tr {
                    td { (words::office(item.office.as_str())) } td { (holder(&item.delegate)) } td { (right(lang, &item.right)) }
                    td { (words::time(item.from)) " – " (words::maybe_time(item.until)) }
                    @if visitor.may(Act::RevokeDelegation) { td { (revoke(lang, &visitor, item)) } }
                } } }
            } }
        }
        @if let Some(next) = next { p { a href=(next) { (lang.of("次へ", "Next")) } } }
        @if visitor.may(Act::AddDelegation) { (add(lang, &visitor)) }
    };
    Ok(frame::page(&visitor, lang.of("委任", "Delegations"), &body))
}

fn right(lang: Lang, right: &str) -> Markup {
    let word = match right {
        "send" => lang.of("送信", "send"),
        "sign" => lang.of("署名", "sign"),
        _ => lang.of("受信", "read"),
    };
    html! { (word) @if lang == Lang::Japanese { " " code { (right) } } }
}

fn revoke(lang: Lang, visitor: &Visitor, item: &HeldDelegation) -> Markup {
    let label = format!(
        "{} {} {} {}",
        item.office,
        item.delegate,
        item.right,
        lang.of("の委任を終える", ": end the delegation")
    );
    html! {
        form.line method="post" action="/delegations/end" {
            input type="hidden" name=(TOKEN) value=(visitor.token);
            input type="hidden" name="office" value=(item.office);
            input type="hidden" name="delegate" value=(item.delegate);
            input type="hidden" name="right" value=(item.right);
            button.grave aria-label=(label) { (lang.of("終える", "End")) }
        }
    }
}

fn add(lang: Lang, visitor: &Visitor) -> Markup {
    html! {
        h2 { (lang.of("委任を登録する", "Let somebody act for an office")) }
        form.stacked method="post" action="/delegations" {
            input type="hidden" name=(TOKEN) value=(visitor.token);
            label { (lang.of("委任する事業所", "Office")) input name="office" required inputmode="numeric" maxlength="10" autocomplete="off"; }
            label { (lang.of("受任者（vendor:abc、office:0300000100）", "Delegate (vendor:abc, office:0300000100)"))
                input name="delegate" required autocomplete="off"; }
            label { (lang.of("内容", "Right")) " "
                select name="right" { @for word in ["send", "sign", "read"] { option value=(word) { (right(lang, word)) } } } }
            label { (lang.of("終わり（空欄：期限なし）", "Until (empty: without end)")) input type="date" name="until"; }
            button { (lang.of("登録する", "Add")) }
        }
    }
}

pub(super) async fn add_delegation(State(state): State<ConsoleState>, form: Form) -> Page {
    let until = words::in_japan(form.text("until"));
    let wish = DelegationPost {
        office: form.maybe("office")?.ok_or_else(|| bad("office"))?,
        delegate: form.text("delegate").to_owned(),
        rights: vec![form.text("right").to_owned()],
        from: None,
        until: match until.as_str() {
            "" => None,
            text => Some(text.parse().map_err(|_| bad("until"))?),
        },
    };
    let office = wish.office;
    let _ = delegations::post(State(state), form.visitor.operator, Body(wish)).await?;
    Ok(see(&format!("/delegations?office={office}")))
}

pub(super) async fn end(State(state): State<ConsoleState>, form: Form) -> Page {
    let part = |name| form.text(name).to_owned();
    let path = (part("office"), part("delegate"), part("right"));
    let place = format!("/delegations?office={}", words::encoded(&path.0));
    delegations::delete(State(state), form.visitor.operator, Path(path)).await?;
    Ok(see(&place))
}

pub(super) async fn vendors(State(state): State<ConsoleState>, visitor: Visitor) -> Page {
    let Json(list) = channels::list(State(state), visitor.operator.clone()).await?;
    let lang = visitor.lang;
    let told = list.items.iter().all(|item| item.user.is_some());
    let body = html! {
        @if !told && !list.items.is_empty() {
            p.told.open { "？ " (lang.of("ブローカーの管理機能に尋ねられないため、待ち数と利用者は分かりません。",
                "The broker's management cannot be asked: what waits and who has a user is not known.")) }
        }
        @if list.items.is_empty() { p { (lang.of("ありません。", "There are none.")) } } @else {
            div.scroll tabindex="0" { table {
                thead { tr {
                    th { (lang.of("キュー", "Queue")) } th { (lang.of("作成", "Since")) } th.figure { (lang.of("待ち", "Waiting")) }
                    th { (lang.of("利用者", "User")) } th { (lang.of("事業所", "Offices")) }
                    @if visitor.may(Act::RemoveChannel) { th { (lang.of("操作", "Act")) } }
                } }
                tbody { @for item in &list.items { (vendor(lang, &visitor, item)) } }
            } }
        }
        p.small { (lang.of(
            "作成とパスワードの交換は relayctl vendor で行います（パスワードは画面に出しません）。",
            "Queues are made and passwords changed by relayctl vendor: no page shows a password.",
        )) }
    };
    Ok(frame::page(&visitor, lang.of("業者のキュー", "Vendors"), &body))
}

fn vendor(lang: Lang, visitor: &Visitor, item: &ChannelView) -> Markup {
    html! { tr {
        td { strong { (item.name) } }
        td { (words::time(item.since)) }
        td.figure { @match item.waiting {
            None => "–",
            Some(count) => { @if MANY <= count { "▲ " } (words::figure(count)) }
        } }
        td { @match item.user {
            None => "–",
            Some(true) => { "✓ " (lang.of("あり", "is there")) },
            Some(false) => strong { "✕ " (lang.of("なし", "missing")) },
        } }
        td {
            @for office in item.offices.iter().take(NAMED) { (words::office(office.as_str())) " " }
            @if NAMED < item.offices.len() { "… " (words::figure(item.offices.len() as u64)) }
        }
        @if visitor.may(Act::RemoveChannel) { td {
            form.line method="post" action="/vendors/confirm" {
                input type="hidden" name=(TOKEN) value=(visitor.token);
                input type="hidden" name="name" value=(item.name);
                button.grave aria-label={ (item.name) " " (lang.of("を取り除く", ": remove")) } { (lang.of("取り除く", "Remove")) }
            }
        } }
    } }
}

/// What is in a queue is gone with it: it is asked once more.
pub(super) async fn confirm(form: Form) -> Page {
    let visitor = &form.visitor;
    let lang = visitor.lang;
    let body = html! {
        p.told.bad { strong { (form.text("name")) } " "
            (lang.of("のキューと利用者を取り除きます。キューの中の待ちは消えます（受信箱には残ります）。",
                "loses its queue and its user. What waits in the queue is gone; the mailboxes keep it.")) }
        form.line method="post" action="/vendors/remove" {
            input type="hidden" name=(TOKEN) value=(visitor.token);
            input type="hidden" name="name" value=(form.text("name"));
            button.grave { (lang.of("取り除く", "Remove")) } " "
            a href="/vendors" { (lang.of("やめる", "Do not")) }
        }
    };
    let title = lang.of("取り除く前の確認", "Before it is removed");
    Ok(frame::page(visitor, title, &body))
}

pub(super) async fn remove(State(state): State<ConsoleState>, form: Form) -> Page {
    let name = form.text("name").to_owned();
    channels::delete(State(state), form.visitor.operator, Path(name)).await?;
    Ok(see("/vendors"))
}
