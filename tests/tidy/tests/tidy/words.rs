//! Words that have no place here. Each is written in two halves, so that this file may name it.

/// Word, why not, in which files (ends of paths; none: all).
const NOT_HERE: &[(&str, &str, &[&str])] = &[
    (
        concat!("TO", "DO"),
        "what is missing belongs on the list of issues",
        &[],
    ),
    (
        concat!("FIX", "ME"),
        "what is wrong is mended or belongs on the list of issues",
        &[],
    ),
    (concat!("/wo", "rk/"), "a path of one machine", &[]),
    (concat!("/ro", "ot/"), "a path of one machine", &[]),
    (
        concat!("index.cra", "tes.io"),
        "a registry's host is the machine's matter",
        &[],
    ),
    (
        concat!("registry-1.doc", "ker.io"),
        "a registry's host is the machine's matter",
        &[],
    ),
    (
        concat!("#[ig", "nore"),
        "a test that does not run proves nothing",
        &[".rs"],
    ),
    (concat!("to", "do!("), "nothing is faked", &[".rs"]),
    (concat!("unimpl", "emented!("), "nothing is faked", &[".rs"]),
    (
        concat!("#[al", "low("),
        "expect with a reason ends by itself when it is no longer needed",
        &[".rs"],
    ),
    (
        concat!("#![al", "low("),
        "expect with a reason ends by itself when it is no longer needed",
        &[".rs"],
    ),
];

/// In stories a wait has a condition and a deadline.
const SLEEPS: &[&str] = &["time::sleep(", "thread::sleep(", " sleep("];

#[test]
fn no_forbidden_word() {
    let files = tidy::tree::files("").expect("the tree is readable");
    assert!(60 <= files.len(), "only {} files scanned", files.len());
    let mut found = Vec::new();
    for file in files.iter().filter(|file| file.path != "Cargo.lock") {
        for (word, why, ends) in NOT_HERE {
            if !ends.is_empty() && !ends.iter().any(|end| file.path.ends_with(end)) {
                continue;
            }
            for (index, line) in file
                .text
                .lines()
                .enumerate()
                .filter(|(_, line)| line.contains(word))
            {
                found.push(format!(
                    "{}:{}: {word}: {why} ({})",
                    file.path,
                    index + 1,
                    line.trim()
                ));
            }
        }
    }
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn no_story_sleeps() {
    let stories = tidy::tree::rust(&["tests/e2e"]).expect("the stories are there");
    assert!(!stories.is_empty(), "no story found");
    let mut found = Vec::new();
    for file in &stories {
        for (index, line) in file.lexed().code.iter().enumerate() {
            if SLEEPS.iter().any(|sleep| line.contains(sleep)) {
                found.push(format!("{}:{}: {}", file.path, index + 1, line.trim()));
            }
        }
    }
    assert!(
        found.is_empty(),
        "wait for a condition, with a deadline: {found:#?}"
    );
}
