//! Putting the parts together, and refusing at build what would fail at night.

use crate::auth::{Auth, Clock, Entropy, Inner, Service};
use crate::build_error::BuildError;
use crate::directory::Directory;
use crate::event::{EventSink, NoEvents};
use crate::limits::Limits;
use crate::links::Links;
use crate::set_up_room::{check_set_up_mail, have_room_for_all};
use crate::standing::Breaches;
use crate::tenant::Tenant;
use crate::tenant_builder::TenantError;
use crate::tenant_source::TenantSource;
use crate::tenants::Tenants;
use rand::TryRng;
use slotwerk_breach::{BreachCheck, OnFailure};
use slotwerk_keys::KeyRing;
use slotwerk_mail::{Composer, Mailer};
use slotwerk_password::Hasher;
use slotwerk_policy::Rule;
use slotwerk_store::Store;
use std::collections::BTreeSet;
use std::io;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

/// Collects the parts of an [`Auth`]. The five required ones are store, directory, mailer, keys and
/// hasher; tenants, or a source of them, come with them.
#[derive(Default)]
#[must_use = "nothing is configured until build() is called"]
pub struct AuthBuilder {
    store: Option<Arc<dyn Store>>,
    directory: Option<Arc<dyn Directory>>,
    mailer: Option<Arc<dyn Mailer>>,
    events: Option<Arc<dyn EventSink>>,
    clock: Option<Clock>,
    entropy: Option<Entropy>,
    keys: Option<KeyRing>,
    hasher: Option<Hasher>,
    composer: Option<Composer>,
    breaches: Option<Breaches>,
    breach_check_always: bool,
    public_url: Option<String>,
    limits: Limits,
    tenants: Vec<Tenant>,
    tenant_source: Option<Arc<dyn TenantSource>>,
}

impl AuthBuilder {
    /// Where everything is remembered. Required.
    pub fn store(mut self, store: Arc<dyn Store>) -> Self {
        self.store = Some(store);
        self
    }

    /// The host's users. Required.
    pub fn directory(mut self, directory: Arc<dyn Directory>) -> Self {
        self.directory = Some(directory);
        self
    }

    /// How mail leaves. Required.
    pub fn mailer(mut self, mailer: Arc<dyn Mailer>) -> Self {
        self.mailer = Some(mailer);
        self
    }

    /// The key ring that signs tokens and seals secrets. Required.
    pub fn keys(mut self, keys: KeyRing) -> Self {
        self.keys = Some(keys);
        self
    }

    /// The hashing pool. Required.
    pub fn hasher(mut self, hasher: Hasher) -> Self {
        self.hasher = Some(hasher);
        self
    }

    /// The address under which people reach the service: the only source of links in mail. A link reads
    /// `{public_url}/{tenant}/reset/…`. With `{tenant}` in the address, as in `https://{tenant}.login.example`,
    /// the id stands there instead, and a link reads `{public_url}/reset/…`.
    ///
    /// `https`, or `http` on a loopback address. Required unless every tenant has
    /// [an address](crate::TenantBuilder::public_url).
    pub fn public_url(mut self, url: impl Into<String>) -> Self {
        self.public_url = Some(url.into());
        self
    }

    /// Loads tenants when they are needed, instead of registering each at start. Registered tenants come first.
    pub fn tenant_source(mut self, source: Arc<dyn TenantSource>) -> Self {
        self.tenant_source = Some(source);
        self
    }

    /// Adds a tenant. Required at least once, or a [source](Self::tenant_source).
    pub fn tenant(mut self, tenant: Tenant) -> Self {
        self.tenants.push(tenant);
        self
    }

    /// Durations and budgets other than the defaults.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Who hears of events. Without it, nobody.
    pub fn events(mut self, sink: Arc<dyn EventSink>) -> Self {
        self.events = Some(sink);
        self
    }

    /// The composer of mails, for a host with words, layouts or languages of its own. A tenant may have another:
    /// [`TenantBuilder::composer`](crate::TenantBuilder::composer).
    pub fn composer(mut self, composer: Composer) -> Self {
        self.composer = Some(composer);
        self
    }

    /// Where breached passwords are known, for tenants whose policy has
    /// [`Rule::NotBreached`](slotwerk_policy::Rule::NotBreached), and what to do with a new password when there
    /// is no answer. Required if a policy has that rule.
    ///
    /// A password accepted under [`OnFailure::AcceptAndCheckAgain`] is looked at when it is next used to
    /// sign in: see [`Grant::standing`](crate::Grant::standing).
    pub fn breach_check(mut self, check: Arc<dyn BreachCheck>, on_failure: OnFailure) -> Self {
        self.breaches = Some(Breaches {
            check,
            on_failure,
            at_every_sign_in: false,
        });
        self
    }

    /// Asks the breach check at every sign-in, not only where a password was accepted unchecked: what leaks
    /// tomorrow is then noticed as well. Only with a [`breach_check`](Self::breach_check) that answers
    /// fast, such as a filter file: the sign-in waits for it.
    pub fn breach_check_at_every_sign_in(mut self) -> Self {
        self.breach_check_always = true;
        self
    }

