//! Marks in the stream of acceptance notes: written at its end, they must come back, or the stream has lost something.

use std::collections::VecDeque;
use std::time::Duration;

/// The marks of one run of the reader. Ages are counted from its beginning by a clock that never jumps: a wall clock put
/// forward is no silence.
#[derive(Clone, Debug, Default)]
pub struct Marks {
    waiting: VecDeque<(u64, Duration)>,
    last_taken: Duration,
    overtaken: bool,
}

impl Marks {
    /// The broker has confirmed this mark; numbers rise.
    pub fn written(&mut self, number: u64, age: Duration) {
        self.waiting.push_back((number, age));
    }

    /// Something was read from the stream, so reading makes progress, however long the way to its end.
    pub fn took(&mut self, age: Duration) {
        self.last_taken = age;
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
    pub fn lost(&self, age: Duration, patience: Duration) -> bool {
        let silent = |written: Duration| patience < age.saturating_sub(written.max(self.last_taken));
        self.overtaken || self.waiting.front().is_some_and(|(_, written)| silent(*written))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATIENCE: Duration = Duration::from_secs(60);

    fn at(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn a_long_way_to_the_end_is_no_loss_while_reading_goes_on() {
        let mut marks = Marks::default();
        marks.written(1, at(0));
        marks.written(2, at(10));
        for second in 0..3_600 {
            marks.took(at(second));
            assert!(!marks.lost(at(second), PATIENCE), "second {second}");
        }
        marks.read(1);
        marks.read(2);
        assert!(!marks.lost(at(9_999), PATIENCE), "nothing is waited for");
    }

    #[test]
    fn silence_and_an_overtaken_mark_are_losses() {
        let mut silent = Marks::default();
        assert!(
            !silent.lost(at(1_000), PATIENCE),
            "without a confirmed mark nothing can be concluded"
        );
        silent.written(1, at(1_000));
        assert!(!silent.lost(at(1_060), PATIENCE));
        assert!(silent.lost(at(1_061), PATIENCE));
        let mut overtaken = Marks::default();
        overtaken.written(1, at(0));
        overtaken.written(2, at(10));
        overtaken.read(2);
        assert!(overtaken.lost(at(11), PATIENCE));
    }
}
