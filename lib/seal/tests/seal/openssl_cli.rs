//! Seals as the openssl command line makes them.

use std::path::PathBuf;
use std::process::Command;

use seal::authority::Issued;
use tempfile::TempDir;

/// A folder in which openssl works.
pub(crate) struct Desk(TempDir);

impl Desk {
    pub(crate) fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    /// Writes a file into the folder.
    pub(crate) fn put(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.0.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }

    /// Runs `openssl` with these arguments and returns the file `out` it wrote.
    pub(crate) fn run(&self, arguments: &[&str]) -> Vec<u8> {
        let output = Command::new("openssl")
            .args(arguments)
            .current_dir(self.0.path())
            .output()
            .expect("the openssl command line is needed to build and test");
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "openssl {arguments:?}: {errors}");
        std::fs::read(self.0.path().join("out")).unwrap()
    }

    /// Files `<name>.pem` and `<name>.key` of a certificate.
    pub(crate) fn put_signer(&self, name: &str, signer: &Issued) {
        self.put(&format!("{name}.pem"), &signer.cert_pem);
        self.put(&format!("{name}.key"), &signer.key_pem);
    }
}

/// `openssl cms -sign -binary -outform DER` with further arguments, such as `-nodetach`.
pub(crate) fn sign(signer: &Issued, content: &[u8], further: &[&str]) -> Vec<u8> {
    let desk = Desk::new();
    desk.put_signer("signer", signer);
    desk.put("in", content);
    let common = [
        "cms",
        "-sign",
        "-binary",
        "-in",
        "in",
        "-outform",
        "DER",
        "-out",
        "out",
        "-signer",
        "signer.pem",
        "-inkey",
        "signer.key",
    ];
    desk.run(&[&common, further].concat())
}
