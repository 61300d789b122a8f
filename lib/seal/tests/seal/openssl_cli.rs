//! Seals as the openssl command line makes them.

use std::path::PathBuf;
use std::process::Command;

use seal::authority::{Authority, Issued};
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

/// A certificate for an office with any extensions (lines of an openssl extension file), valid from today on.
pub(crate) fn certify(authority: &Authority, extensions: &str, further: &[&str]) -> Issued {
    let desk = Desk::new();
    desk.put("ca.pem", &authority.cert_pem());
    desk.put("ca.key", &authority.key_pem());
    desk.put("extensions", extensions.as_bytes());
    let key = desk.run(&[
        "genpkey",
        "-algorithm",
        "EC",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-out",
        "out",
    ]);
    desk.put("key", &key);
    let subject = "/serialNumber=JGNO:0300000100/CN=KJ0300000100AB";
    let request = desk.run(&["req", "-new", "-key", "key", "-subj", subject, "-out", "out"]);
    desk.put("request", &request);
    let common = [
        "x509",
        "-req",
        "-in",
        "request",
        "-CA",
        "ca.pem",
        "-CAkey",
        "ca.key",
        "-set_serial",
        "4660",
        "-days",
        "3650",
        "-extfile",
        "extensions",
        "-out",
        "out",
    ];
    let cert_pem = desk.run(&[&common, further].concat());
    desk.put("cert", &cert_pem);
    let cert_der = desk.run(&["x509", "-in", "cert", "-outform", "DER", "-out", "out"]);
    Issued {
        cert_pem,
        key_pem: key,
        cert_der,
        serial: "1234".to_owned(),
    }
}
