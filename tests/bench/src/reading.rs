//! How fast the national standard is checked, beside the csv crate's bare reading of the same bytes.

use std::hint::black_box;
use std::time::{Duration, Instant};

use anyhow::ensure;
use harness::Unit;
use standard::generate::Size;
use standard::{Context, File};

/// How long each of them reads.
const EACH: Duration = Duration::from_millis(500);

/// Speeds in MB/s.
pub(crate) struct Reading {
    pub(crate) csv: f64,
    pub(crate) standard: f64,
}

/// Reads units of so many bytes, in turns.
///
/// # Errors
/// When a good unit is refused.
pub(crate) fn measure(csv_bytes: usize) -> anyhow::Result<Reading> {
    let unit = Unit::plan(
        "0300000100".parse()?,
        "0300000005".parse()?,
        "11",
        Size::Bytes(csv_bytes),
    );
    let files: Vec<File<'_>> = unit
        .files
        .iter()
        .map(|(name, bytes)| File { name, bytes })
        .collect();
    let context = Context::default();
    ensure!(
        standard::check(&files, &context).is_accept(),
        "a good unit is refused"
    );
    let bytes: usize = files.iter().map(|file| file.bytes.len()).sum();
    let bare = || {
        for file in &files {
            let mut reader = csv::ReaderBuilder::new()
                .has_headers(false)
                .flexible(true)
                .from_reader(file.bytes);
            let mut record = csv::ByteRecord::new();
            while reader.read_byte_record(&mut record).unwrap_or(false) {
                black_box(&record);
            }
        }
    };
    let check = || drop(black_box(standard::check(&files, &context)));
    Ok(Reading {
        csv: speed(bytes, bare),
        standard: speed(bytes, check),
    })
}

fn speed(bytes: usize, work: impl Fn()) -> f64 {
    let begun = Instant::now();
    let mut rounds = 0_u32;
    while begun.elapsed() < EACH {
        work();
        rounds += 1;
    }
    f64::from(rounds) * bytes as f64 / 1e6 / begun.elapsed().as_secs_f64()
}
