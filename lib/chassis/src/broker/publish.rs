//! Publishing: persistent, mandatory, confirmed. One task per channel, because two tasks sharing a channel can swap
//! their confirms. One call is one attempt; repeating is the caller's matter.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use lapin::options::ConfirmSelectOptions;
use lapin::{BasicProperties, Channel};
use proto::Publication;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, sleep_until, timeout};

use super::answers::{Counters, send, settle};
use super::config::BrokerConfig;
use super::confirm::{Answer, Flight};
use super::error::PublishError;
use super::message;
use super::numbers::Numbers;
use super::supervisor::{Link, Live, Supervisor};

/// Most publishes of a channel without confirm.
const WINDOW: usize = 256;

/// Most publishes waiting for a channel's window.
const WAITING: usize = 64;

/// How long a channel may take to open or close.
const CHANNEL: Duration = Duration::from_secs(5);

/// Publishes with confirms. Clones share the channels.
#[derive(Clone)]
pub struct Publisher {
    channels: Arc<[mpsc::Sender<Job>]>,
    next: Arc<AtomicUsize>,
    link: Link,
    confirm_timeout: Duration,
    /// Whoever publishes keeps the connection up.
    _supervisor: Arc<Supervisor>,
}

struct Job {
    publication: Publication,
    properties: BasicProperties,
    deadline: Instant,
    reply: oneshot::Sender<Answer>,
}

impl Publisher {
    pub(super) fn start(
        config: &BrokerConfig,
        link: Link,
        supervisor: Supervisor,
        numbers: &Numbers,
    ) -> Self {
        let counters = Counters {
            returned: numbers.publish_returned.with(&[]),
            nacked: numbers.publish_nacked.with(&[]),
        };
        let channels = (0..config.publish_channels)
            .map(|_| {
                let (sender, jobs) = mpsc::channel(WAITING);
                tokio::spawn(keep(jobs, link.clone(), counters.clone()));
                sender
            })
            .collect();
        Self {
            channels,
            next: Arc::new(AtomicUsize::new(0)),
            link,
            confirm_timeout: BrokerConfig::seconds(config.confirm_timeout_seconds),
            _supervisor: Arc::new(supervisor),
        }
    }

    /// Whether a publish can be tried now: connected and not blocked.
    #[must_use]
    pub fn is_available(&self) -> bool {
        self.link.current().is_some() && !self.link.is_blocked()
    }

    /// One attempt. `Ok` means that the broker has it on disk in a queue and said so.
    ///
    /// # Errors
    /// Every error means: not known to be stored; it may be nevertheless. Dropping the call is such an error.
    pub async fn publish(&self, publication: Publication) -> Result<(), PublishError> {
        let properties = message::properties(&publication)?;
        message::short(&publication.routing_key)?;
        if self.link.current().is_none() {
            return Err(PublishError::Unavailable);
        }
        if self.link.is_blocked() {
            return Err(PublishError::Blocked);
        }
        let deadline = Instant::now() + self.confirm_timeout;
        let (reply, answer) = oneshot::channel();
        let job = Job {
            publication,
            properties,
            deadline,
            reply,
        };
        let turn = self.next.fetch_add(1, Ordering::Relaxed) % self.channels.len().max(1);
        let channel = self.channels.get(turn).ok_or(PublishError::Unavailable)?;
        let attempt = async {
            channel.send(job).await.map_err(|_| PublishError::Unavailable)?;
            answer.await.map_err(|_| PublishError::Unavailable)?
        };
        // The channel's task keeps the deadline; this one is for a publish that never came so far.
        let answer = tokio::time::timeout_at(deadline + CHANNEL, attempt).await;
        let answer = answer.unwrap_or(Err(PublishError::TimedOut));
        if matches!(answer, Err(PublishError::Returned)) {
            self.link.doubt();
        }
        answer
    }
}

/// Keeps one channel on whatever connection stands; without one, jobs are answered at once.
async fn keep(mut jobs: mpsc::Receiver<Job>, mut link: Link, counters: Counters) {
    loop {
        let live = tokio::select! {
            biased;
            live = link.live() => match live {
                Some(live) => live,
                None => return,
            },
            job = jobs.recv() => match job {
                Some(job) => {
                    let _ = job.reply.send(Err(PublishError::Unavailable));
                    continue;
                }
                None => return,
            },
        };
        // A channel asked for while the broker blocks would come later, with nobody to close it: soon there were none.
        let opened = if link.is_blocked() {
            None
        } else {
            open(&live).await
        };
        match opened {
            Some(channel) => {
                let more = serve(&mut jobs, &mut link, &live, &channel, &counters).await;
                let _ = timeout(CHANNEL, channel.close(200, "done".into())).await;
                if !more {
                    return;
                }
            }
            None => refuse(&mut jobs, &link, Duration::from_millis(100)).await,
        }
    }
}

/// Answers jobs at once for a while: there is no channel.
async fn refuse(jobs: &mut mpsc::Receiver<Job>, link: &Link, pause: Duration) {
    let until = Instant::now() + pause;
    while let Ok(Some(job)) = tokio::time::timeout_at(until, jobs.recv()).await {
        let error = if link.is_blocked() {
            PublishError::Blocked
        } else {
            PublishError::Unavailable
        };
        let _ = job.reply.send(Err(error));
    }
    // Without publishers `recv` ends at once, and so must not be asked again and again.
    tokio::time::sleep_until(until).await;
}

async fn open(live: &Live) -> Option<Channel> {
    let opening = async {
        let channel = live.connection.create_channel().await?;
        channel.confirm_select(ConfirmSelectOptions::default()).await?;
        Ok::<_, lapin::Error>(channel)
    };
    match timeout(CHANNEL, opening).await {
        Ok(Ok(channel)) => Some(channel),
        Ok(Err(error)) => {
            tracing::warn!(%error, "no channel for publishing");
            None
        }
        Err(_) => {
            tracing::warn!("no channel for publishing in time");
            None
        }
    }
}

/// Publishes on this channel until it breaks (`true`) or nobody publishes any more (`false`).
async fn serve(
    jobs: &mut mpsc::Receiver<Job>,
    link: &mut Link,
    live: &Live,
    channel: &Channel,
    counters: &Counters,
) -> bool {
    let mut flight = Flight::new();
    let mut confirms = FuturesUnordered::new();
    let failed = loop {
        let deadline = flight.deadline();
        tokio::select! {
            biased;
            Some(first) = confirms.next(), if !confirms.is_empty() => {
                if !settle(first, &mut confirms, channel, &mut flight, counters) {
                    break PublishError::Unavailable;
                }
            }
            () = sleep_until(deadline.unwrap_or_else(Instant::now)), if deadline.is_some() => {
                break PublishError::TimedOut;
            }
            () = link.gone(live.generation) => break PublishError::Unavailable,
            job = jobs.recv(), if flight.len() < WINDOW => match job {
                None => {
                    // The last publisher is gone, and so is everyone who waited for an answer.
                    flight.fail(PublishError::Unavailable);
                    return false;
                }
                Some(job) if job.reply.is_closed() => {}
                Some(job) => {
                    let number = flight.leave(job.publication.message_id.clone(), job.deadline, job.reply);
                    confirms.push(send(channel, number, job.publication, job.properties));
                }
            },
        }
    };
    tracing::warn!(in_flight = flight.len(), %failed, "a publishing channel is given up");
    flight.fail(failed);
    true
}
