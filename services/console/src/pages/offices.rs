//! `/offices`: the directory, looked at; licences are given here too.

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use maud::{Markup, html};
use proto::api::OfficeEntry;
use proto::desk::{DelegationView, LicencePut, OfficeStanding, OfficeView};
use serde::Deserialize;
use store::OfficeSearch;

use super::form::{Form, TOKEN};
use super::lang::Lang;
use super::visit::Visitor;
use super::{Page, frame, see, words};
use crate::body::Body;
use crate::decide::act::Act;
use crate::error::bad;
use crate::state::ConsoleState;
use crate::{delegations, licences, offices};

/// Rows of a page.
const ROWS: u32 = 50;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Fields {
    q: String,
    prefecture: String,
    service: String,
    after: String,
}

pub(super) async fn search(
    State(state): State<ConsoleState>,
    visitor: Visitor,
    fields: Result<Query<Fields>, QueryRejection>,
) -> Page {
    let Query(fields) = fields.map_err(|_| bad("query"))?;
    let holds_nul = [&fields.q, &fields.prefecture, &fields.service, &fields.after]
        .iter()
        .any(|text| text.contains('\0'));
    if holds_nul {
        return Err(bad("query"));
    }
    let asked = OfficeSearch {
        words: fields.q.trim(),
        prefecture: fields.prefecture.trim(),
        service: fields.service.trim(),
        after: &fields.after,
    };
    let found = state.store.search_offices(&asked, ROWS).await?;
    let lang = visitor.lang;
    let next = found.last().filter(|_| found.len() == ROWS as usize).map(|last| {
        let pairs = [
            ("q", asked.words),
            ("prefecture", asked.prefecture),
            ("service", asked.service),
            ("after", last.number.as_str()),
        ];
        let pairs: Vec<_> = pairs
            .iter()
            .map(|(name, value)| format!("{name}={}", words::encoded(value)))
            .collect();
        format!("/offices?{}", pairs.join("&"))
    });
    let body = html! {
        form.fields method="get" action="/offices" role="search" {
            label { (lang.of("番号の初め、または名称の一部", "Beginning of the number, or part of the name"))
                input name="q" value=(fields.q); }
            label { (lang.of("都道府県（2桁）", "Prefecture (2 digits)"))
                input name="prefecture" value=(fields.prefecture) inputmode="numeric" maxlength="2"; }
            label { (lang.of("サービス種類", "Service kind"))
                input name="service" value=(fields.service) maxlength="2"; }
            button { (lang.of("探す", "Search")) }
        }
        (table(lang, &found))
        @if let Some(next) = next { p { a href=(next) { (lang.of("次の50件", "The next 50")) } } }
        p { a href="/directory" { (lang.of("CSV で書き出す・取り込む", "Export or import as CSV")) } }
        p.small { (lang.of("廃止・休止・番号変更の事業所は、番号を開くと表示されます。", "Closed and renumbered offices are shown under their number.")) }
    };
    Ok(frame::page(&visitor, lang.of("事業所", "Offices"), &body))
}

fn table(lang: Lang, found: &[OfficeEntry]) -> Markup {
    html! {
        @if found.is_empty() { p { (lang.of("ありません。", "There are none.")) } } @else {
            div.scroll tabindex="0" { table {
                thead { tr {
                    th { (lang.of("番号", "Number")) }
                    th { (lang.of("名称", "Name")) }
                    th { (lang.of("サービス種類", "Services")) }
                } }
                tbody { @for office in found { tr {
                    td { (words::office(office.number.as_str())) }
                    td { (office.name) }
                    td { (office.services.join(" ")) }
                } } }
            } }
        }
    }
}

pub(super) async fn show(
    State(state): State<ConsoleState>,
    visitor: Visitor,
    Path(number): Path<String>,
) -> Page {
    let lang = visitor.lang;
    let operator = visitor.operator.clone();
    let Json(office) = offices::get(State(state.clone()), operator.clone(), Path(number)).await?;
    let Json(delegations) =
        delegations::list(State(state), operator, Path(office.number.to_string())).await?;
    let body = html! {
        p.status { strong { (office.name) } " " (standing(lang, &office)) }
        table.facts { tbody {
            tr { th scope="row" { (lang.of("サービス種類", "Services")) } td { (office.services.join(" ")) } }
            tr { th scope="row" { (lang.of("読める標準仕様の版", "Versions it can read")) }
                td { (if office.versions.is_empty() { lang.of("すべて", "every one").to_owned() } else { office.versions.join(" ") }) } }
            tr { th scope="row" { (lang.of("ライセンスの期限", "Licence until")) } td { (words::maybe_time(office.licence_until)) } }
        } }
        p { a href={ "/search?office=" (office.number) } { (lang.of("この事業所の封筒", "Its envelopes")) } }
        @if visitor.may(Act::PutLicence) { (licence(lang, &visitor, &office)) }
        h2 { (lang.of("電子証明書", "Certificates")) }
        (certificates(lang, &office))
        h2 { (lang.of("委任", "Delegations")) }
        (delegates(lang, &delegations.items))
    };
    Ok(frame::page(&visitor, office.number.as_str(), &body))
}

fn standing(lang: Lang, office: &OfficeView) -> Markup {
    html! {
        @match (office.state, office.renumbered_to) {
            (OfficeStanding::Open, _) => { "✓ " (lang.of("参加中", "takes part")) }
            (_, Some(to)) => { "▲ " (lang.of("番号変更：", "renumbered: ")) (words::office(to.as_str())) }
            _ => { "✕ " (lang.of("廃止・休止", "closed")) }
        }
    }
}

fn licence(lang: Lang, visitor: &Visitor, office: &OfficeView) -> Markup {
    html! {
        form.line method="post" action={ "/offices/" (office.number) "/licence" } {
            input type="hidden" name=(TOKEN) value=(visitor.token);
            label { (lang.of("ライセンスの申請日", "Licence: day of application")) " " input type="date" name="applied_on" required; }
            " " button { (lang.of("1年のライセンスを与える", "Give a licence of a year")) }
        }
    }
}

pub(super) async fn give_licence(
    State(state): State<ConsoleState>,
    Path(number): Path<String>,
    form: Form,
) -> Page {
    let applied_on = form.maybe("applied_on")?.ok_or_else(|| bad("applied_on"))?;
    let wish = LicencePut {
        applied_on,
        until: None,
    };
    let Json(office) = licences::put(State(state), form.visitor.operator, Path(number), Body(wish)).await?;
    Ok(see(&format!("/offices/{}", office.number)))
}

fn certificates(lang: Lang, office: &OfficeView) -> Markup {
    html! {
        @if office.certificates.is_empty() { p { "▲ " (lang.of("登録された証明書はありません。", "No certificate is bound.")) } }
        ul { @for certificate in &office.certificates { li {
            code.id { (certificate.fingerprint) } br;
            (words::time(certificate.not_before)) " – " (words::time(certificate.not_after))
            @if let Some(at) = certificate.revoked_at { " " strong { "✕ " (lang.of("終了 ", "ended ")) (words::time(at)) } }
        } } }
    }
}

fn delegates(lang: Lang, items: &[DelegationView]) -> Markup {
    html! {
        @if items.is_empty() { p { (lang.of("ありません。", "There are none.")) } }
        ul { @for item in items { li {
            strong { (item.delegate) } " " code { (item.right) } " " (words::time(item.from)) " – " (words::maybe_time(item.until))
            @if let Some(at) = item.revoked_at { " ✕ " (lang.of("取消 ", "revoked ")) (words::time(at)) }
        } } }
    }
}
