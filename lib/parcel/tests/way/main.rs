//! Envelopes' contents as they come: good, broken by one rule, made by other tools, and random.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod broken;
mod hostile;
mod judging;
mod packing;
mod rules;
mod support;
mod tools;
