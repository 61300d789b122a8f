//! Faults: whatever breaks, nothing is lost, nothing doubled, and order per destination holds.
//!
//! One fault a file; the file bears the story's name. Every story ends with balanced books and nothing unaccounted.

mod load;
mod recall_under_way;
mod station_killed;

use std::process::ExitCode;

use harness::{Story, tell};

fn main() -> ExitCode {
    tell(vec![
        Story::new("station_killed", |world| async move {
            station_killed::each_in_turn(&world).await
        }),
        Story::new("recall_under_way", |world| async move {
            recall_under_way::before_it_arrives(&world).await
        }),
    ])
}
