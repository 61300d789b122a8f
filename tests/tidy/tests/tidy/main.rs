//! House rules, executable: one file per rule, each with its reason.

mod acknowledge;
mod dependencies;
mod graph;
mod names;
mod purity;
mod size;
mod words;
