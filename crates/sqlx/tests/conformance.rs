//! The conformance suite over one database file that is opened twice, and over one in memory.
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
use std::sync::Arc;

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

mod in_memory {
    use super::*;

    async fn open() -> Nodes {
        let store = SqlStore::connect(":memory:").await.unwrap();
        Nodes::two(Arc::new(store.clone()), Arc::new(store))
    }

    slotwerk_testkit::conformance_tests!(open);
}
