//! The portal's own connections to the database, whichever it is, and what the databases do alike.

use sqlx::error::ErrorKind;
use sqlx::{AssertSqlSafe, MySqlPool, PgPool, SqlSafeStr, SqlStr, SqlitePool};

#[derive(Clone, Debug)]
pub(crate) enum Pool {
    Sqlite(SqlitePool),
    Postgres(PgPool),
    Mysql(MySqlPool),
}

/// Runs one expression on the pool of any database: `on_each!(&pool, connections => query(…).execute(connections))`.
macro_rules! on_each {
    ($pool:expr, $connections:ident => $run:expr) => {
        match $pool {
            $crate::pool::Pool::Sqlite($connections) => $run,
            $crate::pool::Pool::Postgres($connections) => $run,
            $crate::pool::Pool::Mysql($connections) => $run,
        }
    };
}
pub(crate) use on_each;

/// As [`on_each`], for a statement that changes rows. Gives the number of rows.
macro_rules! change {
    ($pool:expr, $text:expr, $($value:expr),+ $(,)?) => {{
        let pool: &$crate::pool::Pool = $pool;
        let text = pool.text($text);
        $crate::pool::on_each!(pool, connections => {
            let changed = sqlx::query(text)$(.bind($value))+.execute(connections).await;
            changed.map(|done| done.rows_affected())
        })
    }};
}
pub(crate) use change;

impl Pool {
    /// The text of a statement for this database. It is written with `$1`, `$2` and so on, each used once and in this
    /// order. MySQL has `?` instead.
    pub(crate) fn text(&self, text: &'static str) -> SqlStr {
        match self {
            Self::Sqlite(_) | Self::Postgres(_) => text.into_sql_str(),
            Self::Mysql(_) => AssertSqlSafe(with_question_marks(text)).into_sql_str(),
        }
    }

    /// A statement that gives the number of the row that this connection inserted last.
    pub(crate) fn last_id(&self) -> &'static str {
        match self {
            Self::Sqlite(_) => "SELECT last_insert_rowid()",
            Self::Postgres(_) => "SELECT lastval()",
            Self::Mysql(_) => "SELECT CAST(last_insert_id() AS SIGNED)",
        }
    }

    /// Creates the portal's tables, if they are not there.
    pub(crate) async fn create_tables(&self) -> Result<(), sqlx::Error> {
        match self {
            Self::Sqlite(pool) => {
                let tables = include_str!("../tables/sqlite.sql");
                sqlx::raw_sql(tables).execute(pool).await.map(drop)
            }
            Self::Postgres(pool) => {
                let tables = include_str!("../tables/postgres.sql");
                sqlx::raw_sql(tables).execute(pool).await.map(drop)
            }
            Self::Mysql(pool) => {
                let tables = include_str!("../tables/mysql.sql");
                sqlx::raw_sql(tables).execute(pool).await.map(drop)
            }
        }
    }
}

fn with_question_marks(text: &str) -> String {
    let mut marked = String::with_capacity(text.len());
    let mut parts = text.split('$');
    marked.push_str(parts.next().unwrap_or_default());
    for part in parts {
        marked.push('?');
        marked.push_str(part.trim_start_matches(|c: char| c.is_ascii_digit()));
    }
    marked
}

/// Whether an INSERT found its row there already.
pub(crate) fn is_taken(error: &sqlx::Error) -> bool {
    error
        .as_database_error()
        .is_some_and(|error| error.kind() == ErrorKind::UniqueViolation)
}

/// Whether the database cannot be used just now: a later try may succeed. Other errors are mistakes of the portal.
pub(crate) fn is_away(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Database(error) => is_away_by_code(&error.code().unwrap_or_default()),
        sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::Protocol(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed => true,
        _ => false,
    }
}

/// By SQLSTATE, or by the number of SQLite's error.
fn is_away_by_code(code: &str) -> bool {
    // Connections, resources, a shutdown, a recovery; a lock that was not free in time; a deadlock.
    let states = ["08", "53", "57P0", "70100", "55P03", "40001", "40P01"];
    // The low byte is the primary code: busy, locked, an I/O error, a full disk, a file that cannot be opened.
    let numbers = [5, 6, 10, 13, 14];
    match code.parse::<u32>() {
        Ok(number) if code.len() < 5 => numbers.contains(&(number & 0xff)),
        _ => states.iter().any(|state| code.starts_with(state)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_become_question_marks() {
        let text = "SELECT a FROM b WHERE c = $1 AND d > $12";
        let marked = "SELECT a FROM b WHERE c = ? AND d > ?";
        assert_eq!(with_question_marks(text), marked);
        assert_eq!(with_question_marks("SELECT 1"), "SELECT 1");
    }

    #[test]
    fn only_passing_errors_are_away() {
        for code in ["57P01", "08S01", "53300", "5", "13", "2570", "40001"] {
            assert!(is_away_by_code(code), "{code}");
        }
        for code in ["42P01", "23505", "22001", "1", "11", "21", "", "42S02"] {
            assert!(!is_away_by_code(code), "{code}");
        }
        assert!(is_away(&sqlx::Error::PoolTimedOut));
        assert!(!is_away(&sqlx::Error::RowNotFound));
    }
}
