//! Hashes that other systems made: read within bounds, verified, and then to be replaced.
//!
//! Each family has its feature. Without it, its texts are not recognised here at all.

#[cfg(feature = "argon2-foreign")]
mod argon2;
#[cfg(feature = "pbkdf2")]
mod aspnet;
#[cfg(feature = "bcrypt")]
mod bcrypt;
#[cfg(feature = "keycloak")]
mod keycloak;
#[cfg(feature = "pbkdf2")]
mod pbkdf2;
#[cfg(feature = "scrypt")]
mod scrypt;

#[cfg(feature = "keycloak")]
pub use keycloak::KeycloakError;

use subtle::Choice;
use thiserror::Error;

use crate::PasswordHash;
use crate::error::HashError;
use crate::memory::Memory;
use crate::params::Params;

/// What a stored hash that is not this crate's own was made with: for counting what is still to
/// be upgraded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ForeignScheme {
    /// bcrypt of the password itself: `$2a$`, `$2b$`, `$2y$`, and Django's `bcrypt$`.
    Bcrypt,
    /// bcrypt of the password's SHA-256 in hexadecimal: Django's `bcrypt_sha256$`.
    BcryptSha256,
    /// PBKDF2 with HMAC-SHA-1: Django, ASP.NET Identity, Keycloak.
    Pbkdf2Sha1,
    /// PBKDF2 with HMAC-SHA-256: Django, ASP.NET Identity, Keycloak.
    Pbkdf2Sha256,
    /// PBKDF2 with HMAC-SHA-512: ASP.NET Identity, Keycloak.
    Pbkdf2Sha512,
    /// scrypt: Django's form and the PHC string.
    Scrypt,
    /// Argon2d, of either version.
    Argon2d,
    /// Argon2i, of either version.
    Argon2i,
    /// Argon2id of version 16, or of version 19 in Django's form.
    Argon2id,
}

/// Why the hash of another system was refused. Names the part, never its content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ForeignError {
    /// A part is missing, there is one too many, or one has the wrong length.
    #[error("the foreign hash is not put together as its prefix announces")]
    Structure,
    /// The family is known, the variant is not verified here: `$2$` and `$2x$` of bcrypt, an
    /// unknown PRF of PBKDF2.
    #[error("the foreign hash is of a variant that is not supported")]
    Algorithm,
    /// The version is neither 16 nor 19 (Argon2).
    #[error("the foreign hash is of an unknown version")]
    Version,
    /// A parameter is not a plain decimal number, or not where it belongs.
    #[error("the parameters of the foreign hash cannot be read")]
    Parameters,
    /// A parameter, or the work or memory that they ask for together, is out of bounds.
    #[error("the cost of the foreign hash is out of bounds")]
    Cost,
    /// The salt is not canonical base64 of its kind, or not of an accepted length.
    #[error("the salt of the foreign hash is malformed")]
    Salt,
    /// The output is not canonical base64 of its kind, or not of an accepted length.
    #[error("the output of the foreign hash is malformed")]
    Output,
}

/// What to do with a password that bcrypt cannot tell from another one: longer than 72 bytes, or
/// with a NUL in it.
///
/// bcrypt uses the first 72 bytes and repeats a key that ends in NUL, so that what follows either
/// changes nothing or collides. Some implementations refuse such a password, others cut it off in
/// silence. Django's `bcrypt_sha256` hashes it first and has no such limit: this setting does not
/// touch it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LongBcrypt {
    /// Such a password never matches a bcrypt hash: SP 800-63B-4, 3.1.1.2, forbids cutting off.
    /// The refusal does the same work as any other.
    #[default]
    Refuse,
    /// Compares what comes before the first NUL, at most 72 bytes, as the implementations in C
    /// do. Only for hashes that such an implementation made: whoever knows the first 72 bytes of
    /// the password then signs in, once, and what they typed is what is hashed anew.
    Truncate,
}

/// A stored hash of another system, checked and within bounds. Without a feature there is none.
#[derive(Clone)]
pub(crate) enum Foreign {
    #[cfg(feature = "bcrypt")]
    Bcrypt(bcrypt::Bcrypt),
    #[cfg(feature = "pbkdf2")]
    Pbkdf2(pbkdf2::Pbkdf2),
    #[cfg(feature = "scrypt")]
    Scrypt(scrypt::Scrypt),
    #[cfg(feature = "argon2-foreign")]
    Argon2(argon2::Argon2),
}

