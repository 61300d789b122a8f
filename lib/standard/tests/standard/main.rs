//! The public face of the crate: each code from good data broken in one way, arbitrary bytes, the replayed corpus.

#[cfg(test)]
mod any_bytes;
#[cfg(test)]
mod broken;
#[cfg(test)]
mod codes;
#[cfg(test)]
mod corpus;
#[cfg(test)]
mod made;
#[cfg(test)]
mod privacy;
