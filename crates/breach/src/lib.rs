//! Passwords known from breaches: an offline filter file, and a range source that keeps the password
//! to itself.
//!
//! For a service that refuses passwords which others have already lost. Either it asks a file that its
//! operator built from the public set, and nothing leaves the house; or it asks a service of ranges,
//! which learns five digits of a hash; or both.
//!
//! ```
//! use slotwerk_breach::{Answer, Filter, FilterBuilder, Fingerprint, OnFailure, checked};
//!
//! # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
//! # let directory = tempfile::tempdir()?;
//! # let path = directory.path().join("breached.slwb");
//! // Once, by the operator: from a file with lines of `SHA-1:COUNT`, or from any word list.
//! let mut builder = FilterBuilder::new(Fingerprint::Bits16);
//! builder.add_hashes(&b"F3BBBD66A63D4BF1747940578EC3D0103530E21D:17\r\n"[..], |_| ())?;
//! let digest = builder.write(&path, |_| ())?.digest;
//!
//! // By the service, at its start; then for each new password.
//! let filter = Filter::open_pinned(&path, digest)?;
//! let answer = checked(&filter, OnFailure::AcceptAndCheckAgain, "hunter2").await;
//! assert_eq!(answer, Answer::Breached);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # The filter
//!
//! [`FilterBuilder`] reads text of any size in little memory and writes one file: the set, cut into
//! shards of about a hundred thousand keys, each a binary fuse filter with a checksum of its own.
//! [`Filter`] opens it by its directory and reads shards as they are asked for. It has no false
//! negatives, and false positives for one password in 65,536 or in 4,294,967,296, as was chosen at the
//! build. `FORMAT.md` describes the file, `README.md` has measurements.
//!
//! # The range source
//!
//! [`RangeClient`] speaks the k-anonymity protocol over any [`RangeTransport`]; feature `http` has
//! `HttpTransport`. Which service to ask is yours to say: no address is built in.
//!
//! # Faults
//!
//! A damaged file, a dead line or a response in no known form is a [`BreachFault`], never "clean" and
//! never "breached". What then happens to the password is an explicit choice, [`OnFailure`], and the
//! [`Answer`] tells the caller when a password was accepted without having been checked.
//!
//! # What it does not protect against
//!
//! * Passwords that are weak without being in the set. That is for a policy.
//! * A filter that somebody else built: its checksums show damage, not origin. Write down the digest of
//!   your build and use [`Filter::open_pinned`].
//! * A source of ranges that lies, or that remembers which ranges you asked for and when. It cannot
//!   tell which password of a range was meant, but where it already knows whose password is being set,
//!   20 bits of its hash help it to guess.
//! * The reader of the machine's memory: the password is yours, and hashing leaves a few words of it on
//!   the stack. What this crate keeps of it is wiped.
//! * An observer of time who can tell a shard in memory from one that has to be read: that shows
//!   whether anybody asked for the same shard lately.
//! * Passwords that were hashed as NTLM only, or in another encoding or normal form than is asked for.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod build;
mod cache;
mod check;
mod error;
mod file;
mod filter;
mod format;
#[cfg(feature = "http")]
mod http;
mod key;
mod lines;
mod output;
mod parts;
mod range;
mod shard;

pub use build::{Added, Built, FilterBuilder, Phase, Progress};
pub use check::{Answer, BreachCheck, BreachFault, Layered, OnFailure, checked};
pub use error::{BuildError, FilterError};
pub use filter::Filter;
pub use format::MAX_LABEL;
#[cfg(feature = "http")]
#[cfg_attr(docsrs, doc(cfg(feature = "http")))]
pub use http::{HttpConfigError, HttpTransport};
pub use key::{Key, NotSha1};
pub use lines::MAX_LINE;
pub use range::{MAX_RESPONSE, RangeClient, RangeTransport, TransportError};
pub use shard::Fingerprint;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct ReadmeDoctests;
