//! The stories, one file per promise.

pub(crate) mod cut;
pub(crate) mod hand_over;
pub(crate) mod memory;
pub(crate) mod order;
pub(crate) mod poison;
pub(crate) mod publish;
pub(crate) mod retry;
pub(crate) mod shutdown;
pub(crate) mod stream;
pub(crate) mod topology;
