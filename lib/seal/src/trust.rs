//! Trust: which certificates are believed, for what, and when. TLS peers and signers are judged by the same mechanism.
//!
//! A [`Trust`] is one immutable reading of a folder of CAs and revocation lists; [`SharedTrust`] swaps it whole. A
//! certificate must be issued directly by a CA of the folder: chains sent by peers are not looked at, so an
//! intermediate CA is trusted by putting it into the folder, and every CA there needs a revocation list.

mod bundle;
mod cache;
mod crl;
mod error;
mod leaf;
mod problem;
mod shared;

use std::path::Path;
use std::sync::Arc;

use openssl::sha::sha256;
use openssl::x509::X509;
use proto::{OfficeNumber, Time};

pub use crl::CrlProblem;
pub use error::TrustError;
pub(crate) use leaf::office_number;
pub use problem::TrustProblem;
pub use shared::SharedTrust;

use crate::instant::{from_asn1, is_over};
use bundle::Bundle;
use cache::Cache;
use leaf::Known;

/// How far the clock of a CA may run before ours, seconds.
const CLOCK_SKEW_SECONDS: i64 = 300;

/// What a CA vouches for. Each CA has exactly one role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// Care offices.
    Office,
    /// Vendors of care software.
    Vendor,
    /// Stations of the relay.
    Station,
    /// Operators at the desk.
    Operator,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 4] = [Self::Office, Self::Vendor, Self::Station, Self::Operator];

    /// The word in file names.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Office => "office",
            Self::Vendor => "vendor",
            Self::Station => "station",
            Self::Operator => "operator",
        }
    }
}

/// What a certificate is used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// To identify a TLS client.
    TlsClient,
    /// To sign an envelope or a receipt.
    Sign,
}

/// Whose certificate it is, as the certificate itself says; the directory decides who that is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    /// Lower-case hex SHA-256 of the certificate's DER.
    pub fingerprint: String,
    /// The role of the CA that issued it.
    pub role: Role,
    /// From the subject's one serialNumber `JGNO:<10 digits>`; always there for [`Role::Office`], never for others.
    pub office: Option<OfficeNumber>,
    /// The first commonName.
    pub common_name: Option<String>,
    /// Beginning of validity.
    pub not_before: Time,
    /// End of validity, a second that still belongs to it.
    pub not_after: Time,
}

/// CAs and revocation lists at one moment. Does not change.
pub struct Trust {
    bundle: Bundle,
    known: Cache<Known>,
}

impl Trust {
    /// Reads a folder: `<role>.pem` and `<role>-<anything>.pem` hold CA certificates, `<role>*.crl` revocation lists, all
    /// PEM, several in a file allowed; the roles' words are `office`, `vendor`, `station`, `operator`. Files with other
    /// endings and hidden files are passed over.
    ///
    /// # Errors
    /// The folder or a file cannot be read, holds no CA, or anything in it is not what its name says.
    pub fn load(dir: &Path) -> Result<Self, TrustError> {
        Ok(Self {
            bundle: Bundle::load(dir)?,
            known: Cache::default(),
        })
    }

    /// Judges a certificate. `chain` is what the peer sent, leaf first, as DER; only the leaf is looked at. Validity and
    /// revocation are judged at `at`, the freshness of the revocation lists at `now`.
    ///
    /// # Errors
    /// The first of the reasons, in the order of the enum's use: unreadable, unknown CA, validity, usage, subject, stale
    /// revocation list, revoked.
    pub fn judge(
        &self,
        chain: &[Vec<u8>],
        at: Time,
        now: Time,
        purpose: Purpose,
    ) -> Result<Subject, TrustProblem> {
        let certificate = chain.first().ok_or(TrustProblem::Missing)?;
        let known = self.know(certificate)?;
        self.judge_known(&known, at, now, purpose)
    }

    /// The earliest instant at which a revocation list of the folder goes stale; the past if a CA has none.
    #[must_use]
    pub fn stale_from(&self) -> Time {
        self.bundle.stale_from()
    }

    /// What does not depend on time: the certificate read and its issuer found. Kept, because it is slow.
    pub(crate) fn know(&self, certificate: &[u8]) -> Result<Arc<Known>, TrustProblem> {
        let digest = sha256(certificate);
        if let Some(known) = self.known.get(&digest) {
            return Ok(known);
        }
        let known = Arc::new(Known::read(certificate, &self.bundle)?);
        self.known.put(digest, Arc::clone(&known));
        Ok(known)
    }

    /// What depends on time and purpose.
    pub(crate) fn judge_known(
        &self,
        known: &Known,
        at: Time,
        now: Time,
        purpose: Purpose,
    ) -> Result<Subject, TrustProblem> {
        known.check_validity(&self.bundle, at)?;
        known.check_usage(purpose)?;
        let subject = known.subject.clone()?;
        let mut serial: &[u8] = &known.serial;
        let mut is_revoked = false;
        for issuer in self.bundle.issuers(known.issuer) {
            let crl = issuer.crl.as_ref().ok_or(TrustProblem::CrlStale)?;
            if is_over(crl.next_update, now) || now.plus_seconds(CLOCK_SKEW_SECONDS) < crl.this_update {
                return Err(TrustProblem::CrlStale);
            }
            is_revoked |= crl.is_revoked(serial, at);
            serial = &issuer.serial;
        }
        if is_revoked {
            Err(TrustProblem::Revoked)
        } else {
            Ok(subject)
        }
    }
}

impl std::fmt::Debug for Trust {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Trust").finish_non_exhaustive()
    }
}

/// Lower-case hex SHA-256 of a certificate's DER, as the directory binds it.
#[must_use]
pub fn fingerprint(certificate: &[u8]) -> String {
    hex(&sha256(certificate))
}

/// The last second of a certificate (DER), by its own word: who issued it is not looked at.
///
/// # Errors
/// [`TrustProblem::Invalid`] when it cannot be read.
pub fn end_of(certificate: &[u8]) -> Result<Time, TrustProblem> {
    X509::from_der(certificate)
        .and_then(|certificate| from_asn1(certificate.not_after()))
        .map_err(|_| TrustProblem::Invalid)
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes
        .iter()
        .fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
            // Writing to a String cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
}
