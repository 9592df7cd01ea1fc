//! The conformance suite on each server. The two handles of a cluster are on different nodes.

use crate::server::{Server, empty};
use slotwerk_store::Store;
use slotwerk_testkit::conformance::{self, Nodes};
use std::sync::Arc;
use tokio::runtime::Builder;

fn suite_passes(server: Server) {
    let runtime = Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let (first, second, address) = server.stores("conformance").await;
        let dialect = first.dialect();
        let stores: (Arc<dyn Store>, Arc<dyn Store>) = (Arc::new(first), Arc::new(second));
        let open = || async {
            empty(dialect, &address).await;
            Nodes::two(stores.0.clone(), stores.1.clone())
        };
        match conformance::run(open).await.into_result() {
            Ok(cases) => assert!(cases > 200, "only {cases} cases ran"),
            Err(report) => panic!("{report}"),
        }
    });
}

#[test]
#[ignore = "needs SLOTWERK_POSTGRES_URL"]
fn postgres_passes_the_suite() {
    suite_passes(Server::Postgres);
}

#[test]
#[ignore = "needs SLOTWERK_MARIADB_URL"]
fn mariadb_passes_the_suite() {
    suite_passes(Server::Mariadb);
}

#[test]
#[ignore = "needs SLOTWERK_GALERA_URLS"]
fn galera_passes_the_suite() {
    suite_passes(Server::Galera);
}
