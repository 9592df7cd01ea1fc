//! The storage contract of Slotwerk: one atomic command per transition, and the in-memory store.
//!
//! Everything Slotwerk must remember between two requests passes through the [`Store`] trait. The
//! trait has no get-then-put: each method that changes something is one transition with its guard
//! inside, and the outcome it returns *is* the verdict.
//!
//! ```
//! use slotwerk_store::{AttemptKey, Charged, ChargeAttempts, MemoryStore, Store};
//! use slotwerk_throttle::Budget;
//! use std::time::Duration;
//!
//! # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
//! let store = MemoryStore::new();
//! let budget = Budget::new(1, Duration::from_secs(60)).unwrap();
//! let charge = ChargeAttempts::one(AttemptKey::durable([7; 32]), budget, 1_000);
//! assert!(matches!(store.charge_attempts(&charge).await.unwrap()[..], [Charged::Granted { .. }]));
//! assert!(matches!(store.charge_attempts(&charge).await.unwrap()[..], [Charged::Denied { .. }]));
//! # });
//! ```
//!
//! # Rules for an implementation
//!
//! * **One transaction per method.** Either every row that the method's text names has changed, or
//!   none has. A crash between two writes leaves neither.
//! * **The guard is part of the write.** `UPDATE … SET used_at = now WHERE … AND used_at IS NULL`, and the
//!   count of changed rows is the verdict. That holds under `READ COMMITTED` and on every node.
//! * **Take the account's lock before counting rows.** The same goes for a ticket that use does not consume
//!   ([`Stage::Manage`]): no write of its own changes it. Lock the row that every change of the account's
//!   epoch writes, and change that row. Of two transactions the second then sees what the first has done. A
//!   cluster that certifies changed rows does not see a lock that writes the same value.
//! * **Lock budgets last, in the order of their keys.** A command that holds a budget then waits for no other
//!   row, and two commands never wait for each other in a circle.
//! * **Every budget is durable in a store.** Only a layer over a store may keep a budget elsewhere, and only one
//!   whose key [may be lost](Durability::MayBeLost). A store ignores the mark: it knows a budget by the 32 bytes.
//! * **A success settles its own charges.** The [`BudgetChanges`] of a command are part of its transaction. A
//!   command that is rejected leaves every budget alone.
//! * **Order by time and id.** Numbers that a database hands out are not the order of commits on several nodes.
//! * **Faults are not verdicts.** A conflict, a busy database or a lost connection is a [`StoreError`],
//!   never `Invalid`, `Replayed` or `Unknown`.
//! * **A lost answer is in doubt.** Report [`InDoubt`](ErrorKind::InDoubt) unless the error of the commit proves
//!   that nothing has changed. Every other kind of fault says that nothing has.
//! * **Clocks are wrong sometimes.** A link, a ticket or a pending enrolment is valid [before its
//!   expiry](is_in_time). It is invalid while its expiry lies beyond the [latest](latest_expiry) that a right
//!   clock can have written. The next write that meets such a row deletes it.
//! * **An unknown kind hides nothing.** A later version may have written an [`AuthenticatorKind`] that this one
//!   does not know. List it with [`UnknownKind`] and count it.
//! * **No default bodies.** A store that forgets a method does not compile.
//!
//! Commands and outcomes are deliberately *not* `#[non_exhaustive]`: a field added to a command is a
//! guard that every store has to honour, so every store has to be looked at again.
//!
//! `slotwerk-testkit` holds the conformance suite for implementations, third parties' included.
//!
//! # What it does not protect against
//!
//! A store sees hashes, sealed secrets and opaque ids. It never sees a token, a TOTP secret, a recovery code
//! or a mail address in the clear. It cannot protect the *integrity* of its rows: an attacker who can write to
//! the database can replace a password hash. It does not keep your users either: those stay with the host.
//!
//! Past passwords are hashes that can be attacked offline like the current one, and people use them
//! elsewhere. Keep no more of them than a rule asks for.
#![cfg_attr(docsrs, feature(doc_cfg))]

mod attempt;
mod audit;
mod audit_page;
mod checkpoint;
mod credential;
mod erase;
mod error;
mod expiry;
mod factor;
mod history;
mod id;
mod kind;
mod memory;
mod must_change;
mod outbox;
mod overview;
mod reset;
mod sealed;
mod session;
mod ticket;

