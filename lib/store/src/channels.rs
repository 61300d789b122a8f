//! Channels, the offices they serve, and how far each office's lists were published there. The lists themselves are the
//! mailbox's, the ledger's and the notices': a channel has nothing but cursors on them.

use proto::{Channel, EnvelopeId, OfficeNumber, Time};

use crate::notices::is_among;
use crate::rights::IN_FORCE;
use crate::sql::{Transaction, values};
use crate::{Cursor, Store, StoreError};

/// Right before the oldest item of office `$2`'s inbox that nobody has collected; the end of the inbox when there is none.
pub(crate) const OLDEST_UNCOLLECTED: &str = "COALESCE((SELECT MIN(position) - 1 FROM mailbox
    WHERE destination = $2 AND collected_at IS NULL AND withdrawn_at IS NULL),
    (SELECT inbox FROM counters WHERE office = $2), 0)";

/// The lists of an office that a channel publishes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChannelList {
    /// What came for it.
    Inbox,
    /// Where that stands which the channel's holder submitted for it.
    Sent,
    /// Notices to it, and to many it is among.
    Notices,
}

/// An office of a channel with something to publish, and how far each list was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    /// The office.
    pub office: OfficeNumber,
    /// Of the inbox; none: the channel's holder may not read for the office now.
    pub inbox: Option<Cursor>,
    /// The end of the inbox when this was read: every position up to it is given and committed.
    pub inbox_end: Cursor,
    /// Of the sent list.
    pub sent: Cursor,
    /// The end of the sent list, as that of the inbox.
    pub sent_end: Cursor,
    /// Of the notices; none as with the inbox.
    pub notice: Option<Cursor>,
}

impl Cursor {
    /// The cursor on a list whose positions are numbers.
    #[must_use]
    pub fn at(position: i64) -> Self {
        Self(position)
    }

    /// The position.
    #[must_use]
    pub fn position(self) -> i64 {
        self.0
    }
}

impl ChannelList {
    fn column(self) -> &'static str {
        match self {
            Self::Inbox => "inbox",
            Self::Sent => "sent",
            Self::Notices => "notice",
        }
    }
}

