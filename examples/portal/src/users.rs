//! The host's user table. A real service has its own; the portal's holds the demonstration people.

use crate::pool::{Pool, change, is_taken, on_each};
use async_trait::async_trait;
use slotwerk::{Account, Directory, DirectoryError, Login};
use sqlx::{ColumnIndex, Decode, Row};

/// The people of each tenant: folded login name, name, and whether they are enabled. None has a password.
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
    pool: Pool,
}

impl Users {
    pub(crate) fn new(pool: Pool) -> Self {
        Self { pool }
    }

    /// Makes sure that the demonstration people of a tenant are in the table. Those that are there stay as they are.
    pub(crate) async fn add_people(&self, tenant: &str, language: &str) -> Result<(), sqlx::Error> {
        let other = if language == "nl" { "en" } else { "nl" };
        for (login, name, enabled) in PEOPLE {
            let id = format!("{tenant}-{login}");
            if self.by_id(tenant, &id).await?.is_some() {
                continue;
            }
            let mail = format!("{login}@{tenant}.example");
            let locale = if login == GUEST { other } else { language };
            let text = "INSERT INTO portal_users VALUES ($1, $2, $3, $4, $5, $6, $7)";
            let inserted = change!(
                &self.pool, text, tenant, &id, login, &mail, name, locale, enabled
            );
            match inserted {
                // Another node was faster.
                Err(error) if is_taken(&error) => {}
                inserted => drop(inserted?),
            }
        }
        Ok(())
    }

    pub(crate) async fn by_id(
        &self,
        tenant: &str,
        id: &str,
    ) -> Result<Option<Account>, sqlx::Error> {
        self.one(
            "SELECT * FROM portal_users WHERE tenant = $1 AND id = $2",
            tenant,
            id,
        )
        .await
    }

    async fn one(
        &self,
        text: &'static str,
        tenant: &str,
        key: &str,
    ) -> Result<Option<Account>, sqlx::Error> {
        let text = self.pool.text(text);
        on_each!(&self.pool, connections => {
            let row = sqlx::query(text).bind(tenant).bind(key);
            let row = row.fetch_optional(connections).await?;
            row.as_ref().map(account).transpose()
        })
    }
}

#[async_trait]
impl Directory for Users {
    async fn find(&self, tenant: &str, login: &Login) -> Result<Option<Account>, DirectoryError> {
        let text = "SELECT * FROM portal_users WHERE tenant = $1 AND login = $2";
        Ok(self.one(text, tenant, login.folded()).await?)
    }

    async fn get(&self, tenant: &str, id: &str) -> Result<Option<Account>, DirectoryError> {
        Ok(self.by_id(tenant, id).await?)
    }
}

/// Unchecked: on MySQL the ids are columns of bytes, which hold UTF-8.
fn account<R: Row>(row: &R) -> Result<Account, sqlx::Error>
where
    for<'r> String: Decode<'r, R::Database>,
    for<'r> bool: Decode<'r, R::Database>,
    for<'c> &'c str: ColumnIndex<R>,
{
    let text = |column: &str| row.try_get_unchecked::<String, _>(column);
    let mut account = Account::new(text("id")?, text("login")?, text("mail")?);
    account.attributes = vec![text("name")?];
    account.locale = Some(text("locale")?);
    account.enabled = row.try_get_unchecked("enabled")?;
    Ok(account)
}
