//! The folder of CAs and revocation lists, read once and checked whole.

use std::collections::HashMap;
use std::path::Path;

use openssl::error::ErrorStack;
use openssl::pkey::{PKey, Public};
use openssl::x509::store::{X509Store, X509StoreBuilder, X509StoreRef};
use openssl::x509::verify::{X509VerifyFlags, X509VerifyParam};
use openssl::x509::{X509, X509Crl, X509KeyUsage, X509PurposeId};
use proto::Time;

use super::Role;
use super::crl::{Crl, serial_bytes};
use super::error::TrustError;
use crate::instant::from_asn1;

/// OpenSSL's security level of 112 bits: RSA from 2048 bits, no certificate signed with SHA-1.
const SECURITY_LEVEL: i32 = 2;
const CRL_BEGIN: &str = "-----BEGIN X509 CRL-----";
const CRL_END: &str = "-----END X509 CRL-----";

/// A CA of the folder.
pub(super) struct Ca {
    pub(super) role: Role,
    pub(super) serial: Box<[u8]>,
    pub(super) not_before: Time,
    pub(super) not_after: Time,
    pub(super) crl: Option<Crl>,
    certificate: X509,
    key: PKey<Public>,
    /// The CA of the folder that issued this one.
    parent: Option<usize>,
}

/// All CAs with their newest revocation lists.
pub(super) struct Bundle {
    authorities: Vec<Ca>,
    by_der: HashMap<Vec<u8>, usize>,
    store: X509Store,
}

impl Bundle {
    pub(super) fn load(dir: &Path) -> Result<Self, TrustError> {
        let mut paths = Vec::new();
        for entry in std::fs::read_dir(dir).map_err(|error| TrustError::List(dir.into(), error))? {
            paths.push(entry.map_err(|error| TrustError::List(dir.into(), error))?.path());
        }
        paths.sort();
        let mut authorities = Vec::new();
        for path in &paths {
            if let Some(stem) = stem(path, "pem") {
                let role = role(&stem).ok_or_else(|| TrustError::Name(path.clone()))?;
                read_authorities(path, role, &mut authorities)?;
            }
        }
        if authorities.is_empty() {
            return Err(TrustError::Empty(dir.into()));
        }
        for path in &paths {
            if let Some(stem) = stem(path, "crl") {
                let is_named = Role::ALL.iter().any(|role| stem.starts_with(role.as_str()));
                if !is_named {
                    return Err(TrustError::Name(path.clone()));
                }
                read_crls(path, &mut authorities)?;
            }
        }
        find_parents(&mut authorities)?;
        let store = store_of(&authorities)?;
        let mut by_der = HashMap::new();
        for (place, authority) in authorities.iter().enumerate() {
            by_der.insert(authority.certificate.to_der()?, place);
        }
        Ok(Self {
            authorities,
            by_der,
            store,
        })
    }

    pub(super) fn store(&self) -> &X509StoreRef {
        &self.store
    }

    pub(super) fn find(&self, der: &[u8]) -> Option<usize> {
        self.by_der.get(der).copied()
    }

    pub(super) fn authority(&self, place: usize) -> Option<&Ca> {
        self.authorities.get(place)
    }

    /// The CA at this place and the CAs above it, as far as the folder has them.
    pub(super) fn issuers(&self, place: usize) -> impl Iterator<Item = &Ca> {
        std::iter::successors(self.authorities.get(place), |authority| {
            self.authorities.get(authority.parent?)
        })
        // Two CAs that certify each other would never end.
        .take(self.authorities.len())
    }

    pub(super) fn stale_from(&self) -> Time {
        let next = |authority: &Ca| {
            authority
                .crl
                .as_ref()
                .map_or(Time::from_micros(0), |crl| crl.next_update)
        };
        self.authorities
            .iter()
            .map(next)
            .min()
            .unwrap_or(Time::from_micros(0))
    }
}

/// The name without this ending; `None` for other endings and hidden files.
fn stem(path: &Path, ending: &str) -> Option<String> {
    let name = path.file_name()?.to_str()?;
    let stem = name.strip_suffix(ending)?.strip_suffix('.')?;
    (!stem.starts_with('.')).then(|| stem.to_owned())
}

fn role(stem: &str) -> Option<Role> {
    let word = stem.split_once('-').map_or(stem, |(word, _)| word);
    Role::ALL.into_iter().find(|role| role.as_str() == word)
}

