//! What an authority has issued and revoked: two text files beside its key, one line a certificate.

use std::path::Path;
use std::str::FromStr;

use proto::{Holder, Time};

use super::files::{Entry, read_text_or_empty, replace};
use crate::exit::Failure;

const ISSUED: &str = "issued.tsv";
const REVOKED: &str = "revoked.tsv";

/// A certificate as the register knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Issued {
    /// Serial number, lower-case hexadecimal.
    pub(crate) serial: String,
    /// SHA-256 of the DER, lower-case hexadecimal.
    pub(crate) fingerprint: String,
    /// Whose it is; the doors' own and the receipts' are a station's.
    pub(crate) holder: Holder,
    pub(crate) not_before: Time,
    pub(crate) not_after: Time,
}

/// Notes a certificate.
pub(crate) fn add(authority: &Path, issued: &Issued) -> Result<(), Failure> {
    let Issued {
        serial,
        fingerprint,
        holder,
        not_before,
        not_after,
    } = issued;
    append(
        authority,
        ISSUED,
        &format!("{serial}\t{fingerprint}\t{holder}\t{not_before}\t{not_after}\n"),
    )
}

/// Everything issued, oldest first.
pub(crate) fn issued(authority: &Path) -> Result<Vec<Issued>, Failure> {
    let path = authority.join(ISSUED);
    let text = read_text_or_empty(&path)?;
    let lines = text.lines().enumerate();
    lines
        .map(|(number, line)| {
            line.parse().map_err(|()| {
                Failure::Cannot(format!(
                    "cannot understand line {} of {}",
                    number + 1,
                    path.display()
                ))
            })
        })
        .collect()
}

/// Notes a revocation; a second one of the same serial changes nothing. Tells whether it is a new one.
pub(crate) fn revoke(authority: &Path, serial: &str, at: Time) -> Result<bool, Failure> {
    if revoked(authority)?.iter().any(|(known, _)| known == serial) {
        return Ok(false);
    }
    append(authority, REVOKED, &format!("{serial}\t{at}\n"))?;
    Ok(true)
}

/// Everything revoked: serial and since when.
pub(crate) fn revoked(authority: &Path) -> Result<Vec<(String, Time)>, Failure> {
    let path = authority.join(REVOKED);
    let text = read_text_or_empty(&path)?;
    let entry = |line: &str| {
        let (serial, at) = line.split_once('\t')?;
        Some((serial.to_owned(), at.parse().ok()?))
    };
    let unreadable = || Failure::Cannot(format!("cannot understand {}", path.display()));
    text.lines()
        .map(|line| entry(line).ok_or_else(unreadable))
        .collect()
}

/// The whole file is written anew, so that a line is never half there.
fn append(authority: &Path, name: &str, line: &str) -> Result<(), Failure> {
    let text = read_text_or_empty(&authority.join(name))? + line;
    replace(authority, &Entry::open(name, text.as_bytes()))
}

impl FromStr for Issued {
    type Err = ();

    fn from_str(line: &str) -> Result<Self, ()> {
        let fields: Vec<&str> = line.split('\t').collect();
        let [serial, fingerprint, holder, not_before, not_after] = fields[..] else {
            return Err(());
        };
        Ok(Self {
            serial: serial.to_owned(),
            fingerprint: fingerprint.to_owned(),
            holder: holder.parse().map_err(|_| ())?,
            not_before: not_before.parse().map_err(|_| ())?,
            not_after: not_after.parse().map_err(|_| ())?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_register_gives_back_what_was_noted() {
        let folder = tempfile::tempdir().unwrap();
        let issued_one = Issued {
            serial: "0a".to_owned(),
            fingerprint: "ff".to_owned(),
            holder: "office:0300000100".parse().unwrap(),
            not_before: "2025-04-01T09:30:00+09:00".parse().unwrap(),
            not_after: "2026-04-01T09:30:00+09:00".parse().unwrap(),
        };
        assert_eq!(issued(folder.path()).unwrap(), vec![]);
        add(folder.path(), &issued_one).unwrap();
        assert_eq!(issued(folder.path()).unwrap(), vec![issued_one.clone()]);
        assert!(revoke(folder.path(), "0a", issued_one.not_before).unwrap());
        assert!(!revoke(folder.path(), "0a", issued_one.not_before).unwrap());
        assert_eq!(
            revoked(folder.path()).unwrap(),
            [("0a".to_owned(), issued_one.not_before)]
        );
        std::fs::write(folder.path().join(ISSUED), "nonsense\n").unwrap();
        assert!(issued(folder.path()).is_err());
    }
}
