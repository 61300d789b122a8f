//! A file is read in one sitting: 400 lines at most (300 is the aim).

const MOST: usize = 400;

#[test]
fn no_file_is_longer_than_one_reads() {
    let mut files =
        tidy::tree::rust(&["proto", "lib", "services", "client", "tests"]).expect("the tree is readable");
    files.extend(tidy::tree::files("ops/dev").expect("the scripts are there"));
    assert!(40 <= files.len(), "only {} files scanned", files.len());
    let long: Vec<String> = files
        .iter()
        .map(|file| (file.text.lines().count(), &file.path))
        .filter(|(lines, _)| MOST < *lines)
        .map(|(lines, path)| format!("{path}: {lines}"))
        .collect();
    assert!(long.is_empty(), "split these: {long:#?}");
}
