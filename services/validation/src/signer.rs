//! The edge to the directory: who holds the signer's certificate, and whether that holder may sign for the sender.

use proto::{OfficeNumber, Right, Time};
use store::{Freshness, Snapshot, StoreError};

use crate::decide::SignerFacts;

/// Facts about the certificate with this fingerprint, read after the acceptance; a no is read afresh.
///
/// # Errors
/// When the store cannot be read.
pub async fn facts(
    snapshot: &Snapshot,
    fingerprint: &str,
    sender: OfficeNumber,
    accepted_at: Time,
) -> Result<SignerFacts, StoreError> {
    let newer = Freshness::NewerThan(accepted_at);
    let known = read(snapshot, fingerprint, sender, accepted_at, newer).await?;
    if known.may_sign(accepted_at) {
        return Ok(known);
    }
    read(snapshot, fingerprint, sender, accepted_at, Freshness::Now).await
}

async fn read(
    snapshot: &Snapshot,
    fingerprint: &str,
    sender: OfficeNumber,
    at: Time,
    freshness: Freshness,
) -> Result<SignerFacts, StoreError> {
    let Some(certificate) = snapshot.certificate(fingerprint, freshness).await? else {
        return Ok(SignerFacts::default());
    };
    let holder = certificate.holder;
    let for_sender = snapshot
        .may_act(sender, &holder, Right::Sign, at, freshness)
        .await?;
    Ok(SignerFacts {
        holder: Some(holder),
        ended_at: certificate.revoked_at,
        for_sender,
    })
}
