//! Closing without losing the last answer.
//!
//! A refusal may be given before the whole body has come. Were the socket closed with unread bytes in it, the system
//! would answer the rest of the body with a reset, and on some systems a reset wipes out the answer the client has not
//! read yet. So the writing side is closed first, and what still comes is thrown away for a short while.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Sleep, sleep};
use tokio_rustls::server::TlsStream;

/// How long what still comes is thrown away.
const LONGEST: Duration = Duration::from_secs(5);

/// A TLS stream that closes in two steps.
pub(crate) struct Lingering {
    stream: TlsStream<TcpStream>,
    /// Set once the writing side is closed.
    until: Option<Pin<Box<Sleep>>>,
}

impl Lingering {
    pub(crate) fn new(stream: TlsStream<TcpStream>) -> Self {
        Self { stream, until: None }
    }
}

impl AsyncRead for Lingering {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Lingering {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.until.is_none() {
            ready!(Pin::new(&mut self.stream).poll_shutdown(context))?;
            self.until = Some(Box::pin(sleep(LONGEST)));
        }
        let this = &mut *self;
        let over = this.until.as_mut().map(|until| until.as_mut().poll(context));
        if over.is_some_and(|over| over.is_ready()) {
            return Poll::Ready(Ok(()));
        }
        let mut space = [0; 8_192];
        loop {
            let mut buffer = ReadBuf::new(&mut space);
            // Straight from the socket: what is thrown away need not be decrypted.
            match ready!(Pin::new(this.stream.get_mut().0).poll_read(context, &mut buffer)) {
                Ok(()) if !buffer.filled().is_empty() => {}
                _ => return Poll::Ready(Ok(())),
            }
        }
    }
}
