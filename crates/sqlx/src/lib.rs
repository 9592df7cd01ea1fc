//! The Slotwerk store on SQL databases, through sqlx. Feature `sqlite` adds [`SqlStore`].
//!
//! For a service that runs Slotwerk and already keeps its data in a database. Some facts must hold on
//! every node: a reset link is used once, a TOTP step is accepted once, an attempt is counted. The store
//! makes each of these one transaction, and its guards are predicates of its writes.
//!
#![cfg_attr(feature = "sqlite", doc = "```")]
#![cfg_attr(not(feature = "sqlite"), doc = "```ignore")]
//! use slotwerk_sqlx::SqlStore;
//! use slotwerk_store::{AccountKey, Store};
//!
//! # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
//! let store = SqlStore::connect(":memory:").await?; // or a path: "/var/lib/portal/auth.db"
//! let account = AccountKey::new("noord", "42")?;
//! assert_eq!(store.credential(&account).await?.epoch, 0);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # How it keeps the contract
//!
//! * **Take the write lock first.** A transition starts with `BEGIN IMMEDIATE`, so nothing it reads can
//!   change before it writes. Its guards are in the `WHERE` of the write all the same. The count of
//!   affected rows is the verdict.
//! * **All or nothing.** When a later guard fails, the earlier writes are rolled back. For example, an
//!   invalid ticket leaves the TOTP watermark where it was.
//! * **One row per permission.** Using a link, a ticket or a recovery code deletes its row. The audit
//!   trail keeps what happened.
//! * **Take the account's lock before counting rows.** A change of an account's second factor first takes
//!   the lock of its credential row. So no two changes count the same authenticators, and the ticket for
//!   the change stays valid until the change is written. In SQLite the write lock is enough. Databases
//!   with row locks need this one.
//! * **One past password per epoch.** A past password is stored with the epoch in which it was current.
//!   The epoch is part of its key, so each epoch has at most one. The same transaction deletes past
//!   passwords that the tenant's rule does not keep.
//! * **On disk before the answer.** With WAL and `synchronous = FULL`, a returned outcome survives a power
//!   cut, if the disk writes what it confirms.
//! * **One fault does not cause others.** On a full disk, an I/O error, lack of memory or an interrupt,
//!   SQLite ends a transaction by itself and the driver does not notice. The pool tests each connection
//!   that is returned, and closes it if it is in doubt. The store does the same after a failed command.
//! * **Check the opened file.** Every command first compares the file of that name with the one that was
//!   opened. While the file is missing, replaced or truncated, commands fail and create no file in its place.
//! * **Faults keep their kind.** If a lock is not free within five seconds, the fault is
//!   [`Conflict`](slotwerk_store::ErrorKind::Conflict). A row that this version would not have written is
//!   [`Corrupt`](slotwerk_store::ErrorKind::Corrupt). Any other fault is
//!   [`Unavailable`](slotwerk_store::ErrorKind::Unavailable). A commit that fails without proof that nothing
//!   was committed, such as an I/O error, is [`InDoubt`](slotwerk_store::ErrorKind::InDoubt).
//!
//! Times beyond the year 292 277 026 596 are clamped to it. A TOTP step or an epoch beyond a signed
//! 64-bit number is rejected as a fault.
//!
//! # What it does not protect against
//!
//! * An attacker who can write to the database file can replace a password hash or a watermark. The rows
//!   are hashed or sealed against reading, not against writing.
//! * Restoring a backup brings used links, steps and codes back. Revoke the keys, or raise every
//!   epoch, after a restore.
//! * The store does not notice if only the `-wal` file is removed, or if an intact database is copied over
//!   the open file. Stop the service before a restore.
//! * SQLite's locks do not hold on most network file systems.
//! * Deleted rows stay in free pages of the file until they are overwritten. The host decides on
//!   `PRAGMA secure_delete`.
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
mod connection;
#[cfg(any(feature = "sqlite", feature = "postgres", feature = "mysql"))]
mod database;
mod dialect;
#[cfg(any(feature = "sqlite", feature = "postgres", feature = "mysql"))]
mod error;
#[cfg(feature = "mysql")]
mod mysql;
#[cfg(test)]
mod plans;
#[cfg(feature = "postgres")]
mod postgres;
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

#[cfg(any(feature = "sqlite", feature = "postgres", feature = "mysql"))]
pub use database::{HostPool, SqlStore};
#[cfg(any(feature = "sqlite", feature = "postgres", feature = "mysql"))]
pub use error::ConnectError;
#[cfg(any(feature = "sqlite", feature = "postgres", feature = "mysql"))]
pub use within::{HostDatabase, Within};

#[cfg(feature = "sqlite")]
#[cfg_attr(docsrs, doc(cfg(feature = "sqlite")))]
pub use sqlite::file::FileChanged;

#[cfg(all(doctest, feature = "sqlite"))]
#[doc = include_str!("../README.md")]
struct ReadmeDoctests;
