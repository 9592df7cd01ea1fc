//! Redis is down, refuses, hangs, or has lost what it knew.

use crate::support::fakes::{Silent, Stubborn};
use crate::support::server::Server;
use crate::support::{NOW_MS, NOWHERE, Pauses, burst, charge, connect, grants, lossy, patient};
use slotwerk_redis::redis::cmd;
use slotwerk_redis::{RedisStore, WhenDown};
use slotwerk_store::{ChargeAttempts, ErrorKind, MemoryStore, Store};
use std::sync::Arc;
use std::time::Duration;

/// The layer with a clock for its pauses.
struct Node {
    store: RedisStore,
    inner: Arc<MemoryStore>,
    pauses: Pauses,
}

impl Node {
    fn new(url: &str, when_down: WhenDown) -> Self {
        Self::waiting(url, when_down, Duration::from_secs(10))
    }

    fn waiting(url: &str, when_down: WhenDown, deadline: Duration) -> Self {
        let (inner, pauses) = (Arc::new(MemoryStore::new()), Pauses::default());
        let mut settings = patient(when_down);
        settings.deadline = deadline;
        let store = RedisStore::open(url, inner.clone(), settings).unwrap();
        Self {
            store: store.with_clock(pauses.clock()),
            inner,
            pauses,
        }
    }

    /// The fault of one charge.
    async fn fault(&self) -> ErrorKind {
        let charge = ChargeAttempts::one(lossy(1), burst(3), NOW_MS);
        let charged = self.store.charge_attempts(&charge).await;
        charged.unwrap_err().kind()
    }

    /// How many attempts the store underneath has counted.
    async fn below(&self) -> u32 {
        let tally = self.inner.budgets(&[lossy(1)]).await.unwrap()[0];
        tally.map_or(0, |tally| tally.state.failures)
    }
}

#[tokio::test]
async fn refused_connection_uses_the_store() {
    let node = Node::new(NOWHERE, WhenDown::UseStore);
    assert_eq!(grants(&node.store, lossy(1), burst(3)).await, 3);
    assert_eq!(node.below().await, 3);
}

#[tokio::test]
async fn refused_connection_rejects() {
    let node = Node::new(NOWHERE, WhenDown::Reject);
    assert_eq!(node.fault().await, ErrorKind::Unavailable);
    assert_eq!(node.fault().await, ErrorKind::Unavailable, "in the pause");
    let read = node.store.budgets(&[lossy(1)]).await;
    assert_eq!(read.unwrap_err().kind(), ErrorKind::Unavailable);
    assert_eq!(node.below().await, 0);
    assert!(node.store.check().await.is_err());
}

#[tokio::test]
async fn silent_server_is_left_alone() {
    let server = Silent::start();
    let deadline = Duration::from_millis(20);
    let node = Node::waiting(&server.url(), WhenDown::UseStore, deadline);
    for _ in 0..3 {
        charge(&node.store, &[(lossy(1), burst(9))]).await;
    }
    assert_eq!(server.connections(), 1, "the pause keeps the others away");
    node.pauses.end();
    for _ in 0..3 {
        charge(&node.store, &[(lossy(1), burst(9))]).await;
    }
    assert_eq!(server.connections(), 1, "one call tries");
    assert_eq!(node.below().await, 6, "each was counted below");
}

