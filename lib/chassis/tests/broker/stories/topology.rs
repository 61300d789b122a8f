//! The number of shards is the broker's; a station configured otherwise does not start.

use chassis::broker::{Broker, BrokerConfig, BrokerError};
use chassis::health::Health;
use chassis::metrics::Metrics;
use chassis::shutdown::Shutdown;

use crate::server::VirtualHost;
use crate::stage::Process;

pub(crate) async fn another_number_of_shards_is_refused(host: VirtualHost) {
    let first = Process::start(crate::config(&host)).await;
    // Equal declarations change nothing.
    let second = Process::start(crate::config(&host)).await;
    assert!(first.health.ready().ready && second.health.ready().ready);
    let other = BrokerConfig {
        shards: 3,
        ..crate::config(&host)
    };
    let refused = Broker::start(other, Metrics::new(), Health::new(), Shutdown::new()).await;
    match refused.map(|_| ()) {
        Err(BrokerError::Topology { name, detail }) => {
            assert_eq!(name, proto::topology::SHARDS_MARKER);
            assert!(detail.contains("x-max-length"), "{detail}");
        }
        other => panic!("{other:?}"),
    }
    first.end().await;
    second.end().await;
}
