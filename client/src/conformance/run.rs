//! The edge to the relay: one case after the other, with the tool's own office as the product's partner.

use std::time::{Duration, Instant};

use parcel::Rules;
use proto::conformance::{CaseResult, Outcome};
use proto::{EnvelopeId, Time};
use seal::Sealer;
use serde_json::json;

use super::catalogue::{Case, Way};
use super::judge::{self, Arrived, Found};
use super::keeping::Progress;
use super::make::{self, Offices};
use super::wording;
use crate::commands::get::opened;
use crate::connection::{Ask, Connection};
use crate::failure::Failure;
use crate::outbox::{Order, digits};
use crate::view::{InboxItem, Page, SentItem, Standing};

/// The longest the relay holds a request open.
const LONG_POLL: u64 = 60;

/// Between two looks at the sent list, or at an inbox that answered at once.
const PAUSE: Duration = Duration::from_secs(1);

/// What every case needs.
pub struct Tester<'a> {
    /// To the relay, as the tool's office.
    pub connection: &'a Connection,
    /// Seals what the tool sends.
    pub sealer: &'a Sealer,
    /// The relay's own rules.
    pub rules: &'a Rules,
    /// The two offices.
    pub offices: Offices,
    /// How long a case waits.
    pub within: Duration,
    /// The clock.
    pub now: fn() -> Time,
}

/// What is needed before a case is announced.
#[derive(Debug)]
pub enum Ready {
    /// What it builds on has not passed.
    No(&'static str),
    /// The envelope it builds on, and where the inbox ends before the product sends anything; or the slot of the sequence the
    /// tool sends with, used from now on whatever comes.
    Yes(Option<EnvelopeId>, String),
}

impl Tester<'_> {
    /// Looks whether a case can be run, before its words are out: whoever reads them may be quick.
    ///
    /// # Errors
    /// The relay is out of reach or refuses.
    pub async fn ready(&self, case: &Case, progress: &mut Progress) -> Result<Ready, Failure> {
        let base = case.base().map(|base| {
            let ended = progress.ended(base.id);
            let passed = ended.filter(|ended| ended.outcome == Outcome::Passed);
            (base.id, passed.and_then(|ended| ended.envelopes.last().copied()))
        });
        if let Some((id, None)) = base {
            return Ok(Ready::No(id));
        }
        let end = match case.way {
            Way::Sends => self.end_of_inbox(progress.inbox.clone()).await?,
            Way::Receives => progress.take_slot(case.id, &digits((self.now)())),
        };
        if case.way == Way::Sends && progress.inbox.is_none() {
            progress.inbox = Some(end.clone());
        }
        Ok(Ready::Yes(base.and_then(|(_, envelope)| envelope), end))
    }

    /// Runs one case to its end.
    ///
    /// # Errors
    /// The relay is out of reach or refuses; the case has no end then and may be run again.
    pub async fn run(&self, case: &Case, ready: Ready, progress: &Progress) -> Result<CaseResult, Failure> {
        let mut result = CaseResult {
            case: case.id.to_owned(),
            outcome: Outcome::NotRun,
            findings: Vec::new(),
            envelopes: Vec::new(),
            began_at: Some((self.now)()),
            ended_at: None,
        };
        let found = match (ready, case.way) {
            (Ready::No(base), _) => vec![Found::NoBase(base)],
            (Ready::Yes(base, end), Way::Sends) => self.sends(case, base, end, progress, &mut result).await?,
            (Ready::Yes(_, slot), Way::Receives) => self.receives(case, &slot, progress, &mut result).await?,
        };
        result.outcome = if found.iter().any(Found::is_failure) {
            Outcome::Failed
        } else if found.is_empty() {
            Outcome::Passed
        } else {
            Outcome::NotRun
        };
        for one in &found {
            let (ja, en) = wording::found(one);
            result.find(&ja, &en);
        }
        result.ended_at = Some((self.now)());
        Ok(result)
    }

    async fn sends(
        &self,
        case: &Case,
        base: Option<EnvelopeId>,
        end: String,
        progress: &Progress,
        result: &mut CaseResult,
    ) -> Result<Vec<Found>, Failure> {
        let start = progress.inbox.clone().unwrap_or_else(|| end.clone());
        let Some(id) = self.arrival(end).await? else {
            return Ok(vec![Found::NothingCame(self.within.as_secs())]);
        };
        result.envelopes.push(id);
        let bytes = self
            .connection
            .bytes(&Ask::get(format!("/v1/inbox/{id}")))
            .await?;
        let files: Vec<(String, Vec<u8>)> = opened(id, &bytes)?
            .files
            .into_iter()
            .map(|file| (file.name, file.bytes))
            .collect();
        let zip = seal::content::unverified(&bytes).map_err(|problem| Failure::Content(vec![*problem]))?;
        let judged = self.rules.judge(&zip, (self.now)());
        let units: Vec<String> = judged
            .units
            .iter()
            .map(|unit| unit.unit.clone().unwrap_or_else(|| unit.kinds.join("+")))
            .collect();
        // As it stands now that the product's envelope is there.
        let items = self.items(start).await?;
        let item = |id: EnvelopeId| {
            let id = id.to_string();
            items.iter().find(|item| item.id == id)
        };
        let Some(own) = item(id) else {
            return Err(Failure::Answer(format!("{id} is not in the inbox any more")));
        };
        let base_id = base.map(|id| id.to_string());
        let arrived = Arrived {
            item: own,
            problems: &judged.problems.problems,
            units: &units,
            files: &files,
            base: base_id.as_deref().zip(base.and_then(item)),
        };
        let found = judge::sent(case, &make::unit_id(case, self.offices), &arrived);
        self.answer(id, &found).await?;
        Ok(found)
    }

