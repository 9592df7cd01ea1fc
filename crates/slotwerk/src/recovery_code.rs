//! Recovery codes: made with the first authenticator, and spent in the place of a code.

use crate::auth::{Auth, Inner};
use crate::event::{EventKind, Factor, RejectedCode};
use crate::fault::Fault;
use crate::guess::{Guess, wait};
use crate::jobs::Notice;
use crate::scopes::Guarded;
use crate::ticket::Grant;
use slotwerk_recovery::{CodeSet, RecoveryCode};
use slotwerk_store::{AccountKey, CodeDigest, RecoveryCodeSpent, SpendRecoveryCode, Stage};
use std::time::Duration;
use zeroize::Zeroizing;

/// The answer to a recovery code.
#[derive(Debug)]
#[non_exhaustive]
pub enum RecoveryCodeRedemption {
    /// The person is signed in. The code is spent.
    SignedIn {
        /// What the host turns into its session.
        grant: Grant,
        /// How many codes are left.
        remaining: u32,
    },
    /// No such code, or it was spent before.
    Rejected,
    /// The budget is used up; the code was not looked at.
    Throttled {
        /// How long to wait; `None` if waiting does not help.
        retry_after: Option<Duration>,
    },
    /// The ticket is over; sign in again.
    TicketDead,
}

impl Auth {
    /// Spends a recovery code and finishes the sign-in. A notice goes to the person.
    ///
    /// # Errors
    ///
    /// A [`Fault`] of store, directory, keys or entropy; nothing has changed then.
    pub async fn redeem_recovery_code(
        &self,
        tenant: &str,
        ticket: &str,
        code: &str,
    ) -> Result<RecoveryCodeRedemption, Fault> {
        let inner = &self.inner;
        let Some(live) = self.guessing(tenant, ticket, &[Stage::Verify]).await? else {
            return Ok(RecoveryCodeRedemption::TicketDead);
        };
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
        let who = Some(live.key.account());
        let Ok(code) = RecoveryCode::parse(code) else {
            inner.tell(tenant, who, EventKind::CodeRejected(RejectedCode::Wrong));
            return Ok(RecoveryCodeRedemption::Rejected);
        };
        let (digests, now) = (
            code.digests(&inner.keys, tenant, live.key.account()),
            inner.now(),
        );
        let command = SpendRecoveryCode {
            ticket: live.token,
            account: live.key.clone(),
            digests: digests
                .iter()
                .map(|digest| CodeDigest(*digest.as_bytes()))
                .collect(),
            notice: Some(inner.notice(&live.key, Notice::RecoveryCodeUsed)?),
            subject: inner.subject(&live.key),
            now,
        };
        match inner.store.spend_recovery_code(&command).await? {
            RecoveryCodeSpent::Spent { remaining, version } => {
                self.wake_outbox();
                // The way in after a hard stop on codes: those counters start afresh.
                self.settle_quietly(charge).await;
                self.lift_authenticators_quietly(&live.key).await;
                inner.tell(tenant, who, EventKind::SignedIn(Factor::RecoveryCode));
                Ok(RecoveryCodeRedemption::SignedIn {
                    grant: live.grant(version, now),
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

impl Auth {
    /// Ten codes that nobody has seen yet.
    pub(crate) fn new_recovery_codes(&self) -> Result<CodeSet, Fault> {
        CodeSet::from_entropy(&Zeroizing::new(self.inner.random()?))
            .map_err(|_| Fault::Unusable("the random source"))
    }
}

impl Inner {
    /// What the store keeps of them.
    pub(crate) fn code_digests(&self, key: &AccountKey, codes: &CodeSet) -> Vec<CodeDigest> {
        codes
            .codes()
            .iter()
            .map(|code| {
                CodeDigest(
                    *code
                        .digest(&self.keys, key.tenant(), key.account())
                        .as_bytes(),
                )
            })
            .collect()
    }
}
