//! The host's user table. A real service has its own; the portal's holds the demonstration people.

use crate::database::{change, is_taken, on_each};
use async_trait::async_trait;
use slotwerk::{Account, Directory, DirectoryError, Login};
use slotwerk_sqlx::HostConnections;
use sqlx::Row;

/// The login names of each tenant's people. None has a password.
const PEOPLE: [&str; 12] = [
    "demo", "extra1", "extra2", "extra3", "extra4", "extra5", "extra6", "extra7", GUEST, DISABLED,
    "admin", "admin2",
];

/// The one of each tenant whose language is the other one.
const GUEST: &str = "extra8";

const DISABLED: &str = "disabled";

/// They work at the help desk of their tenant.
pub(crate) const ADMINISTRATORS: [&str; 2] = ["admin", "admin2"];

#[derive(Clone)]
pub(crate) struct Users {
    pool: HostConnections,
}

impl Users {
    pub(crate) fn new(pool: HostConnections) -> Self {
        Self { pool }
    }

    /// Makes sure that the demonstration people of a tenant are in the table. Those that are there stay as they are.
    pub(crate) async fn add_people(&self, tenant: &str, language: &str) -> Result<(), sqlx::Error> {
        let other = if language == "nl" { "en" } else { "nl" };
        for login in PEOPLE {
            let id = format!("{tenant}-{login}");
            if self.by_id(tenant, &id).await?.is_some() {
                continue;
            }
            let mail = format!("{login}@{tenant}.example");
            let locale = if login == GUEST { other } else { language };
            let text = "INSERT INTO portal_users VALUES ($1, $2, $3, $4, $5, $6, $7)";
            let enabled = login != DISABLED;
            let inserted = change!(
                &self.pool, text, tenant, &id, login, &mail, login, locale, enabled
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
        let text = "SELECT * FROM portal_users WHERE tenant = $1 AND id = $2";
        self.one(text, tenant, id).await
    }

    async fn one(
        &self,
        text: &'static str,
        tenant: &str,
        key: &str,
    ) -> Result<Option<Account>, sqlx::Error> {
        let text = self.pool.sql(text);
        on_each!(&self.pool, connections => {
            let row = sqlx::query(text).bind(tenant).bind(key);
            let Some(row) = row.fetch_optional(connections).await? else {
                return Ok(None);
            };
            // Unchecked: on MySQL the ids are columns of bytes, which hold UTF-8.
            let text = |column: &str| row.try_get_unchecked::<String, _>(column);
            let mut account = Account::new(text("id")?, text("login")?, text("mail")?);
            account.attributes = vec![text("name")?];
            account.locale = Some(text("locale")?);
            account.enabled = row.try_get_unchecked("enabled")?;
            Ok(Some(account))
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
