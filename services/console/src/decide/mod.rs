//! What the desk lets through: facts in, decision out.

pub mod certificate;
pub mod delegation;
pub mod licence;
pub mod office;
pub mod parked;
