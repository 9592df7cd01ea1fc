//! The dialects of SQL.

use std::fmt;

/// The dialect that a database speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// SQLite, 3.35 or later.
    Sqlite,
    /// PostgreSQL, 13 or later.
    Postgres,
    /// MariaDB, 10.6 or later, with or without Galera; MySQL, 8.0 or later.
    Mysql,
}

impl Dialect {
    pub(crate) const COUNT: usize = 3;

    /// Every dialect.
    pub const ALL: [Self; Self::COUNT] = [Self::Sqlite, Self::Postgres, Self::Mysql];

    /// The name for a command line: `sqlite`, `postgres` or `mysql`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgres",
            Self::Mysql => "mysql",
        }
    }
}

impl fmt::Display for Dialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
