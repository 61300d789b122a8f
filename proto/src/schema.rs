//! The JSON schemas of the contract, derived from its types. Golden copies lie in `proto/schemas`.

use schemars::{Schema, schema_for};

/// Every published shape: file name (without `.json`) and schema.
#[must_use]
pub fn all() -> Vec<(&'static str, Schema)> {
    vec![
        ("manifest", schema_for!(crate::Manifest)),
        ("outcome", schema_for!(crate::OutcomeMessage)),
        ("accepted-note", schema_for!(crate::note::NoteMessage)),
        ("sending", schema_for!(crate::Sending)),
        ("receipt", schema_for!(crate::Receipt)),
        ("problem", schema_for!(crate::ProblemDocument)),
        ("accepted", schema_for!(crate::api::Accepted)),
        ("check-report", schema_for!(crate::api::CheckReport)),
        ("policy", schema_for!(crate::policy::EffectivePolicy)),
        ("inbox-page", schema_for!(crate::api::Page<crate::api::InboxItem>)),
        ("sent-page", schema_for!(crate::api::Page<crate::api::SentItem>)),
        ("imported", schema_for!(crate::api::Imported)),
        ("recalled", schema_for!(crate::api::Recalled)),
    ]
}
