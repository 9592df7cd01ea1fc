//! The accounts of a tenant that have a second factor.

use super::Admin;
use crate::fault::Fault;
use slotwerk_store::{ListSecondFactors, SecondFactors};

impl Admin<'_> {
    /// How many recovery codes an account has left, for a page about its security.
    ///
    /// # Errors
    ///
    /// A [`Fault`] of the store.
    pub async fn recovery_codes_left(&self, account: &str) -> Result<u32, Fault> {
        Ok(self
            .tenant
            .inner
            .store
            .recovery_codes_left(&self.tenant.key(account)?)
            .await?)
    }

    /// The accounts of the tenant that have an active authenticator, with counts and totals: for a page that shows
    /// how far two-step verification has come.
    ///
    /// `after` is the last account of the page before, `None` for the first page; accounts come in the order of the
    /// bytes of their ids. `limit` is 1 to [`MAX_FACTOR_PAGE`](slotwerk_store::MAX_FACTOR_PAGE), and anything else
    /// becomes the nearer of the two. A page with fewer accounts is the last.
    ///
    /// # Errors
    ///
    /// A [`Fault`] of the store.
    #[cfg_attr(feature = "tracing", tracing::instrument(name = "admin_second_factors", skip_all, fields(tenant = self.tenant.id())))]
    pub async fn second_factors(
        &self,
        after: Option<&str>,
        limit: u16,
    ) -> Result<SecondFactors, Fault> {
        let command = ListSecondFactors {
            tenant: self.tenant.id().to_owned(),
            after: after.map(str::to_owned),
            limit,
        };
        Ok(self.tenant.inner.store.second_factors(&command).await?)
    }
}
