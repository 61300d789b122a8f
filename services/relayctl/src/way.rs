//! `way`: the overview in words.

use proto::Time;
use proto::desk_way::Way;

/// The way from left to right, then what is old.
pub(crate) fn words(way: &Way) -> String {
    let broker = match (way.broker.answers, way.broker.since) {
        (Some(true), _) => "answers".to_owned(),
        (Some(false), Some(since)) => {
            format!("DOES NOT ANSWER since {since}: nothing moves, nothing is lost")
        }
        (Some(false), None) => "DOES NOT ANSWER: nothing moves, nothing is lost".to_owned(),
        (None, _) => "has not been asked yet".to_owned(),
    };
    let mut words = format!("broker            {broker}\n");
    for stage in &way.stages {
        let nobody = if stage.held == 0 {
            ", NOBODY TAKES FROM THEM"
        } else {
            ""
        };
        words = format!(
            "{words}{:<17} {} waiting ({} of {} queues held{nobody})\n",
            stage.station, stage.waiting, stage.held, stage.shards
        );
    }
    let rates = &way.rates;
    words = format!(
        "{words}last {} seconds  {} accepted, {} delivered, {} returned\n",
        rates.seconds, rates.accepted, rates.delivered, rates.returned
    );
    let age = |at: Option<Time>| {
        at.map_or("-".to_owned(), |at| {
            format!("{:.0} s", way.at.seconds_since(at).max(0.0))
        })
    };
    for (name, oldest) in [
        ("under way", way.oldest.under_way),
        ("parked", way.oldest.parked),
        ("uncollected", way.oldest.uncollected),
    ] {
        words = format!("{words}oldest {name:<11} {}\n", age(oldest));
    }
    format!(
        "{words}parked            {}\nunaccounted       {}\n",
        way.books.parked, way.books.unaccounted
    )
}
