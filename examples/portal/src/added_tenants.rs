//! Tenants that were added while the portal runs: rows of a table that every node reads.
//!
//! A node asks the table for each id that it does not know, so a new tenant works everywhere at once. Changed settings
//! reach each node within a minute (`Limits::tenant_refresh`).

use crate::pool::{Pool, change, is_taken, on_each};
use crate::tenants::{DemoError, on_the_floor};
use async_trait::async_trait;
use slotwerk::mail::Brand;
use slotwerk::policy::PolicyDraft;
use slotwerk::{EnrolmentDelivery, Tenant, TenantSource, TenantSourceError};
use sqlx::{ColumnIndex, Decode, Row};

/// The portal's own addresses, and the tenants that every node has.
const RESERVED: [&str; 6] = ["healthz", "mailbox", "noord", "readyz", "static", "zuid"];

/// The settings of a tenant as the table has them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TenantRow {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) colour: String,
    pub(crate) language: String,
    /// A policy file, in the format of `policies/`.
    pub(crate) rules: String,
    /// Whether the secret of a new authenticator goes by mail.
    pub(crate) mailed: bool,
}

/// Why a tenant cannot be added.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AddError {
    #[error("{0} is an address of the portal's own")]
    Reserved(String),
    #[error("{0}")]
    Unfit(#[from] DemoError),
    #[error("the tenant could not be stored: {0}")]
    Database(#[from] sqlx::Error),
}

#[derive(Clone)]
pub(crate) struct AddedTenants {
    pool: Pool,
}

impl AddedTenants {
    pub(crate) fn new(pool: Pool) -> Self {
        Self { pool }
    }

    /// The ids in the table, in their order.
    pub(crate) async fn ids(&self) -> Result<Vec<String>, sqlx::Error> {
        on_each!(&self.pool, connections => {
            let rows = sqlx::query("SELECT id FROM portal_tenants ORDER BY id");
            let rows = rows.fetch_all(connections).await?;
            rows.iter().map(|row| row.try_get_unchecked(0)).collect()
        })
    }

    async fn row(&self, id: &str) -> Result<Option<TenantRow>, sqlx::Error> {
        let text = self.pool.text("SELECT * FROM portal_tenants WHERE id = $1");
        on_each!(&self.pool, connections => {
            let found = sqlx::query(text).bind(id).fetch_optional(connections).await?;
            found.as_ref().map(read).transpose()
        })
    }
}

#[async_trait]
impl TenantSource for AddedTenants {
    async fn load(&self, id: &str) -> Result<Option<Tenant>, TenantSourceError> {
        let Some(row) = self.row(id).await? else {
            return Ok(None);
        };
        Ok(Some(row.tenant()?))
    }
}

impl TenantRow {
    fn tenant(&self) -> Result<Tenant, DemoError> {
        let rules = PolicyDraft::from_toml(&self.rules)?;
        let brand = Brand::new(&self.name, &self.colour)?;
        let mut tenant = Tenant::builder(&self.id, brand, on_the_floor(rules)?, &self.name)
            .language(&self.language);
        if self.mailed {
            tenant = tenant.enrolment_delivery(EnrolmentDelivery::MailedBothFactorsInOneMailbox);
        }
        Ok(tenant.build()?)
    }

    pub(crate) fn check(&self) -> Result<(), AddError> {
        if RESERVED.contains(&self.id.as_str()) {
            return Err(AddError::Reserved(self.id.clone()));
        }
        self.tenant()?;
        Ok(())
    }

    /// Checks the settings, and stores them in place of the previous ones.
    pub(crate) async fn store(&self, pool: &Pool) -> Result<(), AddError> {
        self.check()?;
        let update = "UPDATE portal_tenants SET name = $1, colour = $2, language = $3, rules = $4, mailed = $5
                       WHERE id = $6";
        let insert = "INSERT INTO portal_tenants (name, colour, language, rules, mailed, id)
                      VALUES ($1, $2, $3, $4, $5, $6)";
        if self.write(pool, update).await? == 0 {
            match self.write(pool, insert).await {
                // Another command has just added it.
                Err(error) if is_taken(&error) => drop(self.write(pool, update).await?),
                inserted => drop(inserted?),
            }
        }
        Ok(())
    }

    async fn write(&self, pool: &Pool, text: &'static str) -> Result<u64, sqlx::Error> {
        let (name, colour, language) = (&self.name, &self.colour, &self.language);
        change!(
            pool,
            text,
            name,
            colour,
            language,
            &self.rules,
            self.mailed,
            &self.id
        )
    }
}

/// Unchecked: on MySQL the id is a column of bytes, which hold UTF-8.
fn read<R: Row>(row: &R) -> Result<TenantRow, sqlx::Error>
where
    for<'r> String: Decode<'r, R::Database>,
    for<'r> bool: Decode<'r, R::Database>,
    for<'c> &'c str: ColumnIndex<R>,
{
    let text = |column: &str| row.try_get_unchecked::<String, _>(column);
    Ok(TenantRow {
        id: text("id")?,
        name: text("name")?,
        colour: text("colour")?,
        language: text("language")?,
        rules: text("rules")?,
        mailed: row.try_get_unchecked("mailed")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::database::{self, Start};

    fn west() -> TenantRow {
        TenantRow {
            id: "west".to_owned(),
            name: "Arbodienst West".to_owned(),
            colour: "#2e6b3f".to_owned(),
            language: "nl".to_owned(),
            rules: include_str!("../policies/noord.toml").to_owned(),
            mailed: false,
        }
    }

    async fn table() -> (Pool, AddedTenants) {
        let (_, pool) = database::open("sqlite::memory:", Start::New).await.unwrap();
        let tenants = AddedTenants::new(pool.clone());
        (pool, tenants)
    }

    #[tokio::test]
    async fn added_tenant_is_loaded() {
        let (pool, tenants) = table().await;
        assert!(tenants.load("west").await.unwrap().is_none());
        west().store(&pool).await.unwrap();
        let tenant = tenants.load("west").await.unwrap().unwrap();
        assert_eq!(tenant.brand().name(), "Arbodienst West");
        let renamed = TenantRow {
            name: "West".to_owned(),
            ..west()
        };
        renamed.store(&pool).await.unwrap();
        let tenant = tenants.load("west").await.unwrap().unwrap();
        assert_eq!(tenant.brand().name(), "West");
        assert_eq!(tenants.ids().await.unwrap(), ["west"]);
    }

    #[tokio::test]
    async fn unfit_tenant_is_rejected() {
        let (pool, tenants) = table().await;
        let reserved = TenantRow {
            id: "readyz".to_owned(),
            ..west()
        };
        let pale = TenantRow {
            colour: "pale".to_owned(),
            ..west()
        };
        let ruleless = TenantRow {
            rules: "no rules".to_owned(),
            ..west()
        };
        for row in [reserved, pale, ruleless] {
            assert!(row.store(&pool).await.is_err(), "{row:?}");
        }
        assert!(tenants.ids().await.unwrap().is_empty());
    }
}
