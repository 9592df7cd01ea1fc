//! Events: the true reasons, for the operator's eyes and the host's reactions.

use crate::audit::CheckpointMark;
use crate::directory::AccountProblem;
use crate::mail_problem::MailProblem;
use crate::not_me::NotMeEffect;
use slotwerk_store::PasswordStanding;
use std::fmt;

/// Takes events. It must not fail and should not wait: it is called on the request's path.
pub trait EventSink: Send + Sync + 'static {
    /// Takes one event.
    fn record(&self, event: &Event);
}

impl<F: Fn(&Event) + Send + Sync + 'static> EventSink for F {
    fn record(&self, event: &Event) {
        self(event);
    }
}

/// Something that happened, and to whom.
///
/// An event names tenant and account by their opaque ids; it never holds an address, a login name, a
/// token, a password or a code.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Event {
    /// The tenant; `None` where the event is about the service as a whole.
    pub tenant: Option<String>,
    /// The account, where one is known.
    pub account: Option<String>,
    /// What happened.
    pub kind: EventKind,
}

impl Event {
    pub(crate) fn new(tenant: Option<&str>, account: Option<&str>, kind: EventKind) -> Self {
        Self {
            tenant: tenant.map(str::to_owned),
            account: account.map(str::to_owned),
            kind,
        }
    }
}

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum EventKind {
    /// A reset request waits in the outbox.
    ResetRequested,
    /// A reset request was dropped because the tenant's outbox is full.
    ResetDroppedOutboxFull,
    /// A reset request was dropped because the client's budget is used up.
    ResetDroppedClient,
    /// A reset request was dropped because links for this name were asked for too often.
    ResetDroppedName,
    /// A reset request named no account, or a disabled one. No mail goes out.
    ResetNoAccount,
    /// A reset request was dropped because the account's mail budget or its live links are used up.
    ResetDroppedAccount,
    /// A mail with a link waits because the tenant's budget of mails is used up. Somebody may be asking for
    /// links for everybody.
    ResetDelayedTenant,
    /// A mail left.
    MailSent,
    /// A mail could not leave and is tried again. Its set-up page says so.
    MailPostponed(MailProblem),
    /// The worker gave a mail up: after one attempt if it can never leave, after 13 attempts in an hour and a half,
    /// or after seven days of waiting for its tenant. Its set-up page says so.
    MailAbandoned(MailProblem),
    /// The directory returned an account that Slotwerk cannot use as it is. With a wrong mail address, no mail
    /// reaches it.
    AccountUnfit(AccountProblem),
    /// A reset link was refused.
    ResetLinkInvalid(InvalidLink),
    /// A password was refused by the policy; the link lives on.
    PasswordRejected,
    /// New passwords were compared with earlier ones too often; nothing was compared now. Somebody may be
    /// guessing them.
    ReuseChecksUsedUp,
    /// A password was set through a link. Sessions with an older epoch are over.
    PasswordReset,
    /// A password was set by the host or by the person. Sessions with an older epoch are over.
    PasswordChanged,
    /// Access was revoked. Sessions with an older epoch are over.
    AccessRevoked,
    /// Every authenticator and recovery code of an account was taken away by the host. Sessions with an older
    /// epoch are over.
    SecondFactorForgotten,
    /// The owner says that something was somebody else's doing. Sessions with an older epoch are over if
    /// the account was locked.
    NotMe(NotMeEffect),
    /// A stored hash was replaced by a stronger one.
    HashUpgraded,
    /// A stored hash is not one that can be verified; the sign-in was refused.
    HashUnusable,
    /// A sign-in was refused.
    SignInRejected(RejectedSignIn),
    /// A password was right; the second factor comes next.
    PasswordAccepted,
    /// A sign-in was finished.
    SignedIn(Factor),
    /// An enrolment was begun.
    EnrolmentBegun,
    /// An enrolment's material was asked for again.
    EnrolmentResent,
    /// An authenticator became active.
    AuthenticatorAdded,
    /// An authenticator took the place of another. Sessions with an older epoch are over.
    AuthenticatorReplaced,
    /// An authenticator was given another name.
    AuthenticatorRenamed,
    /// An authenticator was removed. Sessions with an older epoch are over.
    AuthenticatorRemoved,
    /// The secret of an authenticator cannot be opened: its key was revoked, or the row was altered. Its
    /// owner gets in with a recovery code and replaces it.
    AuthenticatorUnreadable,
    /// Recovery codes were made anew.
    RecoveryCodesRenewed,
    /// A code was refused.
    CodeRejected(RejectedCode),
    /// The ticket of a sign-in was presented and is over, or is none.
    TicketInvalid,
    /// The host's source of tenants failed. The tenant goes on with the settings of before for an hour.
    TenantSourceFailed,
    /// The source gave a tenant that does not fit this service, such as one whose rules need a breach check that
    /// the service does not have. The tenant goes on with the settings of before for an hour, if it had any.
    TenantUnfit,
    /// A tenant was loaded whose issuer another loaded tenant has. In some authenticator apps the one's entry
    /// replaces the other's.
    IssuerShared,
    /// The worker could not reach the outbox; it goes on trying.
    OutboxUnreachable,
    /// The store could not charge an attempt. Nothing was looked at: sign-ins, codes, links and new
    /// passwords are faults until it can.
    BudgetsUnreachable,
    /// An operator cleared the budgets of an account, a login name, an address or the tenant.
    BudgetsCleared,
    /// The host asked for a new password at the next sign-in.
    NewPasswordRequired,
    /// The host ended one session of an account.
    SessionEnded,
    /// The host ended every session of an account.
    SessionsEnded,
    /// The host invited somebody; the mail waits in the outbox.
    Invited,
    /// The host erased everything stored about an account.
    AccountErased,
    /// The host took what is stored about an account.
    AccountExported,
    /// The worker covered rows of the audit trail with a checkpoint. Keep its mark outside the database.
    AuditSealed {
        /// The checkpoint, to keep outside the database.
        mark: CheckpointMark,
    },
    /// The worker could not cover rows of the audit trail; it goes on trying.
    AuditNotSealed,
    /// Rows or checkpoints of the audit trail were altered or removed. The worker looks at the last checkpoint only; a
    /// [verification](crate::Admin::verify_audit) names what was altered.
    AuditChainBroken,
    /// The breach check gave no answer.
    BreachCheckFailed,
    /// Somebody signed in, or is about to, with a password that should be replaced.
    PasswordStanding(PasswordStanding),
    /// The hashing pool is full; the person was asked to try again.
    Busy,
    /// A stored time lies further ahead than an honest clock could have written it. The clock of a node
    /// ran ahead, or still does. The time was disbelieved.
    ClockRanAhead(StoredTime),
}

