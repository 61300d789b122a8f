//! Faults: whatever breaks, nothing is lost, nothing doubled, and order per destination holds.
//!
//! One fault a file; the file bears the story's name. Every story ends with balanced books and nothing unaccounted.

#![expect(clippy::print_stdout, reason = "a story tells how long it took to recover")]

mod accounts;
mod broker_killed;
mod broker_line;
mod channel_driver_killed;
mod clock_steps;
mod cluster;
mod docker;
mod expired;
mod load;
mod overload;
mod parked;
mod poison;
mod programs;
mod recall_under_way;
mod restored_from_backup;
mod rolling;
mod sent_twice;
mod soak;
mod station_killed;
mod store_down_long;
mod store_hurt;
mod topology_hurt;

use std::process::ExitCode;

use harness::{Story, tell};

fn main() -> ExitCode {
    tell(vec![
        // The longest first.
        Story::new("cluster", |world| async move {
            cluster::node_lost_and_cut_off(&world).await
        }),
        Story::new("station_killed", |world| async move {
            station_killed::each_in_turn(&world).await
        }),
        Story::new("replica_killed", |world| async move {
            station_killed::one_of_two(&world).await
        }),
        Story::new("rolling_restart", |world| async move {
            rolling::restart(&world).await
        }),
        Story::new("broker_line_cut", |world| async move {
            broker_line::cut(&world).await
        }),
        Story::new("broker_line_half_open", |world| async move {
            broker_line::half_open(&world).await
        }),
        Story::new("broker_line_slow", |world| async move {
            broker_line::slow(&world).await
        }),
        Story::new("channel_driver_killed", |world| async move {
            channel_driver_killed::tell(&world).await
        }),
        Story::new("broker_killed", |world| async move {
            broker_killed::tell(&world).await
        }),
        Story::new("store_restarted", |world| async move {
            store_hurt::restarted(&world).await
        }),
        Story::new("store_file_locked", |world| async move {
            store_hurt::file_locked(&world).await
        }),
        Story::new("queue_deleted", |world| async move {
            topology_hurt::queue_deleted(&world).await
        }),
        Story::new("queue_silent", |world| async move {
            topology_hurt::queue_silent(&world).await
        }),
        Story::new(
            "nothing_lost",
            |world| async move { soak::nothing_lost(&world).await },
        ),
        Story::new(
            "clock_steps",
            |world| async move { clock_steps::each(&world).await },
        ),
        Story::new(
            "store_full",
            |world| async move { store_hurt::full(&world).await },
        ),
        Story::new("store_disk_full", |world| async move {
            store_hurt::disk_full(&world).await
        }),
        Story::new("sent_twice_under_way", |world| async move {
            sent_twice::under_way(&world).await
        }),
        Story::new("expired", |world| async move { expired::tell(&world).await }),
        Story::new("queue_differs", |world| async move {
            topology_hurt::queue_differs(&world).await
        }),
        Story::new("poison_kills", |world| async move { poison::kills(&world).await }),
        Story::new("poison_hangs", |world| async move { poison::hangs(&world).await }),
        Story::new("parked_is_redriven_or_discarded", |world| async move {
            parked::is_redriven_or_discarded(&world).await
        }),
        Story::new("redrive_stops_and_survives_a_kill", |world| async move {
            parked::stops_at_once_and_survives_a_kill(&world).await
        }),
        Story::new("store_down_long_with_nine_replicas", |world| async move {
            store_down_long::nine_replicas(&world).await
        }),
        Story::new("restored_from_backup_on_sqlite", |world| async move {
            restored_from_backup::on_sqlite(&world).await
        }),
        Story::new("restored_from_backup_on_postgres", |world| async move {
            restored_from_backup::on_postgres(&world).await
        }),
        Story::new("overload", |world| async move { overload::tell(&world).await }),
        Story::new("recall_under_way", |world| async move {
            recall_under_way::before_it_arrives(&world).await
        }),
    ])
}
