//! The authorisation of the help desk: each tenant has administrators.

use crate::users::{ADMINISTRATORS, Users};
use slotwerk::{Account, Directory, DirectoryError, Login, async_trait};
use slotwerk_axum::{DeskAct, DeskGate};

/// At Zuid one of them approves what the other resets.
pub(crate) struct Administrators(pub(crate) Users);

#[async_trait]
impl DeskGate for Administrators {
    async fn allows(&self, _: &str, person: &Account, _: DeskAct) -> Result<bool, DirectoryError> {
        Ok(ADMINISTRATORS.contains(&person.login.as_str()))
    }

    fn second_approver(&self, tenant: &str) -> bool {
        tenant == "zuid"
    }

    async fn staff(&self, tenant: &str) -> Result<Vec<Account>, DirectoryError> {
        let mut staff = Vec::new();
        for login in ADMINISTRATORS {
            staff.extend(self.0.find(tenant, &Login::parse(login)?).await?);
        }
        Ok(staff)
    }
}
