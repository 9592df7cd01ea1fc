//! SQL statements: one text for every database, and the few differences between them.

use crate::connection::{Conn, Row};
use crate::dialect::Dialect;
use crate::error::{commit_fault, fault, is_taken};
use crate::value::{Cell, Value};
#[cfg(feature = "mysql")]
use futures_util::TryStreamExt;
use slotwerk_store::{AccountKey, ErrorKind, Result, StoreError};
use sqlx::query::Query as DriverQuery;
use sqlx::{Database, Encode, Type};
#[cfg(feature = "mysql")]
use sqlx::{Either, Executor};
use std::sync::OnceLock;

/// A statement, with its arguments as `$1`, `$2` and so on.
///
/// SQLite and PostgreSQL read this notation. For MySQL the text is rewritten once to `?`, and the arguments are
/// bound in the order of their use.
pub(crate) struct Statement {
    sql: &'static str,
    postgres: Option<&'static str>,
    mysql: Option<&'static str>,
    locks: Option<&'static str>,
    if_absent: bool,
    prepared: [OnceLock<Prepared>; Dialect::COUNT],
    /// Where the source has it.
    #[cfg(test)]
    pub(crate) at: &'static std::panic::Location<'static>,
}

/// The text for one dialect.
struct Prepared {
    text: String,
    /// The argument of each placeholder. `None`: each argument occurs by its number.
    order: Option<Vec<usize>>,
}

impl Statement {
    /// The same text for every database.
    #[cfg_attr(test, track_caller)]
    pub(crate) const fn new(sql: &'static str) -> Self {
        Self {
            sql,
            postgres: None,
            mysql: None,
            locks: None,
            if_absent: false,
            prepared: [const { OnceLock::new() }; Dialect::COUNT],
            #[cfg(test)]
            at: std::panic::Location::caller(),
        }
    }

    /// An INSERT that changes no row if its unique key exists already.
    ///
    /// MySQL has no such clause: `INSERT IGNORE` hides other errors too, and an upsert counts one row either way. So
    /// the error of the key becomes the answer there.
    #[cfg_attr(test, track_caller)]
    pub(crate) const fn insert_if_absent(sql: &'static str) -> Self {
        let mut statement = Self::new(sql);
        statement.if_absent = true;
        statement
    }

    /// A SELECT whose rows stay locked until the transaction ends, where rows have locks.
    #[cfg_attr(test, track_caller)]
    pub(crate) const fn locking(sql: &'static str) -> Self {
        let mut statement = Self::new(sql);
        statement.locks = Some(" FOR UPDATE");
        statement
    }

    /// As [`locking`](Self::locking), without the rows that another transaction has locked.
    #[cfg_attr(test, track_caller)]
    pub(crate) const fn locking_free(sql: &'static str) -> Self {
        let mut statement = Self::new(sql);
        statement.locks = Some(" FOR UPDATE SKIP LOCKED");
        statement
    }

    /// Another text for PostgreSQL.
    pub(crate) const fn postgres(mut self, sql: &'static str) -> Self {
        self.postgres = Some(sql);
        self
    }

    /// Another text for MySQL and MariaDB.
    pub(crate) const fn mysql(mut self, sql: &'static str) -> Self {
        self.mysql = Some(sql);
        self
    }

    fn prepared(&'static self, dialect: Dialect) -> &'static Prepared {
        let [sqlite, postgres, mysql] = &self.prepared;
        let prepared = match dialect {
            Dialect::Sqlite => sqlite,
            Dialect::Postgres => postgres,
            Dialect::Mysql => mysql,
        };
        prepared.get_or_init(|| self.prepare(dialect))
    }

    fn prepare(&self, dialect: Dialect) -> Prepared {
        let text = self.composed(dialect);
        if dialect != Dialect::Mysql {
            return Prepared { text, order: None };
        }
        let (text, order) = with_question_marks(&text);
        Prepared {
            text,
            order: Some(order),
        }
    }

    /// The text for a dialect, with `$n` for the arguments.
    fn composed(&self, dialect: Dialect) -> String {
        let own = match dialect {
            Dialect::Sqlite => None,
            Dialect::Postgres => self.postgres,
            Dialect::Mysql => self.mysql,
        };
        let mut text = own.unwrap_or(self.sql).to_owned();
        if let Some(locks) = self.locks
            && dialect != Dialect::Sqlite
        {
            text.push_str(locks);
        }
        if self.if_absent && dialect != Dialect::Mysql {
            text.push_str(" ON CONFLICT DO NOTHING");
        }
        text
    }

    /// The text for a database.
    #[cfg(any(feature = "mysql", test))]
    pub(crate) fn text(&'static self, dialect: Dialect) -> &'static str {
        &self.prepared(dialect).text
    }

    /// The statement that asks for the plan of this one.
    #[cfg(test)]
    pub(crate) fn explained(&self, explain: &str, dialect: Dialect) -> &'static Self {
        let text = format!("{explain} {}", self.composed(dialect));
        Box::leak(Box::new(Self::new(Box::leak(text.into_boxed_str()))))
    }
}

/// Puts `?` for each `$n`. Returns the argument of each, counted from 0.
pub(crate) fn with_question_marks(sql: &str) -> (String, Vec<usize>) {
    let mut text = String::with_capacity(sql.len());
    let mut order = Vec::new();
    let mut parts = sql.split('$');
    text.push_str(parts.next().unwrap_or_default());
    for part in parts {
        let digits = part.bytes().take_while(u8::is_ascii_digit).count();
        let (number, rest) = part.split_at(digits);
        if let Ok(number) = number.parse::<usize>() {
            order.push(number.saturating_sub(1));
        }
        text.push('?');
        text.push_str(rest);
    }
    (text, order)
}

/// A statement and its arguments.
pub(crate) struct Query<'q> {
    statement: &'static Statement,
    values: Vec<Value<'q>>,
}

