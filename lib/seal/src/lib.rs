//! CMS seals, certificates, trust and receipts; the only crate that names openssl.
//!
//! - [`trust`]: which certificates are believed, judged the same way for TLS peers and for signers;
//! - [`content`]: a seal's content without any verification, for the door's peek;
//! - [`open()`]: the whole judgement of a seal; [`open_alone()`]: what of it needs no trust folder;
//! - [`Sealer`]: making seals (offices) and receipts (the relay);
//! - [`authority`]: a throw-away CA for development and tests.
//!
//! Not here: whether an office may sign for a sender (the directory), what is in the ZIP (`lib/parcel`).

mod algorithm;
pub mod authority;
pub mod content;
mod instant;
mod open;
mod sealer;
mod structure;
pub mod trust;

pub use open::{Alone, OpenError, Opened, open, open_alone};
pub use sealer::{SealError, Sealer};
