//! What happened in an office's lists behind a reader's marks: ids alone, for webhooks and for the stream of events.

use proto::{Happening, HappeningKind, OfficeNumber};

use crate::sql::{Row, values};
use crate::{Store, StoreError};

pub use proto::happening::Marks;

/// What of a sent list is told: an end, or a later status. Where it is on the way is nobody's news.
const TOLD: &str = "status NOT IN ('accepted', 'validated', 'routed', 'parked')";

/// Happenings, and how far one is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Happened {
    /// In the order of their times, those of each list in the list's; each with the marks after it.
    pub items: Vec<(Happening, Marks)>,
    /// The marks after all of them: beyond the last when nothing else is there.
    pub end: Marks,
}

impl Store {
    /// Where both lists of an office end now: every position up to there is given and committed.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn list_ends(&self, office: OfficeNumber) -> Result<Marks, StoreError> {
        let sql = "SELECT inbox, sent FROM counters WHERE office = $1";
        match self.pool.row(sql, &values![&office]).await? {
            Some(row) => Ok(Marks {
                inbox: row.int(0)?,
                sent: row.int(1)?,
            }),
            None => Ok(Marks::default()),
        }
    }

    /// What happened for this office behind the marks, at most `limit` of each list.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn happened(
        &self,
        office: OfficeNumber,
        from: Marks,
        limit: u32,
    ) -> Result<Happened, StoreError> {
        let ends = self.list_ends(office).await?;
        let arrived = "SELECT position, id, arrived_at FROM mailbox
             WHERE destination = $1 AND position > $2 AND position <= $3 AND withdrawn_at IS NULL
             ORDER BY position LIMIT $4";
        let moved = format!(
            "SELECT sent_position, id, changed_at FROM ledger
             WHERE sender = $1 AND sent_position > $2 AND sent_position <= $3 AND {TOLD}
             ORDER BY sent_position LIMIT $4"
        );
        let read = async |kind, sql: &str, from: i64, to: i64| -> Result<Vec<Happening>, StoreError> {
            if to <= from {
                return Ok(Vec::new());
            }
            let asked = values![&office, from, to, i64::from(limit)];
            let rows = self.pool.rows(sql, &asked).await?;
            rows.iter().map(|row| happening(kind, office, row)).collect()
        };
        let inbox = read(HappeningKind::Envelope, arrived, from.inbox, ends.inbox).await?;
        let sent = read(HappeningKind::Status, &moved, from.sent, ends.sent).await?;
        // Nobody goes back: after a restore the ends may lie before what a reader has seen.
        let end = Marks {
            inbox: last(&inbox, limit, ends.inbox).max(from.inbox),
            sent: last(&sent, limit, ends.sent).max(from.sent),
        };
        Ok(Happened {
            items: merged(inbox, sent, from),
            end,
        })
    }
}

/// Where one is after these: at the last of a full page, else at the list's end.
fn last(items: &[Happening], limit: u32, end: i64) -> i64 {
    match items.last() {
        Some(item) if limit as usize <= items.len() => item.position,
        _ => end,
    }
}

/// Both lists as one, by time; each keeps its own order whatever the clocks said.
fn merged(inbox: Vec<Happening>, sent: Vec<Happening>, mut marks: Marks) -> Vec<(Happening, Marks)> {
    let (mut inbox, mut sent) = (inbox.into_iter().peekable(), sent.into_iter().peekable());
    let mut all = Vec::new();
    loop {
        let arrived_first = match (inbox.peek(), sent.peek()) {
            (Some(arrived), Some(moved)) => arrived.at <= moved.at,
            (Some(_), None) => true,
            (None, _) => false,
        };
        let next = if arrived_first { inbox.next() } else { sent.next() };
        let Some(next) = next else { return all };
        match next.kind {
            HappeningKind::Envelope => marks.inbox = next.position,
            HappeningKind::Status => marks.sent = next.position,
        }
        all.push((next, marks));
    }
}

fn happening(kind: HappeningKind, office: OfficeNumber, row: &Row) -> Result<Happening, StoreError> {
    Ok(Happening {
        kind,
        id: row.id(1)?,
        office,
        position: row.int(0)?,
        at: row.time(2)?,
    })
}
