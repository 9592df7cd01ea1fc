//! Leases while some tenants have only jobs that were leased as often as their counter goes.

use crate::fixture::{NOW, Who};
use crate::server::{Server, run};
use slotwerk_sqlx::SqlStore;
use slotwerk_store::{Enqueued, LeaseJobs, NewJob, Store};
use slotwerk_testkit::conformance::block_on;

/// No store can be brought here by leases alone, so that the conformance suite has no such case.
const EXHAUST: &str = "UPDATE slotwerk_outbox SET attempt = 4294967295";

async fn enqueue(store: &SqlStore, tenants: &[&str], first: u64) {
    for (n, tenant) in (first..).zip(tenants) {
        let job = NewJob {
            tenant: (*tenant).to_owned(),
            ..Who(0).notice(n)
        };
        assert_eq!(store.enqueue(&job).await.unwrap(), Enqueued::Queued);
    }
}

/// The tenants whose jobs a lease gives. The jobs are free again at once.
async fn leased(store: &SqlStore, after: Option<&str>, limit: u32, skip: &[&str]) -> Vec<String> {
    let command = LeaseJobs {
        now: NOW,
        lease_until: NOW,
        limit,
        after: after.map(str::to_owned),
        skip: skip.iter().map(|tenant| (*tenant).to_owned()).collect(),
    };
    let jobs = store.lease_jobs(&command).await.unwrap();
    jobs.into_iter().map(|job| job.tenant).collect()
}

fn exhausted_jobs_delay_no_tenant(server: Server) {
    block_on(async {
        let directory = tempfile::tempdir().unwrap();
        let address = match server {
            Server::Sqlite => {
                let path = directory.path().join("leases.db");
                path.to_str().unwrap().to_owned()
            }
            _ => server.database("leases").await.swap_remove(0),
        };
        let store = SqlStore::connect(&address).await.unwrap();
        enqueue(&store, &["a", "b", "d", "f"], 0).await;
        run(server, &address, EXHAUST).await;
        for limit in [1, 2, 9] {
            let none: [&str; 0] = [];
            assert_eq!(leased(&store, None, limit, &[]).await, none);
            assert_eq!(leased(&store, Some("b"), limit, &[]).await, none);
        }
        enqueue(&store, &["c", "e"], 4).await;
        type Case<'a> = (Option<&'a str>, u32, &'a [&'a str], &'a [&'a str]);
        let cases: [Case<'_>; 10] = [
            (None, 1, &[], &["c"]),
            (Some("a"), 1, &[], &["c"]),
            (Some("c"), 1, &[], &["e"]),
            (Some("e"), 1, &[], &["c"]),
            (Some("f"), 1, &[], &["c"]),
            (None, 2, &[], &["c", "e"]),
            (Some("c"), 2, &[], &["e", "c"]),
            (Some("c"), 9, &[], &["e", "c"]),
            (None, 1, &["c"], &["e"]),
            (Some("c"), 1, &["e"], &["c"]),
        ];
        for (after, limit, skip, due) in cases {
            let found = leased(&store, after, limit, skip).await;
            assert_eq!(found, due, "{limit} after {after:?} without {skip:?}");
        }
    });
}

#[test]
fn sqlite_passes_over_exhausted_jobs() {
    exhausted_jobs_delay_no_tenant(Server::Sqlite);
}

#[test]
#[ignore = "needs SLOTWERK_POSTGRES_URL"]
fn postgres_passes_over_exhausted_jobs() {
    exhausted_jobs_delay_no_tenant(Server::Postgres);
}

#[test]
#[ignore = "needs SLOTWERK_MARIADB_URL"]
fn mariadb_passes_over_exhausted_jobs() {
    exhausted_jobs_delay_no_tenant(Server::Mariadb);
}

#[test]
#[ignore = "needs SLOTWERK_GALERA_URLS"]
fn galera_passes_over_exhausted_jobs() {
    exhausted_jobs_delay_no_tenant(Server::Galera);
}
