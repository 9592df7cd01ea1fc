//! Charges every guess before it is checked.

use crate::auth::Inner;
use crate::event::{EventKind, RejectedCode, StoredTime};
use crate::fault::Fault;
use crate::scopes::Guarded;
use slotwerk_store::{AccountKey, AttemptKey, ChargeAttempts, Charged, SettleAttempt};
use slotwerk_throttle::{Allowance, Receipt, Refusal};

/// A charge that was granted, for settling it after a success.
#[derive(Clone, Copy)]
pub(crate) struct Charge {
    key: AttemptKey,
    allowance: Allowance,
    receipt: Receipt,
}

/// The answer to a charge.
pub(crate) enum Charging {
    /// Go on and check. Settle the charge after a success.
    Granted(Charge),
    /// Do not check.
    Denied(Refusal),
}

impl Inner {
    /// Charges a guess at a secret of an account.
    pub(crate) async fn charge_guess(
        &self,
        account: &AccountKey,
        budget: AttemptKey,
        allowance: impl Into<Allowance>,
    ) -> Result<Charging, Fault> {
        let charging = self.charge(budget, allowance).await?;
        if let Charging::Denied(refusal) = charging {
            let why = match refusal {
                Refusal::Spent => RejectedCode::Spent,
                _ => RejectedCode::Throttled,
            };
            let kind = EventKind::CodeRejected(why);
            self.tell(account.tenant(), Some(account.account()), kind);
        }
        Ok(charging)
    }

    /// Takes one attempt from a budget. Without an answer of the store there is no attempt: nothing is
    /// checked, asked or mailed that could not be counted, and the operator is told.
    pub(crate) async fn charge(
        &self,
        key: AttemptKey,
        allowance: impl Into<Allowance>,
    ) -> Result<Charging, Fault> {
        let allowance = allowance.into();
        let command = ChargeAttempts::one(key, allowance, self.now_ms());
        let charged = self.store.charge_attempts(&command).await;
        if charged.is_err() {
            self.tell_all(EventKind::BudgetsUnreachable);
        }
        // One charge has one answer; a store that gives none has granted nothing.
        let refusal = Refusal::Stopped;
        let none = Charged::Denied { refusal };
        Ok(match charged?.pop().unwrap_or(none) {
            Charged::Granted { receipt } => {
                if receipt.clock_ran_ahead {
                    self.tell_all(EventKind::ClockRanAhead(StoredTime::Budget));
                }
                Charging::Granted(Charge {
                    key,
                    allowance,
                    receipt,
                })
            }
            Charged::Denied { refusal } => Charging::Denied(refusal),
        })
    }

    /// Gives an attempt back after a success that is already recorded, and no other attempt: a stranger
    /// must not see that somebody succeeded. A fault here must not turn that success into a failure; it
    /// only leaves the person with a smaller budget for a while.
    pub(crate) async fn settle_quietly(&self, charge: Charge) {
        let command = SettleAttempt {
            key: charge.key,
            allowance: charge.allowance,
            receipt: charge.receipt,
        };
        let _ = self.store.settle_attempt(&command).await;
    }

    /// Gives a budget back to an owner who was recognised in another way. As quiet as
    /// [`settle_quietly`](Self::settle_quietly), for the same reason.
    pub(crate) async fn lift_quietly(&self, key: AttemptKey) {
        let now_ms = self.now_ms();
        let _ = self.store.lift_attempt(key, now_ms).await;
    }

    /// The same for what guards the second factor of an owner whose mailbox was asked. Recovery codes are far
    /// too long to guess, however often their budget comes back; a mailed set-up lies in the mailbox anyway.
    ///
    /// Codes are not: a reader of the mailbox could set passwords and guess on, without end. So theirs come
    /// back only where the failures of an authenticator's life have one. Otherwise a recovery code does it.
    pub(crate) async fn lift_second_factor_quietly(&self, key: &AccountKey) {
        for guarded in [Guarded::RecoveryCode, Guarded::Enrolment] {
            self.lift_quietly(self.account_budget(guarded, key)).await;
        }
        if self.limits.code_attempts.lifetime().is_some() {
            self.lift_authenticators_quietly(key).await;
        }
    }

    /// The same for every authenticator of an account. What was guessed in the life of each still counts.
    pub(crate) async fn lift_authenticators_quietly(&self, key: &AccountKey) {
        for authenticator in self.store.authenticators(key).await.unwrap_or_default() {
            self.lift_quietly(self.authenticator_budget(key, authenticator.id))
                .await;
        }
    }
}
