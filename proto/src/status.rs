//! The closed sets of statuses, steps and stations.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The text is not a word of the closed set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a word of this closed set")]
pub struct NotInSet;

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
        pub enum $name { $($(#[$vdoc])* #[serde(rename = $word)] $variant,)+ }

        impl $name {
            /// Every word of the set.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word on doors, in the store and on dashboards.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(self.as_str())
            }
        }

        impl FromStr for $name {
            type Err = NotInSet;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                match text { $($word => Ok(Self::$variant),)+ _ => Err(NotInSet) }
            }
        }
    };
}

words! {
    /// Where an envelope stands.
    Status {
        /// The door has the broker's confirm.
        Accepted = "accepted",
        /// The seal was opened and the files judged good.
        Validated = "validated",
        /// The directory knows where it goes.
        Routed = "routed",
        /// In the destination's mailbox.
        Delivered = "delivered",
        /// The destination has fetched it and said so.
        Collected = "collected",
        /// The destination's software has taken it in.
        Imported = "imported",
        /// The destination's software could not take it in.
        ImportFailed = "import_failed",
        /// The sender's fault, with coded problems.
        Rejected = "rejected",
        /// The destination cannot be delivered to.
        Undeliverable = "undeliverable",
        /// The same sending is already there under another id.
        Duplicate = "duplicate",
        /// Withdrawn by the sender before it was handed out.
        Recalled = "recalled",
        /// Never collected within the retention period.
        Expired = "expired",
        /// Set aside for an operator.
        Parked = "parked",
    }
}

words! {
    /// A step that has a signed receipt.
    Step {
        /// The door took it.
        Accepted = "accepted",
        /// The whole standard was kept.
        Validated = "validated",
        /// It lies in the mailbox.
        Delivered = "delivered",
        /// It was fetched.
        Collected = "collected",
        /// It was taken in.
        Imported = "imported",
    }
}

words! {
    /// A station of the relay.
    Station {
        /// The door.
        Ingest = "ingest",
        /// Opens the seal and judges.
        Validation = "validation",
        /// Asks the directory.
        Routing = "routing",
        /// Mailbox and ledger.
        Delivery = "delivery",
        /// The operators' desk.
        Console = "console",
    }
}

impl Status {
    /// Whether the envelope reached (or had reached) a mailbox.
    #[must_use]
    pub fn is_mailboxed(self) -> bool {
        matches!(
            self,
            Self::Delivered | Self::Collected | Self::Imported | Self::ImportFailed | Self::Expired
        )
    }
}
