//! Directory, mailbox and ledger; the only crate that names sqlx.
