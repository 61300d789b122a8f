//! The conformance test: whether a vendor's product exchanges files through the relay as the standard and the relay ask,
//! about as the national vendor test does.
//!
//! The cases are data ([`catalogue`]) and their words ([`wording`]); what is sent is invented ([`make`]), what comes back is
//! judged without any I/O ([`judge`]); [`run`] is the edge to the relay, [`keeping`] the one to the disk, [`report`] the
//! page for people.

pub mod catalogue;
pub mod judge;
pub mod keeping;
pub mod make;
pub mod report;
pub mod run;
pub mod wording;
