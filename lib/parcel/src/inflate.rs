//! Entries made whole again, never larger than they say they are.

use flate2::{Decompress, FlushDecompress, Status};

use crate::shape::Slot;

/// Stored.
pub(crate) const STORED: u16 = 0;
/// Deflated.
pub(crate) const DEFLATED: u16 = 8;

/// The unpacked bytes of an entry; `None` when size, checksum or data are not what the entry says. Never holds more than
/// the size the entry tells, which the caller has to bound before.
pub(crate) fn inflate(slot: &Slot<'_>) -> Option<Vec<u8>> {
    let size = usize::try_from(slot.unpacked).ok()?;
    let data = slot.data?;
    let bytes = match slot.method {
        STORED if data.len() == size => data.to_vec(),
        DEFLATED => raw_inflate(data, size)?,
        _ => return None,
    };
    (bytes.len() == size && crc32fast::hash(&bytes) == slot.crc).then_some(bytes)
}

/// Inflates a raw deflate stream that uses all of `packed` and gives exactly `size` bytes.
fn raw_inflate(packed: &[u8], size: usize) -> Option<Vec<u8>> {
    // One byte more than told shows a stream that goes on.
    let mut bytes = Vec::with_capacity(size.checked_add(1)?);
    let mut stream = Decompress::new(false);
    let status = stream
        .decompress_vec(packed, &mut bytes, FlushDecompress::Finish)
        .ok()?;
    let used = usize::try_from(stream.total_in()).ok()?;
    (status == Status::StreamEnd && used == packed.len() && bytes.len() == size).then_some(bytes)
}
