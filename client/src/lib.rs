//! The office's side: check, send, fetch, acknowledge.
