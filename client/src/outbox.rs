//! Sealed envelopes, kept so that the same files always go out as the same bytes: after a lost answer, a crash, or a
//! person's second try. The relay knows an envelope by its bytes, so a repeat can never become a second delivery.

pub(crate) mod disk;

use std::path::PathBuf;

use parcel::{Draft, PackError};
use proto::api::Accepted;
use proto::{EnvelopeId, Limits, OfficeNumber, Time};
use seal::Sealer;
use sha2::{Digest, Sha256};

use crate::failure::Failure;
use disk::{keep, private_folder, read_kept, remove};

/// So many days an envelope is kept: the relay takes none that was made longer ago.
const DAYS: i64 = 30;

/// So many seconds before that it is made anew, for the way to the relay takes its time.
const WAY: f64 = 3_600.0;
const EXTENSION: &str = "p7m";

/// What the relay said when it accepted an envelope, beside it.
const ACCEPTED: &str = "accepted.json";

/// The folder of sealed envelopes.
#[derive(Debug)]
pub struct Outbox {
    folder: PathBuf,
}

/// What goes into an envelope, whenever it is made.
#[derive(Clone, Debug)]
pub struct Order {
    /// The sending office.
    pub sender: OfficeNumber,
    /// For whom.
    pub destination: OfficeNumber,
    /// 連番 of the names; when there is none it is the time of making.
    pub sequence: Option<String>,
    /// Some words.
    pub message: Option<String>,
    /// The software that made the files, name and version. The same files of other software are the same order.
    pub software: Option<String>,
    /// Names and bytes.
    pub files: Vec<(String, Vec<u8>)>,
}

/// An envelope that the relay has accepted once, and that it would take again.
#[derive(Clone, Debug)]
pub struct Sent {
    /// Its bytes.
    pub path: PathBuf,
    /// The answer to it.
    pub accepted: Accepted,
}

/// A sealed envelope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sealed {
    /// SHA-256 of its bytes.
    pub id: EnvelopeId,
    /// 連番 in its manifest.
    pub sequence: String,
    /// The CMS bytes.
    pub bytes: Vec<u8>,
    /// Where they are kept.
    pub path: PathBuf,
    /// It was made earlier.
    pub kept: bool,
}

/// The 14 digits of a time: a sequence number nobody has used before it.
pub(crate) fn digits(time: Time) -> String {
    let text = time.to_string();
    text.chars().filter(char::is_ascii_digit).take(14).collect()
}

impl Order {
    /// What the order comes to at this time.
    #[must_use]
    pub fn draft(&self, now: Time) -> Draft {
        let seconds = Time::from_micros(now.micros().div_euclid(1_000_000) * 1_000_000);
        Draft {
            sender: self.sender,
            destination: self.destination,
            sequence: self.sequence.clone().unwrap_or_else(|| digits(seconds)),
            created_at: seconds,
            message: self.message.clone(),
            software: self.software.clone(),
            files: self.files.clone(),
        }
    }

    /// Packs the order as it would be now.
    ///
    /// # Errors
    /// The relay would refuse its shape.
    pub fn pack(&self, now: Time) -> Result<Vec<u8>, Failure> {
        parcel::pack(&self.draft(now)).map_err(|error| match error {
            PackError::Refused(problems) => Failure::Problems(problems),
            other => Failure::usage(format!("封筒を作れません（{other}）"), other.to_string()),
        })
    }

    /// Equal for equal orders sealed by the same certificate.
    fn key(&self, fingerprint: &str) -> String {
        let mut hash = Sha256::new();
        let mut add = |field: &[u8]| {
            hash.update((field.len() as u64).to_le_bytes());
            hash.update(field);
        };
        add(fingerprint.as_bytes());
        add(self.sender.as_str().as_bytes());
        add(self.destination.as_str().as_bytes());
        add(self.sequence.as_deref().unwrap_or_default().as_bytes());
        add(self.message.as_deref().unwrap_or_default().as_bytes());
        for (name, bytes) in &self.files {
            add(name.as_bytes());
            add(bytes);
        }
        hex::encode(hash.finalize())
    }
}

impl Outbox {
    /// Opens the folder, makes it if needed, and removes what is too old to be sent again.
    ///
    /// # Errors
    /// The folder cannot be made or read.
    pub fn open(folder: PathBuf, now: Time) -> Result<Self, Failure> {
        private_folder(&folder).map_err(Failure::write(&folder))?;
        let outbox = Self { folder };
        for path in outbox.envelopes()? {
            let kept = std::fs::read(&path).ok().and_then(|bytes| made_at(&bytes));
            if kept.is_none_or(|made| now.seconds_since(made) > day(DAYS)) {
                remove(&path).map_err(Failure::write(&path))?;
            }
        }
        Ok(outbox)
    }

