//! The word of a database administrator, past the relay.

use anyhow::Context;
use harness::world::Database;

use crate::docker;

/// One statement; what it printed, a row a line.
pub(crate) async fn psql(database: &Database, sql: &str) -> anyhow::Result<String> {
    let (login, _) = database.url.split_once('@').context("an address with a login")?;
    // Inside the container the server has its own port.
    let url = format!("{login}@127.0.0.1:5432/relay");
    let psql = "/usr/lib/postgresql/15/bin/psql";
    docker::run(&["exec", database.container.id(), psql, &url, "-qtAc", sql]).await
}
