//! The way: an envelope travels from one office to another, on a real broker, a real store and the real program.
//!
//! One story a file; the file bears the story's name. Every story ends with balanced books.

mod at_the_door;
mod books_tell_of_a_dropped_message;
mod broker_down_or_blocked;
mod careplan_does_it_all;
mod delegates;
mod desk;
mod later_versions;
mod order_survives_hand_overs;
mod plan_and_actuals;
mod poison_is_parked;
mod processes_of_their_own;
mod recall;
mod same_verdict;
mod seals_made_by_openssl;
mod sent_twice;
mod sent_with_openssl_and_curl;
mod store_down;
mod to_nobody;
mod to_the_sender_back;
mod watched;
mod wrong_settings;

use std::process::ExitCode;

use harness::{Story, tell};

fn main() -> ExitCode {
    tell(vec![
        Story::new("plan_and_actuals_on_sqlite", |world| async move {
            plan_and_actuals::on_sqlite(&world).await
        }),
        Story::new("plan_and_actuals_on_postgres", |world| async move {
            plan_and_actuals::on_postgres(&world).await
        }),
        Story::new("at_the_door_certificates", |world| async move {
            at_the_door::certificates(&world).await
        }),
        Story::new("at_the_door_bodies", |world| async move {
            at_the_door::bodies(&world).await
        }),
        Story::new("to_the_sender_back", |world| async move {
            to_the_sender_back::every_reason(&world).await
        }),
        Story::new("to_nobody", |world| async move {
            to_nobody::every_reason(&world).await
        }),
        Story::new("sent_twice", |world| async move {
            sent_twice::every_way(&world).await
        }),
        Story::new(
            "recall",
            |world| async move { recall::before_and_after(&world).await },
        ),
        Story::new("sent_with_openssl_and_curl", |world| async move {
            sent_with_openssl_and_curl::tell(&world).await
        }),
        Story::new("careplan_does_it_all", |world| async move {
            careplan_does_it_all::tell(&world).await
        }),
        Story::new(
            "same_verdict",
            |world| async move { same_verdict::tell(&world).await },
        ),
        Story::new("processes_of_their_own", |world| async move {
            processes_of_their_own::two_of_each(&world).await
        }),
        Story::new("order_survives_hand_overs", |world| async move {
            order_survives_hand_overs::tell(&world).await
        }),
        Story::new("broker_down", |world| async move {
            broker_down_or_blocked::down(&world).await
        }),
        Story::new("broker_blocked", |world| async move {
            broker_down_or_blocked::blocked(&world).await
        }),
        Story::new(
            "store_down",
            |world| async move { store_down::tell(&world).await },
        ),
        Story::new("books_tell_of_a_dropped_message", |world| async move {
            books_tell_of_a_dropped_message::tell(&world).await
        }),
        Story::new("seals_made_by_openssl", |world| async move {
            seals_made_by_openssl::tell(&world).await
        }),
        Story::new("wrong_settings", |world| async move {
            wrong_settings::tell(&world).await
        }),
        Story::new("poison_is_parked", |world| async move {
            poison_is_parked::tell(&world).await
        }),
        Story::new("later_versions", |world| async move {
            later_versions::in_both_lists(&world).await
        }),
        Story::new("delegates", |world| async move {
            delegates::each_right_for_itself(&world).await
        }),
        Story::new("watched", |world| async move { watched::tell(&world).await }),
    ])
}
