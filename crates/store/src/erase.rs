//! Erasing an account, and giving out what is known of it.

use crate::{
    AccountKey, AttemptKey, AuditReason, AuditRow, MailState, PasswordStanding, SessionData, Stage,
    Subject,
};

/// See [`Store::erase_account`](crate::Store::erase_account).
#[derive(Clone, Debug)]
pub struct EraseAccount {
    /// Whose.
    pub account: AccountKey,
    /// The budgets of the account. The store does not know whose a budget is.
    pub budgets: Vec<AttemptKey>,
    /// Whose, for the audit trail.
    pub subject: Subject,
    /// Who erases it, if it is somebody else.
    pub actor: Option<Subject>,
    /// Why.
    pub reason: Option<AuditReason>,
    /// Seconds since the Unix epoch.
    pub now: u64,
}

/// An account was erased.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AccountErased {
    /// The epoch from now on. What was issued before was issued under an earlier one.
    pub epoch: u64,
    /// How many rows went, budgets included. The row that keeps the epoch does not count.
    pub rows: u64,
}

/// See [`Store::export_account`](crate::Store::export_account).
#[derive(Clone, Debug)]
pub struct ExportAccount {
    /// Whose.
    pub account: AccountKey,
    /// The subjects under which the audit trail knows the account: one for each usable key.
    pub subjects: Vec<Subject>,
}

/// What the store has about an account: times, counts and names. It holds no hash, no sealed secret and no token.
///
/// Rows that are over but not purged yet are part of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AccountExport {
    /// The epoch.
    pub epoch: u64,
    /// Whether there is a password.
    pub has_password: bool,
    /// When the password was set.
    pub password_set_at: Option<u64>,
    /// Whether a check of the password is due again.
    pub recheck: bool,
    /// Whether the password has to be replaced at the next sign-in.
    pub must_change: bool,
    /// When each past password was replaced, newest first.
    pub past_passwords: Vec<u64>,
    /// When each reset link ends, soonest first.
    pub links: Vec<u64>,
    /// Sign-ins in flight, those that end soonest first.
    pub tickets: Vec<ExportedTicket>,
    /// The enrolment that waits for its first code.
    pub enrolment: Option<ExportedEnrolment>,
    /// Active authenticators, oldest first.
    pub authenticators: Vec<ExportedAuthenticator>,
    /// How many recovery codes are left.
    pub recovery_codes: u32,
    /// Sessions, oldest first.
    pub sessions: Vec<ExportedSession>,
    /// The newest audit rows of the subjects, newest first, at most
    /// [`MAX_AUDIT_PAGE`](crate::MAX_AUDIT_PAGE). [`Store::audit_page`](crate::Store::audit_page) gives older ones.
    pub audit: Vec<AuditRow>,
}

/// A sign-in in flight.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExportedTicket {
    /// What it asks for.
    pub stage: Stage,
    /// What was learned about the password.
    pub standing: PasswordStanding,
    /// Over from this second on.
    pub expires_at: u64,
}

/// An enrolment that waits for its first code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExportedEnrolment {
    /// Where its mail is.
    pub mail: MailState,
    /// Over from this second on.
    pub expires_at: u64,
}

/// An active authenticator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExportedAuthenticator {
    /// What the person calls it.
    pub name: Option<String>,
    /// When it became active.
    pub added_at: u64,
    /// When a code of it was last accepted.
    pub used_at: u64,
}

/// A session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExportedSession {
    /// When the person signed in.
    pub created_at: u64,
    /// The last touch.
    pub touched_at: u64,
    /// Over from this second on.
    pub expires_at: u64,
    /// What the host keeps with it. The host decides what of it is given out.
    pub data: SessionData,
}
