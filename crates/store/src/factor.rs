//! Authenticators and recovery codes.

use crate::expiry::latest_expiry;
use crate::{
    AccountKey, AuthenticatorKind, BudgetChanges, CodeDigest, Id, MailState, NewJob, Stage,
    Subject, TokenHash, UnknownKind,
};

/// An active authenticator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authenticator {
    /// Random id, the same as its enrolment had.
    pub id: Id,
    /// What it is. Of an [`UnknownKind`] only id, ordinal, name and times say something.
    pub kind: Result<AuthenticatorKind, UnknownKind>,
    /// The sealed data of its kind, bound to tenant, account and id by the caller.
    pub sealed: Vec<u8>,
    /// TOTP: the last step accepted; nothing at or below it is accepted again.
    pub watermark: u64,
    /// TOTP: the learned clock drift in steps.
    pub drift: i8,
    /// TOTP: the watermark that was disbelieved last, because a clock ran ahead. This step is never accepted.
    pub disbelieved: Option<u64>,
    /// Tells the account's authenticators apart in the app: see [`PendingEnrolment::ordinal`].
    pub ordinal: u32,
    /// What the person calls it, in at most 256 characters: a longer one is a fault of a store that has no
    /// room for it. Stored as it is.
    pub name: Option<String>,
    /// When it became active (Unix time).
    pub added_at: u64,
    /// When a code of it was last accepted (Unix time).
    pub used_at: u64,
}

/// An enrolment that waits for its first correct code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PendingEnrolment {
    /// Random id.
    pub id: Id,
    /// What it will be.
    pub kind: AuthenticatorKind,
    /// The sealed data of its kind.
    pub sealed: Vec<u8>,
    /// The ticket it was begun under.
    pub ticket: TokenHash,
    /// Whether it is of any ticket of the account, since only a mailbox ever shows it. Otherwise it is of its own.
    pub shared: bool,
    /// Where its mail is.
    pub mail: MailState,
    /// Gone from this second on.
    pub expires_at: u64,
    /// Tells the account's authenticators apart in the app. The store sets it and ignores the
    /// value of the offer: one more than the highest ordinal of an active authenticator, so 1 for the first.
    pub ordinal: u32,
}

impl PendingEnrolment {
    /// Whether the expiry lies further ahead than an honest clock could have written it. The enrolment is
    /// invalid then: [`Store::begin_enrolment`](crate::Store::begin_enrolment) replaces it, and
    /// [`Store::confirm_enrolment`](crate::Store::confirm_enrolment) does not find it.
    #[must_use]
    pub fn expires_too_late(&self, now: u64) -> bool {
        self.expires_at > latest_expiry(now)
    }
}

/// See [`Store::begin_enrolment`](crate::Store::begin_enrolment).
#[derive(Clone, Debug)]
pub struct BeginEnrolment {
    /// The stage of the ticket, which must be live: `Enrol` or `Manage`. The ticket is that of the offer.
    pub stage: Stage,
    /// Whose; a guard on the ticket.
    pub account: AccountKey,
    /// The enrolment to record. One that was begun under another ticket is resumed if both are shared. If not,
    /// the offer takes its place: what somebody else may have seen is not what this person activates.
    pub offer: PendingEnrolment,
    /// The most authenticators that may be active already; with stage `Enrol`, none.
    pub most_active: u32,
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
    /// One that was already pending, begun under this ticket or shared by both; the offer was dropped.
    Resumed(PendingEnrolment),
    /// More authenticators are active than may be; nothing was recorded.
    TooMany,
    /// The ticket is not live; nothing was recorded.
    TicketInvalid,
}

/// See [`Store::confirm_enrolment`](crate::Store::confirm_enrolment).
#[derive(Clone, Debug)]
pub struct ConfirmEnrolment {
    /// The ticket under which it happens. One of stage `Enrol` is spent: the sign-in is complete.
    pub ticket: TokenHash,
    /// The stage of the ticket, which must be live: `Enrol` or `Manage`.
    pub stage: Stage,
    /// Whose; a guard on ticket and enrolment.
    pub account: AccountKey,
    /// Which pending enrolment the code was checked against; a guard.
    pub enrolment: Id,
    /// What the person calls it.
    pub name: Option<String>,
    /// The most authenticators that may be active already, the replaced one aside; with stage `Enrol`,
    /// none at all: there nobody has shown a second factor yet.
    pub most_active: u32,
    /// The authenticator that it takes the place of. That one is gone afterwards, and access is revoked:
    /// the epoch moves on, and every reset link, ticket and pending enrolment dies.
    pub replaces: Option<Id>,
    /// Whether it ends every session, link and ticket of the account, as a replacement always does. So a first
    /// authenticator ends the sessions of whoever had the password alone.
    pub revokes: bool,
    /// The step of the accepted code: the first watermark.
    pub step: u64,
    /// The clock drift seen, in steps.
    pub drift: i8,
    /// The recovery codes that replace any older ones; `None` leaves those.
    pub recovery_codes: Option<HashedCodes>,
    /// Budgets that change if the command succeeds.
    pub budgets: BudgetChanges,
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
    /// It is active.
    Confirmed {
        /// The credential epoch from now on.
        epoch: u64,
    },
    /// No such pending enrolment, or it has expired; nothing has changed.
    Gone,
    /// More authenticators are active than may be; nothing has changed.
    TooMany,
    /// The one to replace is not an active authenticator of this account; nothing has changed.
    NothingToReplace,
    /// The ticket is not live; nothing has changed.
    TicketInvalid,
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
    /// The step of the accepted code: the new watermark, if it is above the old one and is not
    /// [`Authenticator::disbelieved`].
    pub step: u64,
    /// The clock drift seen, in steps.
    pub drift: i8,
    /// Whether two codes in a row were given to find the drift; for the audit trail.
    pub resynchronised: bool,
    /// Budgets that change if the command succeeds.
    pub budgets: BudgetChanges,
    /// The notice to the person, queued in the same transaction.
    pub notice: Option<NewJob>,
    /// Who, for the audit trail.
    pub subject: Subject,
    /// Seconds since the Unix epoch; also [`Authenticator::used_at`] from now on.
    pub now: u64,
}