    /// Tells the product's office what came of it, as a partner would: the vendor reads it in the product's sent list.
    async fn answer(&self, id: EnvelopeId, found: &[Found]) -> Result<(), Failure> {
        let problems: Vec<_> = found
            .iter()
            .take(20)
            .map(|found| {
                let (ja, en) = wording::found(found);
                json!({ "code": "conformance.failed", "severity": "error", "message": ja, "message_en": en })
            })
            .collect();
        let result = if found.is_empty() { "ok" } else { "failed" };
        let body = json!({ "result": result, "problems": problems, "software": "careplan conformance" });
        let _: Standing = self
            .connection
            .json(&Ask::post(format!("/v1/inbox/{id}/collected")))
            .await?;
        let ask = Ask::post(format!("/v1/inbox/{id}/imported")).json(&body);
        let _: Standing = self.connection.json(&ask).await?;
        Ok(())
    }

    async fn receives(
        &self,
        case: &Case,
        slot: &str,
        progress: &Progress,
        result: &mut CaseResult,
    ) -> Result<Vec<Found>, Failure> {
        let base = case
            .base()
            .and_then(|base| progress.slot(base.id))
            .map(str::to_owned);
        let sequence = make::sequence(case, slot, base.as_deref());
        let unit = make::unit(case, self.offices, &sequence);
        let order = Order {
            sender: self.offices.own,
            destination: self.offices.product,
            sequence: Some(sequence),
            message: Some(format!("適合試験 conformance test {}", case.id)),
            software: Some(concat!("careplan ", env!("CARGO_PKG_VERSION")).to_owned()),
            files: unit.files,
        };
        let sealed = self.sealer.seal(&order.pack((self.now)())?)?;
        let id = EnvelopeId::of(&sealed);
        result.envelopes.push(id);
        let _: proto::api::Accepted = self.connection.json(&Ask::envelope(sealed)).await?;
        let begin = Instant::now();
        loop {
            let item: SentItem = self.connection.json(&Ask::get(format!("/v1/sent/{id}"))).await?;
            let late = (self.within <= begin.elapsed()).then_some(self.within.as_secs());
            if let Some(found) = judge::received(case, &item.status, &item.problems, late) {
                return Ok(found);
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    async fn page(&self, after: Option<&str>, wait: u64) -> Result<Page<InboxItem>, Failure> {
        let ask = Ask::get("/v1/inbox")
            .with("state", Some("all"))
            .with("limit", Some(500))
            .with("after", after)
            .with("wait", Some(wait).filter(|wait| 0 < *wait))
            .slow(Duration::from_secs(wait));
        self.connection.json(&ask).await
    }

    /// Where the inbox ends now.
    async fn end_of_inbox(&self, mut after: Option<String>) -> Result<String, Failure> {
        loop {
            let page = self.page(after.as_deref(), 0).await?;
            if page.items.is_empty() {
                return Ok(page.next);
            }
            after = Some(page.next);
        }
    }

    /// Everything behind that place.
    async fn items(&self, mut after: String) -> Result<Vec<InboxItem>, Failure> {
        let mut items = Vec::new();
        loop {
            let page = self.page(Some(&after), 0).await?;
            if page.items.is_empty() {
                return Ok(items);
            }
            items.extend(page.items);
            after = page.next;
        }
    }

    /// The first envelope of the product's office behind that place; none came in time.
    async fn arrival(&self, mut after: String) -> Result<Option<EnvelopeId>, Failure> {
        let (begin, office) = (Instant::now(), self.offices.product.to_string());
        loop {
            let left = self.within.saturating_sub(begin.elapsed());
            if left.is_zero() {
                return Ok(None);
            }
            let asked = Instant::now();
            let page = self
                .page(Some(&after), left.as_secs().clamp(1, LONG_POLL))
                .await?;
            if let Some(item) = page.items.iter().find(|item| item.sender == office) {
                let id = item
                    .id
                    .parse()
                    .map_err(|_| Failure::Answer(format!("id {}", item.id)))?;
                return Ok(Some(id));
            }
            // A relay that is shutting down answers at once; asking again at once would only hurt it.
            if page.items.is_empty() && asked.elapsed() < PAUSE {
                tokio::time::sleep(PAUSE).await;
            }
            after = page.next;
        }
    }
}
