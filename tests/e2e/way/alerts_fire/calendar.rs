//! The days before claims close. The fault is made by a clock put forward, delivery's alone: it tells how old what lies in the
//! mailboxes is and how far off the 10th, and everybody else goes on by the machine's.

use anyhow::{Context, ensure};
use harness::eventually;
use harness::files::now;
use proto::{Status, Time};

use super::{DAY, Ground};

const ALERT: &str = "UncollectedBeforeClaims";

/// Days for which the revocation lists are good meanwhile: more than the clock is put forward.
const LISTS_DAYS: i64 = 90;

impl Ground<'_> {
    /// What nobody collects is told in the days before claims close, and not when they are over. (That it must have lain for five
    /// days is shown by `promtool test rules`.)
    pub(super) async fn claims_come_near(&mut self) -> anyhow::Result<()> {
        let id = self.send().await?.context("the door takes it")?;
        self.manager.until(id, Status::Delivered).await?;
        // Otherwise the jump would end more than the days before claims: the doors judge certificates by these lists.
        self.relay
            .pki
            .write_lists(&[], now().plus_seconds(LISTS_DAYS * DAY))?;
        self.is_seen(&format!(
            "min(relay_revocation_lists_valid_seconds) > {} and on() sum(relay_uncollected_envelopes) > 0",
            (LISTS_DAYS - 1) * DAY
        ))
        .await?;
        ensure!(!self.fired.contains(ALERT), "it fired before its fault");
        self.is_silent(ALERT).await?;

        let ahead = days_to_an_eighth(now()).context("every month has an 8th")? * DAY;
        self.put_delivery_forward(ahead)?;
        self.fire(&[ALERT]).await?;

        // The 12th: what lies there is older still, and nobody can claim for it any more.
        self.put_delivery_forward(ahead + 4 * DAY)?;
        self.is_seen(
            "min(relay_claims_days_left) > 5 and on() sum(relay_uncollected_envelopes{age=\"10-\"}) > 0",
        )
        .await?;
        self.is_silent(ALERT).await
    }

    fn put_delivery_forward(&self, ahead: i64) -> anyhow::Result<()> {
        self.relay.processes[self.station("delivery")?].set_clock(ahead)
    }

    async fn is_seen(&self, query: &str) -> anyhow::Result<()> {
        eventually(query, || async {
            ensure!(self.prometheus.tells(query).await?, "not yet");
            Ok(())
        })
        .await
    }

    /// It is neither pending nor firing once its rule was judged by what is scraped now.
    pub(super) async fn is_silent(&self, alert: &str) -> anyhow::Result<()> {
        let now = now();
        eventually("the alert was judged and is silent", || async {
            let judged = self.prometheus.judged(alert).await?;
            ensure!(now.plus_seconds(2) < judged, "judged last at {judged}");
            let raised = self.prometheus.raised().await?;
            ensure!(!raised.contains(alert), "{raised:?}");
            Ok(())
        })
        .await
    }
}

/// In how many days the 8th of a month comes in Japan, three weeks or more from now: fifteen days from Monday to Friday, of
/// which holidays never take ten, so that what arrives now will have lain for five business days on any calendar.
fn days_to_an_eighth(now: Time) -> Option<i64> {
    // Written with Japan's offset: the day stands behind the second hyphen.
    let is_eighth = |days: &i64| now.plus_seconds(days * DAY).to_string().get(8..10) == Some("08");
    (21..=21 + 31).find(is_eighth)
}
