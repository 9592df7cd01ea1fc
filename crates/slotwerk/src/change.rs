//! A signed-in person's own change of password.

use crate::client::Client;
use crate::event::{EventKind, RejectedSignIn};
use crate::fault::Fault;
use crate::grant::Grant;
use crate::guess::{Charging, settling};
use crate::jobs::Notice;
use crate::known_browser::KnownBrowser;
use crate::new_password::{Judged, NewPassword, Occasion, Rules};
use crate::rejection::{Rejection, RejectionCode};
use crate::scopes::Guarded;
use crate::session::Session;
use crate::throttled::Throttled;
use slotwerk_password::{HashError, Password};
use slotwerk_policy::{Policy, Requirement};
use slotwerk_store::{ChangePassword, PasswordChanged};
use std::fmt;
use std::sync::Arc;

/// The answer to a person's wish for another password.
#[derive(Debug)]
pub enum ChangePasswordOutcome {
    /// The password is changed; links, tickets and sessions from before are over, this one too: begin it
    /// again with the grant.
    Changed {
        /// Begins the session anew. The times of the factors are those of the session.
        grant: Grant,
        /// For the browser of this session, in the place of the one it may have had, which is over with the
        /// old password. `None` if the random source failed just now; the password is changed all the same.
        browser: Option<KnownBrowser>,
    },
    /// The current password is wrong.
    Rejected,
    /// Too many attempts at the current password, or too many comparisons with earlier ones; nothing has changed.
    Throttled(Throttled),
    /// The new password does not meet the tenant's rules; nothing has changed. All rules, with states.
    RulesUnmet(Vec<Requirement>),
    /// The breach check gave no answer and nothing is accepted without; nothing has changed.
    CheckUnavailable,
    /// Another change came in between, or the session has ended meanwhile; nothing has changed.
    Conflict,
    /// Too many passwords are being hashed; nothing has changed. Ask to try again.
    Busy,
}

impl ChangePasswordOutcome {
    /// Why the call did not go on, with a stable code. `None` if it did.
    #[must_use]
    pub fn rejection(&self) -> Option<Rejection> {
        match self {
            Self::Changed { .. } => None,
            Self::Rejected => Some(RejectionCode::CurrentPasswordRejected.into()),
            Self::Throttled(why) => Some((*why).into()),
            Self::RulesUnmet(all) => Some(Rejection::unmet(all)),
            Self::CheckUnavailable => Some(RejectionCode::CheckUnavailable.into()),
            Self::Conflict | Self::Busy => Some(RejectionCode::Busy.into()),
        }
    }
}

/// What the page for a new password shows before anything is typed.
pub struct PasswordRules {
    login: String,
    rules: Rules,
}

impl PasswordRules {
    /// The tenant's rules.
    #[must_use]
    pub fn requirements(&self) -> Vec<Requirement> {
        self.rules.policy().requirements()
    }

    /// The rules that a browser can decide while the person types, as JSON for
    /// [`slotwerk_policy::EVALUATOR`], with the words about the person: for nobody else.
    #[must_use]
    pub fn browser_rules(&self) -> String {
        self.rules.for_browser()
    }

    /// The name by which the person knows the account, for a password manager's sake.
    #[must_use]
    pub fn login(&self) -> &str {
        &self.login
    }

    /// The policy that holds for this account, the group's or the tenant's: for the attributes of the input
    /// field, say.
    #[must_use]
    pub fn policy(&self) -> &Policy {
        self.rules.policy()
    }

    /// The requirements with their states for what was typed so far, as far as the text and the person tell. Nothing is
    /// stored, and no attempt is charged. Earlier passwords, breaches and ages stay pending until the password is set.
    #[must_use]
    pub fn check(&self, typed: &str) -> Vec<Requirement> {
        self.rules.check(typed)
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
            .field("requirements", &self.requirements())
            .finish_non_exhaustive()
    }
}

impl Session {
    /// The rules for a new password of this person.
    ///
    /// # Errors
    ///
    /// A [`Fault`] if the account is of a group that has no rules.
    pub fn password_rules(&self) -> Result<PasswordRules, Fault> {
        Ok(PasswordRules {
            login: self.account.login.clone(),
            rules: Rules::new(Arc::clone(&self.tenant.settings), self.account.clone())?,
        })
    }

