//! Webhooks, the offices they tell of, and how far each was told. As channels they have nothing but cursors on the lists.

use proto::desk_webhooks::WebhookLine;
use proto::webhook::WebhookSecret;
use proto::{Channel, OfficeNumber, Time};

use crate::channels::OLDEST_UNCOLLECTED;
use crate::rights::IN_FORCE;
use crate::sql::{Row, Transaction, values};
use crate::{Store, StoreError};

/// A webhook as the desk knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebhookFacts {
    /// Its name, that of its holder.
    pub name: Channel,
    /// Where it calls.
    pub url: String,
    /// Since when it is there.
    pub since: Time,
    /// Until when the secret before signs, too.
    pub old_secret_until: Option<Time>,
}

/// Everything told so far is forgotten to have failed.
pub(crate) const WELL: &str = "failing_since = NULL, tries = 0, outcome = NULL, next_at = 0";

/// The holder of webhook `w` may read for the office of line `o` at `$4`.
pub(crate) fn may_read() -> String {
    format!(
        "(w.holder = 'office:' || o.office OR EXISTS (SELECT 1 FROM delegations d WHERE d.office = o.office
            AND d.delegate = w.holder AND d.right_word = 'read' AND {IN_FORCE}))"
    )
}

pub(crate) const LINES: &str = "FROM webhook_offices o JOIN webhooks w ON w.name = o.webhook
    LEFT JOIN counters c ON c.office = o.office";

pub(crate) const WAITS: &str = "(c.inbox > o.inbox OR c.sent > o.sent)";

