//! Stored hashes: what may be verified, read within bounds.

use std::fmt;

use thiserror::Error;
use zeroize::Zeroizing;

use crate::error::HashError;
use crate::foreign::{Foreign, ForeignError, ForeignScheme};
use crate::params::Params;
use crate::pepper::{PepperFault, PepperKeyId, Wrapped};
use crate::phc::Argon2id;

/// A stored password hash, checked and within bounds.
///
/// Only this crate makes one, by hashing or by [`PasswordHash::parse`]. What it accepts is what a
/// worker can compute; whether that is within the limits of a given [`Hasher`](crate::Hasher) is
/// said when it is verified.
///
/// ```
/// use slotwerk_password::{ParseError, PasswordHash};
///
/// let text = "$argon2id$v=19$m=19456,t=2,p=1$AAECAwQFBgcICQoLDA0ODw$z6LMI6UaEypQh3qoVk+kyhe2zXuOwAJvlm3nfP3kksc";
/// assert_eq!(PasswordHash::parse(text)?.as_str(), text);
/// let greedy = text.replace("19456", "4294967295");
/// assert!(matches!(PasswordHash::parse(&greedy), Err(ParseError::Cost(_))));
/// # Ok::<(), ParseError>(())
/// ```
#[derive(Clone)]
pub struct PasswordHash {
    text: Zeroizing<String>,
    scheme: Scheme,
}

/// How a stored hash was made.
///
/// Behind pointers: a hash that moves into a job, or out of one, leaves no copy in freed memory.
#[derive(Clone)]
pub(crate) enum Scheme {
    Argon2id(Box<Argon2id>),
    Foreign(Box<Foreign>),
    /// Any of the others, under a pepper.
    Wrapped(Wrapped),
}

