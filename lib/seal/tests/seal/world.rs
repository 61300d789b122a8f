//! A trust folder with a CA for offices, and certificates of it.

use proto::Time;
use seal::authority::{Authority, Issued, KeyKind, Request, Usage};
use seal::trust::{Role, Trust};
use seal::{OpenError, Opened};
use tempfile::TempDir;

/// The content of the seals: line ends and NULs that a text mode would change.
pub(crate) const CONTENT: &[u8] = b"PK\x03\x04 one\ntwo\r\nthree\r\0\xff four";

pub(crate) fn time(text: &str) -> Time {
    text.parse().unwrap()
}

/// When envelopes are accepted.
pub(crate) fn accepted_at() -> Time {
    time("2025-04-01T09:30:00+09:00")
}

/// When they are judged.
pub(crate) fn now() -> Time {
    accepted_at().plus_seconds(60)
}

/// The real time, for certificates and lists that the command line dates itself.
pub(crate) fn today() -> Time {
    let since = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap();
    Time::from_micros(i64::try_from(since.as_micros()).unwrap())
}

pub(crate) fn request(key: KeyKind) -> Request {
    Request {
        common_name: "KJ0300000100AB".to_owned(),
        serial_numbers: vec!["JGNO:0300000100".to_owned()],
        organisation: Some("ケアプラン青空".to_owned()),
        server_names: vec![],
        key,
        not_before: time("2024-04-01T00:00:00+09:00"),
        not_after: time("2026-03-31T23:59:59+09:00"),
        usage: Usage::ClientAndSign,
    }
}

/// What nobody can say without the trust folder.
const NEEDS_TRUST: [&str; 4] = [
    "seal.untrusted",
    "seal.revoked",
    "seal.key_usage",
    "auth.certificate_subject",
];

/// One CA for offices.
pub(crate) struct World {
    pub(crate) folder: TempDir,
    pub(crate) authority: Authority,
}

impl World {
    /// With a fresh, empty revocation list.
    pub(crate) fn new() -> Self {
        let world = Self {
            folder: TempDir::new().unwrap(),
            authority: Authority::create("Test CA", Role::Office).unwrap(),
        };
        world.put("office.pem", &world.authority.cert_pem());
        world.revoke(&[]);
        world
    }

    pub(crate) fn put(&self, name: &str, bytes: &[u8]) {
        std::fs::write(self.folder.path().join(name), bytes).unwrap();
    }

    /// Replaces the revocation list.
    pub(crate) fn revoke(&self, revoked: &[(String, Time)]) {
        let (from, until) = (time("2025-03-01T00:00:00Z"), time("2025-05-01T00:00:00Z"));
        self.put(
            "office.crl",
            &self.authority.crl_pem(revoked, from, until).unwrap(),
        );
    }

    pub(crate) fn issue(&self, key: KeyKind) -> Issued {
        self.authority.issue(&request(key)).unwrap()
    }

    pub(crate) fn trust(&self) -> Trust {
        Trust::load(self.folder.path()).unwrap()
    }

    pub(crate) fn open(&self, cms: &[u8]) -> Result<Opened, OpenError> {
        seal::open(cms, &self.trust(), accepted_at(), now())
    }

    /// The codes an opening is refused with.
    pub(crate) fn refused(&self, cms: &[u8]) -> Vec<String> {
        match self.open(cms) {
            Err(OpenError::Refused(problems)) => {
                let codes: Vec<String> = problems.into_iter().map(|problem| problem.code).collect();
                let needs_trust = |code: &String| NEEDS_TRUST.contains(&code.as_str());
                if !codes.iter().any(needs_trust) {
                    let alone = seal::open_alone(cms, accepted_at()).unwrap_err();
                    let alone: Vec<String> = alone.into_iter().map(|problem| problem.code).collect();
                    assert_eq!(alone, codes, "the same without a trust folder");
                }
                codes
            }
            other => panic!("not refused: {other:?}"),
        }
    }
}
