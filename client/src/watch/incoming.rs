//! The inbox: each envelope is fetched once, its files appear whole in their place, and only then the relay is told.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use proto::{EnvelopeId, Time};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::disk;
use super::log::{Log, codes};
use super::names;
use super::reason;
use crate::commands::get;
use crate::connection::{Ask, Connection};
use crate::failure::{Exit, Failure};
use crate::received;
use crate::view::{InboxItem, Page, Standing};

/// So long it is known what was taken, should the relay offer it again after it was restored.
const KNOWN: Duration = Duration::from_secs(90 * 86_400);

/// The inbox of an office.
pub struct Incoming {
    folder: PathBuf,
    own: PathBuf,
    flat: bool,
    after: Option<String>,
    /// How many could not be opened.
    pub refused: u64,
}

/// Where the files of an envelope go; written before they go there.
#[derive(Debug, Serialize, Deserialize)]
struct Taken {
    folder: String,
    flat: bool,
    opened: bool,
}

impl Incoming {
    /// Prepares the folder.
    ///
    /// # Errors
    /// It cannot be read or written.
    pub fn open(folder: &Path, flat: bool) -> Result<Self, Failure> {
        let own = folder.join(names::OWN);
        let taken = own.join("taken");
        disk::make(&taken)?;
        for name in disk::list(&taken)? {
            let path = taken.join(name);
            let modified = std::fs::metadata(&path).and_then(|facts| facts.modified()).ok();
            let age = modified.and_then(|at| SystemTime::now().duration_since(at).ok());
            if age.is_some_and(|age| KNOWN < age) {
                std::fs::remove_file(&path).map_err(Failure::write(&path))?;
            }
        }
        Ok(Self {
            folder: folder.to_owned(),
            own,
            flat,
            after: None,
            refused: 0,
        })
    }

    /// Takes what has arrived, a page of it; how much that was. Waits so many seconds for something to arrive.
    ///
    /// # Errors
    /// The relay is out of reach or the disk refuses: the next round begins with the oldest again.
    pub async fn round(
        &mut self,
        connection: &Connection,
        wait: u64,
        log: &Log<'_>,
        now: impl Fn() -> Time,
    ) -> Result<usize, Failure> {
        let ask = Ask::get("/v1/inbox")
            .with("state", Some("new"))
            .with("limit", Some(100))
            .with("after", self.after.as_ref())
            .with("wait", Some(wait).filter(|wait| 0 < *wait))
            .slow(Duration::from_secs(wait));
        // What is not opened stays new, and would end every wait at once; so the list is read on, and anew after a failure.
        let after = self.after.take();
        let page: Page<InboxItem> = connection.json(&ask).await?;
        for item in &page.items {
            self.take(connection, item, log, now()).await?;
        }
        self.after = Some(page.next).filter(|next| !next.is_empty()).or(after);
        Ok(page.items.len())
    }

    async fn take(
        &mut self,
        connection: &Connection,
        item: &InboxItem,
        log: &Log<'_>,
        now: Time,
    ) -> Result<(), Failure> {
        let id: EnvelopeId = item
            .id
            .parse()
            .map_err(|_| Failure::Answer("an id that is none".to_owned()))?;
        let note = self.own.join("taken").join(id.to_string());
        let known = std::fs::read(&note).ok();
        let known: Option<Taken> = known.and_then(|json| serde_json::from_slice(&json).ok());
        let taken = match known {
            Some(taken) => taken,
            None => {
                let bytes = match connection.bytes(&Ask::get(format!("/v1/inbox/{id}"))).await {
                    // Withdrawn meanwhile.
                    Err(failure) if failure.exit() == Exit::Refused => return Ok(()),
                    other => other?,
                };
                let taken = self.unpack(item, id, &bytes, log)?;
                let json = serde_json::to_vec(&taken).unwrap_or_default();
                disk::write(&note, &json)?;
                taken
            }
        };
        let arriving = self.arriving(id);
        if arriving.is_dir() {
            let place = self.place(&arriving, &taken, now)?;
            let event = match taken.opened {
                true => ("受信", "received"),
                false => ("開けません", "unopened"),
            };
            let folder = place.strip_prefix(&self.folder).unwrap_or(&place);
            let about = [
                ("id", item.id.clone()),
                ("from", item.sender.clone()),
                ("folder", folder.display().to_string()),
            ];
            log.say(event, &about);
        }
        if taken.opened {
            let ask = Ask::post(format!("/v1/inbox/{id}/collected"));
            match connection.json::<Standing>(&ask).await {
                Err(failure) if failure.exit() == Exit::Refused => log.say(
                    ("受取を知らせられません", "not acknowledged"),
                    &[("id", item.id.clone()), ("codes", codes(&failure))],
                ),
                other => {
                    other?;
                }
            }
        }
        Ok(())
    }

    fn arriving(&self, id: EnvelopeId) -> PathBuf {
        self.own.join("arriving").join(id.to_string())
    }

