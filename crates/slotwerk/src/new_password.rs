//! From a typed password to a stored hash: the policy's evidence is what hashing asks for.

use crate::auth::Auth;
use crate::directory::Account;
use crate::event::EventKind;
use crate::fault::Fault;
use crate::tenant::Tenant;
use slotwerk_password::{HashError, Password, PasswordHash};
use slotwerk_policy::{Accepted, Requirement, Subject};

/// What the rules need to know of a person. An attribute that the policy cannot take, because there
/// are too many or it is too long, is left out rather than keeping the person from a new password.
pub(crate) fn subject(account: &Account) -> Subject {
    let mut subject = Subject::new();
    for name in [&account.login, &account.mail] {
        subject = subject.clone().mail_address(name).unwrap_or(subject);
    }
    for name in &account.attributes {
        subject = subject.clone().name(name).unwrap_or(subject);
    }
    subject
}

impl Auth {
    /// Asks the tenant's policy. The evidence it gives is the only thing [`Auth::hash`] takes.
    pub(crate) fn accept_password(
        &self,
        settings: &Tenant,
        account: &Account,
        new: &Password,
    ) -> Result<Accepted, Vec<Requirement>> {
        settings
            .policy
            .check(&subject(account), new.expose())
            .accept()
            .map_err(|unmet| {
                self.inner
                    .tell(&settings.id, Some(&account.id), EventKind::PasswordRefused);
                unmet.into_requirements()
            })
    }

    /// Hashes an accepted password on the bounded pool; `None` if the pool is full.
    pub(crate) async fn hash(&self, accepted: Accepted) -> Result<Option<PasswordHash>, Fault> {
        let inner = &self.inner;
        let password = Password::new(accepted.expose())
            .map_err(|_| Fault::Unusable("an accepted password"))?;
        match inner.hasher.hash(password, inner.random()?).await {
            Ok(hash) => Ok(Some(hash)),
            Err(HashError::Busy) => Ok(None),
            Err(error) => Err(Fault::Hashing(error)),
        }
    }
}
