//! Asking for a new password at the next sign-in.

use crate::{AccountKey, AuditReason, NewJob, Subject};

/// See [`Store::require_new_password`](crate::Store::require_new_password).
#[derive(Clone, Debug)]
pub struct RequireNewPassword {
    /// Whose.
    pub account: AccountKey,
    /// The notice to the person, queued in the same transaction if the mark is new.
    pub notice: Option<NewJob>,
    /// Whose, for the audit trail.
    pub subject: Subject,
    /// Who asks for it, if it is somebody else.
    pub actor: Option<Subject>,
    /// Why.
    pub reason: Option<AuditReason>,
    /// Seconds since the Unix epoch.
    pub now: u64,
}

/// Whether a new password is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum NewPasswordRequired {
    /// From now on.
    Required,
    /// It was already; nothing has changed.
    Already,
    /// The account has no password to replace; nothing has changed.
    NoPassword,
}
