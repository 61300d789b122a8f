//! What a destination's software says of an envelope it has taken in, or could not: the same by HTTPS and by AMQP.

use std::sync::Arc;

use chassis::process;
use proto::api::{Acknowledged, Imported};
use proto::{EnvelopeId, Limits, OfficeNumber, Problem, Station};
use store::{Store, StoreError};

use crate::Config;
use crate::decide::software;
use crate::events::Events;

/// Writes such reports into the ledger and counts them.
#[derive(Clone)]
pub struct Imports {
    store: Store,
    events: Events,
    software: Arc<[String]>,
    by: String,
}

impl Imports {
    /// Reports to this store.
    #[must_use]
    pub fn new(store: Store, events: Events, config: &Config) -> Self {
        Self {
            store,
            events,
            software: config.software.clone().into(),
            by: process::name(Station::Delivery),
        }
    }

    /// Reads a report; none: it is not as software may make it.
    #[must_use]
    pub fn read(body: &[u8]) -> Option<Imported> {
        let imported = serde_json::from_slice(body).ok()?;
        Self::are_bounded(&imported).then_some(imported)
    }

    /// Whether a report is as software may make it: bounded, and without characters no store keeps.
    #[must_use]
    pub fn are_bounded(imported: &Imported) -> bool {
        let plain = |text: &str, most: usize| {
            text.chars().count() <= most && !text.chars().any(|c| c < ' ' && c != '\n' && c != '\t')
        };
        let texts = |problem: &Problem| {
            let places = [&problem.file, &problem.field, &problem.value];
            plain(&problem.code, 100)
                && plain(&problem.message, 2_000)
                && plain(&problem.message_en, 2_000)
                && places.into_iter().flatten().all(|text| plain(text, 300))
        };
        imported.software.as_deref().is_none_or(|name| plain(name, 200))
            && imported.problems.len() <= Limits::PROBLEMS
            && imported.problems.iter().all(texts)
    }

    /// Enters one. None: no such item in this office's inbox.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn record(
        &self,
        office: OfficeNumber,
        id: EnvelopeId,
        imported: &Imported,
    ) -> Result<Option<Acknowledged>, StoreError> {
        let done = self
            .store
            .imported(office, id, imported, &self.by, process::now())
            .await?;
        if done.is_some() {
            let software = software::label(imported.software.as_deref(), &self.software);
            self.events.imported(&id.to_string(), imported.result, software);
        }
        Ok(done)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_software_reports_is_bounded() {
        assert!(Imports::read(br#"{"result":"ok","software":"x 1.0"}"#).is_some());
        assert!(Imports::read(br#"{"result":"ok","software":"a\u0000b"}"#).is_none());
        assert!(Imports::read(br#"{"result":"maybe"}"#).is_none());
        let long = format!(r#"{{"result":"failed","software":"{}"}}"#, "x".repeat(201));
        assert!(Imports::read(long.as_bytes()).is_none());
    }
}
