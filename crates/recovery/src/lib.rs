//! Recovery codes: ten single-use codes for a person who has lost the authenticator.
//!
//! ```
//! use slotwerk_keys::{KeyId, KeyRing, MasterKey};
//! use slotwerk_recovery::{CodeSet, RecoveryCode, StretchedCode};
//!
//! let ring = KeyRing::new(KeyId::new(1), MasterKey::from_bytes([0x42; 32]));
//! let entropy = core::array::from_fn(|place| place as u8); // 100 bytes from your random generator
//! let set = CodeSet::from_entropy(&entropy)?;
//! let slowly = |code: &RecoveryCode| { // in a service: on a bounded pool, under a random salt of the set
//!     let mut out = zeroize::Zeroizing::new([0; 32]);
//!     argon2::Argon2::default()
//!         .hash_password_into(&code.hash_input(), b"sixteen bytes...", out.as_mut_slice())
//!         .map(|()| StretchedCode::from_bytes(out))
//! };
//! let stored = slowly(&set.codes()[0])?.digest(&ring, "tenant", "account"); // show the code, keep this
//!
//! let typed = RecoveryCode::parse("000g 40r4 0m30 e209")?; // the first of the ten, as people type it
//! assert!(slowly(&typed)?.digests(&ring, "tenant", "account").contains(&stored));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! A code is 80 random bits, written as sixteen symbols of Crockford's Base32 in four groups. The caller
//! puts it through a password hash, under one salt for the set, and passes the result as
//! [`StretchedCode`]. The store keeps its [`Digest`]: HMAC-SHA-256 under a key for this tenant and this
//! purpose, over the account and the stretched code. So one slow hash checks a code against the whole
//! set, and the store looks the digest up by equality.
//!
//! The crate reads no clock, draws no random bytes and stores nothing. The one exception is
//! `CodeSet::generate`, behind the feature `rand`, which draws bytes.
//!
//! # Using a code once
//!
//! The store redeems a code in one statement. It deletes, or marks as used, the row of this account whose
//! digest is among [`StretchedCode::digests`]. Sign in only if the statement changed a row. If the store
//! reads first and writes later, two requests can use one code. Issuing a new set replaces the old rows
//! in one transaction.
//!
//! # What it does not protect against
//!
//! - **Using a code twice**, unless the store redeems it as described above.
//! - **Flooding.** Guessing a code is hopeless. Still, charge an attempt budget before hashing one, and
//!   keep it apart from the budget for authenticator codes.
//! - **A caller that hashes fast.** This crate accepts any 32 bytes. Without a password hash in between,
//!   a thief of the digests and the key tries a code for the price of one HMAC.
//! - **Theft of the paper.** A code is worth as much as the authenticator. Notify the person every time
//!   one is used.
//! - **Losing the key.** When a key is revoked, its digests become invalid. People then need new codes.
//! - **A weak random generator.** The crate rejects a set with two equal codes. That catches a broken
//!   generator, not a predictable one.
//! - **Remnants inside the hash function.** Its internal state is not wiped.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod code;
mod digest;
mod set;
mod stretched;
mod typed;

pub use code::{Malformed, RecoveryCode};
pub use digest::Digest;
#[cfg(feature = "rand")]
#[cfg_attr(docsrs, doc(cfg(feature = "rand")))]
pub use set::GenerateError;
pub use set::{CodeSet, DuplicateCode};
pub use stretched::{StretchedCode, decoy_salt};

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct ReadmeDoctests;