pub use attempt::{
    BudgetChanges, BudgetCharge, BudgetCharges, BudgetWrite, ChargeAttempts, ChargeDecision,
    Charged, ClearAttempts, OnDenial, SettleAttempt, TooManyCharges,
};
pub use audit::{AuditKind, AuditReason, AuditRow, InvalidAuditReason, MAX_AUDIT_REASON};
pub use audit_page::{AuditPage, MAX_AUDIT_PAGE};
pub use checkpoint::{
    AuditRecord, AuditSealed, AuditTenants, Checkpoint, MAX_CHECKPOINT_PAGE, MAX_CHECKPOINT_ROWS,
    SealAudit, SealedAudit, UnsealedAudit,
};
pub use credential::{
    AccessRevoked, ChangePassword, ClearRecheck, Credential, Forget, HashReplaced, PasswordChanged,
    RecheckCleared, ReplaceHash, RevokeAccess,
};
pub use erase::{
    AccountErased, AccountExport, EraseAccount, ExportAccount, ExportedAuthenticator,
    ExportedEnrolment, ExportedSession, ExportedTicket,
};
pub use error::{ErrorKind, StoreError};
pub use expiry::{CLOCK_TOLERANCE, LONGEST_LIFE, is_in_time, latest_expiry};
pub use factor::{
    AdvanceTotpStep, Authenticator, AuthenticatorRemoved, AuthenticatorRenamed, BeginEnrolment,
    ConfirmEnrolment, EnrolmentBegun, EnrolmentConfirmed, HashedCodes, MoveWatermark,
    PendingEnrolment, RecoveryCodeSpent, RecoveryCodesRenewed, RemoveAuthenticator,
    RenameAuthenticator, RenewRecoveryCodes, ReplacedCodes, SpendRecoveryCode, StepAdvanced,
    WatermarkMoved,
};
pub use history::{KeepHistory, MAX_HISTORY, PastPassword};
pub use id::{
    AccountKey, AttemptKey, CodeDigest, Durability, Id, InvalidAccountKey, Subject, TokenHash,
};
pub use kind::{AuthenticatorKind, UnknownKind};
pub use memory::MemoryStore;
pub use must_change::{NewPasswordRequired, RequireNewPassword};
pub use outbox::{
    Backlog, Enqueued, FinishJob, Job, LONGEST_LEASE_SECS, LONGEST_PAUSE_SECS, LeaseJobs, MailNote,
    MailState, NewJob, PostponeJob,
};
pub use overview::{AccountFactors, ListSecondFactors, MAX_FACTOR_PAGE, SecondFactors};
pub use reset::{
    ConsumeReset, Invited, IssueReset, LinksRevoked, OpenReset, ResetConsumed, ResetIssued,
    RevokeLinks,
};
pub use sealed::{
    MAX_SEALED_PAGE, ReplaceSealed, SealedPage, SealedReplaced, SealedRow, SealedValue,
};
pub use session::{
    CreateSession, EndSessions, LONGEST_SESSION, MAX_SESSION_DATA, RotateSession, Session,
    SessionCreated, SessionData, SessionDataTooLong, SessionRotated, SessionTouched,
    TOUCH_INTERVAL, TouchSession, latest_session_end, latest_touch,
};
pub use ticket::{OpenTicket, PasswordStanding, Stage, Ticket};

use async_trait::async_trait;
use slotwerk_throttle::Tally;

/// The answer of a store: the outcome of the command, or a fault of the infrastructure.
pub type Result<T> = std::result::Result<T, StoreError>;

