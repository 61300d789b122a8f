//! TLS of the door: the server's certificate, and what is asked of the client's.

use std::path::Path;
use std::sync::Arc;

use proto::Time;
use rustls::client::danger::HandshakeSignatureValid;
use rustls::crypto::{CryptoProvider, aws_lc_rs, verify_tls12_signature, verify_tls13_signature};
use rustls::server::NoServerSessionStorage;
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::{
    CertificateError, DigitallySignedStruct, DistinguishedName, ServerConfig, SignatureScheme, version,
};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer, UnixTime};
use seal::trust::end_of;

use crate::DoorError;

/// Certificates a peer may show.
const MOST_CERTIFICATES: usize = 8;
/// Bytes of one certificate.
const MOST_BYTES: usize = 64 * 1024;

/// What a door is to its clients.
pub(crate) struct Server {
    /// The whole TLS configuration, certificate and key in it.
    pub(crate) tls: Arc<ServerConfig>,
    /// The last second of the certificate.
    pub(crate) end: Time,
}

/// Reads the server's certificate and key and makes the whole TLS configuration of the door.
pub(crate) fn read(certificate: &Path, key: &Path) -> Result<Arc<Server>, DoorError> {
    let unreadable = |path: &Path| {
        let path = path.to_owned();
        move |source| DoorError::Pem { path, source }
    };
    let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_file_iter(certificate)
        .and_then(Iterator::collect)
        .map_err(unreadable(certificate))?;
    let key = PrivateKeyDer::from_pem_file(key).map_err(unreadable(key))?;
    let unusable = |source| DoorError::Certificate {
        path: certificate.to_owned(),
        source,
    };
    let leaf = chain.first().cloned();
    let provider = Arc::new(aws_lc_rs::default_provider());
    let possession = Arc::new(Possession {
        provider: Arc::clone(&provider),
    });
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&version::TLS13, &version::TLS12])
        .and_then(|builder| {
            builder
                .with_client_cert_verifier(possession)
                .with_single_cert(chain, key)
        })
        .map_err(unusable)?;
    let end = leaf
        .and_then(|leaf| end_of(&leaf).ok())
        .ok_or_else(|| unusable(CertificateError::BadEncoding.into()))?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    // A resumed session would bring its certificate along without showing it.
    config.session_storage = Arc::new(NoServerSessionStorage {});
    config.send_tls13_tickets = 0;
    config.max_early_data_size = 0;
    Ok(Arc::new(Server {
        tls: Arc::new(config),
        end,
    }))
}

/// Checks that the peer holds the key of the certificate it shows, and nothing about the certificate itself.
#[derive(Debug)]
struct Possession {
    provider: Arc<CryptoProvider>,
}

impl ClientCertVerifier for Possession {
    fn offer_client_auth(&self) -> bool {
        true
    }

    fn client_auth_mandatory(&self) -> bool {
        // Who shows none reads so in a problem document.
        false
    }

    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        // With hints a client would hold back a certificate of an unknown CA, and its owner would read that none was shown.
        &[]
    }

    fn verify_client_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        _now: UnixTime,
    ) -> Result<ClientCertVerified, rustls::Error> {
        let bounded = intermediates.len() < MOST_CERTIFICATES
            && std::iter::once(end_entity)
                .chain(intermediates)
                .all(|der| der.len() <= MOST_BYTES);
        if bounded {
            Ok(ClientCertVerified::assertion())
        } else {
            Err(CertificateError::BadEncoding.into())
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(
            message,
            cert,
            dss,
            &self.provider.signature_verification_algorithms,
        )
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(
            message,
            cert,
            dss,
            &self.provider.signature_verification_algorithms,
        )
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider
            .signature_verification_algorithms
            .supported_schemes()
    }
}
