//! The way: an envelope travels from one office to another, on a real broker, a real store and the real program.
//!
//! One story a file; the file bears the story's name. Every story ends with balanced books.

mod album;
mod alerts_fire;
mod arrivals_streamed;
mod at_the_door;
mod books_tell_of_a_dropped_message;
mod broker_checked;
mod broker_down_or_blocked;
mod careplan_does_it_all;
mod conformance;
mod delegates;
mod demo;
mod desk;
mod desk_in_a_browser;
mod directory_imported;
mod exchanged_with_python;
mod folders_watched;
mod guides_tables;
mod idle_long_polls;
mod installation;
mod later_versions;
mod maintenance;
mod openapi_served;
mod operator_guide;
mod order_survives_hand_overs;
mod plan_and_actuals;
mod poison_is_parked;
mod processes_of_their_own;
mod prometheus;
mod queues_over_tls;
mod recall;
mod same_verdict;
mod sandbox;
mod seals_made_by_openssl;
mod sent_twice;
mod sent_with_openssl_and_curl;
mod store_down;
mod to_nobody;
mod to_the_sender_back;
mod traced;
mod vendor_guide;
mod vendor_matrix;
mod vendors;
mod watched;
mod webhooks;
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
        Story::new(
            "vendor_guide",
            |world| async move { vendor_guide::tell(&world).await },
        ),
        Story::new("operator_guide", |world| async move {
            operator_guide::tell(&world).await
        }),
        Story::new("guides_tables", |world| async move {
            guides_tables::tell(&world).await
        }),
        Story::new("demo", |world| async move { demo::tell(&world).await }),
        Story::new("sandbox", |world| async move { sandbox::tell(&world).await }),
        Story::new("exchanged_with_python", |world| async move {
            exchanged_with_python::tell(&world).await
        }),
        Story::new("careplan_does_it_all", |world| async move {
            careplan_does_it_all::tell(&world).await
        }),
        Story::new("directory_imported_on_sqlite", |world| async move {
            directory_imported::on_sqlite(&world).await
        }),
        Story::new("directory_imported_on_postgres", |world| async move {
            directory_imported::on_postgres(&world).await
        }),
        Story::new("folders_watched", |world| async move {
            folders_watched::tell(&world).await
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
        Story::new("openapi_served", |world| async move {
            openapi_served::tell(&world).await
        }),
        Story::new("broker_checked", |world| async move {
            broker_checked::tell(&world).await
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
        Story::new(
            "maintenance",
            |world| async move { maintenance::tell(&world).await },
        ),
        Story::new("delegates", |world| async move {
            delegates::each_right_for_itself(&world).await
        }),
        Story::new("desk_in_a_browser", |world| async move {
            desk_in_a_browser::tell(&world).await
        }),
        Story::new("vendors_there_and_back", |world| async move {
            vendors::there_and_back(&world).await
        }),
        Story::new(
            "vendor_hostile",
            |world| async move { vendors::hostile(&world).await },
        ),
        Story::new("vendor_does_not_read", |world| async move {
            vendors::one_does_not_read(&world).await
        }),
        Story::new("webhooks", |world| async move { webhooks::tell(&world).await }),
        Story::new("webhook_hostile", |world| async move {
            webhooks::hostile(&world).await
        }),
        Story::new("arrivals_streamed", |world| async move {
            arrivals_streamed::tell(&world).await
        }),
        Story::new("idle_long_polls", |world| async move {
            idle_long_polls::tell(&world).await
        }),
        Story::new(
            "conformance",
            |world| async move { conformance::tell(&world).await },
        ),
        Story::new("vendor_matrix", |world| async move {
            vendor_matrix::tell(&world).await
        }),
        Story::new(
            "alerts_fire",
            |world| async move { alerts_fire::tell(&world).await },
        ),
        Story::new("queues_over_tls", |world| async move {
            queues_over_tls::tell(&world).await
        }),
        Story::new("traced", |world| async move { traced::tell(&world).await }),
        Story::new("watched", |world| async move { watched::tell(&world).await }),
    ])
}
