//! The public face of the crate: each code from good data broken in one way, arbitrary bytes, the replayed corpus.

#[cfg(test)]
mod any_bytes;
#[cfg(test)]
mod broken;
#[cfg(test)]
#[path = "../../fuzz/claims.rs"]
mod claims;
#[cfg(test)]
mod codes;
#[cfg(test)]
mod corpus;
#[cfg(test)]
mod cp932;
#[cfg(test)]
mod encoding;
#[cfg(test)]
mod made;
#[cfg(test)]
mod mutations;
mod odd;
#[cfg(test)]
mod privacy;
#[cfg(test)]
mod records;
#[cfg(test)]
mod rules;
