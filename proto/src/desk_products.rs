//! Products of vendors at the desk: their conformance results, and which takes in what which has sent.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Time;

/// Body of `POST /v1/products/results`; the answer is a [`ResultEntry`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ResultPost {
    /// The signed result (CMS, DER) in base64.
    pub signed: String,
}

/// A conformance result as it was added.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ResultEntry {
    /// SHA-256 of the signed file, lower-case hexadecimal.
    pub id: String,
    /// The product's name.
    pub product: String,
    /// Its version.
    pub version: String,
    /// What tested it.
    pub tool: String,
    /// Whose certificate signed, a holder.
    pub signer: String,
    /// The relay it was tested against.
    pub relay: String,
    /// When the test ended.
    pub ended_at: Time,
    /// When it was added here.
    pub added_at: Time,
    /// Cases passed.
    pub passed: i64,
    /// Cases failed.
    pub failed: i64,
    /// Cases not run.
    pub not_run: i64,
    /// Ids of the failed ones.
    pub failed_cases: Vec<String>,
}

/// A product.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ProductEntry {
    /// Its name.
    pub name: String,
    /// Its newest result, by the end of the test.
    pub newest: Option<ResultEntry>,
    /// How many results there are.
    pub results: i64,
}

/// Answer of `GET /v1/products`, in order of their names.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ProductList {
    /// The products.
    pub items: Vec<ProductEntry>,
}

/// In the matrix: software that says nothing of itself.
pub const UNNAMED: &str = "(unnamed)";

/// In the matrix: software whose name is no registered product's.
pub const UNREGISTERED: &str = "(unregistered)";

/// In the matrix: a reason without a code, or one too many.
pub const OTHER_REASON: &str = "(other)";

/// What one product's software said of envelopes made with another's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ImportPair {
    /// The product that made the files; or [`UNNAMED`], [`UNREGISTERED`].
    pub made_with: String,
    /// The product that took them in, or not.
    pub taken_by: String,
    /// Imports that went well.
    pub ok: i64,
    /// Imports that failed. An envelope that failed first and was taken in later counts in both.
    pub failed: i64,
    /// When the last one was reported.
    pub last_at: Time,
    /// The most frequent code of failed ones.
    pub reason: Option<String>,
    /// How many failed for it.
    pub reason_count: i64,
}

/// Answer of `GET /v1/products/imports`, in order of the names.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ImportMatrix {
    /// The pairs seen.
    pub items: Vec<ImportPair>,
}
