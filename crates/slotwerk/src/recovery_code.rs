//! Recovery codes: made with the first authenticator, and redeemed in the place of a code.
//!
//! A code has 80 bits, so it goes through Argon2id on the bounded pool before its keyed digest is made or
//! looked up (ASVS 5.0 6.5.2).

use crate::auth::Auth;
use crate::event::{EventKind, Factor, RejectedCode};
use crate::fault::Fault;
use crate::guess::{Guess, wait};
use crate::jobs::Notice;
use crate::scopes::Guarded;
use crate::tenant::Tenant;
use crate::ticket::Grant;
use slotwerk_password::HashError;
use slotwerk_recovery::{CodeSet, Digest, RecoveryCode, StretchedCode, decoy_salt};
use slotwerk_store::{
    AccountKey, BudgetChanges, CodeDigest, HashedCodes, RecoveryCodeSpent, SpendRecoveryCode, Stage,
};
use std::time::Duration;
use zeroize::Zeroizing;

/// The answer to a recovery code.
#[derive(Debug)]
#[non_exhaustive]
pub enum RecoveryCodeRedemption {
    /// The person is signed in. The code is used.
    SignedIn {
        /// What the host turns into its session.
        grant: Grant,
        /// How many codes are left.
        remaining: u32,
    },
    /// No such code, or it was used before.
    Rejected,
    /// The text cannot be a recovery code: a form error. No attempt was charged, and the ticket is live.
    Malformed,
    /// The budget is used up; the code was not looked at.
    Throttled {
        /// How long to wait; `None` if waiting does not help.
        retry_after: Option<Duration>,
    },
    /// Too many passwords and codes are being hashed; nothing was checked. Ask to try again.
    Busy,
    /// The ticket is over; sign in again.
    TicketDead,
}

impl Auth {
    /// Redeems a recovery code and finishes the sign-in. A notice goes to the person.
    ///
    /// The code may be typed and pasted in many ways: see [`RecoveryCode::parse`].
    ///
    /// # Errors
    ///
    /// A [`Fault`] of store, directory, keys, entropy or hashing; nothing has changed then.
    pub async fn redeem_recovery_code(
        &self,
        tenant: &str,
        ticket: &str,
        code: &str,
    ) -> Result<RecoveryCodeRedemption, Fault> {
        let settings = self.require_tenant(tenant)?;
        let inner = &self.inner;
        let Some(live) = self.guessing(tenant, ticket, &[Stage::Verify]).await? else {
            return Ok(RecoveryCodeRedemption::TicketDead);
        };
        let Ok(code) = RecoveryCode::parse(code) else {
            return Ok(RecoveryCodeRedemption::Malformed);
        };
        // Before anything is charged: a crowd at the pool must not use up people's attempts.
        if !inner.has_room_to_hash(tenant) {
            inner.tell(tenant, None, EventKind::Busy);
            return Ok(RecoveryCodeRedemption::Busy);
        }
        let budget = inner.account_budget(Guarded::RecoveryCode, &live.key);
        let guess = self.charge_guess(&live, budget, inner.limits.recovery_attempts);
        let charge = match guess.await? {
            Guess::Charged(charge) => charge,
            Guess::Refused(refusal) => {
                return Ok(RecoveryCodeRedemption::Throttled {
                    retry_after: wait(refusal),
                });
            }
        };
        let digests = match self.digests_to_find(&settings, &live.key, &code).await {
            Err(Fault::Hashing(HashError::Busy)) => {
                inner.tell(tenant, None, EventKind::Busy);
                return Ok(RecoveryCodeRedemption::Busy);
            }
            digests => digests?,
        };
        let (who, now) = (Some(live.key.account()), inner.now());
        let command = SpendRecoveryCode {
            ticket: live.token,
            account: live.key.clone(),
            digests: digests.iter().map(code_digest).collect(),
            notice: Some(inner.notice(&live.key, Notice::RecoveryCodeUsed)?),
            subject: inner.subject(&live.key),
            now,
            budgets: BudgetChanges::default(),
        };
        match inner.store.spend_recovery_code(&command).await? {
            RecoveryCodeSpent::Spent { remaining, epoch } => {
                self.wake_outbox();
                // The way in after a hard stop on codes: those counters start afresh.
                self.settle_quietly(charge).await;
                self.lift_authenticators_quietly(&live.key).await;
                inner.tell(tenant, who, EventKind::SignedIn(Factor::RecoveryCode));
                Ok(RecoveryCodeRedemption::SignedIn {
                    grant: live.grant(epoch, now),
                    remaining,
                })
            }
            RecoveryCodeSpent::Unknown => {
                inner.tell(tenant, who, EventKind::CodeRejected(RejectedCode::Wrong));
                Ok(RecoveryCodeRedemption::Rejected)
            }
            RecoveryCodeSpent::TicketDead => Ok(RecoveryCodeRedemption::TicketDead),
        }
    }
}

