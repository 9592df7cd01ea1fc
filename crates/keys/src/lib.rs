//! Key ring for multi-tenant services: rotation, key derivation, message tags and sealing at rest.
//!
//! The ring holds the 32-byte master keys behind every token and every sealed value of the service. It
//! derives a separate key for each purpose and each tenant. The operator decides when to rotate.
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
//! assert!(ring.open(&scope, b"account-7", &sealed).is_err()); // invalid at once
//! # Ok(()) }
//! ```
//!
//! # Overview
//!
//! * [`KeyRing`] holds exactly one *active* key, which makes new values. Any number of *retired* keys
//!   still verify and open old values, up to [`KeyRing::MAX_USABLE`] usable keys in all. The ring keeps
//!   only the ids of *revoked* keys, and no key material.
//! * [Rotate](KeyRing::rotate) as routine: it adds a key and retires the active one.
//!   [Retire](KeyRing::retire) the active key in favour of one that the ring already has.
//!   [Revoke](KeyRing::revoke) a key after a leak, or when nothing needs it any more: first
//!   [reseal](KeyRing::reseal) each stored value, on a ring that every node has.
//! * [`Scope`] names the purpose and the tenant of a key. [`KeyRing::derive`] turns a master key and a
//!   scope into a [`DerivedKey`], which makes and checks HMAC-SHA-256 tags.
//! * [`KeyRing::seal`] and [`KeyRing::open`] encrypt and decrypt a value at rest with XChaCha20-Poly1305,
//!   bound to its scope and its subject. [`KeyRing::reseal`] moves a value to the active key.
//! * [`KeyRing::parse`] and [`KeyRing::to_text`] read and write the ring as text, one key per line. Feature
//!   `files` adds `KeyRing::load_file`, `load_env`, `save_file`, `create_file` and `update_file`. With it,
//!   `KeyFileCheck` tells whether the file still has the key in use.
//!
//! Deriving a key takes longer than making a tag, so the ring caches up to 1,024 derived keys. New keys
//! replace keys that have not been used lately. The ring wipes the whole cache when it is dropped and when
//! a key is revoked. A [`DerivedKey`] borrows its ring, so it cannot outlive either. The time of a call can
//! show whether a scope was in use. It shows nothing about any key.
//!
//! Every function depends on its arguments only. Feature `files` adds access to files and the environment,
//! and feature `rand` adds randomness. The crate reads no clock.
//!
//! # The constructions
//!
//! `lp(x)` is the length of `x` in bytes as a 64-bit big-endian number, followed by `x`.
//!
//! * A derived key is HKDF-SHA-256 ([RFC 5869]) without salt, keyed by the master key and 32 bytes long.
//!   Its info is `lp(label) ‖ lp(purpose) ‖ lp(tenant)`. The label is `slotwerk/keys/v1/mac` or
//!   `slotwerk/keys/v1/seal`.
//! * A tag is HMAC-SHA-256 ([RFC 2104]) over `lp(part)` for each part, under a key with the first label.
//! * A sealed value is `1 ‖ key id (16 bits, big-endian) ‖ nonce (24) ‖ ciphertext ‖ tag (16)`. It is
//!   XChaCha20-Poly1305 under a key with the second label, with associated data `1 ‖ key id ‖ subject`.
//!
//! # What it does not protect against
//!
//! * **A leaked ring.** A person who reads the key text can forge and open everything made under its
//!   keys. Keep it out of the database that it protects, and revoke its keys after a leak.
//! * **Reused nonces.** Sealing two values under one scope with one nonce reveals both. Draw 24
//!   random bytes for every call.
//! * **Restored old values.** An attacker who can write to the database can restore an earlier sealed
//!   value of the same subject and scope. Freshness is the store's responsibility.
//! * **Length.** The ciphertext is as long as the plaintext.
//! * **Memory.** Keys are wiped on drop, and held behind a pointer so that moving a ring copies none. The
//!   libraries keep hash and cipher states on the stack, which this crate does not control. A core dump,
//!   swap or a debugger shows the keys in use.
//! * **Deliberately colliding keys.** XChaCha20-Poly1305 does not commit to its key. Somebody who chooses
//!   *two master keys* could craft one sealed value that opens under both. Take master keys from the
//!   operator, never from a user.
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
pub use files::{FileStep, KeyFileCheck, KeyFileError};
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
