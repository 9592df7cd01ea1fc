//! The user table of the service, in SQLite. Slotwerk reads it, and keeps passwords and secrets elsewhere.

use slotwerk::{Account, Directory, DirectoryError, Login, async_trait};
use sqlx::SqlitePool;

/// The users. Slotwerk keeps what it stores under the id given here.
pub struct Users(SqlitePool);

const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS users (id INTEGER PRIMARY KEY, login TEXT UNIQUE, mail TEXT);
    INSERT OR IGNORE INTO users (login, mail) VALUES ('demo', 'demo@host.example')";

impl Users {
    /// Opens the table, with one user for a start.
    ///
    /// # Errors
    ///
    /// An error of the database.
    pub async fn open(database: &str) -> Result<Self, sqlx::Error> {
        let pool = SqlitePool::connect(&format!("sqlite:{database}")).await?;
        sqlx::raw_sql(SCHEMA).execute(&pool).await?;
        Ok(Self(pool))
    }

    async fn one(&self, text: &'static str, key: &str) -> Result<Option<Account>, DirectoryError> {
        let row = sqlx::query_as(text).bind(key).fetch_optional(&self.0);
        let row: Option<(i64, String, String)> = row.await?;
        Ok(row.map(|(id, login, mail)| Account::new(id.to_string(), login, mail)))
    }
}

#[async_trait]
impl Directory for Users {
    async fn find(&self, _: &str, login: &Login) -> Result<Option<Account>, DirectoryError> {
        let text = "SELECT id, login, mail FROM users WHERE login = ?";
        self.one(text, login.folded()).await
    }
    async fn get(&self, _: &str, id: &str) -> Result<Option<Account>, DirectoryError> {
        let text = "SELECT id, login, mail FROM users WHERE id = CAST(? AS INTEGER)";
        self.one(text, id).await
    }
}
