//! The broker module against a real RabbitMQ, from Debian's package, started for this binary alone.
//!
//! One test, because starting a broker takes seconds; each story has its own virtual host and tells when it fails.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test, told in words"
)]

mod server;
mod stage;
mod stories;

use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures_util::FutureExt;
use server::{Server, VirtualHost};

/// No story takes longer, on a slow machine either.
const STORY: Duration = Duration::from_secs(120);

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_broker_keeps_its_promises() {
    let names = [
        "publish",
        "order",
        "hand_over",
        "backoff",
        "aside",
        "memory",
        "suspects",
        "cut",
        "marker",
        "retry",
        "refused",
        "poison",
        "batch",
        "overrun",
        "stream",
        "shutdown",
        "blocked",
    ];
    let server = Server::start(&names).await;
    let host = |name: &str| server.virtual_host(name);
    let together = futures_util::future::join_all([
        story("publish", stories::publish::confirmed_or_not(host("publish"))).boxed_local(),
        story(
            "order",
            stories::order::over_two_replicas_and_many_leases(host("order")),
        )
        .boxed_local(),
        story(
            "hand_over",
            stories::hand_over::without_grace_over_a_backlog(host("hand_over")),
        )
        .boxed_local(),
        story(
            "backoff",
            stories::retry::waits_longer_and_longer(host("backoff")),
        )
        .boxed_local(),
        story("cut", stories::cut::loses_and_overtakes_nothing(host("cut"))).boxed_local(),
        story(
            "marker",
            stories::topology::another_number_of_shards_is_refused(host("marker")),
        )
        .boxed_local(),
        story("retry", stories::retry::closes_and_resumes(host("retry"))).boxed_local(),
        story(
            "refused",
            stories::retry::a_publish_that_finds_no_queue(host("refused")),
        )
        .boxed_local(),
        story(
            "poison",
            stories::poison::is_parked_while_neighbours_pass(host("poison")),
        )
        .boxed_local(),
        story(
            "aside",
            stories::poison::set_aside_already_stays_and_tells(host("aside")),
        )
        .boxed_local(),
        story(
            "memory",
            stories::memory::what_is_held_is_bounded_in_bytes(host("memory")),
        )
        .boxed_local(),
        story(
            "suspects",
            stories::hand_over::so_often_that_all_are_suspect(host("suspects")),
        )
        .boxed_local(),
        story("batch", stories::poison::in_a_batch_is_found(host("batch"))).boxed_local(),
        story(
            "overrun",
            stories::poison::that_takes_too_long_is_parked(host("overrun")),
        )
        .boxed_local(),
        story(
            "stream",
            stories::stream::from_first_and_from_an_offset(host("stream")),
        )
        .boxed_local(),
        story(
            "shutdown",
            stories::shutdown::settles_what_was_begun(host("shutdown")),
        )
        .boxed_local(),
    ]);
    let mut told = together.await;
    // Alone, because an alarm blocks everyone.
    told.push(
        story(
            "blocked",
            stories::publish::blocked_by_an_alarm(host("blocked"), &server),
        )
        .await,
    );
    let failed: Vec<&str> = told.into_iter().flatten().collect();
    drop(server);
    assert!(failed.is_empty(), "stories that failed: {failed:?}");
}

/// Runs a story; gives its name when it failed.
async fn story(name: &'static str, told: impl Future<Output = ()>) -> Option<&'static str> {
    let result = tokio::time::timeout(STORY, AssertUnwindSafe(told).catch_unwind()).await;
    match result {
        Ok(Ok(())) => {
            println!("story {name}: ok");
            None
        }
        Ok(Err(_)) => {
            println!("story {name}: FAILED, see its panic");
            Some(name)
        }
        Err(_) => {
            println!("story {name}: FAILED, not over after {STORY:?}");
            Some(name)
        }
    }
}

/// Waits for a condition, with a deadline.
async fn eventually(what: &str, mut condition: impl AsyncFnMut() -> bool) {
    let deadline = tokio::time::Instant::now() + Duration::from_secs(60);
    while !condition().await {
        assert!(tokio::time::Instant::now() < deadline, "never happened: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// A broker of the product on a story's virtual host: two shards, short times.
fn config(host: &VirtualHost) -> chassis::broker::BrokerConfig {
    chassis::broker::BrokerConfig {
        url: host.url.as_str().into(),
        shards: 2,
        publish_channels: 2,
        confirm_timeout_seconds: 20.0,
        ..chassis::broker::BrokerConfig::default()
    }
}
