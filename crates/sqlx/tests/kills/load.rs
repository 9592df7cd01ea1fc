//! A load of transitions, each of which is repeated until it has happened, and a log of their outcomes.

use crate::fixture::{NOW, STEP, Who};
use slotwerk_sqlx::SqlStore;
use slotwerk_store::{
    AuditKind, ErrorKind, MAX_HISTORY, ResetConsumed, ResetIssued, Stage, StepAdvanced, Store,
    StoreError,
};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// Nothing here takes so long, unless the store hangs.
pub(crate) const PATIENCE: Duration = Duration::from_secs(180);

/// Accounts whose transitions run at the same time through one store.
const ACCOUNTS: u64 = 8;

/// Half of the accounts sign in with codes. The others set their password by links.
fn uses_codes(who: Who) -> bool {
    who.0.is_multiple_of(2)
}

/// What happened to the transitions of one account or of all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Log {
    /// Transitions that the store has confirmed.
    pub(crate) confirmed: u64,
    /// Transitions in doubt that had happened.
    pub(crate) whole: u64,
    /// Transitions in doubt of which nothing was there. They were repeated.
    pub(crate) absent: u64,
    /// Faults that say that nothing has changed.
    pub(crate) faults: u64,
}

impl Log {
    /// How many transitions have happened.
    pub(crate) fn happened(self) -> u64 {
        self.confirmed + self.whole
    }

    pub(crate) fn add(&mut self, other: Self) {
        self.confirmed += other.confirmed;
        self.whole += other.whole;
        self.absent += other.absent;
        self.faults += other.faults;
    }
}

/// The load on one node.
pub(crate) struct Load {
    store: Arc<SqlStore>,
    tasks: Vec<JoinHandle<(Who, Log)>>,
    ends: Arc<AtomicBool>,
    is_up: watch::Sender<bool>,
    confirmed: watch::Receiver<u64>,
}

impl Load {
    /// Starts the load, for accounts from this number on.
    pub(crate) async fn start(store: Arc<SqlStore>, first: u64) -> Self {
        let (is_up, up) = watch::channel(true);
        let (sender, confirmed) = watch::channel(0);
        let (sender, count) = (Arc::new(sender), Arc::new(AtomicU64::new(0)));
        let ends = Arc::new(AtomicBool::new(false));
        let mut tasks = Vec::new();
        for number in first..first + ACCOUNTS {
            let who = Who(number);
            if uses_codes(who) {
                who.enrol(&*store).await;
            }
            let account = Account {
                store: store.clone(),
                who,
                up: up.clone(),
                ends: ends.clone(),
                sender: sender.clone(),
                count: count.clone(),
                log: Log::default(),
                tokens: 10,
            };
            tasks.push(tokio::spawn(account.run()));
        }
        Self {
            store,
            tasks,
            ends,
            is_up,
            confirmed,
        }
    }

    /// Tells the accounts to wait after a fault, until the server is up again.
    pub(crate) fn goes_down(&self) {
        self.is_up.send_replace(false);
    }

    pub(crate) fn is_up(&self) {
        self.is_up.send_replace(true);
    }

    /// Waits until so many more transitions are confirmed.
    pub(crate) async fn progress(&mut self, more: u64) {
        let due = *self.confirmed.borrow() + more;
        let waited = self.confirmed.wait_for(|confirmed| *confirmed >= due);
        let waited = tokio::time::timeout(PATIENCE, waited).await;
        drop(waited.expect("the load stands still").unwrap());
    }

    /// Ends the load and looks at what it has left. Returns its log.
    pub(crate) async fn end(self) -> Log {
        self.ends.store(true, Ordering::Relaxed);
        let mut sum = Log::default();
        for task in self.tasks {
            let (who, log) = task.await.unwrap();
            check(&self.store, who, log).await;
            sum.add(log);
        }
        sum
    }
}

/// One account, and what its task needs.
struct Account {
    store: Arc<SqlStore>,
    who: Who,
    up: watch::Receiver<bool>,
    ends: Arc<AtomicBool>,
    sender: Arc<watch::Sender<u64>>,
    count: Arc<AtomicU64>,
    log: Log,
    /// How many tokens it has used.
    tokens: u64,
}

/// The end of one try.
enum Try {
    Done,
    Again,
}

impl Account {
    async fn run(mut self) -> (Who, Log) {
        while !self.ends.load(Ordering::Relaxed) {
            let number = self.log.happened();
            if uses_codes(self.who) {
                self.accept_code(number).await;
            } else {
                self.use_link(number).await;
            }
        }
        (self.who, self.log)
    }

