//! Everything that can go wrong: precise for configuration, opaque for a presented token.

use std::time::Duration;

use thiserror::Error;

/// Why a token was not issued.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum IssueError {
    /// Now plus the lifetime does not fit the token's 40 bits of seconds: the clock is wrong, since
    /// those reach beyond the year 36000.
    #[error("the expiry is out of range")]
    ExpiryOutOfRange,
    /// Longer than the [longest](crate::Purpose::longest) of this purpose.
    #[error("the lifetime is longer than tokens for this purpose may have")]
    LifetimeTooLong,
    /// The tenant is longer than [`MAX_TENANT`](crate::MAX_TENANT).
    #[error("the tenant is too long")]
    TenantTooLong,
    /// The account is longer than [`MAX_ACCOUNT`](crate::MAX_ACCOUNT).
    #[error("the account is too long")]
    AccountTooLong,
}

/// Why a lifetime is not acceptable.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum LifetimeError {
    /// A token that is dead on arrival.
    #[error("a token must live for at least a second")]
    Zero,
    /// Longer than [`Lifetime::MAX`](crate::Lifetime::MAX) or
    /// [`Lifetime::MAX_LASTING`](crate::Lifetime::MAX_LASTING), whichever was asked for.
    #[error("a token must not live longer than {} hours", limit.as_secs() / 3600)]
    TooLong {
        /// The bound.
        limit: Duration,
    },
    /// Tokens expire on whole seconds.
    #[error("a token's lifetime must be in whole seconds")]
    NotWholeSeconds,
}

/// Why a name cannot be the name of a purpose.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum PurposeError {
    /// One of [`Purpose::BUILT_IN`](crate::Purpose::BUILT_IN) has it.
    #[error("the name of the purpose is one of this crate's own")]
    BuiltIn,
}

/// Why a public address cannot carry links.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum LinkError {
    /// Not an absolute address.
    #[error("the public address is not a URL")]
    NotAUrl,
    /// Longer than [`LinkBuilder::MAX_ADDRESS`](crate::LinkBuilder::MAX_ADDRESS).
    #[error("the public address is too long")]
    TooLong,
    /// Neither `https` nor `http`, or without a host.
    #[error("the public address must be an https address with a host")]
    NotWeb,
    /// `http` to another machine: everybody on the way could read the token.
    #[error("the public address must use https, except on the loopback interface")]
    Insecure,
    /// A user name or password in the address.
    #[error("the public address must not contain a user name or password")]
    UserInfo,
    /// A query or fragment, which would end up behind the token.
    #[error("the public address must not contain a query or fragment")]
    QueryOrFragment,
}

/// A text cannot be a path segment of a link.
///
/// A segment such as `..` would vanish from the link, and one with a separator would become two or end the
/// path, here or in a gateway that decodes once too often.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum SegmentError {
    /// Nothing.
    #[error("a path segment of a link must not be empty")]
    Empty,
    /// `.` or `..`, which lead elsewhere.
    #[error("a path segment of a link must not be `.` or `..`")]
    Dots,
    /// One of `/`, `\`, `?` and `#`.
    #[error("a path segment of a link must not contain `/`, `\\`, `?` or `#`")]
    Separator,
    /// `%` with two hexadecimal digits after it. Pass the segment as it is: the builder encodes it.
    #[error("a path segment of a link must not be percent-encoded already")]
    Encoded,
    /// A control character, such as a line end.
    #[error("a path segment of a link must not contain a control character")]
    Control,
}

/// A proof was presented for something else than the token was verified for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the token was verified for something else")]
pub struct WrongProof;

/// A presented token was refused. Every refusal reads the same: show the person one message, whatever
/// the reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the token is not valid")]
pub struct Refused(Reason);

impl Refused {
    pub(crate) fn new(reason: Reason) -> Self {
        Self(reason)
    }

    /// Why, for events and audit logs only.
    pub fn reason(&self) -> Reason {
        self.0
    }
}

/// Why a token was refused. Only [`Expired`](Self::Expired) and [`ExpiryTooFar`](Self::ExpiryTooFar) say that
/// the token was genuine.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reason {
    /// Not the one spelling of anything this crate issues: wrong length, alphabet, trailing bits or
    /// version; or the tenant or account to check it against is too long.
    Malformed,
    /// The key that it names is not in the ring.
    UnknownKey,
    /// The key that it names was revoked.
    RevokedKey,
    /// The tag is wrong: forged, altered, or meant for another purpose, tenant, account or credential.
    Forged,
    /// Genuine, but its time is over.
    Expired,
    /// Genuine, but it expires later than now plus [`Purpose::longest`](crate::Purpose::longest) plus
    /// [`CLOCK_TOLERANCE`](crate::CLOCK_TOLERANCE). No right clock could have written that: the clock that
    /// issued it ran ahead, or this one is behind.
    ExpiryTooFar,
}

/// The operating system gave no random bytes. Nothing was made.
#[cfg(feature = "rand")]
#[cfg_attr(docsrs, doc(cfg(feature = "rand")))]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the operating system gave no random bytes")]
pub struct EntropyError;
