//! The handle of one tenant: every call of the flow starts here.

use crate::auth::{Auth, Inner, account_key};
use crate::fault::Fault;
use crate::recover::Recovery;
use crate::tenant::Tenant;
use slotwerk_store::AccountKey;
use std::fmt;
use std::sync::Arc;

/// Password reset and sign-in at one tenant, with its settings as they were when
/// [`Auth::tenant`] was called. Cheap to clone. Take a new one for each request, so that changed settings hold.
///
/// An open link or a step of a sign-in belongs to the tenant whose handle gave it. No call takes the name of
/// another tenant.
///
/// ```compile_fail
/// # async fn run(noord: slotwerk::TenantAuth, zuid: slotwerk::TenantAuth, ticket: slotwerk::Ticket, code: slotwerk::Code)
/// # -> Result<(), slotwerk::StepError> {
/// let step = noord.resume(&ticket).await?;
/// zuid.verify_code(step, &code).await?; // there is no such call: a step knows its tenant
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct TenantAuth {
    pub(crate) inner: Arc<Inner>,
    pub(crate) settings: Arc<Tenant>,
}

impl TenantAuth {
    /// The tenant's id.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.settings.id
    }

    /// The tenant's settings.
    #[must_use]
    pub fn settings(&self) -> &Tenant {
        &self.settings
    }

    /// Forgotten passwords, and the links "this was not me".
    #[must_use]
    pub fn recovery(&self) -> Recovery<'_> {
        Recovery { tenant: self }
    }

    pub(crate) fn key(&self, account: &str) -> Result<AccountKey, Fault> {
        account_key(self.id(), account)
    }
}

impl fmt::Debug for TenantAuth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TenantAuth")
            .field("tenant", &self.id())
            .finish_non_exhaustive()
    }
}

impl Auth {
    /// The handle of a tenant.
    ///
    /// # Errors
    ///
    /// [`Fault::UnknownTenant`] if no tenant with this id is registered and the source has none. [`Fault::TenantSource`]
    /// or [`Fault::Tenant`] if it could not be loaded.
    pub async fn tenant(&self, id: &str) -> Result<TenantAuth, Fault> {
        let found = self.inner.tenant(id).await?;
        let settings = found.ok_or(Fault::UnknownTenant)?;
        Ok(TenantAuth {
            inner: Arc::clone(&self.inner),
            settings,
        })
    }
}
