//! House rules, executable. The rules are tests (`tests/tidy/`); this library reads the tree for them.
//!
//! A rule says why it is there, and every rule proves that it looked at something: a scan of nothing fails.

pub mod lex;
pub mod tree;
