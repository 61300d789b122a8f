//! Who is there: the certificate judged by the trust of this moment, then looked up in the directory, at every request.

use axum::extract::{FromRef, FromRequestParts};
use axum::http::request::Parts;
use chassis::process;
use proto::{Holder, Time, codes};
use seal::trust::{Purpose, Role, SharedTrust, Subject};
use store::{CertificateFacts, Freshness, Snapshot};

use crate::{Peer, RateLimit, Refused};

/// `Retry-After` while the store or a revocation list cannot be asked, seconds.
const ASK_AGAIN: u32 = 10;

/// Identifies callers. Clones share trust and snapshot.
#[derive(Clone)]
pub struct Gate {
    trust: SharedTrust,
    directory: Snapshot,
    limit: Option<RateLimit>,
}

/// Who called: the directory's word, and the certificate it was found by. An extractor for handlers whose state gives a
/// [`Gate`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// Whom the directory binds the certificate to.
    pub holder: Holder,
    /// What the certificate says.
    pub subject: Subject,
}

impl Gate {
    /// A gate that believes `trust` and looks up in `directory`, without a limit of requests.
    #[must_use]
    pub fn new(trust: SharedTrust, directory: Snapshot) -> Self {
        Self {
            trust,
            directory,
            limit: None,
        }
    }

    /// The same with a limit of requests by holder, counted by the extractor [`Caller`].
    #[must_use]
    pub fn limited(mut self, limit: RateLimit) -> Self {
        self.limit = Some(limit);
        self
    }

    /// Who this peer is, now.
    ///
    /// # Errors
    /// 401 for a missing or unbelieved certificate, 403 for one that is bound to nobody, to somebody else than its subject
    /// says, or to a holder its CA is not for; 503 while that cannot be judged.
    pub async fn identify(&self, peer: &Peer) -> Result<Caller, Refused> {
        let now = process::now();
        let judged = self
            .trust
            .current()
            .judge(&peer.chain, now, now, Purpose::TlsClient);
        let subject = judged.map_err(|problem| Refused::from(problem.at_door()))?;
        // The snapshot may only say yes; before a refusal the directory is asked afresh.
        let known = self.ask(&subject, Freshness::Cached).await?;
        let holder = match admitted(known, &subject, now) {
            Ok(holder) => holder,
            Err(_) => admitted(self.ask(&subject, Freshness::Now).await?, &subject, now)?,
        };
        Ok(Caller { holder, subject })
    }

    async fn ask(
        &self,
        subject: &Subject,
        freshness: Freshness,
    ) -> Result<Option<CertificateFacts>, Refused> {
        let asked = self.directory.certificate(&subject.fingerprint, freshness).await;
        asked.map_err(|error| {
            tracing::warn!(%error, "the directory cannot be asked");
            Refused::busy(&codes::STORE_UNAVAILABLE, ASK_AGAIN)
        })
    }
}

/// Whether the directory's facts admit the certificate.
fn admitted(facts: Option<CertificateFacts>, subject: &Subject, now: Time) -> Result<Holder, Refused> {
    let Some(facts) = facts else {
        return Err((&codes::AUTH_CERTIFICATE_UNBOUND).into());
    };
    if facts.revoked_at.is_some_and(|at| at <= now) {
        return Err((&codes::AUTH_CERTIFICATE_REVOKED).into());
    }
    let role = match &facts.holder {
        Holder::Office(_) => Role::Office,
        Holder::Vendor(_) => Role::Vendor,
        Holder::Station(_) => Role::Station,
        Holder::Operator(_) => Role::Operator,
    };
    if role != subject.role {
        return Err((&codes::AUTH_ROLE).into());
    }
    if facts.holder.office() != subject.office && role == Role::Office {
        return Err((&codes::AUTH_CERTIFICATE_SUBJECT).into());
    }
    Ok(facts.holder)
}

impl<S> FromRequestParts<S> for Caller
where
    Gate: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refused> {
        let gate = Gate::from_ref(state);
        let peer = parts.extensions.get::<Peer>().cloned().unwrap_or_default();
        let caller = gate.identify(&peer).await?;
        if let Some(limit) = &gate.limit {
            limit.check(&caller.holder)?;
        }
        Ok(caller)
    }
}
