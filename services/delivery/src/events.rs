//! What happens at delivery: each event is one log line and one count.

use chassis::metrics::{CounterVec, GaugeVec, HistogramVec, Metrics};
use proto::api::ImportResult;
use proto::{Message, Station, Time, Traceparent};
use store::{Entered, Expired, Oldest, Uncollected};

use crate::decide::reminding::AGES;
use crate::traced::trace;

/// Counters of delivery.
#[derive(Clone)]
pub struct Events {
    entered: CounterVec,
    end_to_end: HistogramVec,
    unaccounted: GaugeVec,
    books: GaugeVec,
    notes_restarted: CounterVec,
    redriven: CounterVec,
    uncollected: GaugeVec,
    claims_days_left: GaugeVec,
    reminded: CounterVec,
    expired: CounterVec,
    deleted: CounterVec,
    problems: CounterVec,
    imports: CounterVec,
    oldest: GaugeVec,
    licences: GaugeVec,
    certificates: GaugeVec,
}

/// The word of an entry, one of a closed set.
#[must_use]
pub fn word(entered: &Entered) -> &'static str {
    match entered {
        Entered::Mailboxed { .. } => "mailboxed",
        Entered::Duplicate { .. } => "duplicate",
        Entered::Reused | Entered::Rejected => "rejected",
        Entered::Undeliverable => "undeliverable",
        Entered::Recalled => "recalled",
        Entered::Repeat => "repeat",
        Entered::Unfit { .. } => "unfit",
    }
}

impl Events {
    /// Registers delivery's metrics.
    #[must_use]
    pub fn new(metrics: &Metrics) -> Self {
        let events = Self {
            entered: metrics.counter(
                "relay_delivery_entered_total",
                "Messages entered into the ledger, by how they ended. A repeat was discarded because its end was already there; unfit was parked.",
                &["end"],
            ),
            end_to_end: metrics.histogram(
                "relay_delivery_latency_seconds",
                "From acceptance at the door to the committed mailbox. The design's limits: median below 0.015, 99th percentile below 0.1.",
                &[],
                &[0.005, 0.01, 0.015, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 30.0, 300.0],
            ),
            unaccounted: metrics.gauge(
                "relay_unaccounted_envelopes",
                "Acceptances whose message, outcome or parked copy has not reached delivery in time. Must be 0; otherwise a message was dropped behind the relay's back.",
                &[],
            ),
            books: metrics.gauge(
                "relay_books_envelopes",
                "The ledger's books, by column. accepted must equal the sum of mailboxed, rejected, undeliverable, withdrawn, duplicate, parked and under_way.",
                &["column"],
            ),
            notes_restarted: metrics.counter(
                "relay_notes_restarted_total",
                "How often the reader of acceptance notes began again from the first note because a mark was not read back. Rising means the stream loses or delays messages.",
                &[],
            ),
            redriven: metrics.counter(
                "relay_redriven_total",
                "Parked messages sent through their stations again, by outcome: sent; failed is tried again, broker or store did not do their part; unfit cannot be sent as it is and stays parked, `relayctl parked show` says why.",
                &["outcome"],
            ),
            uncollected: metrics.gauge(
                "relay_uncollected_envelopes",
                "Delivered envelopes nobody has collected, by age in business days. Told by the replica that does the upkeep, 0 by the others. Old ones before the 10th: call the offices.",
                &["age"],
            ),
            claims_days_left: metrics.gauge(
                "relay_claims_days_left",
                "Whole days in Japan until claims close on the 10th, 0 on that day; told by every replica, by its own clock. At 5 or less with old uncollected envelopes: call the offices. Replicas that differ for long: a clock is wrong.",
                &[],
            ),
            reminded: metrics.counter(
                "relay_reminded_offices_total",
                "Reminders of uncollected envelopes published to destinations, one an office and day.",
                &[],
            ),
            expired: metrics.counter(
                "relay_expired_total",
                "Envelopes that were never collected within the retention period. Rising means offices that send to others who no longer look.",
                &[],
            ),
            deleted: metrics.counter(
                "relay_retention_deleted_total",
                "Envelopes of which something was deleted because it was kept long enough: contents, metadata (inbox and names) or evidence (ledger).",
                &["what"],
            ),
            problems: metrics.counter(
                "relay_problems_total",
                "Envelopes refused for this problem, each code once an envelope. One code rising alone: one software writes, or our tables read, that rule otherwise.",
                &["code"],
            ),
            imports: metrics.counter(
                "relay_imports_total",
                "Reports of destinations' software whether it could take an envelope in, by result (ok, failed) and software as named in `delivery.software`. Failed ones passed our checks: compare its reading of the standard with ours.",
                &["result", "software"],
            ),
            oldest: metrics.gauge(
                "relay_oldest_seconds",
                "Age of the oldest: under_way since its acceptance (or since it was sent again), parked since it was set aside, uncollected since its arrival; 0 when there is none. under_way rising second by second: something in the stages stands still.",
                &["what"],
            ),
            licences: metrics.gauge(
                "relay_licences",
                "Licences of open offices by days left. Told by the replica that does the upkeep, 0 by the others. Many at 0-7: offices that will soon not receive any more.",
                &["left"],
            ),
            certificates: metrics.gauge(
                "relay_certificates",
                "Holders by days left of their last bound certificate. Told by the replica that does the upkeep, 0 by the others. At over they are not let in any more.",
                &["left"],
            ),
        };
        events.begin_at_zero();
        events
    }

