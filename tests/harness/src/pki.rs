//! Throw-away authorities and the files a relay reads of them.

use std::path::{Path, PathBuf};

use anyhow::Context;
use proto::{OfficeNumber, Time};
use seal::authority::{Authority, Issued, KeyKind, Request, Usage};
use seal::trust::Role;

use crate::files::now;

/// The authorities of one relay.
pub struct Pki {
    folder: PathBuf,
    /// Issues offices' certificates; trusted.
    pub offices: Authority,
    /// Issues the doors' certificates and the receipts'; trusted for stations.
    pub stations: Authority,
    /// Issues vendors' certificates; trusted.
    pub vendors: Authority,
    /// Issues operators' certificates; trusted.
    pub operators: Authority,
    /// Trusted by nobody.
    pub strangers: Authority,
}

const DAY: i64 = 86_400;

/// Days a server's certificate is good for: no clock that a story puts forward comes near its end.
const SERVER_DAYS: i64 = 365;

impl Pki {
    /// Makes authorities and writes `trust/`, `door.pem`, `door.key`, `receipts.pem`, `receipts.key` and `ca.pem`.
    ///
    /// # Errors
    /// When files cannot be written.
    pub fn create(folder: &Path) -> anyhow::Result<Self> {
        let pki = Self {
            folder: folder.to_owned(),
            offices: Authority::create("Office CA", Role::Office)?,
            stations: Authority::create("Station CA", Role::Station)?,
            vendors: Authority::create("Vendor CA", Role::Vendor)?,
            operators: Authority::create("Operator CA", Role::Operator)?,
            strangers: Authority::create("Strange CA", Role::Office)?,
        };
        std::fs::create_dir_all(folder.join("trust"))?;
        for (role, authority) in pki.trusted() {
            std::fs::write(folder.join(format!("trust/{role}.pem")), authority.cert_pem())?;
        }
        pki.revoke(&[])?;
        for (name, usage) in [("door", Usage::Server), ("receipts", Usage::Sign)] {
            pki.server(folder, name, usage)?;
        }
        std::fs::write(folder.join("ca.pem"), pki.stations.cert_pem())?;
        Ok(pki)
    }

    /// Writes `<name>.pem` and `<name>.key` of a server on this machine.
    ///
    /// # Errors
    /// When the library refuses, or files cannot be written.
    pub fn server(&self, folder: &Path, name: &str, usage: Usage) -> anyhow::Result<()> {
        self.server_until(folder, name, usage, now().plus_seconds(SERVER_DAYS * DAY))
    }

    /// Gives the doors a new certificate, good until then; they read it while they run.
    ///
    /// # Errors
    /// When the library refuses, or files cannot be written.
    pub fn doors_until(&self, not_after: Time) -> anyhow::Result<()> {
        self.server_until(&self.folder, "door", Usage::Server, not_after)
    }

    /// Gives the doors a new certificate that is good as long as their first.
    ///
    /// # Errors
    /// When the library refuses, or files cannot be written.
    pub fn renew_doors(&self) -> anyhow::Result<()> {
        self.server(&self.folder, "door", Usage::Server)
    }

    fn server_until(&self, folder: &Path, name: &str, usage: Usage, not_after: Time) -> anyhow::Result<()> {
        let request = Request {
            common_name: name.to_owned(),
            server_names: vec!["localhost".to_owned(), "127.0.0.1".to_owned()],
            usage,
            serial_numbers: Vec::new(),
            not_after,
            ..office_request("0000000000", now())
        };
        let issued = self.stations.issue(&request)?;
        put(&folder.join(format!("{name}.pem")), &issued.cert_pem)?;
        put(&folder.join(format!("{name}.key")), &issued.key_pem)
    }

    fn trusted(&self) -> [(&'static str, &Authority); 4] {
        [
            ("office", &self.offices),
            ("vendor", &self.vendors),
            ("station", &self.stations),
            ("operator", &self.operators),
        ]
    }

    /// Writes every authority's revocation list, good for a month; these serials of offices are revoked since yesterday.
    ///
    /// # Errors
    /// When files cannot be written.
    pub fn revoke(&self, serials: &[String]) -> anyhow::Result<()> {
        let revoked: Vec<(String, Time)> = serials
            .iter()
            .map(|serial| (serial.clone(), now().plus_seconds(-DAY)))
            .collect();
        self.write_lists(&revoked, now().plus_seconds(30 * DAY))
    }

    /// Writes every authority's revocation list, good until `next_update`.
    ///
    /// # Errors
    /// When files cannot be written.
    pub fn write_lists(&self, revoked: &[(String, Time)], next_update: Time) -> anyhow::Result<()> {
        for (role, authority) in self.trusted() {
            let revoked = if role == "office" { revoked } else { &[] };
            let list = authority.crl_pem(revoked, now().plus_seconds(-2 * DAY), next_update)?;
            put(&self.folder.join(format!("trust/{role}.crl")), &list)?;
        }
        Ok(())
    }

    /// A good certificate of an office.
    ///
    /// # Errors
    /// When the library refuses.
    pub fn office(&self, number: OfficeNumber) -> anyhow::Result<Issued> {
        self.offices
            .issue(&office_request(number.as_str(), now()))
            .context("issue an office's certificate")
    }
}

/// Renamed into place: a reader sees the old file or the new one, never half of one.
fn put(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let fresh = path.with_extension("new");
    std::fs::write(&fresh, bytes)?;
    std::fs::rename(&fresh, path)?;
    Ok(())
}

/// The request of an office's certificate, valid from yesterday for a year.
#[must_use]
pub fn office_request(number: &str, now: Time) -> Request {
    Request {
        common_name: format!("KJ{number}00"),
        serial_numbers: vec![format!("JGNO:{number}")],
        organisation: Some("Test".to_owned()),
        server_names: Vec::new(),
        key: KeyKind::P256,
        not_before: now.plus_seconds(-DAY),
        not_after: now.plus_seconds(365 * DAY),
        usage: Usage::ClientAndSign,
    }
}
