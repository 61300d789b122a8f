//! What every station stands on: configuration, telemetry, broker, shutdown.

pub mod admin;
pub mod broker;
pub mod config;
pub mod health;
pub mod metrics;
pub mod process;
pub mod shutdown;
pub mod telemetry;
pub mod traces;
