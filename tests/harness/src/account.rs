//! The books of senders and receivers compared: what was lost, doubled, out of order. Pure.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use proto::{EnvelopeId, OfficeNumber, Status};

/// What a sender wrote down when it read a 202.
#[derive(Clone, Debug)]
pub struct Sent {
    /// The envelope.
    pub id: EnvelopeId,
    /// Who sent it; one sender sends the next after the 202 of the one before.
    pub sender: usize,
    /// To whom.
    pub destination: OfficeNumber,
    /// What must become of it.
    pub fate: Fate,
}

/// What must become of an accepted envelope.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It lies in the destination's inbox.
    Delivered,
    /// It came back.
    Rejected,
    /// Another envelope of the same sending stands for it.
    Duplicate,
    /// It was asked back: withdrawn, or handed out before.
    Recalled,
}

/// What a receiver found in its inbox, in the order of the positions.
#[derive(Clone, Debug)]
pub struct Received {
    /// The envelope.
    pub id: EnvelopeId,
    /// What the sending is, whatever its envelope: sender and sequence.
    pub sending: String,
    /// Its bytes make its id.
    pub whole: bool,
}

/// The account.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Account {
    /// Distinct ids that were accepted.
    pub accepted: usize,
    /// Those that have the end they must have.
    pub settled: usize,
    /// Accepted and not where they must be, or there with other bytes.
    pub lost: usize,
    /// Entries of an inbox that are there once too often.
    pub doubled: usize,
    /// Entries that stand before one whose 202 the same sender read earlier.
    pub out_of_order: usize,
}

impl Account {
    /// Whether all is as promised.
    #[must_use]
    pub fn is_good(&self) -> bool {
        self.accepted == self.settled && (self.lost, self.doubled, self.out_of_order) == (0, 0, 0)
    }
}

/// Compares. `statuses`: the ledger's word on each id.
#[must_use]
pub fn compare(
    sent: &[Sent],
    inboxes: &BTreeMap<OfficeNumber, Vec<Received>>,
    statuses: &HashMap<EnvelopeId, Status>,
) -> Account {
    let mut account = Account::default();
    let places: HashMap<(OfficeNumber, EnvelopeId), (usize, bool)> = inboxes
        .iter()
        .flat_map(|(office, inbox)| {
            let place = |(at, one): (usize, &Received)| ((*office, one.id), (at, one.whole));
            inbox.iter().enumerate().map(place).collect::<Vec<_>>()
        })
        .collect();
    let mut seen = BTreeSet::new();
    let mut last: HashMap<(usize, OfficeNumber), usize> = HashMap::new();
    for one in sent.iter().filter(|one| seen.insert(one.id)) {
        account.accepted += 1;
        let place = places.get(&(one.destination, one.id)).copied();
        let status = statuses.get(&one.id).copied();
        let arrived = place.is_some_and(|(_, whole)| whole) && status.is_some_and(Status::is_mailboxed);
        let (settled, lost) = match one.fate {
            Fate::Delivered => (arrived, !arrived),
            Fate::Rejected => (
                status == Some(Status::Rejected) && place.is_none(),
                status.is_none(),
            ),
            Fate::Duplicate => (
                status == Some(Status::Duplicate) && place.is_none(),
                status.is_none(),
            ),
            Fate::Recalled => (
                arrived || (status == Some(Status::Recalled) && place.is_none()),
                status.is_none() || place.is_some_and(|(_, whole)| !whole),
            ),
        };
        account.settled += usize::from(settled);
        account.lost += usize::from(lost);
        if let Some((at, _)) = place {
            let before = last.insert((one.sender, one.destination), at);
            account.out_of_order += usize::from(before.is_some_and(|before| at < before));
        }
    }
    for inbox in inboxes.values() {
        let ids: BTreeSet<_> = inbox.iter().map(|one| one.id).collect();
        let sendings: BTreeSet<_> = inbox.iter().map(|one| &one.sending).collect();
        account.doubled += inbox.len() - ids.len().min(sendings.len());
    }
    account
}

#[cfg(test)]
mod tests {
    use super::*;

    const SENDER: usize = 1;

    fn office() -> OfficeNumber {
        "0300000005".parse().unwrap()
    }

    fn id(text: &str) -> EnvelopeId {
        EnvelopeId::of(text.as_bytes())
    }

    fn sent(text: &str, fate: Fate) -> Sent {
        Sent {
            id: id(text),
            sender: SENDER,
            destination: office(),
            fate,
        }
    }

    fn received(text: &str, sending: &str, whole: bool) -> Received {
        Received {
            id: id(text),
            sending: sending.to_owned(),
            whole,
        }
    }

    fn account(sent: &[Sent], inbox: Vec<Received>, statuses: &[(&str, Status)]) -> Account {
        let statuses = statuses
            .iter()
            .map(|(text, status)| (id(text), *status))
            .collect();
        compare(sent, &[(office(), inbox)].into(), &statuses)
    }

    #[test]
    fn what_is_as_promised_is_good() {
        let sent = [
            sent("a", Fate::Delivered),
            sent("a", Fate::Delivered),
            sent("b", Fate::Rejected),
            sent("c", Fate::Duplicate),
            sent("d", Fate::Recalled),
            sent("e", Fate::Delivered),
        ];
        let inbox = vec![received("a", "1", true), received("e", "2", true)];
        let statuses = [
            ("a", Status::Delivered),
            ("b", Status::Rejected),
            ("c", Status::Duplicate),
            ("d", Status::Recalled),
            ("e", Status::Imported),
        ];
        let account = account(&sent, inbox, &statuses);
        assert!(account.is_good() && account.accepted == 5, "{account:?}");
    }

    #[test]
    fn each_fault_has_its_figure() {
        let two = [sent("a", Fate::Delivered), sent("b", Fate::Delivered)];
        let there = [("a", Status::Delivered), ("b", Status::Delivered)];
        let (a, b) = (received("a", "1", true), received("b", "2", true));
        let lost = account(&two, vec![a.clone()], &there);
        assert_eq!((lost.lost, lost.settled), (1, 1));
        let altered = account(&two, vec![a.clone(), received("b", "2", false)], &there);
        assert_eq!((altered.lost, altered.settled), (1, 1));
        let swapped = account(&two, vec![b.clone(), a.clone()], &there);
        assert_eq!((swapped.lost, swapped.out_of_order), (0, 1));
        let doubled = account(&two, vec![a.clone(), b.clone(), received("x", "2", true)], &there);
        assert_eq!((doubled.doubled, doubled.lost), (1, 0));
        let twice = account(&two, vec![a.clone(), b.clone(), b], &there);
        assert_eq!(twice.doubled, 1);
        assert!(!twice.is_good());
    }
}
