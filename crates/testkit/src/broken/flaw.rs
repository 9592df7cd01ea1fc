//! The mistakes, by name.

/// What is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Flaw {
    /// Nothing: the suite has to pass.
    None,
    /// Reads, decides, lets others in, and writes what it decided.
    GetThenPut,
    /// Takes any ticket for a live one.
    IgnoresTicket,
    /// Writes with the right guards and does not look whether a row was affected.
    IgnoresAffectedRows,
    /// Leaves the first write of a transition in place when the second guard fails.
    NoRollback,
    /// Queues no mail within a transition.
    ForgetsNotice,
    /// Writes no audit row.
    ForgetsAudit,
    /// Writes audit rows without actor and reason.
    ForgetsActor,
    /// Holds what expires for one second too long.
    ExpiresLate,
    /// Holds what a clock wrote that ran ahead for what it says.
    BelievesAnyExpiry,
    /// Leaves the links and tickets of a clock that ran ahead where they are.
    KeepsFarRows,
    /// Looks links and tickets up by their token alone, and past passwords by the account alone.
    IgnoresTenant,
    /// Leaves sessions, links and tickets as they are when a first authenticator is to end them.
    FirstEndsNothing,
    /// Pushes tickets out in the order in which it got them.
    OrdersTicketsByArrival,
    /// Lists authenticators in the order in which it got them.
    OrdersFactorsByArrival,
    /// Counts the tickets of all stages together.
    PushesOutOtherStages,
    /// Counts each link, though two of them are of one job.
    CountsEveryLink,
    /// Makes a new secret each time enrolment is begun.
    RegeneratesEnrolment,
    /// Lets a worker finish a job that another one holds.
    IgnoresLease,
    /// Puts a job back as it was added, whatever it has become.
    KeepsPayload,
    /// Begins with the first tenant again, whoever was served last.
    ForgetsTurns,
    /// Works off one tenant before it goes on to the next.
    LeasesByTenant,
    /// Lets a job wait for a time that only a clock that ran ahead can have written.
    TrustsJobTimes,
    /// Corrects such a time and does not report it.
    HidesClocks,
    /// Counts a lease that only waited like any other.
    ForgetsWaits,
    /// Does not store when a job was added.
    LosesCreation,
    /// Gives jobs of tenants that are to be skipped.
    ServesSkipped,
    /// Counts jobs in the hands of a worker, and jobs whose time has not come, as ready.
    CountsHeldJobs,
    /// Does not store what became of the mail of a set-up.
    ForgetsMailState,
    /// Charges the budgets of a decision in the order of their keys.
    ChargesInKeyOrder,
    /// Charges on after a denial that is to end the command.
    ChargesAfterDenial,
    /// Stops at a denial after which it is to charge on.
    StopsAtAnyDenial,
    /// Takes earlier charges back when a later one is denied.
    UndoesEarlierCharges,
    /// Charges a budget once that occurs twice.
    ChargesKeyOnce,
    /// Locks the budgets of a decision in the order of the command.
    LocksInGivenOrder,
    /// Settles nothing in the command that succeeds.
    ForgetsSettling,
    /// Lifts nothing in the command that succeeds.
    ForgetsLifting,
    /// Changes the budgets of a command that is rejected.
    SettlesRejections,
    /// Charges at its pace and passes delays over.
    ForgetsDelays,
    /// Delays from the second failure on: the first one only adds a row.
    DelaysFromTheSecond,
    /// Charges without a lifetime.
    ForgetsLifetime,
    /// Lets a success begin a new lifetime.
    RenewsLifetime,
    /// Takes a success off the lifetime when nothing has succeeded.
    LiftsAsSettled,
    /// Counts a success against the lifetime.
    SettlesAsLifted,
    /// Gives the whole budget back after a success.
    SettlesEverything,
    /// Puts a budget back to where it was before the charge that succeeded, over later charges.
    SettlesOthers,
    /// Gives a successful attempt back and leaves the failures in a row.
    SettleKeepsFailures,
    /// Believes an arrival time however far ahead it is.
    BelievesAnyTime,
    /// Never starts delays afresh.
    NeverForgetsDelays,
    /// Starts lifetimes afresh when an operator clears budgets.
    ClearsLifetimes,
    /// Leaves budgets without a row out when it reads several.
    ReadsRowsOnly,
    /// Removes a budget as soon as it is whole, whatever its failures mean.
    PurgesFailures,
    /// Replaces a hash and forgets it.
    ForgetsHistory,
    /// Remembers a password at the first write, and leaves it there when the change is refused.
    RemembersRefusedChanges,
    /// Takes a stronger hash of the same password for another password.
    TakesRehashForChange,
    /// Asks for the number of past passwords and not for their age.
    KeepsByCountOnly,
    /// Asks for the age of past passwords and not for their number.
    KeepsByAgeOnly,
    /// Removes past passwords at its own bound only.
    NeverForgetsHistory,
    /// Keeps as many past passwords as it is asked for, without a bound.
    UnboundedHistory,
    /// Takes the clock for the order of past passwords.
    OrdersHistoryByTime,
    /// Gives every past password, however few were asked for.
    IgnoresHistoryLimit,
    /// Forgets past passwords, age and mark when access is revoked.
    ForgetsAtRevocation,
    /// Revokes whatever the epoch is by now, though one was expected.
    IgnoresRevocationGuard,
    /// Revokes, and leaves the password that should go.
    KeepsForgottenPassword,
    /// Revokes, and leaves the authenticators and recovery codes that should go.
    KeepsForgottenSecondFactor,
    /// Takes a password away and does not remember it.
    ForgetsForGood,
    /// Bumps the epoch where only links should die.
    RevokesTooMuch,
    /// Takes past passwords for something that expires.
    PurgesHistory,
    /// Does not store when a password was set.
    LosesSetAt,
    /// Does not store that a password is to be looked at again.
    ForgetsRecheck,
    /// Clears that mark whichever epoch was checked.
    ClearsAnyRecheck,
    /// Does not store what a ticket says about the password.
    LosesStanding,
    /// Takes a live ticket of any stage for one of the right stage.
    IgnoresStage,
    /// Spends a ticket of stage `Manage` with its first use.
    SpendsPass,
    /// Pushes out the ticket of a set-up like any other.
    PushesOutSetUps,
    /// Leaves the ticket of a sign-in that is complete.
    KeepsTicket,
    /// Leaves tickets of stage `Manage` when the password changes.
    PassOutlivesVersion,
    /// Adds authenticators without a limit.
    IgnoresLimit,
    /// Takes the limit of the command where the ticket is that of a sign-in without a second factor.
    TrustsLimitAtSignIn,
    /// Counts the authenticator that is replaced beside the one that takes its place.
    CountsReplaced,
    /// Resumes whoever began it, though it may not.
    ResumesForAnybody,
    /// Adds the new authenticator and leaves the one that it replaces.
    KeepsReplaced,
    /// Adds an authenticator where there is none to replace.
    ReplacesNothing,
    /// Puts the new authenticator where the replaced one stood in the order.
    ReplacesInPlace,
    /// Leaves links and tickets when an authenticator is removed or replaced.
    KeepsAccess,
    /// Leaves the epoch when an authenticator is removed or replaced.
    KeepsVersion,
    /// Removes the last authenticator, whether it may go or not.
    RemovesTheLast,
    /// Leaves the recovery codes of the last authenticator.
    KeepsOrphanedCodes,
    /// Accepts a code of an authenticator that was removed.
    RevivesRemoved,
    /// Looks authenticators and enrolments up by their id, whosoever they are.
    FindsByIdAlone,
    /// Clears the recovery codes when an authenticator is set up without new ones.
    ClearsCodes,
    /// Adds new recovery codes to the old ones.
    KeepsOldCodes,
    /// Keeps how the first set of codes was hashed when a new set replaces it.
    KeepsCodeHashing,
    /// Does not store what kind of authenticator it is.
    LosesKind,
    /// Does not store what an authenticator is called.
    LosesName,
    /// Forgets the name of an authenticator when a code of it is accepted.
    ForgetsNameAtUse,
    /// Does not store when an authenticator was last used.
    LosesUse,
    /// Takes the last use of an authenticator for when it was added.
    MovesAddition,
    /// Keeps one watermark for all authenticators of an account.
    SharesWatermark,
    /// Accepts the step that was disbelieved.
    AcceptsDisbelieved,
    /// Moves a watermark without the guard.
    MovesAnyWatermark,
    /// Gives every authenticator of an account the same ordinal.
    SharesOrdinals,
    /// Takes an expiry for true that no honest clock can have written.
    BelievesLateExpiry,
    /// Tells of a resynchronisation as of any other code.
    TellsResyncAsCode,
    /// Queues the mail of a transition that is refused.
    NoticesRefusals,
    /// Takes authenticators for something that expires.
    PurgesAuthenticators,
    /// Purges everything in one transaction and ignores the limit.
    PurgesAtOnce,
    /// Leaves expired tickets of stage `Manage`.
    PurgesNoPass,
    /// Finds a session though the epoch has moved on.
    SessionOutlivesEpoch,
    /// Lets a session go on however long nobody used it.
    ForgetsIdleLimit,
    /// Touches a session again within the minute.
    TouchesAtOnce,
    /// Touches a session and leaves its data.
    LosesTouchedData,
    /// Touches a session of another account.
    TouchesForAnybody,
    /// Pushes out the newest session where the oldest has to go.
    PushesOutNewestSession,
    /// Leaves the old id beside the new one.
    KeepsOldSessionId,
    /// Rotates a session that is over.
    RevivesSessions,
    /// Ends the session that was to go on.
    EndsEverySession,
    /// Leaves sessions that are over.
    PurgesNoSession,
    /// Does not store that a new password is asked for.
    ForgetsMark,
    /// Still asks for a new password after one was set.
    KeepsMark,
    /// Bumps the epoch where only a mark should be set.
    MarkRevokesAccess,
    /// Leaves the password of an account that was erased.
    KeepsErasedPassword,
    /// Leaves the sessions of an account that was erased.
    KeepsErasedSessions,
    /// Leaves the budgets of an account that was erased.
    KeepsErasedBudgets,
    /// Begins with epoch 0 again after an account was erased.
    ForgetsErasedEpoch,
    /// Leaves sessions out of an export.
    ExportsNoSession,
    /// Gives the whole trail where rows of one account were asked for.
    IgnoresSubjects,
    /// Skips the other rows of a second in which a page ended.
    PagesByTime,
    /// Gives the first page of the second factors, or of the sealed values, each time.
    PagesFromTheFirst,
    /// Lists tenants for sealing that have nothing to seal.
    ListsSealedTenants,
    /// Gives audit rows to seal in the order of their numbers.
    OrdersAuditByArrival,
    /// Leaves the reason out of a row that is to be sealed.
    RecordsNoReason,
    /// Skips the other rows of a checkpoint in which a page ended.
    PagesByCheckpoint,
    /// Does not store what retention may remove.
    LosesRemoval,
    /// Adds a checkpoint, whatever the last one is.
    SealsBehindAnything,
    /// Seals the rows that it can and ignores the others.
    SealsWhatIsOpen,
    /// Leaves audit rows that retention removes.
    KeepsRemovedAudit,
    /// Removes audit rows in one transaction and ignores the limit.
    RemovesAuditAtOnce,
    /// Leaves jobs out of the sealed values.
    ReadsNoJobs,
    /// Gives the sealed values of set-ups after those of authenticators.
    ReadsSetUpsLast,
    /// Gives all sealed values in one page.
    ReadsSealedAtOnce,
    /// Replaces a sealed value, whatever it is by now.
    ReplacesAnySealed,
    /// Puts the watermark back when it replaces a secret.
    ResealsFromTheStart,
    /// Ends the lease of a job when it replaces its payload.
    ResealFreesJob,
}

