//! A desk behind a real door, for one test.

use std::path::{Path, PathBuf};
use std::time::Duration;

use chassis::process::now;
use chassis::shutdown::Shutdown;
use console::queues::BrokerGlass;
use console::{Config, ConsoleState, router};
use door::{DoorConfig, Gate, Shown};
use proto::desk_roles::OperatorRole;
use reqwest::{Certificate, Client, Identity, Method, StatusCode};
use seal::authority::{Authority, Issued, KeyKind, Request, Usage};
use seal::trust::{Role, SharedTrust, fingerprint};
use serde_json::{Value, json};
use store::{CertificateFacts, Snapshot, Store, StoreConfig};

/// The office the desk works on.
pub(crate) const OFFICE: &str = "0300000100";

/// A desk with its door open, an operator and an office to come in by it.
pub(crate) struct Desk {
    _folder: tempfile::TempDir,
    pub(crate) url: String,
    pub(crate) store: Store,
    pub(crate) offices: Authority,
    pub(crate) operators: Authority,
    stations: Authority,
    pub(crate) operator: Issued,
    shutdown: Shutdown,
}

impl Desk {
    pub(crate) async fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let trust_folder = folder.path().join("trust");
        std::fs::create_dir(&trust_folder).unwrap();
        let offices = authority(&trust_folder, Role::Office);
        let operators = authority(&trust_folder, Role::Operator);
        let stations = authority(&trust_folder, Role::Station);
        let server = issue(&stations, "relay", &[], Usage::Server);
        let operator = issue(&operators, "sato", &[], Usage::ClientOnly);
        let (certificate, key) = (folder.path().join("cert.pem"), folder.path().join("key.pem"));
        std::fs::write(&certificate, &server.cert_pem).unwrap();
        std::fs::write(&key, &server.key_pem).unwrap();
        let database = folder.path().join("relay.db");
        let store = Store::open(&StoreConfig::at(format!("sqlite:{}", database.display())))
            .await
            .unwrap();
        bind(&store, "operator:sato", &operator).await;
        (store
            .put_operator_role("sato", OperatorRole::Administer, now())
            .await)
            .unwrap();
        let (url, shutdown) = serve(&store, &trust_folder, &certificate, &key).await;
        Self {
            _folder: folder,
            url,
            store,
            offices,
            operators,
            stations,
            operator,
            shutdown,
        }
    }

    /// Whom a client of the desk believes.
    pub(crate) fn ca(&self) -> Certificate {
        Certificate::from_pem(&self.stations.cert_pem()).unwrap()
    }

    pub(crate) fn client(&self, who: Option<&Issued>) -> Client {
        let builder = Client::builder()
            .tls_certs_only([self.ca()])
            .no_proxy()
            .timeout(Duration::from_secs(20));
        let Some(issued) = who else {
            return builder.build().unwrap();
        };
        let pem = [issued.cert_pem.clone(), issued.key_pem.clone()].concat();
        builder
            .identity(Identity::from_pem(&pem).unwrap())
            .build()
            .unwrap()
    }

    /// Asks as this one; status and JSON answer (null when there is none).
    pub(crate) async fn ask(
        &self,
        who: &Client,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> (StatusCode, Value) {
        let mut request = who.request(method, format!("{}{path}", self.url));
        if let Some(body) = body {
            request = request.json(&body);
        }
        let response = request.send().await.unwrap();
        let status = response.status();
        let bytes = response.bytes().await.unwrap();
        (status, serde_json::from_slice(&bytes).unwrap_or(Value::Null))
    }

    /// Asks as the operator.
    pub(crate) async fn act(&self, method: Method, path: &str, body: Option<Value>) -> (StatusCode, Value) {
        self.ask(&self.client(Some(&self.operator)), method, path, body)
            .await
    }

    pub(crate) async fn acts(&self) -> Vec<String> {
        let trail = self.store.audit_trail(0, 100).await.unwrap();
        assert!(trail.iter().all(|entry| entry.actor == "operator:sato"));
        trail.into_iter().map(|entry| entry.act).collect()
    }

    pub(crate) async fn put_office(&self) {
        let body = json!({ "name": "見本居宅介護支援事業所", "services": ["43"] });
        let (status, _) = self
            .act(Method::PUT, &format!("/v1/offices/{OFFICE}"), Some(body))
            .await;
        assert_eq!(status, StatusCode::OK);
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        self.shutdown.begin();
    }
}

fn authority(trust_folder: &Path, role: Role) -> Authority {
    let authority = Authority::create("test CA", role).unwrap();
    let file = |ending: &str| -> PathBuf { trust_folder.join(format!("{}.{ending}", role.as_str())) };
    std::fs::write(file("pem"), authority.cert_pem()).unwrap();
    let crl = authority
        .crl_pem(&[], now().plus_seconds(-60), now().plus_seconds(3_600))
        .unwrap();
    std::fs::write(file("crl"), crl).unwrap();
    authority
}

pub(crate) fn issue(authority: &Authority, common_name: &str, offices: &[&str], usage: Usage) -> Issued {
    let request = Request {
        common_name: common_name.to_owned(),
        serial_numbers: offices.iter().map(|office| format!("JGNO:{office}")).collect(),
        organisation: None,
        server_names: if usage == Usage::Server {
            vec!["127.0.0.1".to_owned()]
        } else {
            vec![]
        },
        key: KeyKind::P256,
        not_before: now().plus_seconds(-60),
        not_after: now().plus_seconds(86_400),
        usage,
    };
    authority.issue(&request).unwrap()
}

pub(crate) async fn bind(store: &Store, holder: &str, issued: &Issued) {
    let facts = CertificateFacts {
        fingerprint: fingerprint(&issued.cert_der),
        holder: holder.parse().unwrap(),
        not_before: now().plus_seconds(-60),
        not_after: now().plus_seconds(86_400),
        bound_at: now(),
        revoked_at: None,
    };
    assert!(store.bind_certificate(&facts).await.unwrap());
}

async fn serve(store: &Store, trust_folder: &Path, certificate: &Path, key: &Path) -> (String, Shutdown) {
    let trust = SharedTrust::open(trust_folder).unwrap();
    let gate = Gate::new(
        trust.clone(),
        Snapshot::new(store.clone(), Duration::from_secs(60)),
    );
    let config = Config {
        door: DoorConfig::at("127.0.0.1:0".parse().unwrap(), certificate, key),
        unaccounted_after_seconds: 900,
        management_url: "".into(),
    };
    let shutdown = Shutdown::new();
    let state = ConsoleState::new(&config, store.clone(), gate, trust, BrokerGlass::blind());
    let shown = Shown::default();
    let opened = door::serve(&config.door, router(state), &shown, shutdown.clone()).await;
    let (address, serving) = opened.unwrap();
    tokio::spawn(serving);
    (format!("https://{address}"), shutdown)
}
