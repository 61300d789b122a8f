//! The TLS door: who is there, how fast, and how refusals read.
