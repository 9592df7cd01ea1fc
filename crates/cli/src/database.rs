//! The database of a service, and `slotwerk database after-restore`.

use crate::args::{AfterRestore, Database};
use crate::context::Context;
use crate::failure::{Answer, Failure, os};
use crate::output::Output;
use crate::texts;
use serde_json::json;
use slotwerk_sqlx::SqlStore;
use std::error::Error;
use std::path::Path;
use tokio::runtime::{Builder, Runtime};

/// Where the address is, if no option gives it: others see the options of a process.
const VARIABLE: &str = "SLOTWERK_DATABASE_URL";

/// The database of a service, opened, and the runtime that its calls run on.
pub(crate) struct OpenDatabase {
    pub(crate) store: SqlStore,
    pub(crate) runtime: Runtime,
    place: String,
}

impl OpenDatabase {
    /// Opens the database of a service that ran before. Never makes one.
    pub(crate) fn open(context: &Context, database: &Database) -> Result<Self, Failure> {
        let address = match &database.address {
            Some(address) => address.clone(),
            None => std::env::var(VARIABLE)
                .map_err(|_| Failure::usage(context.say(texts::DATABASE_WHERE, &[&VARIABLE])))?,
        };
        let place = place(&address);
        let failed = |reason: &dyn std::fmt::Display| {
            let message = context.say(texts::UNREADABLE, &[reason]);
            Failure::input(message).at(Path::new(&place), 0, 0)
        };
        let runtime = Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| failed(&os(context, &error)))?;
        if is_file(&address) {
            check_file(&address).map_err(|error| failed(&os(context, &error)))?;
        }
        let store = runtime.block_on(SqlStore::connect_existing(&address));
        let store = store.map_err(|error| failed(&error))?;
        Ok(Self {
            store,
            runtime,
            place,
        })
    }

    /// Whether the arguments or the environment name a database.
    pub(crate) fn is_named(database: &Database) -> bool {
        database.address.is_some() || std::env::var_os(VARIABLE).is_some()
    }

    /// Its name in messages.
    pub(crate) fn place(&self) -> String {
        self.place.clone()
    }

    /// Runs a call and closes the database after it.
    pub(crate) fn run<T, E: Into<Box<dyn Error>>>(
        self,
        context: &Context,
        call: impl AsyncFnOnce(&SqlStore) -> Result<T, E>,
    ) -> Result<T, Failure> {
        let done = self.runtime.block_on(async {
            let done = call(&self.store).await;
            self.store.close().await;
            done
        });
        done.map_err(|error| {
            let message = context.say(texts::UNREADABLE, &[&error.into()]);
            Failure::input(message).at(Path::new(&self.place), 0, 0)
        })
    }
}

fn is_file(address: &str) -> bool {
    !address.contains("://") && !address.starts_with("sqlite:")
}

/// The name in a message. An address of a server may hold a password.
fn place(address: &str) -> String {
    if is_file(address) {
        return address.to_owned();
    }
    let (scheme, rest) = address.split_once(':').unwrap_or((address, ""));
    let host = rest.rsplit_once('@').map_or(rest, |(_, host)| host);
    let host = host.split(['?', '#']).next().unwrap_or_default();
    format!("{scheme}://{}", host.trim_start_matches('/'))
}

/// A clearer error than the driver's.
fn check_file(path: &str) -> std::io::Result<()> {
    if std::fs::metadata(path)?.is_dir() {
        return Err(std::io::ErrorKind::IsADirectory.into());
    }
    Ok(())
}

pub(crate) fn after_restore(context: &Context, args: &AfterRestore) -> Result<Answer, Failure> {
    if !args.yes {
        return Err(Failure::usage(context.say(texts::RESTORE_CONFIRM, &[])));
    }
    let database = OpenDatabase::open(context, &args.database)?;
    let ended = database.run(context, async |store| store.end_everything().await)?;
    let mut output = Output::new(context);
    if context.json {
        output.json(&json!({
            "version": 1,
            "command": "database after-restore",
            "accounts": ended.accounts,
            "links": ended.links,
            "tickets": ended.tickets,
            "enrolments": ended.enrolments,
            "sessions": ended.sessions,
        }))?;
    } else {
        let counts: [&dyn std::fmt::Display; 5] = [
            &ended.accounts,
            &ended.links,
            &ended.tickets,
            &ended.enrolments,
            &ended.sessions,
        ];
        output.line(&context.say(texts::RESTORE_ENDED, &counts))?;
        output.line(&context.say(texts::RESTORE_WAIT, &[]))?;
    }
    output.finish()?;
    Ok(Answer::Yes)
}

#[cfg(test)]
mod tests {
    use super::place;

    #[test]
    fn place_holds_no_password() {
        let shown = [
            ("service.db", "service.db"),
            (
                "postgres://portal:s3cret@db.example:5432/auth?x=y",
                "postgres://db.example:5432/auth",
            ),
            (
                "mysql://portal:p@ss@db.example/auth",
                "mysql://db.example/auth",
            ),
            (
                "sqlite:///var/lib/auth.db?mode=rw",
                "sqlite://var/lib/auth.db",
            ),
        ];
        for (address, expected) in shown {
            assert_eq!(place(address), expected);
        }
    }
}
