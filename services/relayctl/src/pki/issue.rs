//! `pki issue`: a certificate with its key, written where it is asked for.

use std::path::{Path, PathBuf};

use proto::Holder;
use seal::authority::{KeyKind, Usage};
use seal::trust::fingerprint;
use serde_json::json;

use super::files::{self, Entry};
use super::folder::{Folder, Wish};
use crate::args::IssueArgs;
use crate::exit::Failure;
use crate::print;

/// The PKCS#12 file of who works with software that wants one: an office's care software, an operator's browser.
fn p12_name(holder: &Holder) -> Option<&'static str> {
    match holder {
        Holder::Office(_) => Some("office.p12"),
        Holder::Operator(_) => Some("operator.p12"),
        Holder::Vendor(_) | Holder::Station(_) => None,
    }
}

/// Issues and writes; a folder that already holds a certificate is left alone and named.
pub(crate) fn issue(arguments: &IssueArgs, json: bool) -> Result<(), Failure> {
    let Some(holder) = arguments
        .office
        .map(Holder::Office)
        .or_else(|| arguments.holder.clone())
    else {
        return Err(Failure::Usage("give --office or --holder".to_owned()));
    };
    let folder = Folder::open(&arguments.dir)?;
    let out = arguments
        .out
        .clone()
        .unwrap_or_else(|| default_out(&folder, &holder));
    let password = arguments
        .password_file
        .as_deref()
        .map(read_password)
        .transpose()?;
    let p12 = p12_name(&holder);
    for name in ["cert.pem", "key.pem"].into_iter().chain(p12) {
        if out.join(name).exists() {
            return Err(Failure::Usage(format!(
                "{}: is there already; nothing was issued",
                out.join(name).display()
            )));
        }
    }
    let wish = Wish {
        common_name: common_name(&holder),
        server_names: Vec::new(),
        key: KeyKind::Rsa2048,
        usage: usage(&holder),
        days: arguments.days,
        holder,
    };
    let issued = folder.issue(&wish)?;
    let ca = folder.doors_ca()?;
    files::make_folder(&out)?;
    if let Some(name) = p12 {
        let password = match password {
            Some(password) => password,
            None => {
                let made = random_password()?;
                // Written when nobody gave one.
                files::replace(&out, &Entry::secret(&format!("{name}.password"), made.as_bytes()))?;
                made
            }
        };
        let bytes = folder.p12(&wish.holder, &issued, &password)?;
        files::replace(&out, &Entry::secret(name, &bytes))?;
    }
    files::replace(&out, &Entry::open("ca.pem", &ca))?;
    files::replace(&out, &Entry::secret("key.pem", issued.key_pem.as_ref()))?;
    files::replace(&out, &Entry::open("cert.pem", issued.cert_pem.as_ref()))?;
    let fingerprint = fingerprint(&issued.cert_der);
    if json {
        return print::json(&json!({
            "holder": wish.holder.to_string(), "serial": issued.serial, "fingerprint": fingerprint, "folder": out,
        }));
    }
    print::text(&format!(
        "issued {fingerprint} for {} in {}\n",
        wish.holder,
        out.display()
    ))
}

/// The subject's common name: for an office a user id in the national form, `KJ` and twelve characters.
pub(crate) fn common_name(holder: &Holder) -> String {
    match holder {
        Holder::Office(number) => format!("KJ00{number}"),
        Holder::Vendor(name) | Holder::Station(name) | Holder::Operator(name) => name.clone(),
    }
}

fn usage(holder: &Holder) -> Usage {
    match holder {
        // A vendor with a delegation for `sign` seals in the office's place.
        Holder::Office(_) | Holder::Vendor(_) => Usage::ClientAndSign,
        Holder::Station(_) | Holder::Operator(_) => Usage::ClientOnly,
    }
}

fn default_out(folder: &Folder, holder: &Holder) -> PathBuf {
    let name = holder.to_string().replace(':', "-");
    folder.path("issued").join(name)
}

fn read_password(path: &Path) -> Result<String, Failure> {
    let text = String::from_utf8(files::read(path)?)
        .map_err(|error| Failure::cannot(&format!("read {}", path.display()), &error))?;
    let password = text.trim_end_matches(['\r', '\n']);
    if password.is_empty() {
        return Err(Failure::Usage(format!(
            "{}: the password is empty",
            path.display()
        )));
    }
    Ok(password.to_owned())
}

/// 80 random bits in characters that can be typed.
pub(crate) fn random_password() -> Result<String, Failure> {
    let mut bytes = [0; 10];
    getrandom::fill(&mut bytes)
        .map_err(|error| Failure::Cannot(format!("cannot make a password: {error}")))?;
    Ok(hex::encode(bytes))
}
