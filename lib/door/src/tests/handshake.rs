//! TLS versions, possession of the key, no resumption, and the server's own certificate.

use std::sync::Arc;

use rustls::{HandshakeKind, ProtocolVersion};
use rustls_pki_types::CertificateDer;

use super::world::{OFFICE, PATIENCE, TLS12, TLS13, World, request};

const WHO: &[u8] = b"GET /who HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

#[tokio::test]
async fn tls_1_2_and_1_3_work_and_neither_resumes() {
    let world = World::new().await;
    let office = world.office().await;
    let open = world.open().await;
    for (versions, version) in [
        (TLS12, ProtocolVersion::TLSv1_2),
        (TLS13, ProtocolVersion::TLSv1_3),
    ] {
        // One client, whose memory of sessions is on as by default.
        let client = Arc::new(open.client_of(Some(&office), versions));
        for _ in 0..3 {
            let answer = open.ask(Arc::clone(&client), WHO).await.unwrap();
            assert_eq!(answer.status(), 200);
            assert_eq!(answer.version, version);
            assert_eq!(answer.handshake, HandshakeKind::Full);
        }
    }
}

#[tokio::test]
async fn who_shows_a_certificate_without_its_key_does_not_come_in() {
    let world = World::new().await;
    let office = world.office().await;
    let mut thief = world
        .offices
        .issue(&request(&[&format!("JGNO:{OFFICE}")]))
        .unwrap();
    thief.cert_der.clone_from(&office.cert_der);
    let open = world.open().await;
    for versions in [TLS12, TLS13] {
        let provider = rustls::crypto::aws_lc_rs::default_provider();
        let mut client = open.client_of(None, versions);
        let key = rustls_pki_types::pem::PemObject::from_pem_slice(&thief.key_pem).unwrap();
        let key = provider.key_provider.load_private_key(key).unwrap();
        let chain = vec![CertificateDer::from(thief.cert_der.clone())];
        // A careful client would refuse to use a pair that does not fit.
        let pair = rustls::sign::CertifiedKey::new(chain, key);
        client.client_auth_cert_resolver = Arc::new(Shows(Arc::new(pair)));
        let refused = open.ask(Arc::new(client), WHO).await;
        assert!(refused.is_err(), "{}", refused.map(|answer| answer.head).unwrap());
    }
}

#[derive(Debug)]
struct Shows(Arc<rustls::sign::CertifiedKey>);

impl rustls::client::ResolvesClientCert for Shows {
    fn resolve(&self, _: &[&[u8]], _: &[rustls::SignatureScheme]) -> Option<Arc<rustls::sign::CertifiedKey>> {
        Some(Arc::clone(&self.0))
    }

    fn has_certs(&self) -> bool {
        true
    }
}

#[tokio::test]
async fn a_new_server_certificate_is_used_without_a_restart() {
    let mut world = World::new().await;
    world.config.reload_seconds = 1;
    let office = world.office().await;
    let open = world.open().await;
    let client = Arc::new(open.client(Some(&office)));
    assert_eq!(open.days_left(), 0);
    let new = open.world.write_server_certificate(10);
    let reloaded = async {
        loop {
            let stream = open.connect(Arc::clone(&client)).await.unwrap();
            let shown = stream
                .get_ref()
                .1
                .peer_certificates()
                .unwrap()
                .first()
                .unwrap()
                .to_vec();
            if shown == new.cert_der {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(PATIENCE, reloaded).await.unwrap();
    // Less the moments since.
    assert_eq!(open.days_left(), 9);
}

#[tokio::test]
async fn a_door_without_a_usable_certificate_does_not_open() {
    let world = World::new().await;
    std::fs::write(&world.config.certificate, "not PEM").unwrap();
    let shown = crate::Shown::default();
    let served = crate::serve(
        &world.config,
        axum::Router::new(),
        &shown,
        chassis::shutdown::Shutdown::new(),
    )
    .await;
    let error = served.err().unwrap();
    assert!(error.to_string().contains("server.pem"), "{error}");
}
