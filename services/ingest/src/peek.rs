//! The peek: sender and destination from the manifest, without any look at the signature.

use bytes::Bytes;
use proto::{EnvelopeId, ManifestHead, Problem, codes};

/// Envelopes up to this size are read on the runtime's own threads; larger ones would hold up other requests.
const SMALL: usize = 128 * 1024;

/// Id and head of an envelope.
pub struct Peeked {
    /// SHA-256 of the bytes.
    pub id: EnvelopeId,
    /// Who to whom.
    pub head: ManifestHead,
}

/// Computes the id and reads the head.
///
/// # Errors
/// The problem to answer with at once, when the bytes are no CMS, no ZIP or have no readable manifest.
pub async fn peek(envelope: &Bytes) -> Result<Peeked, Box<Problem>> {
    if envelope.len() <= SMALL {
        return look(envelope);
    }
    let envelope = envelope.clone();
    let looked = tokio::task::spawn_blocking(move || look(&envelope)).await;
    looked.unwrap_or_else(|_| Err(Box::new(Problem::new(&codes::SEAL_NOT_CMS))))
}

/// Who to whom, if that can be read: one look on the thread at hand.
#[must_use]
pub fn head(envelope: &[u8]) -> Option<ManifestHead> {
    let content = seal::content::unverified(envelope).ok()?;
    parcel::peek(&content).ok()
}

fn look(envelope: &[u8]) -> Result<Peeked, Box<Problem>> {
    let content = seal::content::unverified(envelope)?;
    let head = parcel::peek(&content)?;
    Ok(Peeked {
        id: EnvelopeId::of(envelope),
        head,
    })
}
