//! Servers that are killed and started again.

use crate::figures::figure;
use crate::load::{Load, Log, check_notices};
use crate::script::servers;
use crate::server::{Server, number};
use slotwerk_sqlx::SqlStore;
use slotwerk_testkit::conformance::block_on;
use std::sync::Arc;

/// So many transitions are confirmed between two kills.
const BETWEEN: u64 = 100;

fn survives_kills(server: Server, name: &str) {
    let kills = number("SLOTWERK_KILLS", 1);
    block_on(async {
        let addresses = server.database("kills").await;
        let address = &addresses[0];
        let store = Arc::new(SqlStore::connect(address).await.unwrap());
        let mut load = Load::start(store.clone(), 0).await;
        for _ in 0..kills {
            load.progress(BETWEEN).await;
            load.goes_down();
            servers(&["kill", name]).await;
            servers(&["restart", name]).await;
            load.is_up();
        }
        load.progress(BETWEEN).await;
        let log = load.end().await;
        check_notices(&store, log.happened()).await;
        report(server, kills, log);
    });
}

fn report(server: Server, kills: u64, log: Log) {
    let Log {
        confirmed,
        whole,
        absent,
        faults,
    } = log;
    figure(&format!(
        "kills of {server}: {kills}; {confirmed} transitions confirmed, {whole} in doubt and whole, \
         {absent} in doubt and absent, {faults} other faults"
    ));
}

#[test]
#[ignore = "needs SLOTWERK_POSTGRES_URL"]
fn postgres_survives_kills() {
    survives_kills(Server::Postgres, "postgres");
}

#[test]
#[ignore = "needs SLOTWERK_MARIADB_URL"]
fn mariadb_survives_kills() {
    survives_kills(Server::Mariadb, "mariadb");
}

/// One node after the other is killed, and the load goes on on the others.
#[test]
#[ignore = "needs SLOTWERK_GALERA_URLS"]
fn galera_survives_kills() {
    let kills = number("SLOTWERK_KILLS", 1);
    block_on(async {
        let addresses = Server::Galera.database("kills").await;
        let mut loads = Vec::new();
        let mut stores = Vec::new();
        for (first, address) in (0..).step_by(100).zip(&addresses) {
            let store = Arc::new(SqlStore::connect(address).await.unwrap());
            stores.push(store.clone());
            loads.push(Load::start(store, first).await);
        }
        for kill in 0..kills {
            let killed = usize::try_from(kill).unwrap() % loads.len();
            let node = (killed + 1).to_string();
            loads[killed].progress(BETWEEN).await;
            loads[killed].goes_down();
            servers(&["kill", "galera", &node]).await;
            for (other, load) in loads.iter_mut().enumerate() {
                if other != killed {
                    load.progress(BETWEEN).await;
                }
            }
            servers(&["restart", "galera", &node]).await;
            loads[killed].is_up();
        }
        let mut log = Log::default();
        for mut load in loads {
            load.progress(BETWEEN).await;
            log.add(load.end().await);
        }
        check_notices(&stores[0], log.happened()).await;
        report(Server::Galera, kills, log);
    });
}
