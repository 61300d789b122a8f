//! `POST /v1/certificates` and `DELETE /v1/certificates/{fingerprint}`.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use chassis::process;
use proto::desk::{CertificateBound, CertificatePost};
use proto::{Holder, codes};
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject;
use seal::trust::Purpose;
use store::CertificateFacts;

use crate::audit;
use crate::body::Body;
use crate::decide;
use crate::decide::act::Act;
use crate::error::{DeskError, bad};
use crate::offices::entry;
use crate::operator::Operator;
use crate::state::ConsoleState;

/// Binds a certificate to its holder. One that is bound to the same holder already is no act; one of another holder is
/// refused, because a binding says who somebody is.
pub(crate) async fn post(
    State(state): State<ConsoleState>,
    operator: Operator,
    Body(wish): Body<CertificatePost>,
) -> Result<Json<CertificateBound>, DeskError> {
    let permit = operator.permit(&state, Act::BindCertificate).await?;
    let holder: Holder = wish.holder.parse().map_err(|_| bad("holder"))?;
    let chain: Vec<Vec<u8>> = CertificateDer::pem_slice_iter(wish.certificate_pem.as_bytes())
        .map(|certificate| certificate.map(|der| der.to_vec()))
        .collect::<Result<_, _>>()
        .map_err(|_| bad("certificate_pem"))?;
    if chain.is_empty() {
        return Err(bad("certificate_pem"));
    }
    let now = process::now();
    let subject = (state.trust.current())
        .judge(&chain, now, now, Purpose::TlsClient)
        .map_err(|problem| problem.at_door())?;
    if let Some(code) = decide::certificate::objection(&holder, &subject) {
        return Err(code.into());
    }
    if let Holder::Office(number) = holder
        && state.store.office(number).await?.is_none()
    {
        return Err((&codes::HTTP_NOT_FOUND).into());
    }
    let known = state.store.certificate(&subject.fingerprint).await?;
    if let Some(known) = known.filter(|known| known.holder == holder && known.revoked_at.is_none()) {
        return Ok(Json(bound(&known)));
    }
    let facts = CertificateFacts {
        fingerprint: subject.fingerprint,
        holder,
        not_before: subject.not_before,
        not_after: subject.not_after,
        bound_at: now,
        revoked_at: None,
    };
    let act = format!("{} {}", facts.holder, facts.fingerprint);
    audit::write(&state, &permit, &act, now).await?;
    if !state.store.bind_certificate(&facts).await? {
        return Err(bad("holder"));
    }
    Ok(Json(bound(&facts)))
}

/// Ends a binding from now on. One that ended before is no act.
pub(crate) async fn delete(
    State(state): State<ConsoleState>,
    operator: Operator,
    Path(fingerprint): Path<String>,
) -> Result<StatusCode, DeskError> {
    let permit = operator.permit(&state, Act::EndCertificate).await?;
    // Whatever else stands in the path is nobody's fingerprint, and no text for the database.
    let is_fingerprint = fingerprint.len() == 64 && fingerprint.bytes().all(|byte| byte.is_ascii_hexdigit());
    let known = if is_fingerprint {
        state.store.certificate(&fingerprint).await?
    } else {
        None
    };
    let known = known.ok_or(&codes::HTTP_NOT_FOUND)?;
    if known.revoked_at.is_none() {
        let now = process::now();
        audit::write(&state, &permit, &fingerprint, now).await?;
        state.store.end_binding(&fingerprint, now).await?;
    }
    Ok(StatusCode::NO_CONTENT)
}

fn bound(facts: &CertificateFacts) -> CertificateBound {
    CertificateBound {
        holder: facts.holder.to_string(),
        certificate: entry(facts),
    }
}
