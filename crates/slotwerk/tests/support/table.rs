//! The host's table of tenants.

use slotwerk::{Tenant, TenantSource, TenantSourceError};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};

/// Rows that change while the service runs.
#[derive(Clone, Default)]
pub(crate) struct Table(Arc<Mutex<Rows>>);

#[derive(Default)]
struct Rows {
    tenants: HashMap<String, Tenant>,
    asked: Vec<String>,
    is_down: bool,
}

impl Table {
    pub(crate) fn of(tenants: impl IntoIterator<Item = Tenant>) -> Self {
        let table = Self::default();
        for tenant in tenants {
            table.put(tenant);
        }
        table
    }

    pub(crate) fn source(&self) -> Arc<dyn TenantSource> {
        Arc::new(self.clone())
    }

    pub(crate) fn put(&self, tenant: Tenant) {
        let id = tenant.id().to_owned();
        self.put_as(&id, tenant);
    }

    /// A row whose id is not the tenant's.
    pub(crate) fn put_as(&self, id: &str, tenant: Tenant) {
        self.0.lock().unwrap().tenants.insert(id.to_owned(), tenant);
    }

    pub(crate) fn delete(&self, id: &str) {
        self.0.lock().unwrap().tenants.remove(id);
    }

    pub(crate) fn break_down(&self, is_down: bool) {
        self.0.lock().unwrap().is_down = is_down;
    }

    /// How many loads there were.
    pub(crate) fn asked(&self) -> usize {
        self.0.lock().unwrap().asked.len()
    }
}

#[slotwerk::async_trait]
impl TenantSource for Table {
    async fn load(&self, id: &str) -> Result<Option<Tenant>, TenantSourceError> {
        tokio::task::yield_now().await;
        let mut rows = self.0.lock().unwrap();
        rows.asked.push(id.to_owned());
        if rows.is_down {
            return Err("the table is away".into());
        }
        Ok(rows.tenants.get(id).cloned())
    }
}
