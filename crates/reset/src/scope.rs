//! What a token is for, and whose it is.

use std::time::Duration;

use crate::error::PurposeError;
use crate::lifetime::Lifetime;

/// How long a tenant's id may be, in bytes.
pub const MAX_TENANT: usize = 255;

/// What a token allows. A token for one purpose is refused for every other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Purpose(&'static str);

impl Purpose {
    /// Choose a new password.
    pub const PASSWORD_RESET: Self = Self("password-reset");
    /// Go on with a sign-in whose password was right: the ticket between its steps.
    pub const SIGN_IN: Self = Self("sign-in");
    /// Show that mail to an address arrives.
    pub const CONFIRM_ADDRESS: Self = Self("confirm-address");
    /// Report "this was not me" under a mail about a change, which locks the account.
    pub const NOT_ME: Self = Self("not-me");
    /// Report "this was not me" under a mail with a link for a new password, which ends the account's
    /// links.
    pub const NOT_ME_LINKS: Self = Self("not-me-links");
    /// Mark a browser from which the account was used before.
    pub const KNOWN_DEVICE: Self = Self("known-device");
    /// Mark a browser in which the password is enough, without a second factor.
    pub const TRUSTED_BROWSER: Self = Self("trusted-browser");

    /// Every purpose of this crate. [`new`](Self::new) rejects their names.
    pub const BUILT_IN: [Self; 7] = [
        Self::PASSWORD_RESET,
        Self::SIGN_IN,
        Self::CONFIRM_ADDRESS,
        Self::NOT_ME,
        Self::NOT_ME_LINKS,
        Self::KNOWN_DEVICE,
        Self::TRUSTED_BROWSER,
    ];

    /// A purpose of your own. Its tokens live for 24 hours at most.
    ///
    /// ```
    /// # use slotwerk_reset::{Purpose, PurposeError};
    /// assert!(Purpose::new("invoice-link").is_ok());
    /// assert_eq!(Purpose::new("known-device"), Err(PurposeError::BuiltIn));
    /// ```
    ///
    /// # Errors
    ///
    /// [`PurposeError::BuiltIn`] for a name of [`BUILT_IN`](Self::BUILT_IN): its tokens would be valid for
    /// that purpose, too.
    pub const fn new(name: &'static str) -> Result<Self, PurposeError> {
        let mut built_in: &[Self] = &Self::BUILT_IN;
        while let [Self(taken), rest @ ..] = built_in {
            if is_same(taken.as_bytes(), name.as_bytes()) {
                return Err(PurposeError::BuiltIn);
            }
            built_in = rest;
        }
        Ok(Self(name))
    }

    /// Whether its tokens may live for more than 24 hours ([`Lifetime::lasting`](crate::Lifetime::lasting)):
    /// those that let nobody in, however they came by one. A known device and a trusted browser still ask for the
    /// password, and "this was not me" only takes links away.
    pub fn may_last(self) -> bool {
        self.longest() > Lifetime::MAX
    }

    /// The longest lifetime of its tokens: 400 days for [`KNOWN_DEVICE`](Self::KNOWN_DEVICE) and
    /// [`NOT_ME`](Self::NOT_ME), 30 days for [`TRUSTED_BROWSER`](Self::TRUSTED_BROWSER), otherwise 24 hours.
    pub fn longest(self) -> Duration {
        match self {
            Self::KNOWN_DEVICE | Self::NOT_ME => Lifetime::MAX_LASTING,
            Self::TRUSTED_BROWSER => Lifetime::MAX_TRUSTED,
            _ => Lifetime::MAX,
        }
    }

    /// Its name, as it goes into the tag.
    pub const fn name(self) -> &'static str {
        self.0
    }
}

/// Equality, for constants.
const fn is_same(one: &[u8], other: &[u8]) -> bool {
    match (one, other) {
        ([], []) => true,
        ([a, one @ ..], [b, other @ ..]) => *a == *b && is_same(one, other),
        _ => false,
    }
}

/// What a token is for, and whose it is. Neither is readable in the token; both must be known, from
/// the address of the page for instance, to check it.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TokenScope<'a> {
    /// What it allows.
    pub purpose: Purpose,
    /// The opaque id of the tenant, at most [`MAX_TENANT`] bytes. A service with one tenant may use
    /// the empty text.
    pub tenant: &'a str,
}

impl<'a> TokenScope<'a> {
    /// Both together.
    pub const fn new(purpose: Purpose, tenant: &'a str) -> Self {
        Self { purpose, tenant }
    }
}
