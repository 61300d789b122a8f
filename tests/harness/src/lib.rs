//! Relay, broker and store for tests, speaking the domain's words.
