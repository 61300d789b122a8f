//! What is known of one certificate whatever the time: its issuer, subject, usages and key.

use openssl::error::ErrorStack;
use openssl::nid::Nid;
use openssl::stack::Stack;
use openssl::x509::{X509, X509ExtendedKeyUsage, X509KeyUsage, X509Ref, X509StoreContext};
use proto::Time;

use super::bundle::Bundle;
use super::crl::serial_bytes;
use super::{Purpose, Role, Subject, TrustProblem, fingerprint};
use crate::algorithm::is_strong_key;
use crate::instant::{from_asn1, is_over};

/// What the subject's serialNumber begins with.
const OFFICE_PREFIX: &str = "JGNO:";

/// A certificate issued by a CA of the bundle.
pub(crate) struct Known {
    pub(crate) certificate: X509,
    pub(crate) has_strong_key: bool,
    pub(super) serial: Box<[u8]>,
    /// Place in the bundle of the CA that issued it.
    pub(super) issuer: usize,
    pub(super) subject: Result<Subject, TrustProblem>,
    not_before: Time,
    not_after: Time,
    key_usage: Option<X509KeyUsage>,
    extended_key_usage: Option<X509ExtendedKeyUsage>,
}

impl Known {
    /// Reads a certificate and finds its issuer in the bundle.
    pub(super) fn read(der: &[u8], bundle: &Bundle) -> Result<Self, TrustProblem> {
        let certificate = X509::from_der(der).map_err(|_| TrustProblem::Invalid)?;
        // OpenSSL reads BER and passes over what follows; a certificate with two encodings would have two fingerprints.
        if certificate.to_der().ok().as_deref() != Some(der) {
            return Err(TrustProblem::Invalid);
        }
        let issuer = issuer_of(&certificate, bundle)?;
        let key = certificate.public_key().map_err(|_| TrustProblem::Invalid)?;
        let not_before = from_asn1(certificate.not_before()).map_err(|_| TrustProblem::Invalid)?;
        let not_after = from_asn1(certificate.not_after()).map_err(|_| TrustProblem::Invalid)?;
        let role = bundle.authority(issuer).ok_or(TrustProblem::UnknownCa)?.role;
        let subject = office_of(&certificate, role).map(|office| Subject {
            fingerprint: fingerprint(der),
            role,
            office,
            common_name: common_name(&certificate),
            not_before,
            not_after,
        });
        Ok(Self {
            has_strong_key: is_strong_key(&key),
            serial: serial_bytes(&certificate).ok_or(TrustProblem::Invalid)?,
            issuer,
            subject,
            not_before,
            not_after,
            key_usage: certificate.key_usage(),
            extended_key_usage: certificate.extended_key_usage(),
            certificate,
        })
    }

    /// Whether certificate and CAs are within their validity at that instant.
    pub(super) fn check_validity(&self, bundle: &Bundle, at: Time) -> Result<(), TrustProblem> {
        let issuers = bundle
            .issuers(self.issuer)
            .map(|issuer| (issuer.not_before, issuer.not_after));
        for (not_before, not_after) in std::iter::once((self.not_before, self.not_after)).chain(issuers) {
            if at < not_before {
                return Err(TrustProblem::NotYetValid);
            }
            if is_over(not_after, at) {
                return Err(TrustProblem::Expired);
            }
        }
        Ok(())
    }

    /// Whether keyUsage and extendedKeyUsage, where present, allow the purpose.
    pub(super) fn check_usage(&self, purpose: Purpose) -> Result<(), TrustProblem> {
        let signing = match purpose {
            Purpose::TlsClient => X509KeyUsage::DIGITAL_SIGNATURE,
            Purpose::Sign => X509KeyUsage::DIGITAL_SIGNATURE | X509KeyUsage::NON_REPUDIATION,
        };
        let key_fits = self.key_usage.is_none_or(|usage| usage.intersects(signing));
        let client = X509ExtendedKeyUsage::SSL_CLIENT | X509ExtendedKeyUsage::ANYEKU;
        let purpose_fits = match purpose {
            Purpose::TlsClient => self
                .extended_key_usage
                .is_none_or(|usage| usage.intersects(client)),
            // Offices sign with the certificates they connect with, which often are for clients only.
            Purpose::Sign => true,
        };
        if key_fits && purpose_fits {
            Ok(())
        } else {
            Err(TrustProblem::KeyUsage)
        }
    }
}

/// The CA of the bundle that issued the certificate, found and verified by OpenSSL.
fn issuer_of(certificate: &X509Ref, bundle: &Bundle) -> Result<usize, TrustProblem> {
    let mut context = X509StoreContext::new().map_err(|_| TrustProblem::Invalid)?;
    let none = Stack::new().map_err(|_| TrustProblem::Invalid)?;
    let outcome = context.init(bundle.store(), certificate, &none, |context| {
        let is_good = context.verify_cert()?;
        let issuer = context
            .chain()
            .and_then(|chain| chain.get(1))
            .map(X509Ref::to_der)
            .transpose()?;
        Ok((is_good, context.error().as_raw(), issuer))
    });
    // A refusal leaves its reasons in the thread's queue of errors; nobody else should find them there.
    drop(ErrorStack::get());
    match outcome {
        Ok((true, _, Some(issuer))) => bundle.find(&issuer).ok_or(TrustProblem::UnknownCa),
        // A chain of one: a CA of the bundle itself.
        Ok((true, _, None)) => Err(TrustProblem::Invalid),
        Ok((false, error, _)) if NO_ISSUER.contains(&error) => Err(TrustProblem::UnknownCa),
        Ok((false, ..)) | Err(_) => Err(TrustProblem::Invalid),
    }
}

/// X509_V_ERR_*: no issuer, no issuer here, self-signed leaf or chain, only a leaf, and a signature that is not the
/// CA's (another CA of the same name). Source: openssl/x509_vfy.h.
const NO_ISSUER: [i32; 6] = [2, 7, 18, 19, 20, 21];

/// The office in the subject: for offices exactly one serialNumber `JGNO:<10 digits>`; nothing for others.
fn office_of(certificate: &X509Ref, role: Role) -> Result<Option<proto::OfficeNumber>, TrustProblem> {
    if role != Role::Office {
        return Ok(None);
    }
    office_number(certificate).map(Some).ok_or(TrustProblem::Subject)
}

/// The office of a subject with exactly one serialNumber `JGNO:<10 digits>`.
pub(crate) fn office_number(certificate: &X509Ref) -> Option<proto::OfficeNumber> {
    let mut numbers = certificate.subject_name().entries_by_nid(Nid::SERIALNUMBER);
    let (Some(number), None) = (numbers.next(), numbers.next()) else {
        return None;
    };
    let text = std::str::from_utf8(number.data().as_slice()).ok()?;
    text.strip_prefix(OFFICE_PREFIX)?.parse().ok()
}

fn common_name(certificate: &X509Ref) -> Option<String> {
    let entry = certificate
        .subject_name()
        .entries_by_nid(Nid::COMMONNAME)
        .next()?;
    entry.data().to_string().ok()
}
