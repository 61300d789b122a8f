//! `/audit`: what operators did, newest first.

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use maud::html;
use serde::Deserialize;

use super::visit::Visitor;
use super::{Page, frame, words};
use crate::audit;
use crate::error::bad;
use crate::state::ConsoleState;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Fields {
    before: Option<i64>,
}

pub(super) async fn list(
    State(state): State<ConsoleState>,
    visitor: Visitor,
    fields: Result<Query<Fields>, QueryRejection>,
) -> Page {
    let Query(fields) = fields.map_err(|_| bad("query"))?;
    let asked = audit::Asked {
        before: fields.before,
        limit: None,
    };
    let Json(list) = audit::list(State(state), visitor.operator.clone(), Ok(Query(asked))).await?;
    let lang = visitor.lang;
    let body = html! {
        p { (lang.of(
            "運用者の操作は、行う前にここへ書かれます。権限がなく断られた操作は refused です。",
            "Every act is written here before it is done. What an operator's role did not allow is `refused`.",
        )) }
        div.scroll tabindex="0" {
            table {
                thead { tr {
                    th { "#" }
                    th { (lang.of("いつ", "When")) }
                    th { (lang.of("だれが", "Who")) }
                    th { (lang.of("何を", "Act")) }
                    th { (lang.of("対象", "Subject")) }
                } }
                tbody {
                    @for item in &list.items {
                        tr {
                            td.number { (item.n) }
                            td { (words::time(item.at)) }
                            td { (item.actor) }
                            td { code { (item.act) } }
                            td { (item.subject) }
                        }
                    }
                }
            }
        }
        @if let Some(next) = list.next {
            p { a href={ "/audit?before=" (next) } { (lang.of("それより前", "Older ones")) } }
        }
    };
    Ok(frame::page(&visitor, lang.of("操作の記録", "Audit log"), &body))
}
