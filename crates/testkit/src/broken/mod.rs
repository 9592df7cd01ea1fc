//! Stores that are wrong on purpose: the suite has to fail on each of them.
//!
//! A conformance suite that passes proves little until it has failed. [`BrokenStore`] takes a store
//! that is right and puts one of the field's recurring mistakes on top of it; a test of this crate
//! runs the suite on every [`Flaw`] and demands that the right cases fail. It does so on a runtime of
//! one thread, where the order of the tasks, and so the race, is the same each time.

mod attempt;
mod commands;
mod enrolment;
mod factor;
mod outbox;
mod password;
mod revocation;

use slotwerk_store::{
    AccountKey, AttemptKey, Id, IssueReset, Job, MemoryStore, NewJob, OpenTicket, PasswordStanding,
    PastPassword, Result, Stage, Store, TokenHash,
};
use slotwerk_throttle::Tally;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

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
    /// Holds what expires for one second too long.
    ExpiresLate,
    /// Looks links and tickets up by their token alone, and past passwords by the account alone.
    IgnoresTenant,
    /// Counts each link, though two of them are of one job.
    CountsEveryLink,
    /// Makes a new secret each time enrolment is begun.
    RegeneratesEnrolment,
    /// Lets a worker finish a job that another one holds.
    IgnoresLease,
    /// Begins with the first tenant again, whoever was served last.
    ForgetsTurns,
    /// Works off one tenant before it goes on to the next.
    LeasesByTenant,
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
    /// Revokes whatever the version is by now, though one was expected.
    IgnoresRevocationGuard,
    /// Revokes, and leaves the password that should go.
    KeepsForgottenPassword,
    /// Takes a password away and does not remember it.
    ForgetsForGood,
    /// Bumps the version where only links should die.
    RevokesTooMuch,
    /// Takes past passwords for something that expires.
    PurgesHistory,
    /// Does not store when a password was set.
    LosesSetAt,
    /// Does not store that a password is to be looked at again.
    ForgetsRecheck,
    /// Clears that mark whichever version was checked.
    ClearsAnyRecheck,
    /// Does not store what a ticket says about the password.
    LosesStanding,
}

impl Flaw {
    /// Every flaw there is, `None` left out.
    pub const ALL: [Self; 39] = [
        Self::GetThenPut,
        Self::IgnoresTicket,
        Self::IgnoresAffectedRows,
        Self::NoRollback,
        Self::ForgetsNotice,
        Self::ForgetsAudit,
        Self::ExpiresLate,
        Self::IgnoresTenant,
        Self::CountsEveryLink,
        Self::RegeneratesEnrolment,
        Self::IgnoresLease,
        Self::ForgetsTurns,
        Self::LeasesByTenant,
        Self::ForgetsDelays,
        Self::DelaysFromTheSecond,
        Self::ForgetsLifetime,
        Self::RenewsLifetime,
        Self::LiftsAsSettled,
        Self::SettlesAsLifted,
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
        Self::ForgetsForGood,
        Self::RevokesTooMuch,
        Self::PurgesHistory,
        Self::LosesSetAt,
        Self::ForgetsRecheck,
        Self::ClearsAnyRecheck,
        Self::LosesStanding,
    ];
}

/// A [`MemoryStore`] with one [`Flaw`].
#[derive(Debug)]
pub struct BrokenStore {
    inner: MemoryStore,
    flaw: Flaw,
    notes: Mutex<Notes>,
}

/// What the flaws need to know beyond the store's own rows.
#[derive(Debug, Default)]
struct Notes {
    tallies: BTreeMap<AttemptKey, Tally>,
    leased: Vec<Job>,
    tenants: Vec<String>,
    links: Vec<(AccountKey, TokenHash, Id)>,
    tickets: Vec<(AccountKey, TokenHash)>,
    attempts: BTreeMap<Id, u32>,
    serial: u8,
    past: BTreeMap<AccountKey, Vec<PastPassword>>,
    revoked: BTreeSet<AccountKey>,
    taken: BTreeSet<(AccountKey, String)>,
    purged: bool,
}

