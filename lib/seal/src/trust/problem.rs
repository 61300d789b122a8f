//! Why a certificate is not believed, and the codes that say so.

use proto::{Code, codes};

/// Why a certificate is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum TrustProblem {
    /// None was shown.
    #[error("no certificate")]
    Missing,
    /// It cannot be read, or it breaks a rule of X.509 (constraints, weak key or signature, a CA used as a leaf).
    #[error("certificate cannot be read or breaks a rule")]
    Invalid,
    /// No CA of the trust folder issued it.
    #[error("issued by no trusted CA")]
    UnknownCa,
    /// Its validity, or its CA's, is over.
    #[error("expired")]
    Expired,
    /// Its validity, or its CA's, has not begun.
    #[error("not yet valid")]
    NotYetValid,
    /// It, or its CA, is on a revocation list.
    #[error("revoked")]
    Revoked,
    /// It is not meant for this purpose.
    #[error("not meant for this purpose")]
    KeyUsage,
    /// An office's certificate without exactly one serialNumber `JGNO:<10 digits>`.
    #[error("subject without exactly one serialNumber JGNO:<10 digits>")]
    Subject,
    /// A revocation list is out of date or missing: nothing can be said now.
    #[error("revocation list out of date or missing")]
    CrlStale,
}

impl TrustProblem {
    /// The code a door answers with.
    #[must_use]
    pub fn at_door(&self) -> &'static Code {
        match self {
            Self::Missing => &codes::AUTH_CERTIFICATE_MISSING,
            Self::Invalid | Self::KeyUsage => &codes::AUTH_CERTIFICATE_INVALID,
            Self::UnknownCa => &codes::AUTH_CERTIFICATE_UNKNOWN_CA,
            Self::Expired | Self::NotYetValid => &codes::AUTH_CERTIFICATE_EXPIRED,
            Self::Revoked => &codes::AUTH_CERTIFICATE_REVOKED,
            Self::Subject => &codes::AUTH_CERTIFICATE_SUBJECT,
            Self::CrlStale => &codes::TRUST_CRL_STALE,
        }
    }

    /// The code of a seal whose signer has the problem.
    #[must_use]
    pub fn in_seal(&self) -> &'static Code {
        match self {
            Self::Missing => &codes::SEAL_CERTIFICATE_MISSING,
            Self::Invalid | Self::UnknownCa => &codes::SEAL_UNTRUSTED,
            Self::Expired | Self::NotYetValid => &codes::SEAL_EXPIRED,
            Self::Revoked => &codes::SEAL_REVOKED,
            Self::KeyUsage => &codes::SEAL_KEY_USAGE,
            Self::Subject => &codes::AUTH_CERTIFICATE_SUBJECT,
            Self::CrlStale => &codes::TRUST_CRL_STALE,
        }
    }
}
