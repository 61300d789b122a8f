//! `/certificates` and `/licences`: what ends, and when; certificates of others are bound here, and bindings ended.

use axum::Json;
use axum::extract::{Path, State};
use maud::{Markup, html};
use proto::desk::CertificatePost;
use proto::desk_lists::HeldCertificate;

use super::form::{Form, TOKEN};
use super::lang::Lang;
use super::visit::Visitor;
use super::{Page, frame, see, words};
use crate::body::Body;
use crate::decide::act::Act;
use crate::held::{EVER, Wish};
use crate::state::ConsoleState;
use crate::{certificates, held};

/// Choices of days within which something ends; the warnings of the calendar among them.
const WITHIN: [i64; 5] = [0, 7, 30, 60, 90];

/// From so many days on nobody need look.
const SOON: i64 = 30;

pub(super) async fn certificates(State(state): State<ConsoleState>, visitor: Visitor, wish: Wish) -> Page {
    let asked = wish.as_ref().map(|query| query.0.clone()).unwrap_or_default();
    let Json(list) = held::certificates(State(state), visitor.operator.clone(), wish).await?;
    let lang = visitor.lang;
    let next = list.next.map(|next| {
        let within = asked
            .within_days
            .map_or_else(String::new, |days| format!("&within_days={days}"));
        let holder = words::encoded(&asked.holder);
        format!(
            "/certificates?holder={holder}{within}&after={}",
            words::encoded(&next)
        )
    });
    let body = html! {
        form.fields method="get" action="/certificates" role="search" {
            label { (lang.of("名義（office:0300000100、または office: など種類）", "Holder (office:0300000100, or a kind such as office:)"))
                input name="holder" value=(asked.holder) autocomplete="off"; }
            (within(lang, asked.within_days))
            button { (lang.of("探す", "Search")) }
        }
        @if list.items.is_empty() { p { (lang.of("ありません。", "There are none.")) } } @else {
            div.scroll tabindex="0" { table {
                thead { tr {
                    th { (lang.of("名義", "Holder")) } th.figure { (lang.of("残り日数", "Days left")) }
                    th { (lang.of("有効期限", "Valid until")) } th { "SHA-256" }
                    @if visitor.may(Act::EndCertificate) { th { (lang.of("操作", "Act")) } }
                } }
                tbody { @for item in &list.items { tr {
                    td { (holder(&item.holder)) } td.figure { (left(lang, item.days_left)) } td { (words::time(item.not_after)) }
                    td { code.id { (item.fingerprint) } }
                    @if visitor.may(Act::EndCertificate) { td { (end(lang, &visitor, item)) } }
                } } }
            } }
        }
        @if let Some(next) = next { p { a href=(next) { (lang.of("次へ", "Next")) } } }
        @if visitor.may(Act::BindCertificate) { (bind(lang, &visitor)) }
    };
    Ok(frame::page(
        &visitor,
        lang.of("電子証明書", "Certificates"),
        &body,
    ))
}

/// An office as a link, another holder as it is.
pub(super) fn holder(text: &str) -> Markup {
    html! {
        @match text.strip_prefix("office:") {
            Some(office) => (words::office(office)),
            None => (text),
        }
    }
}

fn within(lang: Lang, chosen: Option<i64>) -> Markup {
    html! {
        label { (lang.of("期限まで", "Ends within"))
            select name="within_days" {
                // Without a value of its own the browser would send an empty one, which is no number.
                option value=(EVER) selected[chosen.is_none()] { (lang.of("すべて", "all")) }
                @for days in WITHIN {
                    option value=(days) selected[chosen == Some(days)] {
                        @if days == 0 { (lang.of("期限切れ", "over")) }
                        @else { (days) " " (lang.of("日以内", "days")) }
                    }
                }
            } }
    }
}

fn left(lang: Lang, days: i64) -> Markup {
    html! {
        @if days < 0 { strong { "✕ " (lang.of("期限切れ", "over")) } }
        @else if days < SOON { "▲ " (days) }
        @else { (words::count(days)) }
    }
}

fn end(lang: Lang, visitor: &Visitor, item: &HeldCertificate) -> Markup {
    let label = format!(
        "{} {}",
        item.holder,
        lang.of("の登録を終える", ": end the binding")
    );
    html! {
        form.line method="post" action="/certificates/confirm" {
            input type="hidden" name=(TOKEN) value=(visitor.token);
            input type="hidden" name="holder" value=(item.holder);
            input type="hidden" name="fingerprint" value=(item.fingerprint);
            button.grave aria-label=(label) { (lang.of("登録を終える", "End")) }
        }
    }
}

