//! The rules read code with a small scanner of their own. Where it loses its way, braces no longer match.

#[test]
fn every_source_is_understood() {
    let files =
        tidy::tree::rust(&["proto", "lib", "services", "client", "tests"]).expect("the tree is readable");
    assert!(40 <= files.len(), "only {} files scanned", files.len());
    for file in &files {
        let code = file.lexed().code.join("\n");
        for (open, close) in [('{', '}'), ('(', ')'), ('[', ']')] {
            assert_eq!(
                code.matches(open).count(),
                code.matches(close).count(),
                "{}: {open} and {close}",
                file.path
            );
        }
        let lines = file.text.split('\n').count();
        assert_eq!(file.lexed().code.len(), lines, "{}: lines", file.path);
    }
}
