//! A keyed wrap around the finished hash: whoever steals the database alone has nothing to guess
//! against.

#[cfg(feature = "pepper")]
mod ring;

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use base64ct::{Base64Unpadded, Encoding};
use thiserror::Error;
use zeroize::Zeroizing;

use crate::error::HashError;
use crate::params::Params;
use crate::queue::Lane;
use crate::stored::{ParseError, PasswordHash};
use crate::text::decimal;

#[cfg(feature = "pepper")]
pub use ring::RingPepper;

const PREFIX: &str = "$slotwerk-pepper$";
/// The least that authenticated encryption makes of a hash.
const MIN_BYTES: usize = 32;
/// The most bytes of a wrapped hash, before base64.
const MAX_BYTES: usize = 512;

/// The id of a pepper's key. It is stored in the clear with each wrapped hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PepperKeyId(u32);

impl PepperKeyId {
    /// Any number; zero is allowed.
    #[must_use]
    pub const fn new(id: u32) -> Self {
        Self(id)
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> u32 {
        self.0
    }
}

impl fmt::Display for PepperKeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Whose hash it is. A hash that is wrapped for one account does not open for another, so whoever
/// may write to the database cannot give an account a password of their own by copying a row.
///
/// Both parts are opaque ids of the host, and neither changes for as long as the hash lives. Empty
/// for a host with one tenant, or one that does not want the binding.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Owner {
    tenant: Arc<str>,
    account: Box<str>,
}

impl Owner {
    /// The account `account` of the tenant `tenant`.
    #[must_use]
    pub fn new(tenant: &str, account: &str) -> Self {
        Self {
            tenant: tenant.into(),
            account: account.into(),
        }
    }

    /// The tenant.
    #[must_use]
    pub fn tenant(&self) -> &str {
        &self.tenant
    }

    pub(crate) fn lane(&self) -> &Lane {
        &self.tenant
    }

    /// The account.
    #[must_use]
    pub fn account(&self) -> &str {
        &self.account
    }
}

/// Authenticated encryption of finished hashes under a key that the database does not hold
/// (NIST SP 800-63B-4, 3.1.1.2: an additional keyed operation, its key stored apart).
///
/// Encryption rather than a keyed hash, so that a key is rotated without anybody's password: open
/// with the old, wrap with the new ([`PasswordHash::rewrap`]). Feature `pepper` has an
/// implementation over a key ring. One over a security module forwards both calls to it; they are
/// made on the hashing threads, so they may block, and each verification makes one.
///
/// Whatever makes the wrapped bytes has to bind them to the owner, and [`Pepper::unwrap`] must
/// refuse what was not wrapped for this owner under this key.
pub trait Pepper: Send + Sync {
    /// The key that new hashes are wrapped under.
    fn active(&self) -> PepperKeyId;

    /// Encrypts `hash` under the active key, for `owner`. At most 512 bytes for 256 of `hash`.
    ///
    /// # Errors
    ///
    /// [`PepperFault`], when it cannot be done now.
    fn wrap(&self, hash: &[u8], owner: &Owner) -> Result<(PepperKeyId, Vec<u8>), PepperFault>;

    /// Decrypts what [`Pepper::wrap`] made.
    ///
    /// # Errors
    ///
    /// [`PepperFault`] for an unknown key, for bytes that were altered or are another owner's, or
    /// when it cannot be done now.
    fn unwrap(
        &self,
        key: PepperKeyId,
        wrapped: &[u8],
        owner: &Owner,
    ) -> Result<Zeroizing<Vec<u8>>, PepperFault>;
}

/// Why a pepper did not answer. A fault, never a verdict on a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum PepperFault {
    /// There is no such key, or no pepper at all.
    #[error("there is no such key")]
    UnknownKey,
    /// The bytes were altered, are another account's, or hold no hash.
    #[error("the wrapped hash is not what was stored for this account")]
    NotAuthentic,
    /// The pepper could not be reached, or refused.
    #[error("the pepper is not available")]
    Unavailable,
    /// The stored hash is not wrapped, and this hasher takes wrapped ones only.
    #[error("the stored hash is not wrapped")]
    NotWrapped,
}

