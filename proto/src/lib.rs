//! The contract of careplan-relay: everything two programs must agree on, and nothing else.
//!
//! Ids, the manifest, the stamps a message bears, statuses, problem codes, the shapes of the doors' answers and the
//! broker's topology as data. This crate knows no other crate of the workspace, does no I/O and has no clock.

pub mod api;
pub mod code;
pub mod codes;
pub mod desk;
pub mod desk_parked;
pub mod envelope;
pub mod holder;
pub mod id;
pub mod limits;
pub mod manifest;
pub mod note;
pub mod office;
pub mod outcome;
pub mod policy;
pub mod problem;
pub mod receipt;
pub mod redrive;
pub mod schema;
pub mod stamps;
pub mod status;
pub mod strict_json;
pub mod time;
pub mod topology;
pub mod trace;

pub use code::Code;
pub use envelope::{Envelope, Message, MessageType, Publication, Received, Routed, Validated};
pub use holder::{Holder, Right};
pub use id::{Acceptance, EnvelopeId};
pub use limits::Limits;
pub use manifest::{FileRole, Manifest, ManifestFile, ManifestHead};
pub use note::AcceptanceNote;
pub use office::OfficeNumber;
pub use outcome::{OutcomeMessage, Refusal};
pub use problem::{Problem, ProblemDocument, Problems, Severity};
pub use receipt::Receipt;
pub use redrive::{CannotRedrive, redrive};
pub use stamps::{Sending, Stamps, StepStamp};
pub use status::{Station, Status, Step};
pub use time::Time;
pub use trace::Traceparent;
