//! The public face of the crate: each code from good data broken in one way, arbitrary bytes, the replayed corpus.

mod any_bytes;
mod codes;
mod corpus;
mod made;
mod privacy;
