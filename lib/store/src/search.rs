//! The operators' look at the ledger: envelopes found by office, sequence and time, and all that is known of one.

use std::fmt;
use std::str::FromStr;

use proto::desk_search::{EnvelopeTrace, FoundEnvelope, TracedAcceptance};
use proto::{EnvelopeId, OfficeNumber, Status, Time, software};

use crate::cursor::NotACursor;
use crate::sql::{Row, Value, values};
use crate::{Store, StoreError};

/// What is looked for; each member that is given narrows.
#[derive(Clone, Copy, Debug, Default)]
pub struct EnvelopeSearch<'a> {
    /// Sender or destination.
    pub office: Option<OfficeNumber>,
    /// The sequence, 14 digits.
    pub sequence: Option<&'a str>,
    /// Where it stands.
    pub status: Option<Status>,
    /// Accepted then or later.
    pub from: Option<Time>,
    /// Accepted before.
    pub to: Option<Time>,
    /// Behind this item.
    pub after: Option<FoundCursor>,
    /// At most so many.
    pub limit: u32,
}

/// Where a reader of what was found is. Opaque to clients.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FoundCursor {
    accepted_at: Time,
    id: EnvelopeId,
}

const FOUND: &str =
    "SELECT id, sender, destination, status, accepted_at, changed_at, sequence, kinds, month FROM ledger";

impl Store {
    /// Envelopes, newest acceptance first, and the cursor behind the last one when there may be more.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn envelopes(
        &self,
        search: &EnvelopeSearch<'_>,
    ) -> Result<(Vec<FoundEnvelope>, Option<FoundCursor>), StoreError> {
        let mut bound: Vec<Value<'_>> = Vec::new();
        let mut wanted = vec!["1 = 1".to_owned()];
        if let Some(office) = &search.office {
            bound.push(office.into());
            let n = bound.len();
            // Two indexes, one each; what an office ever sent and received is little.
            wanted.push(format!(
                "id IN (SELECT id FROM ledger WHERE sender = ${n} UNION SELECT id FROM ledger WHERE destination = ${n})"
            ));
        }
        if let Some(sequence) = search.sequence {
            bound.push(sequence.into());
            wanted.push(format!("sequence = ${}", bound.len()));
        }
        if let Some(status) = search.status {
            bound.push(status.as_str().into());
            wanted.push(format!("status = ${}", bound.len()));
        }
        if let Some(from) = search.from {
            bound.push(from.into());
            wanted.push(format!("accepted_at >= ${}", bound.len()));
        }
        if let Some(to) = search.to {
            bound.push(to.into());
            wanted.push(format!("accepted_at < ${}", bound.len()));
        }
        if let Some(after) = &search.after {
            bound.extend(values![after.accepted_at, &after.id]);
            let n = bound.len();
            wanted.push(format!("(accepted_at, id) < (${}, ${n})", n - 1));
        }
        bound.push(i64::from(search.limit).into());
        let sql = format!(
            "{FOUND} WHERE {} ORDER BY accepted_at DESC, id DESC LIMIT ${}",
            wanted.join(" AND "),
            bound.len()
        );
        let rows = self.pool.rows(&sql, &bound).await?;
        let found: Vec<_> = rows.iter().map(found).collect::<Result<_, _>>()?;
        let full = found.len() == usize::try_from(search.limit).unwrap_or(usize::MAX);
        let next = found.last().filter(|_| full).map(|last| FoundCursor {
            accepted_at: last.accepted_at,
            id: last.id,
        });
        Ok((found, next))
    }

    /// All that is known of one envelope but the rows among the parked; none: its id was never heard of.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn trace(&self, id: EnvelopeId) -> Result<Option<EnvelopeTrace>, StoreError> {
        let Some(row) = self.ledger_row(id).await? else {
            return Ok(None);
        };
        let problems = row.problems();
        let mut trace = EnvelopeTrace {
            envelope: FoundEnvelope {
                id,
                sender: row.sender,
                destination: row.destination,
                status: row.status,
                accepted_at: row.accepted_at,
                changed_at: row.changed_at,
                sequence: row.sequence,
                kinds: crate::directory::words(&row.kinds),
                month: row.month,
            },
            submitter: row.submitter,
            signer: row.signer,
            version: row.version,
            size: None,
            acceptances: self.acceptances_of(id).await?,
            history: self.history(id).await?,
            arrived_at: row.arrived_at,
            handed_out_at: None,
            collected_at: None,
            imported_at: None,
            software: row.software.as_deref().map(software::shown),
            recall_requested_at: row.recall_requested_at,
            withdrawn_at: None,
            same_as: row.same_as,
            renumbered_to: row.renumbered_to,
            problems: problems.problems.into_iter().map(Into::into).collect(),
            more: problems.more,
            older: self
                .linked(
                    "SELECT older FROM version_links WHERE newer = $1 ORDER BY sequence",
                    id,
                )
                .await?,
            newer: self
                .linked(
                    "SELECT newer FROM version_links WHERE older = $1 ORDER BY sequence",
                    id,
                )
                .await?,
            receipts: self.receipts_made(id).await?,
            parked: Vec::new(),
        };
        let standing =
            "SELECT size, handed_out_at, collected_at, imported_at, withdrawn_at FROM mailbox WHERE id = $1";
        if let Some(row) = self.pool.row(standing, &values![&id]).await? {
            trace.size = u64::try_from(row.int(0)?).ok();
            trace.handed_out_at = row.maybe_time(1)?;
            trace.collected_at = row.maybe_time(2)?;
            trace.imported_at = row.maybe_time(3)?;
            trace.withdrawn_at = row.maybe_time(4)?;
        }
        Ok(Some(trace))
    }

    async fn acceptances_of(&self, id: EnvelopeId) -> Result<Vec<TracedAcceptance>, StoreError> {
        let sql =
            "SELECT acceptance, accepted_at, submitter, seen_at, ended_at FROM acceptances WHERE id = $1
            ORDER BY accepted_at, acceptance";
        let rows = self.pool.rows(sql, &values![&id]).await?;
        let one = |row: &Row| {
            Ok(TracedAcceptance {
                acceptance: row.acceptance(0)?,
                accepted_at: row.time(1)?,
                submitter: row.text(2)?,
                seen_at: row.maybe_time(3)?,
                ended_at: row.maybe_time(4)?,
            })
        };
        rows.iter().map(one).collect()
    }

    async fn linked(&self, sql: &str, id: EnvelopeId) -> Result<Vec<EnvelopeId>, StoreError> {
        let rows = self.pool.rows(sql, &values![&id]).await?;
        rows.iter().map(|row| row.id(0)).collect()
    }
}

