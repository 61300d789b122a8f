//! Receipts: what the relay signs so that an office can prove sending and arrival.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{EnvelopeId, OfficeNumber, Step, Time};

/// The value of [`Receipt::format`].
pub const RECEIPT_FORMAT: &str = "careplan-receipt/1";

/// The JSON content of a receipt (CMS SignedData, attached, signed by the relay with P-256).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Receipt {
    /// `careplan-receipt/1`
    pub format: String,
    /// Which step it proves.
    pub step: Step,
    /// The envelope: SHA-256 of its bytes.
    pub id: EnvelopeId,
    /// The sending office.
    pub sender: OfficeNumber,
    /// The office it is for.
    pub destination: OfficeNumber,
    /// When the step was done.
    pub at: Time,
}

impl Receipt {
    /// A receipt of this format.
    #[must_use]
    pub fn new(
        step: Step,
        id: EnvelopeId,
        sender: OfficeNumber,
        destination: OfficeNumber,
        at: Time,
    ) -> Self {
        Self {
            format: RECEIPT_FORMAT.to_owned(),
            step,
            id,
            sender,
            destination,
            at,
        }
    }
}
