//! `POST /v1/notices`.

use axum::Json;
use axum::extract::State;
use chassis::process;
use proto::api::NoticeEntry;
use proto::desk::NoticePost;
use proto::{Problem, codes};

use crate::audit::{self, Act};
use crate::body::Body;
use crate::error::DeskError;
use crate::operator::Operator;
use crate::state::ConsoleState;

/// Longest notice, in characters.
const TEXT_CHARACTERS: usize = 4_000;

/// Publishes a notice.
pub(crate) async fn post(
    State(state): State<ConsoleState>,
    operator: Operator,
    Body(wish): Body<NoticePost>,
) -> Result<Json<NoticeEntry>, DeskError> {
    let is_fit = |character: char| !character.is_control() || matches!(character, '\n' | '\t');
    let characters = wish.text.chars().count();
    if wish.text.trim().is_empty() || TEXT_CHARACTERS < characters || !wish.text.chars().all(is_fit) {
        return Err(vec![Problem::new(&codes::HTTP_BAD_REQUEST).at_field("text")].into());
    }
    let now = process::now();
    let subject = wish
        .office
        .map_or_else(|| "every office".to_owned(), |office| office.to_string());
    audit::write(&state, &operator, Act::PublishNotice, &subject, now).await?;
    let id = state.store.put_notice(wish.office, &wish.text, now).await?;
    Ok(Json(NoticeEntry {
        id,
        at: now,
        text: wish.text,
    }))
}