    /// The sealed envelope of an order: the kept one, or a new one, which is on the disk before it is handed out.
    ///
    /// # Errors
    /// It cannot be packed, sealed or kept.
    pub fn sealed(&self, order: &Order, sealer: &Sealer, now: Time, anew: bool) -> Result<Sealed, Failure> {
        let name = format!("{}.{EXTENSION}", order.key(&sealer.fingerprint()));
        let path = self.folder.join(name);
        if !anew && let Some(bytes) = read_kept(&path)? {
            let fresh = made_at(&bytes).is_some_and(|made| now.seconds_since(made) < day(DAYS) - WAY);
            if let Some(sequence) = sequence_of(&bytes).filter(|_| fresh) {
                return Ok(Sealed {
                    id: EnvelopeId::of(&bytes),
                    sequence,
                    bytes,
                    path,
                    kept: true,
                });
            }
        }
        let bytes = sealer.seal(&order.pack(now)?)?;
        keep(&self.folder, &path, &bytes).map_err(Failure::write(&path))?;
        Ok(Sealed {
            id: EnvelopeId::of(&bytes),
            sequence: order.draft(now).sequence,
            bytes,
            path,
            kept: false,
        })
    }

    /// Forgets an envelope, so that the same files become a new one: after a recall.
    ///
    /// # Errors
    /// The folder cannot be read or written.
    pub fn forget(&self, id: EnvelopeId) -> Result<(), Failure> {
        for path in self.envelopes()? {
            let bytes = std::fs::read(&path).map_err(Failure::read(&path))?;
            if EnvelopeId::of(&bytes) == id {
                remove(&path).map_err(Failure::write(&path))?;
            }
        }
        Ok(())
    }

    /// Keeps what the relay answered to an envelope, for [`Self::sent`].
    ///
    /// # Errors
    /// It cannot be written.
    pub fn accepted(&self, sealed: &Sealed, accepted: &Accepted) -> Result<(), Failure> {
        let path = sealed.path.with_extension(ACCEPTED);
        let json = serde_json::to_vec(accepted).unwrap_or_default();
        keep(&self.folder, &path, &json).map_err(Failure::write(&path))
    }

    /// What the relay has accepted of this office and would take again, in the order of the acceptances. What was recalled,
    /// or only prepared and never accepted, is not among it.
    ///
    /// # Errors
    /// The folder cannot be read.
    pub fn sent(&self, office: OfficeNumber) -> Result<Vec<Sent>, Failure> {
        let mut all = Vec::new();
        for path in self.envelopes()? {
            let answer = path.with_extension(ACCEPTED);
            let (Some(json), Some(bytes)) = (read_kept(&answer)?, read_kept(&path)?) else {
                continue;
            };
            let own = content(&bytes).is_some_and(|content| content.manifest.sender == office);
            if let Some(accepted) = serde_json::from_slice(&json).ok().filter(|_| own) {
                all.push(Sent { path, accepted });
            }
        }
        all.sort_by_key(|sent| sent.accepted.accepted_at);
        Ok(all)
    }

    fn envelopes(&self) -> Result<Vec<PathBuf>, Failure> {
        let mut found = Vec::new();
        for entry in std::fs::read_dir(&self.folder).map_err(Failure::read(&self.folder))? {
            let path = entry.map_err(Failure::read(&self.folder))?.path();
            if path.extension().is_some_and(|extension| extension == EXTENSION) {
                found.push(path);
            }
        }
        Ok(found)
    }
}

fn made_at(envelope: &[u8]) -> Option<Time> {
    content(envelope).map(|content| content.manifest.created_at)
}

fn sequence_of(envelope: &[u8]) -> Option<String> {
    content(envelope).map(|content| content.manifest.sequence)
}

fn content(envelope: &[u8]) -> Option<parcel::Unpacked> {
    let zip = seal::content::unverified(envelope).ok()?;
    parcel::unpack(&zip, &Limits::default()).ok()
}