/// How often a get-then-put store lets other tasks run between its read and its write.
const PAUSES: usize = 20;

impl BrokenStore {
    /// An empty store with this flaw.
    #[must_use]
    pub fn new(flaw: Flaw) -> Self {
        Self {
            inner: MemoryStore::new(),
            flaw,
            notes: Mutex::default(),
        }
    }

    fn notes(&self) -> MutexGuard<'_, Notes> {
        self.notes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn has(&self, flaw: Flaw) -> bool {
        self.flaw == flaw
    }

    /// The gap between read and write. On a runtime of one thread, every other task that is ready gets
    /// to read meanwhile.
    async fn gap(&self) {
        if self.has(Flaw::GetThenPut) {
            for _ in 0..PAUSES {
                tokio::task::yield_now().await;
            }
        }
    }

    /// What a get-then-put store reads before it issues a link.
    async fn has_room(&self, command: &IssueReset) -> Result<bool> {
        let links = self.notes().links.clone();
        let mut jobs = BTreeSet::new();
        for (account, token, job) in links {
            let found = self.inner.find_reset(account.tenant(), token, command.now);
            if account == command.account && job != command.job && found.await?.is_some() {
                jobs.insert(job);
            }
        }
        let version = self.inner.credential(&command.account).await?.version;
        Ok(jobs.len() < command.max_live as usize && version == command.version)
    }

    /// What a get-then-put store reads before it opens a ticket.
    async fn live_tickets(&self, command: &OpenTicket) -> Result<u32> {
        let tickets = self.notes().tickets.clone();
        let mut live = 0;
        for (account, token) in tickets {
            let found = self.inner.find_ticket(account.tenant(), token, command.now);
            live += u32::from(account == command.account && found.await?.is_some());
        }
        Ok(live)
    }

    fn note_tenant(&self, account: &AccountKey) {
        self.notes().tenants.push(account.tenant().to_owned());
    }

    fn notice(&self, notice: &Option<NewJob>) -> Option<NewJob> {
        notice.clone().filter(|_| !self.has(Flaw::ForgetsNotice))
    }

    fn late(&self, now: u64) -> u64 {
        if self.has(Flaw::ExpiresLate) {
            now.saturating_sub(1)
        } else {
            now
        }
    }

    /// A ticket that is live, whatever the caller's was.
    async fn any_ticket(&self, account: &AccountKey, stage: Stage, now: u64) -> Result<TokenHash> {
        let version = self.inner.credential(account).await?.version;
        let serial = {
            let mut notes = self.notes();
            notes.serial = notes.serial.wrapping_add(1);
            notes.serial
        };
        let token = TokenHash([serial ^ 0x6d; 32]);
        self.inner
            .open_ticket(&OpenTicket {
                token,
                account: account.clone(),
                stage,
                standing: PasswordStanding::Good,
                version,
                expires_at: now.saturating_add(60),
                max_live: u32::MAX,
                now,
            })
            .await?;
        Ok(token)
    }

    /// Ends every ticket of the account, as the first write of a transition that is not undone.
    async fn burn_tickets(&self, account: &AccountKey, now: u64) -> Result<()> {
        self.inner
            .open_ticket(&OpenTicket {
                token: TokenHash([0xfd; 32]),
                account: account.clone(),
                stage: Stage::Enrol,
                standing: PasswordStanding::Good,
                version: u64::MAX,
                expires_at: now,
                max_live: 1,
                now,
            })
            .await
    }

    async fn ticket_was_live(
        &self,
        account: &AccountKey,
        token: TokenHash,
        stage: Stage,
        now: u64,
    ) -> Result<bool> {
        let ticket = self.inner.find_ticket(account.tenant(), token, now).await?;
        Ok(ticket.is_some_and(|t| t.account == *account && t.stage == stage))
    }
}
