//! The conformance suite over one database file that is opened twice, and over any server.
#![cfg(feature = "sqlite")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use slotwerk_sqlx::SqlStore;
use slotwerk_testkit::conformance::Nodes;
use std::sync::{Arc, LazyLock};

mod two_nodes {
    use super::*;

    async fn open() -> Nodes {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("slotwerk.db");
        let path = path.to_str().unwrap();
        let first = SqlStore::connect(path).await.unwrap();
        let second = SqlStore::connect(path).await.unwrap();
        Nodes::two(Arc::new(first), Arc::new(second)).keep(directory)
    }

    slotwerk_testkit::conformance_tests!(open);
}

/// Over the server that `SLOTWERK_TEST_URL` names, one case at a time, or else over a database in memory.
mod any_server {
    use super::*;
    use crate::server::empty;
    use tokio::sync::{Mutex, OwnedMutexGuard};

    static TURN: LazyLock<Arc<Mutex<()>>> = LazyLock::new(Arc::default);

    async fn open() -> Nodes {
        let Ok(address) = std::env::var("SLOTWERK_TEST_URL") else {
            let store = SqlStore::connect(":memory:").await.unwrap();
            return Nodes::two(Arc::new(store.clone()), Arc::new(store));
        };
        let turn: OwnedMutexGuard<()> = TURN.clone().lock_owned().await;
        let first = SqlStore::connect(&address).await.unwrap();
        let second = SqlStore::connect(&address).await.unwrap();
        empty(first.dialect(), &address).await;
        Nodes::two(Arc::new(first), Arc::new(second)).keep(turn)
    }

    slotwerk_testkit::conformance_tests!(open);
}
