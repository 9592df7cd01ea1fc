//! `slotwerk audit …`: verifies, exports and shortens the audit trail in the database of a service.

mod export;
mod prune;
mod report;
mod verify;

pub(crate) use export::export;
pub(crate) use prune::prune;
pub(crate) use verify::verify;

use crate::args::AuditDatabase;
use crate::context::Context;
use crate::failure::{Failure, os};
use crate::texts;
use slotwerk::Fault;
use slotwerk::store::{AuditTenants, Store};
use slotwerk_sqlx::SqlStore;
use std::fmt::Display;

/// How many tenants are read at once.
const TENANTS: u16 = 100;

/// The address, from the option or from the environment, where a password in it is not seen by other users.
fn address(context: &Context, args: &AuditDatabase) -> Result<String, Failure> {
    let given = args.database.clone();
    let address = given.or_else(|| std::env::var("SLOTWERK_DATABASE").ok());
    address.ok_or_else(|| Failure::usage(context.say(texts::AUDIT_NO_DATABASE, &[])))
}

/// Runs something on the store of an existing database.
fn with_store<T>(
    context: &Context,
    args: &AuditDatabase,
    run: impl AsyncFnOnce(&SqlStore) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let address = address(context, args)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| unreadable(context, &os(context, &error)))?;
    runtime.block_on(async {
        let store = SqlStore::connect_existing(&address)
            .await
            .map_err(|error| unreadable(context, &error))?;
        let outcome = run(&store).await;
        store.close().await;
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
