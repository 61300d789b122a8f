//! Opening a seal: structure, algorithms, signer, signature and trust, with every problem that can be told.
//!
//! The signature is verified pinned: OpenSSL gets the CMS without its bag of certificates and exactly the one
//! certificate that was judged, so "verified" means "by this certificate". The bag is not covered by any signature, so
//! leaving it out changes nothing, and it spares OpenSSL's slow reading of certificates. Lists of revocation inside
//! the envelope are left out the same way: only the trust folder says who is revoked.

use cms::cert::CertificateChoices;
use cms::content_info::ContentInfo;
use cms::signed_data::{CertificateSet, SignedData, SignerIdentifier, SignerInfo};
use const_oid::AssociatedOid;
use const_oid::db::rfc5911::ID_SIGNED_DATA;
use der::{Any, Encode};
use openssl::cms::{CMSOptions, CmsContentInfo};
use openssl::error::ErrorStack;
use openssl::stack::Stack;
use openssl::x509::{X509, X509Ref};
use proto::{Code, OfficeNumber, Problem, Time, codes};
use x509_cert::Certificate;
use x509_cert::ext::pkix::SubjectKeyIdentifier;

use crate::algorithm;
use crate::instant::{from_asn1, is_over};
use crate::structure::Structure;
use crate::trust::{Purpose, Subject, Trust, TrustProblem, office_number};

/// An opened seal.
#[derive(Debug)]
pub struct Opened {
    /// The signed bytes.
    pub content: Vec<u8>,
    /// Whose certificate signed.
    pub signer: Subject,
}

/// What a seal says of itself: its signature holds, but nobody vouches for the certificate.
#[derive(Debug)]
pub struct Alone {
    /// The signed bytes.
    pub content: Vec<u8>,
    /// The office in the certificate's subject, if it names one.
    pub office: Option<OfficeNumber>,
}

/// Why a seal was not opened.
#[derive(Debug)]
pub enum OpenError {
    /// The seal's fault: every problem found, at least one.
    Refused(Vec<Problem>),
    /// Nothing is known to be wrong with the seal, but a list of revocations is out of date: judge it again later.
    CrlStale,
}

/// Judges a seal by all rules and hands out its content.
///
/// Validity and revocation are judged at `accepted_at`, the freshness of the revocation lists at `now`.
/// Busy for about a tenth of a millisecond, more for megabytes: not for an async worker.
///
/// # Errors
/// [`OpenError::Refused`] with coded problems, or [`OpenError::CrlStale`].
pub fn open(cms: &[u8], trust: &Trust, accepted_at: Time, now: Time) -> Result<Opened, OpenError> {
    let Examined {
        structure,
        certificate,
        mut found,
    } = examine(cms).map_err(OpenError::Refused)?;
    let content = structure.content().ok();
    let known = match trust.know(&certificate) {
        Ok(known) => known,
        Err(problem) => {
            found.add(if has_weak_key(&certificate) {
                &codes::SEAL_ALGORITHM
            } else {
                problem.in_seal()
            });
            return Err(found.refused());
        }
    };
    if !known.has_strong_key {
        found.add(&codes::SEAL_ALGORITHM);
    }
    let verified = verify(&structure.signed, &known.certificate).ok();
    // The door has read the parser's content; what OpenSSL verified must be the same bytes.
    if content.is_some() && verified.as_deref() != content {
        found.add(&codes::SEAL_SIGNATURE);
    }
    match (
        trust.judge_known(&known, accepted_at, now, Purpose::Sign),
        verified,
    ) {
        (Ok(signer), Some(content)) if found.is_nothing() => Ok(Opened { content, signer }),
        (Err(TrustProblem::CrlStale), _) if found.is_nothing() => Err(OpenError::CrlStale),
        (Err(TrustProblem::CrlStale) | Ok(_), _) => Err(found.refused()),
        (Err(problem), _) => {
            found.add(problem.in_seal());
            Err(found.refused())
        }
    }
}

/// Judges a seal by all that needs no trust folder: its shape, its algorithms, its signature by the certificate it brings,
/// and that certificate's validity at `at`. Whoever has the folder must still ask who issued the certificate, whether it was
/// revoked and whose it is.
///
/// # Errors
/// Coded problems, the same as [`open()`] has for them.
pub fn open_alone(cms: &[u8], at: Time) -> Result<Alone, Vec<Problem>> {
    let Examined {
        structure,
        certificate,
        mut found,
    } = examine(cms)?;
    let Ok(certificate) = X509::from_der(&certificate) else {
        found.add(TrustProblem::Invalid.in_seal());
        return Err(found.0);
    };
    if !certificate
        .public_key()
        .is_ok_and(|key| algorithm::is_strong_key(&key))
    {
        found.add(&codes::SEAL_ALGORITHM);
    }
    let verified = verify(&structure.signed, &certificate).ok();
    let content = structure.content().ok();
    if content.is_some() && verified.as_deref() != content {
        found.add(&codes::SEAL_SIGNATURE);
    }
    let (begin, end) = (
        from_asn1(certificate.not_before()),
        from_asn1(certificate.not_after()),
    );
    match (begin, end) {
        (Ok(begin), Ok(end)) if begin <= at && !is_over(end, at) => {}
        (Ok(_), Ok(_)) => found.add(&codes::SEAL_EXPIRED),
        _ => found.add(TrustProblem::Invalid.in_seal()),
    }
    match verified {
        Some(content) if found.is_nothing() => Ok(Alone {
            content,
            office: office_number(&certificate),
        }),
        _ => Err(found.0),
    }
}

