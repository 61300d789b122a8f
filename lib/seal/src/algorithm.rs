//! Which algorithms a seal may use: SHA-256 or better with RSA of at least 2048 bits (PKCS#1 or PSS) or ECDSA P-256/P-384.

use cms::signed_data::SignerInfo;
use const_oid::ObjectIdentifier;
use const_oid::db::rfc5912::{
    ECDSA_WITH_SHA_256, ECDSA_WITH_SHA_384, ECDSA_WITH_SHA_512, ID_MGF_1, ID_RSASSA_PSS, ID_SHA_256,
    ID_SHA_384, ID_SHA_512, RSA_ENCRYPTION, SHA_256_WITH_RSA_ENCRYPTION, SHA_384_WITH_RSA_ENCRYPTION,
    SHA_512_WITH_RSA_ENCRYPTION,
};
use der::{Any, Sequence};
use openssl::nid::Nid;
use openssl::pkey::{Id, PKeyRef, Public};
use x509_cert::spki::AlgorithmIdentifierOwned;

/// Fewest bits of an RSA modulus.
const RSA_BITS: u32 = 2048;
/// Longest PSS salt that is still sane: the largest a 16384-bit key has room for.
const LONGEST_SALT: u16 = 2_048;

/// RFC 4055 §3.1. An absent field means SHA-1, so only complete parameters are good enough.
#[derive(Sequence)]
struct PssParameters {
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    hash: Option<AlgorithmIdentifierOwned>,
    #[asn1(context_specific = "1", tag_mode = "EXPLICIT", optional = "true")]
    mask: Option<AlgorithmIdentifierOwned>,
    #[asn1(context_specific = "2", tag_mode = "EXPLICIT", optional = "true")]
    salt_length: Option<u16>,
    #[asn1(context_specific = "3", tag_mode = "EXPLICIT", optional = "true")]
    trailer: Option<u8>,
}

/// Whether digest and signature algorithm of a signer are strong enough and fit each other.
pub(crate) fn is_strong(signer: &SignerInfo) -> bool {
    let digest = signer.digest_alg.oid;
    let Some(length) = digest_length(digest) else {
        return false;
    };
    let signature = &signer.signature_algorithm;
    if signature.oid == ID_RSASSA_PSS {
        return signature
            .parameters
            .as_ref()
            .is_some_and(|parameters| is_strong_pss(parameters, digest, length));
    }
    let belongs_to = match signature.oid {
        // The digest is the signer's own digestAlgorithm.
        RSA_ENCRYPTION => digest,
        SHA_256_WITH_RSA_ENCRYPTION | ECDSA_WITH_SHA_256 => ID_SHA_256,
        SHA_384_WITH_RSA_ENCRYPTION | ECDSA_WITH_SHA_384 => ID_SHA_384,
        SHA_512_WITH_RSA_ENCRYPTION | ECDSA_WITH_SHA_512 => ID_SHA_512,
        _ => return false,
    };
    belongs_to == digest
}

/// Whether a public key is of a kind and size that may seal.
pub(crate) fn is_strong_key(key: &PKeyRef<Public>) -> bool {
    match key.id() {
        Id::RSA | Id::RSA_PSS => RSA_BITS <= key.bits(),
        Id::EC => key.ec_key().is_ok_and(|key| {
            let curve = key.group().curve_name();
            curve == Some(Nid::X9_62_PRIME256V1) || curve == Some(Nid::SECP384R1)
        }),
        _ => false,
    }
}

fn digest_length(digest: ObjectIdentifier) -> Option<u16> {
    match digest {
        ID_SHA_256 => Some(32),
        ID_SHA_384 => Some(48),
        ID_SHA_512 => Some(64),
        _ => None,
    }
}

fn is_strong_pss(parameters: &Any, digest: ObjectIdentifier, digest_length: u16) -> bool {
    let Ok(parameters) = parameters.decode_as::<PssParameters>() else {
        return false;
    };
    let hash_fits = parameters.hash.is_some_and(|hash| hash.oid == digest);
    let mask_fits = parameters.mask.is_some_and(|mask| {
        let mask_hash = mask
            .parameters
            .and_then(|inner| inner.decode_as::<AlgorithmIdentifierOwned>().ok());
        mask.oid == ID_MGF_1 && mask_hash.is_some_and(|hash| self::digest_length(hash.oid).is_some())
    });
    let salt_fits = parameters
        .salt_length
        .is_some_and(|salt| (digest_length..=LONGEST_SALT).contains(&salt));
    hash_fits && mask_fits && salt_fits && parameters.trailer.is_none_or(|trailer| trailer == 1)
}
