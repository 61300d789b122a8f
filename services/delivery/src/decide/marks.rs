//! Marks in the stream of acceptance notes: written at its end, they must come back, or the stream has lost something.

use std::collections::VecDeque;

use proto::Time;

/// The marks of one run of the reader. Times are the process's clock.
#[derive(Clone, Debug)]
pub struct Marks {
    waiting: VecDeque<(u64, Time)>,
    last_taken: Time,
    overtaken: bool,
}

impl Marks {
    /// No marks yet; reading begins now.
    #[must_use]
    pub fn new(now: Time) -> Self {
        Self {
            waiting: VecDeque::new(),
            last_taken: now,
            overtaken: false,
        }
    }

    /// The broker has confirmed this mark; numbers rise.
    pub fn written(&mut self, number: u64, at: Time) {
        self.waiting.push_back((number, at));
    }

    /// Something was read from the stream, so reading makes progress, however long the way to its end.
    pub fn took(&mut self, at: Time) {
        self.last_taken = at;
    }

    /// This mark was read back.
    pub fn read(&mut self, number: u64) {
        while let Some((waiting, _)) = self.waiting.front().copied() {
            if number < waiting {
                return;
            }
            // A mark that comes back before an earlier one: the earlier one is gone, and notes may be gone with it.
            self.overtaken |= waiting < number;
            self.waiting.pop_front();
        }
    }

    /// Whether something was lost: a mark was overtaken, or a confirmed one waits while nothing at all comes.
    #[must_use]
    pub fn lost(&self, now: Time, patience_seconds: f64) -> bool {
        let silent = |written: Time| patience_seconds < now.seconds_since(written.max(self.last_taken));
        self.overtaken || self.waiting.front().is_some_and(|(_, written)| silent(*written))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Time {
        Time::from_micros(0).plus_seconds(seconds)
    }

    #[test]
    fn a_long_way_to_the_end_is_no_loss_while_reading_goes_on() {
        let mut marks = Marks::new(at(0));
        marks.written(1, at(0));
        marks.written(2, at(10));
        for second in 0..3_600 {
            marks.took(at(second));
            assert!(!marks.lost(at(second), 60.0), "second {second}");
        }
        marks.read(1);
        marks.read(2);
        assert!(!marks.lost(at(9_999), 60.0), "nothing is waited for");
    }

    #[test]
    fn silence_and_an_overtaken_mark_are_losses() {
        let mut silent = Marks::new(at(0));
        assert!(
            !silent.lost(at(1_000), 60.0),
            "without a confirmed mark nothing can be concluded"
        );
        silent.written(1, at(1_000));
        assert!(!silent.lost(at(1_060), 60.0));
        assert!(silent.lost(at(1_061), 60.0));
        let mut overtaken = Marks::new(at(0));
        overtaken.written(1, at(0));
        overtaken.written(2, at(10));
        overtaken.read(2);
        assert!(overtaken.lost(at(11), 60.0));
    }
}
