//! The way of an envelope, drawn left to right. Each state has a sign and a word besides its colour.

use maud::{Markup, html};
use proto::Station;
use proto::desk_way::{StageView, Way};

use super::lang::Lang;
use super::words;

/// A box's width and the distance from one to the next, in units of the drawing.
const WIDE: i32 = 140;
const STEP: i32 = 210;

/// How a station stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lamp {
    /// It works.
    Fine,
    /// Nothing is known of it.
    Dark,
    /// It stands still.
    Stopped,
}

impl Lamp {
    /// Of a station that takes from queues.
    pub(super) fn of(stage: Option<&StageView>) -> Self {
        match stage {
            None => Self::Dark,
            Some(stage) if stage.held == 0 => Self::Stopped,
            Some(_) => Self::Fine,
        }
    }

    fn class(self) -> &'static str {
        match self {
            Self::Fine => "fine",
            Self::Dark => "dark",
            Self::Stopped => "stopped",
        }
    }

    /// Sign and word.
    pub(super) fn words(self, lang: Lang) -> &'static str {
        match self {
            Self::Fine => lang.of("✓ 稼働中", "✓ at work"),
            Self::Dark => lang.of("？ 不明", "? unknown"),
            Self::Stopped => lang.of("✕ 停止", "✕ stopped"),
        }
    }
}

/// The drawing.
pub(super) fn way(lang: Lang, way: &Way) -> Markup {
    let stage = |station| way.stages.iter().find(|stage| stage.station == station);
    let stations = [Station::Validation, Station::Routing, Station::Delivery];
    let title = lang.of("封筒の道：左から右へ", "The way of an envelope, left to right");
    let rates = &way.rates;
    html! {
        div.scroll tabindex="0" role="group" aria-label=(title) {
            svg.way viewBox="0 0 1000 170" role="img" aria-label=(title) {
                (station_box(0, "given", words::station(lang, Station::Ingest), &words::count(rates.accepted),
                    lang.of("受付／5分", "accepted / 5 min")))
                @for (place, station) in (1..).zip(stations) {
                    @let stage = stage(station);
                    @let lamp = Lamp::of(stage);
                    (arrow(place, stage.map(|stage| stage.waiting), lang))
                    (station_box(place, lamp.class(), words::station(lang, station), lamp.words(lang),
                        &stage.map_or(String::new(), |stage| format!("{} {}/{}", lang.of("キュー", "queues"), stage.held, stage.shards))))
                }
                (plain_arrow(4))
                (station_box(4, "given", lang.of("受信箱", "mailboxes"), &words::count(rates.delivered),
                    lang.of("配達／5分", "delivered / 5 min")))
            }
        }
    }
}

fn left(place: i32) -> i32 {
    10 + place * STEP
}

fn station_box(place: i32, class: &str, name: &str, middle: &str, below: &str) -> Markup {
    let (x, centre) = (left(place), left(place) + WIDE / 2);
    html! {
        g class=(class) {
            rect x=(x) y="30" width=(WIDE) height="110" rx="10" {}
            text.station x=(centre) y="62" { (name) }
            text.middle x=(centre) y="97" { (middle) }
            text.below x=(centre) y="124" { (below) }
        }
    }
}

/// The arrow into a station, with what waits there.
fn arrow(place: i32, waiting: Option<u64>, lang: Lang) -> Markup {
    let centre = left(place) - (STEP - WIDE) / 2;
    let waiting = waiting.map(words::figure);
    html! {
        (plain_arrow(place))
        text.waiting x=(centre) y="74" { (waiting.as_deref().unwrap_or("?")) }
        text.below x=(centre) y="112" { (lang.of("待ち", "waiting")) }
    }
}

fn plain_arrow(place: i32) -> Markup {
    let (from, to) = (left(place) - (STEP - WIDE) + 4, left(place) - 4);
    let head = format!("{},{} {},{} {},{}", to, 85, to - 12, 78, to - 12, 92);
    html! {
        line.arrow x1=(from) y1="85" x2=(to - 10) y2="85" {}
        polygon.arrow points=(head) {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_station_nobody_runs_is_seen() {
        let stage = |held| StageView {
            station: Station::Routing,
            waiting: 7,
            held,
            shards: 16,
        };
        assert_eq!(Lamp::of(Some(&stage(16))), Lamp::Fine);
        assert_eq!(Lamp::of(Some(&stage(0))), Lamp::Stopped);
        assert_eq!(Lamp::of(None), Lamp::Dark);
    }
}
