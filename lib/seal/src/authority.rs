//! A throw-away CA for development and tests. The CAs of a real installation are run elsewhere.

use openssl::asn1::{Asn1Integer, Asn1Time};
use openssl::bn::{BigNum, MsbOption};
use openssl::ec::{EcGroup, EcKey};
use openssl::error::ErrorStack;
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkcs12::Pkcs12;
use openssl::pkey::{PKey, Private};
use openssl::rsa::Rsa;
use openssl::stack::Stack;
use openssl::x509::extension::{
    AuthorityKeyIdentifier, BasicConstraints, CrlNumber, ExtendedKeyUsage, KeyUsage, SubjectAlternativeName,
    SubjectKeyIdentifier,
};
use openssl::x509::{X509, X509Builder, X509CrlBuilder, X509Name, X509NameBuilder, X509RevokedBuilder};
use proto::Time;

use crate::instant::to_asn1;
use crate::trust::{Role, hex};

/// 2020-01-01T00:00:00Z: a throw-away CA is valid for any time a test may name.
const CA_FROM: i64 = 1_577_836_800;
/// 2049-12-31T00:00:00Z.
const CA_UNTIL: i64 = 2_524_521_600;
/// Version 3, as X.509 counts.
const V3: i32 = 2;

/// Why the throw-away CA could not do it.
#[derive(Debug, thiserror::Error)]
pub enum AuthorityError {
    /// OpenSSL refuses.
    #[error("openssl refuses")]
    OpenSsl(#[from] ErrorStack),
    /// Not lower-case or upper-case hex.
    #[error("{0} is not a serial number in hex")]
    Serial(String),
}

/// Kind and size of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyKind {
    /// RSA, 2048 bits.
    Rsa2048,
    /// ECDSA, NIST P-256.
    P256,
    /// ECDSA, NIST P-384.
    P384,
    /// RSA, 1024 bits: too weak, to test refusals.
    Rsa1024,
}

/// What a certificate is to be used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Usage {
    /// An office or vendor: TLS client and signer.
    ClientAndSign,
    /// A TLS server; its names are [`Request::server_names`].
    Server,
    /// A TLS client; its keyUsage is digitalSignature only.
    ClientOnly,
    /// A signer that is no TLS client.
    Sign,
}

/// What a certificate is asked to say.
#[derive(Clone, Debug)]
pub struct Request {
    /// Subject's commonName.
    pub common_name: String,
    /// Subject's serialNumbers in full, such as `JGNO:0300000100`. The profile wants exactly one for an office.
    pub serial_numbers: Vec<String>,
    /// Subject's organization.
    pub organisation: Option<String>,
    /// DNS names and IP addresses of a server.
    pub server_names: Vec<String>,
    /// The key that is made.
    pub key: KeyKind,
    /// Beginning of validity, rounded down to the second.
    pub not_before: Time,
    /// End of validity, rounded down to the second.
    pub not_after: Time,
    /// keyUsage and extendedKeyUsage.
    pub usage: Usage,
}

/// A certificate with its new private key.
#[derive(Clone)]
pub struct Issued {
    /// The certificate, PEM.
    pub cert_pem: Vec<u8>,
    /// The private key, PKCS#8 PEM without password.
    pub key_pem: Vec<u8>,
    /// The certificate, DER.
    pub cert_der: Vec<u8>,
    /// The certificate's serial number, lower-case hex.
    pub serial: String,
}

/// A CA with its private key.
pub struct Authority {
    certificate: X509,
    key: PKey<Private>,
    cert_pem: Vec<u8>,
    key_pem: Vec<u8>,
}

