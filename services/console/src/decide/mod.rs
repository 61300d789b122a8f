//! What the desk lets through: facts in, decision out.

pub mod act;
pub mod certificate;
pub mod delegation;
pub mod directory;
pub mod licence;
pub mod maintenance;
pub mod notice;
pub mod office;
pub mod operator;
pub mod parked;
pub mod search;
