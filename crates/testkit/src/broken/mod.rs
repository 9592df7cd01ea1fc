//! Stores that are wrong on purpose: the suite has to fail on each of them.
//!
//! A conformance suite that passes proves little until it has failed. [`BrokenStore`] takes a store
//! that is right and puts one of the field's recurring mistakes on top of it; a test of this crate
//! runs the suite on every [`Flaw`] and demands that the right cases fail. It does so on a runtime of
//! one thread, where the order of the tasks, and so the race, is the same each time.

mod attempt;
mod budgets;
mod charges;
mod checkpoint;
mod codes;
mod commands;
mod enrolment;
mod erase;
mod factor;
mod flaw;
mod must_change;
mod outbox;
mod password;
mod ran_ahead;
mod revocation;
mod sealed;
mod session;
mod ticket;

pub use flaw::Flaw;

use slotwerk_store::{
    AccountKey, AttemptKey, CodeDigest, CreateSession, Id, IssueReset, Job, MemoryStore, NewJob,
    OpenTicket, PastPassword, Result, Store, TokenHash,
};
use slotwerk_throttle::Tally;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

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
    locked: BTreeSet<AttemptKey>,
    leased: Vec<Job>,
    tenants: Vec<String>,
    links: Vec<(AccountKey, TokenHash, Id)>,
    tickets: Vec<(AccountKey, TokenHash)>,
    burnt: BTreeSet<TokenHash>,
    opened: Vec<OpenTicket>,
    issued: Vec<IssueReset>,
    offered: BTreeMap<AccountKey, u64>,
    accounts: BTreeSet<AccountKey>,
    removed: BTreeSet<(AccountKey, Id)>,
    places: Vec<(Id, usize)>,
    arrived: Vec<Id>,
    last_opening: u64,
    unmoved: BTreeMap<AccountKey, u64>,
    codes: BTreeMap<AccountKey, BTreeSet<CodeDigest>>,
    code_hashing: BTreeMap<AccountKey, String>,
    attempts: BTreeMap<Id, u32>,
    serial: u8,
    past: BTreeMap<AccountKey, Vec<PastPassword>>,
    revoked: BTreeSet<AccountKey>,
    taken: BTreeSet<(AccountKey, String)>,
    purged: bool,
    sessions: Vec<CreateSession>,
    marked: BTreeSet<AccountKey>,
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
        let epoch = self.inner.credential(&command.account).await?.epoch;
        Ok(jobs.len() < command.max_live as usize && epoch == command.epoch)
    }

    fn note_tenant(&self, account: &AccountKey) {
        self.notes().tenants.push(account.tenant().to_owned());
    }

    fn notice(&self, notice: &Option<NewJob>) -> Option<NewJob> {
        notice.clone().filter(|_| !self.has(Flaw::ForgetsNotice))
    }

    /// Queues what goes with a command that was refused.
    async fn refused(&self, notice: Option<&NewJob>) -> Result<()> {
        if let Some(job) = notice.filter(|_| self.has(Flaw::NoticesRefusals)) {
            let _ = self.inner.enqueue(job).await?;
        }
        Ok(())
    }

    fn late(&self, now: u64) -> u64 {
        if self.has(Flaw::ExpiresLate) {
            now.saturating_sub(1)
        } else {
            now
        }
    }
}
