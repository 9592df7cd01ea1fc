//! Running the suite on a store that is wrong.
#![allow(dead_code, unreachable_pub)]

use slotwerk_store::Store;
use slotwerk_testkit::broken::{BrokenStore, Flaw};
use slotwerk_testkit::conformance::{self, Nodes, Report};
use std::sync::Arc;

/// On one thread, so that the tasks of a race take turns. In which order is left to chance: a case that ends
/// in a race has to fail here whoever comes first.
pub fn report(flaw: Flaw) -> Report {
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    runtime.unwrap().block_on(conformance::run(|| async move {
        let store: Arc<dyn Store> = Arc::new(BrokenStore::new(flaw));
        Nodes::one(store)
    }))
}

/// These cases fail, and every other one passes.
pub fn fails_exactly(flaw: Flaw, cases: &[&str]) {
    let report = report(flaw);
    let mut failed: Vec<&str> = report.failed.iter().map(|failure| failure.case).collect();
    let mut due = cases.to_vec();
    failed.sort_unstable();
    due.sort_unstable();
    assert_eq!(failed, due, "{flaw:?}: {report}");
}
