//! The limits of an envelope (design's defaults; all but the names' rules are configurable).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Limits an envelope must keep. Sizes are bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Largest envelope (the CMS bytes), at most 15 MiB because a RabbitMQ 4 message is at most 16 MiB.
    pub envelope_bytes: u64,
    /// Most files beside the manifest.
    pub files: u32,
    /// Largest sum of the unpacked files.
    pub unpacked_bytes: u64,
    /// Largest ratio unpacked : packed of a file.
    pub ratio: u32,
}

impl Limits {
    /// No installation may allow a larger envelope.
    pub const ENVELOPE_CEILING: u64 = 15 * 1024 * 1024;
    /// Largest inflated manifest the door reads.
    pub const MANIFEST_BYTES: u64 = 64 * 1024;
    /// Longest message, in characters.
    pub const MESSAGE_CHARACTERS: usize = 1_000;
    /// Oldest `created_at` before acceptance, seconds.
    pub const CREATED_BEFORE_SECONDS: i64 = 30 * 24 * 3_600;
    /// Latest `created_at` after acceptance, seconds.
    pub const CREATED_AFTER_SECONDS: i64 = 600;
    /// Most problems a report lists one by one; the rest is counted per code.
    pub const PROBLEMS: usize = 1_000;
    /// Largest outcome message, bytes.
    pub const OUTCOME_BYTES: usize = 1024 * 1024;
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            envelope_bytes: 10 * 1024 * 1024,
            files: 50,
            unpacked_bytes: 50 * 1024 * 1024,
            ratio: 100,
        }
    }
}
