//! A whole service in memory, for the tests of a host.

use crate::auth::Auth;
use crate::code::Code;
use crate::directory::{Account, Directory, DirectoryError, Login};
use crate::enrol::EnrolmentMaterial;
use crate::fault::Fault;
use crate::limits::Limits;
use crate::tenant::Tenant;
use async_trait::async_trait;
use slotwerk_keys::{KeyId, KeyRing, MasterKey};
use slotwerk_mail::{Brand, Mail, Mailer, SendError};
use slotwerk_password::{Hasher, Params};
use slotwerk_policy::PolicyDraft;
use slotwerk_store::MemoryStore;
use slotwerk_totp::{Parameters, Secret, code_at};
use std::error::Error;
use std::fmt;
use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// An [`Auth`] in memory, and the handles to what surrounds it. **Never for production**: hashing costs next to
/// nothing, everybody knows the keys, and nothing survives the process.
///
/// There is one tenant, [`TENANT`](Self::TENANT), with a required second factor and passwords of 15 characters.
/// [`Auth::put_tenant`] adds others.
///
/// ```
/// use slotwerk::{password::Password, *};
///
/// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
/// let test = Auth::for_tests()?;
/// test.people.add(Account::new("7", "anna", "anna@example.com"));
/// let tenant = test.auth.tenant(TestAuth::TENANT).await?;
/// let password = || Password::new("blauwe fiets in de regen");
/// test.auth.admin(&tenant).set_password("7", password()?).await?;
///
/// let (login, client) = (Login::parse("anna")?, Client::unknown());
/// let SignInOutcome::Enrol(step) = tenant.sign_in(&login, password()?, &client).await? else {
///     panic!("the first sign-in sets an authenticator up")
/// };
/// let EnrolmentOutcome::OnScreen(page) = step.begin().await? else {
///     panic!("the page shows the secret")
/// };
/// let done = step.confirm(&test.code(&page)?, &NewAuthenticator::default()).await?;
/// assert!(matches!(done, ConfirmOutcome::SignedIn { .. }));
/// assert_eq!(test.deliver().await?.len(), 2); // two notices
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct TestAuth {
    /// The facade.
    pub auth: Auth,
    /// Its clock, which stands still.
    pub clock: TestClock,
    /// The mails that left.
    pub mailbox: TestMailbox,
    /// Its accounts.
    pub people: TestDirectory,
}

impl TestAuth {
    /// The id of the tenant.
    pub const TENANT: &'static str = "test";

    /// The time at the start: noon of 22 November 2026 UTC, at a whole step of a code.
    pub const START: u64 = 1_795_348_800;

    /// Works the outbox off and returns the mails that left meanwhile.
    ///
    /// # Errors
    ///
    /// A [`Fault`] of the store; the one in memory has none.
    pub async fn deliver(&self) -> Result<Vec<Mail>, Fault> {
        let before = self.mailbox.mails().len();
        while self.auth.worker().work_off_one().await? > 0 {}
        Ok(self.mailbox.mails().split_off(before))
    }

    /// The code that an app shows now. An accepted code is used: [advance](TestClock::advance) the clock by 30
    /// seconds for the next one.
    ///
    /// # Errors
    ///
    /// [`Fault::Unusable`] for material of another make.
    pub fn code(&self, material: &EnrolmentMaterial) -> Result<Code, Fault> {
        let unusable = "enrolment material";
        let secret = Secret::from_base32(&material.grouped_secret);
        let secret = secret.map_err(|_| Fault::Unusable(unusable))?;
        let step = Parameters::ISSUED.step_at(self.clock.seconds());
        let code = code_at(&secret, &Parameters::ISSUED, step);
        Code::parse(&code).map_err(|_| Fault::Unusable(unusable))
    }
}

impl Auth {
    /// A whole service in memory, for the tests of a host: see [`TestAuth`]. **Never for production.**
    ///
    /// # Errors
    ///
    /// If the operating system gives no thread.
    pub fn for_tests() -> io::Result<TestAuth> {
        TestAuth::build().map_err(io::Error::other)
    }
}

