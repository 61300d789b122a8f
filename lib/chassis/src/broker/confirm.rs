//! Publishes in flight on one channel, and which answer belongs to which.
//!
//! The client library hangs a returned message on whichever confirm completes next, so an answer is trusted only after
//! every return that came before it is known: returns are resolved by message id, for all in flight with that id.
//! Pure: no channel, no clock of its own.

use std::collections::BTreeMap;

use tokio::sync::oneshot;
use tokio::time::Instant;

use super::error::PublishError;

/// The answer to one publish.
pub(super) type Answer = Result<(), PublishError>;

/// Publishes whose confirm has not come, oldest first.
pub(super) struct Flight {
    entries: BTreeMap<u64, Entry>,
    next: u64,
}

struct Entry {
    id: String,
    deadline: Instant,
    returned: bool,
    reply: oneshot::Sender<Answer>,
}

impl Flight {
    pub(super) fn new() -> Self {
        Self {
            entries: BTreeMap::new(),
            next: 0,
        }
    }

    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    /// A publish leaves; gives its number.
    pub(super) fn leave(&mut self, id: String, deadline: Instant, reply: oneshot::Sender<Answer>) -> u64 {
        let number = self.next;
        self.next += 1;
        let entry = Entry {
            id,
            deadline,
            returned: false,
            reply,
        };
        self.entries.insert(number, entry);
        number
    }

    /// A message of this id came back: none in flight with that id is known to be stored.
    pub(super) fn returned(&mut self, id: &str) {
        for entry in self.entries.values_mut().filter(|entry| entry.id == id) {
            entry.returned = true;
        }
    }

    /// The confirm of a publish came, and every return before it was told.
    pub(super) fn arrive(&mut self, number: u64, answer: Answer) -> Option<Answer> {
        let entry = self.entries.remove(&number)?;
        let answer = match answer {
            Ok(()) if entry.returned => Err(PublishError::Returned),
            answer => answer,
        };
        // Nobody waits any more: the publish is as good as unanswered, and will be repeated.
        let _ = entry.reply.send(answer);
        Some(answer)
    }

    /// When the oldest publish must be given up.
    pub(super) fn deadline(&self) -> Option<Instant> {
        // All have the same time, so the first that left is the first to be given up.
        self.entries.values().next().map(|entry| entry.deadline)
    }

    /// The channel is gone: nothing in flight is known to be stored.
    pub(super) fn fail(&mut self, error: PublishError) {
        for (_, entry) in std::mem::take(&mut self.entries) {
            let _ = entry.reply.send(Err(error));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_return_belongs_to_its_id_and_not_to_the_confirm_it_hangs_on() {
        let mut flight = Flight::new();
        let deadline = Instant::now();
        let mut leave = |id: &str| {
            let (reply, answer) = oneshot::channel();
            (flight.leave(id.to_owned(), deadline, reply), answer)
        };
        let (first, mut first_answer) = leave("a");
        let (second, mut second_answer) = leave("b");
        let (twin, mut twin_answer) = leave("b");
        // The return of b hangs on a's confirm.
        flight.returned("b");
        flight.arrive(first, Ok(()));
        flight.arrive(twin, Ok(()));
        flight.arrive(second, Ok(()));
        assert_eq!(first_answer.try_recv().unwrap(), Ok(()));
        assert_eq!(second_answer.try_recv().unwrap(), Err(PublishError::Returned));
        assert_eq!(twin_answer.try_recv().unwrap(), Err(PublishError::Returned));
        assert_eq!(flight.len(), 0);
    }

    #[test]
    fn what_is_in_flight_when_the_channel_ends_is_not_known_to_be_stored() {
        let mut flight = Flight::new();
        let (reply, mut answer) = oneshot::channel();
        let number = flight.leave("a".to_owned(), Instant::now(), reply);
        flight.fail(PublishError::Unavailable);
        assert_eq!(answer.try_recv().unwrap(), Err(PublishError::Unavailable));
        assert_eq!(
            flight.arrive(number, Ok(())),
            None,
            "a late confirm changes nothing"
        );
    }
}
