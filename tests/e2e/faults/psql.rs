//! The word of a database administrator, past the relay.

use harness::world::Database;

use crate::docker;

/// One statement; what it printed, a row a line.
pub(crate) async fn psql(database: &Database, sql: &str) -> anyhow::Result<String> {
    let psql = "/usr/lib/postgresql/15/bin/psql";
    let id = database.container.id();
    docker::run(&["exec", id, psql, "-h", "/tmp", "-U", "relay", "-tAc", sql]).await
}
