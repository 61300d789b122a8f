//! Parked messages: set aside for an operator, open until their id has an end.

use bytes::Bytes;
use proto::stamps::Headers;
use proto::{
    Acceptance, AcceptanceNote, EnvelopeId, Message, MessageType, OutcomeMessage, Stamps, Station, Status,
    Time,
};

use crate::enter::{Learned, note_of};
use crate::redrive::ParkedFilter;
use crate::sql::{Row, Transaction, values};
use crate::working::Working;
use crate::{Store, StoreError};

/// Header of the broker that names the queue a dead letter first came from.
const FIRST_DEATH_QUEUE: &str = "x-first-death-queue";

/// Most characters of an id in the table: a key of PostgreSQL has a largest size, and an id of the broker 255 bytes.
const LONGEST_ID: usize = 255;

/// A message as it was parked. Nothing in it but `body` and `headers` holds anything of the envelope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParkedRow {
    /// The message's id: an envelope's, or whatever poison bears.
    pub message_id: String,
    /// Its acceptance, 32 hex digits; empty if it bears none.
    pub acceptance: String,
    /// The station that parked it; through it goes the redrive.
    pub station: Station,
    /// The destination's number, or the words in its place.
    pub office: String,
    /// Why, in ASCII.
    pub cause: String,
    /// The key it was parked with.
    pub routing_key: String,
    /// The `type` property; empty if it had none.
    pub message_type: String,
    /// Its headers.
    pub headers: Headers,
    /// Its body.
    pub body: Bytes,
}

/// A parked message on the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parked {
    /// The message; its body is left out in lists.
    pub row: ParkedRow,
    /// When it was parked, by the table's last word.
    pub parked_at: Time,
    /// Whether an operator has marked it to be sent through its station again.
    pub redrive: bool,
    /// The operator's own limit of the redrive, messages a minute; none: the installation's.
    pub per_minute: Option<u32>,
    /// Size of the body in bytes.
    pub size: u64,
}

impl ParkedRow {
    /// What the queue `parked` holds: set aside by a station, or dead-lettered by the broker (then the queue it died in tells
    /// the station, and the broker is the cause). Only headers of the way are kept.
    #[must_use]
    pub fn of(message: &Message) -> Self {
        let header = |name: &str| message.headers.get(name).map(String::as_str);
        let known = |name: &String| proto::stamps::header::ALL.contains(&name.as_str());
        let died_in = header(FIRST_DEATH_QUEUE).unwrap_or_default();
        let dead = match died_in.split('.').next() {
            Some("submit") => Station::Ingest,
            Some("validation") => Station::Validation,
            Some("routing") => Station::Routing,
            _ => Station::Delivery,
        };
        let named = header(proto::stamps::header::STATION).and_then(|word| word.parse().ok());
        let mut row = Self {
            message_id: message.message_id.clone(),
            acceptance: String::new(),
            station: named.unwrap_or(dead),
            office: message.lane(),
            cause: header(proto::stamps::header::CAUSE).map_or_else(
                || format!("dead-lettered by the broker from {died_in}"),
                str::to_owned,
            ),
            routing_key: message.routing_key.clone(),
            message_type: message.message_type.map_or("", MessageType::as_str).to_owned(),
            headers: message
                .headers
                .iter()
                .filter(|(name, _)| known(name))
                .map(|(name, text)| (name.clone(), text.clone()))
                .collect(),
            body: message.body.clone(),
        };
        // An outcome's stands in its body; what is no message of the way may still bear one.
        let borne = || header(proto::stamps::header::ACCEPTANCE)?.parse().ok();
        let acceptance: Option<Acceptance> = row.note().map(|(note, _)| note.acceptance).or_else(borne);
        row.acceptance = acceptance.map_or_else(String::new, |acceptance| acceptance.to_string());
        row
    }

    /// The message as its station read it, to be sent through that station again.
    #[must_use]
    pub fn message(&self) -> Message {
        Message {
            queue: proto::topology::PARKED_QUEUE.to_owned(),
            routing_key: self.routing_key.clone(),
            message_id: self.message_id.clone(),
            message_type: MessageType::from_word(&self.message_type),
            user_id: None,
            headers: self.headers.clone(),
            delivery_count: 0,
            body: self.body.clone(),
        }
    }

    /// The acceptance it belongs to and which process of the door took it, if it tells.
    fn note(&self) -> Option<(AcceptanceNote, String)> {
        if self.message_type == MessageType::Outcome.as_str() {
            let outcome: OutcomeMessage = serde_json::from_slice(&self.body).ok()?;
            let by = outcome.accepted.by.clone();
            return Some((Learned::Outcome(Box::new(outcome)).note(), by));
        }
        let id: EnvelopeId = self.message_id.parse().ok()?;
        let stamps = Stamps::from_headers(&self.headers).ok()?;
        Some((note_of(id, &stamps), stamps.accepted.by))
    }
}

pub(crate) const LIST: &str =
    "SELECT message_id, acceptance, station, office, cause, routing_key, message_type, headers, parked_at,
    state, CAST(length(body) AS BIGINT), per_minute";

impl Store {
    /// Sets a message aside. Parked again it is the same row, open again. False: its acceptance had an end already, so the
    /// copy was discarded. Whatever it contains finds its place: without a word in the ledger, or with nothing but id and
    /// body, when the database takes it in no other way.
    ///
    /// # Errors
    /// When the database does not answer; never for what stands in the row.
    pub async fn park(&self, row: &ParkedRow, by: &str, now: Time) -> Result<bool, StoreError> {
        match self.park_with_ledger(row, by, now).await {
            Err(error) if error.is_data() => {}
            other => return other,
        }
        match self.park_alone(row, now).await {
            Err(error) if error.is_data() => {}
            other => return other.map(|()| true),
        }
        let bare = ParkedRow {
            message_id: row.message_id.clone(),
            acceptance: String::new(),
            station: row.station,
            office: "unknown".to_owned(),
            cause: "the store takes neither its headers nor its cause".to_owned(),
            routing_key: String::new(),
            message_type: String::new(),
            headers: Headers::new(),
            body: row.body.clone(),
        };
        self.park_alone(&bare, now).await.map(|()| true)
    }

