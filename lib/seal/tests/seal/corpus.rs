//! The fuzzing corpus, replayed: `good-*` have a content, all others a problem.

use std::path::Path;

#[test]
fn the_corpus_is_judged_as_its_names_say() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus/content");
    let (mut good, mut bad) = (0, 0);
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        let outcome = seal::content::unverified(&std::fs::read(&path).unwrap());
        assert_eq!(outcome.is_ok(), name.starts_with("good-"), "{name}");
        if outcome.is_ok() { good += 1 } else { bad += 1 }
    }
    assert!(2 <= good && 5 <= bad, "{good} good and {bad} bad ones");
}