impl Authority {
    /// A new self-signed CA (P-256), valid 2020 to 2049. The role stands in its subject, for people; what counts is the
    /// name of the file it is put into.
    ///
    /// # Errors
    /// OpenSSL refuses, such as for a name over 64 characters.
    pub fn create(common_name: &str, role: Role) -> Result<Self, AuthorityError> {
        let key = new_key(KeyKind::P256)?;
        let mut name = X509NameBuilder::new()?;
        name.append_entry_by_nid(Nid::ORGANIZATIONNAME, "careplan-relay throw-away CA")?;
        name.append_entry_by_nid(Nid::ORGANIZATIONALUNITNAME, role.as_str())?;
        name.append_entry_by_nid(Nid::COMMONNAME, common_name)?;
        let name = name.build();
        let (_, mut builder) = begin(&name, &name, &key)?;
        builder.set_not_before(Asn1Time::from_unix(CA_FROM)?.as_ref())?;
        builder.set_not_after(Asn1Time::from_unix(CA_UNTIL)?.as_ref())?;
        builder.append_extension(BasicConstraints::new().critical().ca().pathlen(0).build()?)?;
        builder.append_extension(KeyUsage::new().critical().key_cert_sign().crl_sign().build()?)?;
        let identifier = SubjectKeyIdentifier::new().build(&builder.x509v3_context(None, None))?;
        builder.append_extension(identifier)?;
        builder.sign(&key, MessageDigest::sha256())?;
        Ok(Self::new(builder.build(), key)?)
    }

    /// A CA made before.
    ///
    /// # Errors
    /// Certificate or key cannot be read as PEM.
    pub fn from_pem(cert_pem: &[u8], key_pem: &[u8]) -> Result<Self, AuthorityError> {
        let certificate = X509::from_pem(cert_pem)?;
        let key = PKey::private_key_from_pem_callback(key_pem, |_| Ok(0))?;
        Ok(Self::new(certificate, key)?)
    }

    fn new(certificate: X509, key: PKey<Private>) -> Result<Self, ErrorStack> {
        let (cert_pem, key_pem) = (certificate.to_pem()?, key.private_key_to_pem_pkcs8()?);
        Ok(Self {
            certificate,
            key,
            cert_pem,
            key_pem,
        })
    }

    /// The CA's certificate, PEM.
    #[must_use]
    pub fn cert_pem(&self) -> Vec<u8> {
        self.cert_pem.clone()
    }

    /// The CA's private key, PKCS#8 PEM without password.
    #[must_use]
    pub fn key_pem(&self) -> Vec<u8> {
        self.key_pem.clone()
    }

    /// A revocation list, PEM: serial numbers (hex, as [`Issued::serial`]) with the instant of revocation.
    ///
    /// # Errors
    /// A serial number is not hex, or OpenSSL refuses.
    pub fn crl_pem(
        &self,
        revoked: &[(String, Time)],
        this_update: Time,
        next_update: Time,
    ) -> Result<Vec<u8>, AuthorityError> {
        let mut builder = X509CrlBuilder::new()?;
        builder.set_issuer_name(self.certificate.subject_name())?;
        builder.set_last_update(to_asn1(this_update)?.as_ref())?;
        builder.set_next_update(to_asn1(next_update)?.as_ref())?;
        for (serial, since) in revoked {
            let number = BigNum::from_hex_str(serial).map_err(|_| AuthorityError::Serial(serial.clone()))?;
            let mut entry = X509RevokedBuilder::new()?;
            entry.set_serial_number(Asn1Integer::from_bn(&number)?.as_ref())?;
            entry.set_revocation_date(to_asn1(*since)?.as_ref())?;
            builder.add_revoked(entry.build())?;
        }
        let issuer = Some(self.certificate.as_ref());
        let identifier = {
            // OpenSSL's binding offers a context only on a certificate's builder; it only carries the issuer.
            let context_holder = X509Builder::new()?;
            let context = context_holder.x509v3_context(issuer, None);
            AuthorityKeyIdentifier::new().keyid(true).build(&context)?
        };
        builder.append_extension(identifier)?;
        let number = BigNum::from_dec_str(&this_update.micros().max(0).to_string())?;
        builder.append_extension(CrlNumber::new(number)?.build()?)?;
        builder.sort()?;
        builder.sign(&self.key, MessageDigest::sha256())?;
        Ok(builder.build()?.to_pem()?)
    }

