//! Real standard files of invented persons, and envelopes made of them.

use std::sync::atomic::{AtomicI64, Ordering};

use jiff::civil::DateTime;
use parcel::Draft;
use proto::{OfficeNumber, Time};
use standard::generate::{GenSpec, Size, UnitKind, generate};

/// A sending unit ready to be packed.
#[derive(Clone, Debug)]
pub struct Unit {
    /// Sender of the names.
    pub sender: OfficeNumber,
    /// Destination of the names.
    pub destination: OfficeNumber,
    /// 14 digits.
    pub sequence: String,
    /// Names and bytes.
    pub files: Vec<(String, Vec<u8>)>,
}

/// A new 14-digit sequence on every call: a second later each.
#[must_use]
pub fn next_sequence() -> String {
    static SECONDS: AtomicI64 = AtomicI64::new(0);
    let base = DateTime::constant(2025, 4, 1, 9, 30, 0, 0);
    let seconds = jiff::SignedDuration::from_secs(SECONDS.fetch_add(1, Ordering::Relaxed));
    base.checked_add(seconds).unwrap_or(base).strftime("%Y%m%d%H%M%S").to_string()
}

impl Unit {
    /// Tables 6 and 7 of April 2025 from a care support office (43) to a provider of this kind.
    #[must_use]
    pub fn plan(sender: OfficeNumber, destination: OfficeNumber, destination_kind: &str, size: Size) -> Self {
        Self::make(UnitKind::Usage, (sender, "43"), (destination, destination_kind), size)
    }

    /// Results of April 2025 from a provider of this kind back to the care support office.
    #[must_use]
    pub fn actuals(sender: OfficeNumber, sender_kind: &str, destination: OfficeNumber, size: Size) -> Self {
        Self::make(UnitKind::Results, (sender, sender_kind), (destination, "43"), size)
    }

    /// Any unit.
    #[must_use]
    pub fn make(unit: UnitKind, sender: (OfficeNumber, &str), destination: (OfficeNumber, &str), size: Size) -> Self {
        let sequence = next_sequence();
        let spec = GenSpec {
            sender: sender.0.to_string(),
            sender_kind: sender.1.to_owned(),
            destination: destination.0.to_string(),
            destination_kind: destination.1.to_owned(),
            unit,
            month: "202504".to_owned(),
            sequence: sequence.clone(),
            size,
            units: 1,
        };
        let seed = sequence.bytes().fold(7_u64, |seed, byte| seed.wrapping_mul(31).wrapping_add(u64::from(byte)));
        let files = generate(seed, &spec).into_iter().flat_map(|unit| unit.files).collect();
        Self { sender: sender.0, destination: destination.0, sequence, files }
    }

    /// The envelope's draft, made now.
    #[must_use]
    pub fn draft(&self) -> Draft {
        Draft {
            sender: self.sender,
            destination: self.destination,
            sequence: self.sequence.clone(),
            created_at: now(),
            message: None,
            files: self.files.clone(),
        }
    }
}

/// Now, in whole seconds.
#[must_use]
pub fn now() -> Time {
    let now = chassis::process::now();
    Time::from_micros(now.micros() / 1_000_000 * 1_000_000)
}
