//! The TLS door: who is there, how fast, and how refusals read.
//!
//! The handshake asks for a client certificate and checks one thing only: that the peer holds its key. Whose certificate
//! it is, is judged for every request by the [`Gate`], so that a person with an expired or unknown certificate reads a
//! coded problem and not a broken connection, and so that a revocation counts on connections already open. There is no
//! resumption of any kind and no connection older than ten minutes.
//!
//! Not here: routes, and what a caller may do; the services know those.

mod app;
mod body;
mod certificate;
mod closing;
mod config;
mod connection;
mod contract;
mod gate;
mod leftover;
mod limit;
mod linger;
mod peer;
mod refused;
mod reload;
mod serve;
mod shown;

pub use app::{finish, measured};
pub use body::read_body;
pub use closing::Closing;
pub use config::DoorConfig;
pub use contract::openapi;
pub use gate::{Caller, Gate};
pub use limit::RateLimit;
pub use peer::Peer;
pub use refused::Refused;
pub use reload::keep_trust_fresh;
pub use serve::{DoorError, serve};
pub use shown::Shown;

#[cfg(test)]
mod tests;
