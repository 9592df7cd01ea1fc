//! Everything that can go wrong. None of these carries a byte of key, plaintext or key text.

use crate::KeyId;
use thiserror::Error;

/// Why a ring could not be built or changed.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum KeyRingError {
    /// The id is already in the ring, perhaps revoked. Ids are never reused: a value made under the
    /// old key would be checked with the new one.
    #[error("key id {0} is already in the ring")]
    DuplicateId(KeyId),
    /// The key is already in the ring under another id, so revoking one would not revoke the other.
    #[error("this key is already in the ring, as id {0}")]
    DuplicateKey(KeyId),
    /// The id to revoke is not in the ring.
    #[error("key id {0} is not in the ring")]
    UnknownId(KeyId),
    /// The active key cannot be revoked: rotate first, so that there is one to make new values with.
    #[error("key id {0} is active: rotate before revoking it")]
    ActiveId(KeyId),
    /// The key to put aside is not the active one.
    #[error("key id {0} is not the active key")]
    NotActive(KeyId),
    /// The key to make active is not among the retired ones.
    #[error("key id {0} is not a retired key, so it cannot become active")]
    NotRetired(KeyId),
    /// The ring would hold more usable keys than [`KeyRing::MAX_USABLE`](crate::KeyRing::MAX_USABLE)
    /// or more revoked ids than [`KeyRing::MAX_REVOKED`](crate::KeyRing::MAX_REVOKED).
    #[error("a ring holds at most {limit} such keys")]
    TooMany {
        /// The bound that was met.
        limit: usize,
    },
    /// The text is longer than [`KeyRing::MAX_TEXT`](crate::KeyRing::MAX_TEXT).
    #[error("the key text is longer than {limit} bytes")]
    TextTooLong {
        /// The bound, in bytes.
        limit: usize,
    },
    /// The text has no active key.
    #[error("no key is active")]
    NoActive,
    /// One line of the text is wrong.
    #[error("line {line}: {problem}")]
    Line {
        /// Counted from 1.
        line: usize,
        /// What is wrong with it.
        problem: LineProblem,
    },
}

/// What is wrong with one line of key text. Says what was expected, never what was found.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum LineProblem {
    /// Not an id, a state and a key.
    #[error("expected an id, a state and a key, separated by blanks")]
    Fields,
    /// Not a plain decimal number of at most 65535.
    #[error("the id must be a number from 0 to 65535 without sign or leading zeros")]
    Id,
    /// An unknown state.
    #[error("the state must be active, retired or revoked")]
    State,
    /// Not a key.
    #[error("the key must be 32 bytes as 43 characters of unpadded base64url")]
    Key,
    /// The key is 32 zero bytes.
    #[error("the key is all zeros: a placeholder, not a key")]
    Placeholder,
    /// The id was given on an earlier line.
    #[error("the id was already given")]
    DuplicateId,
    /// An earlier line has the key under another id, perhaps as a revoked one.
    #[error("the key was already given under another id")]
    DuplicateKey,
    /// An earlier line has the active key.
    #[error("there is already an active key")]
    SecondActive,
    /// More keys than a ring holds.
    #[error("too many keys")]
    TooMany,
}

/// Why a key id cannot be used. Names the id, which is public, and nothing else.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum KeyFault {
    /// No such id in the ring: forged, or this node has an older ring.
    #[error("key id {0} is unknown")]
    Unknown(KeyId),
    /// The key was revoked.
    #[error("key id {0} is revoked")]
    Revoked(KeyId),
}

/// The tag does not belong to these parts under this key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the authentication tag does not match")]
pub struct MacMismatch;

/// Why a value was not sealed.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum SealError {
    /// The plaintext is longer than [`MAX_PLAINTEXT`](crate::MAX_PLAINTEXT).
    #[error("the value to seal is too long")]
    TooLong,
    /// The subject is longer than [`MAX_SUBJECT`](crate::MAX_SUBJECT).
    #[error("the subject is too long")]
    SubjectTooLong,
}

/// Why a sealed value was not opened.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum OpenError {
    /// Not something [`KeyRing::seal`](crate::KeyRing::seal) makes: wrong version or length, or a
    /// subject longer than it accepts.
    #[error("not a sealed value")]
    Malformed,
    /// The key that it names cannot be used.
    #[error(transparent)]
    Key(#[from] KeyFault),
    /// Changed since it was sealed, or sealed for another purpose, tenant or subject. Which of these
    /// it is cannot be told.
    #[error("the sealed value is not genuine here")]
    Forged,
}

/// Why a value was not sealed again. Names the key id that the value carries, and nothing else.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ResealError {
    /// Not something [`KeyRing::seal`](crate::KeyRing::seal) makes, so that it names no key; or the
    /// subject is longer than [`MAX_SUBJECT`](crate::MAX_SUBJECT).
    #[error("not a sealed value")]
    Malformed,
    /// The ring does not have the key, or no longer: it was lost, or revoked before everything under
    /// it was sealed again.
    #[error(transparent)]
    Key(#[from] KeyFault),
    /// The ring has a key of this id, and the value does not open under it: another key stands under
    /// that id, or the value was changed, or it belongs to another purpose, tenant or subject. Which of
    /// these it is cannot be told; when no value under the id opens, it is the key.
    #[error("the value sealed under key id {0} does not open")]
    WrongKey(KeyId),
}

/// The operating system gave no random bytes. Nothing was made.
#[cfg(feature = "rand")]
#[cfg_attr(docsrs, doc(cfg(feature = "rand")))]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the operating system gave no random bytes")]
pub struct EntropyError;
