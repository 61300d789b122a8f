//! `/operators`: who may do what at the desk.

use axum::Json;
use axum::extract::{Path, State};
use maud::{Markup, html};
use proto::desk_roles::{OperatorEntry, OperatorPut, OperatorRole};

use super::form::{Form, TOKEN};
use super::lang::Lang;
use super::visit::Visitor;
use super::{Page, frame, see, words};
use crate::body::Body;
use crate::decide::act::Act;
use crate::error::bad;
use crate::operators;
use crate::state::ConsoleState;

pub(super) async fn list(State(state): State<ConsoleState>, visitor: Visitor) -> Page {
    let Json(list) = operators::list(State(state), visitor.operator.clone()).await?;
    let lang = visitor.lang;
    let changes = visitor.may(Act::PutOperator);
    let body = html! {
        dl.roles {
            dt { (words::role(lang, OperatorRole::View)) }
            dd { (lang.of("すべてを見る", "looks at everything")) }
            dt { (words::role(lang, OperatorRole::Operate)) }
            dd { (lang.of("確認中の封筒・お知らせ・保守作業も扱い、Webhook を呼んでみる", "also handles parked envelopes, notices, maintenance, calls webhooks")) }
            dt { (words::role(lang, OperatorRole::Administer)) }
            dd { (lang.of("事業所・ライセンス・証明書・委任・Webhook・運用者も変える", "also changes offices, licences, certificates, delegations, webhooks, operators")) }
        }
        div.scroll tabindex="0" {
            table {
                thead { tr {
                    th { (lang.of("名前", "Name")) }
                    th { (lang.of("権限", "Role")) }
                    th { (lang.of("証明書", "Certificates")) }
                    th { (lang.of("変更", "Changed")) }
                } }
                tbody { @for entry in &list.items { tr {
                    td { (entry.name) }
                    td { @if changes { (choice(lang, &visitor, entry)) } @else { (words::role(lang, entry.role)) } }
                    td.number { (entry.certificates) }
                    td { (words::maybe_time(entry.changed_at)) }
                } } }
            }
        }
        p.small { (lang.of(
            "新しい運用者は relayctl operator add と relayctl pki issue で加えます。",
            "New operators are added with relayctl operator add and relayctl pki issue.",
        )) }
    };
    Ok(frame::page(&visitor, lang.of("運用者", "Operators"), &body))
}

fn choice(lang: Lang, visitor: &Visitor, entry: &OperatorEntry) -> Markup {
    let label = format!("{} {}", entry.name, lang.of("の権限", "role"));
    html! {
        form.line method="post" action="/operators" {
            input type="hidden" name=(TOKEN) value=(visitor.token);
            input type="hidden" name="name" value=(entry.name);
            select name="role" aria-label=(label) {
                @for role in OperatorRole::ALL {
                    option value=(role.as_str()) selected[role == entry.role] { (words::role(lang, role)) }
                }
            }
            " " button { (lang.of("変更", "Change")) }
        }
    }
}

pub(super) async fn put(State(state): State<ConsoleState>, form: Form) -> Page {
    let role = form.maybe("role")?.ok_or_else(|| bad("role"))?;
    let name = form.text("name").to_owned();
    let wish = Body(OperatorPut { role });
    let _ = operators::put(State(state), form.visitor.operator, Path(name), wish).await?;
    Ok(see("/operators"))
}
