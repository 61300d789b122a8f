//! The machine the figures are of.

use std::fmt;

/// What it is.
pub(crate) struct Machine {
    cores: usize,
    processor: String,
    memory_gib: u64,
    load: String,
    rabbitmq: String,
    date: String,
}

/// Looks at this machine.
///
/// # Errors
/// When `/proc` cannot be read.
pub(crate) fn look() -> anyhow::Result<Machine> {
    let cpus = std::fs::read_to_string("/proc/cpuinfo")?;
    let memory = std::fs::read_to_string("/proc/meminfo")?;
    let value = |text: &str, key: &str| {
        text.lines()
            .find(|line| line.starts_with(key))
            .and_then(|line| Some(line.split_once(':')?.1.trim().to_owned()))
            .unwrap_or_else(|| "unknown".to_owned())
    };
    let kib: u64 = value(&memory, "MemTotal")
        .trim_end_matches(" kB")
        .parse()
        .unwrap_or(0);
    let load = std::fs::read_to_string("/proc/loadavg")?;
    Ok(Machine {
        cores: std::thread::available_parallelism()?.get(),
        processor: value(&cpus, "model name"),
        memory_gib: kib / (1 << 20),
        load: load.split(' ').take(3).collect::<Vec<_>>().join(" "),
        rabbitmq: rabbitmq(),
        date: jiff::Timestamp::now().strftime("%Y-%m-%d %H:%M UTC").to_string(),
    })
}

/// The version of Debian's package, by the name of its folder.
fn rabbitmq() -> String {
    let Ok(entries) = std::fs::read_dir("/usr/lib/rabbitmq/lib") else {
        return "unknown".to_owned();
    };
    entries
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .find_map(|name| Some(name.strip_prefix("rabbitmq_server-")?.to_owned()))
        .unwrap_or_else(|| "unknown".to_owned())
}

impl fmt::Display for Machine {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "{} cores of {}, {} GiB, RabbitMQ {}, {}; load average at the end {}",
            self.cores, self.processor, self.memory_gib, self.rabbitmq, self.date, self.load
        )
    }
}
