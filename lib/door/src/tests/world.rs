//! A door with its CAs, its directory and clients to knock at it.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::routing::{get, post};
use chassis::metrics::Metrics;
use chassis::process;
use chassis::shutdown::Shutdown;
use proto::{Holder, Time};
use rustls::{
    ClientConfig, HandshakeKind, ProtocolVersion, RootCertStore, SupportedProtocolVersion, version,
};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use seal::authority::{Authority, Issued, KeyKind, Request, Usage};
use seal::trust::{Role, SharedTrust, fingerprint};
use store::{CertificateFacts, Snapshot, Store, StoreConfig};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::{Caller, DoorConfig, Gate, RateLimit, Refused, Shown, read_body, serve};

pub(super) const OFFICE: &str = "0300000100";
pub(super) const DAY: i64 = 86_400;

/// Long enough for a slow machine; no test waits for it unless it fails.
pub(super) const PATIENCE: Duration = Duration::from_secs(30);

pub(super) struct World {
    pub(super) folder: tempfile::TempDir,
    pub(super) offices: Authority,
    pub(super) vendors: Authority,
    pub(super) servers: Authority,
    pub(super) store: Store,
    pub(super) trust: SharedTrust,
    pub(super) config: DoorConfig,
}

/// A world whose door is open.
pub(super) struct Open {
    pub(super) world: World,
    pub(super) address: SocketAddr,
    pub(super) metrics: Metrics,
    pub(super) shutdown: Shutdown,
    pub(super) serving: JoinHandle<()>,
}

/// An answer, and the handshake it came over.
pub(super) struct Answer {
    pub(super) head: String,
    pub(super) body: String,
    pub(super) handshake: HandshakeKind,
    pub(super) version: ProtocolVersion,
}

impl Answer {
    pub(super) fn status(&self) -> u16 {
        self.head.split(' ').nth(1).unwrap().parse().unwrap()
    }

    pub(super) fn header(&self, name: &str) -> Option<String> {
        let mut lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines
            .find(|(found, _)| found.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.to_owned())
    }

    /// The code of a problem document, whose form is checked by the way.
    pub(super) fn code(&self) -> String {
        assert_eq!(
            self.header("content-type").unwrap(),
            "application/problem+json",
            "{}",
            self.head
        );
        let document: proto::ProblemDocument = serde_json::from_str(&self.body).unwrap();
        assert_eq!(document.status, self.status());
        assert_eq!(
            document.kind,
            format!("urn:careplan-relay:problem:{}", document.code)
        );
        document.code
    }
}

impl World {
    pub(super) async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let offices = Authority::create("offices", Role::Office).unwrap();
        let vendors = Authority::create("vendors", Role::Vendor).unwrap();
        let servers = Authority::create("servers", Role::Station).unwrap();
        let trusted = folder.path().join("trust");
        std::fs::create_dir(&trusted).unwrap();
        for (name, authority) in [("office", &offices), ("vendor", &vendors)] {
            std::fs::write(trusted.join(format!("{name}.pem")), authority.cert_pem()).unwrap();
            write_crl(&trusted, name, authority, &[], DAY);
        }
        let config = DoorConfig::at(
            "127.0.0.1:0".parse().unwrap(),
            folder.path().join("server.pem"),
            folder.path().join("server.key"),
        );
        let path = folder.path().join("store.db");
        let store = Store::open(&StoreConfig::at(format!("sqlite:{}", path.display())))
            .await
            .unwrap();
        let trust = SharedTrust::open(&trusted).unwrap();
        let world = Self {
            folder,
            offices,
            vendors,
            servers,
            store,
            trust,
            config,
        };
        world.write_server_certificate(1);
        world
    }

    /// A new certificate and key for the server, good for so many days, where its configuration says.
    pub(super) fn write_server_certificate(&self, days: i64) -> Issued {
        let server = Request {
            server_names: vec!["localhost".to_owned()],
            usage: Usage::Server,
            not_after: process::now().plus_seconds(days * DAY),
            ..request(&[])
        };
        let server = self.servers.issue(&server).unwrap();
        std::fs::write(&self.config.certificate, &server.cert_pem).unwrap();
        std::fs::write(&self.config.key, &server.key_pem).unwrap();
        server
    }

    /// Revokes certificates of the office CA; the list is good for so many seconds.
    pub(super) fn revoke(&self, revoked: &[&Issued], good_for: i64) {
        let since = process::now().plus_seconds(-60);
        let revoked: Vec<_> = revoked
            .iter()
            .map(|issued| (issued.serial.clone(), since))
            .collect();
        write_crl(
            &self.folder.path().join("trust"),
            "office",
            &self.offices,
            &revoked,
            good_for,
        );
        self.trust.reload().unwrap();
    }

    pub(super) async fn bind(&self, issued: &Issued, holder: &str) {
        let facts = CertificateFacts {
            fingerprint: fingerprint(&issued.cert_der),
            holder: holder.parse::<Holder>().unwrap(),
            not_before: process::now().plus_seconds(-DAY),
            not_after: process::now().plus_seconds(DAY),
            bound_at: process::now().plus_seconds(-DAY),
            revoked_at: None,
        };
        assert!(self.store.bind_certificate(&facts).await.unwrap());
    }

    /// An office's certificate, bound to it.
    pub(super) async fn office(&self) -> Issued {
        let issued = self
            .offices
            .issue(&request(&[&format!("JGNO:{OFFICE}")]))
            .unwrap();
        self.bind(&issued, &format!("office:{OFFICE}")).await;
        issued
    }

    pub(super) async fn open(self) -> Open {
        let limit = RateLimit::per_minute(self.config.requests_per_minute);
        let directory = Snapshot::new(self.store.clone(), Duration::from_secs(60));
        let gate = Gate::new(self.trust.clone(), directory).limited(limit);
        let router = Router::new()
            .route(
                "/who",
                get(|caller: Caller| async move { caller.holder.to_string() }),
            )
            .route("/take", post(|body: Body| take(body, 1_000)))
            .route("/panic", get(panics))
            .with_state(gate);
        let shutdown = Shutdown::new();
        let metrics = Metrics::new();
        let shown = Shown::told(&metrics);
        let opened = serve(&self.config, router, &shown, shutdown.clone()).await;
        let (address, serving) = opened.unwrap();
        Open {
            world: self,
            address,
            metrics,
            shutdown,
            serving: tokio::spawn(serving),
        }
    }
}

