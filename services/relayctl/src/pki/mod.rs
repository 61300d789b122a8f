//! The installation's own certificate authorities: one for each role, in one folder.
//!
//! ```text
//! DIR/authorities/<role>/{cert.pem,key.pem,issued.tsv,revoked.tsv}   the authorities; keep the keys away from others
//! DIR/trust/<role>.{pem,crl}                                         what the relay trusts
//! DIR/doors/{cert.pem,key.pem,ca.pem}                                the doors' own certificate
//! DIR/receipts/{cert.pem,key.pem}                                    signs receipts
//! DIR/operators/<name>/{cert.pem,key.pem,ca.pem}                     who may use the console's door
//! DIR/issued/<holder>/…                                              what `pki issue` wrote without --out
//! ```

pub(crate) mod files;
pub(crate) mod folder;
pub(crate) mod issue;
pub(crate) mod register;
pub(crate) mod revoke;

use proto::Time;

/// Certificates begin a little before they are made, for clocks that go slow.
pub(crate) const BACKDATE_SECONDS: i64 = 600;
/// How long a revocation list is good for.
pub(crate) const CRL_SECONDS: i64 = 30 * 24 * 3_600;

/// This instant; `relayctl` is the only one here with a clock.
pub(crate) fn now() -> Time {
    Time::from(jiff::Timestamp::now())
}
