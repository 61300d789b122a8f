//! `pki revoke` and `pki crl`: revocation lists.

use std::path::Path;

use seal::trust::Role;
use serde_json::json;

use super::folder::{Folder, pem_fingerprint};
use super::{files, now, register};
use crate::args::{CrlArgs, RevokeArgs};
use crate::exit::Failure;
use crate::print;

/// Revokes a certificate; a second time only renews the list.
pub(crate) fn revoke(arguments: &RevokeArgs, json: bool) -> Result<(), Failure> {
    let folder = Folder::open(&arguments.dir)?;
    let path = Path::new(&arguments.certificate);
    let wanted = if path.is_file() {
        pem_fingerprint(&files::read(path)?)
            .ok_or_else(|| Failure::Usage(format!("{}: holds no certificate in PEM", path.display())))?
    } else {
        arguments.certificate.replace(':', "").to_ascii_lowercase()
    };
    let Some((role, issued)) = folder.find(&wanted)? else {
        return Err(Failure::Usage(format!(
            "{}: was not issued here",
            arguments.certificate
        )));
    };
    let new = register::revoke(&folder.authority_folder(role), &issued.serial, now())?;
    folder.write_crl(role)?;
    if json {
        return print::json(&json!({
            "holder": issued.holder.to_string(), "serial": issued.serial, "fingerprint": issued.fingerprint, "new": new,
        }));
    }
    let words = if new { "revoked" } else { "was revoked already:" };
    print::text(&format!("{words} {} of {}\n", issued.fingerprint, issued.holder))
}

/// Renews every list.
pub(crate) fn renew(arguments: &CrlArgs, json: bool) -> Result<(), Failure> {
    let folder = Folder::open(&arguments.dir)?;
    for role in Role::ALL {
        folder.write_crl(role)?;
    }
    if json {
        return print::json(&json!({ "renewed": Role::ALL.map(Role::as_str) }));
    }
    print::text("every revocation list is good for another 30 days\n")
}
