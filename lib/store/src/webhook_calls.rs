//! What webhooks have to tell, what came of telling it, and test calls: the side of the one who calls.

use proto::webhook::{CallOutcome, WebhookSecret};
use proto::{Channel, OfficeNumber, Time};

use crate::happenings::Marks;
use crate::sql::{Row, values};
use crate::webhooks::{LINES, WAITS, WELL, may_read};
use crate::{Store, StoreError};

/// Where to call, and what to sign with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebhookTarget {
    /// The webhook.
    pub name: Channel,
    /// Where.
    pub url: String,
    /// The secrets in force, the newest first.
    pub secrets: Vec<WebhookSecret>,
}

/// A webhook and an office of which it has something to tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebhookDue {
    /// Where to.
    pub target: WebhookTarget,
    /// Of whom.
    pub office: OfficeNumber,
    /// What was told.
    pub marks: Marks,
    /// Since when no call was taken.
    pub failing_since: Option<Time>,
    /// Calls in vain since then.
    pub tries: i64,
}

/// A call in vain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InVain {
    /// How it ended.
    pub outcome: CallOutcome,
    /// Calls in vain before it, as its caller knew.
    pub tries: i64,
    /// When.
    pub at: Time,
    /// When to call again.
    pub next_at: Time,
    /// Whether that is given up, until an operator says otherwise.
    pub disabled: bool,
}

/// How one webhook stands, all its offices together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebhookHealth {
    /// The webhook.
    pub name: Channel,
    /// Since when the worst of its offices has been told nothing.
    pub failing_since: Option<Time>,
    /// Offices given up.
    pub disabled: i64,
}