#[tokio::test]
async fn many_calls_wait_for_one_connection() {
    let server = Silent::start();
    let deadline = Duration::from_millis(50);
    let node = Arc::new(Node::waiting(&server.url(), WhenDown::UseStore, deadline));
    let mut calls = Vec::new();
    for _ in 0..20 {
        let node = node.clone();
        calls.push(tokio::spawn(async move {
            charge(&node.store, &[(lossy(1), burst(20))]).await
        }));
    }
    for call in calls {
        assert_eq!(call.await.unwrap(), [true]);
    }
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn refusing_servers_use_the_store() {
    for line in [
        "-LOADING Redis is loading the dataset in memory\r\n",
        "-READONLY You can't write against a read only replica.\r\n",
        "-MASTERDOWN Link with MASTER is down\r\n",
        "-OOM command not allowed when used memory > 'maxmemory'.\r\n",
        "-NOAUTH Authentication required.\r\n",
        "-NOPERM this user has no permissions\r\n",
        "-ERR unknown command\r\n",
        "+OK\r\n",
        ":1\r\n",
        "*0\r\n",
        "*1\r\n*1\r\n:1\r\n",
        "*2\r\n*3\r\n:0\r\n:0\r\n:5\r\n*3\r\n:0\r\n:0\r\n:5\r\n",
        "*1\r\n*9\r\n:1\r\n:0\r\n:0\r\n:5\r\n:4294967296\r\n:0\r\n:9\r\n:1\r\n:1\r\n",
        "not Redis\r\n",
    ] {
        let server = Stubborn::start(line);
        let node = Node::new(server.url(), WhenDown::UseStore);
        assert_eq!(grants(&node.store, lossy(1), burst(3)).await, 3, "{line}");
        assert_eq!(node.below().await, 3, "{line}");
        assert!(
            server.scripts() <= 2,
            "the pause keeps the others away: {line}"
        );
    }
}

#[tokio::test]
async fn refusal_before_writes_is_no_doubt() {
    for (line, due) in [
        ("-LOADING Redis is loading\r\n", ErrorKind::Unavailable),
        ("-READONLY a replica\r\n", ErrorKind::Unavailable),
        ("-OOM no memory\r\n", ErrorKind::Unavailable),
        ("-ERR in the script\r\n", ErrorKind::InDoubt),
        ("*1\r\n*1\r\n:1\r\n", ErrorKind::InDoubt),
    ] {
        let server = Stubborn::start(line);
        let node = Node::new(server.url(), WhenDown::Reject);
        assert_eq!(node.fault().await, due, "{line}");
    }
}

#[tokio::test]
#[ignore = "needs redis-server"]
async fn hanging_call_is_in_doubt() {
    let server = Server::start();
    let node = Node::waiting(&server.url(), WhenDown::Reject, Duration::from_secs(1));
    node.store.check().await.unwrap();
    let mut admin = connect(&server.url()).await;
    let pause = cmd("CLIENT")
        .arg("PAUSE")
        .arg(3_600_000)
        .arg("WRITE")
        .to_owned();
    pause.exec_async(&mut admin).await.unwrap();
    assert_eq!(node.fault().await, ErrorKind::InDoubt);
    assert_eq!(node.fault().await, ErrorKind::Unavailable, "in the pause");
    let unpause = cmd("CLIENT").arg("UNPAUSE").to_owned();
    unpause.exec_async(&mut admin).await.unwrap();
    node.pauses.end();
    assert!(grants(&node.store, lossy(1), burst(3)).await >= 2);
}

/// After a failover, the connection may lead to what is a replica now.
#[tokio::test]
#[ignore = "needs redis-server"]
async fn replica_is_left_and_found_again() {
    let server = Server::start();
    let node = Node::new(&server.url(), WhenDown::UseStore);
    let allowance = burst(5);
    assert_eq!(charge(&node.store, &[(lossy(1), allowance)]).await, [true]);
    let mut admin = connect(&server.url()).await;
    let replicate =
        |host: &'static str, port: &'static str| cmd("REPLICAOF").arg(host).arg(port).to_owned();
    let demoted = replicate("127.0.0.1", "1");
    demoted.exec_async(&mut admin).await.unwrap();
    assert_eq!(charge(&node.store, &[(lossy(1), allowance)]).await, [true]);
    assert_eq!(node.below().await, 1, "a replica takes no writes");
    let promoted = replicate("NO", "ONE");
    promoted.exec_async(&mut admin).await.unwrap();
    node.pauses.end();
    assert_eq!(grants(&node.store, lossy(1), allowance).await, 4);
    assert_eq!(node.below().await, 1);
}

#[tokio::test]
#[ignore = "needs redis-server"]
async fn full_memory_uses_the_store() {
    let server = Server::start();
    let node = Node::new(&server.url(), WhenDown::UseStore);
    let mut admin = connect(&server.url()).await;
    let limit = |bytes: u64| {
        cmd("CONFIG")
            .arg(&["SET", "maxmemory"])
            .arg(bytes)
            .to_owned()
    };
    limit(1).exec_async(&mut admin).await.unwrap();
    assert_eq!(charge(&node.store, &[(lossy(1), burst(5))]).await, [true]);
    assert_eq!(node.below().await, 1);
    limit(0).exec_async(&mut admin).await.unwrap();
    node.pauses.end();
    assert_eq!(grants(&node.store, lossy(1), burst(5)).await, 5);
    assert_eq!(node.below().await, 1);
}

/// Each loss gives an address one more burst. The store underneath gives one more in all.
#[tokio::test]
#[ignore = "needs redis-server"]
async fn each_loss_grants_one_burst() {
    for (when_down, below) in [(WhenDown::UseStore, 4), (WhenDown::Reject, 0)] {
        let mut server = Server::start();
        let node = Node::new(&server.url(), when_down);
        assert_eq!(grants(&node.store, lossy(1), burst(4)).await, 4);
        for _ in 0..3 {
            let port = server.kill();
            for _ in 0..6 {
                let charge = ChargeAttempts::one(lossy(1), burst(4), NOW_MS);
                // A rejection grants nothing.
                let _ = node.store.charge_attempts(&charge).await;
            }
            assert_eq!(node.below().await, below, "one burst over all outages");
            server = Server::start_on(port);
            node.pauses.end();
            assert_eq!(grants(&node.store, lossy(1), burst(4)).await, 4);
        }
    }
}

/// A replica that was promoted before it had anything has no script either.
#[tokio::test]
#[ignore = "needs redis-server"]
async fn empty_server_grants_one_burst() {
    let server = Server::start();
    let node = Node::new(&server.url(), WhenDown::Reject);
    assert_eq!(grants(&node.store, lossy(1), burst(4)).await, 4);
    let mut admin = connect(&server.url()).await;
    for words in [["FLUSHALL", "SYNC"], ["SCRIPT", "FLUSH"]] {
        let flush = cmd(words[0]).arg(words[1]).to_owned();
        flush.exec_async(&mut admin).await.unwrap();
    }
    assert_eq!(grants(&node.store, lossy(1), burst(4)).await, 4);
}

/// Without a loss, outages give an address one more burst in all, however many there are.
#[tokio::test]
#[ignore = "needs redis-server"]
async fn kept_budgets_grant_nothing_more() {
    let server = Server::start();
    let node = Node::new(&server.url(), WhenDown::UseStore);
    let mut admin = connect(&server.url()).await;
    // A replica without its primary then answers nothing. Otherwise it would still deny.
    let stale = ["SET", "replica-serve-stale-data", "no"];
    let silence = cmd("CONFIG").arg(&stale).to_owned();
    silence.exec_async(&mut admin).await.unwrap();
    let mut granted = 0;
    for _ in 0..3 {
        granted += grants(&node.store, lossy(1), burst(4)).await;
        let demoted = cmd("REPLICAOF").arg(&["127.0.0.1", "1"]).to_owned();
        demoted.exec_async(&mut admin).await.unwrap();
        granted += grants(&node.store, lossy(1), burst(4)).await;
        let promoted = cmd("REPLICAOF").arg(&["NO", "ONE"]).to_owned();
        promoted.exec_async(&mut admin).await.unwrap();
        node.pauses.end();
    }
    granted += grants(&node.store, lossy(1), burst(4)).await;
    assert_eq!(granted, 8);
}