/// A hash under a pepper: `$slotwerk-pepper$v=1$k=<key>$<base64>`.
#[derive(Clone)]
pub(crate) struct Wrapped {
    pub(crate) key: PepperKeyId,
    bytes: Zeroizing<Vec<u8>>,
}

impl Wrapped {
    pub(crate) fn is_begun_by(text: &str) -> bool {
        text.starts_with(PREFIX)
    }

    pub(crate) fn parse(text: &str) -> Result<Self, ParseError> {
        if text.len() > PasswordHash::MAX_WRAPPED_LEN {
            return Err(ParseError::TooLong);
        }
        let rest = text
            .strip_prefix(PREFIX)
            .and_then(|rest| rest.strip_prefix("v=1$k="));
        let (key, bytes) = rest
            .and_then(|rest| rest.split_once('$'))
            .ok_or(ParseError::Wrapping)?;
        let key = if key == "0" { Some(0) } else { decimal(key) };
        let bytes = Base64Unpadded::decode_vec(bytes).map_err(|_| ParseError::Wrapping)?;
        if !(MIN_BYTES..=MAX_BYTES).contains(&bytes.len()) {
            return Err(ParseError::Wrapping);
        }
        Ok(Self {
            key: PepperKeyId(key.ok_or(ParseError::Wrapping)?),
            bytes: Zeroizing::new(bytes),
        })
    }

    pub(crate) fn to_text(&self) -> Zeroizing<String> {
        let encoded = Base64Unpadded::encode_string(&self.bytes);
        Zeroizing::new(format!("{PREFIX}v=1$k={}${encoded}", self.key))
    }

    fn make(pepper: &dyn Pepper, hash: &PasswordHash, owner: &Owner) -> Result<Self, HashError> {
        let fault = |fault| HashError::Pepper {
            key: pepper.active(),
            fault,
        };
        let (key, bytes) = pepper
            .wrap(hash.as_str().as_bytes(), owner)
            .map_err(fault)?;
        // What could not be read back is not stored.
        if !(MIN_BYTES..=MAX_BYTES).contains(&bytes.len()) {
            return Err(fault(PepperFault::Unavailable));
        }
        Ok(Self {
            key,
            bytes: Zeroizing::new(bytes),
        })
    }

    /// Opens it first: the key that it names is not authenticated until then.
    fn move_to_active(
        &self,
        pepper: &dyn Pepper,
        owner: &Owner,
    ) -> Result<Option<PasswordHash>, HashError> {
        let hash = self.open(pepper, owner)?;
        if self.key == pepper.active() {
            return Ok(None);
        }
        let moved = Self::make(pepper, &hash, owner)?;
        Ok(Some(PasswordHash::from_wrapped(moved)))
    }

    /// The hash within. One that is wrapped once more is refused: nothing makes such.
    fn open(&self, pepper: &dyn Pepper, owner: &Owner) -> Result<PasswordHash, HashError> {
        let fault = |fault| HashError::Pepper {
            key: self.key,
            fault,
        };
        let text = pepper.unwrap(self.key, &self.bytes, owner).map_err(fault)?;
        std::str::from_utf8(&text)
            .ok()
            .filter(|text| !Self::is_begun_by(text))
            .and_then(|text| PasswordHash::parse(text).ok())
            .ok_or(fault(PepperFault::NotAuthentic))
    }
}

impl PasswordHash {
    /// Moves this hash to the active key of `pepper`: for rotating all of a database offline, without
    /// anybody's password. `None` if it opens under the active key already.
    ///
    /// Either way the hash was opened for `owner`, so going through a table with this also shows which
    /// rows were damaged or belong to another account. A hash that no pepper wraps is refused, since
    /// somebody who can write to the database may have put it there; see [`PasswordHash::import`].
    ///
    /// Store the answer by compare-and-swap against the text that was read, so that a password
    /// changed meanwhile stays.
    ///
    /// # Errors
    ///
    /// [`HashError::Pepper`] with [`PepperFault::NotWrapped`] for a hash that no pepper wraps; with
    /// another fault when the hash does not open or cannot be wrapped. The stored one is then to be
    /// kept.
    pub fn rewrap(&self, pepper: &dyn Pepper, owner: &Owner) -> Result<Option<Self>, HashError> {
        match self.wrapped() {
            Some(wrapped) => wrapped.move_to_active(pepper, owner),
            None => Err(not_wrapped(pepper)),
        }
    }