impl TestAuth {
    fn build() -> Result<Self, Box<dyn Error + Send + Sync>> {
        let clock = TestClock::at(Self::START);
        let (mailbox, people) = (TestMailbox::default(), TestDirectory::default());
        let policy = PolicyDraft::new().minimum_length(15).build()?;
        let brand = Brand::new("Test", "#1f5f8b")?;
        let hasher = Hasher::builder()
            .params(Params::danger_weak(64, 1, 1)?)
            .workers(1);
        let limits = Limits {
            reset_delay: Duration::ZERO,
            ..Limits::default()
        };
        let tenant = Tenant::builder(Self::TENANT, brand, policy, "Test").build()?;
        let auth = Auth::builder()
            .store(Arc::new(MemoryStore::new()))
            .directory(Arc::new(people.clone()))
            .mailer(Arc::new(mailbox.clone()))
            .keys(KeyRing::new(
                KeyId::new(1),
                MasterKey::from_bytes(*b"keys of tests are known to all!!"),
            ))
            .hasher(hasher.build()?)
            .limits(limits)
            .public_url("https://login.example")
            .tenant(tenant)
            .clock({
                let clock = clock.clone();
                move || clock.now()
            })
            .build()?;
        Ok(Self {
            auth,
            clock,
            mailbox,
            people,
        })
    }
}

/// A clock that stands still until a test moves it. Clones show the same time.
#[derive(Clone, Debug)]
pub struct TestClock(Arc<AtomicU64>);

impl TestClock {
    fn at(seconds: u64) -> Self {
        Self(Arc::new(AtomicU64::new(seconds)))
    }

    /// Seconds since the Unix epoch.
    #[must_use]
    pub fn seconds(&self) -> u64 {
        self.0.load(Ordering::SeqCst)
    }

    /// Sets the clock, back as well as forth.
    pub fn set(&self, seconds: u64) {
        self.0.store(seconds, Ordering::SeqCst);
    }

    /// Moves the clock on.
    pub fn advance(&self, seconds: u64) {
        self.0.fetch_add(seconds, Ordering::SeqCst);
    }

    fn now(&self) -> Duration {
        Duration::from_secs(self.seconds())
    }
}

/// Keeps every mail. Clones share one pile.
#[derive(Clone, Default)]
pub struct TestMailbox(Arc<Mutex<Vec<Mail>>>);

impl TestMailbox {
    /// Copies of the mails that left, oldest first.
    #[must_use]
    pub fn mails(&self) -> Vec<Mail> {
        self.lock().clone()
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Mail>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Mailer for TestMailbox {
    async fn send(&self, mail: &Mail) -> Result<(), SendError> {
        self.lock().push(mail.clone());
        Ok(())
    }
}

impl fmt::Debug for TestMailbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TestMailbox")
            .field("mails", &self.lock().len())
            .finish()
    }
}

/// Accounts, the same at every tenant. Clones share them.
#[derive(Clone, Default)]
pub struct TestDirectory(Arc<Mutex<Vec<Account>>>);

impl TestDirectory {
    /// Adds an account, or takes it in the place of the one with its id.
    pub fn add(&self, account: Account) {
        let mut accounts = self.lock();
        accounts.retain(|other| other.id != account.id);
        accounts.push(account);
    }

    /// Removes the account with this id.
    pub fn remove(&self, id: &str) {
        self.lock().retain(|account| account.id != id);
    }

    fn first(&self, is_it: impl Fn(&Account) -> bool) -> Option<Account> {
        self.lock().iter().find(|account| is_it(account)).cloned()
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Account>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Directory for TestDirectory {
    async fn find(&self, _: &str, login: &Login) -> Result<Option<Account>, DirectoryError> {
        let has_login = |account: &Account| {
            let own = Login::parse(&account.login);
            own.is_ok_and(|own| own.folded() == login.folded())
        };
        Ok(self.first(has_login))
    }

    async fn get(&self, _: &str, id: &str) -> Result<Option<Account>, DirectoryError> {
        Ok(self.first(|account| account.id == id))
    }
}

impl fmt::Debug for TestDirectory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TestDirectory")
            .field("accounts", &self.lock().len())
            .finish()
    }
}
