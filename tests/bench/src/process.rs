//! What a process has used, from `/proc`.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, bail};

/// Clock ticks of `/proc/<pid>/stat` in a second: `USER_HZ`, 100 on every Linux architecture in use.
const TICKS: f64 = 100.0;

/// Processor time a process has used so far, in milliseconds, its ended threads included.
///
/// # Errors
/// When the process is gone.
pub(crate) fn cpu_ms(pid: u32) -> anyhow::Result<f64> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat"))?;
    // The name in parentheses may hold anything; what comes after it has no parentheses.
    let after = stat.rsplit_once(") ").context("a stat line")?.1;
    let mut fields = after.split(' ').skip(11);
    let user: f64 = fields.next().context("utime")?.parse()?;
    let system: f64 = fields.next().context("stime")?.parse()?;
    Ok((user + system) * 1_000.0 / TICKS)
}

/// Processor time of this thread so far.
///
/// # Errors
/// When the kernel does not tell it.
pub(crate) fn thread_cpu() -> anyhow::Result<Duration> {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat")?;
    let nanoseconds = stat.split(' ').next().context("a schedstat line")?;
    Ok(Duration::from_nanos(nanoseconds.parse()?))
}

/// Resident memory of a process, in KiB.
///
/// # Errors
/// When the process is gone.
pub(crate) fn resident_kib(pid: u32) -> anyhow::Result<u64> {
    status_kib(&pid.to_string(), "VmRSS:")
}

/// The most memory this process ever had resident, in KiB.
///
/// # Errors
/// When `/proc` cannot be read.
pub(crate) fn peak_kib() -> anyhow::Result<u64> {
    status_kib("self", "VmHWM:")
}

fn status_kib(process: &str, key: &'static str) -> anyhow::Result<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix(key))
        .context(key)?;
    Ok(line.trim().trim_end_matches(" kB").parse()?)
}

/// The Erlang machine of the broker that `ops/dev/broker` runs in this folder.
///
/// # Errors
/// When there is none.
pub(crate) fn broker(folder: &Path) -> anyhow::Result<u32> {
    let folder = folder
        .canonicalize()
        .with_context(|| format!("the broker's folder {}", folder.display()))?;
    let mark = format!("CAREPLAN_BROKER={}", folder.display());
    for entry in std::fs::read_dir("/proc")? {
        let name = entry?.file_name();
        let Some(pid) = name.to_str().and_then(|name| name.parse::<u32>().ok()) else {
            continue;
        };
        let read = |file: &str| std::fs::read(format!("/proc/{pid}/{file}")).unwrap_or_default();
        let marked = read("environ")
            .split(|byte| *byte == 0)
            .any(|entry| entry == mark.as_bytes());
        if marked && read("comm").starts_with(b"beam.smp") {
            return Ok(pid);
        }
    }
    bail!("no broker of {} runs here", folder.display())
}
