//! Authenticators and recovery codes.

use crate::{AccountKey, CodeDigest, Id, NewJob, Subject, TokenHash};

/// An active authenticator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authenticator {
    /// Random id, the same as its enrolment had.
    pub id: Id,
    /// The sealed secret, bound to tenant, account and id by the caller.
    pub sealed: Vec<u8>,
    /// The last TOTP step accepted; nothing at or below it is accepted again.
    pub watermark: u64,
    /// The learned clock drift in steps.
    pub drift: i8,
}

/// An enrolment that waits for its first correct code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PendingEnrolment {
    /// Random id.
    pub id: Id,
    /// The sealed secret.
    pub sealed: Vec<u8>,
    /// Gone from this second on.
    pub expires_at: u64,
}

/// See [`Store::begin_enrolment`](crate::Store::begin_enrolment).
#[derive(Clone, Debug)]
pub struct BeginEnrolment {
    /// The sign-in in which it happens; must be live and of stage `Enrol`.
    pub ticket: TokenHash,
    /// Whose; a guard on the ticket.
    pub account: AccountKey,
    /// The enrolment to record.
    pub offer: PendingEnrolment,
    /// Whether a pending enrolment with another id is resumed. If not, the offer takes its place: what
    /// somebody else may have seen is not what this person activates.
    pub resume: bool,
    /// The set-up mail, queued in the same transaction and only if the offer was taken.
    pub mail: Option<NewJob>,
    /// Seconds since the Unix epoch.
    pub now: u64,
}

/// What is pending now.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub enum EnrolmentBegun {
    /// The offered one.
    Begun(PendingEnrolment),
    /// One that was already pending, under any id if resuming was allowed and under the offer's own
    /// otherwise; the offer was dropped.
    Resumed(PendingEnrolment),
    /// The account has an active authenticator; nothing was recorded.
    AlreadyActive,
    /// The ticket is not live; nothing was recorded.
    TicketDead,
}

/// See [`Store::confirm_enrolment`](crate::Store::confirm_enrolment).
#[derive(Clone, Debug)]
pub struct ConfirmEnrolment {
    /// The sign-in that it completes.
    pub ticket: TokenHash,
    /// Whose; a guard on ticket and enrolment.
    pub account: AccountKey,
    /// Which pending enrolment the code was checked against; a guard.
    pub enrolment: Id,
    /// The step of the accepted code: the first watermark.
    pub step: u64,
    /// The clock drift seen, in steps.
    pub drift: i8,
    /// The digests of the recovery codes that replace any older ones.
    pub recovery_codes: Vec<CodeDigest>,
    /// The notice to the person, queued in the same transaction.
    pub notice: Option<NewJob>,
    /// Who, for the audit trail.
    pub subject: Subject,
    /// Seconds since the Unix epoch.
    pub now: u64,
}

/// Whether an enrolment became active.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum EnrolmentConfirmed {
    /// It is active, and the sign-in is finished under this credential version.
    Confirmed {
        /// The credential version.
        version: u64,
    },
    /// No such pending enrolment, or it has expired; nothing has changed.
    Gone,
    /// The account has an active authenticator; nothing has changed.
    AlreadyActive,
    /// The ticket is not live; nothing has changed.
    TicketDead,
}

/// See [`Store::advance_totp_step`](crate::Store::advance_totp_step).
#[derive(Clone, Debug)]
pub struct AdvanceTotpStep {
    /// The sign-in that it completes; must be live and of stage `Verify`.
    pub ticket: TokenHash,
    /// Whose; a guard on ticket and authenticator.
    pub account: AccountKey,
    /// Which authenticator the code was checked against.
    pub authenticator: Id,
    /// The step of the accepted code: the new watermark, if it is above the old one.
    pub step: u64,
    /// The clock drift seen, in steps.
    pub drift: i8,
    /// Who, for the audit trail.
    pub subject: Subject,
    /// Seconds since the Unix epoch.
    pub now: u64,
}

/// Whether a step was accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum StepAdvanced {
    /// The watermark moved and the sign-in is finished under this credential version.
    Advanced {
        /// The credential version.
        version: u64,
    },
    /// The step is at or below the watermark, or the authenticator is gone; nothing has changed.
    Replayed,
    /// The ticket is not live; nothing has changed.
    TicketDead,
}

/// See [`Store::spend_recovery_code`](crate::Store::spend_recovery_code).
#[derive(Clone, Debug)]
pub struct SpendRecoveryCode {
    /// The sign-in that it completes; must be live and of stage `Verify`.
    pub ticket: TokenHash,
    /// Whose; a guard on ticket and code.
    pub account: AccountKey,
    /// The digests the code may be stored under: one per usable key.
    pub digests: Vec<CodeDigest>,
    /// The notice to the person, queued in the same transaction.
    pub notice: Option<NewJob>,
    /// Who, for the audit trail.
    pub subject: Subject,
    /// Seconds since the Unix epoch.
    pub now: u64,
}

/// Whether a recovery code was spent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum RecoveryCodeSpent {
    /// It is spent, and the sign-in is finished under this credential version.
    Spent {
        /// How many are left.
        remaining: u32,
        /// The credential version.
        version: u64,
    },
    /// No such unspent code; nothing has changed.
    Unknown,
    /// The ticket is not live; nothing has changed.
    TicketDead,
}