/// Ten new codes.
pub(crate) struct NewCodes {
    /// For the person, once.
    pub(crate) shown: CodeSet,
    /// For the store.
    pub(crate) stored: HashedCodes,
}

impl Auth {
    /// Makes ten codes and hashes them; `None` if the pool is full. Comes before the transaction that stores
    /// them.
    pub(crate) async fn new_recovery_codes(
        &self,
        settings: &Tenant,
        key: &AccountKey,
    ) -> Result<Option<NewCodes>, Fault> {
        let inner = &self.inner;
        let shown = CodeSet::from_entropy(&Zeroizing::new(inner.random()?))
            .map_err(|_| Fault::Unusable("the random source"))?;
        let hasher = inner.hasher_for(settings, key)?;
        let how = hasher.stretching(inner.random()?);
        let secrets = shown.codes().iter().map(RecoveryCode::hash_input);
        let stretched = match hasher.stretch_all(secrets.collect(), &how).await {
            Err(HashError::Busy) => {
                inner.tell(key.tenant(), None, EventKind::Busy);
                return Ok(None);
            }
            stretched => stretched.map_err(Fault::Hashing)?,
        };
        let digest = |bytes: Zeroizing<[u8; 32]>| {
            let code = StretchedCode::from_bytes(bytes);
            code_digest(&code.digest(&inner.keys, key.tenant(), key.account()))
        };
        let stored = HashedCodes {
            hashing: how.to_string(),
            // Cloned, so that the ones in the vector are wiped with it.
            digests: stretched.iter().cloned().map(digest).collect(),
        };
        Ok(Some(NewCodes { shown, stored }))
    }

    /// The digests under which a typed code may be stored. Hashes once, whether the account has codes or not.
    async fn digests_to_find(
        &self,
        settings: &Tenant,
        key: &AccountKey,
        code: &RecoveryCode,
    ) -> Result<Vec<Digest>, Fault> {
        let inner = &self.inner;
        let (keys, tenant, account) = (&inner.keys, key.tenant(), key.account());
        let hasher = inner.hasher_for(settings, key)?;
        let hashing = inner.store.recovery_code_hashing(key).await?;
        let how = match &hashing {
            Some(text) => text
                .parse()
                .map_err(|_| Fault::Unusable("how stored recovery codes were hashed"))?,
            None => hasher.stretching(decoy_salt(keys, tenant, account)),
        };
        let stretched = hasher.stretch(code.hash_input(), &how).await;
        let stretched = StretchedCode::from_bytes(stretched.map_err(Fault::Hashing)?);
        Ok(match hashing {
            Some(_) => stretched.digests(keys, tenant, account),
            // No codes, or a set that was stored before codes were hashed.
            None => code.unstretched_digests(keys, tenant, account),
        })
    }
}

fn code_digest(digest: &Digest) -> CodeDigest {
    CodeDigest(*digest.as_bytes())
}
