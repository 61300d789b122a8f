//! Reading a body of unknown size and speed.

use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use proto::codes;
use tokio::time::timeout;

use crate::Refused;

/// Reads a whole body of at most `limit` bytes that arrives `within` this time.
///
/// # Errors
/// `http.too_large` (at once, when its length is announced), `http.timeout`, or `http.bad_request` when it broke off.
pub async fn read_body(body: Body, limit: usize, within: Duration) -> Result<Bytes, Refused> {
    let announced = body.size_hint().lower();
    if limit < usize::try_from(announced).unwrap_or(usize::MAX) {
        return Err((&codes::HTTP_TOO_LARGE).into());
    }
    match timeout(within, Limited::new(body, limit).collect()).await {
        Ok(Ok(collected)) => Ok(collected.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err((&codes::HTTP_TOO_LARGE).into()),
        Ok(Err(_)) => Err((&codes::HTTP_BAD_REQUEST).into()),
        Err(_) => Err((&codes::HTTP_TIMEOUT).into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOON: Duration = Duration::from_secs(10);

    #[tokio::test]
    async fn a_body_is_read_up_to_its_limit() {
        assert_eq!(read_body(Body::from("12345"), 5, SOON).await.unwrap(), "12345");
        let refused = read_body(Body::from("123456"), 5, SOON).await.unwrap_err();
        assert_eq!(refused.document.code, "http.too_large");
    }

    #[tokio::test]
    async fn a_body_that_does_not_come_is_given_up() {
        let refused = read_body(Body::new(Never), 5, Duration::from_millis(20))
            .await
            .unwrap_err();
        assert_eq!(refused.document.code, "http.timeout");
        assert_eq!(refused.document.status, 408);
    }

    /// A body of which nothing ever comes.
    struct Never;

    impl HttpBody for Never {
        type Data = Bytes;
        type Error = std::io::Error;

        fn poll_frame(
            self: std::pin::Pin<&mut Self>,
            _: &mut std::task::Context<'_>,
        ) -> std::task::Poll<Option<Result<hyper::body::Frame<Bytes>, std::io::Error>>> {
            std::task::Poll::Pending
        }
    }
}
