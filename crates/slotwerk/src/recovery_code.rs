//! Recovery codes: made with the first authenticator, and redeemed in the place of a code.
//!
//! A code has 80 bits, so it goes through Argon2id on the bounded pool before its keyed digest is made or
//! looked up (ASVS 5.0 6.5.2).

use crate::auth::Inner;
use crate::event::{EventKind, Factor, RejectedCode};
use crate::fault::Fault;
use crate::grant::Grant;
use crate::guess::{ChargingAll, budget, settling};
use crate::jobs::Notice;
use crate::rejection::{Rejection, RejectionCode};
use crate::scopes::Guarded;
use crate::tenant::Tenant;
use crate::throttled::Throttled;
use crate::ticket::StepError;
use crate::verify::Verification;
use slotwerk_password::HashError;
use slotwerk_recovery::{CodeSet, Digest, RecoveryCode, StretchedCode, decoy_salt};
use slotwerk_store::{AccountKey, CodeDigest, HashedCodes, RecoveryCodeSpent, SpendRecoveryCode};
use zeroize::Zeroizing;

/// The answer to a recovery code.
#[derive(Debug)]
pub enum RecoveryCodeOutcome {
    /// The person is signed in. The code is used.
    SignedIn {
        /// What the host turns into its session.
        grant: Grant,
        /// How many codes are left.
        remaining: u32,
    },
    /// No such code, or it was used before.
    Rejected,
    /// The attempts are used up; the code was not looked at.
    Throttled(Throttled),
    /// Too many passwords and codes are being hashed; nothing was checked. Ask to try again.
    Busy,
}

impl RecoveryCodeOutcome {
    /// Why the call did not go on, with a stable code. `None` if it did.
    #[must_use]
    pub fn rejection(&self) -> Option<Rejection> {
        match self {
            Self::SignedIn { .. } => None,
            Self::Rejected => Some(RejectionCode::RecoveryCodeRejected.into()),
            Self::Throttled(why) => Some((*why).into()),
            Self::Busy => Some(RejectionCode::Busy.into()),
        }
    }
}

impl Verification {
    /// Redeems a recovery code and finishes the sign-in. A notice goes to the person.
    ///
    /// The code may be typed and pasted in many ways: see [`RecoveryCode::parse`].
    ///
    /// # Errors
    ///
    /// [`StepError::TicketInvalid`], or a [`Fault`] of store, directory, keys, entropy or hashing; nothing has
    /// changed then.
    #[cfg_attr(
        feature = "tracing",
        tracing::instrument(
            name = "recovery_code",
            skip_all,
            fields(
                tenant = self.live.key.tenant(),
                account = %self.live.inner().pseudonym(&self.live.key),
            )
        )
    )]
    pub async fn recovery_code(
        &self,
        code: &RecoveryCode,
    ) -> Result<RecoveryCodeOutcome, StepError> {
        let live = &self.live;
        let (inner, key) = (live.inner(), &live.key);
        // Before anything is charged: a crowd at the pool must not use up people's attempts.
        if !inner.has_room_to_hash(key.tenant()) {
            inner.emit(key.tenant(), None, EventKind::Busy);
            return Ok(RecoveryCodeOutcome::Busy);
        }
        let guess = budget(
            inner.account_budget(Guarded::RecoveryCode, key),
            inner.limits.recovery_attempts,
        );
        let charges = match inner.charge_guess(key, vec![guess]).await? {
            ChargingAll::Granted(charges) => charges,
            ChargingAll::Denied { refusal, .. } => {
                return Ok(RecoveryCodeOutcome::Throttled(refusal.into()));
            }
        };
        let settings = &live.tenant.settings;
        let digests = match inner.digests_to_find(settings, key, code).await {
            Err(Fault::Hashing(HashError::Busy)) => {
                inner.emit(key.tenant(), None, EventKind::Busy);
                return Ok(RecoveryCodeOutcome::Busy);
            }
            digests => digests?,
        };
        let mut budgets = settling(charges);
        // The way in after a hard stop on codes: those counters start afresh.
        budgets.lift = inner.authenticator_budgets(key).await?;
        let now = inner.now();
        let command = SpendRecoveryCode {
            ticket: live.token,
            account: key.clone(),
            digests: digests.iter().map(code_digest).collect(),
            notice: Some(live.tenant.notice(key, Notice::RecoveryCodeUsed)?),
            subject: inner.subject(key),
            now,
            budgets,
        };
        match inner.store.spend_recovery_code(&command).await? {
            RecoveryCodeSpent::Spent { remaining, epoch } => {
                inner.wake_outbox();
                live.emit(EventKind::SignedIn(Factor::RecoveryCode));
                Ok(RecoveryCodeOutcome::SignedIn {
                    grant: live.grant(epoch, now),
                    remaining,
                })
            }
            RecoveryCodeSpent::Unknown => {
                live.emit(EventKind::CodeRejected(RejectedCode::Wrong));
                Ok(RecoveryCodeOutcome::Rejected)
            }
            RecoveryCodeSpent::TicketInvalid => live.over(),
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

impl Inner {
    /// Makes ten codes and hashes them; `None` if the pool is full. Comes before the transaction that stores
    /// them.
    pub(crate) async fn new_recovery_codes(
        &self,
        settings: &Tenant,
        key: &AccountKey,
    ) -> Result<Option<NewCodes>, Fault> {
        let shown = CodeSet::from_entropy(&Zeroizing::new(self.random()?))
            .map_err(|_| Fault::Unusable("the random source"))?;
        let hasher = self.hasher_for(settings, key)?;
        let how = hasher.stretching(self.random()?);
        let secrets = shown.codes().iter().map(RecoveryCode::hash_input);
        let stretched = match hasher.stretch_all(secrets.collect(), &how).await {
            Err(HashError::Busy) => {
                self.emit(key.tenant(), None, EventKind::Busy);
                return Ok(None);
            }
            stretched => stretched.map_err(Fault::Hashing)?,
        };
        let digest = |bytes: Zeroizing<[u8; 32]>| {
            let code = StretchedCode::from_bytes(bytes);
            code_digest(&code.digest(&self.keys, key.tenant(), key.account()))
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
        let (keys, tenant, account) = (&self.keys, key.tenant(), key.account());
        let hasher = self.hasher_for(settings, key)?;
        let hashing = self.store.recovery_code_hashing(key).await?;
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
