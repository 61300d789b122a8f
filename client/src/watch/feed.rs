//! What became of what was sent: the relay's sent list, read on from where it was read last.

use std::path::{Path, PathBuf};

use proto::{EnvelopeId, Time};

use super::disk;
use super::log::Log;
use super::names;
use super::outgoing::Outgoing;
use super::reason;
use crate::connection::{Ask, Connection};
use crate::failure::{Exit, Failure};
use crate::view::{Page, SentItem};

impl Outgoing<'_> {
    /// Moves what came back from `sent/` to `error/`, with the reason. Nothing is read on while anything taken is not sent
    /// yet: its news would be passed over.
    ///
    /// # Errors
    /// The relay is out of reach, or the disk refuses; the place in the list stays.
    pub async fn news(&mut self, connection: &Connection, log: &Log<'_>, now: Time) -> Result<(), Failure> {
        if !self.claimed()?.is_empty() {
            return Ok(());
        }
        let place = self.folder().join(names::OWN).join("news");
        let mut after = std::fs::read_to_string(&place).ok();
        loop {
            let ask = Ask::get("/v1/sent")
                .with("limit", Some(500))
                .with("after", after.as_ref());
            let page: Page<SentItem> = match connection.json(&ask).await {
                // A place that the relay does not know any more: from the beginning.
                Err(failure) if after.is_some() && failure.exit() == Exit::Refused => {
                    after = None;
                    continue;
                }
                other => other?,
            };
            for item in page.items.iter().filter(|item| reason::came_back(&item.status)) {
                self.came_back(connection, item, log, now).await?;
            }
            if page.items.is_empty() || page.next.is_empty() {
                return Ok(());
            }
            disk::write(&place, page.next.as_bytes())?;
            after = Some(page.next);
        }
    }

    async fn came_back(
        &mut self,
        connection: &Connection,
        item: &SentItem,
        log: &Log<'_>,
        now: Time,
    ) -> Result<(), Failure> {
        // What another program of the office has sent is not ours.
        let Ok(id) = item.id.parse::<EnvelopeId>() else {
            return Ok(());
        };
        for folder in archived(&self.folder().join(names::SENT), id)? {
            let whole: SentItem = connection.json(&Ask::get(format!("/v1/sent/{id}"))).await?;
            disk::write(&folder.join(names::REASON), &reason::returned(&whole))?;
            let name = folder
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            let errors = self.folder().join(names::ERROR);
            let place = disk::put(&folder, &errors, &names::day(now), &name)?;
            self.refused += 1;
            log.say(
                ("戻り", "returned"),
                &[
                    ("id", item.id.clone()),
                    ("to", item.destination.clone()),
                    ("status", item.status.clone()),
                    ("folder", self.relative(&place)),
                ],
            );
        }
        Ok(())
    }
}

/// The folders of an envelope among what was sent.
fn archived(sent: &Path, id: EnvelopeId) -> Result<Vec<PathBuf>, Failure> {
    let end = names::archive("", id);
    let mut found = Vec::new();
    for day in disk::list(sent)? {
        let day = sent.join(day);
        if !day.is_dir() {
            continue;
        }
        for name in disk::list(&day)?.into_iter().filter(|name| name.contains(&end)) {
            let folder = day.join(name);
            let facts = std::fs::read(folder.join(names::FACTS)).ok();
            let facts = facts.and_then(|json| serde_json::from_slice::<serde_json::Value>(&json).ok());
            if facts.is_some_and(|facts| facts["id"] == id.to_string()) {
                found.push(folder);
            }
        }
    }
    Ok(found)
}
