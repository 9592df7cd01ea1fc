//! Sign-in with a password: charged before it is checked, and the same work whoever asks.

use crate::auth::Inner;
use crate::client::Client;
use crate::directory::{Account, Login};
use crate::enrol::SetUp;
use crate::event::{EventKind, Factor, RejectedSignIn};
use crate::fault::Fault;
use crate::grant::Grant;
use crate::guess::{ChargingAll, budget, settling};
use crate::new_password::is_of_the_row;
use crate::rejection::{Rejection, RejectionCode};
use crate::scopes::Guarded;
use crate::tenant::{SecondFactor, Tenant};
use crate::tenant_auth::TenantAuth;
use crate::throttled::Throttled;
use crate::ticket::Opening;
use crate::verify::Verification;
use slotwerk_password::{HashError, Password, PasswordHash, Verification as Verified};
use slotwerk_store::{
    AccountKey, AttemptKey, BudgetCharge, Credential, HashReplaced, ReplaceHash, Stage,
};

/// The answer to a login name and a password.
#[derive(Debug)]
pub enum SignInOutcome {
    /// The person is signed in: this tenant asks for no second factor, or it trusts this browser.
    SignedIn(Grant),
    /// The password is right; a code must follow. Keep the [ticket](Verification::ticket) until it comes.
    Verify(Verification),
    /// The password is right; an authenticator must be set up to go on. Keep the [ticket](SetUp::ticket)
    /// meanwhile.
    Enrol(SetUp),
    /// Unknown account, wrong password, disabled: one answer.
    Rejected,
    /// Too many attempts; nothing was checked. It depends on the attempts alone, never on who exists.
    Throttled(Throttled),
    /// Too many passwords are being hashed; nothing was checked. Ask to try again.
    Busy,
}

impl SignInOutcome {
    /// Why the call did not go on, with a stable code. `None` if it did.
    #[must_use]
    pub fn rejection(&self) -> Option<Rejection> {
        match self {
            Self::SignedIn(_) | Self::Verify(_) | Self::Enrol(_) => None,
            Self::Rejected => Some(RejectionCode::SignInRejected.into()),
            Self::Throttled(why) => Some((*why).into()),
            Self::Busy => Some(RejectionCode::Busy.into()),
        }
    }
}

impl TenantAuth {
    /// Checks a login name and a password.
    ///
    /// Attempts are counted for the account and for the client's address. A client that presents the
    /// token of a [known browser](crate::KnownBrowser) has its own budget instead: nobody else's
    /// attempts slow it down. A right password gives back its own attempt and no other, so that a
    /// stranger's waits are the same for an account and for a name that nobody has.
    ///
    /// # Errors
    ///
    /// A [`Fault`] of store, directory, keys, entropy or hashing.
    #[cfg_attr(
        feature = "tracing",
        tracing::instrument(name = "sign_in", skip_all, fields(tenant = self.id()))
    )]
    pub async fn sign_in(
        &self,
        login: &Login,
        password: Password,
        client: &Client,
    ) -> Result<SignInOutcome, Fault> {
        let (inner, tenant) = (&self.inner, self.id());
        // Before anything is charged: a crowd at the pool must not eat up people's attempts.
        if !inner.has_room_to_hash(tenant) {
            inner.emit(tenant, None, EventKind::Busy);
            return Ok(SignInOutcome::Busy);
        }
        let account = inner.find_account(tenant, login).await?;
        // An account nobody has is read and counted all the same, under a key of its own.
        let key = match &account {
            Some(account) => self.key(&account.id)?,
            None => AccountKey::nobody(tenant).map_err(|_| Fault::Unusable("a tenant's id"))?,
        };
        let credential = inner.store.credential(&key).await?;
        let own = match &account {
            Some(_) => inner.account_budget(Guarded::Password, &key),
            None => inner.login_budget(Guarded::Password, tenant, login),
        };
        let budgets = inner.sign_in_budgets(&key, credential.epoch, client, own);
        let last = budgets.len().saturating_sub(1);
        let charge = match inner.charge_all(budgets).await? {
            // An attempt at an address is not given back: it counts sign-ins, right and wrong.
            ChargingAll::Granted(charges) => charges.into_iter().last(),
            ChargingAll::Denied { at, refusal } => {
                let why = if at == last {
                    RejectedSignIn::Throttled
                } else {
                    RejectedSignIn::ClientThrottled
                };
                inner.emit_rejected(tenant, account.as_ref(), why);
                return Ok(SignInOutcome::Throttled(refusal.into()));
            }
        };
        let checked = inner
            .check_password(
                &self.settings,
                &key,
                account.as_ref(),
                &credential,
                password.clone(),
            )
            .await;
        let checked = match checked {
            Err(Fault::Hashing(HashError::Busy)) => {
                inner.emit(tenant, None, EventKind::Busy);
                return Ok(SignInOutcome::Busy);
            }
            other => other?,
        };
        let account = match (checked, account) {
            (Ok(()), Some(account)) => account,
            (refused, account) => {
                let why = refused.err().unwrap_or(RejectedSignIn::UnknownAccount);
                inner.emit_rejected(tenant, account.as_ref(), why);
                return Ok(SignInOutcome::Rejected);
            }
        };
        inner.emit(tenant, Some(key.account()), EventKind::PasswordAccepted);
        let standing = inner
            .standing(&self.settings, &key, &account, &credential, &password)
            .await;
        let enrolled = !inner.store.authenticators(&key).await?.is_empty();
        // Trust spares a code. Where there is no authenticator yet, it spares nothing.
        let trusted = enrolled && self.trusts(&key, credential.epoch, client);
        let stage = match (enrolled, self.settings.second_factor) {
            (true, _) if !trusted => Stage::Verify,
            (false, SecondFactor::Required) => Stage::Enrol,
            (true, _) | (false, SecondFactor::WhenEnrolled) => {
                if let Some(charge) = charge {
                    inner.settle_quietly(charge).await;
                }
                let factor = if trusted {
                    Factor::TrustedBrowser
                } else {
                    Factor::PasswordOnly
                };
                inner.emit(tenant, Some(key.account()), EventKind::SignedIn(factor));
                let grant = Grant::new(&key, credential.epoch, standing, inner.now());
                return Ok(SignInOutcome::SignedIn(grant));
            }
        };
        let opening = Opening {
            key,
            account,
            epoch: credential.epoch,
            stage,
            standing,
            lifetime: inner.checked.ticket_lifetime,
            budgets: settling(charge),
        };
        let live = self.open_ticket(opening).await?;
        Ok(match stage {
            Stage::Verify => SignInOutcome::Verify(Verification { live }),
            _ => SignInOutcome::Enrol(SetUp { live }),
        })
    }
}

