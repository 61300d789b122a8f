//! The store's contract, held by both databases: every case runs on a SQLite file of its own, and, in one test that
//! starts and stops a cluster, in a PostgreSQL schema of its own.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

mod acknowledgements;
mod backups;
mod channels;
mod concurrency;
mod conservation;
mod desk;
mod directory;
mod discarding;
mod entering;
mod imports;
mod lists;
mod notes;
mod parking;
mod postgres;
mod products;
mod recalls;
mod retention;
mod samples;
mod versions;
mod webhooks;
mod work;

use std::future::Future;
use std::pin::Pin;

use store::{Store, StoreConfig};

/// Where a case runs.
pub(crate) struct Place {
    pub(crate) store: Store,
    config: StoreConfig,
}

impl Place {
    async fn at(config: StoreConfig) -> Self {
        let store = Store::open(&config).await.expect("the store opens");
        Self { store, config }
    }

    /// Where this one is.
    pub(crate) fn config(&self) -> &StoreConfig {
        &self.config
    }

    /// Where no store is yet.
    pub(crate) fn elsewhere(&self) -> StoreConfig {
        let mut config = self.config.clone();
        match &mut config.schema {
            Some(schema) => schema.push_str("_2"),
            None => config.url.push('2'),
        }
        config
    }

    /// A word of an operator, or of another release, past this program.
    pub(crate) async fn sql(&self, statement: &str) {
        use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection, SqliteConnection};
        let statement = AssertSqlSafe(statement.to_owned());
        if let Some(schema) = &self.config.schema {
            let mut open = PgConnection::connect(&self.config.url).await.unwrap();
            let place = AssertSqlSafe(format!("SET search_path TO {schema}"));
            open.execute(place).await.unwrap();
            open.execute(statement).await.unwrap();
        } else {
            let mut open = SqliteConnection::connect(&self.config.url).await.unwrap();
            open.execute(statement).await.unwrap();
        }
    }

    /// Another process on the same database.
    pub(crate) async fn another(&self) -> Store {
        Store::open(&self.config)
            .await
            .expect("the store opens once more")
    }
}

type Case = fn(Place) -> Pin<Box<dyn Future<Output = ()> + Send>>;

macro_rules! suite {
    ($($module:ident { $($case:ident),+ $(,)? })+) => {
        mod on_sqlite {
            $(mod $module {
                $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $case() {
                    let folder = tempfile::tempdir().expect("a temporary folder");
                    let url = format!("sqlite:{}", folder.path().join("store.db").display());
                    crate::$module::$case(crate::Place::at(store::StoreConfig::at(url)).await).await;
                })+
            })+
        }

        const CASES: &[(&str, Case)] = &[
            $($((concat!(stringify!($module), "_", stringify!($case)),
                |place| Box::pin(crate::$module::$case(place))),)+)+
        ];
    };
}

