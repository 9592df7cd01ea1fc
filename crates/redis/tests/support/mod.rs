//! What the tests share: a Redis that is there, one that a test may kill, and some that misbehave.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

pub(crate) mod fakes;
pub(crate) mod server;

use slotwerk_redis::redis::{Client, aio::MultiplexedConnection, cmd};
use slotwerk_redis::{RedisSettings, RedisStore, WhenDown};
use slotwerk_store::{
    AttemptKey, BudgetCharge, BudgetCharges, ChargeAttempts, Charged, Durability, MemoryStore,
    OnDenial, Store,
};
use slotwerk_throttle::{Allowance, Budget, Receipt, Refusal};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Of the commands' clock, in the year 2023. Redis never sees it.
pub(crate) const NOW_MS: u64 = 1_700_000_000_000;

/// A host that refuses every connection.
pub(crate) const NOWHERE: &str = "redis://127.0.0.1:1";

/// The Redis of the environment.
pub(crate) fn url() -> String {
    std::env::var("SLOTWERK_REDIS_URL")
        .expect("SLOTWERK_REDIS_URL names a Redis 7 whose data may be lost")
}

pub(crate) async fn connect(url: &str) -> MultiplexedConnection {
    let client = Client::open(url).unwrap();
    client.get_multiplexed_async_connection().await.unwrap()
}

/// A prefix that no other test has, in this run or an earlier one.
pub(crate) fn fresh_prefix() -> String {
    static TAKEN: AtomicU64 = AtomicU64::new(0);
    let started = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let taken = TAKEN.fetch_add(1, Ordering::Relaxed);
    format!(
        "test:{}:{}:{taken}:",
        started.as_nanos(),
        std::process::id()
    )
}

/// Settings for tests that no slow machine fails: the longest deadline.
pub(crate) fn patient(when_down: WhenDown) -> RedisSettings {
    let mut settings = RedisSettings::default();
    settings.prefix = fresh_prefix();
    settings.deadline = Duration::from_secs(10);
    settings.when_down = when_down;
    settings
}

/// The layer over a store in memory, with the Redis of the environment.
pub(crate) struct Layer {
    pub(crate) store: RedisStore,
    pub(crate) inner: Arc<MemoryStore>,
    pub(crate) redis: MultiplexedConnection,
    pub(crate) settings: RedisSettings,
}

impl Layer {
    pub(crate) async fn new() -> Self {
        let settings = patient(WhenDown::Reject);
        let inner = Arc::new(MemoryStore::new());
        let store = RedisStore::open(&url(), inner.clone(), settings.clone()).unwrap();
        Self {
            store,
            inner,
            redis: connect(&url()).await,
            settings,
        }
    }

    /// The name of a budget's value in Redis.
    pub(crate) fn name(&self, key: AttemptKey) -> String {
        let hex = key.0.map(|byte| format!("{byte:02x}")).concat();
        format!("{}{hex}", self.settings.prefix)
    }

    /// The value of a budget in Redis.
    pub(crate) async fn value(&mut self, key: AttemptKey) -> Option<String> {
        let name = self.name(key);
        let get = cmd("GET").arg(name).to_owned();
        get.query_async(&mut self.redis).await.unwrap()
    }

    pub(crate) async fn put(&mut self, key: AttemptKey, value: &str) {
        let name = self.name(key);
        let set = cmd("SET").arg(name).arg(value).to_owned();
        set.exec_async(&mut self.redis).await.unwrap();
    }

    /// The server's time in milliseconds, rounded down.
    pub(crate) async fn time_ms(&mut self) -> u64 {
        let time = cmd("TIME");
        let answer = time.query_async(&mut self.redis).await;
        let (seconds, micros): (u64, u64) = answer.unwrap();
        seconds * 1000 + micros / 1000
    }
}

pub(crate) fn lossy(byte: u8) -> AttemptKey {
    AttemptKey::new([byte; 32], Durability::MayBeLost)
}

pub(crate) fn durable(byte: u8) -> AttemptKey {
    AttemptKey::durable([byte; 32])
}

/// A burst that does not refill while a test runs.
pub(crate) fn burst(burst: u32) -> Allowance {
    Budget::new(burst, Duration::from_secs(86_400))
        .unwrap()
        .into()
}

pub(crate) fn command(charges: &[(AttemptKey, Allowance)], on_denial: OnDenial) -> ChargeAttempts {
    let charge = |(key, allowance): &(AttemptKey, Allowance)| BudgetCharge {
        key: *key,
        allowance: *allowance,
    };
    ChargeAttempts {
        charges: BudgetCharges::new(charges.iter().map(charge).collect()).unwrap(),
        on_denial,
        now_ms: NOW_MS,
    }
}

/// Charges each in its order, to the first denial: which were granted.
pub(crate) async fn charge(store: &dyn Store, charges: &[(AttemptKey, Allowance)]) -> Vec<bool> {
    let command = command(charges, OnDenial::Stop);
    let charged = store.charge_attempts(&command).await.unwrap();
    charged.iter().map(is_granted).collect()
}

pub(crate) async fn receipt(store: &dyn Store, key: AttemptKey, allowance: Allowance) -> Receipt {
    let command = ChargeAttempts::one(key, allowance, NOW_MS);
    match store.charge_attempts(&command).await.unwrap()[..] {
        [Charged::Granted { receipt }] => receipt,
        ref other => panic!("{other:?}"),
    }
}

pub(crate) fn is_granted(charged: &Charged) -> bool {
    matches!(charged, Charged::Granted { .. })
}

/// How often a budget grants, up to the first denial.
pub(crate) async fn grants(store: &dyn Store, key: AttemptKey, allowance: Allowance) -> u32 {
    let mut granted = 0;
    loop {
        let command = ChargeAttempts::one(key, allowance, NOW_MS);
        match store.charge_attempts(&command).await.unwrap()[..] {
            [Charged::Granted { .. }] => granted += 1,
            [
                Charged::Denied {
                    refusal: Refusal::Wait(_),
                },
            ] => return granted,
            ref other => panic!("{other:?}"),
        }
    }
}

/// A clock for pauses that a test moves.
#[derive(Clone, Default)]
pub(crate) struct Pauses(Arc<AtomicU64>);

impl Pauses {
    pub(crate) fn clock(&self) -> impl Fn() -> Duration + Send + Sync + 'static {
        let now = self.0.clone();
        move || Duration::from_secs(now.load(Ordering::SeqCst))
    }

    /// Lets a pause of the default length end.
    pub(crate) fn end(&self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}
