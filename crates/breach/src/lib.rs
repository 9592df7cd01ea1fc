//! Checks passwords against known breaches, by an offline filter file and a range source.
//!
//! A service uses it to reject passwords that were leaked elsewhere. It can ask either source or both:
//!
//! * a filter file that its operator built from the public set, which sends nothing out;
//! * a range service, which learns five digits of a hash.
//!
//! ```
//! use slotwerk_breach::{Answer, Filter, FilterBuilder, Fingerprint, OnFailure, checked};
//!
//! # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
//! # let directory = tempfile::tempdir()?;
//! # let path = directory.path().join("breached.slwb");
//! // The operator builds the file once, from lines of `SHA-1:COUNT` or from any word list.
//! let mut builder = FilterBuilder::new(Fingerprint::Bits16);
//! builder.add_hashes(&b"F3BBBD66A63D4BF1747940578EC3D0103530E21D:17\r\n"[..], |_| ())?;
//! let digest = builder.write(&path, |_| ())?.digest;
//!
//! // The service opens it at start-up, and checks each new password.
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
//! [`FilterBuilder`] reads text of any size in little memory and writes one file. The set is cut into
//! shards of about a hundred thousand keys. Each shard is a binary fuse filter with its own checksum.
//! [`Filter`] opens the file by its directory and reads a shard when it needs it. It has no false
//! negatives. It has false positives for one password in 65,536 or in 4,294,967,296, as chosen at build.
//! `FORMAT.md` describes the file, and `README.md` has measurements.
//!
//! # The range source
//!
//! [`RangeClient`] speaks the k-anonymity protocol over any [`RangeTransport`]. Feature `http` has
//! `HttpTransport`. The caller names the service: no address is built in.
//!
//! # Faults
//!
//! A damaged file, a lost connection or a response in no known form is a [`BreachFault`], never "clean"
//! and never "breached". The caller chooses with [`OnFailure`] what then happens to the password. The
//! [`Answer`] says if a password was accepted without having been checked.
//!
//! # What it does not protect against
//!
//! * Passwords that are weak but not in the set. Use a policy against them.
//! * A filter that somebody else built. Its checksums show damage, not origin. Write down the digest of
//!   your build and use [`Filter::open_pinned`].
//! * A range source that lies, or that remembers which ranges you asked for and when. It cannot know which
//!   password of a range was meant. But if it already knows whose password is being set, 20 bits of its
//!   hash help it to guess.
//! * A reader of the machine's memory. The caller holds the password, and hashing leaves a few words of it
//!   on the stack. This crate wipes what it keeps.
//! * An observer of response times who can distinguish a shard in memory from one that has to be read. That
//!   shows whether anybody asked for the same shard lately.
//! * Passwords that were hashed as NTLM only, or in an encoding or normal form other than the one checked.

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