    /// Makes a key and a certificate for it.
    ///
    /// # Errors
    /// OpenSSL refuses, such as for a name over 64 characters.
    pub fn issue(&self, request: &Request) -> Result<Issued, AuthorityError> {
        let key = new_key(request.key)?;
        let subject = subject(request)?;
        let (serial, mut builder) = begin(&subject, self.certificate.subject_name(), &key)?;
        builder.set_not_before(to_asn1(request.not_before)?.as_ref())?;
        builder.set_not_after(to_asn1(request.not_after)?.as_ref())?;
        builder.append_extension(BasicConstraints::new().critical().build()?)?;
        let (mut key_usage, mut extended) = (KeyUsage::new(), ExtendedKeyUsage::new());
        key_usage.critical().digital_signature();
        match request.usage {
            Usage::ClientAndSign => {
                key_usage.non_repudiation();
                extended.client_auth().email_protection();
            }
            Usage::Server => {
                extended.server_auth();
            }
            Usage::ClientOnly => {
                extended.client_auth();
            }
            Usage::Sign => {
                key_usage.non_repudiation();
                extended.email_protection();
            }
        }
        builder.append_extension(key_usage.build()?)?;
        builder.append_extension(extended.build()?)?;
        let identifier = SubjectKeyIdentifier::new().build(&builder.x509v3_context(None, None))?;
        builder.append_extension(identifier)?;
        let context = builder.x509v3_context(Some(&self.certificate), None);
        let issuer = AuthorityKeyIdentifier::new().keyid(true).build(&context)?;
        let names = (!request.server_names.is_empty())
            .then(|| server_names(&request.server_names).build(&context))
            .transpose()?;
        builder.append_extension(issuer)?;
        if let Some(names) = names {
            builder.append_extension(names)?;
        }
        builder.sign(&self.key, MessageDigest::sha256())?;
        let certificate = builder.build();
        Ok(Issued {
            cert_pem: certificate.to_pem()?,
            key_pem: key.private_key_to_pem_pkcs8()?,
            cert_der: certificate.to_der()?,
            serial: hex(&serial.to_vec()),
        })
    }

    /// A PKCS#12 container of the certificate, its key and this CA's certificate.
    ///
    /// # Errors
    /// OpenSSL refuses.
    pub fn p12(&self, issued: &Issued, password: &str) -> Result<Vec<u8>, AuthorityError> {
        let certificate = X509::from_der(&issued.cert_der)?;
        let key = PKey::private_key_from_pem_callback(&issued.key_pem, |_| Ok(0))?;
        let mut chain = Stack::new()?;
        chain.push(self.certificate.clone())?;
        let mut builder = Pkcs12::builder();
        builder
            .name("careplan-relay")
            .pkey(&key)
            .cert(&certificate)
            .ca(chain);
        Ok(builder.build2(password)?.to_der()?)
    }
}

fn new_key(kind: KeyKind) -> Result<PKey<Private>, ErrorStack> {
    let curve = |name| {
        let group = EcGroup::from_curve_name(name)?;
        PKey::from_ec_key(EcKey::generate(&group)?)
    };
    match kind {
        KeyKind::Rsa2048 => PKey::from_rsa(Rsa::generate(2048)?),
        KeyKind::Rsa1024 => PKey::from_rsa(Rsa::generate(1024)?),
        KeyKind::P256 => curve(Nid::X9_62_PRIME256V1),
        KeyKind::P384 => curve(Nid::SECP384R1),
    }
}

fn subject(request: &Request) -> Result<X509Name, ErrorStack> {
    let mut name = X509NameBuilder::new()?;
    if let Some(organisation) = &request.organisation {
        name.append_entry_by_nid(Nid::ORGANIZATIONNAME, organisation)?;
    }
    for number in &request.serial_numbers {
        name.append_entry_by_nid(Nid::SERIALNUMBER, number)?;
    }
    name.append_entry_by_nid(Nid::COMMONNAME, &request.common_name)?;
    Ok(name.build())
}

/// A builder with version, a random serial number of 127 bits, names and public key.
fn begin(
    subject: &X509Name,
    issuer: &openssl::x509::X509NameRef,
    key: &PKey<Private>,
) -> Result<(BigNum, X509Builder), ErrorStack> {
    let mut serial = BigNum::new()?;
    serial.rand(127, MsbOption::ONE, false)?;
    let mut builder = X509Builder::new()?;
    builder.set_version(V3)?;
    builder.set_serial_number(Asn1Integer::from_bn(&serial)?.as_ref())?;
    builder.set_subject_name(subject)?;
    builder.set_issuer_name(issuer)?;
    builder.set_pubkey(key)?;
    Ok((serial, builder))
}

fn server_names(names: &[String]) -> SubjectAlternativeName {
    let mut extension = SubjectAlternativeName::new();
    for name in names {
        if name.parse::<std::net::IpAddr>().is_ok() {
            extension.ip(name);
        } else {
            extension.dns(name);
        }
    }
    extension
}
