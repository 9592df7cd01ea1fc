//! The audit trail: written in the same transaction as the transition it tells of.

use crate::{Id, Subject};
use std::fmt;

/// The most characters of a reason.
pub const MAX_AUDIT_REASON: usize = 200;

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AuditKind {
    /// A password was set through a reset link.
    PasswordReset,
    /// A password was set in another way.
    PasswordChanged,
    /// Links, tickets and sessions were ended without changing the password.
    AccessRevoked,
    /// Links, tickets and sessions were ended, and the password, if there was one, was taken away.
    PasswordForgotten,
    /// Links, tickets and sessions were ended, and authenticators and recovery codes were taken away.
    SecondFactorForgotten,
    /// Reset links were ended, and nothing else.
    LinksRevoked,
    /// An authenticator became active.
    AuthenticatorAdded,
    /// An authenticator became active in the place of another, which is gone.
    AuthenticatorReplaced,
    /// An authenticator was given another name.
    AuthenticatorRenamed,
    /// An authenticator was removed.
    AuthenticatorRemoved,
    /// A sign-in was finished with two codes in a row of a clock that is far off.
    AuthenticatorResynchronised,
    /// New recovery codes took the place of the old ones.
    RecoveryCodesRenewed,
    /// A sign-in was finished with a TOTP code.
    CodeAccepted,
    /// A sign-in was finished with a recovery code.
    RecoveryCodeSpent,
    /// An operator gave the budgets of an account, an address, a name or the tenant back.
    BudgetsCleared,
    /// Sessions were ended, and nothing else.
    SessionsEnded,
    /// The password has to be replaced at the next sign-in.
    NewPasswordRequired,
    /// Everything stored about an account was removed.
    AccountErased,
    /// A link was made that invites somebody to set a first password.
    Invited,
}

impl AuditKind {
    /// Every kind.
    pub const ALL: [Self; 19] = [
        Self::PasswordReset,
        Self::PasswordChanged,
        Self::AccessRevoked,
        Self::PasswordForgotten,
        Self::SecondFactorForgotten,
        Self::LinksRevoked,
        Self::AuthenticatorAdded,
        Self::AuthenticatorReplaced,
        Self::AuthenticatorRenamed,
        Self::AuthenticatorRemoved,
        Self::AuthenticatorResynchronised,
        Self::RecoveryCodesRenewed,
        Self::CodeAccepted,
        Self::RecoveryCodeSpent,
        Self::BudgetsCleared,
        Self::SessionsEnded,
        Self::NewPasswordRequired,
        Self::AccountErased,
        Self::Invited,
    ];

    /// The stable name under which the kind is stored.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::PasswordReset => "password-reset",
            Self::PasswordChanged => "password-changed",
            Self::AccessRevoked => "access-revoked",
            Self::PasswordForgotten => "password-forgotten",
            Self::SecondFactorForgotten => "second-factor-forgotten",
            Self::LinksRevoked => "links-revoked",
            Self::AuthenticatorAdded => "authenticator-added",
            Self::AuthenticatorReplaced => "authenticator-replaced",
            Self::AuthenticatorRenamed => "authenticator-renamed",
            Self::AuthenticatorRemoved => "authenticator-removed",
            Self::AuthenticatorResynchronised => "authenticator-resynchronised",
            Self::RecoveryCodesRenewed => "recovery-codes-renewed",
            Self::CodeAccepted => "code-accepted",
            Self::RecoveryCodeSpent => "recovery-code-spent",
            Self::BudgetsCleared => "budgets-cleared",
            Self::SessionsEnded => "sessions-ended",
            Self::NewPasswordRequired => "new-password-required",
            Self::AccountErased => "account-erased",
            Self::Invited => "invited",
        }
    }

    /// The kind of a stored name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}

/// One line of the trail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditRow {
    /// Rising number within the store.
    pub number: u64,
    /// A random id that the store gave it. With [`at`](Self::at) it orders the rows, on every database.
    pub id: Id,
    /// Seconds since the Unix epoch.
    pub at: u64,
    /// What happened.
    pub kind: AuditKind,
    /// To whom, as a keyed hash: the trail holds no name and no address.
    pub subject: Subject,
    /// Who did it, as a keyed hash, if it was somebody else.
    pub actor: Option<Subject>,
    /// Why, in the words of the actor.
    pub reason: Option<AuditReason>,
}

/// Why somebody did it: at most [`MAX_AUDIT_REASON`] characters and no control character.
///
/// ```
/// use slotwerk_store::AuditReason;
/// assert!(AuditReason::new("lost phone, ticket 4711").is_ok());
/// assert!(AuditReason::new("x".repeat(201)).is_err());
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct AuditReason(String);

impl AuditReason {
    /// Takes the words of the actor.
    ///
    /// # Errors
    ///
    /// [`InvalidAuditReason`] if there are more than [`MAX_AUDIT_REASON`] characters, or a control character.
    pub fn new(text: impl Into<String>) -> Result<Self, InvalidAuditReason> {
        let text = text.into();
        let fits = text.chars().count() <= MAX_AUDIT_REASON && !text.chars().any(char::is_control);
        if fits {
            Ok(Self(text))
        } else {
            Err(InvalidAuditReason)
        }
    }

    /// The words.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for AuditReason {
    /// Leaves the words out: an actor may have written a name into them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AuditReason({} characters)", self.0.chars().count())
    }
}

/// A reason is longer than [`MAX_AUDIT_REASON`] characters, or holds a control character.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a reason must have at most {MAX_AUDIT_REASON} characters and no control character")]
pub struct InvalidAuditReason;
