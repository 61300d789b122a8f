//! What the client reads of the doors' answers. Looser than the contract on purpose: fields and statuses of a later relay
//! must not stop an older client.

use std::collections::BTreeMap;

use proto::Problem;
use serde::Deserialize;

/// A page of a list.
#[derive(Debug, Deserialize)]
pub struct Page<T> {
    /// Oldest first.
    pub items: Vec<T>,
    /// Where to read on.
    #[serde(default)]
    pub next: String,
}

/// An item of the inbox.
#[derive(Debug, Deserialize)]
pub struct InboxItem {
    /// The envelope's id.
    pub id: String,
    /// Who sent it.
    pub sender: String,
    /// The sender's name, if known.
    pub sender_name: Option<String>,
    /// File kinds.
    #[serde(default)]
    pub kinds: Vec<String>,
    /// Service month.
    pub month: Option<String>,
    /// The sender's words.
    pub message: Option<String>,
    /// When it came.
    pub arrived_at: String,
    /// Where it stands.
    pub status: String,
    /// Records the relay follows.
    pub records: Option<u32>,
    /// A later sending in its place.
    pub superseded_by: Option<String>,
    /// The sender asked to disregard it.
    pub recall_requested_at: Option<String>,
    /// A later sending in place of some of its records.
    pub partly_superseded_by: Option<String>,
    /// A deletion of some or all of its records.
    pub withdrawn_by: Option<String>,
    /// Of a deletion: what it withdraws.
    #[serde(default)]
    pub withdraws: Vec<String>,
}

/// An item of the sent list.
#[derive(Debug, Deserialize)]
pub struct SentItem {
    /// The envelope's id.
    pub id: String,
    /// For whom.
    pub destination: String,
    /// Where it stands.
    pub status: String,
    /// When it was accepted.
    pub accepted_at: String,
    /// When the status changed.
    pub changed_at: String,
    /// File kinds.
    #[serde(default)]
    pub kinds: Vec<String>,
    /// Service month.
    pub month: Option<String>,
    /// The same sending under another id.
    pub same_as: Option<String>,
    /// The destination's new number.
    pub renumbered_to: Option<String>,
    /// When a recall was asked for.
    pub recall_requested_at: Option<String>,
    /// Business days it waits to be collected.
    pub uncollected_days: Option<u32>,
    /// A later sending in its place.
    pub superseded_by: Option<String>,
    /// A later sending in place of some of its records.
    pub partly_superseded_by: Option<String>,
    /// A deletion of some or all of its records.
    pub withdrawn_by: Option<String>,
    /// Of a deletion: what it withdraws.
    #[serde(default)]
    pub withdraws: Vec<String>,
    /// Every step.
    #[serde(default)]
    pub history: Vec<HistoryEntry>,
    /// Why it was refused.
    #[serde(default)]
    pub problems: Vec<Problem>,
    /// Further problems by code.
    #[serde(default)]
    pub more: BTreeMap<String, u64>,
    /// Paths of receipts.
    #[serde(default)]
    pub receipts: Vec<String>,
}

/// How an item stands among the versions of its records.
#[derive(Debug)]
pub struct Versions<'a> {
    superseded_by: Option<&'a String>,
    partly_superseded_by: Option<&'a String>,
    withdrawn_by: Option<&'a String>,
    withdraws: &'a [String],
}

impl InboxItem {
    /// How it stands among the versions.
    #[must_use]
    pub fn versions(&self) -> Versions<'_> {
        Versions {
            superseded_by: self.superseded_by.as_ref(),
            partly_superseded_by: self.partly_superseded_by.as_ref(),
            withdrawn_by: self.withdrawn_by.as_ref(),
            withdraws: &self.withdraws,
        }
    }
}

impl SentItem {
    /// How it stands among the versions.
    #[must_use]
    pub fn versions(&self) -> Versions<'_> {
        Versions {
            superseded_by: self.superseded_by.as_ref(),
            partly_superseded_by: self.partly_superseded_by.as_ref(),
            withdrawn_by: self.withdrawn_by.as_ref(),
            withdraws: &self.withdraws,
        }
    }
}

impl Versions<'_> {
    /// What a person reads of it, a line each.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        // A deletion that came last is told as such.
        let later = self
            .superseded_by
            .filter(|later| Some(*later) != self.withdrawn_by);
        if let Some(later) = later {
            lines.push(format!(
                "新しい版があります / a later sending takes its place: {later}"
            ));
        }
        let later = self
            .partly_superseded_by
            .filter(|later| Some(*later) != self.withdrawn_by);
        if let Some(later) = later {
            lines.push(format!(
                "一部の利用者に新しい版があります / for some persons a later sending takes its place: {later}"
            ));
        }
        if let Some(deletion) = self.withdrawn_by {
            let (ja, en) = if self.superseded_by.is_some() {
                ("削除されました", "withdrawn by")
            } else {
                ("一部の利用者分が削除されました", "withdrawn for some persons by")
            };
            lines.push(format!("{ja} / {en}: {deletion}"));
        }
        for withdrawn in self.withdraws {
            lines.push(format!("削除の対象 / withdraws: {withdrawn}"));
        }
        lines
    }
}

/// One step.
#[derive(Debug, Deserialize)]
pub struct HistoryEntry {
    /// The status reached.
    pub status: String,
    /// When.
    pub at: String,
    /// By whom.
    #[serde(default)]
    pub by: String,
}

/// Answer of collected, imported and recall.
#[derive(Debug, Deserialize)]
pub struct Standing {
    /// Where the envelope stands now.
    pub status: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(fields: &str) -> String {
        let json = format!(
            r#"{{"id":"1","destination":"0300000005","status":"delivered","accepted_at":"","changed_at":"",{fields}}}"#
        );
        let item: SentItem = serde_json::from_str(&json).unwrap();
        item.versions().lines().join("\n")
    }

    #[test]
    fn versions_are_told_in_words() {
        assert_eq!(lines(r#""month":null"#), "");
        assert!(lines(r#""superseded_by":"2""#).contains("takes its place: 2"));
        assert!(lines(r#""partly_superseded_by":"2""#).contains("for some persons a later"));
        let gone = lines(r#""superseded_by":"3","withdrawn_by":"3""#);
        assert_eq!(gone, "削除されました / withdrawn by: 3");
        let partly = lines(r#""partly_superseded_by":"2","withdrawn_by":"3""#);
        assert_eq!(partly.lines().count(), 2);
        assert!(partly.contains("withdrawn for some persons by: 3"));
        assert_eq!(lines(r#""withdraws":["4","5"]"#).lines().count(), 2);
    }
}
