//! The operators' desk.
