//! Seals good and hostile, most of them made by the openssl command line, and the certificates behind them.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests may stop at the first surprise"
)]

mod corpus;
mod hostile_signer;
mod hostile_structure;
mod mutations;
mod openssl_cli;
mod sealing;
mod trust;
mod trust_folder;
mod world;