    /// Writes the files of an envelope, or the envelope itself and why it was not opened; where they are to go.
    fn unpack(
        &mut self,
        item: &InboxItem,
        id: EnvelopeId,
        bytes: &[u8],
        log: &Log<'_>,
    ) -> Result<Taken, Failure> {
        let arriving = self.arriving(id);
        // Of an attempt that was cut off: without its note it counts for nothing.
        let clear = || match std::fs::remove_dir_all(&arriving) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                Err(Failure::write(&arriving)(error))
            }
            _ => Ok(()),
        };
        clear()?;
        let written = get::opened(id, bytes).and_then(|content| {
            let files: Vec<(&str, &[u8])> = content
                .files
                .iter()
                .map(|file| (file.name.as_str(), file.bytes.as_slice()))
                .collect();
            received::write(&arriving, id, &files)?;
            Ok(content)
        });
        let taken = match written {
            Ok(content) => {
                let manifest = &content.manifest;
                let folder = names::arrival(manifest.sender, &manifest.sequence);
                let all_free = content
                    .files
                    .iter()
                    .all(|file| !disk::is_there(&self.folder.join(&file.name)));
                let flat = self.flat && all_free;
                let facts = arriving.join(names::FACTS);
                if !flat && !disk::is_there(&facts) {
                    let json = json!({
                        "id": id,
                        "sender": manifest.sender,
                        "destination": manifest.destination,
                        "sequence": manifest.sequence,
                        "created_at": manifest.created_at,
                        "arrived_at": item.arrived_at,
                        "message": manifest.message,
                        "recall_requested_at": item.recall_requested_at,
                        "files": content.files.iter().map(|file| &file.name).collect::<Vec<_>>(),
                    });
                    disk::write(&facts, json.to_string().as_bytes())?;
                }
                Taken {
                    folder,
                    flat,
                    opened: true,
                }
            }
            Err(failure @ (Failure::Content(_) | Failure::Usage { .. })) => {
                clear()?;
                received::write(&arriving, id, &[("envelope.p7m", bytes)])?;
                let text = reason::not_opened(&failure, &item.sender);
                disk::write(&arriving.join(names::REASON), &text)?;
                self.refused += 1;
                log.say(
                    ("封筒の問題", "faulty"),
                    &[("id", item.id.clone()), ("codes", codes(&failure))],
                );
                Taken {
                    folder: names::unopened(&item.sender, id),
                    flat: false,
                    opened: false,
                }
            }
            Err(failure) => return Err(failure),
        };
        disk::sync(&arriving)?;
        disk::sync(&self.own.join("arriving"))?;
        Ok(taken)
    }

    /// The last step: the files get their place. Done again after a crash, it goes on with what is left.
    fn place(&self, arriving: &Path, taken: &Taken, now: Time) -> Result<PathBuf, Failure> {
        if !taken.opened {
            let base = self.folder.join(names::ERROR);
            return disk::put(arriving, &base, &names::day(now), &taken.folder);
        }
        if taken.flat {
            for name in disk::list(arriving)? {
                let to = self.folder.join(&name);
                if !disk::is_there(&to) {
                    disk::rename(&arriving.join(&name), &to)?;
                }
            }
            // Empty, unless a file of that name came between: what is left gets a folder.
            if std::fs::remove_dir(arriving).is_ok() {
                return Ok(self.folder.clone());
            }
        }
        let free = names::free(&taken.folder, |name| disk::is_there(&self.folder.join(name)));
        let to = self.folder.join(free);
        disk::rename(arriving, &to)?;
        Ok(to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Time {
        Time::from_micros(1_743_467_400_000_000)
    }

    fn arriving(incoming: &Incoming, files: &[&str]) -> PathBuf {
        let arriving = incoming.arriving(EnvelopeId::of(b"x"));
        disk::make(&arriving).unwrap();
        for name in files {
            disk::write(&arriving.join(name), name.as_bytes()).unwrap();
        }
        arriving
    }

    fn taken(flat: bool, opened: bool) -> Taken {
        Taken {
            folder: "0300000100_20250425200201".to_owned(),
            flat,
            opened,
        }
    }

    #[test]
    fn each_sending_gets_a_folder_that_nothing_has() {
        let folder = tempfile::tempdir().unwrap();
        let incoming = Incoming::open(folder.path(), false).unwrap();
        for name in ["0300000100_20250425200201", "0300000100_20250425200201-2"] {
            let from = arriving(&incoming, &["a.CSV"]);
            let place = incoming.place(&from, &taken(false, true), now()).unwrap();
            assert_eq!(place, folder.path().join(name));
            assert!(place.join("a.CSV").is_file() && !from.exists());
        }
        let from = arriving(&incoming, &["envelope.p7m"]);
        let place = incoming.place(&from, &taken(false, false), now()).unwrap();
        assert!(
            place.starts_with(folder.path().join("error/20250401")),
            "{place:?}"
        );
    }

    #[test]
    fn flat_files_go_on_after_a_crash_and_overwrite_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let incoming = Incoming::open(folder.path(), true).unwrap();
        // One was moved before the crash; a file of another's name came between.
        std::fs::write(folder.path().join("a.CSV"), "a.CSV").unwrap();
        std::fs::write(folder.path().join("c.pdf"), "mine").unwrap();
        let from = arriving(&incoming, &["b.CSV", "c.pdf"]);
        let place = incoming.place(&from, &taken(true, true), now()).unwrap();
        assert_eq!(std::fs::read(folder.path().join("b.CSV")).unwrap(), b"b.CSV");
        assert_eq!(std::fs::read(folder.path().join("c.pdf")).unwrap(), b"mine");
        assert_eq!(std::fs::read(place.join("c.pdf")).unwrap(), b"c.pdf");
        assert!(!from.exists());
    }
}
