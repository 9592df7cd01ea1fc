//! Where tenants come from, if the host does not register each at start.

use crate::tenant::Tenant;
use async_trait::async_trait;

/// The host's table of tenants. Slotwerk loads a tenant when it first needs it, and again after
/// [`Limits::tenant_refresh`](crate::Limits::tenant_refresh).
///
/// One call at a time asks for a tenant, however many requests wait for it. Ids that no tenant can have are never
/// asked for; any other id that a stranger makes up is. So look the id up under an index.
///
/// ```
/// use slotwerk::policy::{Blocklist, PolicyDraft};
/// use slotwerk::{Tenant, TenantSource, TenantSourceError, mail::Brand};
///
/// struct Table; // of the host's database
///
/// #[slotwerk::async_trait]
/// impl TenantSource for Table {
///     async fn load(&self, id: &str) -> Result<Option<Tenant>, TenantSourceError> {
///         // SELECT name, colour, rules FROM tenants WHERE id = $1
///         let (name, colour) = match id {
///             "noord" => ("Noord", "#1f5f8b"),
///             _ => return Ok(None),
///         };
///         let rules = PolicyDraft::recommended().blocklist(Blocklist::common()).build()?;
///         let tenant = Tenant::builder(id, Brand::new(name, colour)?, rules, name);
///         Ok(Some(tenant.build()?))
///     }
/// }
/// ```
#[async_trait]
pub trait TenantSource: Send + Sync + 'static {
    /// The settings of a tenant; `None` if there is no such tenant, or no longer.
    ///
    /// # Errors
    ///
    /// Any error is a fault of the infrastructure. A tenant that was loaded within the last hour
    /// goes on with its settings meanwhile, as it does if the new ones do not fit the service.
    async fn load(&self, id: &str) -> Result<Option<Tenant>, TenantSourceError>;
}

/// An error inside the host's source of tenants.
pub type TenantSourceError = Box<dyn std::error::Error + Send + Sync>;
