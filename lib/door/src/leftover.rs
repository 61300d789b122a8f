//! What is left of a body when its request has been answered already.
//!
//! On HTTP/2 a dropped body resets its stream. Clients that still send then report a broken stream, never the refusal
//! they were given (curl before 8: every 413 and 415 of a large envelope), and try the same again and again. So what
//! still comes is read and thrown away for a while, and the answer waits for that: the same clients end their body
//! early when they see the head of a refusal, which is an error of the protocol (RFC 9113, section 8.1.1), and its reset
//! would overtake the answer's own text. Only a client that has gone quiet is answered before its body's end.
//! On HTTP/1 a dropped body ends the connection, which the client has to be
//! told, or its next request finds it closed: [`Seen`] says when; [`crate::linger`] lets it read the answer.

use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Bytes, HttpBody};
use http_body_util::BodyExt;
use hyper::body::{Frame, SizeHint};
use tokio::runtime::Handle;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

/// How long what still comes is thrown away.
const LONGEST: Duration = Duration::from_secs(30);
/// A client of which nothing came for so long waits for its answer.
const QUIET: Duration = Duration::from_secs(1);
/// Bytes that are thrown away at most; twice the largest envelope any installation allows.
const MOST: usize = 32 * 1024 * 1024;

/// Whether a body was seen to its end.
#[derive(Clone, Default)]
pub(crate) struct Seen {
    whole: Arc<AtomicBool>,
    /// The client may be answered: nothing more comes, or nothing has come for a while.
    quiet: CancellationToken,
}

impl Seen {
    /// Whether nothing more of it can come.
    pub(crate) fn whole(&self) -> bool {
        self.whole.load(Ordering::Acquire)
    }

    /// Waits until an answer cannot cross with what still comes.
    pub(crate) async fn quiet(&self) {
        self.quiet.cancelled().await;
    }

    fn end(&self) {
        self.whole.store(true, Ordering::Release);
        self.quiet.cancel();
    }
}

/// A body that tells when it was seen to its end, and may be read to its end also when nobody wants it.
pub(crate) struct Leftover<B: HttpBody<Data = Bytes> + Send + Unpin + 'static> {
    body: Option<B>,
    seen: Seen,
    to_the_end: bool,
}

impl<B: HttpBody<Data = Bytes> + Send + Unpin + 'static> Leftover<B> {
    pub(crate) fn new(body: B, to_the_end: bool) -> (Self, Seen) {
        let seen = Seen::default();
        if body.is_end_stream() {
            seen.end();
        }
        (
            Self {
                body: Some(body),
                seen: seen.clone(),
                to_the_end,
            },
            seen,
        )
    }
}

impl<B: HttpBody<Data = Bytes> + Send + Unpin + 'static> HttpBody for Leftover<B> {
    type Data = Bytes;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, B::Error>>> {
        let Some(body) = &mut self.body else {
            return Poll::Ready(None);
        };
        let polled = Pin::new(&mut *body).poll_frame(context);
        if matches!(polled, Poll::Ready(None)) || body.is_end_stream() {
            self.seen.end();
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.as_ref().is_none_or(HttpBody::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.body.as_ref().map(HttpBody::size_hint).unwrap_or_default()
    }
}

impl<B: HttpBody<Data = Bytes> + Send + Unpin + 'static> Drop for Leftover<B> {
    fn drop(&mut self) {
        let wanted = self.to_the_end && !self.seen.whole();
        // However it is left, the answer goes out.
        let answer = self.seen.quiet.clone().drop_guard();
        let Some(body) = self.body.take().filter(|_| wanted) else {
            return;
        };
        if let Ok(runtime) = Handle::try_current() {
            let seen = self.seen.clone();
            runtime.spawn(async move {
                let _answer = answer;
                // Too slow or too much: dropped, which resets the stream.
                let _ = timeout(LONGEST, throw_away(body, seen)).await;
            });
        }
    }
}

async fn throw_away<B: HttpBody<Data = Bytes> + Unpin>(mut body: B, seen: Seen) {
    let mut bytes = 0;
    while bytes < MOST {
        let mut next = pin!(body.frame());
        let frame = if let Ok(frame) = timeout(QUIET, &mut next).await {
            frame
        } else {
            seen.quiet.cancel();
            next.await
        };
        match frame {
            Some(Ok(frame)) => bytes += frame.data_ref().map_or(0, Bytes::len),
            _ => return,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;
    use std::sync::atomic::AtomicUsize;

    use futures_util::stream;
    use http_body_util::StreamBody;

    use super::*;

    /// Gives so many frames of three bytes and counts those taken.
    struct Frames {
        left: usize,
        taken: Arc<AtomicUsize>,
    }

    impl HttpBody for Frames {
        type Data = Bytes;
        type Error = Infallible;

        fn poll_frame(
            mut self: Pin<&mut Self>,
            _: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
            if self.left == 0 {
                return Poll::Ready(None);
            }
            self.left -= 1;
            self.taken.fetch_add(1, Ordering::SeqCst);
            Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(b"abc")))))
        }
    }

    #[tokio::test]
    async fn a_body_nobody_wants_is_read_to_its_end() {
        let taken = Arc::new(AtomicUsize::new(0));
        let body = Frames {
            left: 4,
            taken: taken.clone(),
        };
        let (mut body, seen) = Leftover::new(body, true);
        assert!(!seen.whole());
        assert_eq!(body.frame().await.unwrap().unwrap().into_data().unwrap(), "abc");
        drop(body);
        seen.quiet().await;
        assert_eq!(taken.load(Ordering::SeqCst), 4);
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_gone_quiet_is_answered() {
        let stalled = StreamBody::new(stream::pending::<Result<Frame<Bytes>, Infallible>>());
        let (body, seen) = Leftover::new(stalled, true);
        drop(body);
        seen.quiet().await;
        assert!(!seen.whole());
    }

    #[tokio::test]
    async fn a_body_read_to_its_end_is_seen() {
        let frames = Frames {
            left: 2,
            taken: Arc::default(),
        };
        let (body, seen) = Leftover::new(frames, false);
        assert_eq!(body.collect().await.unwrap().to_bytes().len(), 6);
        assert!(seen.whole());
    }
}
