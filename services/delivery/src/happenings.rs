//! `GET /v1/events`: what happens for an office, as server-sent events, ids only.
//!
//! The `id` of an event says how far both lists were told, so a client that comes back with it misses nothing, at whichever
//! replica. Nothing here waits for ever: rights are judged again before anything is told, and at every heartbeat.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::time::Duration;

use axum::Extension;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::sse::{Event, Sse};
use axum::response::{IntoResponse, Response};
use chassis::process;
use door::{Closing, Peer, Refused};
use futures_util::stream::unfold;
use proto::{Happening, Right};
use serde::Deserialize;
use store::Marks;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::{Instant, sleep_until};

use crate::door::{DeliveryState, store_error};
use crate::inbox::malformed;
use crate::reader::Reader;

/// Between two signs of life, and two looks at the reader's rights.
const HEARTBEAT: Duration = Duration::from_secs(10);

/// What a client waits before it comes back.
const COME_BACK: Duration = Duration::from_secs(2);

/// The same when there was no place.
const COME_BACK_LATER: Duration = Duration::from_secs(15);

/// Happenings read at once, of each list.
const PAGE: u32 = 100;

/// Query of the stream.
#[derive(Deserialize)]
pub struct EventsQuery {
    after: Option<String>,
}

/// A stream that is open.
struct Open {
    state: DeliveryState,
    reader: Reader,
    peer: Peer,
    closing: Closing,
    /// How far was told.
    marks: Marks,
    told: Told,
    waiting: VecDeque<(Happening, Marks)>,
    /// When to give the next sign of life.
    heartbeat: Instant,
    /// None: there was no place, so it ends as soon as all is told.
    place: Option<OwnedSemaphorePermit>,
}

/// What the stream has said of itself.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Told {
    Nothing,
    /// Where it begins, so that who is cut off before the first event comes back to there.
    Begin,
    /// That it ends, and why.
    End,
}

/// Why a stream ends, the closed set of `reason`.
#[derive(Clone, Copy)]
enum Reason {
    /// The relay asks for another connection, by its age or because it goes down.
    Reconnect,
    /// The certificate or the delegation does not count any more.
    Rights,
    /// The relay cannot look now.
    Unavailable,
}

/// `GET /v1/events`: behind `Last-Event-ID`, else behind `after`, else from now on.
pub async fn follow(
    State(state): State<DeliveryState>,
    Extension(peer): Extension<Peer>,
    Extension(closing): Extension<Closing>,
    reader: Reader,
    Query(query): Query<EventsQuery>,
    headers: HeaderMap,
) -> Result<Response, Refused> {
    let last = match headers.get("last-event-id") {
        None => query.after,
        Some(value) => Some(value.to_str().map_err(|_| malformed("Last-Event-ID"))?.to_owned()),
    };
    let marks = match last.as_deref() {
        None | Some("") => state.store.list_ends(reader.office).await,
        Some(text) => Ok(text.parse().map_err(|_| malformed("after"))?),
    };
    let place = state.long_polls.clone().try_acquire_owned().ok();
    let open = Open {
        marks: marks.map_err(|error| store_error(&error))?,
        state,
        reader,
        peer,
        closing,
        told: Told::Nothing,
        waiting: VecDeque::new(),
        heartbeat: Instant::now() + HEARTBEAT,
        place,
    };
    let mut response = Sse::new(unfold(open, next)).into_response();
    let headers = response.headers_mut();
    headers.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("private, no-store"),
    );
    // A proxy that gathers an answer before it hands it on would hold up every event.
    let unbuffered = HeaderName::from_static("x-accel-buffering");
    headers.insert(unbuffered, HeaderValue::from_static("no"));
    Ok(response)
}

/// What the stream says next.
async fn next(mut open: Open) -> Option<(Result<Event, Infallible>, Open)> {
    let event = match open.told {
        Told::End => return None,
        Told::Nothing => {
            open.told = Told::Begin;
            let pause = if open.place.is_some() {
                COME_BACK
            } else {
                COME_BACK_LATER
            };
            Event::default().id(open.marks.to_string()).retry(pause)
        }
        Told::Begin => open.event().await?,
    };
    Some((Ok(event), open))
}

impl Open {
    async fn event(&mut self) -> Option<Event> {
        loop {
            if let Some((happening, marks)) = self.waiting.pop_front() {
                self.marks = marks;
                return Some(told(&happening, marks));
            }
            // Who catches up with much does not hold up the end.
            if self.state.shutdown.begun() || self.closing.begun() {
                return Some(self.end(Reason::Reconnect));
            }
            // Listened for before reading, so that nothing slips in between.
            let changed = self.state.store.changed(self.reader.office);
            let read = self.state.store.happened(self.reader.office, self.marks, PAGE);
            match read.await {
                Ok(happened) if happened.items.is_empty() => self.marks = happened.end,
                Ok(happened) => {
                    if let Err(reason) = self.still_may().await {
                        return Some(self.end(reason));
                    }
                    self.waiting = happened.items.into();
                    continue;
                }
                Err(error) => {
                    tracing::warn!(error = %error, "a stream of events could not go on");
                    return Some(self.end(Reason::Unavailable));
                }
            }
            self.place.as_ref()?;
            tokio::select! {
                () = changed => {}
                () = self.state.shutdown.wait() => return Some(self.end(Reason::Reconnect)),
                () = self.closing.wait() => return Some(self.end(Reason::Reconnect)),
                () = sleep_until(self.heartbeat) => {
                    self.heartbeat = Instant::now() + HEARTBEAT;
                    if let Err(reason) = self.still_may().await {
                        return Some(self.end(reason));
                    }
                    // The mark may have moved past what is not told.
                    return Some(Event::default().comment("").id(self.marks.to_string()));
                }
            }
        }
    }

    /// Whether certificate and delegation still count, by the trust and the directory of this moment.
    async fn still_may(&self) -> Result<(), Reason> {
        let caller = self.state.gate.identify(&self.peer).await.map_err(|refused| {
            if refused.status().is_server_error() {
                Reason::Unavailable
            } else {
                Reason::Rights
            }
        })?;
        let may = self.state.snapshot.may_act_after_all(
            self.reader.office,
            &caller.holder,
            Right::Read,
            process::now(),
        );
        match may.await {
            Ok(true) if caller.holder == self.reader.holder => Ok(()),
            Ok(_) => Err(Reason::Rights),
            Err(_) => Err(Reason::Unavailable),
        }
    }

    /// The last event; without an `id`, so that the client comes back to where it was.
    fn end(&mut self, reason: Reason) -> Event {
        self.told = Told::End;
        let word = match reason {
            Reason::Reconnect => "reconnect",
            Reason::Rights => "rights",
            Reason::Unavailable => "unavailable",
        };
        Event::default()
            .event("end")
            .data(format!("{{\"reason\":\"{word}\"}}"))
    }
}

fn told(happening: &Happening, marks: Marks) -> Event {
    // A shape with nothing JSON cannot say.
    let data = serde_json::to_string(happening).unwrap_or_default();
    Event::default()
        .event(happening.kind.as_str())
        .id(marks.to_string())
        .data(data)
}