/// Whether a step was accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum StepAdvanced {
    /// The watermark moved and the sign-in is finished under this credential epoch.
    Advanced {
        /// The credential epoch.
        epoch: u64,
    },
    /// The step is at or below the watermark or is the disbelieved one, or the authenticator is gone; nothing
    /// has changed.
    Replayed,
    /// The ticket is not live; nothing has changed.
    TicketInvalid,
}

/// See [`Store::move_watermark`](crate::Store::move_watermark).
#[derive(Clone, Debug)]
pub struct MoveWatermark {
    /// Whose; a guard on the authenticator.
    pub account: AccountKey,
    /// The authenticator.
    pub authenticator: Id,
    /// The watermark that the caller read; the guard.
    pub expected: u64,
    /// The watermark from now on, higher or lower.
    pub watermark: u64,
    /// [`Authenticator::disbelieved`] from now on.
    pub disbelieved: Option<u64>,
}

/// Whether a watermark was moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum WatermarkMoved {
    /// It was.
    Moved,
    /// The watermark is not the expected one, or the authenticator is gone; nothing has changed.
    Stale,
}

/// The recovery codes that are issued together, as a store keeps them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HashedCodes {
    /// How each code was hashed before its digest was made: parameters and the salt of the set, as the caller
    /// wrote them, in at most 128 bytes. A longer one is a fault of a store that has no room for it. It holds
    /// no secret.
    pub hashing: String,
    /// The digest of each code.
    pub digests: Vec<CodeDigest>,
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
    /// Budgets that change if the command succeeds.
    pub budgets: BudgetChanges,
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
    /// It is spent, and the sign-in is finished under this credential epoch.
    Spent {
        /// How many are left.
        remaining: u32,
        /// The credential epoch.
        epoch: u64,
    },
    /// No such unspent code; nothing has changed.
    Unknown,
    /// The ticket is not live; nothing has changed.
    TicketInvalid,
}

/// See [`Store::rename_authenticator`](crate::Store::rename_authenticator).
#[derive(Clone, Debug)]
pub struct RenameAuthenticator {
    /// Must be live and of stage `Manage`; it is not spent.
    pub ticket: TokenHash,
    /// Whose; a guard on ticket and authenticator.
    pub account: AccountKey,
    /// Which.
    pub authenticator: Id,
    /// What the person calls it from now on.
    pub name: Option<String>,
    /// Who, for the audit trail.
    pub subject: Subject,
    /// Seconds since the Unix epoch.
    pub now: u64,
}

/// Whether an authenticator has its new name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum AuthenticatorRenamed {
    /// It has.
    Renamed,
    /// No such authenticator of this account; nothing has changed.
    Unknown,
    /// The ticket is not live; nothing has changed.
    TicketInvalid,
}

/// See [`Store::remove_authenticator`](crate::Store::remove_authenticator).
#[derive(Clone, Debug)]
pub struct RemoveAuthenticator {
    /// Must be live and of stage `Manage`.
    pub ticket: TokenHash,
    /// Whose; a guard on ticket and authenticator.
    pub account: AccountKey,
    /// Which.
    pub authenticator: Id,
    /// Whether the last one may go.
    pub last_may_go: bool,
    /// The notice to the person, queued in the same transaction.
    pub notice: Option<NewJob>,
    /// Who, for the audit trail.
    pub subject: Subject,
    /// Seconds since the Unix epoch.
    pub now: u64,
}

/// Whether an authenticator is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum AuthenticatorRemoved {
    /// It is gone, and access is revoked.
    Removed {
        /// How many are left.
        left: u32,
        /// The credential epoch from now on.
        epoch: u64,
    },
    /// It is the last one, which may not go; nothing has changed.
    Last,
    /// No such authenticator of this account; nothing has changed.
    Unknown,
    /// The ticket is not live; nothing has changed.
    TicketInvalid,
}

/// See [`Store::renew_recovery_codes`](crate::Store::renew_recovery_codes).
#[derive(Clone, Debug)]
pub struct RenewRecoveryCodes {
    /// Must be live and of stage `Manage`; it is not spent.
    pub ticket: TokenHash,
    /// Whose; a guard on the ticket.
    pub account: AccountKey,
    /// The set to replace; a guard. Of several renewals of one set, the first one counts.
    pub replaces: ReplacedCodes,
    /// The new codes.
    pub recovery_codes: HashedCodes,
    /// Budgets that change if the command succeeds.
    pub budgets: BudgetChanges,
    /// The notice to the person, queued in the same transaction.
    pub notice: Option<NewJob>,
    /// Who, for the audit trail.
    pub subject: Subject,
    /// Seconds since the Unix epoch.
    pub now: u64,
}

/// The recovery codes that a renewal replaces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReplacedCodes {
    /// Whatever set there is.
    Any,
    /// The set that was [hashed](HashedCodes::hashing) so, under a salt of its own. `None`: no code was left.
    Set(Option<String>),
}

/// Whether the recovery codes are new.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum RecoveryCodesRenewed {
    /// The new ones are stored, and none of the old ones is left.
    Renewed,
    /// The account has another set than the one to replace; nothing has changed.
    OtherSet,
    /// The ticket is not live; nothing has changed.
    TicketInvalid,
}
