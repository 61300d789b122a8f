//! How fast the national standard is checked, beside the csv crate's bare reading of the same bytes, and how much memory
//! the check of a large unit takes.

use std::hint::black_box;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail, ensure};
use harness::Unit;
use standard::generate::{Size, UnitKind};
use standard::{Context, File};

use crate::process;
use crate::report::{Row, median};

/// How often each of the two reads, in turn, and for how long at least.
const ROUNDS: usize = 9;
const EACH: Duration = Duration::from_millis(200);

/// Bytes of the units: an ordinary sending and a whole office's.
const SIZES: [(usize, &str); 2] = [(20_000, "20 kB"), (5_000_000, "5 MB")];
const LARGE: usize = 50 << 20;

/// Units, by the tables in them.
const UNITS: [(UnitKind, &str); 2] = [
    (UnitKind::Usage, "tables 6, 7"),
    (UnitKind::Plan, "tables 1, 2, 3"),
];

/// Everything measured.
pub(crate) struct Reading {
    speeds: Vec<Speed>,
    /// Most resident memory while a large unit is checked, KiB, with the unit's tables.
    peaks: Vec<(u64, &'static str)>,
}

/// Medians of the rounds: MB a second of processor time of both, and the ratio of a round's two.
struct Speed {
    what: String,
    csv: f64,
    standard: f64,
    ratio: f64,
}

impl Reading {
    /// Rows of the report.
    pub(crate) fn rows(&self) -> Vec<Row> {
        let speeds = self.speeds.iter().map(|speed| Row {
            what: format!(
                "the standard's whole check beside the csv crate's bare reading, {}",
                speed.what
            ),
            figure: format!(
                "{:.0} of {:.0} MB/s: {:.2}",
                speed.standard, speed.csv, speed.ratio
            ),
            limit: "≥ 0.5",
        });
        let peaks = self.peaks.iter().map(|(kib, tables)| Row {
            what: format!("most resident memory of checking 50 MiB of {tables}, the bytes included"),
            figure: format!("{:.0} MB", *kib as f64 * 1.024 / 1_000.0),
            limit: "< 150 MB",
        });
        speeds.chain(peaks).collect()
    }
}

/// Reads units of each kind and size.
///
/// # Errors
/// When a good unit is refused, or the process that checks the large one fails.
pub(crate) fn measure() -> anyhow::Result<Reading> {
    let mut reading = Reading {
        speeds: Vec::new(),
        peaks: Vec::new(),
    };
    for (kind, tables) in UNITS {
        for (bytes, size) in SIZES {
            let what = format!("{size} of {tables}");
            reading.speeds.push(speed(what, &unit(kind, bytes)?)?);
        }
    }
    for (kind, tables) in UNITS {
        reading.peaks.push((peak(&unit(kind, LARGE)?)?, tables));
    }
    reading.peaks.push((peak(&most_persons()?)?, "deletions"));
    Ok(reading)
}

/// Checks the files of a folder, and tells the most memory this process ever had resident, in KiB.
///
/// # Errors
/// When they cannot be read, or are refused.
pub(crate) fn check_folder(folder: &Path) -> anyhow::Result<u64> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path
            .file_name()
            .and_then(|name| name.to_str())
            .context("a name")?
            .to_owned();
        files.push((name, std::fs::read(&path)?));
    }
    let files: Vec<File<'_>> = files.iter().map(|(name, bytes)| File { name, bytes }).collect();
    let report = standard::check(&files, &Context::default());
    ensure!(
        report.is_accept(),
        "a good unit is refused: {:?}",
        report.findings.first()
    );
    process::peak_kib()
}

fn unit(kind: UnitKind, bytes: usize) -> anyhow::Result<Unit> {
    let (care, provider) = ("0300000100".parse()?, "0300000005".parse()?);
    Ok(Unit::make(
        kind,
        (care, "43"),
        (provider, "11"),
        Size::Bytes(bytes),
    ))
}

/// A unit of the shortest rows, so of the most persons: a generated one whose first row is repeated for other persons.
fn most_persons() -> anyhow::Result<Unit> {
    let mut unit = unit(UnitKind::DeleteUsage, 1)?;
    let (_, bytes) = unit.files.first_mut().context("a file")?;
    let text = String::from_utf8(std::mem::take(bytes))?;
    let row = text.lines().next().context("a row")?;
    let [version, insurer, _, month] = row.split(',').collect::<Vec<_>>()[..] else {
        bail!("another layout: {row}");
    };
    for person in 0.. {
        if LARGE <= bytes.len() {
            break;
        }
        bytes.extend_from_slice(format!("{version},{insurer},{person:010},{month}\r\n").as_bytes());
    }
    Ok(unit)
}

fn speed(what: String, unit: &Unit) -> anyhow::Result<Speed> {
    let files: Vec<File<'_>> = unit
        .files
        .iter()
        .map(|(name, bytes)| File { name, bytes })
        .collect();
    let context = Context::default();
    let report = standard::check(&files, &context);
    ensure!(
        report.findings.is_empty(),
        "findings in a good unit: {:?}",
        report.findings.first()
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
    let rounds = (0..ROUNDS)
        .map(|_| Ok((round(bytes, bare)?, round(bytes, check)?)))
        .collect::<anyhow::Result<Vec<(f64, f64)>>>()?;
    Ok(Speed {
        what,
        csv: median(rounds.iter().map(|(csv, _)| *csv)),
        standard: median(rounds.iter().map(|(_, standard)| *standard)),
        ratio: median(rounds.iter().map(|(csv, standard)| standard / csv)),
    })
}

/// MB a second of processor time, of doing this for a while: what others do on this machine meanwhile counts for less.
fn round(bytes: usize, work: impl Fn()) -> anyhow::Result<f64> {
    let (begun, used) = (Instant::now(), process::thread_cpu()?);
    let mut times = 0_u32;
    while begun.elapsed() < EACH {
        work();
        times += 1;
    }
    let used = process::thread_cpu()? - used;
    Ok(f64::from(times) * bytes as f64 / 1e6 / used.as_secs_f64())
}

/// Has a process of its own check the unit, so that nothing but that counts.
fn peak(unit: &Unit) -> anyhow::Result<u64> {
    let folder = tempfile::tempdir()?;
    for (name, bytes) in &unit.files {
        std::fs::write(folder.path().join(name), bytes)?;
    }
    let output = Command::new(std::env::current_exe()?)
        .arg("--check-folder")
        .arg(folder.path())
        .output()?;
    ensure!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let told = String::from_utf8(output.stdout)?;
    told.trim()
        .parse()
        .with_context(|| format!("no number of KiB: {told}"))
}