impl Store {
    /// Makes the channel and lets it serve these offices, an office's own channel that office. What is there stays as it
    /// is. An office joins at the oldest item of its inbox that nobody has collected, and at the end of its other lists.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn put_channel(
        &self,
        channel: &Channel,
        offices: &[OfficeNumber],
        now: Time,
    ) -> Result<(), StoreError> {
        let mut open = self.pool.begin().await?;
        let name = channel.to_string();
        open.run(
            "INSERT INTO channels (name, since) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING",
            &values![&name, now],
        )
        .await?;
        for office in offices.iter().chain(channel.holder().office().as_ref()) {
            open.join(&name, *office).await?;
        }
        open.commit().await
    }

    /// Takes an office from a channel; whether it was served there.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn leave_channel(&self, channel: &Channel, office: OfficeNumber) -> Result<bool, StoreError> {
        let gone = self
            .pool
            .run(
                "DELETE FROM channel_offices WHERE channel = $1 AND office = $2",
                &values![&channel.to_string(), &office],
            )
            .await?;
        Ok(0 < gone)
    }

    /// Removes a channel with all its cursors; whether it was there.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn remove_channel(&self, channel: &Channel) -> Result<bool, StoreError> {
        let name = channel.to_string();
        let mut open = self.pool.begin().await?;
        open.run("DELETE FROM channel_offices WHERE channel = $1", &values![&name])
            .await?;
        let gone = open
            .run("DELETE FROM channels WHERE name = $1", &values![&name])
            .await?;
        open.commit().await?;
        Ok(0 < gone)
    }

    /// Every channel by name, and since when it is there.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn channels(&self) -> Result<Vec<(Channel, Time)>, StoreError> {
        let rows = self
            .pool
            .rows("SELECT name, since FROM channels ORDER BY name", &[])
            .await?;
        rows.iter()
            .map(|row| Ok((row.word(0, "channel")?, row.time(1)?)))
            .collect()
    }

    /// The offices a channel serves, ascending.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn channel_offices(&self, channel: &Channel) -> Result<Vec<OfficeNumber>, StoreError> {
        let rows = self
            .pool
            .rows(
                "SELECT office FROM channel_offices WHERE channel = $1 ORDER BY office",
                &values![&channel.to_string()],
            )
            .await?;
        rows.iter().map(|row| row.word(0, "office number")).collect()
    }

    /// Offices of the channel behind `after` with something to publish, ascending, at most `limit`.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn channel_due(
        &self,
        channel: &Channel,
        after: Option<OfficeNumber>,
        limit: u32,
        now: Time,
    ) -> Result<Vec<Due>, StoreError> {
        let text =
            |office: Option<OfficeNumber>| office.map_or_else(String::new, |office| office.to_string());
        let (name, own, after) = (channel.to_string(), text(channel.holder().office()), text(after));
        // The holder may read for the office: it is its own, or it is delegated and in force.
        let may_read = format!(
            "(o.office = $2 OR EXISTS (SELECT 1 FROM delegations d WHERE d.office = o.office AND d.delegate = $3
                AND d.right_word = 'read' AND {IN_FORCE}))"
        );
        let is_among = is_among("o.office");
        let sql = format!(
            "SELECT o.office, o.inbox, o.sent, o.notice, COALESCE(c.sent, 0), CAST(CASE WHEN {may_read} THEN 1 ELSE 0 END AS BIGINT),
                 COALESCE(c.inbox, 0)
             FROM channel_offices o LEFT JOIN counters c ON c.office = o.office
             WHERE o.channel = $1 AND o.office > $5 AND (c.sent > o.sent OR ({may_read} AND (c.inbox > o.inbox
                 OR EXISTS (SELECT 1 FROM notices n WHERE n.office = o.office AND n.id > o.notice)
                 OR EXISTS (SELECT 1 FROM notices n WHERE n.office IS NULL AND n.id > o.notice AND {is_among}))))
             ORDER BY o.office LIMIT $6"
        );
        let holder = channel.holder().to_string();
        let asked = values![&name, &own, &holder, now, &after, i64::from(limit)];
        let rows = self.pool.rows(&sql, &asked).await?;
        rows.iter()
            .map(|row| {
                let reads = row.int(5)? == 1;
                let cursor = |column| row.int(column).map(Cursor);
                Ok(Due {
                    office: row.word(0, "office number")?,
                    inbox: reads.then(|| cursor(1)).transpose()?,
                    inbox_end: cursor(6)?,
                    sent: cursor(2)?,
                    sent_end: cursor(4)?,
                    notice: reads.then(|| cursor(3)).transpose()?,
                })
            })
            .collect()
    }

    /// Cursors pass notices that are for other prefectures or service kinds: until then they are asked about at each look.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn pass_notices(&self) -> Result<(), StoreError> {
        let is_among = is_among("channel_offices.office");
        // Numbers are given and committed in order: none below the last is still to come.
        let sql = format!(
            "UPDATE channel_offices SET notice = (SELECT last FROM serials WHERE name = 'notices')
             WHERE EXISTS (SELECT 1 FROM notices n WHERE n.office IS NULL AND n.id > channel_offices.notice
                     AND (n.prefecture IS NOT NULL OR n.service IS NOT NULL))
                 AND NOT EXISTS (SELECT 1 FROM notices n WHERE n.office = channel_offices.office AND n.id > channel_offices.notice)
                 AND NOT EXISTS (SELECT 1 FROM notices n WHERE n.office IS NULL AND n.id > channel_offices.notice AND {is_among})"
        );
        self.pool.run(&sql, &[]).await.map(drop)
    }

    /// What this channel's holder submitted for the office and has an end, or a later status, since the cursor: ids with
    /// their positions in the sent list, at most `limit`.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn channel_sent(
        &self,
        channel: &Channel,
        due: &Due,
        limit: u32,
    ) -> Result<Vec<(EnvelopeId, Cursor)>, StoreError> {
        let rows = self
            .pool
            .rows(
                "SELECT id, sent_position FROM ledger
                 WHERE sender = $1 AND submitter = $2 AND sent_position > $3 AND sent_position <= $4
                     AND status NOT IN ('accepted', 'validated', 'routed', 'parked')
                 ORDER BY sent_position LIMIT $5",
                &values![
                    &due.office,
                    &channel.holder().to_string(),
                    due.sent.0,
                    due.sent_end.0,
                    i64::from(limit)
                ],
            )
            .await?;
        rows.iter()
            .map(|row| Ok((row.id(0)?, Cursor(row.int(1)?))))
            .collect()
    }

    /// Moves a cursor on, if it still stands at `from`: whoever else drives the channel has moved it otherwise.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn channel_advance(
        &self,
        channel: &Channel,
        office: OfficeNumber,
        list: ChannelList,
        from: Cursor,
        to: Cursor,
    ) -> Result<bool, StoreError> {
        let column = list.column();
        let sql = format!(
            "UPDATE channel_offices SET {column} = $4 WHERE channel = $1 AND office = $2 AND {column} = $3"
        );
        let moved = self
            .pool
            .run(&sql, &values![&channel.to_string(), &office, from.0, to.0])
            .await?;
        Ok(0 < moved)
    }

    /// Which office an envelope came for, if it came into a mailbox.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn mailbox_of(&self, id: EnvelopeId) -> Result<Option<OfficeNumber>, StoreError> {
        let row = self
            .pool
            .row("SELECT destination FROM mailbox WHERE id = $1", &values![&id])
            .await?;
        row.map(|row| row.word(0, "office number")).transpose()
    }
}

impl Transaction {
    async fn join(&mut self, channel: &str, office: OfficeNumber) -> Result<(), StoreError> {
        let sql = format!(
            "INSERT INTO channel_offices (channel, office, inbox, sent, notice) VALUES ($1, $2,
                 {OLDEST_UNCOLLECTED}, COALESCE((SELECT sent FROM counters WHERE office = $2), 0),
                 COALESCE((SELECT last FROM serials WHERE name = 'notices'), 0))
             ON CONFLICT (channel, office) DO NOTHING"
        );
        self.run(&sql, &values![channel, &office]).await?;
        Ok(())
    }
}
