//! Argon2id as a bounded service: hashing and verifying passwords in fixed memory.
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
//! A [`Hasher`] owns its threads, and each thread owns one Argon2 memory for good. That set of
//! memories is the limit: however many clients knock, hashing uses what it used when it was
//! built, and when the queue is full, calls fail with [`HashError::Busy`] at once. In async code
//! use [`Hasher::hash`] and [`Hasher::verify`]: their futures need no particular runtime, and
//! dropping one is safe at any time.
//!
//! A stored hash is data from outside. [`PasswordHash::parse`] bounds every number in it before
//! anything is allocated, and [`Builder::stored_ceiling`] bounds what verifying one may cost. A
//! password that verifies against a hash weaker than today's [`Params`] comes with its
//! replacement. For accounts that do not exist there is [`Hasher::verify_decoy`]. A [`Pepper`]
//! keeps a stolen database from being guessed against, and features read the hashes of other
//! systems, to be replaced at the next sign-in.
//!
//! # What it does not protect against
//!
//! - **Guessable passwords.** Argon2id makes each guess dear, not impossible. What may be chosen
//!   is for a password policy.
//! - **Online guessing.** Nothing here counts attempts. Charge them before calling.
//! - **Whoever reads the process.** Passwords, memories and the stack of a run are wiped when
//!   they are done with; registers, swap, core dumps and copies that the caller made are not,
//!   and wiping the stack is best effort.
//! - **Telling accounts apart by stronger hashes.** A refusal does the same work for an unknown
//!   account and a hash of today, and within a hundredth or so of it for a cheaper one; but a
//!   hash that costs *more* than today's takes longer to refuse. Nor are a parse error and
//!   [`HashError::TooCostly`] slow: answer both with a decoy.
//! - **Bad salts.** Salts come in as bytes and are trusted to be random; feature `rand` adds
//!   `generate_salt`.
//! - **Waiting clients.** What waits too long is refused ([`Builder::deadline`]), but only when a
//!   worker is free or a place is needed; drop the future to give up its turn at once.
//! - **`panic = "abort"`.** A panic in a job is then the end of the process, not of the job.

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
