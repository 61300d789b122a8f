//! Asks the directory: enrolled, open, licensed, capable.
