//! The portal's own tables, beside the store's. A portal may run on any of three databases, so each statement is
//! written once for all of them.

use slotwerk_service::StartError;
use slotwerk_sqlx::HostConnections;

/// Runs one expression on the connections to any database: `on_each!(&tables, pool => query(…).execute(pool))`.
macro_rules! on_each {
    ($tables:expr, $pool:ident => $run:expr) => {
        match $tables {
            slotwerk_sqlx::HostConnections::Sqlite($pool) => $run,
            slotwerk_sqlx::HostConnections::Postgres($pool) => $run,
            slotwerk_sqlx::HostConnections::Mysql($pool) => $run,
        }
    };
}
pub(crate) use on_each;

/// As [`on_each`], for a statement that changes rows. Gives the number of rows.
macro_rules! change {
    ($tables:expr, $text:expr, $($value:expr),+ $(,)?) => {{
        let tables: &slotwerk_sqlx::HostConnections = $tables;
        let text = tables.sql($text);
        $crate::database::on_each!(tables, pool => {
            let changed = sqlx::query(text)$(.bind($value))+.execute(pool).await;
            changed.map(|done| done.rows_affected())
        })
    }};
}
pub(crate) use change;

pub(crate) async fn create(tables: &HostConnections) -> Result<(), StartError> {
    let text = match tables {
        HostConnections::Sqlite(_) => include_str!("../tables/sqlite.sql"),
        HostConnections::Postgres(_) => include_str!("../tables/postgres.sql"),
        HostConnections::Mysql(_) => include_str!("../tables/mysql.sql"),
    };
    let created = on_each!(tables, pool => sqlx::raw_sql(text).execute(pool).await.map(drop));
    created.map_err(StartError::failed("the portal's own tables"))
}

/// Whether an INSERT found its row there already.
pub(crate) fn is_taken(error: &sqlx::Error) -> bool {
    let error = error.as_database_error();
    error.is_some_and(|error| error.is_unique_violation())
}