impl Store {
    /// What webhooks have to tell and may tell now, behind `after`, by webhook and office, at most `limit`.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn webhooks_due(
        &self,
        after: Option<(&Channel, OfficeNumber)>,
        limit: u32,
        now: Time,
    ) -> Result<Vec<WebhookDue>, StoreError> {
        let (name, office) = after.map_or_else(Default::default, |(name, office)| {
            (name.to_string(), office.to_string())
        });
        let may_read = may_read();
        let sql = format!(
            "SELECT w.name, w.url, w.secret, w.old_secret, w.old_secret_until, o.office, o.inbox, o.sent, o.failing_since, o.tries
             {LINES} WHERE (o.webhook > $1 OR (o.webhook = $1 AND o.office > $2)) AND o.disabled_at IS NULL
                 AND o.next_at <= $4 AND {WAITS} AND {may_read}
             ORDER BY o.webhook, o.office LIMIT $3"
        );
        let rows = self
            .pool
            .rows(&sql, &values![&name, &office, i64::from(limit), now])
            .await?;
        let due = |row: &Row| {
            Ok(WebhookDue {
                target: target(row, now)?,
                office: row.word(5, "office number")?,
                marks: Marks {
                    inbox: row.int(6)?,
                    sent: row.int(7)?,
                },
                failing_since: row.maybe_time(8)?,
                tries: row.int(9)?,
            })
        };
        rows.iter().map(due).collect()
    }

    /// A call was taken: the marks move on, if they still stand at `from`, and all is well again. Whether they did.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn webhook_told(
        &self,
        name: &Channel,
        office: OfficeNumber,
        from: Marks,
        to: Marks,
    ) -> Result<bool, StoreError> {
        let sql = format!(
            "UPDATE webhook_offices SET inbox = $5, sent = $6, {WELL}
             WHERE webhook = $1 AND office = $2 AND inbox = $3 AND sent = $4"
        );
        let text = name.to_string();
        let asked = values![&text, &office, from.inbox, from.sent, to.inbox, to.sent];
        Ok(0 < self.pool.run(&sql, &asked).await?)
    }

    /// A call was in vain. Given up, that is in the audit log too. False: the line was changed meanwhile (another URL,
    /// another caller), and the call says nothing of it.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn webhook_in_vain(
        &self,
        name: &Channel,
        office: OfficeNumber,
        call: &InVain,
        by: &str,
    ) -> Result<bool, StoreError> {
        let mut open = self.pool.begin().await?;
        let text = name.to_string();
        let changed = open
            .run(
                "UPDATE webhook_offices SET failing_since = COALESCE(failing_since, $3), tries = tries + 1, outcome = $4,
                     next_at = $5, disabled_at = $6 WHERE webhook = $1 AND office = $2 AND disabled_at IS NULL AND tries = $7",
                &values![
                    &text,
                    &office,
                    call.at,
                    call.outcome.as_str(),
                    call.next_at,
                    call.disabled.then_some(call.at),
                    call.tries
                ],
            )
            .await?;
        if call.disabled && 0 < changed {
            let subject = format!("{text} {office} {}", call.outcome.as_str());
            open.put_audit(by, "webhook.disable", &subject, call.at).await?;
        }
        open.commit().await?;
        Ok(0 < changed)
    }

    /// How the webhooks that are not well stand. What one may not be told of any more makes none unwell.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn webhook_health(&self, now: Time) -> Result<Vec<WebhookHealth>, StoreError> {
        let may_read = may_read();
        let sql = format!(
            "SELECT o.webhook, MIN(o.failing_since), COUNT(o.disabled_at) {LINES}
             WHERE o.webhook > $1 AND o.office > $2 AND o.tries > $3 AND {may_read} GROUP BY o.webhook ORDER BY o.webhook"
        );
        // From the first line on; `$4` is the time in what it shares with others.
        let rows = self.pool.rows(&sql, &values!["", "", 0_i64, now]).await?;
        let health = |row: &Row| {
            Ok(WebhookHealth {
                name: row.word(0, "webhook")?,
                failing_since: row.maybe_time(1)?,
                disabled: row.int(2)?,
            })
        };
        rows.iter().map(health).collect()
    }

    /// Asks for a test call; its number, none when there is no such webhook.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn ask_webhook_test(&self, name: &Channel) -> Result<Option<i64>, StoreError> {
        let mut open = self.pool.begin().await?;
        let text = name.to_string();
        open.run(
            "UPDATE webhooks SET tests_asked = tests_asked + 1 WHERE name = $1",
            &values![&text],
        )
        .await?;
        let row = open
            .row(
                "SELECT tests_asked FROM webhooks WHERE name = $1",
                &values![&text],
            )
            .await?;
        open.commit().await?;
        row.map(|row| row.int(0)).transpose()
    }

    /// Test calls asked for and not done, each with its number.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn webhook_tests(&self, now: Time) -> Result<Vec<(WebhookTarget, i64)>, StoreError> {
        let sql = "SELECT name, url, secret, old_secret, old_secret_until, tests_asked FROM webhooks
             WHERE tests_asked > tests_done ORDER BY name";
        let rows = self.pool.rows(sql, &[]).await?;
        rows.iter()
            .map(|row| Ok((target(row, now)?, row.int(5)?)))
            .collect()
    }

    /// A test call was made; the answer is JSON.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn webhook_test_done(
        &self,
        name: &Channel,
        number: i64,
        answer: &str,
    ) -> Result<(), StoreError> {
        self.pool
            .run(
                "UPDATE webhooks SET tests_done = $2, test_answer = $3 WHERE name = $1 AND tests_done < $2",
                &values![&name.to_string(), number, answer],
            )
            .await?;
        Ok(())
    }

    /// What came of the test call of this number, once it was made.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn webhook_test_answer(
        &self,
        name: &Channel,
        number: i64,
    ) -> Result<Option<String>, StoreError> {
        let row = self
            .pool
            .row(
                "SELECT test_answer FROM webhooks WHERE name = $1 AND tests_done >= $2",
                &values![&name.to_string(), number],
            )
            .await?;
        Ok(row.map(|row| row.maybe_text(0)).transpose()?.flatten())
    }
}

/// Name, URL, secret, old secret, until when; from column 0 on.
fn target(row: &Row, now: Time) -> Result<WebhookTarget, StoreError> {
    let mut secrets = vec![row.word(2, "secret of a webhook")?];
    if row.maybe_time(4)?.is_some_and(|until| now < until) {
        secrets.extend(row.maybe_word(3, "secret of a webhook")?);
    }
    Ok(WebhookTarget {
        name: row.word(0, "webhook")?,
        url: row.text(1)?,
        secrets,
    })
}
