//! Names an account in the addresses of pages, without its id.

use super::admission::Desk;
use crate::refusal::Refusal;
use slotwerk::Account;

/// The name under which references are sealed.
const NAME: &str = "desk-account";

/// An account in an address: its id, sealed for this tenant. So no address or log shows an id, and nobody can try ids.
pub(crate) struct Reference;

impl Reference {
    pub(crate) fn to(desk: &Desk, account: &str) -> Result<String, Refusal> {
        Ok(desk.tenant().seal_host_value(NAME, account.as_bytes())?)
    }

    /// The id behind a reference. `None` if it is over, altered, or of another tenant.
    pub(crate) fn open(desk: &Desk, text: &str) -> Option<String> {
        let id = desk.tenant().open_host_value(NAME, text)?;
        String::from_utf8(id.to_vec()).ok()
    }
}

impl Desk {
    /// The account behind a reference.
    pub(crate) async fn referred(&self, text: &str) -> Result<Account, Refusal> {
        let id = Reference::open(self, text).ok_or(Refusal::NotFound)?;
        let account = self.admin().account(&id).await?;
        account.ok_or(Refusal::NotFound)
    }
}
