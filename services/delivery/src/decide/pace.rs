//! How fast parked messages are sent again.

use std::time::Duration;

/// From one message to the next: the installation's limit a minute, or the operator's when that is lower.
#[must_use]
pub fn pause(installation: u32, operator: Option<u32>) -> Duration {
    let per_minute = operator.map_or(installation, |most| most.min(installation));
    Duration::from_secs(60) / per_minute.max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lower_limit_counts() {
        for (installation, operator, milliseconds) in [
            (600, None, 100),
            (600, Some(60), 1_000),
            (600, Some(6_000), 100),
            (600, Some(0), 60_000),
            (1, None, 60_000),
        ] {
            assert_eq!(pause(installation, operator), Duration::from_millis(milliseconds));
        }
    }
}
