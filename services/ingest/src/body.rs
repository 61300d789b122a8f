//! The body of a submission: read whole, bounded while reading.

use axum::body::Body;
use bytes::Bytes;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use proto::{Code, codes};

/// Reads at most `limit` bytes.
///
/// # Errors
/// `http.too_large` past the limit, `http.bad_request` when the client breaks off or sends nothing.
pub async fn read(body: Body, limit: u64) -> Result<Bytes, &'static Code> {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    match Limited::new(body, limit).collect().await {
        Ok(collected) => {
            let bytes = collected.to_bytes();
            if bytes.is_empty() {
                Err(&codes::SEAL_NOT_CMS)
            } else {
                Ok(bytes)
            }
        }
        Err(error) if error.is::<LengthLimitError>() => Err(&codes::HTTP_TOO_LARGE),
        Err(_) => Err(&codes::HTTP_BAD_REQUEST),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_limit_holds_to_the_byte() {
        assert_eq!(read(Body::from(vec![1; 10]), 10).await.unwrap().len(), 10);
        assert_eq!(
            read(Body::from(vec![1; 11]), 10).await,
            Err(&codes::HTTP_TOO_LARGE)
        );
        assert_eq!(read(Body::empty(), 10).await, Err(&codes::SEAL_NOT_CMS));
    }
}