/// Which stored time was disbelieved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum StoredTime {
    /// The state of an attempt budget. The charge that found it has corrected it.
    Budget,
    /// The last accepted TOTP step of an authenticator. The attempt that found it has corrected it.
    CodeStep,
    /// The expiry of a mailed link. The link is invalid.
    Link,
    /// The expiry of a sign-in ticket. The ticket is invalid.
    Ticket,
    /// The expiry of a pending enrolment. The enrolment is invalid.
    Enrolment,
    /// The lease or the earliest start of a job in the outbox. The job is ready.
    Job,
    /// The expiry of a known browser's token. The token is invalid.
    KnownBrowser,
    /// The expiry of a trusted browser's token. The token is invalid.
    TrustedBrowser,
    /// The expiry of a "this wasn't me" link. The link is invalid.
    Report,
    /// The time in a session at which a factor was shown. The person shows it again.
    Session,
}

/// Why a reset link was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum InvalidLink {
    /// The token itself: malformed, forged, expired, or of a revoked key.
    Token(slotwerk_reset::Reason),
    /// The token is genuine, but used or outlived by a change.
    NotLive,
    /// The account is gone, disabled, or has another mail address now.
    Account,
}

/// Why a sign-in was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RejectedSignIn {
    /// Nobody has this login name.
    UnknownAccount,
    /// The account is disabled.
    Disabled,
    /// The account has no password yet.
    NoPassword,
    /// The password is wrong.
    WrongPassword,
    /// The account's budget is used up; nothing was checked.
    Throttled,
    /// The budget of the client's address is used up; nothing was checked. Somebody may be trying one
    /// password on many accounts.
    ClientThrottled,
}

/// Why a code was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RejectedCode {
    /// It is not a code of now.
    Wrong,
    /// It is a code that was already accepted, or has just rolled over.
    Stale,
    /// The budget is used up; nothing was checked.
    Throttled,
    /// The authenticator has had the failures of its life; nothing was checked. Its owner needs another one.
    Spent,
}

/// What finished a sign-in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Factor {
    /// The password alone: this tenant asks for no second factor.
    PasswordOnly,
    /// The password, in a browser that this tenant trusts. The person showed no second factor.
    TrustedBrowser,
    /// A code of an authenticator app.
    Totp,
    /// Two codes in a row of an authenticator app whose clock is far off.
    TotpResynchronised,
    /// The first code of a new authenticator.
    TotpEnrolment,
    /// A recovery code.
    RecoveryCode,
}

/// Drops every event.
pub(crate) struct NoEvents;

impl EventSink for NoEvents {
    fn record(&self, _: &Event) {}
}

impl fmt::Debug for dyn EventSink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EventSink")
    }
}