    /// Issues a link and uses it: epoch, history, audit row and notice change together.
    async fn use_link(&mut self, epoch: u64) {
        self.tokens += 1;
        let mut link = self.who.link(self.tokens, epoch);
        link.job = self.who.id(epoch);
        match self.store.issue_reset(&link).await {
            Ok(issued) => assert_eq!(issued, ResetIssued::Issued),
            // The next try has another token and the same job.
            Err(fault) => return self.note(&fault).await,
        }
        let mut command = self.who.consume(self.tokens);
        command.notice = Some(self.who.notice(epoch));
        loop {
            let outcome = self.store.consume_reset(&command).await;
            let due = ResetConsumed::Consumed { epoch: epoch + 1 };
            if let Try::Done = self.judge(outcome, due, epoch).await {
                return;
            }
        }
    }

    /// Opens a ticket and accepts a code under it: watermark, ticket, audit row and notice change together.
    async fn accept_code(&mut self, number: u64) {
        self.tokens += 1;
        let ticket = self.who.ticket(self.tokens, Stage::Verify);
        if let Err(fault) = self.store.open_ticket(&ticket).await {
            return self.note(&fault).await;
        }
        let mut command = self.who.advance(self.tokens, STEP + 1 + number);
        command.notice = Some(self.who.notice(number));
        loop {
            let outcome = self.store.advance_totp_step(&command).await;
            let due = StepAdvanced::Advanced { epoch: 0 };
            if let Try::Done = self.judge(outcome, due, number).await {
                return;
            }
        }
    }

    /// Logs the outcome of transition `number`. A rejection would be a fault that was taken for a verdict, or a fault
    /// that claimed that nothing had changed.
    async fn judge<T>(&mut self, outcome: Result<T, StoreError>, due: T, number: u64) -> Try
    where
        T: PartialEq + std::fmt::Debug,
    {
        match outcome {
            Ok(outcome) => {
                assert_eq!(outcome, due, "transition {number} of {:?}", self.who);
                self.log.confirmed += 1;
                let count = self.count.fetch_add(1, Ordering::Relaxed) + 1;
                self.sender.send_if_modified(|confirmed| {
                    let is_more = count > *confirmed;
                    *confirmed = count.max(*confirmed);
                    is_more
                });
                Try::Done
            }
            Err(fault) if fault.kind() == ErrorKind::InDoubt => {
                let happened = self.happened().await;
                assert!(happened == number || happened == number + 1, "{happened}");
                if happened == number {
                    self.log.absent += 1;
                    return Try::Again;
                }
                self.log.whole += 1;
                Try::Done
            }
            Err(fault) => {
                self.note(&fault).await;
                Try::Again
            }
        }
    }

    /// Notes a fault of another kind, and waits until the server is up.
    async fn note(&mut self, fault: &StoreError) {
        assert_ne!(fault.kind(), ErrorKind::Corrupt, "{fault:?}");
        self.log.faults += 1;
        self.up.wait_for(|up| *up).await.unwrap();
    }

    /// How many transitions have happened, by the store.
    async fn happened(&mut self) -> u64 {
        loop {
            match happened(&self.store, self.who).await {
                Ok(happened) => return happened,
                Err(fault) => self.note(&fault).await,
            }
        }
    }
}

async fn happened(store: &SqlStore, who: Who) -> Result<u64, StoreError> {
    if uses_codes(who) {
        let active = store.authenticators(&who.account()).await?;
        return Ok(active[0].watermark - STEP);
    }
    Ok(store.credential(&who.account()).await?.epoch)
}

/// Every transition of the log is there, and no half of another.
async fn check(store: &SqlStore, who: Who, log: Log) {
    let due = log.happened();
    assert_eq!(happened(store, who).await.unwrap(), due, "{who:?}: {log:?}");
    let kind = if uses_codes(who) {
        AuditKind::CodeAccepted
    } else {
        AuditKind::PasswordReset
    };
    assert_eq!(
        audited(store, who, kind).await,
        due,
        "audit rows of {who:?}"
    );
    if kind == AuditKind::PasswordReset {
        let past = store.password_history(&who.account(), u16::MAX).await;
        let kept = due.saturating_sub(1).min(MAX_HISTORY.into());
        assert_eq!(past.unwrap().len() as u64, kept, "past passwords");
    }
}

/// The audit rows of a kind, over all pages.
async fn audited(store: &SqlStore, who: Who, kind: AuditKind) -> u64 {
    let mut before = None;
    let mut count = 0;
    loop {
        let rows = who.trail(store, before).await;
        count += rows.iter().filter(|row| row.kind == kind).count() as u64;
        match rows.last() {
            Some(last) => before = Some((last.at, last.id)),
            None => return count,
        }
    }
}

/// Every transition has left one notice, and nothing else has.
pub(crate) async fn check_notices(store: &SqlStore, happened: u64) {
    let waiting = store.outbox_backlog(NOW).await.unwrap().waiting;
    assert_eq!(waiting, happened, "notices");
}