    async fn park_alone(&self, row: &ParkedRow, now: Time) -> Result<(), StoreError> {
        let mut open = self.pool.begin().await?;
        insert(&mut open, row, now).await?;
        open.commit().await
    }

    async fn park_with_ledger(&self, row: &ParkedRow, by: &str, now: Time) -> Result<bool, StoreError> {
        let mut open = self.pool.begin().await?;
        let mut changed = Vec::new();
        let told = match row.note() {
            Some(told) => Some(told),
            None => known(&mut open, row).await?,
        };
        if let Some((note, accepted_by)) = told {
            let id = note.id;
            let notes = std::slice::from_ref(&note);
            let mut working = Working::load(&mut open, &[note.sender].into(), notes, &[]).await?;
            if !working.arrive(&note, &accepted_by, now)? {
                working.write(&mut open).await?;
                open.commit().await?;
                return Ok(false);
            }
            if working.row(id)?.status != Status::Parked {
                working.step(id, Status::Parked, now, by)?;
                working.move_up(id)?;
            }
            changed = working.write(&mut open).await?;
        }
        insert(&mut open, row, now).await?;
        open.commit().await?;
        self.arrivals.wake(changed.iter());
        Ok(true)
    }

    /// Parked messages, oldest first, without their bodies.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn parked_list(&self, limit: u32) -> Result<Vec<Parked>, StoreError> {
        self.parked_where(&ParkedFilter::default(), limit).await
    }

    /// What is parked under this id, bodies included.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn parked(&self, message_id: &str) -> Result<Vec<Parked>, StoreError> {
        let sql = format!("{LIST}, body FROM parked WHERE message_id = $1 ORDER BY parked_at");
        let rows = self.pool.rows(&sql, &values![message_id]).await?;
        rows.iter().map(with_body).collect()
    }
}

/// The acceptance as the door's note told it, for a message whose other stamps cannot be read.
async fn known(
    open: &mut Transaction,
    row: &ParkedRow,
) -> Result<Option<(AcceptanceNote, String)>, StoreError> {
    let Ok(acceptance) = row.acceptance.parse() else {
        return Ok(None);
    };
    let rows = open.acceptance_rows(&[acceptance]).await?;
    let note = rows.into_iter().map(|row| row.note).next();
    let note = note.filter(|note| note.id.to_string() == row.message_id);
    Ok(note.map(|note| (note, Station::Ingest.as_str().to_owned())))
}

async fn insert(open: &mut Transaction, row: &ParkedRow, now: Time) -> Result<(), StoreError> {
    let headers = serde_json::to_string(&row.headers).unwrap_or_default();
    // PostgreSQL takes no NUL in texts, and what is set aside as poison must find its place.
    let (message_id, acceptance) = (plain(&row.message_id), plain(&row.acceptance));
    let (routing_key, message_type) = (plain(&row.routing_key), plain(&row.message_type));
    let (office, cause) = (plain(&row.office), plain(&row.cause));
    let message_id: String = message_id.chars().take(LONGEST_ID).collect();
    open.run(
        "INSERT INTO parked (message_id, acceptance, station, office, cause, routing_key, message_type, headers, body,
             state, per_minute, parked_at, changed_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'open', NULL, $10, $10)
         ON CONFLICT (message_id, acceptance) DO UPDATE SET station = excluded.station, office = excluded.office,
             cause = excluded.cause, routing_key = excluded.routing_key, message_type = excluded.message_type,
             headers = excluded.headers, body = excluded.body, state = excluded.state, per_minute = excluded.per_minute,
             parked_at = excluded.parked_at, changed_at = excluded.changed_at",
        &values![
            &message_id,
            &acceptance,
            row.station.as_str(),
            &office,
            &cause,
            &routing_key,
            &message_type,
            &headers,
            &row.body[..],
            now,
        ],
    )
    .await?;
    Ok(())
}

/// The operator's own limit of a redrive, in this column.
pub(crate) fn pace(row: &Row, column: usize) -> Result<Option<u32>, StoreError> {
    Ok(row.maybe_int(column)?.and_then(|most| u32::try_from(most).ok()))
}

/// What PostgreSQL takes as a text.
pub(crate) fn plain(text: &str) -> String {
    text.replace('\0', "?")
}

/// A row of [`LIST`] and its body after it.
pub(crate) fn with_body(row: &Row) -> Result<Parked, StoreError> {
    read(row, Bytes::from(row.bytes(12)?))
}

/// A row of [`LIST`].
pub(crate) fn read(row: &Row, body: Bytes) -> Result<Parked, StoreError> {
    Ok(Parked {
        row: ParkedRow {
            message_id: row.text(0)?,
            acceptance: row.text(1)?,
            station: row.word(2, "station")?,
            office: row.text(3)?,
            cause: row.text(4)?,
            routing_key: row.text(5)?,
            message_type: row.text(6)?,
            headers: serde_json::from_str(&row.text(7)?).map_err(|_| StoreError::Unreadable("headers"))?,
            body,
        },
        parked_at: row.time(8)?,
        redrive: row.text(9)? == "redrive",
        per_minute: pace(row, 11)?,
        size: u64::try_from(row.int(10)?).unwrap_or(0),
    })
}
