//! The outbox: what lies there is taken when it is quiet, checked, sealed, sent and put away.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use parcel::Rules;
use proto::{OfficeNumber, Time};
use seal::Sealer;
use serde_json::json;

use super::disk;
use super::log::{Log, codes};
use super::names;
use super::piles::Terms;
use super::quiet::Watched;
use super::reason;
use crate::commands::send;
use crate::connection::Connection;
use crate::failure::{Exit, Failure};
use crate::outbox::{Order, Outbox};
use crate::settings::Settings;
use crate::{grouping, selection};

/// The outbox of an office.
pub struct Outgoing<'a> {
    pub(super) folder: PathBuf,
    pub(super) own: PathBuf,
    pub(super) terms: Terms,
    settings: &'a Settings,
    rules: &'a Rules,
    pub(super) watched: Watched,
    checked: HashSet<String>,
    /// How many were refused.
    pub refused: u64,
}

impl<'a> Outgoing<'a> {
    /// Takes up where the last run ended: what was being taken goes back, what was seen is known.
    ///
    /// # Errors
    /// The folder cannot be read or written.
    pub fn open(
        folder: &Path,
        terms: Terms,
        settings: &'a Settings,
        rules: &'a Rules,
    ) -> Result<Self, Failure> {
        let own = folder.join(names::OWN);
        let watched = std::fs::read(own.join("seen.json")).ok();
        let outgoing = Self {
            folder: folder.to_owned(),
            terms,
            settings,
            rules,
            watched: watched
                .and_then(|json| serde_json::from_slice(&json).ok())
                .unwrap_or_default(),
            own,
            checked: HashSet::new(),
            refused: 0,
        };
        let sending = outgoing.sending();
        disk::make(&sending)?;
        for name in disk::list(&sending)? {
            if let Some(key) = name.strip_suffix(".part") {
                outgoing.put_back(key)?;
            }
        }
        Ok(outgoing)
    }

    /// The folder itself.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Puts aside what cannot be sent, by the check alone.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn check(&mut self, log: &Log<'_>, now: Time) -> Result<(), Failure> {
        for key in self.claimed()? {
            if self.checked.contains(&key) {
                continue;
            }
            match self.order(&key)? {
                Ok(order) => match send::warnings(&order, self.rules, now) {
                    Ok(_) => {
                        self.checked.insert(key);
                    }
                    Err(failure) => self.refuse(&key, &failure, log, now)?,
                },
                Err(failure) => self.refuse(&key, &failure, log, now)?,
            }
        }
        Ok(())
    }

    /// Sends what was taken and checked, in its order, and puts it away.
    ///
    /// # Errors
    /// The relay is out of reach, or the certificate does not do: what is left is sent in a later round.
    pub async fn send(
        &mut self,
        connection: &Connection,
        log: &Log<'_>,
        now: impl Fn() -> Time,
    ) -> Result<(), Failure> {
        let claimed = self.claimed()?;
        if claimed.is_empty() {
            return Ok(());
        }
        // Read anew each time: certificates are renewed while the agent runs.
        let sealer = Sealer::from_pem(&self.settings.certificate()?, &self.settings.key()?)?;
        let outbox = Outbox::open(self.settings.state_dir(), now())?;
        for key in claimed {
            let Ok(order) = self.order(&key)? else {
                continue;
            };
            let sealed = outbox.sealed(&order, &sealer, now(), false)?;
            let accepted = match send::submit(connection, &sealed).await {
                Ok(accepted) => accepted,
                Err(failure) if failure.exit() == Exit::Refused => {
                    self.refuse(&key, &failure, log, now())?;
                    continue;
                }
                Err(failure) => return Err(failure),
            };
            outbox.accepted(&sealed, &accepted)?;
            let facts = json!({
                "id": sealed.id,
                "sender": order.sender,
                "destination": order.destination,
                "sequence": sealed.sequence,
                "accepted_at": accepted.accepted_at,
                "files": order.files.iter().map(|(name, _)| name).collect::<Vec<_>>(),
            });
            let folder = self.sending().join(&key);
            disk::write(&folder.join(names::FACTS), facts.to_string().as_bytes())?;
            let name = names::archive(&sealed.sequence, sealed.id);
            let base = self.folder.join(names::SENT);
            let place = disk::put(&folder, &base, &names::day(now()), &name)?;
            self.checked.remove(&key);
            log.say(
                ("送信", "sent"),
                &[
                    ("id", sealed.id.to_string()),
                    ("to", order.destination.to_string()),
                    ("sequence", sealed.sequence.clone()),
                    ("files", order.files.len().to_string()),
                    ("folder", self.relative(&place)),
                ],
            );
        }
        Ok(())
    }

    /// A path as it stands in the log.
    pub(super) fn relative(&self, place: &Path) -> String {
        place
            .strip_prefix(&self.folder)
            .unwrap_or(place)
            .display()
            .to_string()
    }

    pub(super) fn sending(&self) -> PathBuf {
        self.own.join("sending")
    }

    /// What a claim comes to, or why it cannot be sent.
    fn order(&self, key: &str) -> Result<Result<Order, Failure>, Failure> {
        let folder = self.sending().join(key);
        let mut paths: Vec<PathBuf> = disk::list(&folder)?
            .into_iter()
            .filter(|name| !name.starts_with('.') && !names::is_own(name))
            .map(|name| folder.join(name))
            .collect();
        paths.sort();
        let mut files = Vec::with_capacity(paths.len());
        for path in &paths {
            let size = std::fs::metadata(path).map_err(Failure::read(path))?.len();
            if self.rules.limits.unpacked_bytes < size {
                let problem = proto::Problem::new(&proto::codes::ZIP_UNPACKED).with_value(size.to_string());
                let problem = problem.in_file(&selection::name(path)?);
                return Ok(Err(Failure::Problems(vec![problem])));
            }
            files.push(selection::file(path)?);
        }
        let names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
        let to = names::claimed_for(key);
        let sendings = grouping::sendings(&names, to, None).unwrap_or_default();
        let ([sending], Some(_)) = (sendings.as_slice(), to) else {
            return Ok(Err(unassigned()));
        };
        Ok(Ok(Order {
            sender: self.settings.office()?,
            destination: sending.destination,
            sequence: sending.sequence.clone(),
            message: None,
            software: Some(self.settings.software()),
            files,
        }))
    }

    fn refuse(&mut self, key: &str, failure: &Failure, log: &Log<'_>, now: Time) -> Result<(), Failure> {
        let folder = self.sending().join(key);
        disk::write(&folder.join(names::REASON), &reason::not_sent(failure))?;
        let place = disk::put(&folder, &self.folder.join(names::ERROR), &names::day(now), key)?;
        self.checked.remove(key);
        self.refused += 1;
        let to = names::claimed_for(key).map_or_else(|| "-".to_owned(), |to: OfficeNumber| to.to_string());
        log.say(
            ("送信できません", "refused"),
            &[
                ("to", to),
                ("codes", codes(failure)),
                ("folder", self.relative(&place)),
            ],
        );
        Ok(())
    }
}

fn unassigned() -> Failure {
    Failure::usage(
        "どの送信に付けるファイルか決められません。標準仕様のファイルと添付を、送信ごとに、送信フォルダの中の一つのフォルダに入れてください。添付だけを送るときは、宛先の事業所番号（10桁）を名前にしたフォルダに入れてください。標準仕様のファイルの名前は変えないでください。",
        "it cannot be told which sending these files belong to: put the files of the standard and the attachments of one sending into a folder of their own in the outbox; to send attachments alone, into a folder named with the destination's ten digits; do not rename files of the standard",
    )
}