impl Store {
    /// Makes the webhook with this secret, or changes where one calls that is there, and lets it tell of these offices, an
    /// office's own of that office. Whether it was made: only then the secret counts. An office joins at the oldest item of
    /// its inbox that nobody has collected, and at the end of its sent list. Another URL is tried at once.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn put_webhook(
        &self,
        name: &Channel,
        url: &str,
        offices: &[OfficeNumber],
        secret: &WebhookSecret,
        now: Time,
    ) -> Result<bool, StoreError> {
        let mut open = self.pool.begin().await?;
        let (text, holder) = (name.to_string(), name.holder().to_string());
        let made = open
            .run(
                "INSERT INTO webhooks (name, holder, url, since, secret, tests_asked, tests_done)
                 VALUES ($1, $2, $3, $4, $5, 0, 0) ON CONFLICT (name) DO NOTHING",
                &values![&text, &holder, url, now, &secret.expose()],
            )
            .await?;
        if made == 0 {
            let moved = open
                .run(
                    "UPDATE webhooks SET url = $2 WHERE name = $1 AND url <> $2",
                    &values![&text, url],
                )
                .await?;
            if 0 < moved {
                open.enable(&text).await?;
            }
        }
        for office in offices.iter().chain(name.holder().office().as_ref()) {
            open.join_webhook(&text, *office).await?;
        }
        open.commit().await?;
        Ok(0 < made)
    }

    /// Signs with this secret from now on, and with the one before until `until`. Whether it was done: only if the webhook is
    /// there and its secret was not changed meanwhile, that is if `seen` is still until when an older one signs at `now`. Twice
    /// by one wish would end at once the only secret the receiver knows.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn rotate_webhook(
        &self,
        name: &Channel,
        secret: &WebhookSecret,
        until: Time,
        seen: Option<Time>,
        now: Time,
    ) -> Result<bool, StoreError> {
        let changed = self
            .pool
            .run(
                "UPDATE webhooks SET old_secret = secret, old_secret_until = $3, secret = $2 WHERE name = $1
                 AND CASE WHEN old_secret_until > $5 THEN old_secret_until ELSE 0 END = $4",
                &values![
                    &name.to_string(),
                    &secret.expose(),
                    until,
                    seen.map_or(0, Time::micros),
                    now
                ],
            )
            .await?;
        Ok(0 < changed)
    }

    /// Goes on with every office where it stopped, at once; whether the webhook is there.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn enable_webhook(&self, name: &Channel) -> Result<bool, StoreError> {
        let mut open = self.pool.begin().await?;
        let text = name.to_string();
        let there = open
            .row("SELECT 1 FROM webhooks WHERE name = $1", &values![&text])
            .await?;
        open.enable(&text).await?;
        open.commit().await?;
        Ok(there.is_some())
    }

    /// Takes an office from a webhook; whether it told of it.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn leave_webhook(&self, name: &Channel, office: OfficeNumber) -> Result<bool, StoreError> {
        let gone = self
            .pool
            .run(
                "DELETE FROM webhook_offices WHERE webhook = $1 AND office = $2",
                &values![&name.to_string(), &office],
            )
            .await?;
        Ok(0 < gone)
    }

    /// Removes a webhook with its secrets and cursors; whether it was there.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn remove_webhook(&self, name: &Channel) -> Result<bool, StoreError> {
        let text = name.to_string();
        let mut open = self.pool.begin().await?;
        open.run("DELETE FROM webhook_offices WHERE webhook = $1", &values![&text])
            .await?;
        let gone = open
            .run("DELETE FROM webhooks WHERE name = $1", &values![&text])
            .await?;
        open.commit().await?;
        Ok(0 < gone)
    }

    /// Every webhook by name.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn webhooks(&self) -> Result<Vec<WebhookFacts>, StoreError> {
        let sql = "SELECT name, url, since, old_secret_until FROM webhooks ORDER BY name";
        let rows = self.pool.rows(sql, &[]).await?;
        let facts = |row: &Row| {
            Ok(WebhookFacts {
                name: row.word(0, "webhook")?,
                url: row.text(1)?,
                since: row.time(2)?,
                old_secret_until: row.maybe_time(3)?,
            })
        };
        rows.iter().map(facts).collect()
    }

    /// How a webhook stands for each of its offices, ascending.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn webhook_lines(&self, name: &Channel, now: Time) -> Result<Vec<WebhookLine>, StoreError> {
        let may_read = may_read();
        let sql = format!(
            "SELECT o.office, CAST(CASE WHEN {may_read} THEN 1 ELSE 0 END AS BIGINT),
                 CAST(CASE WHEN {WAITS} THEN 1 ELSE 0 END AS BIGINT),
                 o.failing_since, o.tries, o.outcome, o.next_at, o.disabled_at
             {LINES} WHERE o.webhook = $1 AND o.office > $2 AND o.tries >= $3 ORDER BY o.office"
        );
        // Every number of a placeholder is bound: `$4` is the time in what it shares with others.
        let text = name.to_string();
        let asked = values![&text, "", 0_i64, now];
        let rows = self.pool.rows(&sql, &asked).await?;
        let line = |row: &Row| {
            let disabled_at = row.maybe_time(7)?;
            let failing_since = row.maybe_time(3)?;
            let next_at = row.time(6)?;
            Ok(WebhookLine {
                office: row.word(0, "office number")?,
                may_read: row.int(1)? == 1,
                waits: row.int(2)? == 1,
                failing_since,
                tries: row.int(4)?,
                outcome: row.maybe_word(5, "outcome of a call")?,
                next_at: (failing_since.is_some() && disabled_at.is_none()).then_some(next_at),
                disabled_at,
            })
        };
        rows.iter().map(line).collect()
    }
}

impl Transaction {
    async fn enable(&mut self, webhook: &str) -> Result<(), StoreError> {
        let sql = format!("UPDATE webhook_offices SET disabled_at = NULL, {WELL} WHERE webhook = $1");
        self.run(&sql, &values![webhook]).await?;
        Ok(())
    }

    async fn join_webhook(&mut self, webhook: &str, office: OfficeNumber) -> Result<(), StoreError> {
        let sql = format!(
            "INSERT INTO webhook_offices (webhook, office, inbox, sent, tries, next_at) VALUES ($1, $2,
                 {OLDEST_UNCOLLECTED}, COALESCE((SELECT sent FROM counters WHERE office = $2), 0), 0, 0)
             ON CONFLICT (webhook, office) DO NOTHING"
        );
        self.run(&sql, &values![webhook, &office]).await?;
        Ok(())
    }
}
