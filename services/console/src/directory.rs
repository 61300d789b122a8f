//! The directory as a file: `GET /v1/directory`, `POST` and `GET /v1/directory/imports`.

use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use chassis::process;
use door::Refused;
use futures_util::stream::{self, StreamExt};
use proto::codes;
use proto::desk_directory::{CSV, DirectoryImport, DirectoryImports};
use serde::Deserialize;

use crate::decide::directory::{BOM, header, lines};
use crate::error::DeskError;
use crate::import;
use crate::operator::Operator;
use crate::state::ConsoleState;

/// Offices of a piece of an export.
const PIECE: u32 = 2_000;

/// Imports shown.
const SHOWN: u32 = 20;

/// How an export is wished.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ExportAsked {
    /// Whether the file begins with what tells spreadsheets that it is UTF-8.
    #[serde(default)]
    bom: bool,
}

/// `GET /v1/directory`: every office, closed ones too, piece by piece. When the store fails in the midst of it the
/// connection breaks, so that half a file is not taken for a whole one.
pub(crate) async fn export(
    State(state): State<ConsoleState>,
    _: Operator,
    asked: Result<Query<ExportAsked>, QueryRejection>,
) -> Result<Response, DeskError> {
    let Query(asked) = asked.map_err(|_| Refused::from(&codes::HTTP_BAD_REQUEST))?;
    file(state, asked.bom).await
}

/// The same for a browser, whose spreadsheet takes a file without the mark for Shift_JIS.
pub(crate) async fn export_marked(
    State(state): State<ConsoleState>,
    _: Operator,
) -> Result<Response, DeskError> {
    file(state, true).await
}

async fn file(state: ConsoleState, marked: bool) -> Result<Response, DeskError> {
    // The first piece is read before the answer begins: a store that is away is told as such.
    let first = state.store.offices_after(None, PIECE).await?;
    let mark = if marked { BOM } else { "" };
    let begin = format!("{mark}{}{}", header(), lines(&first));
    let after = first.last().map(|(facts, _)| facts.number);
    let rest = stream::try_unfold(after, move |after| {
        let store = state.store.clone();
        async move {
            let Some(after) = after else {
                return Ok::<_, store::StoreError>(None);
            };
            let offices = store.offices_after(Some(after), PIECE).await?;
            let next = offices.last().map(|(facts, _)| facts.number);
            Ok(next.map(|next| (Bytes::from(lines(&offices)), Some(next))))
        }
    });
    let whole = stream::once(async { Ok(Bytes::from(begin)) }).chain(rest);
    let headers = [
        (CONTENT_TYPE, "text/csv; charset=utf-8"),
        (CONTENT_DISPOSITION, "attachment; filename=\"offices.csv\""),
        (CACHE_CONTROL, "no-store"),
    ];
    Ok((headers, Body::from_stream(whole)).into_response())
}

/// How an import is wished.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ImportAsked {
    /// Only say what it would do.
    #[serde(default)]
    dry_run: bool,
}

/// `POST /v1/directory/imports`: takes the file and begins; the answer says under which number it goes on.
pub(crate) async fn post(
    State(state): State<ConsoleState>,
    operator: Operator,
    asked: Result<Query<ImportAsked>, QueryRejection>,
    request: axum::extract::Request,
) -> Result<Response, DeskError> {
    let Query(asked) = asked.map_err(|_| Refused::from(&codes::HTTP_BAD_REQUEST))?;
    let kind = request.headers().get(CONTENT_TYPE).map(|kind| kind.as_bytes());
    if !kind.is_some_and(|kind| kind.starts_with(CSV.as_bytes())) {
        return Err((&codes::HTTP_BAD_REQUEST).into());
    }
    let broken = |_| DeskError::from(&codes::HTTP_BAD_REQUEST);
    let pieces = request
        .into_body()
        .into_data_stream()
        .map(|piece| piece.map_err(broken));
    let begun = import::take(&state, &operator, asked.dry_run, pieces).await?;
    Ok((StatusCode::ACCEPTED, Json(begun)).into_response())
}

/// `GET /v1/directory/imports`: the latest, newest first.
pub(crate) async fn list(
    State(state): State<ConsoleState>,
    _: Operator,
) -> Result<Json<DirectoryImports>, DeskError> {
    let items = state.store.imports(SHOWN, process::now()).await?;
    Ok(Json(DirectoryImports { items }))
}

/// `GET /v1/directory/imports/{id}`: how far it is, and what came of it.
pub(crate) async fn get(
    State(state): State<ConsoleState>,
    _: Operator,
    Path(id): Path<String>,
) -> Result<Json<DirectoryImport>, DeskError> {
    let id = id.parse().map_err(|_| &codes::HTTP_NOT_FOUND)?;
    let import = state.store.import(id, process::now()).await?;
    Ok(Json(import.ok_or(&codes::HTTP_NOT_FOUND)?))
}
