//! The whole door on the loopback: real TLS, real certificates, a real store.

mod closing;
mod handshake;
mod http;
mod identity;
mod world;