/// Begins a query. The arguments follow in the order of their numbers.
pub(crate) fn sql<'q>(statement: &'static Statement) -> Query<'q> {
    Query {
        statement,
        values: Vec::new(),
    }
}

impl<'q> Query<'q> {
    /// The next argument.
    pub(crate) fn bind(mut self, value: impl Into<Value<'q>>) -> Self {
        self.values.push(value.into());
        self
    }

    /// The next argument, the id of a tenant or an account.
    pub(crate) fn id(mut self, id: &'q str) -> Self {
        self.values.push(Value::Id(id));
        self
    }

    /// The next two arguments: tenant and account.
    pub(crate) fn account(self, account: &'q AccountKey) -> Self {
        self.id(account.tenant()).id(account.account())
    }

    /// Runs the statement. How many rows it has changed.
    pub(crate) async fn run(self, conn: &mut Conn<'_>) -> Result<u64> {
        self.execute(conn).await.map_err(fault)
    }

    /// As [`run`](Self::run), outside of any transaction: the statement commits by itself, and its fault is that of a
    /// commit.
    pub(crate) async fn run_alone(self, conn: &mut Conn<'_>) -> Result<u64> {
        self.execute(conn).await.map_err(commit_fault)
    }

    async fn execute(self, conn: &mut Conn<'_>) -> std::result::Result<u64, sqlx::Error> {
        let changed = match conn {
            #[cfg(feature = "sqlite")]
            Conn::Sqlite(c) => {
                let done = self
                    .bound::<sqlx::Sqlite>(Dialect::Sqlite)
                    .execute(&mut **c);
                done.await.map(|done| done.rows_affected())
            }
            #[cfg(feature = "postgres")]
            Conn::Postgres(c) => {
                let done = self.bound::<sqlx::Postgres>(Dialect::Postgres);
                let done = done.execute(&mut **c).await;
                done.map(|done| done.rows_affected())
            }
            #[cfg(feature = "mysql")]
            Conn::Mysql(c) => {
                let done = self.bound::<sqlx::MySql>(Dialect::Mysql).execute(&mut **c);
                done.await.map(|done| done.rows_affected())
            }
        };
        match changed {
            Err(error) if self.statement.if_absent && is_taken(&error) => Ok(0),
            changed => changed,
        }
    }

    /// Every row that the statement finds.
    pub(crate) async fn all<T: Record>(self, conn: &mut Conn<'_>) -> Result<Vec<T>> {
        let rows: Vec<Row> = match conn {
            #[cfg(feature = "sqlite")]
            Conn::Sqlite(c) => {
                let rows = self.bound::<sqlx::Sqlite>(Dialect::Sqlite);
                let rows = rows.fetch_all(&mut **c).await.map_err(fault)?;
                rows.into_iter().map(Row::Sqlite).collect()
            }
            #[cfg(feature = "postgres")]
            Conn::Postgres(c) => {
                let rows = self.bound::<sqlx::Postgres>(Dialect::Postgres);
                let rows = rows.fetch_all(&mut **c).await.map_err(fault)?;
                rows.into_iter().map(Row::Postgres).collect()
            }
            #[cfg(feature = "mysql")]
            Conn::Mysql(c) => {
                let rows = self.bound::<sqlx::MySql>(Dialect::Mysql);
                let rows = rows.fetch_all(&mut **c).await.map_err(fault)?;
                rows.into_iter().map(Row::Mysql).collect()
            }
        };
        rows.iter().map(|row| T::read(row).map_err(fault)).collect()
    }

