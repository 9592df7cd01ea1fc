//! The tenants that this node knows: registered by the host, or loaded from its source.

use crate::auth::Inner;
use crate::build_error::BuildError;
use crate::event::EventKind;
use crate::fault::Fault;
use crate::tenant::Tenant;
use crate::tenant_builder::is_usable_id;
use crate::tenant_source::TenantSource;
use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, Shared, WeakShared};
use std::collections::{BTreeSet, HashMap};
use std::error::Error;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

/// How long a tenant goes on with its settings while its source fails, in seconds.
const LONGEST_OUTAGE: u64 = 60 * 60;

/// How long a source that failed is left alone for a tenant, in seconds.
const PAUSE_AFTER_FAILURE: u64 = 5;

/// How many loads are remembered before those that nobody waits for are forgotten.
const MOST_LOADS: usize = 1_000;

/// Every tenant that this node knows.
#[derive(Default)]
pub(crate) struct Tenants {
    known: RwLock<Known>,
    source: Option<Source>,
}

struct Source {
    tenants: Arc<dyn TenantSource>,
    /// The loads under way, by tenant. All requests for a tenant wait for one load.
    loads: Mutex<Loads>,
}

type Loads = HashMap<String, WeakShared<Load>>;

type Load = BoxFuture<'static, Result<Option<Arc<Tenant>>, Arc<dyn Error + Send + Sync>>>;

#[derive(Default)]
struct Known {
    by_id: HashMap<String, Entry>,
    /// How many of them the source gave.
    loaded: usize,
    /// The ids of the tenants that share an issuer.
    by_issuer: HashMap<String, BTreeSet<String>>,
}

#[derive(Clone)]
struct Entry {
    tenant: Arc<Tenant>,
    /// `None` for a tenant that the host registered: it stays until the host removes it.
    loaded: Option<Loaded>,
}

/// Unix times.
#[derive(Clone, Copy)]
struct Loaded {
    at: u64,
    again_at: u64,
}

impl Entry {
    /// Whether the settings hold without asking the source. A time that lies ahead is none of this clock's.
    fn is_fresh(&self, now: u64, refresh: u64) -> bool {
        self.loaded.is_none_or(|loaded| {
            loaded.at <= now && now < loaded.again_at && loaded.again_at - now <= refresh
        })
    }

    fn survives_an_outage(&self, now: u64) -> bool {
        self.loaded
            .is_some_and(|loaded| loaded.at <= now && now - loaded.at < LONGEST_OUTAGE)
    }
}

impl Tenants {
    pub(crate) fn new(source: Option<Arc<dyn TenantSource>>) -> Self {
        Self {
            known: RwLock::default(),
            source: source.map(|tenants| Source {
                tenants,
                loads: Mutex::default(),
            }),
        }
    }

    /// Takes a tenant out and ends its loads, so that the next use asks the source.
    pub(crate) fn remove(&self, id: &str) -> bool {
        let _no_load = self.without_load(id);
        self.write().remove(id)
    }

    /// Has the load of a tenant end without being kept. None begins or ends until the guard is dropped.
    fn without_load(&self, id: &str) -> Option<MutexGuard<'_, Loads>> {
        let mut loads = self.source.as_ref()?.lock();
        loads.remove(id);
        Some(loads)
    }

    fn get(&self, id: &str) -> Option<Entry> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        known.by_id.get(id).cloned()
    }

    fn write(&self) -> std::sync::RwLockWriteGuard<'_, Known> {
        self.known.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Known {
    /// Whether a known tenant other than this one has its issuer.
    fn shares_issuer(&self, tenant: &Tenant) -> bool {
        let of_issuer = self.by_issuer.get(&tenant.issuer);
        of_issuer.is_some_and(|ids| ids.iter().any(|id| *id != tenant.id))
    }

    fn put(&mut self, entry: Entry) {
        self.remove(&entry.tenant.id);
        let issuer = entry.tenant.issuer.clone();
        let ids = self.by_issuer.entry(issuer).or_default();
        ids.insert(entry.tenant.id.clone());
        self.loaded = self
            .loaded
            .saturating_add(usize::from(entry.loaded.is_some()));
        self.by_id.insert(entry.tenant.id.clone(), entry);
    }

    fn remove(&mut self, id: &str) -> bool {
        let Some(entry) = self.by_id.remove(id) else {
            return false;
        };
        self.loaded = self
            .loaded
            .saturating_sub(usize::from(entry.loaded.is_some()));
        if let Some(ids) = self.by_issuer.get_mut(&entry.tenant.issuer) {
            ids.remove(id);
            if ids.is_empty() {
                self.by_issuer.remove(&entry.tenant.issuer);
            }
        }
        true
    }

    /// Leaves a source that failed alone for a moment.
    fn put_off(&mut self, id: &str, now: u64) {
        let loaded = self
            .by_id
            .get_mut(id)
            .and_then(|entry| entry.loaded.as_mut());
        if let Some(loaded) = loaded {
            loaded.again_at = now.saturating_add(PAUSE_AFTER_FAILURE);
        }
    }

    /// Makes room for another tenant of the source, so that at most so many of them are kept.
    fn make_room(&mut self, most: u32) {
        if self.loaded < most as usize {
            return;
        }
        let loaded = self.by_id.iter();
        let loaded = loaded.filter_map(|(id, entry)| Some((entry.loaded?.at, id)));
        if let Some((_, oldest)) = loaded.min() {
            let oldest = oldest.clone();
            self.remove(&oldest);
        }
    }
}