async fn take(body: Body, limit: usize) -> Result<String, Refused> {
    let bytes = read_body(body, limit, PATIENCE).await?;
    Ok(format!("{} bytes", bytes.len()))
}

async fn panics() {
    panic!("a fault of the test's making");
}

impl Open {
    /// Whole days until the certificate the door shows ends, as the metric tells.
    pub(super) fn days_left(&self) -> i64 {
        let text = self.metrics.render();
        let mut lines = text.lines();
        let value = lines.find_map(|line| line.strip_prefix("relay_door_certificate_valid_seconds "));
        let seconds = value.expect("it is told").split('.').next().unwrap();
        seconds.parse::<i64>().unwrap().div_euclid(DAY)
    }

    /// A client that shows this certificate, or none; both TLS versions.
    pub(super) fn client(&self, shows: Option<&Issued>) -> ClientConfig {
        self.client_of(shows, rustls::DEFAULT_VERSIONS)
    }

    pub(super) fn client_of(
        &self,
        shows: Option<&Issued>,
        versions: &[&'static SupportedProtocolVersion],
    ) -> ClientConfig {
        let mut roots = RootCertStore::empty();
        let root = CertificateDer::from_pem_slice(&self.world.servers.cert_pem()).unwrap();
        roots.add(root).unwrap();
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let builder = ClientConfig::builder_with_provider(provider)
            .with_protocol_versions(versions)
            .unwrap()
            .with_root_certificates(roots);
        match shows {
            None => builder.with_no_client_auth(),
            Some(issued) => {
                let key = PrivateKeyDer::from_pem_slice(&issued.key_pem).unwrap();
                let chain = vec![CertificateDer::from(issued.cert_der.clone())];
                builder.with_client_auth_cert(chain, key).unwrap()
            }
        }
    }

    pub(super) async fn connect(&self, client: Arc<ClientConfig>) -> std::io::Result<TlsStream<TcpStream>> {
        let stream = TcpStream::connect(self.address).await?;
        let name = ServerName::try_from("localhost").unwrap();
        TlsConnector::from(client).connect(name, stream).await
    }

    /// One GET on a connection of its own.
    pub(super) async fn get(&self, shows: Option<&Issued>, path: &str) -> Answer {
        let head = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        self.ask(Arc::new(self.client(shows)), head.as_bytes())
            .await
            .unwrap()
    }

    /// Sends these bytes and reads until the server closes.
    pub(super) async fn ask(&self, client: Arc<ClientConfig>, request: &[u8]) -> std::io::Result<Answer> {
        let asked = async {
            let stream = self.connect(client).await?;
            let (mut reader, mut writer) = tokio::io::split(stream);
            // The server may answer and close before it has read everything: that is the case under test.
            let sent = async {
                let _ = writer.write_all(request).await;
                let _ = writer.flush().await;
            };
            let mut bytes = Vec::new();
            let (read, ()) = tokio::join!(reader.read_to_end(&mut bytes), sent);
            read?;
            let stream = reader.unsplit(writer);
            let session = stream.get_ref().1;
            let text = String::from_utf8(bytes).unwrap();
            let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
            Ok(Answer {
                head: head.to_owned(),
                body: body.to_owned(),
                handshake: session.handshake_kind().unwrap(),
                version: session.protocol_version().unwrap(),
            })
        };
        tokio::time::timeout(PATIENCE, asked).await.unwrap()
    }
}

/// A client's certificate with these serialNumbers, valid a day before and after now.
pub(super) fn request(serial_numbers: &[&str]) -> Request {
    Request {
        common_name: "test".to_owned(),
        serial_numbers: serial_numbers.iter().map(|&number| number.to_owned()).collect(),
        organisation: None,
        server_names: Vec::new(),
        key: KeyKind::P256,
        not_before: process::now().plus_seconds(-DAY),
        not_after: process::now().plus_seconds(DAY),
        usage: Usage::ClientAndSign,
    }
}

pub(super) const TLS12: &[&SupportedProtocolVersion] = &[&version::TLS12];
pub(super) const TLS13: &[&SupportedProtocolVersion] = &[&version::TLS13];

fn write_crl(folder: &Path, name: &str, authority: &Authority, revoked: &[(String, Time)], good_for: i64) {
    let now = process::now();
    let list = authority
        .crl_pem(revoked, now.plus_seconds(-3_600), now.plus_seconds(good_for))
        .unwrap();
    std::fs::write(folder.join(format!("{name}.crl")), list).unwrap();
}
