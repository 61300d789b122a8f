//! `careplan`, the office's side of the relay: check, send, fetch, acknowledge.
//!
//! A command is a file in [`commands`]; around them stand the settings, the connection to the two doors, the sealed
//! envelopes kept for a retry, and the writing of received files.
//!
//! Not here: the rules of the standard and of envelopes (`lib/standard`, `lib/parcel`), the making of seals (`lib/seal`).

pub mod cli;
pub mod commands;
pub mod conformance;
pub mod connection;
pub mod doubles;
pub mod failure;
pub mod fitting;
pub mod grouping;
pub mod hints;
pub mod opening;
pub mod outbox;
pub(crate) mod policy;
pub mod quote;
pub mod received;
pub mod retry;
pub mod selection;
pub mod settings;
pub mod subjects;
pub mod terminal;
mod traces;
pub mod usage;
pub mod view;
pub mod watch;
pub mod words;
