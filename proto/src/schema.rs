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
        (
            "conformance-result",
            schema_for!(crate::conformance::ConformanceResult),
        ),
        ("imported", schema_for!(crate::api::Imported)),
        ("status", schema_for!(crate::channel::StatusMessage)),
        ("ack", schema_for!(crate::channel::AckMessage)),
        ("notice", schema_for!(crate::api::NoticeEntry)),
        ("happening", schema_for!(crate::Happening)),
        ("recalled", schema_for!(crate::api::Recalled)),
    ]
}

/// Every shape of the console's door, which operators' scripts read and send. Golden copies lie in `proto/schemas/desk`.
#[must_use]
pub fn desk() -> Vec<(&'static str, Schema)> {
    use crate::{
        desk, desk_directory, desk_lists, desk_notices, desk_parked, desk_roles, desk_search, desk_way,
        maintenance,
    };
    vec![
        ("office-put", schema_for!(desk::OfficePut)),
        ("office-view", schema_for!(desk::OfficeView)),
        ("licence-put", schema_for!(desk::LicencePut)),
        ("certificate-post", schema_for!(desk::CertificatePost)),
        ("certificate-bound", schema_for!(desk::CertificateBound)),
        ("certificate-list", schema_for!(desk_lists::CertificateList)),
        ("licence-list", schema_for!(desk_lists::LicenceList)),
        ("delegation-post", schema_for!(desk::DelegationPost)),
        ("delegation-made", schema_for!(desk::DelegationMade)),
        ("delegation-list", schema_for!(desk::DelegationList)),
        ("delegations-held", schema_for!(desk_lists::DelegationsHeld)),
        ("channel-put", schema_for!(desk::ChannelPut)),
        ("channel-password", schema_for!(desk::ChannelPassword)),
        ("channels", schema_for!(desk::Channels)),
        ("notice-post", schema_for!(desk::NoticePost)),
        ("notice-list", schema_for!(desk::NoticeList)),
        ("notice-draft", schema_for!(desk_notices::NoticeDraft)),
        ("notice-drafts", schema_for!(desk_notices::NoticeDrafts)),
        ("directory-import", schema_for!(desk_directory::DirectoryImport)),
        ("directory-imports", schema_for!(desk_directory::DirectoryImports)),
        ("books", schema_for!(desk::Books)),
        ("way", schema_for!(desk_way::Way)),
        ("missing-list", schema_for!(desk::MissingList)),
        ("audit-list", schema_for!(desk::AuditList)),
        ("envelope-list", schema_for!(desk_search::EnvelopeList)),
        ("envelope-trace", schema_for!(desk_search::EnvelopeTrace)),
        ("operator-put", schema_for!(desk_roles::OperatorPut)),
        ("operator-list", schema_for!(desk_roles::OperatorList)),
        ("maintenance-post", schema_for!(maintenance::MaintenancePost)),
        ("maintenance-view", schema_for!(maintenance::MaintenanceView)),
        ("parked-list", schema_for!(desk_parked::ParkedList)),
        ("parked-view", schema_for!(desk_parked::ParkedView)),
        ("parked-redrive", schema_for!(desk_parked::ParkedRedrive)),
        ("parked-discard", schema_for!(desk_parked::ParkedDiscard)),
        ("parked-acted", schema_for!(desk_parked::ParkedActed)),
        ("parked-stopped", schema_for!(desk_parked::ParkedStopped)),
    ]
}
