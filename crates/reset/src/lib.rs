//! Reset tokens: signed, expiring, bound to one purpose of one tenant, and used once; and the links
//! that carry them in a mail.
//!
//! ```
//! use slotwerk_keys::{KeyId, KeyRing, MasterKey};
//! use slotwerk_reset::{Lifetime, Purpose, TokenScope, inspect, issue};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let ring = KeyRing::new(KeyId::new(1), MasterKey::from_bytes([0x11; 32])); // use random bytes
//! let scope = TokenScope::new(Purpose::PASSWORD_RESET, "tenant-a");
//! let lifetime = Lifetime::new(std::time::Duration::from_secs(3600))?;
//! let (now, selector) = (1_790_000_000, [0x5a; 16]); // your clock; 16 fresh random bytes
//!
//! let issued = issue(&ring, &scope, now, lifetime, selector)?;
//! // Store issued.selector_hash with the account and issued.expires_at; mail issued.token.
//! let verified = inspect(&ring, &scope, issued.token.expose(), now + 60)?;
//! assert_eq!(verified.selector_hash_for(&scope)?, issued.selector_hash); // look it up, use it once
//! # Ok(()) }
//! ```
//!
//! # How it is meant to be used
//!
//! A token says "the holder of this may do this one thing, until then". It does not say who: the
//! store maps the hash of its selector to an account. So a stolen database holds no token, a stolen key
//! alone makes none that the store knows, and the link tells a bystander nothing about the account.
//!
//! 1. [`issue`] gives the token and the [`SelectorHash`]. Store the hash, mail the token, ideally as
//!    a [`Link`] from a [`LinkBuilder`], whose address comes from configuration and never from a
//!    request. Let the lifetime begin when the mail goes out.
//! 2. On opening the link, read it with [`Token::from_pasted`], call [`inspect`] and look the hash up. Change
//!    nothing: mail scanners and link previews open links too. Forged and expired tokens are refused here,
//!    without I/O.
//! 3. On submitting the form, [`inspect`] again, and let the store mark the hash as used and change
//!    the password in one transaction, guarded by "not used yet". [`Verified::selector_hash_for`] gives the
//!    hash for the purpose and tenant that the page is about, and for no other.
//!
//! [`Refused`] is one answer for the outside; [`Refused::reason`] is for your event log.
//!
//! Without a table for tokens, [`issue_storeless`] binds a token to an account and to the epoch of
//! its credential instead, so that changing the password is what uses it up. [`seal_account`] names the
//! account in its link without showing the id.
//!
//! The token is 75 characters; `FORMAT.md` in this crate specifies every bit, and
//! `tests/vectors/tokens.txt` gives examples, refusals included.
//!
//! # What it does not protect against
//!
//! * **Using a token twice.** [`inspect`] is a pure function and says yes every time. Single use is
//!   the store's guarded write (or, storeless, the credential epoch).
//! * **Whoever reads the mail.** The holder of the link is believed. Keep a second factor in force
//!   after a reset.
//! * **The page behind the link.** The address holds a secret. Serve the page with
//!   `Referrer-Policy: no-referrer` and `Cache-Control: no-store`, put nothing from other sites on it,
//!   and keep its path out of access logs and analytics.
//! * **Guessable selectors.** Sixteen bytes from a cryptographic generator, new for every token. This
//!   crate cannot see where they came from; [`generate_selector`](#functions) (feature `rand`) asks
//!   the operating system, and fails rather than fall back.
//! * **A wrong clock.** Expiry is judged by the `now` that you pass in. Use one clock for all nodes
//!   where you can, such as the database's. A token of a clock that ran ahead is invalid only while its
//!   expiry is further away than the purpose's [longest lifetime](Purpose::longest): delete its row when
//!   you find one, or it works in the last day before that expiry.
//! * **Floods.** Limit how many links an account and a tenant get, before issuing.
#![cfg_attr(docsrs, feature(doc_cfg))]

mod error;
mod handle;
mod inspect;
mod issue;
mod lifetime;
mod link;
mod pasted;
mod scope;
mod storeless;
mod token;
mod wire;

#[cfg(feature = "rand")]
#[cfg_attr(docsrs, doc(cfg(feature = "rand")))]
pub use error::EntropyError;
pub use error::{
    IssueError, LifetimeError, LinkError, PurposeError, Reason, Refused, SegmentError, WrongProof,
};
pub use handle::{AccountHandle, MAX_HANDLE, open_account, seal_account};
pub use inspect::{Verified, inspect};
#[cfg(feature = "rand")]
#[cfg_attr(docsrs, doc(cfg(feature = "rand")))]
pub use issue::generate_selector;
pub use issue::{Issued, issue};
pub use lifetime::{CLOCK_TOLERANCE, Lifetime};
pub use link::{Link, LinkBuilder};
pub use pasted::MAX_PASTED;
pub use scope::{MAX_TENANT, Purpose, TokenScope};
pub use storeless::{
    Credential, IssuedStoreless, MAX_ACCOUNT, VerifiedStoreless, inspect_storeless, issue_storeless,
};
pub use token::{SelectorHash, TOKEN_LENGTH, Token};

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct ReadmeDoctests;
