//! `slotwerk audit …`: verifies, exports and shortens the audit trail in the database of a service.

mod export;
mod prune;
mod report;
mod verify;

pub(crate) use export::export;
pub(crate) use prune::prune;
pub(crate) use verify::verify;

use crate::args::Database;
use crate::context::Context;
use crate::database::OpenDatabase;
use crate::failure::Failure;
use crate::texts;
use slotwerk::Fault;
use slotwerk::store::{AuditTenants, Store};
use slotwerk_sqlx::SqlStore;
use std::fmt::Display;

/// How many tenants are read at once.
const TENANTS: u16 = 100;

/// Runs something on the store of an existing database.
fn with_store<T>(
    context: &Context,
    args: &Database,
    run: impl AsyncFnOnce(&SqlStore) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let database = OpenDatabase::open(context, args)?;
    database.runtime.block_on(async {
        let outcome = run(&database.store).await;
        database.store.close().await;
        outcome
    })
}

/// The tenant that was named, or all that have audit rows or checkpoints.
async fn tenants(
    context: &Context,
    store: &SqlStore,
    named: Option<&str>,
) -> Result<Vec<String>, Failure> {
    if let Some(tenant) = named {
        return Ok(vec![tenant.to_owned()]);
    }
    let mut found: Vec<String> = Vec::new();
    loop {
        let command = AuditTenants {
            after: found.last().cloned(),
            unsealed_until: None,
            limit: TENANTS,
        };
        let page = store.audit_tenants(&command).await;
        let page = page.map_err(|fault| unreadable(context, &Fault::from(fault)))?;
        if page.is_empty() {
            return Ok(found);
        }
        found.extend(page);
    }
}

/// The address is left out: it may hold a password.
fn unreadable(context: &Context, reason: &dyn Display) -> Failure {
    Failure::input(context.say(texts::AUDIT_UNREADABLE, &[&reason]))
}
