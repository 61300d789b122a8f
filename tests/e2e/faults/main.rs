//! Faults: whatever breaks, nothing is lost, nothing doubled, and order per destination holds.
//!
//! One fault a file; the file bears the story's name. Every story ends with balanced books and nothing unaccounted.

mod load;
mod overload;
mod programs;
mod restored_from_backup;
mod station_killed;

use std::process::ExitCode;

use harness::{Story, tell};

fn main() -> ExitCode {
    tell(vec![
        Story::new("station_killed", |world| async move {
            station_killed::each_in_turn(&world).await
        }),
        Story::new("restored_from_backup_on_sqlite", |world| async move {
            restored_from_backup::on_sqlite(&world).await
        }),
        Story::new("restored_from_backup_on_postgres", |world| async move {
            restored_from_backup::on_postgres(&world).await
        }),
        Story::new("overload", |world| async move { overload::tell(&world).await }),
    ])
}
