//! A seal's content without verification: for the door's peek at the manifest, never for judging.

use proto::Problem;

use crate::structure::Structure;

/// The content of a CMS SignedData over attached id-data. Nothing is verified: no signature, no certificate.
///
/// The work is bounded by the length of `cms`. What [`crate::open()`] later hands out as the content is the same bytes.
///
/// # Errors
/// A problem with a code of `seal.*`: not a CMS, another kind, detached, bytes after its end.
pub fn unverified(cms: &[u8]) -> Result<Vec<u8>, Box<Problem>> {
    let problem = |code| Box::new(Problem::new(code));
    let structure = Structure::read(cms).map_err(problem)?;
    structure.content().map(<[u8]>::to_vec).map_err(problem)
}