/// Everything Slotwerk remembers. See the [crate documentation](crate) for the rules.
///
/// Times named `now`, `expires_at`, `ready_at` are whole seconds since the Unix epoch; `now_ms` is in
/// milliseconds. All are given by the caller, so that every node of one service judges by one clock
/// source and tests choose the date.
#[async_trait]
pub trait Store: Send + Sync + 'static {
    // ---- Outbox: work that survives a restart ------------------------------------------------

    /// Adds a job and takes its note, unless the tenant already has `job.capacity` jobs waiting.
    ///
    /// Commands that run at the same time on several nodes may exceed the capacity by their number: an exact
    /// count would need one row that every request writes.
    ///
    /// After [`InDoubt`](ErrorKind::InDoubt): a repeat with the same id adds no second job. It may answer
    /// `Full`, even if the first added the job.
    async fn enqueue(&self, job: &NewJob) -> Result<Enqueued>;

    /// Takes up to `limit` jobs whose time has come and hides them until `lease_until`.
    ///
    /// Tenants take turns, so that one with a crowd of jobs delays nobody else's: first the oldest ready
    /// job of each tenant, in the order of their bytes from the one after [`LeaseJobs::after`] on and
    /// around to that one, then the second of each, and so on. The jobs come back in this order. The time
    /// it takes does not grow with the number of jobs that wait. Tenants in [`LeaseJobs::skip`] have no turn.
    ///
    /// A job is also ready if its lease ends after [`LeaseJobs::latest_lease_end`], or its start lies after
    /// [`LeaseJobs::latest_ready_at`]: a clock ran ahead when that was written. A creation after `now` becomes
    /// `now`. [`Job::ran_ahead`] reports both, the latter from [`LeaseJobs::latest_created_at`] on.
    ///
    /// A worker that dies lets its lease run out; the job then comes back with a higher
    /// [`Job::attempt`]. Two workers never hold the same attempt.
    ///
    /// After [`InDoubt`](ErrorKind::InDoubt): the jobs come back when their lease ends, with a higher
    /// [`Job::attempt`].
    async fn lease_jobs(&self, command: &LeaseJobs) -> Result<Vec<Job>>;

    /// Removes a job that is done and takes its note. `false` if the lease was lost to another worker
    /// meanwhile; nothing has changed then.
    ///
    /// After [`InDoubt`](ErrorKind::InDoubt): a repeat answers `false` if the job is done.
    async fn finish_job(&self, command: &FinishJob) -> Result<bool>;

    /// Puts a job back until `ready_at`, as it was or as it is now, and takes its note. `false` if the lease
    /// was lost to another worker meanwhile; nothing has changed then.
    ///
    /// After [`InDoubt`](ErrorKind::InDoubt): a repeat postpones once more, and counts one more wait.
    async fn postpone_job(&self, command: &PostponeJob) -> Result<bool>;

    /// Counts the jobs that wait at `now`. Changes nothing.
    ///
    /// A job whose lease has run out waits again. A lease or a start that a clock wrote which ran ahead counts as it
    /// stands, until the next [`lease_jobs`](Self::lease_jobs) corrects it.
    async fn outbox_backlog(&self, now: u64) -> Result<Backlog>;

    // ---- Password ----------------------------------------------------------------------------

    /// Reads the credential of an account; an account never seen has no hash and epoch 0.
    async fn credential(&self, account: &AccountKey) -> Result<Credential>;

    /// Past passwords of an account, newest first, at most `limit` and never more than
    /// [`MAX_HISTORY`]. The password in use is not among them.
    ///
    /// The newest is the one replaced last, whatever the clock said. The history changes only with
    /// [`Credential::epoch`]: read the credential first and the history after it, and the epoch that
    /// guards the change guards what was decided on either.
    async fn password_history(&self, account: &AccountKey, limit: u16)
    -> Result<Vec<PastPassword>>;

    /// Replaces a hash by a stronger one *of the same password*, if it is still the one verified.
    ///
    /// The epoch stays: links, tickets and sessions go on. So do the time the password was set, the
    /// recheck mark and the history, to which the weaker hash is not added.
    ///
    /// After [`InDoubt`](ErrorKind::InDoubt): a repeat answers `Stale` if the hash was replaced.
    async fn replace_hash(&self, command: &ReplaceHash) -> Result<HashReplaced>;

    /// Sets a new password if the epoch is still the expected one; bumps the epoch and ends every reset link,
    /// ticket, pending enrolment and session of the account: what somebody else has begun under the old password
    /// is not resumed under the new one. Of the sessions, [one can be rotated](Self::rotate_session) afterwards.
    ///
    /// In the same transaction the replaced hash, if there was one, becomes a past password retired
    /// `now`, and those that [`KeepHistory`] does not keep are removed; [`Credential::set_at`] becomes
    /// `now` and [`Credential::recheck`] what the command says.
    ///
    /// After [`InDoubt`](ErrorKind::InDoubt): a repeat answers `Stale` if the password was changed.
    async fn change_password(&self, command: &ChangePassword) -> Result<PasswordChanged>;

    /// Takes the recheck mark from the password that was checked, if its epoch is still the current
    /// one. The epoch stays.
    ///
    /// After [`InDoubt`](ErrorKind::InDoubt): a repeat answers `Stale` if the mark was cleared.
    async fn clear_recheck(&self, command: &ClearRecheck) -> Result<RecheckCleared>;

    /// Bumps the epoch and ends every reset link, ticket, pending enrolment and session of the account,
    /// leaving password, past passwords, recheck mark and authenticators as they are.
    ///
    /// With [`Forget::Password`] the account has no password afterwards, so no age and no
    /// mark either. The forgotten hash becomes a past password retired `now`, whatever the tenant's rule:
    /// the rule decides at the next change, and until then no less is kept than before. So an account
    /// without a hash whose history is not empty had its password taken away, and the newest of the
    /// history is the one; let nobody bring that one back unasked.
    ///
    /// With [`Forget::SecondFactor`] the account has no authenticator and no recovery code afterwards.
    ///
    /// For a changed mail address, a disabled account, "this was not me", or a help desk's reset of the second
    /// factor.
    ///
    /// After [`InDoubt`](ErrorKind::InDoubt): a repeat with an expected epoch answers `Stale` if access was
    /// revoked. A repeat without one revokes again; give its notice another id.
    async fn revoke_access(&self, command: &RevokeAccess) -> Result<AccessRevoked>;

    // ---- Reset links -------------------------------------------------------------------------

    /// Records a link, unless the account has `max_live` live ones from other jobs.
    ///
    /// Links of the same job count once: a mail that had to be sent twice does not use up the
    /// allowance, and neither of its two links is dead.
    ///
    /// With the link, the account's links that expire beyond [`latest_expiry`] are deleted. They do not count.
    /// A link that [invites](IssueReset::invited) somebody is recorded with an audit row, unless the job has a link
    /// already.
    ///
    /// After [`InDoubt`](ErrorKind::InDoubt): repeat with another token and the same job. The link that may be
    /// there counts with it as one.
    async fn issue_reset(&self, command: &IssueReset) -> Result<ResetIssued>;

    /// Reads a link that is live now. Changes nothing, however often it is called.
    async fn find_reset(
        &self,
        tenant: &str,
        token: TokenHash,
        now: u64,
    ) -> Result<Option<OpenReset>>;

    /// Uses a link: marks it used, replaces the hash, bumps the epoch, ends every other link, every
    /// ticket, session and pending enrolment of the account, and queues the notice; all in one transaction,
    /// or nothing. The history, the time and the recheck mark change as in
    /// [`change_password`](Self::change_password).
    ///
    /// After [`InDoubt`](ErrorKind::InDoubt): a repeat answers `Invalid` if the link was used.
    async fn consume_reset(&self, command: &ConsumeReset) -> Result<ResetConsumed>;

    /// Kills every reset link of the account, if the epoch is still the expected one, and nothing else:
    /// the epoch stays, and with it password, tickets and sessions. Where no link was live, nothing has
    /// happened and no audit row tells of it.
    ///
    /// After [`InDoubt`](ErrorKind::InDoubt): a repeat finds no link, if they were revoked.
    async fn revoke_links(&self, command: &RevokeLinks) -> Result<LinksRevoked>;

    // ---- Sign-in in flight -------------------------------------------------------------------

    /// Records a ticket. Beyond `max_live` tickets of the account and the stage, the oldest go: half a
    /// sign-in never costs a whole one. The oldest is the one with the earliest [`OpenTicket::now`], and of
    /// one second the one with the lowest token. A ticket opened more than [`CLOCK_TOLERANCE`] seconds from
    /// now counts as the oldest. The new ticket always stays. The account's tickets that expire beyond [`latest_expiry`] go first, and
    /// do not count. Of stage `Enrol` the ticket of a pending enrolment stays beside these.
    ///
    /// After [`InDoubt`](ErrorKind::InDoubt): open another ticket with another token. The first is never used,
    /// and expires. Its budgets may be settled already: leave them out.
    async fn open_ticket(&self, command: &OpenTicket) -> Result<()>;

    /// Reads a ticket that is live now. Changes nothing.
    async fn find_ticket(&self, tenant: &str, token: TokenHash, now: u64)
    -> Result<Option<Ticket>>;

    // ---- Second factor -----------------------------------------------------------------------

    /// The active authenticators of an account, in the order of [`Authenticator::added_at`], then their ordinals and ids.
    ///
    /// One of a kind that this version does not know is listed with [`UnknownKind`]: it counts, and it
    /// hides no other.
    async fn authenticators(&self, account: &AccountKey) -> Result<Vec<Authenticator>>;

    /// The enrolment that waits for its first code, if it has not expired. Its expiry may lie
    /// [too far ahead](PendingEnrolment::expires_too_late): the caller disbelieves and reports it.
    async fn pending_enrolment(
        &self,
        account: &AccountKey,
        now: u64,
    ) -> Result<Option<PendingEnrolment>>;

    /// Records a pending enrolment under a live ticket and queues its mail, unless one is already
    /// pending that may be resumed: then that one is returned, and the offered secret and its mail are
    /// dropped. So a refresh never regenerates. The ticket is not spent. An offer of another kind never
    /// resumes.
    ///
    /// After [`InDoubt`](ErrorKind::InDoubt): a repeat resumes the enrolment, if it has begun.
    async fn begin_enrolment(&self, command: &BeginEnrolment) -> Result<EnrolmentBegun>;

    /// Turns a pending enrolment into an active authenticator whose first code is burnt, spends a ticket
    /// of stage `Enrol`, replaces the recovery codes if new ones are given and queues the notice; all in
    /// one transaction, or nothing.
    ///
    /// With [`ConfirmEnrolment::replaces`] the other authenticator goes in the same transaction, and so
    /// does all access, as in [`revoke_access`](Self::revoke_access).
    ///
    /// After [`InDoubt`](ErrorKind::InDoubt): a repeat answers `TicketInvalid` or `Gone` if the enrolment was
    /// confirmed.
    async fn confirm_enrolment(&self, command: &ConfirmEnrolment) -> Result<EnrolmentConfirmed>;

    /// Gives an active authenticator another name.
    ///
    /// After [`InDoubt`](ErrorKind::InDoubt): a repeat gives the same name again, with one more audit row.
    async fn rename_authenticator(
        &self,
        command: &RenameAuthenticator,
    ) -> Result<AuthenticatorRenamed>;

    /// Removes an active authenticator and revokes all access, as [`revoke_access`](Self::revoke_access)
    /// does: the ticket of the command dies, too. With the last authenticator the recovery codes go. The
    /// notice is queued; all in one transaction, or nothing. Of two removals at once that would together
    /// take the last one, one finds it the last.
    ///
    /// After [`InDoubt`](ErrorKind::InDoubt): a repeat answers `TicketInvalid` if the authenticator was removed.
    async fn remove_authenticator(
        &self,
        command: &RemoveAuthenticator,
    ) -> Result<AuthenticatorRemoved>;

    /// Accepts a step of a TOTP authenticator if it lies above the authenticator's watermark and is not the disbelieved one, spends
    /// the ticket and queues the notice, if there is one; all or nothing.
    ///
    /// After [`InDoubt`](ErrorKind::InDoubt): a repeat answers `TicketInvalid` if the step was accepted.
    async fn advance_totp_step(&self, command: &AdvanceTotpStep) -> Result<StepAdvanced>;

    /// Moves the watermark of a TOTP authenticator without a sign-in, if it is still the one that was read: down
    /// to what an honest clock allows, or up to a code that earned a hint. Drift, name, times and
    /// tickets stay, and no audit row is written.
    ///
    /// After [`InDoubt`](ErrorKind::InDoubt): a repeat answers `Stale` if the watermark was moved.
    async fn move_watermark(&self, command: &MoveWatermark) -> Result<WatermarkMoved>;

    /// Spends one recovery code and the ticket, and queues the notice; all or nothing.
    ///
    /// After [`InDoubt`](ErrorKind::InDoubt): a repeat answers `TicketInvalid` if the code was spent.
    async fn spend_recovery_code(&self, command: &SpendRecoveryCode) -> Result<RecoveryCodeSpent>;

    /// Puts new recovery codes in the place of all old ones, and queues the notice; all or nothing.
    ///
    /// After [`InDoubt`](ErrorKind::InDoubt): a repeat stores the same codes again, with one more audit row;
    /// give its notice another id.
    async fn renew_recovery_codes(
        &self,
        command: &RenewRecoveryCodes,
    ) -> Result<RecoveryCodesRenewed>;

    /// How the unspent recovery codes of an account were hashed: [`HashedCodes::hashing`] of their set. `None`
    /// without any, and for a set that was stored before stores kept it.
    async fn recovery_code_hashing(&self, account: &AccountKey) -> Result<Option<String>>;

    /// How many recovery codes are left.
    async fn recovery_codes_left(&self, account: &AccountKey) -> Result<u32>;

    // ---- Sealed values -----------------------------------------------------------------------

    /// Reads a page of the sealed values of all tenants, in the order of [`SealedRow`]: by the bytes of tenant, account
    /// and id, and jobs by the bytes of their ids. Fewer than the limit means that it is the last page.
    ///
    /// Begins where the page before ended, so that its time does not grow with the number of rows before it.
    async fn sealed_page(&self, command: &SealedPage) -> Result<Vec<SealedValue>>;

    /// Puts another sealed value in the place of the one that was read, if that one is still there. Everything else in
    /// the row stays, such as a watermark, or the lease of a worker that holds the job.
    ///
    /// After [`InDoubt`](ErrorKind::InDoubt): a repeat answers `Stale` if the value was replaced.
    async fn replace_sealed(&self, command: &ReplaceSealed) -> Result<SealedReplaced>;

    // ---- Attempt budgets ---------------------------------------------------------------------

    /// Takes one attempt from each budget of a decision, in the given order, before anything is checked.
    ///
    /// The answers come in the order of the charges. With [`OnDenial::Stop`] they end with the first
    /// denial; the charges before it stay. A budget that occurs twice is charged twice, one after the
    /// other.
    ///
    /// All charges are one transaction. Read the rows in the order of their keys
    /// ([`ChargeAttempts::keys`]), with a lock where the database locks rows, and create a row that is
    /// missing before you lock it. Decide with [`ChargeAttempts::decide`], then write. Two commands with
    /// the same budgets in opposite orders then wait for each other at most once, and never in a circle:
    /// such a pair must not end in a [`Conflict`](ErrorKind::Conflict) on one node.
    ///
    /// The arithmetic is [`slotwerk_throttle::Allowance::charge`]. A denied charge writes nothing. A
    /// granted charge writes the arrival time that the arithmetic has corrected, where the stored one was
    /// too far ahead to be true.
    ///
    /// After [`InDoubt`](ErrorKind::InDoubt): a repeat charges again. Nothing may be checked on a charge
    /// without an answer.
    async fn charge_attempts(&self, command: &ChargeAttempts) -> Result<Vec<Charged>>;

    /// Gives an attempt back that has succeeded, as [`slotwerk_throttle::Allowance::settle`] does with the
    /// row as it is now: attempts that were charged since stay charged. Once per success. Without a row
    /// nothing happens.
    ///
    /// For a success without a command of its own. Other successes settle with their [`BudgetChanges`].
    ///
    /// After [`InDoubt`](ErrorKind::InDoubt): do not repeat: it would give a second attempt back.
    async fn settle_attempt(&self, command: &SettleAttempt) -> Result<()>;

    /// Gives a budget back to an owner who was recognised in another way, as
    /// [`slotwerk_throttle::Allowance::lift`]: what counts against the lifetime stays.
    ///
    /// After [`InDoubt`](ErrorKind::InDoubt): a repeat lifts the budget again, with the charges made since.
    async fn lift_attempt(&self, key: AttemptKey, now_ms: u64) -> Result<()>;

    /// Gives every budget of the command back, each as [`lift_attempt`](Self::lift_attempt) does, and
    /// writes one audit row. Queues the notice. Returns how many of them had a row; without any, nothing has
    /// happened: there is no audit row and no notice.
    ///
    /// After [`InDoubt`](ErrorKind::InDoubt): a repeat clears again, with one more audit row. Its notice needs an id of
    /// its own.
    async fn clear_attempts(&self, command: &ClearAttempts) -> Result<u64>;

    /// Reads budgets without charging them, one answer for each key, in their order. `None` for a budget without
    /// a row. [`slotwerk_throttle::Allowance::peek`] says what a charge would be answered.
    async fn budgets(&self, keys: &[AttemptKey]) -> Result<Vec<Option<Tally>>>;

    // ---- Housekeeping ------------------------------------------------------------------------

    /// The audit rows of a tenant with a number above `after`, oldest first, at most `limit`.
    async fn audit_trail(&self, tenant: &str, after: u64, limit: u32) -> Result<Vec<AuditRow>>;

    /// Removes links, tickets, pending enrolments, sessions and budgets that can no longer matter at `now`: the
    /// first three where they are not [in time](is_in_time), so that one of a clock that ran ahead does not become
    /// valid in its last day; a session where it is not [in time](Session::is_in_time) or a bump of the epoch has
    /// ended it; a budget is kept for [`slotwerk_throttle::Allowance::keep_ms`] after it is whole again;
    /// or, once it was lifted, only while attempts count against its lifetime. Returns how many rows went.
    /// Changes no verdict but that of failures to which none was added for a year.
    ///
    /// Removes at most `limit` rows, over all kinds together, and changes no more than `limit` rows in all: a
    /// transaction that writes for long would hold up every other. Fewer than `limit` means that nothing is left. The
    /// store chooses the rows that go first.
    ///
    /// An arrival time more than a year beyond [`slotwerk_throttle::Budget::reach_ms`] of the last charge
    /// becomes `now` plus that reach, so that no clock that ran ahead keeps a row for ever.
    ///
    /// Takes nothing of the password history: how long that is kept is the tenant's rule, which comes
    /// with the next change, and [`MAX_HISTORY`] bounds it for each account.
    ///
    /// After [`InDoubt`](ErrorKind::InDoubt): a repeat removes what is left.
    async fn purge(&self, now: u64, limit: u32) -> Result<u64>;

    // ---- Sessions ----------------------------------------------------------------------------

    /// Begins a session if the epoch is still the current one. Beyond `max_live` live sessions of the account
    /// the oldest goes, by creation and then by id; the new one always stays.
    ///
    /// The account's sessions that are [over by their times](Session::is_in_time) are deleted with it and do not
    /// count.
    async fn create_session(&self, command: &CreateSession) -> Result<SessionCreated>;

    /// Reads a session that is live now, in one read together with the epoch. Changes nothing.
    ///
    /// `None` where its epoch is not the current one, and where it is not [in time](Session::is_in_time).
    async fn find_session(
        &self,
        tenant: &str,
        token: TokenHash,
        now: u64,
    ) -> Result<Option<Session>>;

    /// Notes that a session is in use, at most once in [`TOUCH_INTERVAL`]: the idle limit counts from `now`. The
    /// data of the command is stored with the touch, and only with it.
    ///
    /// A session that a clock wrote which ran ahead is deleted.
    async fn touch_session(&self, command: &TouchSession) -> Result<SessionTouched>;

    /// Gives a session another id, and with it another epoch and other data. Of several calls at once, one wins.
    ///
    /// For after a sign-in, a step-up or a change of the password. A session that the latest bump of the epoch
    /// has ended goes on when the caller knows both epochs: the one the session was found under, and the
    /// current one, which only the command that bumped it has told. All other sessions that a bump has ended
    /// are deleted.
    async fn rotate_session(&self, command: &RotateSession) -> Result<SessionRotated>;

    /// Ends a session. `false` if there was none of this account.
    async fn end_session(&self, account: &AccountKey, token: TokenHash) -> Result<bool>;

    /// The live sessions of an account, oldest first, by creation and then by id.
    async fn list_sessions(&self, account: &AccountKey, now: u64) -> Result<Vec<Session>>;

    /// Ends the sessions of an account, one of them aside; how many were live. If any was, there is one audit row, and the
    /// notice is queued.
    async fn end_sessions(&self, command: &EndSessions) -> Result<u64>;

    // ---- Admin calls -------------------------------------------------------------------------

    /// Marks the password of an account: it has to be replaced at the next sign-in. The mark is
    /// [`Credential::must_change`]. Setting or forgetting the password takes it away; a stronger hash of the same
    /// password leaves it. The epoch stays. One audit row names the actor. The notice is queued if the mark is new.
    async fn require_new_password(
        &self,
        command: &RequireNewPassword,
    ) -> Result<NewPasswordRequired>;

    /// Removes everything stored about an account: password, past passwords, links, tickets, sessions, enrolment,
    /// authenticators, recovery codes and the budgets of the command. One audit row tells of it.
    ///
    /// Afterwards the account is as one never seen, except for its epoch, which moves on and stays. Otherwise an
    /// account with the same id would begin at epoch 0 again, and a signed link or token that no row backs and
    /// that was issued under an old epoch would become valid once more. What is left is the account id, which is
    /// the host's own opaque id, and a number.
    ///
    /// Jobs in the outbox stay: their payload is sealed, and the store does not know whom they are for. The worker
    /// finds nobody to send them to. Audit rows stay: they hold a keyed hash.
    async fn erase_account(&self, command: &EraseAccount) -> Result<AccountErased>;

    /// Gives what the store has about an account, as of one moment, without secrets. Changes nothing.
    async fn export_account(&self, command: &ExportAccount) -> Result<AccountExport>;

    /// Reads a page of the trail of a tenant, newest first, by time and then by id.
    async fn audit_page(&self, command: &AuditPage) -> Result<Vec<AuditRow>>;

    /// Reads which accounts of a tenant have an active authenticator, with counts, and the totals of the tenant.
    async fn second_factors(&self, command: &ListSecondFactors) -> Result<SecondFactors>;

    // ---- Checkpoints over the audit trail ----------------------------------------------------

    /// Lists tenants with audit rows that no checkpoint covers, or all with rows or checkpoints, ascending by the bytes
    /// of their ids.
    async fn audit_tenants(&self, command: &AuditTenants) -> Result<Vec<String>>;

    /// Reads rows that no checkpoint covers, oldest first, by time and then by id.
    async fn unsealed_audit(&self, command: &UnsealedAudit) -> Result<Vec<AuditRecord>>;

    /// Reads rows that a checkpoint covers, by its number, then by time, then by id. The checkpoint need not exist.
    async fn sealed_audit(&self, command: &SealedAudit) -> Result<Vec<AuditRecord>>;

    /// Reads checkpoints of a tenant with a number above `after`, ascending, at most `limit` and at most
    /// [`MAX_CHECKPOINT_PAGE`].
    async fn audit_checkpoints(
        &self,
        tenant: &str,
        after: u64,
        limit: u16,
    ) -> Result<Vec<Checkpoint>>;

    /// Reads the checkpoint of a tenant with the highest number.
    async fn last_checkpoint(&self, tenant: &str) -> Result<Option<Checkpoint>>;

    /// Adds a checkpoint to the chain of a tenant and marks the rows as covered by it; all in one transaction, or
    /// nothing. Of several nodes that continue one chain at the same time, one wins.
    ///
    /// Rows of several nodes commit out of order, so the rows are named: a range of numbers or times would cover rows
    /// that the caller has not read.
    ///
    /// After [`InDoubt`](ErrorKind::InDoubt): a repeat answers `Stale` if the checkpoint was added.
    async fn seal_audit(&self, command: &SealAudit) -> Result<AuditSealed>;

    /// Removes at most `limit` audit rows of a tenant, and returns how many went: rows of the checkpoints that the last
    /// checkpoint allows by its [`removed_through`](Checkpoint::removed_through). The checkpoints stay.
    ///
    /// After [`InDoubt`](ErrorKind::InDoubt): a repeat removes what is left.
    async fn remove_audit(&self, tenant: &str, limit: u32) -> Result<u64>;
}
