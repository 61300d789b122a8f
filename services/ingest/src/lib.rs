//! Ingest, the door: authenticates, limits, computes the id, peeks at the manifest, and says 202 only after the
//! broker's confirm. It judges nothing else and keeps nothing about envelopes.
//!
//! Steps in order: [`door`] names the routes, [`peek`] finds sender and destination,
//! [`decide`] decides whether the submitter may, [`accept`] publishes envelope and note and signs the receipt, [`submissions`] does
//! the same for what comes by AMQP, [`maintenance`] shuts the door while an operator has announced it, [`pressure`] makes it
//! slower or shuts it when the stages are behind, [`notes`] writes acceptance notes in batches, [`check`] judges without
//! sending, [`policy`] tells by what severities.

pub mod accept;
pub mod check;
pub mod config;
pub mod decide;
pub mod door;
pub mod events;
pub mod maintenance;
pub mod notes;
pub mod peek;
pub mod policy;
pub mod pressure;
pub mod submissions;

pub use config::Config;
pub use door::{IngestState, router};
pub use submissions::SubmissionStage;
