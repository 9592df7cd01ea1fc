//! A signed-in person's own change of password.

use crate::auth::{Auth, account_key};
use crate::client::Client;
use crate::device::DeviceToken;
use crate::event::{EventKind, RejectedSignIn};
use crate::fault::Fault;
use crate::guess::{Charging, wait};
use crate::jobs::Notice;
use crate::new_password::{Judged, NewPassword, Occasion, Rules};
use crate::scopes::Guarded;
use slotwerk_password::{HashError, Password};
use slotwerk_policy::{Policy, Requirement};
use slotwerk_store::{BudgetChanges, ChangePassword, PasswordChanged};
use std::fmt;
use std::time::Duration;

/// The answer to a person's wish for another password.
#[derive(Debug)]
#[non_exhaustive]
pub enum PasswordChange {
    /// The password is changed; links, tickets and sessions from before are over, this one too: start it
    /// again under the new epoch.
    Changed {
        /// The epoch of sessions from now on.
        epoch: u64,
        /// For the browser of this session, in the place of the one it may have had, which is over with the
        /// old password. `None` if the random source failed just now; the password is changed all the same.
        device: Option<DeviceToken>,
    },
    /// The current password is wrong.
    Rejected {
        /// How long to wait before the next attempt is looked at; `None` if it may follow at once.
        retry_after: Option<Duration>,
    },
    /// Too many attempts in a row: waiting does not help, a new password by mail does.
    Locked,
    /// The new password does not meet the tenant's rules; nothing has changed. All rules, with states.
    Refused(Vec<Requirement>),
    /// The breach check gave no answer and nothing is accepted without; nothing has changed.
    CheckUnavailable,
    /// No such account, or a disabled one.
    NoAccount,
    /// Compared with earlier passwords too often in a short time; nothing has changed.
    Throttled {
        /// How long to wait before the next attempt is looked at.
        retry_after: Duration,
    },
    /// Another change came in between; nothing has changed.
    Conflict,
    /// Too many passwords are being hashed; nothing has changed. Ask to try again.
    Busy,
}

/// What the page for a new password shows before anything is typed.
#[non_exhaustive]
pub struct PasswordRules {
    /// The tenant's rules.
    pub requirements: Vec<Requirement>,
    /// The rules that a browser can decide while the person types, as JSON for
    /// [`slotwerk_policy::EVALUATOR`], with the words about the person: for nobody else.
    pub browser_rules: String,
    /// The name by which the person knows the account, for a password manager's sake.
    pub login: String,
    rules: Rules,
}

impl PasswordRules {
    /// The policy that holds for this account, the group's or the tenant's: for the attributes of the input
    /// field, say.
    #[must_use]
    pub fn policy(&self) -> &Policy {
        self.rules.policy()
    }

    /// Whether the rules would accept this password, as far as the text and the person tell: for offering an
    /// example. Earlier passwords and breaches are looked at only when it is really set.
    #[must_use]
    pub fn would_accept(&self, password: &str) -> bool {
        self.rules.would_accept(password)
    }
}

impl fmt::Debug for PasswordRules {
    /// Shows the rules; nothing about the person.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PasswordRules")
            .field("requirements", &self.requirements)
            .finish_non_exhaustive()
    }
}

impl Auth {
    /// The rules for a new password of a signed-in person; `None` if there is no such account.
    ///
    /// # Errors
    ///
    /// A [`Fault`] of the directory.
    pub async fn password_rules(
        &self,
        tenant: &str,
        account: &str,
    ) -> Result<Option<PasswordRules>, Fault> {
        let settings = self.require_tenant(tenant)?;
        let key = account_key(tenant, account)?;
        let Some(person) = self.inner.enabled_account(&key).await? else {
            return Ok(None);
        };
        let login = person.login.clone();
        let rules = Rules::new(settings, person)?;
        Ok(Some(PasswordRules {
            requirements: rules.policy().requirements(),
            browser_rules: rules.for_browser(),
            login,
            rules,
        }))
    }