suite! {
    webhooks {
        what_happened_is_told_in_order_and_once,
        a_webhook_tells_what_its_holder_may_read,
        a_call_in_vain_waits_is_given_up_and_goes_on,
        a_test_is_asked_for_and_answered,
    }
    directory {
        an_office_comes_back_as_it_was_put,
        a_certificate_is_bound_to_one_holder,
        a_delegation_has_begin_end_and_revocation,
        offices_are_found,
        notices_and_audit_are_numbered,
        a_snapshot_is_as_fresh_as_asked,
        what_ends_is_counted_once_a_holder,
    }
    desk {
        envelopes_are_found_by_what_is_known_of_them,
        a_trace_tells_everything_but_the_contents,
        what_moved_is_counted,
        an_operator_has_one_role,
        maintenance_ends_by_itself_or_is_ended,
    }
    imports {
        offices_are_entered_once,
        a_file_gives_licences_and_takes_none,
        one_import_goes_on_at_a_time,
    }
    entering {
        one_acceptance_has_one_end,
        the_same_sending_is_delivered_once,
        the_same_bytes_an_hour_later_change_nothing,
        a_taken_name_with_other_contents_is_rejected,
        a_mended_unit_takes_the_rejected_ones_names,
        a_sequence_it_was_refused_for_does_not_park_an_outcome,
        a_refused_id_may_try_again,
        a_new_attempt_has_facts_of_its_own,
        attachments_alone_are_known_by_their_sequence,
        a_batch_is_decided_in_order,
        one_unfit_row_does_not_stop_the_batch,
        a_sender_that_contradicts_the_ledger_is_unfit,
        what_the_ledger_holds_unreadable_stops_one_id_alone,
        two_hundred_and_fifty_six_at_once,
    }
    notes {
        a_note_is_taken_once,
        only_one_reader_moves_the_position,
        what_is_dropped_is_unaccounted,
        what_was_dropped_is_accounted_for_when_it_is_sent_again,
        a_note_of_a_second_acceptance_begins_a_new_attempt_only_after_a_refusal,
    }
    lists {
        an_inbox_is_read_to_its_end,
        an_inbox_tells_new_from_collected,
        the_sent_list_is_a_change_feed,
        a_sent_item_tells_its_whole_story,
        waiting_ends_when_mail_arrives,
    }
    acknowledgements {
        collected_implies_handed_out,
        the_oldest_uncollected_is_told,
        imported_implies_collected,
        a_failed_import_may_be_mended,
        receipts_have_facts_and_are_kept,
    }
    products {
        a_product_stands_with_its_newest_result,
        there_is_a_most_of_products,
        imports_are_counted_by_product,
        reasons_are_bounded,
    }
    channels {
        an_office_joins_at_what_nobody_has_collected,
        a_cursor_moves_for_one_of_two,
        statuses_and_notices_wait_too,
        notices_to_many_wait_for_those_they_are_for,
        a_draft_is_changed_published_or_discarded,
    }
    recalls {
        in_the_mailbox_it_is_withdrawn,
        handed_out_it_is_only_noted,
        under_way_it_ends_on_arrival,
        of_another_office_it_is_unknown,
        of_what_is_not_there_only_so_many,
        either_recall_or_hand_out_wins,
        either_order_of_recall_and_arrival_withdraws,
        either_recall_or_collecting_wins,
        a_clock_that_is_ahead_does_not_undo_a_recall,
    }
    versions {
        a_later_one_takes_the_place_of_an_earlier,
        one_that_comes_late_is_superseded_already,
        other_offices_and_files_have_chains_of_their_own,
        a_deletion_is_linked_to_what_it_withdraws,
        a_recall_lets_the_one_before_stand_again,
        one_in_between_is_recalled,
        whatever_the_order_the_end_is_the_same,
    }
    retention {
        a_sandbox_forgets_every_envelope,
        what_is_never_collected_expires,
        contents_go_by_month,
        more_than_a_batch_is_done_in_several,
        metadata_goes_before_evidence,
        old_words_go,
        each_office_is_reminded_once_a_day,
    }
    parking {
        a_parked_envelope_is_open_until_its_end,
        a_redrive_is_closed_by_its_confirm,
        poison_is_kept_as_it_is,
        nothing_a_row_holds_keeps_it_from_its_place,
        a_dead_letter_tells_its_queue,
        a_copy_of_an_ended_one_is_discarded,
        a_parked_outcome_is_accounted_for,
    }
    discarding {
        a_discarded_envelope_is_refused_and_its_sender_learns_of_it,
        what_was_sent_again_meanwhile_finds_the_end,
        a_marked_one_is_not_discarded,
        poison_of_no_acceptance_is_gone,
        unreadable_stamps_with_a_known_acceptance_are_accounted_for,
        a_recalled_one_ends_recalled,
        rows_are_chosen_by_what_is_known_of_them,
    }
    conservation {
        every_acceptance_stands_in_one_account,
    }
    backups {
        what_is_restored_is_what_was_there,
        what_came_after_the_backup_is_missing_until_it_is_sent_again,
        no_place_in_a_list_is_given_twice,
        what_is_no_whole_backup_changes_nothing,
        a_copy_is_of_one_moment,
    }
    concurrency {
        positions_are_gap_free_and_seen_in_order,
    }
    work {
        a_lease_has_one_owner,
        a_dead_owners_clock_does_not_keep_a_lease,
        a_candidates_clock_takes_no_lease_from_the_living,
        of_two_candidates_one_takes_a_lease,
        a_suspect_is_counted,
        a_suspect_may_have_any_id,
        the_probe_writes,
        stations_open_it_at_once,
        a_process_starts_beside_a_later_release,
    }
}