fn read_authorities(path: &Path, role: Role, authorities: &mut Vec<Ca>) -> Result<(), TrustError> {
    let pem = std::fs::read(path).map_err(|error| TrustError::Read(path.into(), error))?;
    let certificates =
        X509::stack_from_pem(&pem).map_err(|error| TrustError::Certificate(path.into(), Some(error)))?;
    if certificates.is_empty() {
        return Err(TrustError::Certificate(path.into(), None));
    }
    for certificate in certificates {
        let key = certificate.public_key()?;
        let der = certificate.to_der()?;
        let mut is_here = false;
        for other in authorities.iter() {
            if other.key.public_eq(&key) && other.role != role {
                return Err(TrustError::TwoRoles(path.into()));
            }
            is_here |= other.certificate.to_der()? == der;
        }
        if is_here {
            continue;
        }
        let may_issue = certificate
            .key_usage()
            .is_none_or(|usage| usage.contains(X509KeyUsage::KEY_CERT_SIGN));
        let serial = serial_bytes(&certificate).filter(|_| may_issue && is_authority(&der));
        authorities.push(Ca {
            role,
            serial: serial.ok_or_else(|| TrustError::NotAnAuthority(path.into()))?,
            not_before: from_asn1(certificate.not_before())?,
            not_after: from_asn1(certificate.not_after())?,
            crl: None,
            certificate,
            key,
            parent: None,
        });
    }
    Ok(())
}

/// Whether basicConstraints say CA.
fn is_authority(der: &[u8]) -> bool {
    use der::Decode;
    use x509_cert::ext::pkix::BasicConstraints;
    let constraints = x509_cert::Certificate::from_der(der)
        .ok()
        .and_then(|certificate| {
            certificate
                .tbs_certificate
                .get::<BasicConstraints>()
                .ok()
                .flatten()
        });
    constraints.is_some_and(|(_critical, constraints)| constraints.ca)
}

fn read_crls(path: &Path, authorities: &mut [Ca]) -> Result<(), TrustError> {
    let bytes = std::fs::read(path).map_err(|error| TrustError::Read(path.into(), error))?;
    let text = String::from_utf8_lossy(&bytes);
    let mut rest = text.as_ref();
    let mut count = 0;
    while let Some(begin) = rest.find(CRL_BEGIN) {
        let block = &rest[begin..];
        let end = block
            .find(CRL_END)
            .ok_or_else(|| TrustError::Crl(path.into(), None))?
            + CRL_END.len();
        let (block, after) = block.split_at(end);
        let crl =
            X509Crl::from_pem(block.as_bytes()).map_err(|error| TrustError::Crl(path.into(), Some(error)))?;
        take_crl(path, &crl, authorities)?;
        count += 1;
        rest = after;
    }
    if count == 0 {
        Err(TrustError::Crl(path.into(), None))
    } else {
        Ok(())
    }
}

/// Gives a list to the CA whose key signed it, if it is newer than the one it has.
fn take_crl(path: &Path, crl: &X509Crl, authorities: &mut [Ca]) -> Result<(), TrustError> {
    let mut is_known = false;
    for authority in authorities {
        let same_name = authority
            .certificate
            .subject_name()
            .try_cmp(crl.issuer_name())?
            .is_eq();
        let may_sign = authority
            .certificate
            .key_usage()
            .is_none_or(|usage| usage.contains(X509KeyUsage::CRL_SIGN));
        if !same_name || !may_sign || !crl.verify(&authority.key).unwrap_or(false) {
            continue;
        }
        is_known = true;
        let list = Crl::read(crl).map_err(|problem| TrustError::UnusableCrl(path.into(), problem))?;
        if authority
            .crl
            .as_ref()
            .is_none_or(|known| known.this_update < list.this_update)
        {
            authority.crl = Some(list);
        }
    }
    if is_known {
        Ok(())
    } else {
        Err(TrustError::StrangeCrl(path.into()))
    }
}

fn find_parents(authorities: &mut [Ca]) -> Result<(), TrustError> {
    for place in 0..authorities.len() {
        let Some(child) = authorities.get(place) else {
            break;
        };
        if child.certificate.verify(&child.key).unwrap_or(false) {
            continue; // self-signed
        }
        let mut parent = None;
        for (other, authority) in authorities.iter().enumerate() {
            let issuer = child.certificate.issuer_name();
            let same_name = authority.certificate.subject_name().try_cmp(issuer)?.is_eq();
            if same_name && child.certificate.verify(&authority.key).unwrap_or(false) {
                parent = Some(other);
            }
        }
        if let Some(child) = authorities.get_mut(place) {
            child.parent = parent;
        }
    }
    Ok(())
}

fn store_of(authorities: &[Ca]) -> Result<X509Store, ErrorStack> {
    let mut store = X509StoreBuilder::new()?;
    for authority in authorities {
        store.add_cert(authority.certificate.clone())?;
    }
    let mut rules = X509VerifyParam::new()?;
    // Every CA of the folder is an anchor, and time is judged apart: the verdict of the chain can be kept.
    rules.set_flags(X509VerifyFlags::PARTIAL_CHAIN | X509VerifyFlags::NO_CHECK_TIME)?;
    // OpenSSL's own purposes know no "client or signer"; usages are judged in `leaf`.
    rules.set_purpose(X509PurposeId::ANY)?;
    rules.set_auth_level(SECURITY_LEVEL);
    store.set_param(&rules)?;
    Ok(store.build())
}
