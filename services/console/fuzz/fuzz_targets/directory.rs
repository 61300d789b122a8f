//! A file of the directory: whatever its bytes and its pieces, it is read or told, and what is read can be written and
//! reads the same.
#![no_main]

use console::decide::directory::{Judge, Look, header, lines};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Some((size, bytes)) = bytes.split_first() else {
        return;
    };
    let piece = usize::from(*size).max(1);
    let mut look = Look::default();
    bytes.chunks(piece).for_each(|piece| look.take(piece));
    let Some(encoding) = look.end().encoding else {
        return;
    };
    let read = |bytes: &[u8], piece: usize| {
        let mut judge = Judge::of(encoding);
        let mut wishes: Vec<_> = bytes.chunks(piece).flat_map(|piece| judge.take(piece)).collect();
        wishes.extend(judge.last());
        (wishes, judge.into_problems())
    };
    let (wishes, problems) = read(bytes, piece);
    assert!(!wishes.is_empty() || 0 < problems.errors);
    assert_eq!((wishes.clone(), problems), read(bytes, bytes.len().max(1)));
    if encoding != proto::desk_directory::FileEncoding::Utf8 {
        return;
    }
    let offices: Vec<_> = wishes.iter().map(|wish| (wish.over(None), wish.licence)).collect();
    let (again, problems) = read((header() + &lines(&offices)).as_bytes(), piece);
    assert!(offices.is_empty() || problems.errors == 0, "{problems:?}");
    let again: Vec<_> = again.iter().map(|wish| (wish.over(None), wish.licence)).collect();
    assert_eq!(again, offices);
});
