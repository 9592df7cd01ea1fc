//! The host's user table. A real service has its own; the portal's holds the demonstration people.

use async_trait::async_trait;
use slotwerk::{Account, Directory, DirectoryError, Login};
use sqlx::{Row, SqlitePool, sqlite::SqliteRow};

/// The people of both tenants: folded login name, name, and whether they are enabled. None has a password.
const PEOPLE: [(&str, &str, bool); 10] = [
    ("demo", "Demo", true),
    ("extra1", "Extra 1", true),
    ("extra2", "Extra 2", true),
    ("extra3", "Extra 3", true),
    ("extra4", "Extra 4", true),
    ("extra5", "Extra 5", true),
    ("extra6", "Extra 6", true),
    ("extra7", "Extra 7", true),
    ("extra8", "Extra 8", true),
    ("disabled", "Disabled", false),
];

/// The one of each tenant whose language is the other one.
const GUEST: &str = "extra8";

#[derive(Clone)]
pub(crate) struct Users {
    pool: SqlitePool,
}

impl Users {
    /// Opens the table and makes sure that the demonstration people are in it.
    pub(crate) async fn open(pool: SqlitePool) -> Result<Self, sqlx::Error> {
        for (tenant, own, other) in [("noord", "nl", "en"), ("zuid", "en", "nl")] {
            for (login, name, enabled) in PEOPLE {
                sqlx::query("INSERT OR IGNORE INTO portal_users VALUES (?, ?, ?, ?, ?, ?, ?)")
                    .bind(tenant)
                    .bind(format!("{tenant}-{login}"))
                    .bind(login)
                    .bind(format!("{login}@{tenant}.example"))
                    .bind(name)
                    .bind(if login == GUEST { other } else { own })
                    .bind(enabled)
                    .execute(&pool)
                    .await?;
            }
        }
        Ok(Self { pool })
    }

    pub(crate) async fn by_id(
        &self,
        tenant: &str,
        id: &str,
    ) -> Result<Option<Account>, sqlx::Error> {
        let row = sqlx::query("SELECT * FROM portal_users WHERE tenant = ? AND id = ?")
            .bind(tenant)
            .bind(id)
            .fetch_optional(&self.pool)
            .await?;
        row.map(account).transpose()
    }
}

#[async_trait]
impl Directory for Users {
    async fn find(&self, tenant: &str, login: &Login) -> Result<Option<Account>, DirectoryError> {
        let row = sqlx::query("SELECT * FROM portal_users WHERE tenant = ? AND login = ?")
            .bind(tenant)
            .bind(login.folded())
            .fetch_optional(&self.pool)
            .await?;
        Ok(row.map(account).transpose()?)
    }

    async fn get(&self, tenant: &str, id: &str) -> Result<Option<Account>, DirectoryError> {
        Ok(self.by_id(tenant, id).await?)
    }
}

fn account(row: SqliteRow) -> Result<Account, sqlx::Error> {
    let mut account = Account::new(
        row.try_get::<String, _>("id")?,
        row.try_get::<String, _>("login")?,
        row.try_get::<String, _>("mail")?,
    );
    account.attributes = vec![row.try_get("name")?];
    account.locale = Some(row.try_get("locale")?);
    account.enabled = row.try_get("enabled")?;
    Ok(account)
}
