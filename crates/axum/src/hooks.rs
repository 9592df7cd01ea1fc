//! Calls to the host when something has happened to a person's account.

use slotwerk::{Account, async_trait};
use std::net::IpAddr;

/// A host's own work after a step of the flow. Each method does nothing by default.
///
/// The step is done when a method is called, and its answer waits for the method: give long work to a queue. The event sink
/// of the facade hears of more, and of refusals too.
#[async_trait]
pub trait Hooks: Send + Sync {
    /// The person has signed in, with every factor that the tenant asks for. Not called after a step-up.
    async fn signed_in(&self, tenant: &str, account: &Account) {
        let _ = (tenant, account);
    }

    /// The person has signed out.
    async fn signed_out(&self, tenant: &str, account: &Account) {
        let _ = (tenant, account);
    }

    /// The person has set a new password, by a mailed link or with the previous one. Every earlier session is over.
    async fn new_password(&self, tenant: &str, account: &Account) {
        let _ = (tenant, account);
    }

    /// The place of a client's address, such as "Utrecht, NL", by a service of the host. Notices show it.
    /// The web layer asks with each request that may change something, so answer from memory. An IPv6 address
    /// has its first 64 bits only.
    fn place(&self, address: IpAddr) -> Option<String> {
        let _ = address;
        None
    }
}

/// The hooks of a host without any.
pub(crate) struct NoHooks;

impl Hooks for NoHooks {}
