//! From the outbox into the agent's hands: all the files of a sending, or none of them.

use std::collections::BTreeMap;
use std::path::Path;

use proto::Time;

use super::disk;
use super::names;
use super::outgoing::Outgoing;
use super::piles::{self, Claim, Lying};
use super::quiet::Stamp;
use crate::failure::Failure;

/// Where the origin of a claim stands while its files are being taken.
const FROM: &str = ".from";
/// Ending of a claim whose files are being taken.
const PART: &str = "part";

impl Outgoing<'_> {
    /// Looks at the outbox and takes what is to be sent; whether anything there is still being written.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn look(&mut self, now: Time) -> Result<bool, Failure> {
        let mut piles = vec![String::new()];
        for name in disk::list(&self.folder)? {
            let is_own = [names::OWN, names::SENT, names::ERROR].contains(&name.as_str());
            if !is_own && !name.starts_with('.') && self.folder.join(&name).is_dir() {
                piles.push(name);
            }
        }
        let mut found = BTreeMap::new();
        let mut files: Vec<(String, Vec<String>)> = Vec::new();
        for pile in piles {
            let stamps = stamps(&self.folder.join(&pile))?;
            files.push((pile.clone(), stamps.keys().cloned().collect()));
            let path = |(name, stamp)| (format!("{pile}/{name}"), stamp);
            found.extend(stamps.into_iter().map(path));
        }
        let before = self.watched.clone();
        self.watched.observe(&found, now);
        if before != self.watched {
            let json = serde_json::to_vec(&self.watched).unwrap_or_default();
            disk::write(&self.own.join("seen.json"), &json)?;
        }
        for (pile, names) in files {
            let lying: Vec<Lying> = names
                .into_iter()
                .map(|name| Lying {
                    age: self.watched.age(&format!("{pile}/{name}"), now),
                    name,
                })
                .collect();
            for claim in piles::claims(&lying, pile.parse().ok(), self.terms) {
                self.take(&pile, &lying, &claim, now)?;
            }
        }
        Ok(self.watched.is_moving(self.terms.settle, now))
    }

    /// The claims on the disk, in the order of sending.
    ///
    /// # Errors
    /// The folder cannot be read.
    pub fn claimed(&self) -> Result<Vec<String>, Failure> {
        let mut keys = disk::list(&self.sending())?;
        keys.retain(|key| !key.ends_with(".part"));
        Ok(keys)
    }

    /// Takes files out of a pile. They are a claim once the folder has lost its ending, and go back before that.
    fn take(&self, pile: &str, lying: &[Lying], claim: &Claim, now: Time) -> Result<(), Failure> {
        let sending = self.sending();
        let key = (1..)
            .map(|number| names::claim(claim.sequence.as_deref(), claim.to, now, number))
            .find(|key| {
                !disk::is_there(&sending.join(key)) && !disk::is_there(&sending.join(format!("{key}.{PART}")))
            })
            .unwrap_or_default();
        let part = sending.join(format!("{key}.{PART}"));
        disk::make(&part)?;
        disk::write(&part.join(FROM), pile.as_bytes())?;
        let pile = self.folder.join(pile);
        for file in claim.files.iter().filter_map(|at| lying.get(*at)) {
            // One that is in use on Windows, or that a person took away: another time.
            if let Err(failure) = disk::rename(&pile.join(&file.name), &part.join(&file.name)) {
                self.put_back(&key)?;
                return match std::fs::symlink_metadata(pile.join(&file.name)) {
                    Err(_) => Ok(()),
                    Ok(_) => Err(failure),
                };
            }
        }
        disk::rename(&part, &sending.join(&key))
    }

    /// Undoes a claim. What cannot go back, because a file of its name is there again, goes on by itself.
    pub(super) fn put_back(&self, key: &str) -> Result<(), Failure> {
        let part = self.sending().join(format!("{key}.{PART}"));
        let pile = std::fs::read_to_string(part.join(FROM)).unwrap_or_default();
        let mut pile = self.folder.join(pile);
        if !pile.is_dir() {
            pile.clone_from(&self.folder);
        }
        for name in disk::list(&part)? {
            if !name.starts_with('.') && !disk::is_there(&pile.join(&name)) {
                disk::rename(&part.join(&name), &pile.join(&name))?;
            }
        }
        if disk::list(&part)?.iter().any(|name| !name.starts_with('.')) {
            return disk::rename(&part, &self.sending().join(key));
        }
        std::fs::remove_dir_all(&part).map_err(Failure::write(&part))
    }
}