    /// The first row, if there is one.
    pub(crate) async fn optional<T: Record>(self, conn: &mut Conn<'_>) -> Result<Option<T>> {
        Ok(self.all(conn).await?.into_iter().next())
    }

    /// The first row. A statement without one is a fault.
    pub(crate) async fn one<T: Record>(self, conn: &mut Conn<'_>) -> Result<T> {
        let row = self.optional(conn).await?;
        row.ok_or_else(|| StoreError::with_source(ErrorKind::Corrupt, sqlx::Error::RowNotFound))
    }

    /// Runs a DELETE of one row, and reads what it returns of the row. Only MySQL returns nothing.
    pub(crate) async fn removed<T: Record>(self, conn: &mut Conn<'_>) -> Result<Removed<T>> {
        #[cfg(feature = "mysql")]
        if let Conn::Mysql(c) = conn {
            let mut removed = Removed::Nothing;
            let mut steps = (&mut **c).fetch_many(self.bound::<sqlx::MySql>(Dialect::Mysql));
            while let Some(step) = steps.try_next().await.map_err(fault)? {
                match step {
                    Either::Right(row) => {
                        removed = Removed::Row(T::read(&Row::Mysql(row)).map_err(fault)?);
                    }
                    Either::Left(done) if done.rows_affected() == 1 => {
                        removed = removed.or_unseen();
                    }
                    Either::Left(_) => {}
                }
            }
            return Ok(removed);
        }
        let row = self.optional(conn).await?;
        Ok(row.map_or(Removed::Nothing, Removed::Row))
    }

    /// The query of a driver, with its arguments.
    fn bound<DB>(&self, dialect: Dialect) -> DriverQuery<'q, DB, DB::Arguments>
    where
        DB: Database,
        Option<i64>: Encode<'q, DB> + Type<DB>,
        Option<&'q str>: Encode<'q, DB> + Type<DB>,
        Option<&'q [u8]>: Encode<'q, DB> + Type<DB>,
    {
        #[cfg(test)]
        crate::plans::recorded::record(self.statement, &self.values);
        let prepared = self.statement.prepared(dialect);
        let values: Vec<Value<'q>> = match &prepared.order {
            None => self.values.clone(),
            Some(order) => {
                let value = |number: &usize| self.values.get(*number).copied();
                order.iter().filter_map(value).collect()
            }
        };
        let query = sqlx::query(prepared.text.as_str());
        values.into_iter().fold(query, |query, value| match value {
            Value::Number(number) => query.bind(number),
            Value::Bytes(bytes) => query.bind(bytes),
            Value::Text(text) => query.bind(text),
            Value::Id(id) if dialect == Dialect::Mysql => query.bind(Some(id.as_bytes())),
            Value::Id(id) => query.bind(Some(id)),
        })
    }
}

/// The result of a DELETE of one row.
#[cfg_attr(test, derive(Debug, PartialEq))]
pub(crate) enum Removed<T> {
    Nothing,
    Row(T),
    /// A row that the server did not return.
    Unseen,
}

impl<T> Removed<T> {
    #[cfg(feature = "mysql")]
    fn or_unseen(self) -> Self {
        match self {
            Self::Nothing => Self::Unseen,
            seen => seen,
        }
    }
}

/// One column of a row, or a tuple of several.
pub(crate) trait Record: Sized {
    fn read(row: &Row) -> std::result::Result<Self, sqlx::Error>;
}

impl<C: Cell> Record for C {
    fn read(row: &Row) -> std::result::Result<Self, sqlx::Error> {
        <C as Cell>::read(row, 0)
    }
}

macro_rules! record {
    ($($cell:ident $index:literal),+) => {
        impl<$($cell: Cell),+> Record for ($($cell,)+) {
            fn read(row: &Row) -> std::result::Result<Self, sqlx::Error> {
                Ok(($(<$cell as Cell>::read(row, $index)?,)+))
            }
        }
    };
}

record!(A 0, B 1);
record!(A 0, B 1, C 2);
record!(A 0, B 1, C 2, D 3);
record!(A 0, B 1, C 2, D 3, E 4);
record!(A 0, B 1, C 2, D 3, E 4, F 5);
record!(A 0, B 1, C 2, D 3, E 4, F 5, G 6);
record!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7);
record!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8);
record!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9);

#[cfg(test)]
mod tests {
    use super::with_question_marks;

    #[test]
    fn reused_arguments_keep_their_place() {
        let (text, order) = with_question_marks("SELECT $2, $1 WHERE a = $10 AND b = $2");
        assert_eq!(text, "SELECT ?, ? WHERE a = ? AND b = ?");
        assert_eq!(order, [1, 0, 9, 1]);
    }
}
