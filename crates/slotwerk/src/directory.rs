//! The host's users, as Slotwerk needs to see them.

pub use crate::login::{Login, LoginError};
use crate::login::{is_invisible, shown};
use async_trait::async_trait;
use slotwerk_mail::{Address, AddressError};
use slotwerk_store::AccountKey;
use std::fmt;

/// The host's user table. Slotwerk reads it and never writes it.
///
/// Both look-ups must take the same path for a missing account as for a present one (an indexed query
/// does). An error is a fault of the infrastructure; "no such account" is `Ok(None)`.
#[async_trait]
pub trait Directory: Send + Sync + 'static {
    /// The account that a person means by this login name, in this tenant.
    ///
    /// Look up [`Login::folded`], in a column that holds the folded form of each account's login name under a
    /// unique index. [`Login::typed`] is there for a service whose stored names are not folded yet.
    async fn find(&self, tenant: &str, login: &Login) -> Result<Option<Account>, DirectoryError>;

    /// The account with this id, in this tenant.
    async fn get(&self, tenant: &str, account: &str) -> Result<Option<Account>, DirectoryError>;
}

/// An error inside the host's directory.
pub type DirectoryError = Box<dyn std::error::Error + Send + Sync>;

/// One account, as the host knows it.
#[derive(Clone)]
#[non_exhaustive]
pub struct Account {
    /// The host's opaque id, at most 128 bytes; never shown to anybody.
    pub id: String,
    /// The name by which the person knows the account; shown in mails and in the authenticator app. Apps and
    /// mails leave out what they cannot show: see [`check`](Self::check).
    pub login: String,
    /// The mail address, which [`check`](Self::check) accepts. The worker gives up mail to any other and
    /// reports an event.
    pub mail: String,
    /// Further addresses for security notices, at most [`MAX_NOTICE_ADDRESSES`](Self::MAX_NOTICE_ADDRESSES), which
    /// [`check`](Self::check) accepts. Links for a new password and set-up secrets go to [`mail`](Self::mail) alone.
    ///
    /// Each notice has the link "this wasn't me". So a reader of one of these mailboxes can lock the account, until
    /// its owner sets a new password through `mail`. They cannot sign in with it.
    pub notice_addresses: Vec<String>,
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
    /// The most [further addresses](Self::notice_addresses). The worker ignores those beyond.
    pub const MAX_NOTICE_ADDRESSES: usize = 4;

    /// An enabled account in the tenant's language, without further attributes.
    #[must_use]
    pub fn new(id: impl Into<String>, login: impl Into<String>, mail: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            login: login.into(),
            mail: mail.into(),
            notice_addresses: Vec::new(),
            locale: None,
            enabled: true,
            group: None,
            attributes: Vec::new(),
        }
    }

    /// Whether mail can reach the account, and mails and authenticator apps can show its name.
    ///
    /// Call it where you store an account, so that the person who types a wrong address learns of it. Slotwerk
    /// checks each account that [`Directory::find`] returns and reports a problem as
    /// [`EventKind::AccountUnfit`](crate::EventKind::AccountUnfit); nobody reads that while the person waits.
    ///
    /// ```
    /// use slotwerk::{Account, AccountProblem, mail::AddressError};
    /// assert_eq!(Account::new("7", "anna", "anna@exämple.nl").check(), Ok(()));
    /// let account = Account::new("8", "josé", "josé@example.com");
    /// let problem = AccountProblem::Mail(AddressError::LocalPartNotAscii);
    /// assert_eq!(account.check(), Err(problem));
    /// ```
    ///
    /// # Errors
    ///
    /// [`AccountProblem`] names the first field that cannot be used.
    pub fn check(&self) -> Result<(), AccountProblem> {
        // The id of a tenant has no say in what an account's id may be.
        AccountKey::new("t", &self.id).map_err(|_| AccountProblem::Id)?;
        Login::parse(&self.login).map_err(AccountProblem::Login)?;
        if self.login.chars().any(is_invisible) {
            return Err(AccountProblem::Login(LoginError::Invisible));
        }
        Address::parse(&self.mail).map_err(AccountProblem::Mail)?;
        if self.notice_addresses.len() > Self::MAX_NOTICE_ADDRESSES {
            return Err(AccountProblem::TooManyNoticeAddresses);
        }
        for address in &self.notice_addresses {
            Address::parse(address).map_err(AccountProblem::NoticeAddress)?;
        }
        Ok(())
    }

    /// The account with a name that every mail and app can show. A name that they cannot show must keep no mail
    /// back.
    pub(crate) fn presentable(mut self) -> Self {
        self.login = shown(&self.login);
        self
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

/// A field of an account that Slotwerk cannot use. Repeats none of its content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum AccountProblem {
    /// The id is empty or longer than 128 bytes.
    #[error("the account's id is not usable")]
    Id,
    /// The login name. Mails and apps show it shortened, or without some of its characters.
    #[error("the account's login name is not usable: {0}")]
    Login(#[source] LoginError),
    /// The mail address. No mail can leave.
    #[error("the account's mail address is not usable: {0}")]
    Mail(#[source] AddressError),
    /// More than [`Account::MAX_NOTICE_ADDRESSES`]. Those beyond get no notice.
    #[error(
        "the account has more than {} further addresses",
        Account::MAX_NOTICE_ADDRESSES
    )]
    TooManyNoticeAddresses,
    /// One of the further addresses. No notice reaches it.
    #[error("a further address of the account is not usable: {0}")]
    NoticeAddress(#[source] AddressError),
}
