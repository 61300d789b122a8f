//! The content of an envelope: a ZIP with `manifest.json` first. Read strictly, judged by all its rules, written so that
//! the same draft always gives the same bytes.
//!
//! Here: [`peek`] (all the door reads), [`unpack`] (every rule of ZIP and manifest), [`judge`] (that, the attachments and
//! the national standard), [`judge_files`] (loose files), [`Rules`] (both under a policy), [`found`] (whatever can be read of
//! any ZIP), [`pack`], [`policy`] (its file).
//!
//! Not here: seals, clocks, files, network. The ZIP is read by this crate's own reader, because the rules are about bytes
//! that general readers skip over (gaps, comments, local records that contradict the central ones).

mod attachment;
mod finding;
mod inflate;
mod judge;
mod name;
mod pack;
mod peek;
pub mod policy;
mod raw;
mod shape;
mod unpack;

pub use attachment::{AttachmentKind, attachment_kind};
pub use judge::{Judged, Rules, SendingFacts, judge, judge_files};
pub use name::is_plain_name;
pub use pack::{Draft, PackError, pack};
pub use peek::peek;
pub use unpack::{Found, Unpacked, UnpackedFile, found, unpack};
