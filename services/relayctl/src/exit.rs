//! How a run ends: exit codes, and what is said on the way out.

use proto::ProblemDocument;

/// The relay answered with a problem document, or a check found something to mend.
pub(crate) const REFUSED: u8 = 1;
/// A file could not be read or written, the door could not be reached or its answer not be understood.
pub(crate) const CANNOT: u8 = 2;
/// The command line or the configuration is wrong (`EX_USAGE` of sysexits.h).
pub(crate) const USAGE: u8 = 64;

/// Why nothing was done.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The relay said no, and why.
    Refused(Box<ProblemDocument>),
    /// A check found something to mend, and has said what.
    Found,
    /// Something outside stood in the way; the whole chain of causes.
    Cannot(String),
    /// The operator asked for something that makes no sense.
    Usage(String),
}

impl Failure {
    /// `act` (an infinitive with its object) failed because of `error` and what lies under it.
    pub(crate) fn cannot(act: &str, error: &dyn std::error::Error) -> Self {
        let mut text = format!("cannot {act}: {error}");
        let mut source = error.source();
        while let Some(inner) = source {
            let words = inner.to_string();
            if !text.ends_with(&words) {
                text = format!("{text}: {words}");
            }
            source = inner.source();
        }
        Self::Cannot(text)
    }

    /// The exit code.
    pub(crate) fn code(&self) -> u8 {
        match self {
            Self::Refused(_) | Self::Found => REFUSED,
            Self::Cannot(_) => CANNOT,
            Self::Usage(_) => USAGE,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_chain_of_causes_is_told_once() {
        #[derive(Debug, thiserror::Error)]
        #[error("outer")]
        struct Outer(#[source] std::io::Error);
        let failure = Failure::cannot("read x", &Outer(std::io::Error::other("inner")));
        assert!(matches!(&failure, Failure::Cannot(text) if text == "cannot read x: outer: inner"));
        assert_eq!(failure.code(), CANNOT);
    }
}
