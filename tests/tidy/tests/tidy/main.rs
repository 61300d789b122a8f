//! House rules, executable: one file per rule, each with its reason.
#![expect(
    clippy::expect_used,
    reason = "tests: a tree that cannot be read is a failure"
)]

mod acknowledge;
mod compose;
mod config;
mod contracts;
mod dependencies;
mod graph;
mod guides;
mod kubernetes;
mod kubernetes_schemas;
mod metrics;
mod names;
mod pages;
mod problems;
mod purity;
mod scripts;
mod size;
mod understood;
mod watching;
mod words;
mod yaml;
