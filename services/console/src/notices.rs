//! `/v1/notices`: what was published, publishing, and drafts.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use chassis::process;
use proto::api::NoticeEntry;
use proto::codes;
use proto::desk::{NoticeList, NoticePost};
use proto::desk_notices::{NoticeDraft, NoticeDrafts};
use store::NoticeTarget;

use crate::audit;
use crate::body::Body;
use crate::decide;
use crate::decide::act::Act;
use crate::error::DeskError;
use crate::operator::{Operator, Permit};
use crate::state::ConsoleState;

/// Items of the list.
const SHOWN: u32 = 100;

/// `GET /v1/notices`: what was published, newest first.
pub(crate) async fn list(
    State(state): State<ConsoleState>,
    _: Operator,
) -> Result<Json<NoticeList>, DeskError> {
    let items = state.store.published(SHOWN).await?;
    Ok(Json(NoticeList { items }))
}

/// Publishes a notice.
pub(crate) async fn post(
    State(state): State<ConsoleState>,
    operator: Operator,
    Body(wish): Body<NoticePost>,
) -> Result<Json<NoticeEntry>, DeskError> {
    let permit = operator.permit(&state, Act::PublishNotice).await?;
    let target = decide::notice::read(&wish)?;
    let now = process::now();
    audit::write(&state, &permit, &decide::notice::told(&target), now).await?;
    let id = state.store.publish_notice(&target, &wish.text, now).await?;
    Ok(Json(NoticeEntry {
        id,
        at: now,
        text: wish.text,
    }))
}

/// `GET /v1/notices/drafts`: newest first.
pub(crate) async fn drafts(
    State(state): State<ConsoleState>,
    _: Operator,
) -> Result<Json<NoticeDrafts>, DeskError> {
    let items = state.store.drafts(SHOWN).await?;
    Ok(Json(NoticeDrafts { items }))
}

/// `GET /v1/notices/drafts/{id}`
pub(crate) async fn draft(
    State(state): State<ConsoleState>,
    _: Operator,
    Path(id): Path<String>,
) -> Result<Json<NoticeDraft>, DeskError> {
    Ok(Json(known(&state, &id).await?))
}

/// `POST /v1/notices/drafts`: keeps a draft.
pub(crate) async fn post_draft(
    State(state): State<ConsoleState>,
    operator: Operator,
    Body(wish): Body<NoticePost>,
) -> Result<Json<NoticeDraft>, DeskError> {
    let permit = operator.permit(&state, Act::DraftNotice).await?;
    let target = decide::notice::read(&wish)?;
    let now = process::now();
    let subject = format!("new, {}", decide::notice::told(&target));
    audit::write(&state, &permit, &subject, now).await?;
    let by = permit.actor.to_string();
    let id = state.store.put_draft(&target, &wish.text, &by, now).await?;
    Ok(Json(known(&state, &id.to_string()).await?))
}

/// `PUT /v1/notices/drafts/{id}`: changes it.
pub(crate) async fn put_draft(
    State(state): State<ConsoleState>,
    operator: Operator,
    Path(id): Path<String>,
    Body(wish): Body<NoticePost>,
) -> Result<Json<NoticeDraft>, DeskError> {
    let permit = operator.permit(&state, Act::DraftNotice).await?;
    let target = decide::notice::read(&wish)?;
    let number = known(&state, &id).await?.id;
    let now = process::now();
    let subject = format!("#{number}, {}", decide::notice::told(&target));
    audit::write(&state, &permit, &subject, now).await?;
    let by = permit.actor.to_string();
    (state
        .store
        .change_draft(number, &target, &wish.text, &by, now)
        .await)?;
    Ok(Json(known(&state, &id).await?))
}

/// `POST /v1/notices/drafts/{id}/publish`
pub(crate) async fn publish_draft(
    State(state): State<ConsoleState>,
    operator: Operator,
    Path(id): Path<String>,
) -> Result<Json<NoticeEntry>, DeskError> {
    let permit = operator.permit(&state, Act::PublishNotice).await?;
    let draft = known(&state, &id).await?;
    publish_as_read(&state, &permit, draft).await
}

/// Publishes this draft if it is still so; otherwise it is not found, and is to be read again.
pub(crate) async fn publish_as_read(
    state: &ConsoleState,
    permit: &Permit,
    draft: NoticeDraft,
) -> Result<Json<NoticeEntry>, DeskError> {
    let target = NoticeTarget {
        office: draft.office,
        prefecture: draft.prefecture,
        service: draft.service,
    };
    let now = process::now();
    let subject = format!("draft #{}, {}", draft.id, decide::notice::told(&target));
    audit::write(state, permit, &subject, now).await?;
    let read = draft.changed_at;
    let id = state.store.publish_draft(draft.id, read, now).await?;
    Ok(Json(NoticeEntry {
        id: id.ok_or(&codes::HTTP_NOT_FOUND)?,
        at: now,
        text: draft.text,
    }))
}

/// `DELETE /v1/notices/drafts/{id}`
pub(crate) async fn discard_draft(
    State(state): State<ConsoleState>,
    operator: Operator,
    Path(id): Path<String>,
) -> Result<StatusCode, DeskError> {
    let permit = operator.permit(&state, Act::DiscardDraft).await?;
    let draft = known(&state, &id).await?;
    audit::write(&state, &permit, &format!("#{}", draft.id), process::now()).await?;
    if !state.store.discard_draft(draft.id).await? {
        return Err((&codes::HTTP_NOT_FOUND).into());
    }
    Ok(StatusCode::NO_CONTENT)
}

async fn known(state: &ConsoleState, id: &str) -> Result<NoticeDraft, DeskError> {
    let id = id.parse().map_err(|_| &codes::HTTP_NOT_FOUND)?;
    Ok(state.store.draft(id).await?.ok_or(&codes::HTTP_NOT_FOUND)?)
}
