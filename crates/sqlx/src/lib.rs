//! The Slotwerk store on SQL databases, through sqlx. Feature `sqlite` brings [`SqliteStore`].
//!
//! For a service that runs Slotwerk and already trusts a database with its data. Everything that must
//! hold on every node (a reset link used once, a TOTP step accepted once, an attempt counted) is one
//! transaction here, whose guards are predicates of its own writes.
//!
#![cfg_attr(feature = "sqlite", doc = "```")]
#![cfg_attr(not(feature = "sqlite"), doc = "```ignore")]
//! use slotwerk_sqlx::SqliteStore;
//! use slotwerk_store::{AccountKey, Store};
//!
//! # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
//! let store = SqliteStore::connect(":memory:").await?; // or a path: "/var/lib/portal/auth.db"
//! let account = AccountKey::new("noord", "42")?;
//! assert_eq!(store.credential(&account).await?.epoch, 0);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # How it keeps the contract
//!
//! * **The write lock first.** A transition starts with `BEGIN IMMEDIATE`, so nothing it reads can
//!   change before it writes. Its guards stand in the `WHERE` of the write all the same, and the count
//!   of affected rows is the verdict.
//! * **All or nothing.** When a later guard fails, the earlier writes are rolled back: a dead ticket
//!   leaves the TOTP watermark where it was.
//! * **A permission is a row.** Using a link, spending a ticket or a recovery code deletes the row.
//!   What was used is not kept; what happened is in the audit trail.
//! * **What counts, locks.** A change of an account's second factor first takes the lock of its
//!   credential row: no two of them count the same authenticators, and the ticket that allows it lives
//!   until it has written. SQLite's write lock does as much; databases with row locks need it.
//! * **A past password has an epoch.** It is retired under the epoch it stood under, which is part of
//!   its key: no epoch retires two. What the tenant's rule does not keep goes in the same transaction.
//! * **On the disk before the answer.** WAL with `synchronous = FULL`: an outcome that was handed out
//!   survives a power cut, as far as the disk keeps its word.
//! * **A fault stays alone.** SQLite ends a transaction by itself on a full disk, an I/O error, lack of
//!   memory or an interrupt, and the driver does not notice. A connection that comes back to its pool is
//!   tested, and closed if it is in doubt; so is the connection of a command that failed.
//! * **The file that was opened.** Every command first compares the file of that name with the one that was
//!   opened. While it is missing, replaced or truncated, commands fail, and no file is made in its place.
//! * **Faults keep their kind.** A lock that did not come free in five seconds is
//!   [`Conflict`](slotwerk_store::ErrorKind::Conflict), a row that this version would not have written
//!   is [`Corrupt`](slotwerk_store::ErrorKind::Corrupt), anything else is
//!   [`Unavailable`](slotwerk_store::ErrorKind::Unavailable). A commit that fails without proof that nothing was
//!   committed, such as an I/O error, is [`InDoubt`](slotwerk_store::ErrorKind::InDoubt).
//!
//! Times beyond the year 292 277 026 596 are clamped to it. A TOTP step or an epoch beyond a signed
//! 64-bit number is refused as a fault.
//!
//! # What it does not protect against
//!
//! * Who can write to the database file can replace a password hash or a watermark. The rows are
//!   hashed or sealed against reading, not against writing.
//! * Restoring a backup brings spent links, steps and codes back. Revoke the keys, or raise every
//!   epoch, after a restore.
//! * A `-wal` file that is removed alone, or an intact database copied over the open file in place, is not
//!   noticed. Stop the service before a restore.
//! * SQLite's locks do not hold on most network file systems.
//! * Deleted rows are free pages of the file until they are overwritten; `PRAGMA secure_delete` is the
//!   host's choice.
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "sqlite")]
mod attempt;
#[cfg(feature = "sqlite")]
mod audit;
#[cfg(feature = "sqlite")]
mod column;
#[cfg(feature = "sqlite")]
mod credential;
#[cfg(feature = "sqlite")]
mod enrolment;
#[cfg(feature = "sqlite")]
mod erase;
#[cfg(feature = "sqlite")]
mod error;
#[cfg(feature = "sqlite")]
mod export;
#[cfg(feature = "sqlite")]
mod factor;
#[cfg(feature = "sqlite")]
mod file;
#[cfg(feature = "sqlite")]
mod history;
#[cfg(feature = "sqlite")]
mod must_change;
#[cfg(feature = "sqlite")]
mod outbox;
#[cfg(feature = "sqlite")]
mod overview;
#[cfg(feature = "sqlite")]
mod pool;
#[cfg(feature = "sqlite")]
mod purge;
#[cfg(feature = "sqlite")]
mod recovery;
#[cfg(feature = "sqlite")]
mod reset;
#[cfg(feature = "sqlite")]
mod schema;
#[cfg(feature = "sqlite")]
mod session;
#[cfg(feature = "sqlite")]
mod sqlite;
#[cfg(feature = "sqlite")]
mod store;
#[cfg(feature = "sqlite")]
mod ticket;
#[cfg(feature = "sqlite")]
mod transaction;

#[cfg(feature = "sqlite")]
#[cfg_attr(docsrs, doc(cfg(feature = "sqlite")))]
pub use error::ConnectError;
#[cfg(feature = "sqlite")]
#[cfg_attr(docsrs, doc(cfg(feature = "sqlite")))]
pub use file::FileChanged;
#[cfg(feature = "sqlite")]
#[cfg_attr(docsrs, doc(cfg(feature = "sqlite")))]
pub use sqlite::SqliteStore;

#[cfg(all(doctest, feature = "sqlite"))]
#[doc = include_str!("../README.md")]
struct ReadmeDoctests;