fn bind(lang: Lang, visitor: &Visitor) -> Markup {
    html! {
        h2 { (lang.of("外部の証明書を登録する", "Bind a certificate of another issuer")) }
        form.stacked method="post" action="/certificates" {
            input type="hidden" name=(TOKEN) value=(visitor.token);
            label { (lang.of("名義（office:0300000100、vendor:abc、operator:sato）", "Holder (office:0300000100, vendor:abc, operator:sato)"))
                input name="holder" required autocomplete="off"; }
            label { (lang.of("証明書（PEM、続けて中間証明書）。秘密鍵は貼らないでください。", "Certificate (PEM, its chain behind it). Never paste a private key."))
                textarea name="certificate_pem" rows="8" required spellcheck="false" placeholder="-----BEGIN CERTIFICATE-----" {} }
            button { (lang.of("登録する", "Bind")) }
        }
    }
}

pub(super) async fn bind_certificate(State(state): State<ConsoleState>, form: Form) -> Page {
    let wish = CertificatePost {
        holder: form.text("holder").to_owned(),
        certificate_pem: form.text("certificate_pem").to_owned(),
    };
    let holder = words::encoded(&wish.holder);
    let _ = certificates::post(State(state), form.visitor.operator, Body(wish)).await?;
    Ok(see(&format!("/certificates?holder={holder}")))
}

/// Whose binding ends opens no door from then on: it is asked once more.
pub(super) async fn confirm(form: Form) -> Page {
    let visitor = &form.visitor;
    let lang = visitor.lang;
    let place = format!("/certificates/{}/end", words::encoded(form.text("fingerprint")));
    let body = html! {
        div.told.bad {
            p { strong { (form.text("holder")) } " "
                (lang.of("のこの証明書の登録を終えます。すぐに接続も署名もできなくなります。",
                    "can neither connect nor sign with this certificate from now on.")) }
            p.id { (form.text("fingerprint")) }
        }
        form.line method="post" action=(place) {
            input type="hidden" name=(TOKEN) value=(visitor.token);
            button.grave { (lang.of("登録を終える", "End the binding")) } " "
            a href="/certificates" { (lang.of("やめる", "Do not")) }
        }
    };
    let title = lang.of("登録を終える前の確認", "Before the binding is ended");
    Ok(frame::page(visitor, title, &body))
}

pub(super) async fn end_binding(
    State(state): State<ConsoleState>,
    Path(fingerprint): Path<String>,
    form: Form,
) -> Page {
    certificates::delete(State(state), form.visitor.operator, Path(fingerprint)).await?;
    Ok(see("/certificates"))
}

pub(super) async fn licences(State(state): State<ConsoleState>, visitor: Visitor, wish: Wish) -> Page {
    let asked = wish.as_ref().map(|query| query.0.clone()).unwrap_or_default();
    let Json(list) = held::licences(State(state), visitor.operator.clone(), wish).await?;
    let lang = visitor.lang;
    let next = list.next.map(|next| {
        let within = asked
            .within_days
            .map_or_else(String::new, |days| format!("within_days={days}&"));
        format!("/licences?{within}after={}", words::encoded(&next))
    });
    let body = html! {
        form.fields method="get" action="/licences" role="search" {
            (within(lang, asked.within_days))
            button { (lang.of("探す", "Search")) }
        }
        @if list.items.is_empty() { p { (lang.of("ありません。", "There are none.")) } } @else {
            div.scroll tabindex="0" { table {
                thead { tr {
                    th { (lang.of("事業所", "Office")) } th { (lang.of("名称", "Name")) }
                    th.figure { (lang.of("残り日数", "Days left")) } th { (lang.of("期限", "Until")) }
                } }
                tbody { @for item in &list.items { tr {
                    td { (words::office(item.office.as_str())) } td { (item.name) }
                    td.figure { (left(lang, item.days_left)) } td { (words::time(item.until)) }
                } } }
            } }
        }
        @if let Some(next) = next { p { a href=(next) { (lang.of("次へ", "Next")) } } }
        p.small { (lang.of("ライセンスは事業所の画面で与えます。多数は CSV で取り込めます。",
            "Licences are given on an office's page; many at once by a CSV file.")) " "
            a href="/directory" { (lang.of("事業所の CSV", "The directory as CSV")) } }
    };
    Ok(frame::page(&visitor, lang.of("ライセンス", "Licences"), &body))
}