    /// What rises from nothing at all is not seen to rise.
    fn begin_at_zero(&self) {
        for bare in [&self.notes_restarted, &self.reminded, &self.expired] {
            let _ = bare.with(&[]);
        }
        for end in [
            "mailboxed",
            "duplicate",
            "rejected",
            "undeliverable",
            "recalled",
            "repeat",
            "unfit",
        ] {
            let _ = self.entered.with(&[end]);
        }
        for outcome in ["sent", "failed", "unfit"] {
            let _ = self.redriven.with(&[outcome]);
        }
    }

    /// A message was entered.
    pub fn entered(&self, message: &Message, entered: &Entered, accepted_at: Option<Time>, now: Time) {
        self.entered.with(&[word(entered)]).inc();
        if let (Entered::Mailboxed { .. }, Some(accepted_at)) = (entered, accepted_at) {
            self.end_to_end
                .with(&[])
                .observe(now.seconds_since(accepted_at).max(0.0));
        }
        let trace_id = trace(message).map(Traceparent::trace);
        tracing::info!(
            envelope.id = message.message_id,
            trace_id,
            end = word(entered),
            "entered"
        );
    }

    /// What an outcome refused an envelope for.
    pub fn refused_for<'a>(&self, codes: impl IntoIterator<Item = &'a str>) {
        for code in codes {
            self.problems.with(&[code]).inc();
        }
    }

    /// A destination's software has said whether it could take an envelope in.
    pub fn imported(&self, id: &str, result: ImportResult, software: &str) {
        let word = match result {
            ImportResult::Ok => "ok",
            ImportResult::Failed => "failed",
        };
        self.imports.with(&[word, software]).inc();
        tracing::info!(envelope.id = id, result = word, software, "imported");
    }

    /// The oldest of what waits was read.
    pub fn oldest(&self, oldest: &Oldest, now: Time) {
        for (what, since) in [
            ("under_way", oldest.under_way),
            ("parked", oldest.parked),
            ("uncollected", oldest.uncollected),
        ] {
            let seconds = since.map_or(0.0, |since| now.seconds_since(since).max(0.0));
            self.oldest.with(&[what]).set(seconds);
        }
    }

    /// Licences and certificates were counted by days left.
    pub fn ending(&self, licences: &[(&str, i64)], certificates: &[(&str, i64)]) {
        for (gauge, counts) in [(&self.licences, licences), (&self.certificates, certificates)] {
            for (left, count) in counts {
                #[expect(
                    clippy::cast_precision_loss,
                    reason = "a gauge is a float; counts stay far below 2^53"
                )]
                gauge.with(&[left]).set(*count as f64);
            }
        }
    }

    /// The books were read; nothing is said of what is unaccounted where it is not known.
    pub fn books(&self, books: &store::Books, unaccounted: Option<i64>) {
        #[expect(
            clippy::cast_precision_loss,
            reason = "a gauge is a float; counts stay far below 2^53"
        )]
        let set = |column: &str, count: i64| self.books.with(&[column]).set(count as f64);
        for (column, count) in [
            ("accepted", books.accepted),
            ("mailboxed", books.mailboxed),
            ("rejected", books.rejected),
            ("undeliverable", books.undeliverable),
            ("withdrawn", books.withdrawn),
            ("duplicate", books.duplicate),
            ("parked", books.parked),
            ("under_way", books.under_way),
        ] {
            set(column, count);
        }
        let Some(unaccounted) = unaccounted else { return };
        #[expect(
            clippy::cast_precision_loss,
            reason = "a gauge is a float; counts stay far below 2^53"
        )]
        self.unaccounted.with(&[]).set(unaccounted as f64);
        if 0 < unaccounted {
            tracing::error!(unaccounted, "acceptances have not reached delivery");
        }
    }

    /// What is not collected was counted, by age as in [`crate::decide::reminding::AGES`].
    pub fn uncollected(&self, counts: &[i64]) {
        for ((_, age), count) in AGES.iter().zip(counts) {
            #[expect(
                clippy::cast_precision_loss,
                reason = "a gauge is a float; counts stay far below 2^53"
            )]
            self.uncollected.with(&[age]).set(*count as f64);
        }
    }

    /// It is so many days to the end of claims.
    pub fn claims_days_left(&self, days: i8) {
        self.claims_days_left.with(&[]).set(f64::from(days));
    }

    /// A destination was reminded.
    pub fn reminded(&self, one: &Uncollected) {
        self.reminded.with(&[]).inc();
        tracing::info!(office = %one.office, uncollected = one.count, oldest = %one.oldest, "reminded");
    }

    /// An envelope expired.
    pub fn expired(&self, one: &Expired) {
        self.expired.with(&[]).inc();
        tracing::warn!(envelope.id = %one.id, sender = %one.sender, destination = %one.destination, "expired");
    }

    /// Something was deleted because it was kept long enough.
    pub fn deleted(&self, what: &'static str, count: u64) {
        if 0 < count {
            self.deleted.with(&[what]).inc_by(count);
            tracing::info!(what, count, "kept long enough and deleted");
        }
    }

    /// The reader of notes begins again.
    pub fn notes_restarted(&self) {
        self.notes_restarted.with(&[]).inc();
        tracing::error!(
            "a mark in the stream of acceptance notes was not read back; reading again from the first note"
        );
    }

    /// A parked message was sent again; `closed`: its row is gone, nothing came first.
    pub fn redriven(&self, id: &str, station: Station, closed: bool) {
        self.redriven.with(&["sent"]).inc();
        tracing::info!(envelope.id = id, %station, closed, "sent again");
    }

    /// A parked message was not sent again, or its row not closed; it is tried again.
    pub fn redrive_failed(&self, id: &str, cause: &str) {
        self.redriven.with(&["failed"]).inc();
        tracing::warn!(envelope.id = id, cause, "not sent again yet");
    }

    /// A parked message cannot be sent again as it is.
    pub fn redrive_unfit(&self, id: &str, cause: &str) {
        self.redriven.with(&["unfit"]).inc();
        tracing::error!(envelope.id = id, cause, "cannot be sent again; it stays parked");
    }
}
