//! The conformance suite: what every store has to do, as named cases.
//!
//! Each case opens a fresh, empty store and says in its name what must hold. The race cases let many
//! tasks try the same transition through two handles at once, and count the winners.
//!
//! As one test per case:
//!
//! ```
//! use slotwerk_store::MemoryStore;
//! use slotwerk_testkit::conformance::Nodes;
//! use std::sync::Arc;
//!
//! async fn open() -> Nodes {
//!     Nodes::one(Arc::new(MemoryStore::new())) // a real store: Nodes::two(first, second)
//! }
//!
//! slotwerk_testkit::conformance_tests!(open);
//! # fn main() {}
//! ```
//!
//! Or all at once, with [`run`], whose [`Report`] names the cases that failed.
//!
//! # What a passing suite does not prove
//!
//! It finds a guard that is missing and a race that is wide. It cannot prove that there is no narrow
//! one, nor see whether a commit reached the disk: read the store for that.

mod active;
mod attempt;
mod audit;
mod audit_page;
mod audit_seal;
mod charges;
mod confirmation;
mod credential;
mod delays;
mod enrolment;
mod erase;
mod fixture;
mod history;
mod links;
mod macros;
mod manage;
mod must_change;
mod outbox;
mod overview;
mod purge;
mod race;
mod ran_ahead;
mod recheck;
mod recovery;
mod removal;
mod renewal;
mod replacement;
mod reset;
mod retention;
mod revocation;
mod rotation;
mod sealed;
mod session;
mod session_end;
mod settling;
mod several;
mod ticket;
mod totp;
mod worker;

use slotwerk_store::{
    InvalidAccountKey, InvalidAuditReason, SessionDataTooLong, Store, StoreError,
};
use std::any::Any;
use std::error::Error;
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;

/// Two ways into one store, as two nodes of a service have.
#[derive(Clone)]
pub struct Nodes {
    first: Arc<dyn Store>,
    second: Arc<dyn Store>,
    kept: Option<Arc<dyn Any + Send + Sync>>,
}

impl Nodes {
    /// A store that cannot be opened twice; both handles are the same.
    #[must_use]
    pub fn one(store: Arc<dyn Store>) -> Self {
        Self {
            first: store.clone(),
            second: store,
            kept: None,
        }
    }

    /// The same store, opened twice.
    #[must_use]
    pub fn two(first: Arc<dyn Store>, second: Arc<dyn Store>) -> Self {
        Self {
            first,
            second,
            kept: None,
        }
    }

    /// Keeps what the store needs, such as its directory, until the case has ended.
    #[must_use]
    pub fn keep(self, guard: impl Send + Sync + 'static) -> Self {
        Self {
            kept: Some(Arc::new((self.kept, guard))),
            ..self
        }
    }

    /// The handle through which most things are done.
    #[must_use]
    pub fn first(&self) -> &dyn Store {
        self.first.as_ref()
    }

    /// The other handle.
    #[must_use]
    pub fn second(&self) -> &dyn Store {
        self.second.as_ref()
    }

    fn alternate(&self, index: usize) -> Arc<dyn Store> {
        if index.is_multiple_of(2) {
            self.first.clone()
        } else {
            self.second.clone()
        }
    }
}

impl fmt::Debug for Nodes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Nodes").finish_non_exhaustive()
    }
}

/// Which part of the contract a case is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Area {
    /// Jobs and their leases.
    Outbox,
    /// Password hashes, epochs, age and recheck mark.
    Credential,
    /// Past passwords.
    History,
    /// Reset links.
    Reset,
    /// Sign-in tickets.
    Ticket,
    /// Enrolment, TOTP steps and recovery codes.
    Factor,
    /// Attempt budgets.
    Attempt,
    /// The audit trail.
    Audit,
    /// Housekeeping.
    Purge,
    /// Expiries that a clock wrote which ran ahead.
    RanAhead,
    /// Sessions.
    Session,
    /// Accounts as a whole: erased, exported.
    Account,
    /// Sealed values, for a rotation of keys.
    Sealed,
}

/// One thing that must hold.
#[derive(Clone, Copy)]
pub struct Case {
    /// What it is about.
    pub area: Area,
    /// What must hold, as a function name.
    pub name: &'static str,
    run: fn(Nodes) -> Pin<Box<dyn Future<Output = CaseResult> + Send>>,
}

