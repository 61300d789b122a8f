//! The folder agent: an outbox whose files are sent, an inbox into which files arrive, and nobody looking.
//!
//! What is decided is in [`quiet`], [`piles`] and [`names`], apart from disk and line; [`claiming`], [`outgoing`], [`feed`]
//! and [`incoming`] do it. Every step is one rename, so that a crash leaves either the state before it or the one after:
//!
//! - Outbox: a sending's files are claimed into `.careplan/sending/<key>`, sealed and kept by [`crate::outbox`], sent, and
//!   the folder is renamed as a whole to `sent/` or `error/`. What is claimed at a start is sent again, as the same bytes.
//! - Inbox: an envelope's files are written into `.careplan/arriving/<id>`, their place is noted in `.careplan/taken`, the
//!   folder is renamed to its place, and only then the relay is told that they were collected.

pub mod claiming;
pub mod disk;
pub mod feed;
pub mod incoming;
pub mod log;
pub mod names;
pub mod options;
pub mod outgoing;
pub mod piles;
pub mod quiet;
pub mod reason;
