//! A bounded memory of what was found out about certificates.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Entries of one generation; two generations are kept, so at most twice as many (10,000 certificates of up to 8 kB).
const GENERATION: usize = 5_000;

type Digest = [u8; 32];

/// Two generations: when the young one is full it becomes the old one, and the old one is forgotten.
pub(super) struct Cache<T> {
    generations: Mutex<Generations<T>>,
}

struct Generations<T> {
    young: HashMap<Digest, Arc<T>>,
    old: HashMap<Digest, Arc<T>>,
}

impl<T> Default for Cache<T> {
    fn default() -> Self {
        let generations = Mutex::new(Generations {
            young: HashMap::new(),
            old: HashMap::new(),
        });
        Self { generations }
    }
}

impl<T> Cache<T> {
    pub(super) fn get(&self, digest: &Digest) -> Option<Arc<T>> {
        // Each step leaves the maps whole, so a panic elsewhere does not spoil them.
        let mut generations = self.generations.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = generations.young.get(digest) {
            return Some(Arc::clone(found));
        }
        let found = generations.old.remove(digest)?;
        generations.insert(*digest, Arc::clone(&found));
        Some(found)
    }

    pub(super) fn put(&self, digest: Digest, value: Arc<T>) {
        let mut generations = self.generations.lock().unwrap_or_else(PoisonError::into_inner);
        generations.insert(digest, value);
    }
}

impl<T> Generations<T> {
    fn insert(&mut self, digest: Digest, value: Arc<T>) {
        if GENERATION <= self.young.len() {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(digest, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_stays_bounded_and_keeps_what_is_used() {
        let cache = Cache::default();
        let digest = |number: u32| {
            let mut digest = [0; 32];
            digest[..4].copy_from_slice(&number.to_be_bytes());
            digest
        };
        for number in 0..5 * GENERATION as u32 {
            cache.put(digest(number), Arc::new(number));
            assert_eq!(cache.get(&digest(0)).as_deref(), Some(&0), "after {number}");
        }
        let generations = cache.generations.lock().unwrap();
        assert!(generations.young.len() + generations.old.len() <= 2 * GENERATION);
        drop(generations);
        assert_eq!(cache.get(&digest(1)), None);
    }
}
