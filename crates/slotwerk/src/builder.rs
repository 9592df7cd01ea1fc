//! Putting the parts together, and refusing at build what would fail at night.

use crate::auth::{Auth, Clock, Entropy, Inner};
use crate::directory::Directory;
use crate::event::{EventSink, NoEvents};
use crate::limits::Limits;
use crate::standing::Breaches;
use crate::tenant::Tenant;
use rand::TryRng;
use slotwerk_breach::{BreachCheck, OnFailure};
use slotwerk_keys::KeyRing;
use slotwerk_mail::{Composer, Mailer};
use slotwerk_password::{Hasher, RaiseError};
use slotwerk_policy::Rule;
use slotwerk_reset::LinkBuilder;
use slotwerk_store::Store;
use slotwerk_throttle::{BudgetError, TooGenerous};
use slotwerk_totp::{OtpauthUri, Parameters, Secret};
use std::collections::HashMap;
use std::io;
use std::sync::{Arc, RwLock};
use std::time::{Duration, SystemTime};

/// Collects the parts of an [`Auth`]. The five required ones are store, directory, mailer, keys and
/// hasher; the public address and at least one tenant come with them.
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

    /// The address under which people reach the service: the only source of links in mail. A link
    /// reads `{public_url}/{tenant}/reset/…`. Required; `https`, or `http` on a loopback address.
    pub fn public_url(mut self, url: impl Into<String>) -> Self {
        self.public_url = Some(url.into());
        self
    }

    /// Adds a tenant. Required at least once.
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
    /// [`Tenant::composer`].
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
        if self.tenants.is_empty() {
            return Err(BuildError::Missing("tenant"));
        }
        let mut breaches = self.breaches;
        match &mut breaches {
            Some(breaches) => breaches.at_every_sign_in = self.breach_check_always,
            None if self.breach_check_always => return Err(BuildError::Missing("breach_check")),
            None => {}
        }
        let composer = match self.composer {
            Some(composer) => composer,
            None => Composer::new().map_err(BuildError::Mail)?,
        };
        let mut tenants = HashMap::new();
        for tenant in self.tenants {
            if tenants.contains_key(&tenant.id) {
                return Err(BuildError::TenantClash(tenant.id));
            }
            let has_breach_check = breaches.is_some();
            check_tenant(
                &tenant,
                &tenants,
                self.hasher.as_ref(),
                has_breach_check,
                &composer,
            )?;
            tenants.insert(tenant.id.clone(), Arc::new(tenant));
        }
        let public_url = self.public_url.ok_or(BuildError::Missing("public_url"))?;
        Ok(Auth {
            inner: Arc::new(Inner {
                store: self.store.ok_or(BuildError::Missing("store"))?,
                directory: self.directory.ok_or(BuildError::Missing("directory"))?,
                mailer: self.mailer.ok_or(BuildError::Missing("mailer"))?,
                events: self.events.unwrap_or_else(|| Arc::new(NoEvents)),
                clock: self.clock.unwrap_or_else(|| Arc::new(system_clock)),
                entropy: self.entropy.unwrap_or_else(|| Arc::new(system_entropy)),
                keys: self.keys.ok_or(BuildError::Missing("keys"))?,
                hasher: self.hasher.ok_or(BuildError::Missing("hasher"))?,
                links: LinkBuilder::new(&public_url).map_err(BuildError::PublicUrl)?,
                composer,
                breaches,
                limits: self.limits,
                checked,
                tenants: RwLock::new(tenants),
                outbox_wake: event_listener::Event::new(),
                outbox_turn: std::sync::Mutex::default(),
                unregistered: Default::default(),
                recent_sends: Default::default(),
                counted: Default::default(),
            }),
        })
    }
}

/// Why an [`Auth`] was not built.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// A required part was not given.
    #[error("{0} is missing")]
    Missing(&'static str),
    /// A limit lies outside its bounds; see [`Limits`].
    #[error("the limit {0} is out of bounds")]
    Limit(&'static str),
    /// A budget lies outside its bounds.
    #[error("a budget is out of bounds")]
    Budget(#[source] BudgetError),
    /// The budget for codes would let them be guessed.
    #[error("the budget for codes is too generous")]
    CodesTooEasilyGuessed(#[source] TooGenerous),
    /// The public address cannot carry links.
    #[error("the public address cannot carry links")]
    PublicUrl(#[source] slotwerk_reset::LinkError),
    /// The mail texts cannot be used.
    #[error("the mail texts cannot be used")]
    Mail(#[source] slotwerk_mail::ComposerBuildError),
    /// A tenant's id or issuer is not usable.
    #[error("the {field} of tenant {tenant:?} is not usable")]
    Tenant {
        /// Which tenant.
        tenant: String,
        /// Which of its settings.
        field: &'static str,
    },
    /// The mail with the secret of a new authenticator cannot be written for this tenant's longest login name:
    /// its issuer or brand is too long, or its templates lack something.
    #[error("the set-up mail of tenant {tenant:?} cannot be written")]
    SetUpMail {
        /// The tenant's id.
        tenant: String,
        /// The value or part that does not fit.
        source: slotwerk_mail::ComposeError,
    },
    /// A tenant's policy asks about breaches, and nobody was named who knows of them.
    #[error("the policy of tenant {0:?} needs a breach check")]
    BreachCheckMissing(String),
    /// A tenant's cost of hashing is not one that the hasher can be raised to.
    #[error("the cost of hashing of tenant {tenant:?} is not usable")]
    Hashing {
        /// Which tenant.
        tenant: String,
        /// Which bound it breaks.
        source: RaiseError,
    },
    /// Two tenants share an id or an issuer.
    #[error("tenant {0:?} shares its id or its issuer with another")]
    TenantClash(String),
}

/// Whether a tenant's settings can be used beside those of the others.
pub(crate) fn check_tenant(
    tenant: &Tenant,
    others: &HashMap<String, Arc<Tenant>>,
    hasher: Option<&Hasher>,
    has_breach_check: bool,
    composer: &Composer,
) -> Result<(), BuildError> {
    let refuse = |field| {
        Err(BuildError::Tenant {
            tenant: tenant.id.clone(),
            field,
        })
    };
    if !tenant.has_usable_id() {
        return refuse("id");
    }
    // The rule is the otpauth URI's own; the secret and the account are only to have a whole one.
    let secret = Secret::from_entropy(&[0; 20]);
    if OtpauthUri::new(&secret, &Parameters::ISSUED, &tenant.issuer, "account").is_err() {
        return refuse("issuer");
    }
    let asks_about_breaches = |rule: &Rule| matches!(rule, Rule::NotBreached {});
    let mut rules = tenant.policies().flat_map(|policy| policy.rules());
    if !has_breach_check && rules.any(asks_about_breaches) {
        return Err(BuildError::BreachCheckMissing(tenant.id.clone()));
    }
    if let (Some(params), Some(hasher)) = (tenant.hashing, hasher) {
        hasher
            .raised_to(params)
            .map_err(|source| BuildError::Hashing {
                tenant: tenant.id.clone(),
                source,
            })?;
    }
    tenant
        .check_set_up_mail(composer)
        .map_err(|source| BuildError::SetUpMail {
            tenant: tenant.id.clone(),
            source,
        })?;
    let shares_issuer =
        |other: &Arc<Tenant>| other.id != tenant.id && other.issuer == tenant.issuer;
    if others.values().any(shares_issuer) {
        return Err(BuildError::TenantClash(tenant.id.clone()));
    }
    Ok(())
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
