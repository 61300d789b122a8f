//! Acceptance notes, many to a message: the door's 202 waits for the confirm of its note.

use std::time::Duration;

use chassis::broker::{PublishError, Publisher};
use proto::AcceptanceNote;
use proto::note::NoteMessage;
use tokio::sync::{mpsc, oneshot};

/// Most notes in one message; about 60 kB of JSON.
const MOST: usize = 256;

type Waiting = (AcceptanceNote, oneshot::Sender<bool>);

/// A hand on the writer of notes.
#[derive(Clone)]
pub struct Notes {
    queue: mpsc::Sender<Waiting>,
}

/// The note is not known to be in the stream.
#[derive(Debug, thiserror::Error)]
#[error("the acceptance note was not confirmed")]
pub struct NotConfirmed;

impl Notes {
    /// Starts the writer; it ends when the last hand is dropped.
    #[must_use]
    pub fn start(publisher: Publisher, linger: Duration) -> Self {
        let (queue, waiting) = mpsc::channel(4 * MOST);
        tokio::spawn(write(publisher, waiting, linger));
        Self { queue }
    }

    /// Writes one note and waits for the broker's confirm.
    ///
    /// # Errors
    /// When the confirm did not come; the acceptance is not known then.
    pub async fn write(&self, note: AcceptanceNote) -> Result<(), NotConfirmed> {
        let (answer, confirmed) = oneshot::channel();
        self.queue.send((note, answer)).await.map_err(|_| NotConfirmed)?;
        match confirmed.await {
            Ok(true) => Ok(()),
            _ => Err(NotConfirmed),
        }
    }
}

async fn write(publisher: Publisher, mut waiting: mpsc::Receiver<Waiting>, linger: Duration) {
    while let Some(first) = waiting.recv().await {
        let mut batch = vec![first];
        let full = tokio::time::Instant::now() + linger;
        while batch.len() < MOST {
            match tokio::time::timeout_at(full, waiting.recv()).await {
                Ok(Some(next)) => batch.push(next),
                _ => break,
            }
        }
        let publisher = publisher.clone();
        // The next batch gathers while this one waits for its confirm.
        tokio::spawn(async move {
            let (notes, answers): (Vec<_>, Vec<_>) = batch.into_iter().unzip();
            let written = publish(&publisher, notes).await.is_ok();
            for answer in answers {
                // A door that no longer waits has answered 503 already.
                let _ = answer.send(written);
            }
        });
    }
}

async fn publish(publisher: &Publisher, notes: Vec<AcceptanceNote>) -> Result<(), PublishError> {
    let message_id = notes
        .first()
        .map(|note| note.acceptance.to_string())
        .unwrap_or_default();
    publisher
        .publish(NoteMessage::Notes(notes).publication(message_id))
        .await
}
