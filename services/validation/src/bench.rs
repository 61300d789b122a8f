//! The workbench: opening a seal and judging files is work for the CPU, kept off the runtime's own threads and bounded.

use std::sync::Arc;

use bytes::Bytes;
use chassis::broker::waiting;
use parcel::{Judged, Rules};
use proto::{ManifestHead, Problem, Time};
use seal::trust::{Subject, Trust};
use tokio::sync::Semaphore;

/// What the workbench found.
pub enum Inspected {
    /// The seal does not hold.
    Unsealed(Vec<Problem>),
    /// The seal holds; these are the signer and the judgement of the content.
    Sealed {
        /// Whose certificate sealed it.
        signer: Subject,
        /// Sender and destination as a second reading of the manifest gives them, if it can be read at all.
        head: Option<ManifestHead>,
        /// The judgement by manifest, ZIP and standard.
        judged: Box<Judged>,
    },
}

/// Why nothing could be judged.
#[derive(Debug, thiserror::Error)]
pub enum InspectError {
    /// The revocation list is out of date: a condition of the station.
    #[error("the revocation list is out of date")]
    CrlStale,
    /// The judging thread died on this envelope.
    #[error("the judging thread ended early")]
    Died,
}

/// A bounded number of judging threads.
#[derive(Clone)]
pub struct Workbench {
    places: Arc<Semaphore>,
    rules: Arc<Rules>,
}

impl Workbench {
    /// A workbench of so many threads (0: one per core) that judges by these rules.
    #[must_use]
    pub fn new(threads: usize, rules: Arc<Rules>) -> Self {
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        Self {
            places: Arc::new(Semaphore::new(if threads == 0 { cores } else { threads })),
            rules,
        }
    }

    /// Opens and judges one envelope.
    ///
    /// # Errors
    /// When the revocation list is out of date, or the thread died.
    pub async fn inspect(
        &self,
        envelope: Bytes,
        trust: Arc<Trust>,
        accepted_at: Time,
        now: Time,
    ) -> Result<Inspected, InspectError> {
        // Waiting for a place is not the envelope's own work; the thread keeps its place even when nobody waits any more.
        let place = waiting(self.places.clone().acquire_owned())
            .await
            .map_err(|_| InspectError::Died)?;
        let rules = self.rules.clone();
        let work = move || {
            let _place = place;
            inspect(&envelope, &trust, &rules, accepted_at, now)
        };
        tokio::task::spawn_blocking(work)
            .await
            .map_err(|_| InspectError::Died)?
    }
}

fn inspect(
    envelope: &[u8],
    trust: &Trust,
    rules: &Rules,
    accepted_at: Time,
    now: Time,
) -> Result<Inspected, InspectError> {
    match seal::open(envelope, trust, accepted_at, now) {
        Ok(opened) => Ok(Inspected::Sealed {
            head: parcel::peek(&opened.content).ok(),
            judged: Box::new(rules.judge(&opened.content, accepted_at)),
            signer: opened.signer,
        }),
        Err(seal::OpenError::Refused(problems)) => Ok(Inspected::Unsealed(problems)),
        Err(seal::OpenError::CrlStale) => Err(InspectError::CrlStale),
    }
}
