//! What a sign-in shows about the password that was used.

use crate::auth::Inner;
use crate::directory::Account;
use crate::event::EventKind;
use crate::new_password::subject;
use crate::tenant::Tenant;
use slotwerk_breach::{Answer, BreachCheck, OnFailure, checked};
use slotwerk_password::Password;
use slotwerk_policy::{Policy, Rule};
use slotwerk_store::{AccountKey, ClearRecheck, Credential, PasswordStanding};
use std::sync::Arc;
use std::time::Duration;

/// Where breached passwords are known, and when to ask.
#[derive(Clone)]
pub(crate) struct Breaches {
    pub(crate) check: Arc<dyn BreachCheck>,
    pub(crate) on_failure: OnFailure,
    pub(crate) at_every_sign_in: bool,
}

impl Inner {
    /// Looks at a password that has just been verified, while it is at hand. Nothing here refuses a
    /// sign-in: the host is told, and decides.
    pub(crate) async fn standing(
        &self,
        settings: &Tenant,
        key: &AccountKey,
        account: &Account,
        credential: &Credential,
        password: &Password,
    ) -> PasswordStanding {
        // A group that nobody told us the rules of keeps nobody out.
        let policy = settings.policy_of(account).unwrap_or(&settings.policy);
        let verdict = policy.check(&subject(account), password.expose());
        let standing = if self
            .is_breached_now(policy, key, credential, verdict.expose())
            .await
        {
            PasswordStanding::Breached
        } else if credential.must_change {
            PasswordStanding::MustChange
        } else if self.is_expired(policy, credential) {
            PasswordStanding::Expired
        } else if verdict.is_refused() {
            // The rules have been tightened since it was set.
            PasswordStanding::Unfit
        } else {
            PasswordStanding::Good
        };
        if standing != PasswordStanding::Good {
            let kind = EventKind::PasswordStanding(standing);
            self.emit(key.tenant(), Some(key.account()), kind);
        }
        standing
    }
}

impl Inner {
    fn is_expired(&self, policy: &Policy, credential: &Credential) -> bool {
        let limits = policy.maximum_age().zip(credential.set_at);
        limits.is_some_and(|(most, set_at)| {
            Duration::from_secs(self.now().saturating_sub(set_at)) >= most
        })
    }

    /// Asks where the tenant's policy is about breaches, if the password was accepted unchecked, or if the
    /// host wants it at every sign-in. The sign-in waits for the answer, for as long as the check lets it:
    /// see [`BreachCheck`]. No answer is no news.
    async fn is_breached_now(
        &self,
        policy: &Policy,
        key: &AccountKey,
        credential: &Credential,
        password: &str,
    ) -> bool {
        let is_asked_for = |rule: &Rule| matches!(rule, Rule::NotBreached {});
        let Some(breaches) = &self.breaches else {
            return false;
        };
        let is_due = credential.recheck || breaches.at_every_sign_in;
        if !is_due || !policy.rules().any(is_asked_for) {
            return false;
        }
        match checked(&*breaches.check, breaches.on_failure, password).await {
            Answer::Breached => true,
            Answer::Clean => {
                if credential.recheck {
                    let command = ClearRecheck {
                        account: key.clone(),
                        epoch: credential.epoch,
                    };
                    // Should this fail, the check is made once more than needed.
                    let _ = self.store.clear_recheck(&command).await;
                }
                false
            }
            Answer::Unchecked { .. } => {
                let kind = EventKind::BreachCheckFailed;
                self.emit(key.tenant(), Some(key.account()), kind);
                false
            }
        }
    }
}
