//! Why the parts of a service do not fit together.

use crate::tenant_builder::TenantError;
use slotwerk_mail::ComposerBuildError;
use slotwerk_password::RaiseError;
use slotwerk_throttle::{BudgetError, TooGenerous};

/// Why an [`Auth`](crate::Auth) was not built.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// A required part was not given.
    #[error("{0} is missing")]
    Missing(&'static str),
    /// A limit lies outside its bounds; see [`Limits`](crate::Limits).
    #[error("the limit {0} is out of bounds")]
    Limit(&'static str),
    /// A budget lies outside its bounds.
    #[error("a budget is out of bounds")]
    Budget(#[source] BudgetError),
    /// The budget for codes would let them be guessed.
    #[error("the budget for codes is too generous")]
    CodesTooEasilyGuessed(#[source] TooGenerous),
    /// The public address cannot carry links.
    #[error("the public address cannot carry links")]
    PublicUrl(#[source] slotwerk_reset::LinkError),
    /// The mail texts cannot be used.
    #[error("the mail texts cannot be used")]
    Mail(#[source] ComposerBuildError),
    /// A setting of a tenant does not fit this service.
    #[error("tenant {tenant:?} cannot be used")]
    Tenant {
        /// The tenant's id.
        tenant: String,
        /// The setting that does not fit.
        source: TenantError,
    },
    /// A tenant's policy asks about breaches, and nobody was named who knows of them.
    #[error("the policy of tenant {0:?} needs a breach check")]
    BreachCheckMissing(String),
    /// A tenant's cost of hashing is not one that the hasher can be raised to.
    #[error("the cost of hashing of tenant {tenant:?} is not usable")]
    Hashing {
        /// The tenant's id.
        tenant: String,
        /// The bound that it breaks.
        source: RaiseError,
    },
    /// Two tenants share an id or an issuer.
    #[error("tenant {0:?} shares its id or its issuer with another")]
    TenantClash(String),
}