    /// The time since the Unix epoch. Without it, the system's clock.
    pub fn clock(mut self, clock: impl Fn() -> Duration + Send + Sync + 'static) -> Self {
        self.clock = Some(Arc::new(clock));
        self
    }

    /// The source of unpredictable bytes. Without it, the operating system's.
    pub fn entropy(
        mut self,
        entropy: impl Fn(&mut [u8]) -> io::Result<()> + Send + Sync + 'static,
    ) -> Self {
        self.entropy = Some(Arc::new(entropy));
        self
    }

    /// Checks everything and puts it together.
    ///
    /// # Errors
    ///
    /// [`BuildError`]: a part is missing, a limit is out of bounds, codes could be guessed too
    /// easily, the public address cannot carry links, or a tenant's settings are unusable.
    pub fn build(self) -> Result<Auth, BuildError> {
        let checked = self.limits.check()?;
        if self.tenants.is_empty() && self.tenant_source.is_none() {
            return Err(BuildError::Missing("tenant"));
        }
        let mut breaches = self.breaches;
        match &mut breaches {
            Some(breaches) => breaches.at_every_sign_in = self.breach_check_always,
            None if self.breach_check_always => return Err(BuildError::Missing("breach_check")),
            None => {}
        }
        // Checked once for all tenants, if it has room for all.
        let tight_composer = self.composer.clone();
        let tight_composer = tight_composer.filter(|composer| !have_room_for_all(composer));
        let composer = match self.composer {
            Some(composer) => composer,
            None => Composer::new().map_err(BuildError::Mail)?,
        };
        let links = match &self.public_url {
            Some(url) => Links::new(url).map_err(BuildError::PublicUrl)?,
            None => Links::OfTenants,
        };
        let store = self.store.ok_or(BuildError::Missing("store"))?;
        let service = Service {
            directory: self.directory.ok_or(BuildError::Missing("directory"))?,
            mailer: self.mailer.ok_or(BuildError::Missing("mailer"))?,
            events: self.events.unwrap_or_else(|| Arc::new(NoEvents)),
            clock: self.clock.unwrap_or_else(|| Arc::new(system_clock)),
            entropy: self.entropy.unwrap_or_else(|| Arc::new(system_entropy)),
            keys: self.keys.ok_or(BuildError::Missing("keys"))?,
            hasher: self.hasher.ok_or(BuildError::Missing("hasher"))?,
            links,
            composer,
            tight_composer,
            breaches,
            limits: self.limits,
            checked,
            tenants: Tenants::new(self.tenant_source),
            outbox_wake: event_listener::Event::new(),
            outbox_turn: std::sync::Mutex::default(),
            unregistered: Default::default(),
            recent_sends: Default::default(),
            counted: Default::default(),
        };
        let inner = Inner {
            store,
            service: Arc::new(service),
        };
        let mut ids = BTreeSet::new();
        for tenant in self.tenants {
            if !ids.insert(tenant.id.clone()) {
                return Err(BuildError::TenantClash(tenant.id));
            }
            inner.register(tenant)?;
        }
        Ok(Auth {
            inner: Arc::new(inner),
        })
    }
}

impl Inner {
    /// Checks what only the parts of this service can tell about a tenant's settings.
    pub(crate) fn check_tenant(&self, tenant: &Tenant) -> Result<(), BuildError> {
        let id = || tenant.id.clone();
        let asks_about_breaches = |rule: &Rule| matches!(rule, Rule::NotBreached {});
        let mut rules = tenant.policies().flat_map(|policy| policy.rules());
        if self.breaches.is_none() && rules.any(asks_about_breaches) {
            return Err(BuildError::BreachCheckMissing(id()));
        }
        if let Some(params) = tenant.hashing {
            let raised = self.hasher.raised_to(params);
            raised.map_err(|source| BuildError::Hashing {
                tenant: id(),
                source,
            })?;
        }
        match self.links.check(tenant) {
            Some(Ok(())) => {}
            Some(Err(error)) => return Err(BuildError::PublicUrl(error)),
            None => return Err(BuildError::Missing("public_url")),
        }
        // The builder of the tenant has checked its own composer.
        if let (Some(composer), None) = (&self.tight_composer, &tenant.composer) {
            let written = check_set_up_mail(tenant, composer);
            written.map_err(|error| BuildError::Tenant {
                tenant: id(),
                source: TenantError::SetUpMail(error),
            })?;
        }
        Ok(())
    }
}

fn system_clock() -> Duration {
    // A clock before 1970 reads as the epoch itself. Like any clock that is set back, it lets what had
    // expired and was not yet purged live again for as long as it lasts.
    SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default()
}

fn system_entropy(buffer: &mut [u8]) -> io::Result<()> {
    rand::rngs::SysRng
        .try_fill_bytes(buffer)
        .map_err(io::Error::other)
}
