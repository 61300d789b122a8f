//! The certificates a peer showed in its handshake.

use std::sync::Arc;

use rustls_pki_types::CertificateDer;

/// What the peer showed: the leaf first, DER; empty when it showed none. That the peer holds the leaf's key is certain,
/// nothing else is. An extension of every request through the door.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Peer {
    /// The certificates, leaf first.
    pub chain: Arc<Vec<Vec<u8>>>,
}

impl Peer {
    /// A peer that showed these certificates, leaf first.
    #[must_use]
    pub fn new(chain: Vec<Vec<u8>>) -> Self {
        Self {
            chain: Arc::new(chain),
        }
    }

    pub(crate) fn of(shown: Option<&[CertificateDer<'_>]>) -> Self {
        Self::new(shown.unwrap_or_default().iter().map(|der| der.to_vec()).collect())
    }
}
