//! The facade's handle, and what every part of the flow shares.

use crate::admin::Admin;
use crate::build_error::BuildError;
use crate::builder::AuthBuilder;
use crate::counters::EventCounters;
use crate::directory::{Account, Directory, Login};
use crate::event::{Event, EventKind, EventSink};
use crate::fault::Fault;
use crate::limits::{Checked, Limits};
use crate::links::Links;
use crate::outbox::{RecentSends, Unregistered, Worker};
use crate::standing::Breaches;
use crate::tenant::Tenant;
use crate::tenant_auth::TenantAuth;
use crate::tenants::Tenants;
use slotwerk_keys::KeyRing;
use slotwerk_mail::{Composer, Mailer};
use slotwerk_password::{Hasher, Owner};
use slotwerk_store::{AccountKey, Id, Store};
use std::fmt;
use std::io;
use std::ops::Deref;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Password reset and two-factor sign-in for every tenant of a service.
///
/// Cheap to clone: one `Arc` inside. Every method that answers a person returns
/// `Result<Outcome, Fault>`: an outcome is an answer, a [`Fault`] is infrastructure.
#[derive(Clone)]
pub struct Auth {
    pub(crate) inner: Arc<Inner>,
}

/// Time since the Unix epoch.
pub(crate) type Clock = Arc<dyn Fn() -> Duration + Send + Sync>;

/// Fills a buffer with unpredictable bytes, or fails.
pub(crate) type Entropy = Arc<dyn Fn(&mut [u8]) -> io::Result<()> + Send + Sync>;

/// The service on one store.
pub(crate) struct Inner {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) service: Arc<Service>,
}

impl Deref for Inner {
    type Target = Service;

    fn deref(&self) -> &Service {
        &self.service
    }
}

/// All of a service but its store.
pub(crate) struct Service {
    pub(crate) directory: Arc<dyn Directory>,
    pub(crate) mailer: Arc<dyn Mailer>,
    pub(crate) events: Arc<dyn EventSink>,
    pub(crate) clock: Clock,
    pub(crate) entropy: Entropy,
    pub(crate) keys: KeyRing,
    pub(crate) hasher: Hasher,
    pub(crate) links: Links,
    pub(crate) composer: Composer,
    /// The same, if it has no room for the set-up mails of some tenants.
    pub(crate) tight_composer: Option<Composer>,
    pub(crate) breaches: Option<Breaches>,
    pub(crate) limits: Limits,
    pub(crate) checked: Checked,
    pub(crate) tenants: Tenants,
    pub(crate) outbox_wake: event_listener::Event,
    /// The tenant whose job was taken last: the others' turn comes first.
    pub(crate) outbox_turn: Mutex<Option<String>>,
    pub(crate) unregistered: Unregistered,
    pub(crate) recent_sends: RecentSends,
    pub(crate) counted: EventCounters,
}

impl Auth {
    /// Starts the configuration.
    pub fn builder() -> AuthBuilder {
        AuthBuilder::default()
    }

    /// Adds a tenant while running, or replaces its settings.
    ///
    /// # Errors
    ///
    /// [`BuildError`] if the settings do not fit this service, as at build.
    pub fn put_tenant(&self, tenant: Tenant) -> Result<(), BuildError> {
        let id = tenant.id.clone();
        self.inner.register(tenant)?;
        // Its mails may be waiting.
        self.inner.unregistered.forget(&id);
        self.inner.wake_outbox();
        Ok(())
    }

    /// Takes a tenant out of this node, and returns whether it was there. Handles that are in use go on to their
    /// end. Its mails wait for seven days, in case it comes back.
    ///
    /// A tenant that the [source](AuthBuilder::tenant_source) still has is loaded again at its next use. So this
    /// also makes changed settings hold at once; other nodes take them up within
    /// [`Limits::tenant_refresh`](crate::Limits::tenant_refresh).
    pub fn remove_tenant(&self, id: &str) -> bool {
        self.inner.tenants.remove(id)
    }

