//! The handle of one tenant: every call of the flow starts here.

use crate::auth::{Auth, Inner, account_key};
use crate::client::Client;
use crate::fault::Fault;
use crate::jobs::Notice;
use crate::origin::Origin;
use crate::recover::Recovery;
use crate::tenant::Tenant;
use slotwerk_store::{AccountKey, NewJob};
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
    /// From where this handle is used.
    origin: Option<Arc<Origin>>,
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

    /// The same handle for what this client does. The notices about it tell device, place and network of the client, as
    /// far as they are known, so that their reader can answer "was this you?". Every link, step and session that this
    /// handle opens is of this client.
    ///
    /// ```
    /// # use slotwerk::{Auth, Client};
    /// # async fn run(auth: Auth, peer: std::net::IpAddr, agent: &str) -> Result<(), slotwerk::Fault> {
    /// let client = Client::at(peer).with_user_agent(agent);
    /// let tenant = auth.tenant("noord").await?.used_by(&client);
    /// # Ok(()) }
    /// ```
    #[must_use]
    pub fn used_by(mut self, client: &Client) -> Self {
        self.origin = Origin::of(client).map(Arc::new);
        self
    }

    /// A notice about what was done through this handle.
    pub(crate) fn notice(&self, key: &AccountKey, notice: Notice) -> Result<NewJob, Fault> {
        let origin = self.origin.as_deref().cloned();
        self.inner.notice(key, notice, origin)
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
            origin: None,
        })
    }
}
