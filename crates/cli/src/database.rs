//! The database of a service, by its address.

use crate::context::Context;
use crate::failure::{Failure, os};
use crate::texts;
use slotwerk_sqlx::SqlStore;
use std::path::Path;
use tokio::runtime::Runtime;

/// Names the database where no argument does. Other users see the arguments of a process, but not its environment.
const VARIABLE: &str = "SLOTWERK_DATABASE";

/// The database in the argument, else the one in the environment.
pub(crate) fn address(
    context: &Context,
    argument: Option<&String>,
) -> Result<Option<Address>, Failure> {
    let Some(argument) = argument else {
        let address = std::env::var(VARIABLE).ok().filter(|text| !text.is_empty());
        return Ok(address.map(|address| Address {
            shown: VARIABLE.to_owned(),
            address,
        }));
    };
    if holds_password(argument) {
        let message = context.say(texts::DATABASE_PASSWORD, &[&VARIABLE]);
        return Err(Failure::usage(message));
    }
    Ok(Some(Address {
        shown: argument.clone(),
        address: argument.clone(),
    }))
}

/// Where a database is, and what messages call it.
pub(crate) struct Address {
    shown: String,
    address: String,
}

impl Address {
    /// Opens the database, which must be there.
    pub(crate) fn open(self, context: &Context) -> Result<Database, Failure> {
        let Self { shown, address } = self;
        let unreadable = |reason: &dyn std::fmt::Display| {
            Failure::input(context.say(texts::UNREADABLE, &[reason])).at(Path::new(&shown), 0, 0)
        };
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| unreadable(&os(context, &error)))?;
        let store = runtime
            .block_on(SqlStore::connect_existing(&address))
            .map_err(|error| unreadable(&error))?;
        Ok(Database {
            shown,
            store,
            runtime,
        })
    }
}

/// An open database.
pub(crate) struct Database {
    shown: String,
    store: SqlStore,
    runtime: Runtime,
}

impl Database {
    /// Runs one task, and closes the database.
    pub(crate) fn run<T>(self, task: impl AsyncFnOnce(&SqlStore) -> T) -> T {
        let Self { store, runtime, .. } = self;
        runtime.block_on(async {
            let outcome = task(&store).await;
            store.close().await;
            outcome
        })
    }

    /// What messages call it.
    pub(crate) fn shown(&self) -> String {
        self.shown.clone()
    }
}

/// Whether an address has a password before its host.
fn holds_password(address: &str) -> bool {
    let Some((_, rest)) = address.split_once("://") else {
        return false;
    };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    authority
        .rsplit_once('@')
        .is_some_and(|(user, _)| user.contains(':'))
        || rest.contains("password=")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_seen() {
        for address in [
            "postgres://slotwerk:geheim@db/slotwerk",
            "mysql://slotwerk:a@b@db/slotwerk",
            "postgres://db/slotwerk?user=slotwerk&password=geheim",
        ] {
            assert!(holds_password(address), "{address}");
        }
        for address in [
            "service.db",
            "a:b@c.db",
            "sqlite:service.db",
            "postgres://slotwerk@db:5432/slotwerk",
            "mariadb://db:3306/slotwerk?x=a:b@c",
        ] {
            assert!(!holds_password(address), "{address}");
        }
    }
}
