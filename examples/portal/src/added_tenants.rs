//! Tenants that were added while the portal runs: rows of a table that every node reads.
//!
//! A node asks the table for each id that it does not know, so a new tenant works everywhere at once. Changed settings
//! reach each node within a minute (`Limits::tenant_refresh`).

use crate::database::{change, is_taken, on_each};
use crate::tenants::{UnfitTenant, on_the_floor};
use async_trait::async_trait;
use clap::Args;
use slotwerk::mail::Brand;
use slotwerk::policy::PolicyDraft;
use slotwerk::{EnrolmentDelivery, Tenant, TenantSource, TenantSourceError};
use slotwerk_sqlx::HostConnections;
use sqlx::Row;

/// The portal's own addresses, and the tenants that every node has.
const RESERVED: [&str; 6] = ["healthz", "mailbox", "noord", "readyz", "static", "zuid"];

/// The settings of a tenant as the table has them.
#[derive(Args, Clone, Debug, PartialEq, Eq)]
pub(crate) struct TenantRow {
    /// The id, as in the addresses of its pages: lowercase letters, digits, - and _.
    pub(crate) id: String,

    /// The name, as people see it.
    #[arg(long)]
    pub(crate) name: String,

    /// The colour of its mails, such as #2e6b3f.
    #[arg(long, default_value = "#34495a")]
    pub(crate) colour: String,

    /// The language of its pages and mails: nl or en.
    #[arg(long, default_value = "nl", value_parser = ["nl", "en"])]
    pub(crate) language: String,

    /// Mails the secret of a new authenticator, as Noord does. Both factors are then in one mailbox.
    #[arg(long = "mail-set-ups")]
    pub(crate) mailed: bool,

    /// A policy file, in the format of `policies/`. The option names the file, and this is its text.
    #[arg(skip)]
    pub(crate) policy: String,
}

#[derive(Clone)]
pub(crate) struct AddedTenants {
    pool: HostConnections,
}

impl AddedTenants {
    pub(crate) fn new(pool: HostConnections) -> Self {
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
        let text = self.pool.sql("SELECT * FROM portal_tenants WHERE id = $1");
        on_each!(&self.pool, connections => {
            let found = sqlx::query(text).bind(id).fetch_optional(connections).await?;
            let Some(row) = found else { return Ok(None) };
            // Unchecked: on MySQL the id is a column of bytes, which hold UTF-8.
            let text = |column: &str| row.try_get_unchecked::<String, _>(column);
            Ok(Some(TenantRow {
                id: text("id")?,
                name: text("name")?,
                colour: text("colour")?,
                language: text("language")?,
                mailed: row.try_get_unchecked("mailed")?,
                policy: text("rules")?,
            }))
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
    fn tenant(&self) -> Result<Tenant, UnfitTenant> {
        let rules = PolicyDraft::from_toml(&self.policy)?;
        let brand = Brand::new(&self.name, &self.colour)?;
        let mut tenant = Tenant::builder(&self.id, brand, on_the_floor(rules)?, &self.name)
            .language(&self.language);
        if self.mailed {
            tenant = tenant.enrolment_delivery(EnrolmentDelivery::MailedBothFactorsInOneMailbox);
        }
        Ok(tenant.build()?)
    }

    pub(crate) fn check(&self) -> Result<(), UnfitTenant> {
        if RESERVED.contains(&self.id.as_str()) {
            return Err(format!("{} is an address of the portal's own", self.id).into());
        }
        self.tenant()?;
        Ok(())
    }

    /// Checks the settings, and stores them in place of the previous ones.
    pub(crate) async fn store(&self, pool: &HostConnections) -> Result<(), UnfitTenant> {
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

    async fn write(&self, pool: &HostConnections, text: &'static str) -> Result<u64, sqlx::Error> {
        let (name, colour, language) = (&self.name, &self.colour, &self.language);
        change!(
            pool,
            text,
            name,
            colour,
            language,
            &self.policy,
            self.mailed,
            &self.id
        )
    }
}
