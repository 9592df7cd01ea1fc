//! The host's users, as Slotwerk needs to see them.

use async_trait::async_trait;
use std::fmt;

/// The host's user table. Slotwerk reads it and never writes it.
///
/// Both look-ups must take the same path for a missing account as for a present one (an indexed query
/// does). An error is a fault of the infrastructure; "no such account" is `Ok(None)`.
#[async_trait]
pub trait Directory: Send + Sync + 'static {
    /// The account that a person means by this login name, in this tenant.
    async fn find(&self, tenant: &str, login: &Login) -> Result<Option<Account>, DirectoryError>;

    /// The account with this id, in this tenant.
    async fn get(&self, tenant: &str, account: &str) -> Result<Option<Account>, DirectoryError>;
}

/// Whatever went wrong inside the host's directory.
pub type DirectoryError = Box<dyn std::error::Error + Send + Sync>;

/// One account, as the host knows it.
#[derive(Clone)]
#[non_exhaustive]
pub struct Account {
    /// The host's opaque id, at most 128 bytes; never shown to anybody.
    pub id: String,
    /// The name by which the person knows the account; shown in mails and in the authenticator app.
    pub login: String,
    /// Where mail goes.
    pub mail: String,
    /// BCP 47 tag of the language of mails; `None` takes the tenant's.
    pub locale: Option<String>,
    /// A disabled account looks like an unknown one from outside.
    pub enabled: bool,
    /// The group whose password rules hold, one of
    /// [`Tenant::group_policies`](crate::Tenant::group_policies); `None` takes the tenant's.
    pub group: Option<String>,
    /// Names and other words about the person, which a password must not contain.
    pub attributes: Vec<String>,
}

impl Account {
    /// An enabled account in the tenant's language, without further attributes.
    #[must_use]
    pub fn new(id: impl Into<String>, login: impl Into<String>, mail: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            login: login.into(),
            mail: mail.into(),
            locale: None,
            enabled: true,
            group: None,
            attributes: Vec::new(),
        }
    }
}

impl fmt::Debug for Account {
    /// Shows the opaque id and whether the account is enabled; no name and no address.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Account")
            .field("id", &self.id)
            .field("enabled", &self.enabled)
            .finish_non_exhaustive()
    }
}

/// A login name as typed, bounded before anything looks at it.
#[derive(Clone)]
pub struct Login(String);

/// The longest login name, in bytes: the longest mail address (RFC 5321 §4.5.3.1) and some room.
const MAX_LOGIN_BYTES: usize = 320;

impl Login {
    /// Takes what a person typed, without the white space around it.
    ///
    /// # Errors
    ///
    /// [`LoginError`] if nothing is left, if it is longer than 320 bytes, or if it holds a control
    /// character. The answer depends on the text alone, never on who exists.
    ///
    /// ```
    /// use slotwerk::{Login, LoginError};
    /// assert!(Login::parse(" demo ").is_ok());
    /// assert!(matches!(Login::parse(" "), Err(LoginError::Empty)));
    /// ```
    pub fn parse(typed: &str) -> Result<Self, LoginError> {
        let login = typed.trim();
        if login.is_empty() {
            Err(LoginError::Empty)
        } else if login.len() > MAX_LOGIN_BYTES {
            Err(LoginError::TooLong)
        } else if login.chars().any(char::is_control) {
            Err(LoginError::ControlCharacter)
        } else {
            Ok(Self(login.to_owned()))
        }
    }

    /// The login name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The form under which attempts on an unknown name are counted.
    pub(crate) fn folded(&self) -> String {
        self.0.to_lowercase()
    }
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Login(..)")
    }
}

/// Why a text cannot be a login name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LoginError {
    /// Nothing was typed.
    #[error("the login name is empty")]
    Empty,
    /// More than 320 bytes.
    #[error("the login name is longer than 320 bytes")]
    TooLong,
    /// A control character, such as NUL or a line break.
    #[error("the login name holds a control character")]
    ControlCharacter,
}
