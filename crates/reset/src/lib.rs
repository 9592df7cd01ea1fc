//! Signed, expiring, single-use reset tokens, each bound to one purpose of one tenant, and the links
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
//! # Usage
//!
//! A token lets its holder do one thing until it expires. It does not name the account: the store maps
//! the hash of its selector to an account. So a stolen database holds no token. A stolen key alone makes
//! no token that the store knows. The link shows a bystander nothing about the account.
//!
//! 1. To send a link, call [`issue`]. Store the [`SelectorHash`] and mail the token, ideally as a [`Link`]
//!    from a [`LinkBuilder`]. The builder takes its address from configuration, never from a request. Let
//!    the lifetime begin when the mail goes out.
//! 2. When the link is opened, read it with [`Token::from_pasted`], call [`inspect`] and look the hash up.
//!    Change nothing: mail scanners and link previews open links too. [`inspect`] rejects forged and
//!    expired tokens without I/O.
//! 3. When the form is submitted, call [`inspect`] again. In one transaction, guarded by "not used yet",
//!    the store marks the hash as used and changes the password. [`Verified::selector_hash_for`] returns
//!    the hash for the purpose and tenant of the page, and for no other.
//!
//! Every rejected token gets the same [`Refused`]. [`Refused::reason`] is for your event log.
//!
//! Without a table for tokens, use [`issue_storeless`]. It binds a token to an account and to the epoch of
//! its credential, so changing the password consumes the token. [`seal_account`] names the account in the
//! link without showing the id.
//!
//! A token is 75 characters. `FORMAT.md` in this crate specifies every bit. `tests/vectors/tokens.txt` has
//! examples, rejected tokens included.
//!
//! # What it does not protect against
//!
//! * **Using a token twice.** [`inspect`] is a pure function and accepts the token every time. The store's
//!   guarded write makes it single-use. A storeless token ends with the credential's epoch.
//! * **A reader of the mail.** Anyone who holds the link can use it. Keep requiring the second factor after
//!   a reset.
//! * **The page behind the link.** The address holds a secret. Serve the page with
//!   `Referrer-Policy: no-referrer` and `Cache-Control: no-store`, put nothing from other sites on it,
//!   and keep its path out of access logs and analytics.
//! * **Guessable selectors.** Pass sixteen bytes from a cryptographic generator, new for every token. This
//!   crate cannot see where they came from. [`generate_selector`](#functions) (feature `rand`) draws them
//!   from the operating system and never falls back to another source.
//! * **A wrong clock.** Expiry is judged by the `now` that you pass in. Use one clock for all nodes
//!   where you can, such as the database's. A clock that ran ahead may have issued a token whose expiry is
//!   further away than the purpose's [longest lifetime](Purpose::longest). The token is invalid only until
//!   that expiry is near enough. Delete its row when you find one, or it works in the last day before that
//!   expiry.
//! * **Floods.** Before issuing, limit how many links an account and a tenant get.
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
