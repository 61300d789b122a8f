//! The folder of the installation's authorities: made once, then only added to.

use std::fs::File;
use std::path::{Path, PathBuf};

use proto::{Holder, OfficeNumber, Time};
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject;
use seal::authority::{Authority, Issued, KeyKind, Request, Usage};
use seal::trust::{Role, fingerprint};

use super::files::{self, Entry};
use super::register;
use super::{BACKDATE_SECONDS, CRL_SECONDS, now};
use crate::exit::Failure;

/// The folder, held by this process alone until it is dropped.
pub(crate) struct Folder {
    root: PathBuf,
    _lock: File,
}

/// What to issue.
pub(crate) struct Wish {
    pub(crate) holder: Holder,
    pub(crate) common_name: String,
    pub(crate) server_names: Vec<String>,
    pub(crate) key: KeyKind,
    pub(crate) usage: Usage,
    pub(crate) days: u32,
}

impl Folder {
    /// Opens the folder and makes it if need be; another `relayctl` at work on it is waited for.
    pub(crate) fn open_or_make(root: &Path) -> Result<Self, Failure> {
        files::make_folder(root)?;
        Self::open(root)
    }

    /// Opens a folder made by `relayctl init`.
    pub(crate) fn open(root: &Path) -> Result<Self, Failure> {
        let cannot = |error: &std::io::Error| Failure::cannot(&format!("lock {}", root.display()), error);
        let lock = File::create(root.join(".lock")).map_err(|error| cannot(&error))?;
        lock.lock().map_err(|error| cannot(&error))?;
        Ok(Self {
            root: root.to_owned(),
            _lock: lock,
        })
    }

    /// A path below the folder.
    pub(crate) fn path(&self, below: &str) -> PathBuf {
        self.root.join(below)
    }

    /// Where an authority's own files are.
    pub(crate) fn authority_folder(&self, role: Role) -> PathBuf {
        self.root.join("authorities").join(role.as_str())
    }

    /// The CA of the doors' certificates and receipts, for clients.
    pub(crate) fn doors_ca(&self) -> Result<Vec<u8>, Failure> {
        files::read(&self.authority_folder(Role::Station).join("cert.pem"))
    }

    /// Makes an authority that is not there yet; tells whether it made one.
    pub(crate) fn make_authority(&self, role: Role) -> Result<bool, Failure> {
        let word = role.as_str();
        let folder = self.authority_folder(role);
        let made = !folder.exists();
        if made {
            let authority = Authority::create(&format!("careplan-relay {word} CA"), role)
                .map_err(|error| Failure::cannot(&format!("make the {word} authority"), &error))?;
            let (cert, key) = (authority.cert_pem(), authority.key_pem());
            files::new_folder(
                &folder,
                &[
                    Entry::open("cert.pem", cert.as_ref()),
                    Entry::secret("key.pem", key.as_ref()),
                ],
            )?;
        }
        let trust = self.path("trust");
        let name = format!("{word}.pem");
        files::make_folder(&trust)?;
        if !trust.join(&name).exists() {
            files::replace(
                &trust,
                &Entry::open(&name, &files::read(&folder.join("cert.pem"))?),
            )?;
        }
        if !trust.join(format!("{word}.crl")).exists() {
            self.write_crl(role)?;
        }
        Ok(made)
    }

    /// Writes an authority's revocation list anew.
    pub(crate) fn write_crl(&self, role: Role) -> Result<(), Failure> {
        let word = role.as_str();
        let folder = self.authority_folder(role);
        let revoked = register::revoked(&folder)?;
        let this_update = now().plus_seconds(-BACKDATE_SECONDS);
        let crl = (self.authority(role)?)
            .crl_pem(&revoked, this_update, now().plus_seconds(CRL_SECONDS))
            .map_err(|error| Failure::cannot(&format!("sign the {word} revocation list"), &error))?;
        files::replace(
            &self.path("trust"),
            &Entry::open(&format!("{word}.crl"), crl.as_ref()),
        )
    }

