//! Sign-in with a password: charged before it is checked, and the same work whoever asks.

use crate::auth::{Auth, account_key};
use crate::client::Client;
use crate::directory::{Account, Login};
use crate::event::{EventKind, Factor, RejectedSignIn};
use crate::fault::Fault;
use crate::guess::{Charging, wait};
use crate::new_password::is_of_the_row;
use crate::scopes::Guarded;
use crate::tenant::{SecondFactor, Tenant};
use crate::ticket::{Grant, Opening, SignInTicket};
use slotwerk_password::{HashError, Password, PasswordHash, Verification};
use slotwerk_store::{AccountKey, Credential, HashReplaced, ReplaceHash, Stage};
use std::time::Duration;

/// The answer to a login name and a password.
#[derive(Debug)]
#[non_exhaustive]
pub enum SignIn {
    /// Unknown account, wrong password, disabled: one answer.
    Rejected {
        /// How long to wait before the next attempt is looked at; `None` if it may follow at once.
        /// Depends on the attempts alone, never on who exists.
        retry_after: Option<Duration>,
    },
    /// Too many attempts in a row: waiting does not help, a new password by mail does.
    Locked,
    /// The password is right; an authenticator must be set up to go on.
    Enrol(SignInTicket),
    /// The password is right; a code must follow.
    Verify(SignInTicket),
    /// The person is signed in: this tenant asks for no second factor.
    SignedIn(Grant),
    /// Too many passwords are being hashed; nothing was checked. Ask to try again.
    Busy,
}

impl Auth {
    /// Checks a login name and a password.
    ///
    /// Attempts are counted for the account and for the client's address. A client that presents the
    /// token of a [known device](Auth::remember_device) has its own budget instead: nobody else's
    /// attempts slow it down. A right password gives back its own attempt and no other, so that a
    /// stranger's waits are the same for an account and for a name that nobody has.
    ///
    /// # Errors
    ///
    /// A [`Fault`] of store, directory, keys, entropy or hashing.
    pub async fn sign_in(
        &self,
        tenant: &str,
        login: &Login,
        password: Password,
        client: &Client,
    ) -> Result<SignIn, Fault> {
        let settings = self.require_tenant(tenant)?;
        let inner = &self.inner;
        // Before anything is charged: a crowd at the pool must not eat up people's attempts.
        if !inner.has_room_to_hash(tenant) {
            inner.tell(tenant, None, EventKind::Busy);
            return Ok(SignIn::Busy);
        }
        let account = inner.find_account(tenant, login).await?;
        // An account nobody has is read and counted all the same, under a key of its own.
        let key = match &account {
            Some(account) => account_key(tenant, &account.id)?,
            None => account_key(tenant, "\u{fffd}")?,
        };
        let credential = inner.store.credential(&key).await?;
        let budget = match inner.device_budget(Guarded::Password, &key, credential.epoch, client) {
            Some(device) => device,
            None => {
                if let Some(wait) = self.charge_client(tenant, client).await? {
                    self.tell_rejected(tenant, account.as_ref(), RejectedSignIn::ClientThrottled);
                    return Ok(SignIn::Rejected {
                        retry_after: Some(wait),
                    });
                }
                match &account {
                    Some(_) => inner.account_budget(Guarded::Password, &key),
                    None => inner.login_budget(Guarded::Password, tenant, login),
                }
            }
        };
        let charge = match self.charge(budget, inner.limits.password_attempts).await? {
            Charging::Granted(charge) => charge,
            Charging::Denied(refusal) => {
                let retry_after = wait(refusal);
                self.tell_rejected(tenant, account.as_ref(), RejectedSignIn::Throttled);
                return Ok(match retry_after {
                    Some(wait) => SignIn::Rejected {
                        retry_after: Some(wait),
                    },
                    None => SignIn::Locked,
                });
            }
        };
        let checked = self
            .check_password(
                &settings,
                &key,
                account.as_ref(),
                &credential,
                password.clone(),
            )
            .await;
        let checked = match checked {
            Err(Fault::Hashing(HashError::Busy)) => {
                inner.tell(tenant, None, EventKind::Busy);
                return Ok(SignIn::Busy);
            }
            other => other?,
        };
        let account = match (checked, account) {
            (Ok(()), Some(account)) => account,
            (refused, account) => {
                let why = refused.err().unwrap_or(RejectedSignIn::UnknownAccount);
                self.tell_rejected(tenant, account.as_ref(), why);
                return Ok(SignIn::Rejected { retry_after: None });
            }
        };
        self.settle_quietly(charge).await;
        inner.tell(tenant, Some(key.account()), EventKind::PasswordAccepted);
        let standing = self
            .standing(&settings, &key, &account, &credential, &password)
            .await;
        let enrolled = !inner.store.authenticators(&key).await?.is_empty();
        let open = |stage| Opening {
            key: &key,
            epoch: credential.epoch,
            stage,
            standing,
            lifetime: inner.checked.ticket_lifetime,
        };
        Ok(match (enrolled, settings.second_factor) {
            (true, _) => SignIn::Verify(self.open_ticket(&open(Stage::Verify)).await?),
            (false, SecondFactor::Required) => {
                SignIn::Enrol(self.open_ticket(&open(Stage::Enrol)).await?)
            }
            (false, SecondFactor::WhenEnrolled) => {
                let signed_in = EventKind::SignedIn(Factor::PasswordOnly);
                inner.tell(tenant, Some(key.account()), signed_in);
                SignIn::SignedIn(Grant::new(&key, credential.epoch, standing, inner.now()))
            }
        })
    }

    /// Charges a sign-in to the client's address, where that is known; how long to wait if it is used up.
    async fn charge_client(
        &self,
        tenant: &str,
        client: &Client,
    ) -> Result<Option<Duration>, Fault> {
        let inner = &self.inner;
        let Some(address) = client.budget_address() else {
            return Ok(None);
        };
        let budget = inner.client_budget(Guarded::ClientSignIn, tenant, address);
        Ok(
            match self.charge(budget, inner.limits.client_sign_ins).await? {
                Charging::Granted(_) => None,
                // A hard stop is refused at build: it would shut a whole office out for good.
                Charging::Denied(refusal) => Some(wait(refusal).unwrap_or_default()),
            },
        )
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
        let inner = &self.inner;
        let hasher = inner.hasher_for(settings, key)?;
        let salt = inner.random()?;
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
                Some((stored, Verification::Verified { replacement, .. })) if account.enabled => {
                    if let Some(replacement) = replacement {
                        self.upgrade_hash(key, &stored, &replacement).await;
                    }
                    return Ok(Ok(()));
                }
                Some((_, Verification::Verified { .. })) => {
                    return Ok(Err(RejectedSignIn::Disabled));
                }
                Some(_) => return Ok(Err(RejectedSignIn::WrongPassword)),
                // Malformed, dearer than this pool would ever pay, or not this account's under the
                // pepper: refused at once, so the decoy below still has to be computed.
                None => inner.tell(key.tenant(), Some(key.account()), EventKind::HashUnusable),
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
        if let Ok(HashReplaced::Replaced) = self.inner.store.replace_hash(&command).await {
            self.inner
                .tell(key.tenant(), Some(key.account()), EventKind::HashUpgraded);
        }
    }

    pub(crate) fn tell_rejected(
        &self,
        tenant: &str,
        account: Option<&Account>,
        why: RejectedSignIn,
    ) {
        let account = account.map(|account| account.id.as_str());
        self.inner
            .tell(tenant, account, EventKind::SignInRejected(why));
    }
}
