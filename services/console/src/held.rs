//! `GET /v1/certificates`, `/v1/licences` and `/v1/delegations`: who holds what, page by page.

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use chassis::process;
use proto::Time;
use proto::desk_lists::{CertificateList, DelegationsHeld, LicenceList};
use serde::Deserialize;
use store::DelegationKey;

use crate::decide::delegation::no_end;
use crate::error::{DeskError, bad};
use crate::operator::Operator;
use crate::state::ConsoleState;

/// Items of a page unless asked otherwise, and most of them.
const USUAL: u32 = 100;
const MOST: u32 = 1_000;

/// Days within which everything ends, the year 9999 of certificates without an end (RFC 5280 §4.1.2.5) too.
pub(crate) const EVER: i64 = 365 * 10_000;

/// What is asked; empty texts ask for nothing.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Asked {
    /// Only what ends within so many days, or is over.
    pub(crate) within_days: Option<i64>,
    /// Certificates: of this holder, or of a kind of holders (`office:`).
    pub(crate) holder: String,
    /// Delegations: of this office.
    pub(crate) office: String,
    /// Delegations: to this holder.
    pub(crate) delegate: String,
    /// Behind this, from the page before.
    pub(crate) after: Option<String>,
    pub(crate) limit: Option<u32>,
    /// The language of a page, which is not the list's matter.
    lang: Option<String>,
}

pub(crate) type Wish = Result<Query<Asked>, QueryRejection>;

impl Asked {
    fn read(wish: Wish) -> Result<Self, DeskError> {
        let Query(asked) = wish.map_err(|_| bad("query"))?;
        // No database takes it for a text.
        let texts = [&asked.holder, &asked.office, &asked.delegate];
        if texts.iter().any(|text| text.contains('\0')) {
            return Err(bad("query"));
        }
        Ok(asked)
    }

    fn limit(&self) -> u32 {
        self.limit.unwrap_or(USUAL).clamp(1, MOST)
    }

    fn before(&self, now: Time) -> Time {
        let days = self.within_days.unwrap_or(EVER).clamp(-EVER, EVER);
        now.plus_seconds(days * 86_400)
    }

    /// The parts of where the page begins.
    fn after<const N: usize>(&self) -> Result<Option<[&str; N]>, DeskError> {
        let Some(after) = self.after.as_deref().filter(|after| !after.is_empty()) else {
            return Ok(None);
        };
        let parts: Vec<&str> = after.split('~').collect();
        let plain = after.bytes().all(|byte| byte.is_ascii_graphic());
        let parts = parts.try_into().ok().filter(|_| plain);
        parts.map(Some).ok_or_else(|| bad("after"))
    }
}

fn instant(text: &str) -> Result<Time, DeskError> {
    let micros = text.parse().map_err(|_| bad("after"))?;
    Ok(Time::from_micros(micros))
}

/// Certificates that are bound, the first end first.
pub(crate) async fn certificates(
    State(state): State<ConsoleState>,
    _: Operator,
    wish: Wish,
) -> Result<Json<CertificateList>, DeskError> {
    let asked = Asked::read(wish)?;
    let (now, limit) = (process::now(), asked.limit());
    let after = asked
        .after::<2>()?
        .map(|[end, fingerprint]| Ok::<_, DeskError>((instant(end)?, fingerprint)))
        .transpose()?;
    let found = state
        .store
        .certificates_held(asked.holder.trim(), asked.before(now), after, limit, now);
    let items = found.await?;
    let last = items.last().filter(|_| items.len() == limit as usize);
    let next = last.map(|last| format!("{}~{}", last.not_after.micros(), last.fingerprint));
    Ok(Json(CertificateList { items, next }))
}

/// Offices that take part, the first end of a licence first.
pub(crate) async fn licences(
    State(state): State<ConsoleState>,
    _: Operator,
    wish: Wish,
) -> Result<Json<LicenceList>, DeskError> {
    let asked = Asked::read(wish)?;
    let (now, limit) = (process::now(), asked.limit());
    let after = asked
        .after::<2>()?
        .map(|[end, number]| Ok::<_, DeskError>((instant(end)?, number.parse().map_err(|_| bad("after"))?)))
        .transpose()?;
    let found = state.store.licences_held(asked.before(now), after, limit, now);
    let items = found.await?;
    let last = items.last().filter(|_| items.len() == limit as usize);
    let next = last.map(|last| format!("{}~{}", last.until.micros(), last.office));
    Ok(Json(LicenceList { items, next }))
}

/// Delegations that have not ended.
pub(crate) async fn delegations(
    State(state): State<ConsoleState>,
    _: Operator,
    wish: Wish,
) -> Result<Json<DelegationsHeld>, DeskError> {
    let asked = Asked::read(wish)?;
    let limit = asked.limit();
    let after = asked
        .after::<4>()?
        .map(|[office, delegate, right, from]| {
            Ok::<_, DeskError>(DelegationKey {
                office: office.parse().map_err(|_| bad("after"))?,
                delegate: delegate.to_owned(),
                right: right.to_owned(),
                from: instant(from)?,
            })
        })
        .transpose()?;
    let (office, delegate) = (asked.office.trim(), asked.delegate.trim());
    let found = state
        .store
        .delegations_held(office, delegate, after.as_ref(), limit, process::now());
    let mut items = found.await?;
    let last = items.last().filter(|_| items.len() == limit as usize);
    let next = last.map(|last| {
        format!(
            "{}~{}~{}~{}",
            last.office,
            last.delegate,
            last.right,
            last.from.micros()
        )
    });
    for item in &mut items {
        item.until = item.until.filter(|until| *until < no_end());
    }
    Ok(Json(DelegationsHeld { items, next }))
}
