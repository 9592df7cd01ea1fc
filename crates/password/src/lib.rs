//! Bounded Argon2id: hashes and verifies passwords in fixed memory.
//!
//! ```
//! use slotwerk_password::{Hasher, Password, Verification};
//!
//! let hasher = Hasher::builder().workers(2).queue(64).build()?;
//! let salt = [0x5a; 16]; // sixteen fresh random bytes for every hash
//! let stored = hasher.hash_blocking(Password::new("correct horse")?, salt)?;
//!
//! let verdict = hasher.verify_blocking(Password::new("correct horse")?, &stored, salt)?;
//! assert!(matches!(verdict, Verification::Verified { replacement: None, .. }));
//! let verdict = hasher.verify_blocking(Password::new("wrong horse")?, &stored, salt)?;
//! assert!(matches!(verdict, Verification::Rejected));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! A [`Hasher`] owns its threads, and each thread owns one Argon2 memory for its lifetime. All
//! memory is allocated at build, so more clients do not take more. When the queue is full, calls
//! fail with [`HashError::Busy`] at once. In async code use [`Hasher::hash`] and
//! [`Hasher::verify`]. Their futures need no particular runtime, and dropping one is safe at any
//! time.
//!
//! A stored hash is data from outside. [`PasswordHash::parse`] bounds every number in it before
//! anything is allocated, and [`Builder::stored_ceiling`] bounds the cost of verifying one. If a
//! password verifies against a hash weaker than the current [`Params`], the result carries a
//! replacement. For accounts that do not exist, call [`Hasher::verify_decoy`]. With a [`Pepper`],
//! a stolen database alone is not enough to guess passwords. Features read the hashes of other
//! systems, to be replaced at the next sign-in.
//!
//! # What it does not protect against
//!
//! - **Guessable passwords.** Argon2id makes each guess expensive, not impossible. A password
//!   policy decides which passwords are acceptable.
//! - **Online guessing.** The crate counts no attempts. Charge them before calling.
//! - **A reader of the process.** Passwords, memories and the stack of a run are wiped after use.
//!   Registers, swap, core dumps and copies that the caller made are not. Wiping the stack is best
//!   effort.
//! - **Distinguishing accounts by stronger hashes.** Rejecting a password takes the same work for
//!   an unknown account and for a hash with the current parameters. For a cheaper hash, the work
//!   is within a hundredth or so of that. For a hash that costs *more* than the current
//!   parameters, it takes longer. A parse error and [`HashError::TooCostly`] are fast: in both
//!   cases, run [`Hasher::verify_decoy`] before answering.
//! - **Bad salts.** The caller passes salts as bytes, and the crate trusts them to be random.
//!   Feature `rand` adds `generate_salt`.
//! - **Waiting clients.** A job that has waited too long is rejected ([`Builder::deadline`]), but
//!   only when a worker is free or a place is needed. Drop the future to give up its turn at once.
//! - **`panic = "abort"`.** With this setting, a panic in a job ends the process, not only the job.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod blocking;
mod builder;
mod compute;
mod error;
mod foreign;
mod hasher;
mod job;
mod memory;
mod params;
mod password;
mod pepper;
mod phc;
mod pool;
mod queue;
#[cfg(feature = "rand")]
mod salt;
mod stored;
mod stretch;
mod text;

pub use builder::Builder;
pub use compute::Verification;
pub use error::{BuildError, HashError, RaiseError};
#[cfg(feature = "keycloak")]
#[cfg_attr(docsrs, doc(cfg(feature = "keycloak")))]
pub use foreign::KeycloakError;
pub use foreign::{ForeignError, ForeignScheme, LongBcrypt};
pub use hasher::Hasher;
pub use params::{Params, ParamsError};
pub use password::{Password, TooLong};
#[cfg(feature = "pepper")]
#[cfg_attr(docsrs, doc(cfg(feature = "pepper")))]
pub use pepper::RingPepper;
pub use pepper::{Owner, Pepper, PepperFault, PepperKeyId};
#[cfg(feature = "rand")]
pub use salt::{EntropyError, generate_salt};
pub use stored::{ParseError, PasswordHash};
pub use stretch::Stretching;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct ReadmeDoctests;
