//! `GET /v1/books`: where every accepted envelope stands.

use axum::Json;
use axum::extract::State;
use chassis::process;
use proto::desk::Books;

use crate::error::DeskError;
use crate::operator::Operator;
use crate::state::ConsoleState;

/// The books as the ledger has them now.
pub(crate) async fn get(State(state): State<ConsoleState>, _: Operator) -> Result<Json<Books>, DeskError> {
    Ok(Json(read(&state).await?))
}

/// The same for other pages of the desk.
pub(crate) async fn read(state: &ConsoleState) -> Result<Books, DeskError> {
    let books = state.store.books().await?;
    let unaccounted = state
        .store
        .unaccounted(process::now(), state.unaccounted_after_seconds)
        .await?;
    Ok(Books {
        accepted: books.accepted,
        mailboxed: books.mailboxed,
        rejected: books.rejected,
        undeliverable: books.undeliverable,
        withdrawn: books.withdrawn,
        duplicate: books.duplicate,
        parked: books.parked,
        under_way: books.under_way,
        collected: books.collected,
        imported: books.imported,
        import_failed: books.import_failed,
        recalled: books.recalled,
        expired: books.expired,
        unaccounted,
    })
}