    /// Changes the password of a signed-in person, who knows the current one (ASVS 5.0 6.2.3). The attempt
    /// is charged before it is checked, to the budget that sign-ins use: a [known
    /// browser](crate::KnownBrowser) has its own, which a stranger's sign-ins cannot use up. A minimum age
    /// holds here, unless [a new password is required](crate::Admin::require_new_password).
    ///
    /// # Errors
    ///
    /// A [`Fault`] of store, directory, keys, entropy or hashing; nothing has changed then.
    #[cfg_attr(feature = "tracing", tracing::instrument(name = "change_password", skip_all, fields(tenant = self.key.tenant(), account = %self.tenant.inner.pseudonym(&self.key))))]
    pub async fn change_password(
        &self,
        passwords: NewAndCurrent,
        client: &Client,
    ) -> Result<ChangePasswordOutcome, Fault> {
        let (inner, tenant, key) = (&self.tenant.inner, self.tenant.id(), &self.key);
        let NewAndCurrent { current, new } = passwords;
        // Before anything is charged: a crowd at the pool must not eat up people's attempts.
        if !inner.has_room_to_hash(tenant) {
            inner.emit(tenant, Some(key.account()), EventKind::Busy);
            return Ok(ChangePasswordOutcome::Busy);
        }
        let credential = inner.store.credential(key).await?;
        // Access was revoked, or the password was changed, since this session was checked.
        if credential.epoch != self.state.epoch {
            return Ok(ChangePasswordOutcome::Conflict);
        }
        let budget = inner
            .browser_budget(Guarded::Password, key, credential.epoch, client)
            .unwrap_or_else(|| inner.account_budget(Guarded::Password, key));
        let charge = match inner.charge(budget, inner.limits.password_attempts).await? {
            Charging::Granted(charge) => charge,
            Charging::Denied(refusal) => {
                inner.emit_rejected(tenant, Some(&self.account), RejectedSignIn::Throttled);
                return Ok(ChangePasswordOutcome::Throttled(refusal.into()));
            }
        };
        let settings = &self.tenant.settings;
        let checked =
            inner.check_password(settings, key, Some(&self.account), &credential, current);
        match checked.await {
            Ok(Ok(())) => {}
            Ok(Err(why)) => {
                inner.emit_rejected(tenant, Some(&self.account), why);
                return Ok(ChangePasswordOutcome::Rejected);
            }
            Err(Fault::Hashing(HashError::Busy)) => {
                inner.emit(tenant, Some(key.account()), EventKind::Busy);
                return Ok(ChangePasswordOutcome::Busy);
            }
            Err(fault) => return Err(fault),
        }
        let request = NewPassword {
            settings,
            key,
            account: &self.account,
            credential: &credential,
            occasion: if credential.must_change {
                Occasion::Required
            } else {
                Occasion::Wanted
            },
        };
        let judged = inner.judge(&request, &new).await;
        if !matches!(judged, Ok(Judged::Accepted { .. })) {
            // The current password was right, so its attempt comes back even if the new one fails.
            inner.settle_quietly(charge).await;
        }
        let (hash, recheck, keep) = match judged? {
            Judged::Accepted {
                hash,
                recheck,
                keep,
            } => (hash, recheck, keep),
            Judged::RulesUnmet(unmet) => return Ok(ChangePasswordOutcome::RulesUnmet(unmet)),
            Judged::Unchecked => return Ok(ChangePasswordOutcome::CheckUnavailable),
            Judged::Throttled(throttled) => return Ok(ChangePasswordOutcome::Throttled(throttled)),
            Judged::Busy => return Ok(ChangePasswordOutcome::Busy),
        };
        let command = ChangePassword {
            expected_epoch: credential.epoch,
            hash: hash.as_str().to_owned(),
            recheck,
            keep,
            notice: Some(self.tenant.notice(key, Notice::PasswordChanged)?),
            subject: inner.subject(key),
            now: inner.now(),
            account: key.clone(),
            budgets: settling([charge]),
        };
        match inner.store.change_password(&command).await? {
            PasswordChanged::Changed { epoch } => {
                inner.wake_outbox();
                inner.emit(tenant, Some(key.account()), EventKind::PasswordChanged);
                Ok(ChangePasswordOutcome::Changed {
                    grant: self.grant_again(epoch),
                    browser: inner.known_browser(key, epoch).ok(),
                })
            }
            PasswordChanged::Stale => Ok(ChangePasswordOutcome::Conflict),
        }
    }
}

/// A change of password: the two fields have names, so that nobody gives them in the wrong order.
#[derive(Debug)]
pub struct NewAndCurrent {
    /// The password of now, as the person typed it.
    pub current: Password,
    /// The wanted one.
    pub new: Password,
}
