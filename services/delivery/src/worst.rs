//! A gauge of seconds by holder. Vendors are told apart, offices are not: a label is never an office.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use chassis::metrics::GaugeVec;
use proto::{Channel, Holder};

/// The label all offices' own share.
const OFFICES: &str = "office";

/// Tells the worst of each label, and 0 of those not named any more.
#[derive(Clone)]
pub(crate) struct Worst {
    gauge: GaugeVec,
    told: Arc<Mutex<BTreeSet<String>>>,
}

impl Worst {
    /// With a gauge of one label; what rises from nothing at all is not seen to rise.
    pub(crate) fn of(gauge: GaugeVec) -> Self {
        gauge.with(&[OFFICES]).set(0.0);
        Self {
            gauge,
            told: Arc::default(),
        }
    }

    /// Tells all of them.
    pub(crate) fn tell<'a>(&self, all: impl Iterator<Item = (&'a Channel, f64)>) {
        let mut worst: BTreeMap<String, f64> = BTreeMap::new();
        for (name, seconds) in all {
            let label = match name.holder() {
                Holder::Vendor(_) => name.to_string(),
                _ => OFFICES.to_owned(),
            };
            let entry = worst.entry(label).or_default();
            *entry = entry.max(seconds);
        }
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        for gone in told.iter().filter(|label| !worst.contains_key(*label)) {
            self.gauge.with(&[gone]).set(0.0);
        }
        for (label, seconds) in &worst {
            self.gauge.with(&[label]).set(*seconds);
        }
        *told = worst.into_keys().collect();
    }
}
