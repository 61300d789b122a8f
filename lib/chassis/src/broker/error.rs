//! What can go wrong between this process and the broker.

/// The broker cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum BrokerError {
    /// The broker holds something else under a name this station declares. Another number of shards or other queue
    /// arguments: the station is configured otherwise than the installation.
    #[error("the broker's {name} is not as this station would declare it: {detail}")]
    Topology {
        /// The exchange or queue.
        name: String,
        /// The broker's words.
        detail: String,
    },
    /// A key of the configuration cannot be used.
    #[error("broker.{key}: {detail}")]
    Config {
        /// The key.
        key: &'static str,
        /// What is wrong with it.
        detail: String,
    },
    /// The broker shows a certificate of somebody else. Tried again without limit: it may be given another one.
    #[error(
        "the broker's certificate is not trusted ({0}): broker.ca must name the PEM file of the CA that issued it, and broker.url the host \
         as the certificate does"
    )]
    Untrusted(String),
    /// Shutdown began before the broker answered.
    #[error("shutdown began before the broker answered")]
    Shutdown,
    /// Not now: no connection, refused, time-out. Tried again without limit.
    #[error("the broker does not answer: {0}")]
    Unavailable(String),
}

impl From<lapin::Error> for BrokerError {
    fn from(error: lapin::Error) -> Self {
        let told = error.to_string();
        // The library hands the TLS error on as text within an I/O error.
        match told.split_once("invalid peer certificate: ") {
            Some((_, cause)) => Self::Untrusted(cause.to_owned()),
            None => Self::Unavailable(told),
        }
    }
}

/// One attempt to publish failed: the message is not known to be stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PublishError {
    /// No connection, or it broke before the confirm.
    #[error("no connection to the broker")]
    Unavailable,
    /// The broker has blocked publishing: memory or disk alarm.
    #[error("the broker has blocked publishing")]
    Blocked,
    /// The broker did not take it: a queue is full.
    #[error("the broker refused the message")]
    Nacked,
    /// No queue is bound to this key.
    #[error("no queue is bound to the message's key")]
    Returned,
    /// No confirm in time.
    #[error("no confirm in time")]
    TimedOut,
    /// A property is longer than AMQP can say; it will never fit.
    #[error("a property of the message is too long")]
    Unfit,
}

impl PublishError {
    /// Whether it will fail again however often it is tried.
    #[must_use]
    pub fn is_permanent(self) -> bool {
        self == Self::Unfit
    }
}
