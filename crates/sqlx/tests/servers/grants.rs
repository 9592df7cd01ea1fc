//! A service under a role that may change rows, and no table.

use crate::server::{Server, empty};
use slotwerk_sqlx::{SqlStore, grants_sql};
use slotwerk_store::Store;
use slotwerk_testkit::conformance::{self, Nodes};
use sqlx::{AssertSqlSafe, Connection, Executor, MySqlConnection, PgConnection};
use std::sync::Arc;

const PASSWORD: &str = "limited";

/// The cases that remove audit rows.
const REMOVALS: [&str; 1] = ["removal_follows_the_last_checkpoint"];

/// Makes a role with the rights to the tables of a migrated database. Returns the address that it uses.
pub(crate) async fn limited_role(
    store: &SqlStore,
    server: Server,
    address: &str,
    role: &str,
) -> String {
    let grants = grants_sql(store.dialect(), role).unwrap();
    if let Server::Postgres = server {
        let mut admin = PgConnection::connect(address).await.unwrap();
        let exists: bool =
            sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = $1)")
                .bind(role)
                .fetch_one(&mut admin)
                .await
                .unwrap();
        if !exists {
            let create = format!("CREATE ROLE {role} LOGIN PASSWORD '{PASSWORD}'");
            admin.execute(AssertSqlSafe(create)).await.unwrap();
        }
        // A new schema gives everybody the right to make tables on some versions.
        let revoke = format!("REVOKE CREATE ON SCHEMA public FROM PUBLIC, {role}");
        admin.execute(AssertSqlSafe(revoke)).await.unwrap();
        sqlx::raw_sql(AssertSqlSafe(grants))
            .execute(&mut admin)
            .await
            .unwrap();
    } else {
        let mut admin = MySqlConnection::connect(address).await.unwrap();
        let create = format!("CREATE OR REPLACE USER '{role}'@'%' IDENTIFIED BY '{PASSWORD}'");
        admin.execute(AssertSqlSafe(create)).await.unwrap();
        sqlx::raw_sql(AssertSqlSafe(grants))
            .execute(&mut admin)
            .await
            .unwrap();
    }
    let (scheme, rest) = address.split_once("://").unwrap();
    let (_, host) = rest.rsplit_once('@').unwrap();
    format!("{scheme}://{role}:{PASSWORD}@{host}")
}

fn limited_role_passes_the_suite(server: Server) {
    conformance::block_on(async {
        let (admin, _, address) = server.stores("grants").await;
        let dialect = admin.dialect();
        let limited = limited_role(&admin, server, &address, "slotwerk_limited").await;
        // Opening finds the tables up to date, and changes none.
        let store = SqlStore::connect(&limited).await.unwrap();
        let store: Arc<dyn Store> = Arc::new(store);
        let open = || async {
            empty(dialect, &address).await;
            Nodes::one(store.clone())
        };
        let report = conformance::run(open).await;
        assert!(
            report.passed.len() > 200,
            "only {} passed",
            report.passed.len()
        );
        // Retention is for another role: the service removes no audit row.
        for failure in &report.failed {
            let is_removal = REMOVALS.contains(&failure.case);
            assert!(is_removal && failure.what.contains("denied"), "{failure}");
        }
        assert_eq!(report.failed.len(), REMOVALS.len(), "{report}");
    });
}

#[test]
#[ignore = "needs SLOTWERK_POSTGRES_URL"]
fn postgres_needs_the_grants_only() {
    limited_role_passes_the_suite(Server::Postgres);
}

#[test]
#[ignore = "needs SLOTWERK_MARIADB_URL"]
fn mariadb_needs_the_grants_only() {
    limited_role_passes_the_suite(Server::Mariadb);
}

#[test]
#[ignore = "needs SLOTWERK_GALERA_URLS"]
fn galera_needs_the_grants_only() {
    limited_role_passes_the_suite(Server::Galera);
}
