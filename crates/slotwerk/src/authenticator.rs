//! The authenticators of an account, as a page about them shows them.

use crate::admin::Admin;
use crate::fault::Fault;
use crate::label::account_name;
use crate::session::Session;
use crate::tenant_auth::TenantAuth;
use slotwerk_store::{AccountKey, Authenticator, Id};
use std::fmt;
use std::str::FromStr;

/// The most characters of a name.
const MAX_NAME: usize = 64;

/// Which authenticator of an account: for the forms of a page. Not a secret, and of no use without a
/// [step](crate::Managing) of that account.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct AuthenticatorId(pub(crate) Id);

impl fmt::Display for AuthenticatorId {
    /// 32 hexadecimal digits; [`FromStr`] reads them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", u128::from_be_bytes(self.0.0))
    }
}

impl fmt::Debug for AuthenticatorId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AuthenticatorId({self})")
    }
}

impl FromStr for AuthenticatorId {
    type Err = NotAnAuthenticatorId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let digits = |b: u8| matches!(b, b'0'..=b'9' | b'a'..=b'f');
        if text.len() != 32 || !text.bytes().all(digits) {
            return Err(NotAnAuthenticatorId);
        }
        u128::from_str_radix(text, 16)
            .map(|id| Self(Id(id.to_be_bytes())))
            .map_err(|_| NotAnAuthenticatorId)
    }
}

/// A text that no authenticator is known by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an authenticator is known by 32 lower-case hexadecimal digits")]
pub struct NotAnAuthenticatorId;

/// What a person calls an authenticator, "work phone" say. It is stored as it is, shown on the page about
/// it and named in mails: escape it like everything that people type.
///
/// ```
/// use slotwerk::{AuthenticatorName, AuthenticatorNameError};
///
/// assert_eq!(AuthenticatorName::parse("  work phone ")?.as_str(), "work phone");
/// assert_eq!(AuthenticatorName::parse(" "), Err(AuthenticatorNameError::Empty));
/// assert_eq!(AuthenticatorName::parse("a\nb"), Err(AuthenticatorNameError::Forbidden));
/// # Ok::<(), AuthenticatorNameError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct AuthenticatorName(String);

/// Why a name is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AuthenticatorNameError {
    /// Nothing but white space.
    #[error("a name has at least one character")]
    Empty,
    /// More than 64 characters.
    #[error("a name has at most {MAX_NAME} characters")]
    TooLong,
    /// A control character, one that turns the direction of what follows, or one that HTML has no place for:
    /// see [`is_forbidden_in_names`](slotwerk_mail::is_forbidden_in_names).
    #[error("a name has no control characters")]
    Forbidden,
}

impl AuthenticatorName {
    /// Reads a name of 1 to 64 Unicode code points, white space around it aside.
    ///
    /// # Errors
    ///
    /// [`AuthenticatorNameError`] says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, AuthenticatorNameError> {
        let name = text.trim();
        if name.is_empty() {
            return Err(AuthenticatorNameError::Empty);
        }
        if name.chars().nth(MAX_NAME).is_some() {
            return Err(AuthenticatorNameError::TooLong);
        }
        if name.chars().any(slotwerk_mail::is_forbidden_in_names) {
            return Err(AuthenticatorNameError::Forbidden);
        }
        Ok(Self(name.to_owned()))
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for AuthenticatorName {
    type Err = AuthenticatorNameError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

/// An active authenticator. `Debug` leaves its names out, since they name the person.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ActiveAuthenticator {
    /// Which.
    pub id: AuthenticatorId,
    /// What the person calls it, if they gave it a name.
    pub name: Option<String>,
    /// The account name that the app shows for it. Each authenticator of the account has another one, except
    /// for authenticators that were set up before names carried a number.
    pub account_name: String,
    /// When it was added (Unix time).
    pub added_at: u64,
    /// When a code of it was last accepted (Unix time).
    pub used_at: u64,
}

impl fmt::Debug for ActiveAuthenticator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ActiveAuthenticator")
            .field("id", &self.id)
            .field("added_at", &self.added_at)
            .field("used_at", &self.used_at)
            .finish_non_exhaustive()
    }
}

impl ActiveAuthenticator {
    fn new(row: Authenticator, issuer: &str, login: &str) -> Self {
        Self {
            id: AuthenticatorId(row.id),
            name: row.name,
            account_name: account_name(issuer, login, row.ordinal),
            added_at: row.added_at,
            used_at: row.used_at,
        }
    }
}

/// What a page about an account's second factor shows.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SecondFactorSummary {
    /// The active authenticators, oldest first.
    pub authenticators: Vec<ActiveAuthenticator>,
    /// Whether another may be added; see [`Limits::authenticators`](crate::Limits::authenticators).
    pub room: bool,
    /// How many recovery codes are left.
    pub recovery_codes_left: u32,
}

impl Session {
    /// The second factor of this person, as far as it may be shown.
    ///
    /// # Errors
    ///
    /// A [`Fault`] of the store.
    #[cfg_attr(feature = "tracing", tracing::instrument(name = "second_factor", skip_all, fields(tenant = self.key.tenant(), account = %self.tenant.inner.pseudonym(&self.key))))]
    pub async fn second_factor(&self) -> Result<SecondFactorSummary, Fault> {
        let login = &self.account.login;
        self.tenant.summary(&self.key, login).await
    }
}

impl Admin<'_> {
    /// The second factor of an account, for a help desk.
    ///
    /// # Errors
    ///
    /// A [`Fault`] of store or directory.
    #[cfg_attr(feature = "tracing", tracing::instrument(name = "admin_second_factor", skip_all, fields(tenant = self.tenant.id())))]
    pub async fn second_factor(&self, account: &str) -> Result<SecondFactorSummary, Fault> {
        let (tenant, key) = (self.tenant, self.tenant.key(account)?);
        let known = tenant.inner.directory.get(tenant.id(), account).await;
        let known = known.map_err(Fault::Directory)?;
        let login = known.map_or_else(String::new, |account| account.login);
        tenant.summary(&key, &login).await
    }
}

impl TenantAuth {
    async fn summary(&self, key: &AccountKey, login: &str) -> Result<SecondFactorSummary, Fault> {
        let inner = &self.inner;
        let active = inner.store.authenticators(key).await?;
        let shown = |row| ActiveAuthenticator::new(row, &self.settings.issuer, login);
        Ok(SecondFactorSummary {
            room: active.len() < inner.limits.authenticators as usize,
            authenticators: active.into_iter().map(shown).collect(),
            recovery_codes_left: inner.store.recovery_codes_left(key).await?,
        })
    }
}