impl Inner {
    /// The budgets of a sign-in, in the order of their charges. The budget of the client's address comes first, if
    /// the address is known. Then comes `own`, the budget of the account or of the name. A known browser has one
    /// budget instead of both.
    ///
    /// A hard stop for addresses is rejected at build: it would shut a whole office out for good.
    fn sign_in_budgets(
        &self,
        key: &AccountKey,
        epoch: u64,
        client: &Client,
        own: AttemptKey,
    ) -> Vec<BudgetCharge> {
        let attempts = self.limits.password_attempts;
        if let Some(browser) = self.browser_budget(Guarded::Password, key, epoch, client) {
            return vec![budget(browser, attempts)];
        }
        let mut budgets = Vec::with_capacity(2);
        if let Some(address) = client.budget_address() {
            let address = self.client_budget(Guarded::ClientSignIn, key.tenant(), address);
            budgets.push(budget(address, self.limits.client_sign_ins));
        }
        budgets.push(budget(own, attempts));
        budgets
    }

    /// One hash is computed whatever the answer: against the stored one, or against a decoy.
    pub(crate) async fn check_password(
        &self,
        settings: &Tenant,
        key: &AccountKey,
        account: Option<&Account>,
        credential: &Credential,
        password: Password,
    ) -> Result<Result<(), RejectedSignIn>, Fault> {
        let hasher = self.hasher_for(settings, key)?;
        let salt = self.random()?;
        if let (Some(account), Some(text)) = (account, &credential.hash) {
            let verification = match PasswordHash::parse(text) {
                Ok(stored) => match hasher.verify(password.clone(), &stored, salt).await {
                    Ok(verification) => Some((stored, verification)),
                    Err(error) if is_of_the_row(error) => None,
                    Err(error) => return Err(Fault::Hashing(error)),
                },
                Err(_) => None,
            };
            match verification {
                Some((stored, Verified::Verified { replacement, .. })) if account.enabled => {
                    if let Some(replacement) = replacement {
                        self.upgrade_hash(key, &stored, &replacement).await;
                    }
                    return Ok(Ok(()));
                }
                Some((_, Verified::Verified { .. })) => {
                    return Ok(Err(RejectedSignIn::Disabled));
                }
                Some(_) => return Ok(Err(RejectedSignIn::WrongPassword)),
                // Malformed, dearer than this pool would ever pay, or not this account's under the
                // pepper: refused at once, so the decoy below still has to be computed.
                None => self.emit(key.tenant(), Some(key.account()), EventKind::HashUnusable),
            }
        }
        hasher
            .verify_decoy(password)
            .await
            .map_err(Fault::Hashing)?;
        Ok(Err(match account {
            None => RejectedSignIn::UnknownAccount,
            Some(account) if !account.enabled => RejectedSignIn::Disabled,
            Some(_) => RejectedSignIn::NoPassword,
        }))
    }

    /// Stores a stronger hash if the old one is still there. A failure here never fails the sign-in.
    async fn upgrade_hash(
        &self,
        key: &AccountKey,
        stored: &PasswordHash,
        replacement: &PasswordHash,
    ) {
        let command = ReplaceHash {
            account: key.clone(),
            expected: stored.as_str().to_owned(),
            replacement: replacement.as_str().to_owned(),
        };
        if let Ok(HashReplaced::Replaced) = self.store.replace_hash(&command).await {
            self.emit(key.tenant(), Some(key.account()), EventKind::HashUpgraded);
        }
    }

    pub(crate) fn emit_rejected(
        &self,
        tenant: &str,
        account: Option<&Account>,
        why: RejectedSignIn,
    ) {
        let account = account.map(|account| account.id.as_str());
        self.emit(tenant, account, EventKind::SignInRejected(why));
    }
}
