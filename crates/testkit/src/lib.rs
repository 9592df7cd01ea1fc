//! For tests of Slotwerk, of its stores and of what is built on it.
//!
//! For who writes a [`Store`](slotwerk_store::Store): the [`conformance`] suite, as one test per case.
//! For who embeds Slotwerk: a clock, an entropy source and a mailer that do as they are told, and a
//! store that fails when it should.
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
//! A suite that passes proves little until it has failed. The stores of [`broken`] each make one of the
//! field's recurring mistakes (reading before writing without a guard, ignoring the count of affected
//! rows, forgetting the notice, and more), and a test demands for each which cases find it, and that
//! no other case does.
//!
//! # What it does not protect against
//!
//! * Nothing here is for production. [`FakeEntropy`] gives the same bytes in every run; a secret made
//!   of it is public.
//! * A passing suite shows guards in place and wide races lost by all but one. It does not prove that a
//!   narrow race is impossible, and it cannot see whether a commit reached the disk.
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