    /// Issues a certificate and notes it. The caller writes it where it belongs.
    pub(crate) fn issue(&self, wish: &Wish) -> Result<Issued, Failure> {
        let role = role(&wish.holder);
        let not_before = now().plus_seconds(-BACKDATE_SECONDS);
        let not_after = now().plus_seconds(i64::from(wish.days) * 86_400);
        let request = Request {
            common_name: wish.common_name.clone(),
            serial_numbers: wish.holder.office().iter().map(subject_serial).collect(),
            organisation: None,
            server_names: wish.server_names.clone(),
            key: wish.key,
            not_before,
            not_after,
            usage: wish.usage,
        };
        let issued = (self.authority(role)?)
            .issue(&request)
            .map_err(|error| Failure::cannot(&format!("issue a certificate for {}", wish.holder), &error))?;
        let entry = register::Issued {
            serial: issued.serial.clone(),
            fingerprint: fingerprint(&issued.cert_der),
            holder: wish.holder.clone(),
            not_before: whole_second(not_before),
            not_after: whole_second(not_after),
        };
        register::add(&self.authority_folder(role), &entry)?;
        Ok(issued)
    }

    /// A PKCS#12 file of what was issued, with the certificate of its authority.
    pub(crate) fn p12(&self, holder: &Holder, issued: &Issued, password: &str) -> Result<Vec<u8>, Failure> {
        (self.authority(role(holder))?)
            .p12(issued, password)
            .map_err(|error| Failure::cannot("make the PKCS#12 file", &error))
    }

    /// What the registers know of a certificate: the authority's role and the entry.
    pub(crate) fn find(
        &self,
        serial_or_fingerprint: &str,
    ) -> Result<Option<(Role, register::Issued)>, Failure> {
        for role in Role::ALL {
            let known = register::issued(&self.authority_folder(role))?.into_iter();
            let mut same = known.filter(|entry| {
                entry.fingerprint == serial_or_fingerprint
                    || same_serial(&entry.serial, serial_or_fingerprint)
            });
            if let Some(entry) = same.next() {
                return Ok(Some((role, entry)));
            }
        }
        Ok(None)
    }

    fn authority(&self, role: Role) -> Result<Authority, Failure> {
        let folder = self.authority_folder(role);
        if !folder.exists() {
            let root = self.root.display();
            return Err(Failure::Usage(format!(
                "{root}: holds no {} authority; run `relayctl init` first",
                role.as_str()
            )));
        }
        Authority::from_pem(
            &files::read(&folder.join("cert.pem"))?,
            &files::read(&folder.join("key.pem"))?,
        )
        .map_err(|error| Failure::cannot(&format!("use the authority in {}", folder.display()), &error))
    }
}

/// The authority that issues for a holder.
fn role(holder: &Holder) -> Role {
    match holder {
        Holder::Office(_) => Role::Office,
        Holder::Vendor(_) => Role::Vendor,
        Holder::Station(_) => Role::Station,
        Holder::Operator(_) => Role::Operator,
    }
}

/// SHA-256 of the first certificate of a PEM text.
pub(crate) fn pem_fingerprint(pem: &[u8]) -> Option<String> {
    CertificateDer::from_pem_slice(pem)
        .ok()
        .map(|der| fingerprint(&der))
}

/// The subject's serialNumber of an office's certificate.
fn subject_serial(office: &OfficeNumber) -> String {
    format!("JGNO:{office}")
}

/// Serial numbers are numbers: leading zeros and letter case tell nothing.
fn same_serial(one: &str, other: &str) -> bool {
    let plain = |text: &str| text.trim_start_matches('0').to_ascii_lowercase();
    !other.is_empty() && plain(one) == plain(other)
}

/// X.509 counts in whole seconds.
fn whole_second(time: Time) -> Time {
    Time::from_micros(time.micros().div_euclid(1_000_000) * 1_000_000)
}
