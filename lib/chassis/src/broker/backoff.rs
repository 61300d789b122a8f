//! Jittered exponential back-off without limit of tries.

use std::time::Duration;

use rand::Rng;

/// The waits between tries: doubling from `first` up to `most`, each taken at random between half and whole.
#[derive(Clone, Debug)]
pub(super) struct Backoff {
    next: Duration,
    most: Duration,
}

impl Backoff {
    pub(super) fn new(first: Duration, most: Duration) -> Self {
        Self { next: first, most }
    }

    /// How long to wait before the next try.
    pub(super) fn next_wait(&mut self) -> Duration {
        let whole = self.next.min(self.most);
        self.next = (whole * 2).min(self.most);
        whole.mul_f64(rand::rng().random_range(0.5..=1.0))
    }

    /// Waits before the next try.
    pub(super) async fn wait(&mut self) {
        tokio::time::sleep(self.next_wait()).await;
    }
}

/// An exponentially distributed time around `mean`, kept within `least` and `most`.
pub(super) fn exponential(mean: Duration, least: Duration, most: Duration) -> Duration {
    let uniform: f64 = rand::rng().random_range(f64::EPSILON..1.0);
    let seconds = -uniform.ln() * mean.as_secs_f64();
    Duration::from_secs_f64(seconds.clamp(least.as_secs_f64(), most.as_secs_f64().max(least.as_secs_f64())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_the_most_and_are_jittered() {
        let mut backoff = Backoff::new(Duration::from_millis(100), Duration::from_secs(1));
        for whole in [100, 200, 400, 800, 1_000, 1_000] {
            let wait = backoff.next_wait();
            let whole = Duration::from_millis(whole);
            assert!(whole / 2 <= wait && wait <= whole, "{wait:?} of {whole:?}");
        }
    }

    #[test]
    fn leases_keep_their_bounds_and_their_mean() {
        let (mean, least, most) = (
            Duration::from_secs(90),
            Duration::from_secs(5),
            Duration::from_secs(300),
        );
        let leases: Vec<_> = (0..4_000).map(|_| exponential(mean, least, most)).collect();
        assert!(leases.iter().all(|lease| least <= *lease && *lease <= most));
        let average = leases.iter().sum::<Duration>() / 4_000;
        assert!(
            Duration::from_secs(75) < average && average < Duration::from_secs(100),
            "{average:?}"
        );
    }
}
