//! What kind of thing an authenticator is.

use std::fmt;

/// The kind of an authenticator. Later versions know more kinds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AuthenticatorKind {
    /// Codes by time (RFC 6238). Its sealed data is the secret with its parameters.
    Totp,
}

impl AuthenticatorKind {
    /// Every kind.
    pub const ALL: [Self; 1] = [Self::Totp];

    /// The stable name under which the kind is stored, at most 16 bytes.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Totp => "totp",
        }
    }

    /// The kind of a stored name.
    ///
    /// # Errors
    ///
    /// [`UnknownKind`] if a later version has written it.
    pub fn from_name(name: &str) -> Result<Self, UnknownKind> {
        let known = Self::ALL.into_iter().find(|kind| kind.as_str() == name);
        known.ok_or_else(|| UnknownKind {
            name: name.to_owned(),
        })
    }
}

/// A stored authenticator is of a kind that this version does not know.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this version knows no authenticator of the kind {name:?}")]
pub struct UnknownKind {
    /// The stored name.
    pub name: String,
}

impl fmt::Display for AuthenticatorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
