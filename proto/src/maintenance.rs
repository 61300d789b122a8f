//! Announced maintenance: the door takes nothing for a while, and says until when.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Problem, Time, codes};

/// Maintenance as it was announced.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Maintenance {
    /// From then on nothing is taken.
    pub begins_at: Time,
    /// Until before then; it ends by itself.
    pub ends_at: Time,
    /// What offices read of it; may be empty.
    pub words: String,
    /// Who announced it, a holder.
    pub announced_by: String,
}

/// Body of `POST /v1/maintenance`; the answer is a [`MaintenanceView`]. What was announced before ends with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MaintenancePost {
    /// From when; now by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub begins_at: Option<Time>,
    /// Until when.
    pub ends_at: Time,
    /// What offices read of it, at most 500 characters.
    #[serde(default)]
    pub words: String,
}

/// Answer of `GET` and `DELETE /v1/maintenance`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct MaintenanceView {
    /// What is announced or going on; none: nothing.
    pub maintenance: Option<Maintenance>,
    /// Whether it is going on now.
    pub going_on: bool,
}

impl MaintenanceView {
    /// How it stands at this moment.
    #[must_use]
    pub fn at(maintenance: Option<Maintenance>, now: Time) -> Self {
        Self {
            going_on: maintenance
                .as_ref()
                .is_some_and(|announced| announced.covers(now)),
            maintenance,
        }
    }
}

impl Maintenance {
    /// Whether nothing is taken at this moment.
    #[must_use]
    pub fn covers(&self, now: Time) -> bool {
        self.begins_at <= now && now < self.ends_at
    }

    /// Seconds until its end, at least one.
    #[must_use]
    pub fn seconds_left(&self, now: Time) -> u32 {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a float saturates, and what is not positive is one"
        )]
        let left = self.ends_at.seconds_since(now).ceil().max(1.0) as u32;
        left
    }

    /// What an office reads that sends meanwhile.
    #[must_use]
    pub fn problem(&self) -> Problem {
        let mut problem = Problem::new(&codes::RELAY_MAINTENANCE);
        let until = self.ends_at.to_string();
        let until = match (until.get(..10), until.get(11..16)) {
            (Some(day), Some(clock)) => format!("{day} {clock}"),
            _ => until,
        };
        problem.message = format!("{}（終了予定：{until}）{}", problem.message, self.words);
        problem.message_en = format!("{} (until {until}, Japan) {}", problem.message_en, self.words);
        problem.message_en.truncate(problem.message_en.trim_end().len());
        problem
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_ends_by_itself_and_says_until_when() {
        let at = |text: &str| text.parse::<Time>().unwrap();
        let maintenance = Maintenance {
            begins_at: at("2025-04-01T02:00:00+09:00"),
            ends_at: at("2025-04-01T04:00:00+09:00"),
            words: "機器を交換します。".to_owned(),
            announced_by: "operator:sato".to_owned(),
        };
        assert!(!maintenance.covers(at("2025-04-01T01:59:59+09:00")));
        assert!(maintenance.covers(at("2025-04-01T02:00:00+09:00")));
        assert!(!maintenance.covers(at("2025-04-01T04:00:00+09:00")));
        assert_eq!(maintenance.seconds_left(at("2025-04-01T03:59:00+09:00")), 60);
        assert_eq!(maintenance.seconds_left(at("2025-04-01T05:00:00+09:00")), 1);
        let problem = maintenance.problem();
        assert!(
            problem.message.contains("2025-04-01 04:00") && problem.message.ends_with("機器を交換します。")
        );
        assert!(problem.message_en.contains("until 2025-04-01 04:00"));
    }
}