impl Source {
    /// The load of a tenant that is under way, or a new one.
    fn load(&self, id: &str) -> Shared<Load> {
        let mut loads = self.lock();
        if let Some(under_way) = loads.get(id).and_then(WeakShared::upgrade) {
            return under_way;
        }
        if loads.len() >= MOST_LOADS {
            loads.retain(|_, load| load.upgrade().is_some());
        }
        let (tenants, asked) = (Arc::clone(&self.tenants), id.to_owned());
        let load: Load = async move {
            let found = tenants.load(&asked).await.map_err(Arc::from)?;
            Ok(found.map(Arc::new))
        }
        .boxed();
        let load = load.shared();
        if let Some(weak) = load.downgrade() {
            loads.insert(id.to_owned(), weak);
        }
        load
    }

    /// Ends a load, and keeps others from beginning or ending one until the guard is dropped. `None` if another
    /// request has ended it, or if the host has changed the tenant meanwhile: its settings must not be kept then.
    fn end(&self, id: &str, load: &Shared<Load>) -> Option<MutexGuard<'_, Loads>> {
        let mut loads = self.lock();
        let current = loads.get(id).and_then(WeakShared::upgrade)?;
        if !current.ptr_eq(load) {
            return None;
        }
        loads.remove(id);
        Some(loads)
    }

    fn lock(&self) -> MutexGuard<'_, Loads> {
        self.loads.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    /// Registers a tenant, or replaces its settings.
    pub(crate) fn register(&self, tenant: Tenant) -> Result<(), BuildError> {
        self.check_tenant(&tenant)?;
        let _no_load = self.tenants.without_load(&tenant.id);
        let mut known = self.tenants.write();
        if known.shares_issuer(&tenant) {
            return Err(BuildError::TenantClash(tenant.id));
        }
        known.put(Entry {
            tenant: Arc::new(tenant),
            loaded: None,
        });
        Ok(())
    }

    /// The settings of a tenant, from the source if this node does not know them; `None` if there is no such
    /// tenant.
    pub(crate) async fn tenant(&self, id: &str) -> Result<Option<Arc<Tenant>>, Fault> {
        let now = self.now();
        let known = self.tenants.get(id);
        if let Some(known) = &known
            && known.is_fresh(now, self.limits.tenant_refresh.as_secs())
        {
            return Ok(Some(Arc::clone(&known.tenant)));
        }
        let Some(source) = &self.tenants.source else {
            return Ok(None);
        };
        if !is_usable_id(id) {
            return Ok(None);
        }
        let load = source.load(id);
        let loaded = match load.clone().await {
            Ok(Some(tenant)) => self.fits(id, &tenant).map(|()| Some(tenant)),
            Ok(None) => Ok(None),
            Err(error) => Err(Fault::TenantSource(error)),
        };
        let event = self.end_load(source, id, &load, &loaded);
        if let Some(event) = event {
            self.emit(id, None, event);
        }
        match (loaded, known) {
            (Err(_), Some(known)) if known.survives_an_outage(now) => Ok(Some(known.tenant)),
            (loaded, _) => loaded,
        }
    }

    /// Checks the settings that a source gave.
    fn fits(&self, id: &str, tenant: &Tenant) -> Result<(), Fault> {
        if tenant.id != id {
            return Err(Fault::Unusable("a tenant with another id than asked for"));
        }
        self.check_tenant(tenant)
            .map_err(|error| Fault::Tenant(Box::new(error)))
    }

    /// Ends a load and keeps what it gave, unless another request has ended it, or the host has changed the tenant
    /// meanwhile. Returns the event to emit.
    fn end_load(
        &self,
        source: &Source,
        id: &str,
        load: &Shared<Load>,
        loaded: &Result<Option<Arc<Tenant>>, Fault>,
    ) -> Option<EventKind> {
        // Held to the end, so that a removal comes before or after, and never in between.
        let _ending = source.end(id, load)?;
        let now = self.now();
        let mut known = self.tenants.write();
        match loaded {
            Ok(Some(tenant)) => {
                let shares_issuer = known.shares_issuer(tenant);
                known.remove(id);
                known.make_room(self.limits.loaded_tenants);
                known.put(Entry {
                    tenant: Arc::clone(tenant),
                    loaded: Some(Loaded {
                        at: now,
                        again_at: now.saturating_add(self.limits.tenant_refresh.as_secs()),
                    }),
                });
                shares_issuer.then_some(EventKind::IssuerShared)
            }
            Ok(None) => {
                known.remove(id);
                None
            }
            Err(fault) => {
                known.put_off(id, now);
                Some(match fault {
                    Fault::TenantSource(_) => EventKind::TenantSourceFailed,
                    _ => EventKind::TenantUnfit,
                })
            }
        }
    }
}
