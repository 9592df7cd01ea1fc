//! The users of the service. Slotwerk reads them, and keeps passwords and secrets elsewhere, under the ids given here.

use slotwerk::{Account, Directory, DirectoryError, Login, async_trait};

/// Users in memory, for an example. Your service asks its user table: see `examples/axum-host`.
pub struct Users(pub Vec<Account>);

#[async_trait]
impl Directory for Users {
    async fn find(&self, _: &str, login: &Login) -> Result<Option<Account>, DirectoryError> {
        let mut users = self.0.iter();
        Ok(users.find(|user| user.login == login.folded()).cloned())
    }
    async fn get(&self, _: &str, id: &str) -> Result<Option<Account>, DirectoryError> {
        Ok(self.0.iter().find(|user| user.id == id).cloned())
    }
}
