//! A script stops at its first failure, can be started, and is understood by its shell.

use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;

#[test]
fn scripts_stop_at_the_first_failure() {
    let root = tidy::tree::root();
    let files = tidy::tree::files("").expect("the tree is readable");
    let scripts: Vec<_> = files
        .iter()
        .filter(|file| file.text.starts_with("#!") && file.text.contains("bash"))
        .collect();
    assert!(6 <= scripts.len(), "only {} scripts found", scripts.len());
    for script in scripts {
        let path = &script.path;
        assert!(
            script.text.contains("\nset -euo pipefail\n"),
            "{path}: set -euo pipefail"
        );
        let mode = std::fs::metadata(root.join(path))
            .expect("it is there")
            .permissions()
            .mode();
        assert_ne!(mode & 0o111, 0, "{path}: chmod +x");
        let read = Command::new("bash")
            .arg("-n")
            .arg(root.join(path))
            .output()
            .expect("bash runs");
        assert!(
            read.status.success(),
            "{path}: {}",
            String::from_utf8_lossy(&read.stderr)
        );
    }
}
