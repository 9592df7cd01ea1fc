//! Attempt budgets in Redis 7, for those that may be lost. Everything else stays in the store underneath.
//!
//! A service that many strangers try out at once writes an attempt for each of them. [`RedisStore`] is a layer over
//! any [`Store`](slotwerk_store::Store). It takes the budgets of client addresses, requested names and tenant mails
//! off the database.
//!
//! ```no_run
//! use slotwerk_redis::{RedisSettings, RedisStore};
//! use slotwerk_store::{MemoryStore, Store};
//! use std::sync::Arc;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let database: Arc<dyn Store> = Arc::new(MemoryStore::new()); // a real service: `SqliteStore` and others
//! let url = "redis://slotwerk:secret@127.0.0.1:6379";
//! let store = RedisStore::open(url, database, RedisSettings::default())?;
//! # Ok(())
//! # }
//! ```
//!
//! # What is where
//!
//! A budget is in Redis if its key [may be lost](slotwerk_store::Durability::MayBeLost), and its allowance has
//! neither a hard stop nor a lifetime cap. Budgets of accounts and authenticators are durable, so that a failover of
//! Redis never gives guesses back. Sessions, links, tickets and codes never go to Redis.
//!
//! # How it counts
//!
//! * **One script charges all budgets of a command**, at the server's time. Its decisions are those of
//!   [`slotwerk_throttle`]. Nodes whose clocks differ still share one budget.
//! * **Charged before checked.** The charges of a command happen in their order, over both stores. A crash between
//!   the two leaves a charge without an attempt. An attempt without its charge is not possible.
//! * **Each value expires** once it can no longer deny or delay an attempt.
//! * **A success gives its attempt back after the commit**, if nothing else was charged to the budget since. A fault
//!   of Redis does not turn a success into a failure.
//! * **Clearing leaves its audit row first.** If Redis fails after that, the call is
//!   [`InDoubt`](slotwerk_store::ErrorKind::InDoubt), and a repeat clears again.
//!
//! # While Redis is down
//!
//! Redis is down if it refuses a connection, does not answer within [`RedisSettings::deadline`], is a replica, is
//! loading, or has no memory left. [`WhenDown`] says what happens then: the store underneath counts, or calls fail.
//! For [`RedisSettings::pause`] no call waits for Redis. Then one call tries again. The crate reports the beginning
//! and the end of an outage as `tracing` events.
//!
//! An address gets at most one more burst from each loss of all data, and with [`WhenDown::UseStore`] one more burst
//! from the store underneath.
//!
//! # How to run Redis
//!
//! * One primary, or one address that leads to the primary: a managed service, or a proxy. Budgets of one command
//!   have different hash slots, so that a Redis Cluster rejects the script.
//! * `maxmemory-policy noeviction`. Other policies let a stranger who uses many addresses push out the budgets of
//!   others. A budget takes about 250 bytes.
//! * Persistence is optional: what it would save may be lost.
//! * The user needs `EVALSHA`, `SCRIPT LOAD`, `TIME`, `GET`, `SET`, `DEL` and `MGET`, on the keys of the prefix.
//! * The host runs Tokio with its time enabled.
//!
//! # What it does not protect against
//!
//! * An attacker who can write to Redis can delete budgets, and deny attempts to any address.
//! * A deadline that is shorter than connecting takes keeps Redis unused for good. Call [`RedisStore::check`] at
//!   startup.
//! * If the time of the server jumps by less than the reach of a budget, attempts wait or come back that much
//!   earlier.
//! * Without TLS, everyone on the network path can read and change budgets. Names and addresses are keyed hashes.
#![cfg_attr(docsrs, feature(doc_cfg))]

mod breaker;
mod budgets;
mod changes;
mod delegate;
mod fault;
mod link;
mod settings;
mod store;

pub use redis;
pub use settings::{RedisSettings, SettingsError, WhenDown};
pub use store::RedisStore;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct ReadmeDoctests;
