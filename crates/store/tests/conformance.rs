//! The conformance suite over the in-memory store; both handles are the same.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use slotwerk_store::MemoryStore;
use slotwerk_testkit::conformance::Nodes;
use std::sync::Arc;

async fn open() -> Nodes {
    Nodes::one(Arc::new(MemoryStore::new()))
}

slotwerk_testkit::conformance_tests!(open);