/// What a worker can compute: a [`Scheme`] without a pepper around it.
pub(crate) enum Plain<'a> {
    Argon2id(&'a Argon2id),
    Foreign(&'a Foreign),
}

/// Why a stored hash was refused. Names the part, never its content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ParseError {
    /// The text is longer than [`PasswordHash::MAX_LEN`], or, under a pepper, than
    /// [`PasswordHash::MAX_WRAPPED_LEN`].
    #[error("the stored hash is longer than {max} bytes", max = PasswordHash::MAX_LEN)]
    TooLong,
    /// The text is not six `$`-separated parts, the first of them empty.
    #[error("the stored hash is not a PHC string of algorithm, version, parameters, salt, output")]
    Structure,
    /// The algorithm is not `argon2id`, nor one whose feature is on.
    #[error("the stored hash is not argon2id")]
    Algorithm,
    /// The version is not 19 (0x13), the one of RFC 9106.
    #[error("the stored hash is not of Argon2 version 19")]
    Version,
    /// The parameters are not `m=…,t=…,p=…` in plain decimal.
    #[error("the parameters of the stored hash are not of the form m=…,t=…,p=…")]
    Parameters,
    /// The parameters are out of bounds.
    #[error("the stored hash is out of bounds: {0}")]
    Cost(#[from] crate::params::ParamsError),
    /// The salt is not canonical unpadded base64 of 8 to 64 bytes.
    #[error("the salt of the stored hash is not unpadded base64 of 8 to 64 bytes")]
    Salt,
    /// The output is not canonical unpadded base64 of 16 to 64 bytes.
    #[error("the output of the stored hash is not unpadded base64 of 16 to 64 bytes")]
    Output,
    /// The text starts as a wrapped hash does and does not go on as one.
    #[error("the stored hash is not of the form $slotwerk-pepper$v=1$k=…$…")]
    Wrapping,
    /// The hash of another system: known, but malformed or out of bounds.
    #[error(transparent)]
    Foreign(#[from] ForeignError),
}

impl PasswordHash {
    /// The most bytes of a stored hash that is not wrapped.
    pub const MAX_LEN: usize = 256;
    /// The most bytes of a stored hash that is wrapped under a pepper.
    pub const MAX_WRAPPED_LEN: usize = 768;

    /// Reads a stored hash: `$argon2id$v=19$m=…,t=…,p=…$salt$output`, or what a
    /// [`Pepper`](crate::Pepper) made of one.
    ///
    /// With the features `bcrypt`, `pbkdf2`, `scrypt` and `argon2-foreign`, the hashes of other systems
    /// as well.
    ///
    /// Every bound is checked on the text itself: nothing is allocated until all of them hold,
    /// and then only a copy of the text and its parts (of a wrapped hash, its bytes before them).
    /// Bounds: at most [`PasswordHash::MAX_LEN`] bytes, variant `argon2id`, version 19, costs within the ceilings of [`Params`] (the floor is for new
    /// hashes only), salt 8 to 64 bytes, output 16 to 64 bytes. The optional `keyid` and `data`
    /// parameters are refused.
    ///
    /// # Errors
    ///
    /// [`ParseError`] names the part that was refused. A host that gets it for the hash of an
    /// account should verify a decoy instead and report the fault to its operator.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        let scheme = if Wrapped::is_begun_by(text) {
            Scheme::Wrapped(Wrapped::parse(text)?)
        } else if text.len() > Self::MAX_LEN {
            return Err(ParseError::TooLong);
        } else if let Some(foreign) = Foreign::parse(text) {
            Scheme::Foreign(Box::new(foreign?))
        } else {
            Scheme::Argon2id(Box::new(Argon2id::parse(text)?))
        };
        Ok(Self {
            text: Zeroizing::new(text.to_owned()),
            scheme,
        })
    }

    /// The text as it is stored. Keep it out of logs: it is what an attacker guesses against.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The cost, if it can be seen: not under a pepper, and not of another system's hash.
    #[must_use]
    pub fn params(&self) -> Option<Params> {
        match &self.scheme {
            Scheme::Argon2id(hash) => Some(hash.params),
            Scheme::Foreign(_) | Scheme::Wrapped(_) => None,
        }
    }

    /// What the hash of another system was made with; `None` for one of our own, and under a
    /// pepper. For counting what is still to be upgraded.
    #[must_use]
    pub fn foreign(&self) -> Option<ForeignScheme> {
        match &self.scheme {
            Scheme::Foreign(foreign) => Some(foreign.scheme()),
            Scheme::Argon2id(_) | Scheme::Wrapped(_) => None,
        }
    }

    /// The key that this hash is wrapped under; `None` if it is not. For counting what a
    /// rotation leaves behind.
    #[must_use]
    pub fn pepper_key(&self) -> Option<PepperKeyId> {
        match &self.scheme {
            Scheme::Wrapped(wrapped) => Some(wrapped.key),
            Scheme::Argon2id(_) | Scheme::Foreign(_) => None,
        }
    }

    /// Whether this hash should be replaced by one with `params`, in the order of
    /// [`Params::is_weaker_than`]. For counting what a change of parameters leaves behind. What
    /// cannot be seen is not called weaker.
    #[must_use]
    pub fn is_weaker_than(&self, params: &Params) -> bool {
        match &self.scheme {
            Scheme::Argon2id(hash) => hash.params.is_weaker_than(params),
            Scheme::Foreign(foreign) => foreign.is_weaker_than(params),
            Scheme::Wrapped(_) => false,
        }
    }

    pub(crate) fn foreign_cost(&self) -> Option<&Foreign> {
        match &self.scheme {
            Scheme::Foreign(foreign) => Some(foreign),
            Scheme::Argon2id(_) | Scheme::Wrapped(_) => None,
        }
    }

    /// `None` if salt or output are out of bounds.
    pub(crate) fn assemble(params: Params, salt: &[u8], output: &[u8]) -> Option<Self> {
        let hash = Argon2id::assemble(params, salt, output)?;
        Some(Self {
            text: hash.to_text(),
            scheme: Scheme::Argon2id(Box::new(hash)),
        })
    }

    pub(crate) fn from_wrapped(wrapped: Wrapped) -> Self {
        Self {
            text: wrapped.to_text(),
            scheme: Scheme::Wrapped(wrapped),
        }
    }

    pub(crate) fn wrapped(&self) -> Option<&Wrapped> {
        match &self.scheme {
            Scheme::Wrapped(wrapped) => Some(wrapped),
            Scheme::Argon2id(_) | Scheme::Foreign(_) => None,
        }
    }

    /// What is to be computed; what is under a pepper has to be opened first.
    pub(crate) fn plain(&self) -> Result<Plain<'_>, HashError> {
        match &self.scheme {
            Scheme::Argon2id(hash) => Ok(Plain::Argon2id(hash)),
            Scheme::Foreign(foreign) => Ok(Plain::Foreign(foreign)),
            Scheme::Wrapped(wrapped) => Err(HashError::Pepper {
                key: wrapped.key,
                fault: PepperFault::UnknownKey,
            }),
        }
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("PasswordHash");
        match &self.scheme {
            Scheme::Argon2id(hash) => shown.field("params", &hash.params),
            Scheme::Foreign(foreign) => shown.field("foreign", &foreign.scheme()),
            Scheme::Wrapped(wrapped) => shown.field("pepper_key", &wrapped.key),
        };
        shown.finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use base64ct::{Base64Unpadded, Encoding};

    fn argon2id(hash: &PasswordHash) -> &Argon2id {
        match &hash.scheme {
            Scheme::Argon2id(hash) => hash,
            Scheme::Foreign(_) | Scheme::Wrapped(_) => panic!("not our own"),
        }
    }

    #[test]
    fn debug_shows_the_cost_and_nothing_else() {
        let hash = PasswordHash::assemble(Params::default(), &[0xAA; 16], &[0xBB; 32]).unwrap();
        let debug = format!("{hash:?}");
        assert!(debug.contains("19456"));
        for secret in [
            Base64Unpadded::encode_string(&[0xAA; 16]),
            Base64Unpadded::encode_string(&[0xBB; 32]),
        ] {
            assert!(hash.as_str().contains(&secret));
            assert!(!debug.contains(&secret));
        }
        assert!(!debug.contains("170") && !debug.contains("187"));
    }

    #[test]
    fn what_could_not_be_read_back_is_not_written() {
        let params = Params::default();
        assert!(PasswordHash::assemble(params, &[0; 7], &[0; 32]).is_none());
        assert!(PasswordHash::assemble(params, &[0; 65], &[0; 32]).is_none());
        assert!(PasswordHash::assemble(params, &[0; 16], &[0; 15]).is_none());
        assert!(PasswordHash::assemble(params, &[0; 16], &[0; 65]).is_none());
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(
            m in 128u32..=Params::MAX_M_KIB, t in 1u32..=64, p in 1u32..=16,
            salt in prop::collection::vec(any::<u8>(), 8..=64),
            output in prop::collection::vec(any::<u8>(), 16..=64),
        ) {
            let params = Params::danger_weak(m, t, p).unwrap();
            let written = PasswordHash::assemble(params, &salt, &output).unwrap();
            let read = PasswordHash::parse(written.as_str()).unwrap();
            prop_assert_eq!(read.params(), Some(params));
            prop_assert_eq!(argon2id(&read).salt(), salt.as_slice());
            prop_assert_eq!(argon2id(&read).output(), output.as_slice());
        }

        #[test]
        fn what_reads_is_canonical(text in "\\$argon2id\\$v=19\\$m=[0-9]{1,7},t=[0-9]{1,2},p=[0-9]{1,2}\\$[A-Za-z0-9+/]{11,26}\\$[A-Za-z0-9+/]{22,48}") {
            if let Ok(read) = PasswordHash::parse(&text) {
                let written = PasswordHash::assemble(argon2id(&read).params, argon2id(&read).salt(), argon2id(&read).output()).unwrap();
                prop_assert_eq!(written.as_str(), text);
            }
        }

        #[test]
        fn no_text_makes_it_panic(text in any::<String>()) {
            prop_assert!(PasswordHash::parse(&text).is_err());
        }

        #[test]
        fn no_edit_makes_it_panic(at in 0usize..97, byte in any::<char>(), cut in 0usize..97) {
            let text = "$argon2id$v=19$m=19456,t=2,p=1$AAECAwQFBgcICQoLDA0ODw$z6LMI6UaEypQh3qoVk+kyhe2zXuOwAJvlm3nfP3kksc";
            let mut edited: Vec<char> = text.chars().collect();
            edited[at] = byte;
            let _ = PasswordHash::parse(&edited.iter().collect::<String>());
            prop_assert!(PasswordHash::parse(&text[..cut]).map_or(true, |hash| argon2id(&hash).output().len() < 32));
        }
    }
}