/// The files of a pile that may be sent.
fn stamps(pile: &Path) -> Result<BTreeMap<String, Stamp>, Failure> {
    let mut stamps = BTreeMap::new();
    for name in disk::list(pile)? {
        // A file that goes while it is looked at was not there. Links are not followed.
        let facts = std::fs::symlink_metadata(pile.join(&name)).ok();
        let Some(facts) = facts.filter(|facts| facts.is_file() && !names::is_passed_over(&name)) else {
            continue;
        };
        let modified = facts.modified().ok();
        let modified = modified.and_then(|at| at.duration_since(std::time::UNIX_EPOCH).ok());
        let stamp = Stamp {
            size: facts.len(),
            modified: modified.map_or(0, |since| i64::try_from(since.as_micros()).unwrap_or(i64::MAX)),
        };
        stamps.insert(name, stamp);
    }
    Ok(stamps)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Settings;
    use crate::watch::piles::Terms;
    use parcel::Rules;

    const TERMS: Terms = Terms {
        settle: 1.0,
        wait: 5.0,
    };
    const UNIT: [&str; 3] = [
        "UPHOSOKU_202505_0300000100_43_0300000005_11_20250425200201.CSV",
        "UPPLAN_202505_0300000100_43_0300000005_11_20250425200201.CSV",
        "UPSIKYU_202505_0300000100_43_0300000005_11_20250425200201.CSV",
    ];

    fn at(seconds: i64) -> Time {
        Time::from_micros(1_743_467_400_000_000).plus_seconds(seconds)
    }

    #[test]
    fn what_was_being_taken_goes_back_and_is_taken_whole() {
        let folder = tempfile::tempdir().unwrap();
        let (outbox, settings, rules) = (folder.path(), Settings::default(), Rules::default());
        for name in UNIT {
            std::fs::write(outbox.join(name), name).unwrap();
        }
        // As a crash leaves it: one file taken, two still lying there.
        let part = outbox.join(".careplan/sending/20250425200201_0300000005_1.part");
        disk::make(&part).unwrap();
        disk::write(&part.join(FROM), b"").unwrap();
        std::fs::rename(outbox.join(UNIT[1]), part.join(UNIT[1])).unwrap();
        let open = || Outgoing::open(outbox, TERMS, &settings, &rules).unwrap();
        let mut outgoing = open();
        assert!(!part.exists() && outbox.join(UNIT[1]).is_file());
        assert!(outgoing.look(at(0)).unwrap(), "just seen, so not quiet");
        assert!(outgoing.claimed().unwrap().is_empty());
        outgoing.look(at(1)).unwrap();
        assert_eq!(outgoing.claimed().unwrap(), ["20250425200201_0300000005_1"]);
        let claimed = outbox.join(".careplan/sending/20250425200201_0300000005_1");
        assert!(
            UNIT.iter()
                .all(|name| claimed.join(name).is_file() && !outbox.join(name).exists())
        );
        // What was seen and what was taken is known to the next run.
        assert_eq!(open().claimed().unwrap().len(), 1);
    }

    #[test]
    fn a_file_that_came_again_is_not_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let (outbox, settings, rules) = (folder.path(), Settings::default(), Rules::default());
        let part = outbox.join(".careplan/sending/20250425200201_0300000005_1.part");
        disk::make(&part).unwrap();
        disk::write(&part.join(UNIT[0]), b"old").unwrap();
        std::fs::write(outbox.join(UNIT[0]), "new").unwrap();
        let outgoing = Outgoing::open(outbox, TERMS, &settings, &rules).unwrap();
        assert_eq!(std::fs::read(outbox.join(UNIT[0])).unwrap(), b"new");
        let key = outgoing.claimed().unwrap().remove(0);
        let old = outbox.join(".careplan/sending").join(key).join(UNIT[0]);
        assert_eq!(std::fs::read(old).unwrap(), b"old");
    }
}
