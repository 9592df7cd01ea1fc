//! The conformance suite. Its budgets are durable, since its cases choose the time.

use crate::support::{NOWHERE, patient, url};
use slotwerk_redis::{RedisStore, WhenDown};
use slotwerk_store::MemoryStore;
use slotwerk_testkit::conformance::{self, Nodes};
use std::sync::Arc;

fn nodes(url: &str) -> Nodes {
    let inner = Arc::new(MemoryStore::new());
    let settings = patient(WhenDown::Reject);
    let node = || RedisStore::open(url, inner.clone(), settings.clone()).unwrap();
    Nodes::two(Arc::new(node()), Arc::new(node()))
}

/// Nothing durable needs Redis: every case holds although Redis is down and its budgets are rejected.
mod without_redis {
    use super::*;

    async fn open() -> Nodes {
        nodes(NOWHERE)
    }

    slotwerk_testkit::conformance_tests!(open);
}

#[test]
#[ignore = "needs Redis"]
fn suite_passes_over_redis() {
    let report = conformance::block_on(conformance::run(async || nodes(&url())));
    let passed = report.into_result().unwrap();
    assert_eq!(passed, conformance::cases().len());
}
