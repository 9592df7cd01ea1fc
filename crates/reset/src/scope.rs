//! What a token is for, and whose it is.

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
    /// Report "this was not me", which kills the account's links.
    pub const NOT_ME: Self = Self("not-me");
    /// Mark a browser from which the account was used before.
    pub const KNOWN_DEVICE: Self = Self("known-device");

    /// A purpose of your own, under a name unlike the ones above.
    pub const fn new(name: &'static str) -> Self {
        Self(name)
    }

    /// Whether its tokens may live for more than 24 hours ([`Lifetime::lasting`](crate::Lifetime::lasting)):
    /// those that let nobody in, however they came by one. A known device still asks for the password,
    /// and "this was not me" only takes links away.
    pub fn may_last(self) -> bool {
        self == Self::KNOWN_DEVICE || self == Self::NOT_ME
    }

    /// Its name, as it goes into the tag.
    pub const fn name(self) -> &'static str {
        self.0
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
