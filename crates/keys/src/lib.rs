//! The keys behind every token and every sealed value of a multi-tenant service: one ring of
//! 32-byte master keys, rotated by intent, from which a separate key is derived for each purpose
//! and each tenant.
//!
//! ```
//! use slotwerk_keys::{KeyId, KeyRing, MasterKey, Scope};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let old = KeyRing::new(KeyId::new(1), MasterKey::from_bytes([0x11; 32])); // use random bytes
//! let scope = Scope::new("totp-secret", "tenant-a");
//! let sealed = old.seal(&scope, b"account-7", [0x5a; 24], b"the secret")?; // a fresh random nonce
//!
//! let ring = old.rotate(KeyId::new(2), MasterKey::from_bytes([0x22; 32]))?;
//! assert_eq!(*ring.open(&scope, b"account-7", &sealed)?, b"the secret");
//! assert!(ring.open(&scope, b"account-8", &sealed).is_err()); // another account's row
//!
//! let ring = ring.revoke(KeyId::new(1))?;
//! assert!(ring.open(&scope, b"account-7", &sealed).is_err()); // gone at once
//! # Ok(()) }
//! ```
//!
//! # What there is
//!
//! * [`KeyRing`] holds exactly one *active* key, which makes new values, any number of *retired*
//!   keys (up to [`KeyRing::MAX_USABLE`] usable ones), which still verify and open old values, and
//!   the ids of *revoked* keys, whose material is gone. [Rotate](KeyRing::rotate) in routine, which
//!   brings in a key and retires the active one; [retire](KeyRing::retire) the active key in favour of
//!   one the ring has already; [revoke](KeyRing::revoke) after a leak.
//! * [`Scope`] names what a key is for and whose it is. [`KeyRing::derive`] turns a master key and a
//!   scope into a [`DerivedKey`], which makes and checks HMAC-SHA-256 tags.
//! * [`KeyRing::seal`] and [`KeyRing::open`] encrypt a value at rest with XChaCha20-Poly1305, bound
//!   to its scope and its subject; [`KeyRing::reseal`] moves a value to the active key.
//! * [`KeyRing::parse`] and [`KeyRing::to_text`]: the ring as text, one key a line. Feature `files`
//!   adds `KeyRing::load_file`, `load_env`, `save_file`, `create_file` and `update_file`.
//!
//! The ring keeps the derived keys that are in use, 1,024 at most, since deriving one takes longer than the
//! tag; keys that are no longer asked for make room. They are wiped with the ring, and all of them when a key
//! is revoked. A [`DerivedKey`] borrows its ring, so nobody can hold one beyond that. How long a call takes
//! tells whether a scope was in use, and nothing of any key.
//!
//! Everything here is a pure function of its arguments: no clock, no files and no environment unless
//! feature `files` is on, and no randomness unless feature `rand` is.
//!
//! # The constructions
//!
//! With `lp(x)` = the length of `x` in bytes as a 64-bit big-endian number, followed by `x`:
//!
//! * a derived key is HKDF-SHA-256 ([RFC 5869]) without salt, keyed by the master key, 32 bytes
//!   long, with info `lp(label) ‖ lp(purpose) ‖ lp(tenant)`, where the label is
//!   `slotwerk/keys/v1/mac` or `slotwerk/keys/v1/seal`;
//! * a tag is HMAC-SHA-256 ([RFC 2104]) under the first kind, over `lp(part)` for each part;
//! * a sealed value is `1 ‖ key id (16 bits, big-endian) ‖ nonce (24) ‖ ciphertext ‖ tag (16)`,
//!   XChaCha20-Poly1305 under the second kind, with associated data
//!   `1 ‖ key id ‖ subject`.
//!
//! # What it does not protect against
//!
//! * **A leaked ring.** Whoever reads the key text can forge and open everything made under its
//!   keys. Keep it out of the database that it protects, and revoke after a leak.
//! * **Reused nonces.** Sealing two values under one scope with one nonce reveals both. Draw 24
//!   random bytes for every call.
//! * **Put-back of old values.** An attacker who may write to the database can restore an earlier
//!   sealed value of the same subject and scope. Freshness is the store's matter.
//! * **Length.** The ciphertext is as long as the plaintext.
//! * **Memory.** Keys are wiped on drop, and held behind a pointer so that moving a ring copies none,
//!   but the hash and cipher states on the stack are the libraries' own, and a core dump, swap or a
//!   debugger sees what is in use.
//! * **Deliberately colliding keys.** XChaCha20-Poly1305 does not commit to its key: somebody who
//!   chooses *two master keys* could craft one sealed value that opens under both. Master keys come
//!   from the operator, never from a user.
//!
//! [RFC 2104]: https://www.rfc-editor.org/rfc/rfc2104
//! [RFC 5869]: https://www.rfc-editor.org/rfc/rfc5869
#![cfg_attr(docsrs, feature(doc_cfg))]

mod derive;
mod error;
#[cfg(feature = "files")]
mod files;
mod key;
mod mac;
mod ready;
mod ring;
mod seal;
mod text;

pub use derive::Scope;
#[cfg(feature = "rand")]
#[cfg_attr(docsrs, doc(cfg(feature = "rand")))]
pub use error::EntropyError;
pub use error::{
    KeyFault, KeyRingError, LineProblem, MacMismatch, OpenError, ResealError, SealError,
};
#[cfg(feature = "files")]
#[cfg_attr(docsrs, doc(cfg(feature = "files")))]
pub use files::{FileStep, KeyFileError};
pub use key::{KeyId, MasterKey};
pub use mac::DerivedKey;
pub use ring::{KeyRing, KeyState};
#[cfg(feature = "rand")]
#[cfg_attr(docsrs, doc(cfg(feature = "rand")))]
pub use seal::generate_nonce;
pub use seal::{MAX_PLAINTEXT, MAX_SUBJECT, SEALED_OVERHEAD};

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct ReadmeDoctests;
