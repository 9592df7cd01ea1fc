//! Versions of the tables that are added to those of an older version.

use crate::server::Server;
use slotwerk_sqlx::SqlStore;
use slotwerk_store::Store;
use sqlx::{Connection, MySqlConnection};

/// A migration that was cut off before its version was recorded runs again from its start. On a cluster, connections
/// open on tables that are absent or old, though not every statement can be prepared there yet.
async fn script_runs_again(server: Server) {
    let addresses = server.database("again").await;
    let address = addresses.first().unwrap();
    SqlStore::connect(address).await.unwrap().close().await;
    let mut raw = MySqlConnection::connect(address).await.unwrap();
    for cut in [
        "DELETE FROM slotwerk_schema WHERE version >= 11",
        "DELETE FROM slotwerk_schema WHERE version >= 11; DROP TABLE slotwerk_audit_checkpoints",
        "DELETE FROM slotwerk_schema WHERE version >= 11;
         ALTER TABLE slotwerk_audit DROP INDEX slotwerk_audit_sealed, DROP INDEX slotwerk_audit_unsealed,
             DROP COLUMN checkpoint",
    ] {
        sqlx::raw_sql(cut).execute(&mut raw).await.unwrap();
        let store = SqlStore::connect(address).await.unwrap();
        assert_eq!(store.last_checkpoint("noord").await.unwrap(), None);
        store.close().await;
    }
}

#[tokio::test]
#[ignore = "needs SLOTWERK_MARIADB_URL"]
async fn mariadb_script_runs_again() {
    script_runs_again(Server::Mariadb).await;
}

#[tokio::test]
#[ignore = "needs SLOTWERK_GALERA_URLS"]
async fn galera_script_runs_again() {
    script_runs_again(Server::Galera).await;
}