fn day(days: i64) -> f64 {
    // 86,400 seconds; a few dozen days are exact in a float.
    f64::from(i32::try_from(days).unwrap_or(i32::MAX)) * 86_400.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use seal::authority::{Authority, KeyKind, Request, Usage};
    use seal::trust::Role;

    fn now() -> Time {
        "2025-04-01T09:30:00.5+09:00".parse().unwrap()
    }

    fn sealer() -> Sealer {
        let authority = Authority::create("test CA", Role::Office).unwrap();
        let issued = authority
            .issue(&Request {
                common_name: "KJ000000000001".to_owned(),
                serial_numbers: vec!["JGNO:0300000100".to_owned()],
                organisation: None,
                server_names: Vec::new(),
                key: KeyKind::P256,
                not_before: now().plus_seconds(-86_400),
                not_after: now().plus_seconds(86_400 * 365),
                usage: Usage::ClientAndSign,
            })
            .unwrap();
        Sealer::from_pem(&issued.cert_pem, &issued.key_pem).unwrap()
    }

    fn order(text: &str) -> Order {
        Order {
            sender: "0300000100".parse().unwrap(),
            destination: "0300000005".parse().unwrap(),
            sequence: None,
            message: None,
            software: None,
            files: vec![("memo.txt".to_owned(), text.as_bytes().to_vec())],
        }
    }

    #[test]
    fn a_retry_sends_the_same_bytes_even_after_a_crash() {
        let folder = tempfile::tempdir().unwrap();
        let sealer = sealer();
        let open = |now| Outbox::open(folder.path().join("state"), now).unwrap();
        let first = open(now()).sealed(&order("a"), &sealer, now(), false).unwrap();
        assert_eq!(first.sequence, "20250401093000");
        let later = now().plus_seconds(3_600);
        let again = open(later).sealed(&order("a"), &sealer, later, false).unwrap();
        assert!(again.kept);
        assert_eq!(
            (again.id, &again.bytes, &again.sequence),
            (first.id, &first.bytes, &first.sequence)
        );
        let other = open(later).sealed(&order("b"), &sealer, later, false).unwrap();
        assert_ne!(other.id, first.id);
        let asked = open(later).sealed(&order("a"), &sealer, later, true).unwrap();
        assert_ne!(asked.id, first.id);
    }

    #[test]
    fn what_is_half_written_too_old_or_recalled_is_made_anew() {
        let folder = tempfile::tempdir().unwrap();
        let sealer = sealer();
        let outbox = Outbox::open(folder.path().to_owned(), now()).unwrap();
        let first = outbox.sealed(&order("a"), &sealer, now(), false).unwrap();
        outbox.forget(first.id).unwrap();
        let second = outbox
            .sealed(&order("a"), &sealer, now().plus_seconds(1), false)
            .unwrap();
        assert_ne!(second.id, first.id);
        let late = now().plus_seconds(30 * 86_400 - 1_800);
        let third = outbox.sealed(&order("a"), &sealer, late, false).unwrap();
        assert!(!third.kept && third.id != second.id);
        let path = outbox.envelopes().unwrap().remove(0);
        std::fs::write(&path, &third.bytes[..100]).unwrap();
        assert!(!outbox.sealed(&order("a"), &sealer, late, false).unwrap().kept);
        Outbox::open(folder.path().to_owned(), late.plus_seconds(60 * 86_400)).unwrap();
        assert!(
            std::fs::read_dir(folder.path()).unwrap().next().is_none(),
            "old envelopes are removed"
        );
    }

    #[test]
    fn what_was_accepted_is_kept_for_thirty_days() {
        let folder = tempfile::tempdir().unwrap();
        let sealer = sealer();
        let open = |now| Outbox::open(folder.path().to_owned(), now).unwrap();
        let outbox = open(now());
        let seal = |text| outbox.sealed(&order(text), &sealer, now(), false).unwrap();
        let (first, second, recalled, never) = (seal("a"), seal("b"), seal("c"), seal("d"));
        for (sealed, seconds) in [(&second, 20), (&recalled, 15), (&first, 10)] {
            let accepted = Accepted {
                id: sealed.id,
                accepted_at: now().plus_seconds(seconds),
                status_url: String::new(),
                receipt: String::new(),
            };
            outbox.accepted(sealed, &accepted).unwrap();
        }
        outbox.forget(recalled.id).unwrap();
        let month = now().plus_seconds(30 * 86_400 - 1);
        let office = order("a").sender;
        let sent = open(month).sent(office).unwrap();
        let ids: Vec<_> = sent.iter().map(|sent| sent.accepted.id).collect();
        assert_eq!(ids, [first.id, second.id]);
        assert_eq!(std::fs::read(&sent[0].path).unwrap(), first.bytes);
        assert!(never.path.exists());
        assert!(
            open(month).sent(order("a").destination).unwrap().is_empty(),
            "another office"
        );
        assert!(open(month.plus_seconds(2)).sent(office).unwrap().is_empty());
        assert!(std::fs::read_dir(folder.path()).unwrap().next().is_none());
    }
}
