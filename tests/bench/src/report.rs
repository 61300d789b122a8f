//! The table.

use std::fmt::Write;

use crate::load::Tally;
use crate::machine::Machine;
use crate::reading::Reading;
use crate::runs::Pair;

/// Everything measured.
pub(crate) struct Report {
    pub(crate) machine: Machine,
    pub(crate) envelopes: usize,
    pub(crate) csv_bytes: usize,
    pub(crate) body_bytes: u64,
    pub(crate) concurrency: usize,
    pub(crate) pairs: Vec<Pair>,
    pub(crate) idle_kib: u64,
    pub(crate) tally: Tally,
    pub(crate) reading: Reading,
}

/// A line of the table.
pub(crate) struct Row {
    pub(crate) what: String,
    pub(crate) figure: String,
    /// Empty: there is none.
    pub(crate) limit: &'static str,
}

/// The table of these lines, as Markdown.
pub(crate) fn table(rows: &[Row]) -> String {
    let lines = rows
        .iter()
        .map(|row| format!("| {} | {} | {} |\n", row.what, row.figure, row.limit));
    format!(
        "| what | figure | limit |\n|---|---|---|\n{}",
        lines.collect::<String>()
    )
}

/// One pair in a line.
pub(crate) fn line(number: usize, pair: &Pair) -> String {
    format!(
        "pair {}: no-op {:.0}/s, relay {:.0}/s (answered after {:.1} of {:.1} s, told to come again {}), ratio {:.2}",
        number + 1,
        pair.no_op.rate(),
        pair.relay.rate(),
        pair.relay.answered_seconds,
        pair.relay.seconds,
        pair.relay.busy,
        pair.ratio()
    )
}

/// The middle one.
pub(crate) fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    match values.len() % 2 {
        _ if values.is_empty() => f64::NAN,
        0 => f64::midpoint(values[middle - 1], values[middle]),
        _ => values[middle],
    }
}

fn mib(kib: u64) -> f64 {
    kib as f64 / 1_024.0
}

impl Report {
    /// As Markdown.
    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        // Writing to a string cannot fail.
        let _ = self.write(&mut text);
        text
    }

    fn write(&self, text: &mut String) -> std::fmt::Result {
        let of = |value: fn(&Pair) -> f64| median(self.pairs.iter().map(value));
        let resident = self
            .pairs
            .iter()
            .map(|pair| pair.relay.resident_kib)
            .max()
            .unwrap_or(0);
        writeln!(text, "# Benchmarks\n")?;
        writeln!(
            text,
            "Written by `make bench`; do not edit. Figures of one machine on one day:\n"
        )?;
        writeln!(text, "{}. A load above the number of cores", self.machine)?;
        writeln!(
            text,
            "says that others worked here at the same time, and the figures are worth less.\n"
        )?;
        writeln!(
            text,
            "Broker, relay and sending offices share these cores. {} pairs of runs in turn, {} envelopes a run, {} bytes of\n\
             CSV each ({} bytes sealed), 50 senders, 200 destinations, {} submissions at once; medians of the pairs. The\n\
             no-op pipeline is the same bytes through the same three queue passes with nothing done in between\n\
             (`lib/chassis/src/broker/baseline.rs`); it has no door, no seal, no files, no store.\n",
            self.pairs.len(),
            self.envelopes,
            self.csv_bytes,
            self.body_bytes,
            self.concurrency
        )?;
        let mut rows = Vec::new();
        let mut row = |what: &str, figure: String, limit: &'static str| {
            rows.push(Row {
                what: what.to_owned(),
                figure,
                limit,
            });
        };
        row(
            "no-op pipeline",
            format!("{:.0}/s", of(|pair| pair.no_op.rate())),
            "",
        );
        row(
            "`relay all`, SQLite, door to committed mailbox",
            format!("{:.0}/s", of(|pair| pair.relay.rate())),
            "",
        );
        row("ratio", format!("{:.2}", of(Pair::ratio)), "≥ 0.65, goal 0.8");
        let ms = |value: f64| format!("{value:.2} ms");
        row(
            "CPU an envelope, no-op pipeline",
            ms(of(|pair| pair.no_op.each(pair.no_op.cpu_ms))),
            "",
        );
        row(
            "CPU an envelope, broker under it",
            ms(of(|pair| pair.no_op.each(pair.no_op.broker_cpu_ms))),
            "",
        );
        row(
            "CPU an envelope, relay",
            ms(of(|pair| pair.relay.each(pair.relay.cpu_ms))),
            "",
        );
        row(
            "CPU an envelope, broker under it",
            ms(of(|pair| pair.relay.each(pair.relay.broker_cpu_ms))),
            "",
        );
        row(
            "CPU an envelope, sending offices",
            ms(of(|pair| pair.relay.each(pair.relay.offices_cpu_ms))),
            "",
        );
        row(
            "accepted to available, mean under this full load",
            ms(1_000.0 * of(|pair| pair.relay.latency)),
            "",
        );
        row(
            "resident, idle",
            format!("{:.0} MiB", mib(self.idle_kib)),
            "< 100 MB",
        );
        row(
            "resident, after a run",
            format!("{:.0} MiB", mib(resident)),
            "< 300 MB at 1,000/s",
        );
        row(
            "sent, delivered, lost, doubled",
            format!(
                "{}, {}, {}, {}",
                self.tally.sent, self.tally.delivered, self.tally.lost, self.tally.doubled
            ),
            "lost 0, doubled 0",
        );
        rows.extend(self.reading.rows());
        text.push_str(&table(&rows));
        writeln!(text, "\n## The pairs\n")?;
        for (number, pair) in self.pairs.iter().enumerate() {
            writeln!(text, "- {}", line(number, pair))?;
        }
        Ok(())
    }
}
