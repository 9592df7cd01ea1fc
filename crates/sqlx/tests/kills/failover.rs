//! A PostgreSQL primary that is killed, and its synchronous standby that takes over.

use crate::figures::figure;
use crate::load::{Load, Log, check_notices};
use crate::script::servers;
use crate::server::number;
use slotwerk_sqlx::SqlStore;
use slotwerk_testkit::conformance::block_on;
use sqlx::{Connection, Executor, PgConnection};
use std::sync::Arc;
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

const DATABASE: &str = "slotwerk_failover";

/// The addresses of the primary and of the standby, as the environment names them.
fn addresses() -> (String, String) {
    let value = std::env::var("SLOTWERK_STANDBY_URLS")
        .expect("SLOTWERK_STANDBY_URLS must name a primary and its standby for this test");
    let (primary, standby) = value.split_once(',').unwrap();
    (primary.to_owned(), standby.to_owned())
}

/// `host:port` of an address.
fn place(address: &str) -> String {
    let (_, rest) = address.rsplit_once('@').unwrap();
    rest.split_once('/').unwrap().0.to_owned()
}

/// A proxy, as services have one before such a pair: its address stays when the standby takes over.
struct Proxy {
    port: u16,
    target: watch::Sender<String>,
}

impl Proxy {
    async fn start(target: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (sender, current) = watch::channel(target);
        tokio::spawn(async move {
            while let Ok((mut client, _)) = listener.accept().await {
                let target = current.borrow().clone();
                tokio::spawn(async move {
                    if let Ok(mut server) = TcpStream::connect(target).await {
                        drop(copy_bidirectional(&mut client, &mut server).await);
                    }
                });
            }
        });
        Self {
            port,
            target: sender,
        }
    }
}

async fn fail_over() -> Log {
    // The nodes of an earlier failover are no pair any more.
    servers(&["start", "standby"]).await;
    let (primary, standby) = addresses();
    let mut connection = PgConnection::connect(&primary).await.unwrap();
    let drop = format!("DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)");
    connection.execute(sqlx::AssertSqlSafe(drop)).await.unwrap();
    let create = format!("CREATE DATABASE {DATABASE}");
    connection
        .execute(sqlx::AssertSqlSafe(create))
        .await
        .unwrap();

    let proxy = Proxy::start(place(&primary)).await;
    let user = primary.rsplit_once('@').unwrap().0;
    let address = format!("{user}@127.0.0.1:{}/{DATABASE}", proxy.port);
    let store = Arc::new(SqlStore::connect(&address).await.unwrap());
    let mut load = Load::start(store.clone(), 0).await;
    load.progress(200).await;
    load.goes_down();
    servers(&["kill", "standby", "primary"]).await;
    servers(&["promote", "standby"]).await;
    proxy.target.send_replace(place(&standby));
    load.is_up();
    load.progress(200).await;
    let log = load.end().await;
    check_notices(&store, log.happened()).await;
    log
}

#[test]
#[ignore = "needs SLOTWERK_STANDBY_URLS"]
fn standby_takes_over() {
    let failovers = number("SLOTWERK_FAILOVERS", 1);
    block_on(async {
        let mut sum = Log::default();
        for _ in 0..failovers {
            sum.add(fail_over().await);
        }
        figure(&format!(
            "failovers of PostgreSQL: {failovers}; {} transitions confirmed, {} in doubt and whole, \
             {} in doubt and absent, {} other faults",
            sum.confirmed, sum.whole, sum.absent, sum.faults
        ));
    });
}
