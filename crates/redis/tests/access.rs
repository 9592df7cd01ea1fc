//! What the user of Redis may do.

use crate::support::server::Server;
use crate::support::{burst, connect, grants, lossy, patient, receipt};
use slotwerk_redis::redis::cmd;
use slotwerk_redis::{RedisStore, WhenDown};
use slotwerk_store::{ErrorKind, MemoryStore, SettleAttempt, Store};
use std::sync::Arc;

/// The commands that the documentation names are enough, on the keys of the prefix.
#[tokio::test]
#[ignore = "needs redis-server"]
async fn documented_rights_are_enough() {
    let server = Server::start();
    let settings = patient(WhenDown::Reject);
    let keys = format!("~{}*", settings.prefix);
    let rights = "+evalsha +script|load +time +get +set +del +mget";
    let mut user = cmd("ACL");
    user.arg(&["SETUSER", "limited", "on", ">secret", "-@all", &keys]);
    user.arg(rights.split(' ').collect::<Vec<_>>());
    let mut admin = connect(&server.url()).await;
    user.exec_async(&mut admin).await.unwrap();

    let url = format!("redis://limited:secret@127.0.0.1:{}", server.port());
    let open = |settings| {
        let inner = Arc::new(MemoryStore::new());
        RedisStore::open(&url, inner, settings).unwrap()
    };
    let store = open(settings);
    store.check().await.unwrap();
    let settle = SettleAttempt {
        key: lossy(1),
        allowance: burst(3),
        receipt: receipt(&store, lossy(1), burst(3)).await,
    };
    store.settle_attempt(&settle).await.unwrap();
    assert_eq!(grants(&store, lossy(1), burst(3)).await, 3);
    assert!(store.budgets(&[lossy(1)]).await.unwrap()[0].is_some());
    store.lift_attempt(lossy(1), 0).await.unwrap();
    assert_eq!(grants(&store, lossy(1), burst(3)).await, 3);
    let elsewhere = open(patient(WhenDown::Reject)).check().await;
    assert_eq!(elsewhere.unwrap_err().kind(), ErrorKind::Unavailable);
}
