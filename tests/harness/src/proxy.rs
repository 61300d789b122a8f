//! A line that can be hurt: a TCP proxy between a relay and its broker or store.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, tcp};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// How the line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line {
    /// As if it were not there.
    Good,
    /// Every connection is reset, and no new one is taken.
    Cut,
    /// Nothing passes and nobody is told: half-open connections. New ones are taken and stay silent.
    Silent,
    /// What is sent arrives, and no answer comes back.
    Deaf,
    /// So many bytes a second, each way and connection.
    Slow(u32),
}

#[derive(Clone, Copy)]
struct State {
    line: Line,
    target: SocketAddr,
    /// Rises with every reset: connections of an earlier number end.
    resets: u64,
}

/// The proxy; dropped, it takes its connections with it.
pub struct Proxy {
    /// Where it listens, on loopback.
    pub port: u16,
    state: watch::Sender<State>,
    task: JoinHandle<()>,
}

impl Proxy {
    /// A good line to a port of this machine.
    ///
    /// # Errors
    /// When it cannot listen.
    pub async fn to(port: u16) -> anyhow::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let state = watch::Sender::new(State {
            line: Line::Good,
            target: target(port),
            resets: 0,
        });
        let task = tokio::spawn(accept(listener, state.subscribe()));
        Ok(Self {
            port: address.port(),
            state,
            task,
        })
    }

    /// Makes the line so; what stands on it stays unless it is cut.
    pub fn make(&self, line: Line) {
        self.state.send_modify(|state| {
            state.line = line;
            state.resets += u64::from(line == Line::Cut);
        });
    }

    /// Resets every connection once; new ones are taken at once.
    pub fn reset(&self) {
        self.state.send_modify(|state| state.resets += 1);
    }

    /// The server has moved to another port; what stands to the old one is reset.
    pub fn move_to(&self, port: u16) {
        self.state.send_modify(|state| {
            state.target = target(port);
            state.resets += 1;
        });
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn target(port: u16) -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], port))
}

async fn accept(listener: TcpListener, state: watch::Receiver<State>) {
    let mut lines = tokio::task::JoinSet::new();
    while let Ok((near, _)) = listener.accept().await {
        while lines.try_join_next().is_some() {}
        if state.borrow().line == Line::Cut {
            reset(near);
            continue;
        }
        lines.spawn(carry(near, state.clone()));
    }
}

/// Closes with RST instead of FIN, as a firewall or a dying host does.
fn reset(stream: TcpStream) {
    // Without it the close is only a gentler one.
    let _ = stream.set_zero_linger();
    drop(stream);
}

async fn carry(near: TcpStream, mut state: watch::Receiver<State>) {
    let begun = *state.borrow();
    let Ok(far) = TcpStream::connect(begun.target).await else {
        reset(near);
        return;
    };
    let (near, far) = (near.into_split(), far.into_split());
    let there = Arc::new(state.clone());
    let (mut up, mut down) = (
        tokio::spawn(copy(near.0, far.1, there.as_ref().clone(), true)),
        tokio::spawn(copy(far.0, near.1, there.as_ref().clone(), false)),
    );
    let cut = state.wait_for(|now| now.resets != begun.resets);
    let ends = tokio::select! {
        ended = async { tokio::join!(&mut up, &mut down) } => Some(ended),
        _ = cut => None,
    };
    if ends.is_none() {
        // The halves fall with their tasks; whoever waits on the socket reads an error or an end.
        up.abort();
        down.abort();
    }
}

async fn copy(
    mut from: tcp::OwnedReadHalf,
    mut to: tcp::OwnedWriteHalf,
    mut state: watch::Receiver<State>,
    there: bool,
) {
    let mut buffer = vec![0; 16 * 1024];
    let mut tenth = tokio::time::interval(Duration::from_millis(100));
    tenth.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        // Read the line anew each time: it may have changed while nothing came.
        let line = state.borrow_and_update().line;
        let share = match line {
            Line::Deaf if there => buffer.len(),
            Line::Silent | Line::Cut | Line::Deaf => {
                if state.changed().await.is_err() {
                    return;
                }
                continue;
            }
            // A tenth of a second's bytes at once.
            Line::Slow(bytes) => usize::try_from(bytes / 10).unwrap_or(1).clamp(1, buffer.len()),
            Line::Good => buffer.len(),
        };
        let slice = buffer.get_mut(..share).unwrap_or_default();
        let read = tokio::select! {
            read = from.read(slice) => read,
            _ = state.changed() => continue,
        };
        let Ok(count @ 1..) = read else { break };
        if to
            .write_all(buffer.get(..count).unwrap_or_default())
            .await
            .is_err()
        {
            break;
        }
        if let Line::Slow(_) = line {
            tenth.tick().await;
        }
    }
    // The other side learns of the end.
    let _ = to.shutdown().await;
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A server that says everything back.
    async fn echo() -> u16 {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                tokio::spawn(async move {
                    let (mut read, mut write) = stream.split();
                    let _ = tokio::io::copy(&mut read, &mut write).await;
                });
            }
        });
        port
    }

    async fn said(stream: &mut TcpStream, text: &[u8]) -> std::io::Result<Vec<u8>> {
        stream.write_all(text).await?;
        let mut back = vec![0; text.len()];
        stream.read_exact(&mut back).await?;
        Ok(back)
    }

    #[tokio::test]
    async fn a_line_is_good_silent_slow_and_cut() {
        let proxy = Proxy::to(echo().await).await.unwrap();
        let mut stream = TcpStream::connect(("127.0.0.1", proxy.port)).await.unwrap();
        assert_eq!(said(&mut stream, b"good").await.unwrap(), b"good");
        proxy.make(Line::Silent);
        let silent = tokio::time::timeout(Duration::from_millis(200), said(&mut stream, b"still")).await;
        assert!(silent.is_err(), "nothing passes, nobody is told");
        proxy.make(Line::Slow(100));
        let mut back = [0; 5];
        stream.read_exact(&mut back).await.unwrap();
        assert_eq!(&back, b"still", "what waited arrives");
        proxy.make(Line::Cut);
        assert!(said(&mut stream, b"cut").await.is_err());
        proxy.make(Line::Good);
        let mut again = TcpStream::connect(("127.0.0.1", proxy.port)).await.unwrap();
        assert_eq!(said(&mut again, b"again").await.unwrap(), b"again");
    }
}
