//! The sandbox's folder: a throw-away CA for each role, the doors' certificates, one for each office and operator. Made once;
//! whoever throws it away has another sandbox.

use std::fs;
use std::path::Path;

use anyhow::Context;
use chassis::process;
use proto::OfficeNumber;
use seal::authority::{Authority, Issued, KeyKind, Request, Usage};
use seal::trust::Role;

use super::{DAY, OFFICES};
use crate::config::Config;

/// Written last: a folder that has it is whole.
const WHOLE: &str = "ca.pem";

/// Makes it unless it is there and whole.
pub(super) fn make(folder: &Path) -> anyhow::Result<()> {
    if folder.join(WHOLE).exists() {
        return Ok(());
    }
    let trust = folder.join("trust");
    fs::create_dir_all(&trust)?;
    let mut stations = None;
    for role in Role::ALL {
        let word = role.as_str();
        let authority = Authority::create(&format!("careplan-relay sandbox {word} CA"), role)?;
        fs::write(trust.join(format!("{word}.pem")), authority.cert_pem())?;
        let now = process::now();
        // As long as the certificates: nobody renews a list of a sandbox.
        let list = authority.crl_pem(&[], now.plus_seconds(-DAY), now.plus_seconds(365 * DAY))?;
        fs::write(trust.join(format!("{word}.crl")), list)?;
        match role {
            Role::Office => {
                for (number, ..) in OFFICES {
                    let serial = vec![format!("JGNO:{number}")];
                    let issued =
                        authority.issue(&request(&format!("KJ00{number}"), serial, Usage::ClientAndSign))?;
                    write(&folder.join("offices").join(number), &issued)?;
                    let p12 = authority.p12(&issued, "sandbox")?;
                    fs::write(folder.join("offices").join(number).join("office.p12"), p12)?;
                }
            }
            Role::Operator => {
                let issued = authority.issue(&request("admin", Vec::new(), Usage::ClientOnly))?;
                write(&folder.join("operator"), &issued)?;
            }
            Role::Station => stations = Some(authority),
            Role::Vendor => {}
        }
    }
    let stations = stations.context("an authority of stations")?;
    for (name, usage) in [("door", Usage::Server), ("receipts", Usage::Sign)] {
        let issued = stations.issue(&request(name, Vec::new(), usage))?;
        fs::write(folder.join(format!("{name}.pem")), &issued.cert_pem)?;
        fs::write(folder.join(format!("{name}.key")), &issued.key_pem)?;
    }
    fs::write(folder.join(WHOLE), stations.cert_pem())?;
    Ok(())
}

fn request(common_name: &str, serial_numbers: Vec<String>, usage: Usage) -> Request {
    let now = process::now();
    Request {
        common_name: common_name.to_owned(),
        serial_numbers,
        organisation: Some("careplan-relay sandbox".to_owned()),
        server_names: vec!["localhost".to_owned(), "127.0.0.1".to_owned()],
        key: KeyKind::P256,
        not_before: now.plus_seconds(-DAY),
        not_after: now.plus_seconds(365 * DAY),
        usage,
    }
}

fn write(folder: &Path, issued: &Issued) -> anyhow::Result<()> {
    fs::create_dir_all(folder)?;
    fs::write(folder.join("cert.pem"), &issued.cert_pem)?;
    fs::write(folder.join("cert.der"), &issued.cert_der)?;
    fs::write(folder.join("key.pem"), &issued.key_pem)?;
    Ok(())
}

/// An office's certificate, DER.
pub(super) fn certificate(folder: &Path, office: OfficeNumber) -> anyhow::Result<Vec<u8>> {
    Ok(fs::read(folder.join(format!("offices/{office}/cert.der")))?)
}

/// The operator's certificate, DER.
pub(super) fn operator(folder: &Path) -> anyhow::Result<Vec<u8>> {
    Ok(fs::read(folder.join("operator/cert.der"))?)
}

/// `env`: the lines a shell reads to find doors and certificates, the same names as everywhere.
pub(super) fn write_env(folder: &Path, config: &Config) -> anyhow::Result<()> {
    let url = |door: &door::DoorConfig| format!("https://localhost:{}", door.listen.port());
    let text = format!(
        "INGEST_URL={}\nDELIVERY_URL={}\nCONSOLE_URL={}\nCA_FILE={}\nOFFICES_CA_FILE={}\n",
        url(&config.ingest.door),
        url(&config.delivery.door),
        url(&config.console.door),
        folder.join(WHOLE).display(),
        folder.join("trust/office.pem").display(),
    );
    Ok(fs::write(folder.join("env"), text)?)
}
