//! The operators' desk: who is enrolled, licensed and known by which certificate, what is parked, and the books.
//!
//! A door of its own, for holders `operator:…` alone. Every act that changes something is written to the store's audit
//! log. One file a resource; `decide/` is pure. The console moves no envelopes and speaks to no broker.

pub mod config;
pub mod decide;

mod audit;
mod body;
mod books;
mod certificates;
mod delegations;
mod error;
mod licences;
mod missing;
mod notices;
mod offices;
mod operator;
mod parked;
mod router;
mod state;

pub use config::Config;
pub use router::router;
pub use state::ConsoleState;
