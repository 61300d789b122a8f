//! CMS seals, certificates, trust and receipts; the only crate that names openssl.
