//! The JSON shapes of webhooks at the console's door.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::webhook::CallOutcome;
use crate::{OfficeNumber, Time};

/// Body of `PUT /v1/webhooks/{name}`, named as a channel (`vendor.abc`, `office.0300000005`): what is there of it stays.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WebhookPut {
    /// Where to call, `https://…`; at most 2,000 characters, no user, no fragment.
    pub url: String,
    /// Offices it is to tell of beside those it tells of already; an office's own tells of that office.
    #[serde(default)]
    pub offices: Vec<OfficeNumber>,
}

/// A webhook as the desk shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct WebhookView {
    /// Its name, that of its holder.
    pub name: String,
    /// Where it calls.
    pub url: String,
    /// Since when it is there.
    pub since: Time,
    /// The secret its calls are signed with, once, when it was just made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
    /// Until when calls are signed with the secret before, too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub old_secret_until: Option<Time>,
    /// The offices it tells of, ascending, each with how it stands.
    pub offices: Vec<WebhookLine>,
}

/// How a webhook stands for one office. Offices are told of independently; those of one office one by one, in order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct WebhookLine {
    /// The office.
    pub office: OfficeNumber,
    /// Whether its holder may read for the office now; if not, it waits.
    pub may_read: bool,
    /// Whether something waits to be told.
    pub waits: bool,
    /// Since when no call has been taken; none when all is well.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failing_since: Option<Time>,
    /// Calls in vain since then.
    pub tries: i64,
    /// How the last of them ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<CallOutcome>,
    /// When it is called again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_at: Option<Time>,
    /// When it was given up; `enable` goes on where it stopped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disabled_at: Option<Time>,
}

/// Answer of `GET /v1/webhooks`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Webhooks {
    /// By name.
    pub items: Vec<WebhookView>,
}

/// Answer of `POST /v1/webhooks/{name}/test`: what came back of one signed call of kind `test`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct WebhookTested {
    /// How it ended; none: no delivery station took it up in time.
    pub outcome: Option<CallOutcome>,
    /// The status it was answered with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// How long it took, milliseconds.
    #[serde(default)]
    pub milliseconds: u64,
    /// What stood in the way, in English.
    #[serde(default)]
    pub words: String,
}
