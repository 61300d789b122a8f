//! Whether this process's wall clock has just been put forward: then everything under way looks old, and nothing follows.

use std::time::Duration;

use proto::Time;

/// More than a time server's gentle corrections, far less than what would count as overdue.
const STEP_SECONDS: f64 = 5.0;

/// What two clocks said at the last look, and until when ages are not believed.
#[derive(Clone, Debug)]
pub struct ClockStep {
    wall: Time,
    age: Duration,
    doubtful_until: Duration,
}

impl ClockStep {
    /// The first look; `age` is counted by a clock that never jumps.
    #[must_use]
    pub fn new(wall: Time, age: Duration) -> Self {
        Self {
            wall,
            age,
            doubtful_until: Duration::ZERO,
        }
    }

    /// Whether ages by the wall clock can be believed. After a jump forward they cannot for `patience`: by then what was under
    /// way has arrived, or is overdue in truth. A jump back ends the doubt.
    pub fn believes(&mut self, wall: Time, age: Duration, patience: Duration) -> bool {
        let step = wall.seconds_since(self.wall) - age.saturating_sub(self.age).as_secs_f64();
        (self.wall, self.age) = (wall, age);
        if STEP_SECONDS < step {
            self.doubtful_until = age + patience;
        } else if step < -STEP_SECONDS {
            self.doubtful_until = Duration::ZERO;
        }
        self.doubtful_until <= age
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_jump_forward_is_doubted_and_only_for_a_while() {
        let second = Duration::from_secs;
        let mut clock = ClockStep::new(Time::from_micros(0), Duration::ZERO);
        for (wall, age, believed) in [
            (10, 10, true),
            (23, 20, true),
            (3_630, 30, false),
            (4_529, 929, false),
            (4_530, 930, true),
            (8_140, 940, false),
            (950, 950, true),
        ] {
            let wall = Time::from_micros(0).plus_seconds(wall);
            let found = clock.believes(wall, second(age), second(900));
            assert_eq!(found, believed, "{wall} {age}");
        }
    }
}
