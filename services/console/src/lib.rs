//! The operators' desk: who is enrolled, licensed and known by which certificate, what is parked, and the books.
//!
//! A door of its own, for holders `operator:…` alone. Every act that changes something is written to the store's audit
//! log. One file a resource; `decide/` is pure; `pages/` are the same for a browser. The console moves no envelopes; of the
//! broker it asks how much waits, and it knows the management API, where the users of channels are made.

pub mod config;
pub mod decide;

mod audit;
mod body;
mod books;
mod broker;
mod certificates;
mod channels;
mod delegations;
mod directory;
mod error;
mod held;
mod import;
mod licences;
mod maintenance;
mod missing;
mod notices;
mod offices;
mod operator;
mod operators;
mod pages;
mod parked;
mod products;
pub mod queues;
mod router;
mod search;
mod state;
mod way;
mod webhooks;

pub use config::Config;
pub use router::router;
pub use state::ConsoleState;
