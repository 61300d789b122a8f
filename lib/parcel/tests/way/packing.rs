//! What is packed can be unpacked, by this crate and by others, and the same draft gives the same bytes.

use std::io::Read;

use parcel::{Draft, PackError, pack, unpack};
use proptest::prelude::*;
use proto::{FileRole, Limits};

pub(crate) fn draft(files: Vec<(String, Vec<u8>)>) -> Draft {
    Draft {
        sender: "0300000100".parse().unwrap(),
        destination: "0300000005".parse().unwrap(),
        sequence: "20250401093000".to_owned(),
        created_at: "2025-04-01T09:30:00+09:00".parse().unwrap(),
        message: Some("四月分です".to_owned()),
        software: Some("Kaigo 3.1".to_owned()),
        files,
    }
}

proptest! {
    #[test]
    fn there_and_back(files in proptest::collection::btree_map("[a-zあ-ん0-9]{1,20}", proptest::collection::vec(any::<u8>(), 0..3_000), 1..8)) {
        let files: Vec<(String, Vec<u8>)> = files.into_iter().collect();
        let draft = draft(files.clone());
        let zip = pack(&draft).unwrap();
        prop_assert_eq!(&zip, &pack(&draft).unwrap());
        let unpacked = unpack(&zip, &Limits::default()).unwrap();
        let found: Vec<_> = unpacked.files.into_iter().map(|file| (file.name, file.bytes)).collect();
        prop_assert_eq!(&found, &files);
        let mut other = zip::ZipArchive::new(std::io::Cursor::new(zip)).unwrap();
        prop_assert_eq!(other.len(), files.len() + 1);
        for (name, bytes) in files {
            let mut read = Vec::new();
            other.by_name(&name).unwrap().read_to_end(&mut read).unwrap();
            prop_assert_eq!(read, bytes);
        }
    }
}

#[test]
fn roles_follow_the_names() {
    let name = "UPJSK_202503_0300000100_43_0300000005_11_20250401093000.CSV";
    let zip = pack(&draft(vec![
        (name.to_owned(), b"x".to_vec()),
        ("a.txt".to_owned(), b"y".to_vec()),
    ]))
    .unwrap();
    let roles: Vec<_> = unpack(&zip, &Limits::default())
        .unwrap()
        .files
        .into_iter()
        .map(|file| file.role)
        .collect();
    assert_eq!(roles, [FileRole::Standard, FileRole::Attachment]);
}

#[test]
fn what_packs_too_well_is_stored() {
    let zip = pack(&draft(vec![("a.txt".to_owned(), vec![b' '; 1_000_000])])).unwrap();
    assert!(zip.len() > 1_000_000);
}

#[test]
fn what_the_relay_would_refuse_is_not_packed() {
    for (name, code) in [("../a", "zip.name"), ("manifest.json", "zip.name_twice")] {
        let Err(PackError::Refused(problems)) = pack(&draft(vec![(name.to_owned(), Vec::new())])) else {
            panic!("{name} was packed");
        };
        assert!(
            problems.iter().any(|problem| problem.code == code),
            "{name}: {problems:?}"
        );
    }
    assert!(matches!(pack(&draft(Vec::new())), Err(PackError::Refused(_))));
}
