//! The end of a story: the books balance, nothing is under way, nothing unaccounted.

use anyhow::ensure;
use harness::{Relay, eventually};
use store::Books;

pub(crate) async fn closed(relay: &Relay) -> anyhow::Result<Books> {
    let books = relay.settled_books().await?;
    eventually("nothing is unaccounted", || async {
        let unaccounted = relay.unaccounted(harness::files::now()).await?;
        ensure!(unaccounted == 0, "{unaccounted}");
        Ok(())
    })
    .await?;
    Ok(books)
}
