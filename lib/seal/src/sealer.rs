//! Making seals: attached, binary, with signed attributes and the signer's certificate.

use openssl::cms::{CMSOptions, CmsContentInfo};
use openssl::error::ErrorStack;
use openssl::pkey::{PKey, Private};
use openssl::stack::Stack;
use openssl::x509::X509;

use crate::trust::fingerprint;

/// Why a seal could not be made.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// The PEM holds no certificate, or none that can be read.
    #[error("the certificate cannot be read as PEM")]
    Certificate(#[source] Option<ErrorStack>),
    /// The PEM holds no private key that can be read without a password.
    #[error("the private key cannot be read as PEM without a password")]
    Key(#[source] ErrorStack),
    /// Key and certificate are not a pair.
    #[error("the private key does not belong to the certificate")]
    NotAPair,
    /// OpenSSL could not sign.
    #[error("the content cannot be signed")]
    Sign(#[source] ErrorStack),
}

/// A certificate with its private key, ready to seal. RSA and ECDSA; the digest is SHA-256.
pub struct Sealer {
    certificate: X509,
    chain: Stack<X509>,
    key: PKey<Private>,
    fingerprint: String,
}

impl Sealer {
    /// From PEM texts: the certificate (further ones are sent along) and its unencrypted private key.
    ///
    /// # Errors
    /// Either cannot be read, or they do not belong together.
    pub fn from_pem(cert_pem: &[u8], key_pem: &[u8]) -> Result<Self, SealError> {
        let mut certificates = X509::stack_from_pem(cert_pem)
            .map_err(|error| SealError::Certificate(Some(error)))?
            .into_iter();
        let certificate = certificates.next().ok_or(SealError::Certificate(None))?;
        // The call-back keeps OpenSSL from asking for a password on the terminal.
        let key = PKey::private_key_from_pem_callback(key_pem, |_| Ok(0)).map_err(SealError::Key)?;
        let public = certificate
            .public_key()
            .map_err(|error| SealError::Certificate(Some(error)))?;
        if !public.public_eq(&key) {
            return Err(SealError::NotAPair);
        }
        let mut chain = Stack::new().map_err(SealError::Sign)?;
        for further in certificates {
            chain.push(further).map_err(SealError::Sign)?;
        }
        let der = certificate
            .to_der()
            .map_err(|error| SealError::Certificate(Some(error)))?;
        Ok(Self {
            fingerprint: fingerprint(&der),
            certificate,
            chain,
            key,
        })
    }

    /// The CMS SignedData over `content`, as DER.
    ///
    /// # Errors
    /// OpenSSL refuses, such as for a key it cannot sign with.
    pub fn seal(&self, content: &[u8]) -> Result<Vec<u8>, SealError> {
        // Without BINARY OpenSSL would turn LF into CR LF inside the content.
        let options = CMSOptions::BINARY | CMSOptions::NOSMIMECAP;
        CmsContentInfo::sign(
            Some(&self.certificate),
            Some(&self.key),
            Some(&self.chain),
            Some(content),
            options,
        )
        .and_then(|cms| cms.to_der())
        .map_err(SealError::Sign)
    }

    /// Lower-case hex SHA-256 of the certificate's DER.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        self.fingerprint.clone()
    }
}

impl std::fmt::Debug for Sealer {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Sealer")
            .field("fingerprint", &self.fingerprint)
            .finish_non_exhaustive()
    }
}
