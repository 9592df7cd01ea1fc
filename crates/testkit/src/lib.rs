//! Conformance suite for Slotwerk stores, and fakes for tests of services that use Slotwerk.
//!
//! * If you write a [`Store`](slotwerk_store::Store), run the [`conformance`] suite. It has one test per
//!   case.
//! * If you embed Slotwerk, use the fakes: a clock, an entropy source and a mailer that the test controls,
//!   and a store that fails on demand.
//!
//! ```
//! use slotwerk_store::{AccountKey, ErrorKind, MemoryStore, Store};
//! use slotwerk_testkit::{FakeClock, FaultyStore, Strike, conformance};
//! use std::{sync::Arc, time::Duration};
//!
//! let clock = FakeClock::at(1_700_000_000);
//! clock.advance(Duration::from_secs(30));
//!
//! let store = FaultyStore::new(Arc::new(MemoryStore::new()));
//! store.fail_call(1, Strike::Before, ErrorKind::Unavailable);
//! let account = AccountKey::new("noord", "42")?;
//! let fault = conformance::block_on(store.credential(&account)).unwrap_err();
//! assert_eq!(fault.kind(), ErrorKind::Unavailable);
//! # Ok::<(), slotwerk_store::InvalidAccountKey>(())
//! ```
//!
//! # How the suite is tested
//!
//! Each store of [`broken`] makes one common mistake: reading before writing without a guard, ignoring
//! the count of affected rows, forgetting the notice, and more. For each of them, a test states which
//! cases must fail, and that no other case does.
//!
//! # What it does not protect against
//!
//! * This crate is not for production. [`FakeEntropy`] gives the same bytes in every run, so a secret made
//!   of them is public.
//! * A passing suite shows that the guards are in place, and that a wide race has one winner. It does not
//!   prove that a narrow race is impossible. It cannot see whether a commit reached the disk.
#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod broken;
mod clock;
pub mod conformance;
mod entropy;
mod faulty;
mod mailer;
mod tests_macro;

pub use clock::FakeClock;
pub use entropy::FakeEntropy;
pub use faulty::{FaultyStore, Strike};
pub use mailer::FakeMailer;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct ReadmeDoctests;