impl Case {
    /// Runs the case on an empty store, within a tokio runtime.
    ///
    /// # Errors
    ///
    /// [`Failure`], naming this case.
    pub async fn run(&self, nodes: Nodes) -> Result<(), Failure> {
        (self.run)(nodes).await.map_err(|mismatch| Failure {
            case: self.name,
            what: mismatch.0,
        })
    }
}

impl fmt::Debug for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Case({:?}, {})", self.area, self.name)
    }
}

/// A case that does not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The name of the case.
    pub case: &'static str,
    /// What was seen.
    pub what: String,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.case, self.what)
    }
}

impl Error for Failure {}

/// Every case, by area.
#[must_use]
pub fn cases() -> Vec<Case> {
    [
        outbox::CASES,
        worker::CASES,
        credential::CASES,
        revocation::CASES,
        recheck::CASES,
        history::CASES,
        retention::CASES,
        reset::CASES,
        links::CASES,
        ticket::CASES,
        enrolment::CASES,
        confirmation::CASES,
        several::CASES,
        replacement::CASES,
        active::CASES,
        removal::CASES,
        totp::CASES,
        recovery::CASES,
        renewal::CASES,
        sealed::CASES,
        attempt::CASES,
        charges::CASES,
        settling::CASES,
        delays::CASES,
        audit::CASES,
        purge::CASES,
        ran_ahead::CASES,
        session::CASES,
        session_end::CASES,
        rotation::CASES,
        must_change::CASES,
        erase::CASES,
        audit_page::CASES,
        overview::CASES,
        audit_seal::CASES,
    ]
    .concat()
}

/// What a whole run found.
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct Report {
    /// The cases that hold.
    pub passed: Vec<&'static str>,
    /// The cases that do not.
    pub failed: Vec<Failure>,
}

impl Report {
    /// How many cases hold, if all do.
    ///
    /// # Errors
    ///
    /// This report, whose text lists the failures.
    pub fn into_result(self) -> Result<usize, Self> {
        if self.failed.is_empty() {
            Ok(self.passed.len())
        } else {
            Err(self)
        }
    }

    /// Whether this case was found not to hold.
    #[must_use]
    pub fn names(&self, case: &str) -> bool {
        self.failed.iter().any(|failure| failure.case == case)
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} of {} cases do not hold",
            self.failed.len(),
            self.failed.len() + self.passed.len()
        )?;
        for failure in &self.failed {
            write!(f, "\n  {failure}")?;
        }
        Ok(())
    }
}

impl Error for Report {}

/// Runs every case, each on the fresh store that `open` gives, within a tokio runtime.
pub async fn run<F, Fut>(open: F) -> Report
where
    F: Fn() -> Fut,
    Fut: Future<Output = Nodes>,
{
    let mut report = Report::default();
    for case in cases() {
        match case.run(open().await).await {
            Ok(()) => report.passed.push(case.name),
            Err(failure) => report.failed.push(failure),
        }
    }
    report
}

/// Runs one case by its name, on a runtime of its own.
///
/// # Panics
///
/// If there is no such case, or it does not hold: this is the body of a test.
#[allow(clippy::panic)] // A test fails by a panic.
pub fn assert_case<F, Fut>(name: &str, open: F)
where
    F: FnOnce() -> Fut,
    Fut: Future<Output = Nodes>,
{
    let Some(case) = cases().into_iter().find(|case| case.name == name) else {
        panic!("there is no case named {name}");
    };
    if let Err(failure) = block_on(async { case.run(open().await).await }) {
        panic!("{failure}");
    }
}

/// Runs a future on a tokio runtime of several threads, such as the race cases need.
///
/// # Panics
///
/// If the operating system gives no threads.
#[allow(clippy::expect_used)] // Only tests call this.
pub fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(4)
        .enable_all()
        .build()
        .expect("a tokio runtime needs threads")
        .block_on(future)
}

/// What was seen instead of what must hold.
struct Mismatch(String);

type CaseResult = Result<(), Mismatch>;

impl From<StoreError> for Mismatch {
    fn from(fault: StoreError) -> Self {
        let cause = fault.source().map(ToString::to_string).unwrap_or_default();
        Self(format!("the store reported a fault: {fault} {cause}"))
    }
}

impl From<InvalidAccountKey> for Mismatch {
    fn from(error: InvalidAccountKey) -> Self {
        Self(error.to_string())
    }
}

impl From<SessionDataTooLong> for Mismatch {
    fn from(error: SessionDataTooLong) -> Self {
        Self(error.to_string())
    }
}

impl From<InvalidAuditReason> for Mismatch {
    fn from(error: InvalidAuditReason) -> Self {
        Self(error.to_string())
    }
}
