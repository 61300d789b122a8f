//! Who this process is and what time it is: the two facts stations ask the system for.

use std::sync::OnceLock;
use std::time::{SystemTime, UNIX_EPOCH};

use proto::{Station, Time};

/// The name this process stamps on messages, rows and leases: `station/host/pid`.
#[must_use]
pub fn name(station: Station) -> String {
    instance(station.as_str())
}

/// The name of a process that is no single station, of the same form.
#[must_use]
pub fn instance(what: &str) -> String {
    format!("{what}/{}/{}", host(), std::process::id())
}

/// The system's clock, to the microsecond.
#[must_use]
pub fn now() -> Time {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Time::from_micros(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
}

fn host() -> &'static str {
    static HOST: OnceLock<String> = OnceLock::new();
    HOST.get_or_init(|| {
        // The kernel's answer; in a container or pod it is the container's name.
        let text = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
        let plain: String = text
            .trim()
            .chars()
            .filter(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_'))
            .take(63)
            .collect();
        if plain.is_empty() {
            "host".to_owned()
        } else {
            plain
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_has_station_host_and_pid() {
        let name = name(Station::Routing);
        let parts: Vec<_> = name.split('/').collect();
        assert_eq!(parts.len(), 3, "{name}");
        assert_eq!(parts[0], "routing");
        assert!(!parts[1].is_empty());
        assert_eq!(parts[2], std::process::id().to_string());
    }

    #[test]
    fn the_clock_is_past_the_year_this_was_written() {
        assert!(now() > "2026-01-01T00:00:00Z".parse().unwrap());
    }
}
