//! For which office somebody is at the door: the certificate's own, or the one named by `?office=` if that office lets the
//! holder do it.

use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;
use chassis::process;
use door::{Caller, Refused};
use proto::{Holder, OfficeNumber, Right, codes};
use serde::Deserialize;

use crate::door::{DeliveryState, store_error};
use crate::inbox::malformed;

/// A caller that may read for an office; acknowledging what was read belongs to reading.
pub struct Reader {
    /// Whose lists are read.
    pub office: OfficeNumber,
    /// Who reads, as the audit knows them.
    pub holder: Holder,
}

/// A caller that may send for an office, and so take back what was sent.
pub struct Sender {
    /// Whose envelopes.
    pub office: OfficeNumber,
    /// Who acts, as the audit knows them.
    pub holder: Holder,
}

#[derive(Deserialize)]
struct Asked {
    office: Option<String>,
}

impl FromRequestParts<DeliveryState> for Reader {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, state: &DeliveryState) -> Result<Self, Refused> {
        let (office, holder) = act_for(parts, state, Right::Read).await?;
        Ok(Self { office, holder })
    }
}

impl FromRequestParts<DeliveryState> for Sender {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, state: &DeliveryState) -> Result<Self, Refused> {
        let (office, holder) = act_for(parts, state, Right::Send).await?;
        Ok(Self { office, holder })
    }
}

async fn act_for(
    parts: &mut Parts,
    state: &DeliveryState,
    right: Right,
) -> Result<(OfficeNumber, Holder), Refused> {
    let holder = Caller::from_request_parts(parts, state).await?.holder;
    let bad_request = || malformed("office");
    let Query(asked) = Query::<Asked>::try_from_uri(&parts.uri).map_err(|_| bad_request())?;
    let office = match (asked.office, holder.office()) {
        (Some(text), _) => text.parse().map_err(|_| bad_request())?,
        (None, Some(own)) => own,
        // Vendors have no office of their own: they must name one.
        (None, None) => return Err(bad_request()),
    };
    let may = state
        .snapshot
        .may_act_after_all(office, &holder, right, process::now())
        .await;
    if may.map_err(|error| store_error(&error))? {
        return Ok((office, holder));
    }
    // What is not yours is not there.
    Err(Refused::from(&codes::HTTP_NOT_FOUND))
}
