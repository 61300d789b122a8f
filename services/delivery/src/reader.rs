//! For which office somebody reads: the certificate's own, or the one named by `?office=` if it lets the holder read.

use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;
use chassis::process;
use door::{Caller, Refused};
use proto::{Holder, OfficeNumber, Right, codes};
use serde::Deserialize;
use store::Freshness;

use crate::door::DeliveryState;

/// A caller that may read for an office.
pub struct Reader {
    /// Whose lists are read.
    pub office: OfficeNumber,
    /// Who reads, as the audit knows them.
    pub holder: Holder,
}

#[derive(Deserialize)]
struct Asked {
    office: Option<String>,
}

impl FromRequestParts<DeliveryState> for Reader {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, state: &DeliveryState) -> Result<Self, Refused> {
        let caller = Caller::from_request_parts(parts, state).await?;
        let Ok(Query(asked)) = Query::<Asked>::try_from_uri(&parts.uri) else {
            return Err(Refused::from(&codes::HTTP_BAD_REQUEST));
        };
        let office = match (asked.office, caller.holder.office()) {
            (Some(text), _) => text
                .parse()
                .map_err(|_| Refused::from(&codes::HTTP_BAD_REQUEST))?,
            (None, Some(own)) => own,
            // Vendors have no office of their own: they must name one.
            (None, None) => return Err(Refused::from(&codes::HTTP_BAD_REQUEST)),
        };
        for freshness in [Freshness::Cached, Freshness::Now] {
            let may = state
                .snapshot
                .may_act(office, &caller.holder, Right::Read, process::now(), freshness)
                .await;
            match may {
                Ok(true) => {
                    return Ok(Self {
                        office,
                        holder: caller.holder,
                    });
                }
                Ok(false) => {}
                Err(error) => return Err(crate::door::store_error(&error)),
            }
        }
        // What is not yours is not there.
        Err(Refused::from(&codes::HTTP_NOT_FOUND))
    }
}
