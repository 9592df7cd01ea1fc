//! The account that a help desk means.

use super::Admin;
use crate::directory::{Account, Login};
use crate::fault::Fault;

impl Admin<'_> {
    /// The account with this login name, also if it is disabled.
    ///
    /// # Errors
    ///
    /// A [`Fault`] of the directory.
    #[cfg_attr(feature = "tracing", tracing::instrument(name = "admin_find", skip_all, fields(tenant = self.tenant.id())))]
    pub async fn find(&self, login: &Login) -> Result<Option<Account>, Fault> {
        self.tenant
            .inner
            .find_account(self.tenant.id(), login)
            .await
    }

    /// The account with this id, also if it is disabled. `None` for an id that cannot exist.
    ///
    /// # Errors
    ///
    /// A [`Fault`] of the directory.
    #[cfg_attr(feature = "tracing", tracing::instrument(name = "admin_account", skip_all, fields(tenant = self.tenant.id())))]
    pub async fn account(&self, id: &str) -> Result<Option<Account>, Fault> {
        if self.tenant.key(id).is_err() {
            return Ok(None);
        }
        let inner = &self.tenant.inner;
        let found = inner.directory.get(self.tenant.id(), id).await;
        let found = found.map_err(Fault::Directory)?;
        Ok(found.map(Account::presentable))
    }
}