/// A seal as far as it can be judged by itself.
struct Examined {
    structure: Structure,
    /// DER of the certificate the signer names.
    certificate: Vec<u8>,
    found: Found,
}

/// Structure, algorithms, one signer and its certificate. The bag of certificates and the lists of revocation are taken out.
fn examine(cms: &[u8]) -> Result<Examined, Vec<Problem>> {
    let mut structure = Structure::read(cms).map_err(|code| vec![Problem::new(code)])?;
    let bag = structure.signed.certificates.take();
    structure.signed.crls = None;
    let mut found = Found::default();
    if let Err(code) = structure.content() {
        found.add(code);
    }
    let [signer] = structure.signed.signer_infos.0.as_slice() else {
        found.add(&codes::SEAL_SIGNERS);
        return Err(found.0);
    };
    if !algorithm::is_strong(signer) {
        found.add(&codes::SEAL_ALGORITHM);
    }
    if signer.signed_attrs.is_none() {
        found.add(&codes::SEAL_SIGNED_ATTRIBUTES);
    }
    let named = bag.as_ref().and_then(|bag| certificate_of(signer, bag));
    let Some(certificate) = named.and_then(|certificate| certificate.to_der().ok()) else {
        found.add(&codes::SEAL_CERTIFICATE_MISSING);
        return Err(found.0);
    };
    Ok(Examined {
        structure,
        certificate,
        found,
    })
}

/// Problems in the order found, each code once.
#[derive(Default)]
struct Found(Vec<Problem>);

impl Found {
    fn add(&mut self, code: &'static Code) {
        if self.0.iter().all(|problem| problem.code != code.code) {
            self.0.push(Problem::new(code));
        }
    }

    fn is_nothing(&self) -> bool {
        self.0.is_empty()
    }

    fn refused(self) -> OpenError {
        OpenError::Refused(self.0)
    }
}

/// The certificate in the bag that the signer's identifier names.
fn certificate_of<'a>(signer: &SignerInfo, bag: &'a CertificateSet) -> Option<&'a Certificate> {
    let certificates = || {
        bag.0.iter().filter_map(|choice| match choice {
            CertificateChoices::Certificate(certificate) => Some(certificate),
            CertificateChoices::Other(_) => None,
        })
    };
    match &signer.sid {
        SignerIdentifier::IssuerAndSerialNumber(named) => {
            let same_serial =
                |certificate: &&Certificate| certificate.tbs_certificate.serial_number == named.serial_number;
            certificates()
                .filter(same_serial)
                .find(|certificate| certificate.tbs_certificate.issuer == named.issuer)
                // Two encodings of one name are the same name; OpenSSL compares it again when it verifies.
                .or_else(|| certificates().find(same_serial))
        }
        SignerIdentifier::SubjectKeyIdentifier(identifier) => certificates()
            .find(|certificate| subject_key_identifier(certificate).as_ref() == Some(identifier)),
    }
}

fn subject_key_identifier(certificate: &Certificate) -> Option<SubjectKeyIdentifier> {
    use der::Decode;
    let extensions = certificate.tbs_certificate.extensions.as_ref()?;
    let extension = extensions
        .iter()
        .find(|extension| extension.extn_id == SubjectKeyIdentifier::OID)?;
    SubjectKeyIdentifier::from_der(extension.extn_value.as_bytes()).ok()
}

fn has_weak_key(certificate: &[u8]) -> bool {
    X509::from_der(certificate)
        .and_then(|certificate| certificate.public_key())
        .is_ok_and(|key| !algorithm::is_strong_key(&key))
}

/// Verifies signature, signed attributes and digest with exactly this certificate; the signed bytes if all fits. `signed`
/// is without its bag.
fn verify(signed: &SignedData, certificate: &X509Ref) -> Result<Vec<u8>, Unverified> {
    let bare = ContentInfo {
        content_type: ID_SIGNED_DATA,
        content: Any::encode_from(signed)?,
    }
    .to_der()?;
    let mut only = Stack::new()?;
    only.push(certificate.to_owned())?;
    let mut content = Vec::new();
    // Without BINARY line ends would be changed on the way out.
    let options =
        CMSOptions::BINARY | CMSOptions::NOINTERN | CMSOptions::NO_SIGNER_CERT_VERIFY | CMSOptions::NOCRL;
    CmsContentInfo::from_der(&bare)?.verify(Some(&only), None, None, Some(&mut content), options)?;
    Ok(content)
}

/// Whatever went wrong, the signature does not stand.
struct Unverified;

impl From<ErrorStack> for Unverified {
    fn from(_: ErrorStack) -> Self {
        Self
    }
}

impl From<der::Error> for Unverified {
    fn from(_: der::Error) -> Self {
        Self
    }
}