impl Flaw {
    /// Every flaw there is, `None` left out.
    pub const ALL: [Self; 141] = [
        Self::GetThenPut,
        Self::IgnoresTicket,
        Self::IgnoresAffectedRows,
        Self::NoRollback,
        Self::ForgetsNotice,
        Self::ForgetsAudit,
        Self::ForgetsActor,
        Self::ExpiresLate,
        Self::BelievesAnyExpiry,
        Self::KeepsFarRows,
        Self::IgnoresTenant,
        Self::CountsEveryLink,
        Self::RegeneratesEnrolment,
        Self::IgnoresLease,
        Self::KeepsPayload,
        Self::ForgetsTurns,
        Self::LeasesByTenant,
        Self::TrustsJobTimes,
        Self::HidesClocks,
        Self::ForgetsWaits,
        Self::LosesCreation,
        Self::ServesSkipped,
        Self::CountsHeldJobs,
        Self::ForgetsMailState,
        Self::ChargesInKeyOrder,
        Self::ChargesAfterDenial,
        Self::StopsAtAnyDenial,
        Self::UndoesEarlierCharges,
        Self::ChargesKeyOnce,
        Self::LocksInGivenOrder,
        Self::ForgetsSettling,
        Self::ForgetsLifting,
        Self::SettlesRejections,
        Self::ForgetsDelays,
        Self::DelaysFromTheSecond,
        Self::ForgetsLifetime,
        Self::RenewsLifetime,
        Self::LiftsAsSettled,
        Self::SettlesAsLifted,
        Self::SettlesEverything,
        Self::SettlesOthers,
        Self::SettleKeepsFailures,
        Self::BelievesAnyTime,
        Self::NeverForgetsDelays,
        Self::ClearsLifetimes,
        Self::ReadsRowsOnly,
        Self::PurgesFailures,
        Self::ForgetsHistory,
        Self::RemembersRefusedChanges,
        Self::TakesRehashForChange,
        Self::KeepsByCountOnly,
        Self::KeepsByAgeOnly,
        Self::NeverForgetsHistory,
        Self::UnboundedHistory,
        Self::OrdersHistoryByTime,
        Self::IgnoresHistoryLimit,
        Self::ForgetsAtRevocation,
        Self::IgnoresRevocationGuard,
        Self::KeepsForgottenPassword,
        Self::KeepsForgottenSecondFactor,
        Self::ForgetsForGood,
        Self::RevokesTooMuch,
        Self::PurgesHistory,
        Self::LosesSetAt,
        Self::ForgetsRecheck,
        Self::ClearsAnyRecheck,
        Self::LosesStanding,
        Self::IgnoresStage,
        Self::SpendsPass,
        Self::PushesOutSetUps,
        Self::KeepsTicket,
        Self::PassOutlivesVersion,
        Self::IgnoresLimit,
        Self::TrustsLimitAtSignIn,
        Self::CountsReplaced,
        Self::ResumesForAnybody,
        Self::KeepsReplaced,
        Self::ReplacesNothing,
        Self::ReplacesInPlace,
        Self::KeepsAccess,
        Self::KeepsVersion,
        Self::RemovesTheLast,
        Self::KeepsOrphanedCodes,
        Self::RevivesRemoved,
        Self::FindsByIdAlone,
        Self::ClearsCodes,
        Self::KeepsOldCodes,
        Self::KeepsCodeHashing,
        Self::OrdersTicketsByArrival,
        Self::OrdersFactorsByArrival,
        Self::LosesKind,
        Self::LosesName,
        Self::ForgetsNameAtUse,
        Self::LosesUse,
        Self::MovesAddition,
        Self::SharesWatermark,
        Self::AcceptsDisbelieved,
        Self::MovesAnyWatermark,
        Self::SharesOrdinals,
        Self::BelievesLateExpiry,
        Self::TellsResyncAsCode,
        Self::NoticesRefusals,
        Self::PurgesAuthenticators,
        Self::PurgesAtOnce,
        Self::PurgesNoPass,
        Self::SessionOutlivesEpoch,
        Self::ForgetsIdleLimit,
        Self::TouchesAtOnce,
        Self::LosesTouchedData,
        Self::TouchesForAnybody,
        Self::PushesOutNewestSession,
        Self::KeepsOldSessionId,
        Self::RevivesSessions,
        Self::EndsEverySession,
        Self::PurgesNoSession,
        Self::ForgetsMark,
        Self::KeepsMark,
        Self::MarkRevokesAccess,
        Self::KeepsErasedPassword,
        Self::KeepsErasedSessions,
        Self::KeepsErasedBudgets,
        Self::ForgetsErasedEpoch,
        Self::ExportsNoSession,
        Self::IgnoresSubjects,
        Self::PagesByTime,
        Self::PagesFromTheFirst,
        Self::ListsSealedTenants,
        Self::OrdersAuditByArrival,
        Self::RecordsNoReason,
        Self::PagesByCheckpoint,
        Self::LosesRemoval,
        Self::SealsBehindAnything,
        Self::SealsWhatIsOpen,
        Self::KeepsRemovedAudit,
        Self::RemovesAuditAtOnce,
        Self::ReadsNoJobs,
        Self::ReadsSetUpsLast,
        Self::ReadsSealedAtOnce,
        Self::ReplacesAnySealed,
        Self::ResealsFromTheStart,
        Self::ResealFreesJob,
    ];
}
