//! A snapshot of the directory: facts as young as the caller needs them, without asking the database each time.
//!
//! It may only say yes: before any refusal the caller asks again with [`Freshness::Now`].

use std::collections::HashMap;
use std::future::Future;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use proto::{Holder, OfficeNumber, Right, Time};

use crate::{CertificateFacts, OfficeFacts, Store, StoreError};

/// How young a fact must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Freshness {
    /// As old as the snapshot allows.
    Cached,
    /// Read after this instant.
    NewerThan(Time),
    /// Read now.
    Now,
}

/// Facts of the directory, each kept for a while. Clones share them.
#[derive(Clone)]
pub struct Snapshot {
    store: Store,
    max_age: Duration,
    offices: Facts<OfficeNumber, Option<OfficeFacts>>,
    certificates: Facts<String, Option<CertificateFacts>>,
    rights: Facts<(OfficeNumber, Holder, Right), bool>,
}

impl Snapshot {
    /// A snapshot whose facts are at most `max_age` old.
    #[must_use]
    pub fn new(store: Store, max_age: Duration) -> Self {
        Self {
            store,
            max_age,
            offices: Facts::default(),
            certificates: Facts::default(),
            rights: Facts::default(),
        }
    }

    /// The store behind it.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// The office of this number.
    ///
    /// # Errors
    /// When the fact is not at hand and the database does not answer.
    pub async fn office(
        &self,
        number: OfficeNumber,
        freshness: Freshness,
    ) -> Result<Option<OfficeFacts>, StoreError> {
        self.offices
            .get(number, freshness, self.max_age, self.store.office(number))
            .await
    }

    /// The certificate with this fingerprint.
    ///
    /// # Errors
    /// When the fact is not at hand and the database does not answer.
    pub async fn certificate(
        &self,
        fingerprint: &str,
        freshness: Freshness,
    ) -> Result<Option<CertificateFacts>, StoreError> {
        let asked = self.store.certificate(fingerprint);
        self.certificates
            .get(fingerprint.to_owned(), freshness, self.max_age, asked)
            .await
    }

    /// Whether the holder may do this for the office at that time, before a refusal: a no of the snapshot is asked again afresh.
    ///
    /// # Errors
    /// When the fact is not at hand and the database does not answer.
    pub async fn may_act_after_all(
        &self,
        office: OfficeNumber,
        holder: &Holder,
        right: Right,
        at: Time,
    ) -> Result<bool, StoreError> {
        Ok(self.may_act(office, holder, right, at, Freshness::Cached).await?
            || self.may_act(office, holder, right, at, Freshness::Now).await?)
    }

    /// Whether the holder may do this for the office at that time. A cached answer was judged at another instant, at most
    /// the snapshot's age (or, with [`Freshness::NewerThan`], the time since) away.
    ///
    /// # Errors
    /// When the fact is not at hand and the database does not answer.
    pub async fn may_act(
        &self,
        office: OfficeNumber,
        holder: &Holder,
        right: Right,
        at: Time,
        freshness: Freshness,
    ) -> Result<bool, StoreError> {
        if holder.office() == Some(office) {
            return Ok(true);
        }
        let asked = self.store.may_act(office, holder, right, at);
        self.rights
            .get((office, holder.clone(), right), freshness, self.max_age, asked)
            .await
    }
}

/// Facts of one kind, bounded.
struct Facts<K, V>(Arc<Mutex<HashMap<K, Fact<V>>>>);

struct Fact<V> {
    value: V,
    asked: Instant,
    asked_at: Time,
}

/// Enough for every office of the country to be busy at once.
const MOST: usize = 300_000;

impl<K: Eq + Hash, V: Clone> Facts<K, V> {
    async fn get(
        &self,
        key: K,
        freshness: Freshness,
        max_age: Duration,
        ask: impl Future<Output = Result<V, StoreError>>,
    ) -> Result<V, StoreError> {
        if let Some(value) = self.at_hand(&key, freshness, max_age) {
            return Ok(value);
        }
        // The fact is as old as the question, not as the answer.
        let (asked, asked_at) = (Instant::now(), now());
        let value = ask.await?;
        let mut facts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if MOST <= facts.len() {
            facts.retain(|_, fact| fact.asked.elapsed() < max_age);
        }
        if MOST <= facts.len() {
            facts.clear();
        }
        let fact = Fact {
            value: value.clone(),
            asked,
            asked_at,
        };
        // A slower, older question must not overwrite a younger answer.
        if facts.get(&key).is_none_or(|known| known.asked <= asked) {
            facts.insert(key, fact);
        }
        Ok(value)
    }

    fn at_hand(&self, key: &K, freshness: Freshness, max_age: Duration) -> Option<V> {
        let facts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let fact = facts.get(key)?;
        let young = fact.asked.elapsed() <= max_age
            && match freshness {
                Freshness::Cached => true,
                Freshness::NewerThan(at) => at < fact.asked_at,
                Freshness::Now => false,
            };
        young.then(|| fact.value.clone())
    }
}

impl<K, V> Clone for Facts<K, V> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<K, V> Default for Facts<K, V> {
    fn default() -> Self {
        Self(Arc::default())
    }
}

fn now() -> Time {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Time::from_micros(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
}