    /// Changes the password of a signed-in person, who knows the current one (ASVS 5.0 6.2.3). The attempt
    /// is charged before it is checked, to the budget that sign-ins use: a [known
    /// device](Auth::remember_device) has its own, which a stranger's sign-ins cannot use up. A minimum age
    /// holds here.
    ///
    /// # Errors
    ///
    /// A [`Fault`] of store, directory, keys, entropy or hashing; nothing has changed then.
    pub async fn change_password(
        &self,
        tenant: &str,
        account: &str,
        current: Password,
        new: Password,
        client: &Client,
    ) -> Result<PasswordChange, Fault> {
        let settings = self.require_tenant(tenant)?;
        let inner = &self.inner;
        let key = account_key(tenant, account)?;
        // Before anything is charged: a crowd at the pool must not eat up people's attempts.
        if !inner.has_room_to_hash(tenant) {
            inner.tell(tenant, Some(account), EventKind::Busy);
            return Ok(PasswordChange::Busy);
        }
        let Some(person) = inner.enabled_account(&key).await? else {
            return Ok(PasswordChange::NoAccount);
        };
        let credential = inner.store.credential(&key).await?;
        let budget = inner
            .device_budget(Guarded::Password, &key, credential.epoch, client)
            .unwrap_or_else(|| inner.account_budget(Guarded::Password, &key));
        let charge = match self.charge(budget, inner.limits.password_attempts).await? {
            Charging::Granted(charge) => charge,
            Charging::Denied(refusal) => {
                let retry_after = wait(refusal);
                self.tell_rejected(tenant, Some(&person), RejectedSignIn::Throttled);
                return Ok(match retry_after {
                    None => PasswordChange::Locked,
                    wait => PasswordChange::Rejected { retry_after: wait },
                });
            }
        };
        let checked = self.check_password(&settings, &key, Some(&person), &credential, current);
        match checked.await {
            Ok(Ok(())) => {}
            Ok(Err(why)) => {
                self.tell_rejected(tenant, Some(&person), why);
                return Ok(PasswordChange::Rejected { retry_after: None });
            }
            Err(Fault::Hashing(HashError::Busy)) => {
                inner.tell(tenant, Some(account), EventKind::Busy);
                return Ok(PasswordChange::Busy);
            }
            Err(fault) => return Err(fault),
        }
        self.settle_quietly(charge).await;
        let request = NewPassword {
            settings: &settings,
            key: &key,
            account: &person,
            credential: &credential,
            occasion: Occasion::Wanted,
        };
        let (hash, recheck, keep) = match self.judge(&request, &new).await? {
            Judged::Accepted {
                hash,
                recheck,
                keep,
            } => (hash, recheck, keep),
            Judged::Refused(unmet) => return Ok(PasswordChange::Refused(unmet)),
            Judged::Unchecked => return Ok(PasswordChange::CheckUnavailable),
            Judged::Throttled(retry_after) => {
                return Ok(PasswordChange::Throttled { retry_after });
            }
            Judged::Busy => return Ok(PasswordChange::Busy),
        };
        let command = ChangePassword {
            expected_epoch: credential.epoch,
            hash: hash.as_str().to_owned(),
            recheck,
            keep,
            notice: Some(inner.notice(&key, Notice::PasswordChanged)?),
            subject: inner.subject(&key),
            now: inner.now(),
            account: key.clone(),
            budgets: BudgetChanges::default(),
        };
        match inner.store.change_password(&command).await? {
            PasswordChanged::Changed { epoch } => {
                self.wake_outbox();
                inner.tell(tenant, Some(account), EventKind::PasswordChanged);
                Ok(PasswordChange::Changed {
                    epoch: epoch,
                    device: inner.device_token(&key, epoch).ok(),
                })
            }
            PasswordChanged::Stale => Ok(PasswordChange::Conflict),
        }
    }
}