    /// The same service on another way into its store, for calls inside a transaction of the host.
    ///
    /// With a store of `slotwerk-sqlx` on the host's transaction (`SqlStore::within`), "delete the user" and "erase the
    /// account" commit together, or neither does. The mails of such a call wait in the outbox until the host commits.
    ///
    /// Tenants, events, counters and the hashing threads stay shared. Give it a store of the same database: tickets and
    /// budgets of another one are unknown there.
    #[must_use]
    pub fn with_store(&self, store: Arc<dyn Store>) -> Self {
        let service = self.inner.service.clone();
        Self {
            inner: Arc::new(Inner { store, service }),
        }
    }

    /// The worker: mails, and clearing away.
    #[must_use]
    pub fn worker(&self) -> Worker<'_> {
        Worker { inner: &self.inner }
    }

    /// The calls of a help desk or a migration at a tenant. Check the host's own authorisation before.
    #[must_use]
    pub fn admin<'a>(&self, tenant: &'a TenantAuth) -> Admin<'a> {
        Admin { tenant }
    }
}

impl fmt::Debug for Auth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Auth").finish_non_exhaustive()
    }
}

impl Inner {
    /// Whole seconds since the Unix epoch.
    pub(crate) fn now(&self) -> u64 {
        (self.clock)().as_secs()
    }

    pub(crate) fn now_ms(&self) -> u64 {
        u64::try_from((self.clock)().as_millis()).unwrap_or(u64::MAX)
    }

    pub(crate) fn random<const N: usize>(&self) -> Result<[u8; N], Fault> {
        let mut bytes = [0; N];
        (self.entropy)(&mut bytes).map_err(Fault::Entropy)?;
        Ok(bytes)
    }

    pub(crate) fn random_id(&self) -> Result<Id, Fault> {
        Ok(Id(self.random()?))
    }

    /// The hasher at the tenant's cost, for hashes that are this account's.
    pub(crate) fn hasher_for(&self, settings: &Tenant, key: &AccountKey) -> Result<Hasher, Fault> {
        let hasher = match settings.hashing {
            Some(params) => self
                .hasher
                .raised_to(params)
                .map_err(|_| Fault::Unusable("a tenant's cost of hashing"))?,
            None => self.hasher.clone(),
        };
        Ok(hasher.owned_by(Owner::new(key.tenant(), key.account())))
    }

    /// Whether a password of this tenant would be hashed now, or is refused.
    pub(crate) fn has_room_to_hash(&self, tenant: &str) -> bool {
        self.hasher.owned_by(Owner::new(tenant, "")).has_room()
    }

    pub(crate) fn emit(&self, tenant: &str, account: Option<&str>, kind: EventKind) {
        self.hand_out(&Event::new(Some(tenant), account, kind));
    }

    /// Emits an event that is about no tenant.
    pub(crate) fn emit_all(&self, kind: EventKind) {
        self.hand_out(&Event::new(None, None, kind));
    }

    pub(crate) async fn find_account(
        &self,
        tenant: &str,
        login: &Login,
    ) -> Result<Option<Account>, Fault> {
        let found = self.directory.find(tenant, login).await;
        let Some(account) = found.map_err(Fault::Directory)? else {
            return Ok(None);
        };
        if let Err(problem) = account.check() {
            self.emit(tenant, Some(&account.id), EventKind::AccountUnfit(problem));
        }
        Ok(Some(account.presentable()))
    }

    /// The account, if it is there and enabled.
    pub(crate) async fn enabled_account(&self, key: &AccountKey) -> Result<Option<Account>, Fault> {
        let account = self
            .directory
            .get(key.tenant(), key.account())
            .await
            .map_err(Fault::Directory)?;
        Ok(account
            .filter(|account| account.enabled)
            .map(Account::presentable))
    }
}

pub(crate) fn account_key(tenant: &str, account: &str) -> Result<AccountKey, Fault> {
    AccountKey::new(tenant, account).map_err(|_| Fault::Unusable("an account id"))
}