    /// Wraps a hash that no pepper wraps yet, under the active key of `pepper`: one that another system
    /// made, or this one before it had a pepper. One that is wrapped is treated as by
    /// [`PasswordHash::rewrap`].
    ///
    /// This makes any hash good for `owner`, so import only from where nobody could plant one: from a
    /// trusted export, or once, before [`Builder::pepper_required`](crate::Builder::pepper_required).
    ///
    /// # Errors
    ///
    /// [`HashError::Pepper`] when the hash does not open or cannot be wrapped; the stored one is
    /// then to be kept.
    pub fn import(&self, pepper: &dyn Pepper, owner: &Owner) -> Result<Option<Self>, HashError> {
        match self.wrapped() {
            Some(wrapped) => wrapped.move_to_active(pepper, owner),
            None => {
                let wrapped = Wrapped::make(pepper, self, owner)?;
                Ok(Some(Self::from_wrapped(wrapped)))
            }
        }
    }
}

fn not_wrapped(pepper: &dyn Pepper) -> HashError {
    HashError::Pepper {
        key: pepper.active(),
        fault: PepperFault::NotWrapped,
    }
}

/// The pepper of a hasher, and what it needs to do the same work for everybody.
pub(crate) struct Peppered {
    pub(crate) pepper: Arc<dyn Pepper>,
    /// Refuse hashes that are not wrapped.
    pub(crate) required: bool,
    /// Opened where there is nothing else to open.
    pub(crate) decoy: Mutex<Option<Wrapped>>,
}

impl Peppered {
    pub(crate) fn wrap(
        &self,
        hash: &PasswordHash,
        owner: &Owner,
    ) -> Result<PasswordHash, HashError> {
        Wrapped::make(&*self.pepper, hash, owner).map(PasswordHash::from_wrapped)
    }

    /// Moves a stored hash to the active key. One that is not wrapped gets its first wrap, unless
    /// wrapped ones alone are accepted.
    pub(crate) fn rewrap(
        &self,
        stored: &PasswordHash,
        owner: &Owner,
    ) -> Result<Option<PasswordHash>, HashError> {
        if self.required {
            stored.rewrap(&*self.pepper, owner)
        } else {
            stored.import(&*self.pepper, owner)
        }
    }

    /// The hash that `stored` is or holds. One opening in any case.
    pub(crate) fn open(
        &self,
        stored: &PasswordHash,
        owner: &Owner,
    ) -> Result<PasswordHash, HashError> {
        match stored.wrapped() {
            Some(wrapped) => wrapped.open(&*self.pepper, owner),
            None if self.required => Err(not_wrapped(&*self.pepper)),
            None => {
                self.open_nothing()?;
                Ok(stored.clone())
            }
        }
    }

    /// Opens a hash that nobody has.
    pub(crate) fn open_nothing(&self) -> Result<(), HashError> {
        let nobody = Owner::default();
        let kept = self.kept_decoy().clone();
        let decoy = match kept.filter(|decoy| decoy.key == self.pepper.active()) {
            Some(decoy) => decoy,
            None => {
                let hash = PasswordHash::assemble(Params::default(), &[0; 16], &[0; 32])
                    .ok_or(HashError::Failed)?;
                let made = Wrapped::make(&*self.pepper, &hash, &nobody)?;
                *self.kept_decoy() = Some(made.clone());
                made
            }
        };
        decoy.open(&*self.pepper, &nobody).map(drop)
    }

    fn kept_decoy(&self) -> MutexGuard<'_, Option<Wrapped>> {
        self.decoy.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
