//! The Slotwerk store on SQL databases: SQLite, PostgreSQL, MariaDB with or without Galera, and MySQL.
//!
//! For a service that runs Slotwerk and already keeps its data in a database. Some facts must hold on
//! every node: a reset link is used once, a TOTP step is accepted once, an attempt is counted. The store
//! makes each of these one transaction, and its guards are predicates of its writes. Each database is a
//! feature: `sqlite`, `postgres`, `mysql`. Feature `tls` encrypts the connection to a server.
//!
#![cfg_attr(feature = "sqlite", doc = "```")]
#![cfg_attr(not(feature = "sqlite"), doc = "```ignore")]
//! use slotwerk_sqlx::SqlStore;
//! use slotwerk_store::{AccountKey, Store};
//!
//! # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
//! // Or "postgres://…", "mysql://…", or the path of an SQLite file.
//! let store = SqlStore::connect(":memory:").await?;
//! let account = AccountKey::new("noord", "42")?;
//! assert_eq!(store.credential(&account).await?.epoch, 0);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! [`operating`] has the page for operators: schema, grants, upgrades, what survives which failure, and scaling.
//!
//! # How it keeps the contract
//!
//! * **One text for each statement.** It stands in plain SQL beside the command that uses it. Where a dialect differs,
//!   the other text stands next to it.
//! * **The affected rows are the verdict.** A guard is in the `WHERE` of the write. That holds under READ COMMITTED,
//!   which every transaction uses. On SQLite a transition starts with `BEGIN IMMEDIATE`.
//! * **All or nothing.** When a later guard fails, the earlier writes are rolled back. For example, an
//!   invalid ticket leaves the TOTP watermark where it was.
//! * **One row per permission.** Using a link, a ticket or a recovery code deletes its row. The audit
//!   trail keeps what happened.
//! * **Take a lock before counting rows.** A command that counts authenticators, sessions or tickets of an account, or
//!   changes its epoch, first takes the lock of its credential row. Links have a lock row of their own: a name without
//!   an account has links too, which go nowhere, and must leave no credential. Taking a lock changes its row, so that a
//!   Galera cluster certifies it.
//! * **One past password per epoch.** A past password is stored with the epoch in which it was current.
//!   The epoch is part of its key, so each epoch has at most one. The same transaction deletes past
//!   passwords that the tenant's rule does not keep.
//! * **On disk before the answer.** A returned outcome survives a power cut, if the disk writes what it confirms.
//!   [`SqlStore::migrate`] rejects settings that weaken this.
//! * **Repeat only what is proven undone.** A deadlock, a serialization failure and a certification failure undo the
//!   whole transaction: the store runs the command again, at most 30 times. It also does so if the connection was lost
//!   before the first statement. Nothing else is repeated.
//! * **One fault does not cause others.** A connection that comes back inside a transaction, or that does not answer,
//!   is closed. On SQLite the pool tests this too, since SQLite ends a transaction by itself on a full disk.
//! * **Check the opened file.** On SQLite every command first compares the file of that name with the one that was
//!   opened. While the file is missing, replaced or truncated, commands fail and create no file in its place.
//! * **Faults keep their kind.** A lock that is not free within five seconds is a
//!   [`Conflict`](slotwerk_store::ErrorKind::Conflict). A row that this version would not have written is
//!   [`Corrupt`](slotwerk_store::ErrorKind::Corrupt). A commit that fails without proof that nothing
//!   was committed, such as a lost connection, is [`InDoubt`](slotwerk_store::ErrorKind::InDoubt). Any other fault is
//!   [`Unavailable`](slotwerk_store::ErrorKind::Unavailable).
//!
//! Times beyond the year 292 277 026 596 are clamped to it. A TOTP step or an epoch beyond a signed
//! 64-bit number is rejected as a fault.
//!
//! # What it does not protect against
//!
//! * An attacker who can write to the database can replace a password hash or a watermark. The rows
//!   are hashed or sealed against reading, not against writing.
//! * Restoring a backup brings used links, steps and codes back, and so does a failover that loses the last writes. Run
//!   [`SqlStore::end_everything`] then.
//! * On SQLite, the store does not notice if only the `-wal` file is removed, or if an intact database is copied over
//!   the open file. Stop the service before a restore. SQLite's locks do not hold on most network file systems.
//! * Deleted rows stay in free pages, in the journal and in replicas until they are overwritten.
#![cfg_attr(docsrs, feature(doc_cfg))]
// Each driver uses its own part of what they share.
#![cfg_attr(
    not(all(feature = "sqlite", feature = "postgres", feature = "mysql")),
    allow(dead_code, unused_imports, unused_variables, unused_macros)
)]

#[cfg(any(feature = "sqlite", feature = "postgres", feature = "mysql"))]
mod clock;
#[cfg(any(feature = "sqlite", feature = "postgres", feature = "mysql"))]
mod commands;
#[cfg(any(feature = "sqlite", feature = "postgres", feature = "mysql"))]
mod connect;
#[cfg(any(feature = "sqlite", feature = "postgres", feature = "mysql"))]
mod connection;
#[cfg(any(feature = "sqlite", feature = "postgres", feature = "mysql"))]
mod database;
mod dialect;
#[cfg(any(feature = "sqlite", feature = "postgres", feature = "mysql"))]
mod error;
mod grants;
#[cfg(any(feature = "sqlite", feature = "postgres", feature = "mysql"))]
mod host;
#[cfg(feature = "mysql")]
mod mysql;
#[cfg(test)]
mod plans;
#[cfg(feature = "postgres")]
mod postgres;
#[cfg(any(feature = "sqlite", feature = "postgres", feature = "mysql"))]
mod probe;
#[cfg(any(feature = "sqlite", feature = "postgres", feature = "mysql"))]
mod repeat;
mod schema;
#[cfg(feature = "sqlite")]
mod sqlite;
#[cfg(any(feature = "sqlite", feature = "postgres", feature = "mysql"))]
mod statement;
#[cfg(any(feature = "sqlite", feature = "postgres", feature = "mysql"))]
mod store;
#[cfg(any(feature = "sqlite", feature = "postgres", feature = "mysql"))]
mod value;
#[cfg(any(feature = "sqlite", feature = "postgres", feature = "mysql"))]
mod within;

pub use dialect::Dialect;
pub use grants::{InvalidRole, grants_sql};
pub use schema::schema_sql;

#[cfg(any(feature = "sqlite", feature = "postgres", feature = "mysql"))]
pub use connect::{Connect, Connected};
#[cfg(any(feature = "sqlite", feature = "postgres", feature = "mysql"))]
pub use database::{AfterRestore, HostPool, SqlStore};
#[cfg(any(feature = "sqlite", feature = "postgres", feature = "mysql"))]
pub use error::{ConnectError, error_kind};
#[cfg(any(feature = "sqlite", feature = "postgres", feature = "mysql"))]
pub use host::HostConnections;
#[cfg(any(feature = "sqlite", feature = "postgres", feature = "mysql"))]
pub use probe::{Probe, ProbeError};
#[cfg(any(feature = "sqlite", feature = "postgres", feature = "mysql"))]
pub use within::{HostDatabase, Within};

#[cfg(feature = "sqlite")]
#[cfg_attr(docsrs, doc(cfg(feature = "sqlite")))]
pub use sqlite::file::FileChanged;

/// For operators: schema, grants, upgrades, what survives which failure, and scaling.
#[doc = include_str!("../OPERATING.md")]
pub mod operating {}

#[cfg(all(doctest, feature = "sqlite"))]
#[doc = include_str!("../README.md")]
struct ReadmeDoctests;
