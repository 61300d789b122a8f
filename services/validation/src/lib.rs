//! Validation opens the seal and judges what is inside by the whole standard.
//!
//! Steps in order: [`stage`] reads the message, [`bench`] opens and judges on the CPU's own threads, [`signer`] asks the
//! directory whose certificate sealed it, [`decide`] decides. Validation never asks where an envelope goes, and never
//! changes a byte of it.

pub mod bench;
pub mod config;
pub mod decide;
pub mod signer;
pub mod stage;

pub use config::Config;
pub use stage::ValidationStage;
