//! `/`: the way, what waits on it, and what needs somebody.

use axum::Json;
use axum::extract::State;
use maud::{Markup, html};
use proto::Time;
use proto::desk::Books;
use proto::desk_way::Way;

use super::lang::Lang;
use super::maintenance::told;
use super::visit::Visitor;
use super::{Page, drawing, frame, words};
use crate::state::ConsoleState;
use crate::{maintenance, way};

/// Seconds after which the browser asks again.
const AGAIN: u32 = 20;

/// Most parked rows counted.
const MOST_COUNTED: u32 = 10_000;

/// Seconds from which on what is under way is old: usually it takes less than one.
const OLD: f64 = 60.0;

pub(super) async fn show(State(state): State<ConsoleState>, visitor: Visitor) -> Page {
    let announced = maintenance::view(&state).await?;
    // The books count envelopes; poison that is none waits for somebody too.
    let parked = state.store.parked_list(MOST_COUNTED).await?.len();
    let Json(way) = way::get(State(state), visitor.operator.clone()).await?;
    let lang = visitor.lang;
    let body = html! {
        (told(lang, &announced))
        (broker(lang, &way))
        (drawing::way(lang, &way))
        (cards(lang, &way, parked))
        h2 { (lang.of("帳簿", "The books")) }
        p { (lang.of("受け付けた封筒は、必ずどれか一つの欄に数えられます。", "Every accepted envelope stands in exactly one line.")) }
        (books(lang, &way.books))
        p.small { (lang.of("20秒ごとに更新します。", "Renewed every 20 seconds.")) " " (words::time(way.at)) }
    };
    Ok(frame::living_page(
        &visitor,
        lang.of("概況", "Overview"),
        AGAIN,
        &body,
    ))
}

/// The first thing to know at night: whether anything moves at all.
fn broker(lang: Lang, way: &Way) -> Markup {
    let since = way.broker.since.map(|at| words::age(lang, at, way.at));
    html! {
        @match way.broker.answers {
            Some(true) => p.told.good {
                strong { "✓ " (lang.of("ブローカーは応答しています。", "The broker answers.")) }
            },
            Some(false) => div.told.bad role="alert" {
                p { strong {
                    "✕ " (lang.of("ブローカー（RabbitMQ）が応答していません。", "The broker (RabbitMQ) does not answer."))
                    @if let Some(since) = since { " " (lang.of("経過：", "For ")) (since) }
                } }
                p { (lang.of(
                    "封筒は動かず、新しい封筒は受け付けていません（503）。受け付けた封筒は失われていません。RabbitMQ を直すと、ひとりでに続きから動きます。下の数字は台帳のものです。",
                    "Nothing moves and nothing new is accepted (503). What was accepted is not lost. Mend RabbitMQ and everything goes on by itself. The figures below are the ledger's.",
                )) }
            },
            None => p.told.open {
                "？ " (lang.of("ブローカーの状態はまだ確かめていません。", "The broker has not been asked yet."))
            },
        }
    }
}

fn cards(lang: Lang, way: &Way, parked: usize) -> Markup {
    let age = |at: Option<Time>| at.map(|at| words::age(lang, at, way.at));
    let old = way
        .oldest
        .under_way
        .is_some_and(|at| OLD < way.at.seconds_since(at));
    let lost = 0 < way.books.unaccounted;
    html! {
        ul.cards {
            (card(!lost, lang.of("行方の分からない封筒", "Unaccounted"), &words::count(way.books.unaccounted),
                if lost { lang.of("`relayctl missing` で調べてください", "look with `relayctl missing`") }
                else { lang.of("0 が正常です", "must be 0") }, None, lang))
            (card(parked == 0, lang.of("確認中の封筒", "Parked"), &words::figure(parked as u64),
                &oldest(lang, age(way.oldest.parked)), Some("/parked"), lang))
            (card(!old, lang.of("途中の封筒", "Under way"), &words::count(way.books.under_way),
                &oldest(lang, age(way.oldest.under_way)), Some("/search?status=accepted"), lang))
            (card(true, lang.of("受け取られていない封筒", "Not collected"),
                &words::count(way.books.mailboxed - way.books.collected - way.books.imported - way.books.import_failed
                    - way.books.recalled - way.books.expired),
                &oldest(lang, age(way.oldest.uncollected)), Some("/search?status=delivered"), lang))
            (card(true, lang.of("差戻し・配達不能・重複（5分）", "Returned (5 min)"), &words::count(way.rates.returned),
                "", Some("/search?status=rejected"), lang))
        }
    }
}

fn oldest(lang: Lang, age: Option<String>) -> String {
    age.map_or_else(String::new, |age| {
        format!("{}{age}", lang.of("最も古いもの：", "oldest: "))
    })
}

fn card(good: bool, name: &str, figure: &str, below: &str, link: Option<&str>, lang: Lang) -> Markup {
    html! {
        li class=(if good { "good" } else { "bad" }) {
            p.name { (name) }
            p.figure { (if good { "" } else { "▲ " }) (figure) }
            p.small { (below) }
            @if let Some(link) = link { p.small { a href=(link) { (lang.of("見る", "look")) } } }
        }
    }
}

fn books(lang: Lang, books: &Books) -> Markup {
    let lines = [
        (lang.of("受付", "accepted"), books.accepted, false),
        (lang.of("受信箱に届いた", "mailboxed"), books.mailboxed, true),
        (lang.of("差戻し", "rejected"), books.rejected, true),
        (lang.of("配達不能", "undeliverable"), books.undeliverable, true),
        (lang.of("配達前の取消", "withdrawn"), books.withdrawn, true),
        (lang.of("重複", "duplicate"), books.duplicate, true),
        (lang.of("確認中", "parked"), books.parked, true),
        (lang.of("途中", "under way"), books.under_way, true),
    ];
    html! {
        table.books {
            tbody {
                @for (name, figure, part) in lines {
                    tr { th scope="row" class=[part.then_some("part")] { (name) } td.figure { (words::count(figure)) } }
                }
            }
        }
    }
}
