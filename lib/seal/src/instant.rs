//! Instants between X.509's whole seconds and the contract's microseconds.

use openssl::asn1::{Asn1Time, Asn1TimeRef};
use openssl::error::ErrorStack;
use proto::Time;

/// The instant an X.509 time names.
pub(crate) fn from_asn1(time: &Asn1TimeRef) -> Result<Time, ErrorStack> {
    let epoch = Asn1Time::from_unix(0)?;
    let difference = epoch.diff(time)?;
    let seconds = i64::from(difference.days) * 86_400 + i64::from(difference.secs);
    Ok(Time::from_micros(seconds * 1_000_000))
}

/// The X.509 time of an instant, rounded down to the second.
pub(crate) fn to_asn1(time: Time) -> Result<Asn1Time, ErrorStack> {
    Asn1Time::from_unix(time.micros().div_euclid(1_000_000))
}

/// Whether `limit`, a whole second that still belongs to a period, is over at `at`.
pub(crate) fn is_over(limit: Time, at: Time) -> bool {
    limit.plus_seconds(1) <= at
}