fn found(row: &Row) -> Result<FoundEnvelope, StoreError> {
    Ok(FoundEnvelope {
        id: row.id(0)?,
        sender: row.word(1, "office number")?,
        destination: row.word(2, "office number")?,
        status: row.word(3, "status")?,
        accepted_at: row.time(4)?,
        changed_at: row.time(5)?,
        sequence: row.maybe_text(6)?,
        kinds: crate::directory::words(&row.text(7)?),
        month: row.maybe_text(8)?,
    })
}

impl fmt::Display for FoundCursor {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "f{:x}.{}", self.accepted_at.micros(), self.id)
    }
}

impl FromStr for FoundCursor {
    type Err = NotACursor;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (micros, id) = text
            .strip_prefix('f')
            .and_then(|rest| rest.split_once('.'))
            .ok_or(NotACursor)?;
        let micros = i64::from_str_radix(micros, 16).map_err(|_| NotACursor)?;
        Ok(Self {
            accepted_at: Time::from_micros(micros),
            id: id.parse().map_err(|_| NotACursor)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_read_back_and_nothing_else_is_one() {
        let cursor = FoundCursor {
            accepted_at: Time::from_micros(1_743_467_400_123_456),
            id: EnvelopeId::of(b"x"),
        };
        assert_eq!(cursor.to_string().parse(), Ok(cursor));
        for bad in ["", "f", "f1", "f1.", "p1", "fx.00", "f1.00"] {
            assert_eq!(bad.parse::<FoundCursor>(), Err(NotACursor), "{bad}");
        }
    }
}
