//! The JSON shapes of drafts of notices at the console's door.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{OfficeNumber, Time};

/// A notice that is not published yet: the answer of `POST /v1/notices/drafts` and `PUT /v1/notices/drafts/{id}`, whose
/// body is a [`crate::desk::NoticePost`]. `POST /v1/notices/drafts/{id}/publish` publishes it, `DELETE` discards it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct NoticeDraft {
    /// Its number among drafts.
    pub id: i64,
    /// The office it is for; none: as the next two say.
    pub office: Option<OfficeNumber>,
    /// The prefecture it is for, the first two digits of office numbers; none: every one.
    #[serde(default)]
    pub prefecture: Option<String>,
    /// The service kind it is for; none: every one.
    #[serde(default)]
    pub service: Option<String>,
    /// Its words.
    pub text: String,
    /// Who last changed it, a holder.
    pub changed_by: String,
    /// When.
    pub changed_at: Time,
}

/// Answer of `GET /v1/notices/drafts`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct NoticeDrafts {
    /// Newest first.
    pub items: Vec<NoticeDraft>,
}
