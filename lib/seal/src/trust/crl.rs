//! A revocation list as a table: which serial numbers, since when.

use std::collections::HashMap;

use der::{Decode, Encode};
use openssl::x509::X509Crl;
use proto::Time;
use x509_cert::crl::CertificateList;

/// One CA's revocation list, its signature already verified.
pub(super) struct Crl {
    pub(super) this_update: Time,
    /// A second that still belongs to its time.
    pub(super) next_update: Time,
    revoked: HashMap<Box<[u8]>, Time>,
}

/// The list cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum CrlProblem {
    /// OpenSSL or RustCrypto cannot read it.
    #[error("cannot be read")]
    Unreadable,
    /// It has no nextUpdate, so its freshness cannot be judged.
    #[error("has no nextUpdate")]
    NoNextUpdate,
    /// It has a critical extension, such as of a delta or partial list; only complete lists are used.
    #[error("has a critical extension: only complete lists of the CA itself can be used")]
    CriticalExtension,
}

impl Crl {
    pub(super) fn read(crl: &X509Crl) -> Result<Self, CrlProblem> {
        let der = crl.to_der().map_err(|_| CrlProblem::Unreadable)?;
        let list = CertificateList::from_der(&der)
            .map_err(|_| CrlProblem::Unreadable)?
            .tbs_cert_list;
        let entries = list.revoked_certificates.unwrap_or_default();
        let any_critical = |extensions: Option<&Vec<x509_cert::ext::Extension>>| {
            extensions.is_some_and(|extensions| extensions.iter().any(|extension| extension.critical))
        };
        if any_critical(list.crl_extensions.as_ref())
            || entries
                .iter()
                .any(|entry| any_critical(entry.crl_entry_extensions.as_ref()))
        {
            return Err(CrlProblem::CriticalExtension);
        }
        let mut revoked = HashMap::with_capacity(entries.len());
        for entry in entries {
            let since = instant(entry.revocation_date);
            revoked
                .entry(entry.serial_number.as_bytes().into())
                .and_modify(|known: &mut Time| *known = since.min(*known))
                .or_insert(since);
        }
        Ok(Self {
            this_update: instant(list.this_update),
            next_update: instant(list.next_update.ok_or(CrlProblem::NoNextUpdate)?),
            revoked,
        })
    }

    /// Whether the certificate with this serial number (its DER content bytes) was revoked at that instant.
    pub(super) fn is_revoked(&self, serial: &[u8], at: Time) -> bool {
        self.revoked.get(serial).is_some_and(|since| *since <= at)
    }
}

fn instant(time: x509_cert::time::Time) -> Time {
    let seconds = i64::try_from(time.to_unix_duration().as_secs()).unwrap_or(i64::MAX);
    Time::from_micros(seconds.saturating_mul(1_000_000))
}

/// The content bytes of a serial number's DER, the form [`Crl::is_revoked`] asks for.
pub(super) fn serial_bytes(certificate: &openssl::x509::X509Ref) -> Option<Box<[u8]>> {
    let number = certificate.serial_number().to_bn().ok()?;
    if number.is_negative() {
        return None;
    }
    let der = der::asn1::Uint::new(&number.to_vec()).ok()?.to_der().ok()?;
    x509_cert::serial_number::SerialNumber::<x509_cert::certificate::Rfc5280>::from_der(&der)
        .ok()
        .map(|serial| serial.as_bytes().into())
}