impl Foreign {
    /// `None` if the text does not begin as any form read here does, or is longer than any of
    /// them. Nothing is allocated.
    pub(crate) fn parse(text: &str) -> Option<Result<Self, ForeignError>> {
        if text.len() > PasswordHash::MAX_LEN {
            return None;
        }
        #[cfg(feature = "bcrypt")]
        if let Some(found) = bcrypt::parse(text) {
            return Some(found.map(Self::Bcrypt));
        }
        #[cfg(feature = "pbkdf2")]
        if let Some(found) = pbkdf2::parse(text).or_else(|| aspnet::parse(text)) {
            return Some(found.map(Self::Pbkdf2));
        }
        #[cfg(feature = "scrypt")]
        if let Some(found) = scrypt::parse(text) {
            return Some(found.map(Self::Scrypt));
        }
        #[cfg(feature = "argon2-foreign")]
        if let Some(found) = argon2::parse(text) {
            return Some(found.map(Self::Argon2));
        }
        None
    }

    /// Whether `password` is the one of this hash, compared in constant time. Argon2 runs in
    /// `memory`; the others take their own, of [`Foreign::memory_kib`].
    #[allow(
        unused_variables,
        reason = "without a feature there is nothing to compare"
    )]
    pub(crate) fn matches(
        &self,
        memory: &mut Memory,
        password: &[u8],
        long: LongBcrypt,
    ) -> Result<Choice, HashError> {
        match *self {
            #[cfg(feature = "bcrypt")]
            Self::Bcrypt(ref hash) => Ok(hash.matches(password, long)),
            #[cfg(feature = "pbkdf2")]
            Self::Pbkdf2(ref hash) => Ok(hash.matches(password)),
            #[cfg(feature = "scrypt")]
            Self::Scrypt(ref hash) => hash.matches(password),
            #[cfg(feature = "argon2-foreign")]
            Self::Argon2(ref hash) => hash.matches(memory, password),
        }
    }

    pub(crate) fn scheme(&self) -> ForeignScheme {
        match *self {
            #[cfg(feature = "bcrypt")]
            Self::Bcrypt(ref hash) => hash.scheme(),
            #[cfg(feature = "pbkdf2")]
            Self::Pbkdf2(ref hash) => hash.scheme(),
            #[cfg(feature = "scrypt")]
            Self::Scrypt(_) => ForeignScheme::Scrypt,
            #[cfg(feature = "argon2-foreign")]
            Self::Argon2(ref hash) => hash.scheme(),
        }
    }

    /// The Argon2 parameters, if it is one: to hold against a ceiling as for a hash of our own.
    pub(crate) fn argon2_params(&self) -> Option<Params> {
        match *self {
            #[cfg(feature = "argon2-foreign")]
            Self::Argon2(ref hash) => Some(hash.params()),
            #[allow(
                unreachable_patterns,
                reason = "with that feature alone it is the last"
            )]
            _ => None,
        }
    }

    /// The memory that verifying takes, in KiB, rounded up: for Argon2 within the worker's
    /// memory, for the others beside it.
    pub(crate) fn memory_kib(&self) -> u32 {
        match *self {
            #[cfg(feature = "bcrypt")]
            Self::Bcrypt(_) => bcrypt::MEMORY_KIB,
            #[cfg(feature = "pbkdf2")]
            Self::Pbkdf2(_) => 1,
            #[cfg(feature = "scrypt")]
            Self::Scrypt(ref hash) => hash.memory_kib(),
            #[cfg(feature = "argon2-foreign")]
            Self::Argon2(ref hash) => hash.params().m_kib(),
        }
    }

    /// About how many blocks of Argon2id could be filled in the time of one verification. Exact
    /// for Argon2; for the others from one measurement, rounded down so that what is added to a
    /// refusal makes it too long rather than too short.
    pub(crate) fn work(&self) -> u64 {
        match *self {
            #[cfg(feature = "bcrypt")]
            Self::Bcrypt(ref hash) => hash.work(),
            #[cfg(feature = "pbkdf2")]
            Self::Pbkdf2(ref hash) => hash.work(),
            #[cfg(feature = "scrypt")]
            Self::Scrypt(ref hash) => hash.work(),
            #[cfg(feature = "argon2-foreign")]
            Self::Argon2(ref hash) => hash.params().work(),
        }
    }

    /// Whether a hash with `live` should take the place of this one: always, unless it is
    /// Argon2id of version 19 already and its parameters are no weaker.
    #[allow(unused_variables, reason = "without Argon2 the answer is always yes")]
    pub(crate) fn is_weaker_than(&self, live: &Params) -> bool {
        match *self {
            #[cfg(feature = "argon2-foreign")]
            Self::Argon2(ref hash) => !hash.is_current() || hash.params().is_weaker_than(live),
            #[allow(
                unreachable_patterns,
                reason = "with that feature alone it is the last"
            )]
            _ => true,
        }
    }
}
