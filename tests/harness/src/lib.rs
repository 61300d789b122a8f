//! Relay, broker and store for tests, speaking the domain's words.
//!
//! A [`World`] is one broker and one PostgreSQL in containers; a [`Relay`] is a vhost, a store, a PKI and the real
//! program in processes of its own; an [`Office`] has a certificate and hands. Waits have deadlines; nothing sleeps for
//! luck.

pub mod account;
pub mod browser;
mod clock;
pub mod collector;
pub mod commands;
pub mod disk;
pub mod eventually;
pub mod files;
pub mod forms;
pub mod guide;
pub mod hook;
pub mod office;
pub mod operator;
pub mod pki;
pub mod processes;
pub mod proxy;
pub mod raw_zip;
pub mod relay;
mod settings;
#[cfg(feature = "containers")]
pub mod stories;
pub mod vendor;
pub mod window;
#[cfg(feature = "containers")]
pub mod world;

pub use browser::Browser;
pub use collector::{Collector, Mood, TracedSpan};
pub use eventually::eventually;
pub use files::Unit;
pub use forms::Forms;
pub use office::Office;
pub use operator::Operator;
pub use pki::Pki;
pub use proxy::{Line, Proxy};
pub use relay::{Relay, RelayBuilder};
#[cfg(feature = "containers")]
pub use stories::{Story, tell};
pub use window::Window;
#[cfg(feature = "containers")]
pub use world::World;
