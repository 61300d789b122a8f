//! Why a trust folder cannot be used.

use std::io;
use std::path::PathBuf;

use openssl::error::ErrorStack;

use super::crl::CrlProblem;

/// Why the trust folder cannot be used. Names the file.
#[derive(Debug, thiserror::Error)]
pub enum TrustError {
    /// The folder cannot be listed.
    #[error("the trust folder {0} cannot be listed")]
    List(PathBuf, #[source] io::Error),
    /// A file cannot be read.
    #[error("{0} cannot be read")]
    Read(PathBuf, #[source] io::Error),
    /// The name begins with no role.
    #[error(
        "{0}: the name must begin with office, vendor, station or operator, such as office.pem or office-2.crl"
    )]
    Name(PathBuf),
    /// Not a certificate in PEM.
    #[error("{0} holds no readable PEM certificate")]
    Certificate(PathBuf, #[source] Option<ErrorStack>),
    /// A certificate that may not issue others.
    #[error("{0} holds a certificate that is not a CA's")]
    NotAnAuthority(PathBuf),
    /// One CA, or two CAs with one key, under two roles.
    #[error("{0} holds a CA that already has another role; each CA has one role")]
    TwoRoles(PathBuf),
    /// Not a revocation list in PEM.
    #[error("{0} holds no readable PEM revocation list")]
    Crl(PathBuf, #[source] Option<ErrorStack>),
    /// A revocation list that cannot be used.
    #[error("{0}: the revocation list cannot be used")]
    UnusableCrl(PathBuf, #[source] CrlProblem),
    /// A revocation list that no CA of the folder signed.
    #[error("{0} holds a revocation list that no CA of the folder signed")]
    StrangeCrl(PathBuf),
    /// No CA at all.
    #[error("the trust folder {0} holds no CA; put one into office.pem")]
    Empty(PathBuf),
    /// OpenSSL refuses.
    #[error("openssl refuses")]
    OpenSsl(#[from] ErrorStack),
}
