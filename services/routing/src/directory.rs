//! The edge to the directory: facts of a destination, from the snapshot or afresh.

use proto::OfficeNumber;
use store::{Freshness, OfficeFacts, Snapshot, StoreError};

use crate::decide::{self, Asked, Decision, LicencePolicy};

/// Decides with the snapshot; a refusal is decided again with facts read afresh, for a snapshot may only say yes.
///
/// # Errors
/// When the store cannot be read.
pub async fn route(
    snapshot: &Snapshot,
    destination: OfficeNumber,
    asked: &Asked<'_>,
    licences: LicencePolicy,
) -> Result<Decision, StoreError> {
    let cached: Option<OfficeFacts> = snapshot.office(destination, Freshness::Cached).await?;
    let decision = decide::route(cached.as_ref(), asked, licences);
    if decision == Decision::Route {
        return Ok(decision);
    }
    let fresh = snapshot.office(destination, Freshness::Now).await?;
    Ok(decide::route(fresh.as_ref(), asked, licences))
}
