//! Routing asks the directory where an envelope goes: enrolled? open? licensed? able to take it?
//!
//! Steps in order: [`stage`] reads the message, [`directory`] fetches the facts, [`decide`] decides. Routing never opens
//! a body; it would not notice if every envelope were sealed for somebody else.

pub mod config;
pub mod decide;
pub mod directory;
pub mod stage;

pub use config::Config;
pub use stage::RoutingStage;
