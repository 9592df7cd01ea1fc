//! Charges every guess before it is checked, and gives attempts back with the command that succeeds.

use crate::auth::Inner;
use crate::event::{EventKind, RejectedCode, StoredTime};
use crate::fault::Fault;
use crate::scopes::Guarded;
use slotwerk_store::{
    AccountKey, AttemptKey, BudgetChanges, BudgetCharge, BudgetCharges, ChargeAttempts, Charged,
    OnDenial, SettleAttempt,
};
use slotwerk_throttle::{Allowance, Receipt, Refusal};

/// A charge that was granted, for settling it after a success.
#[derive(Clone, Copy)]
pub(crate) struct Charge {
    key: AttemptKey,
    allowance: Allowance,
    receipt: Receipt,
}

impl From<Charge> for SettleAttempt {
    fn from(charge: Charge) -> Self {
        Self {
            key: charge.key,
            allowance: charge.allowance,
            receipt: charge.receipt,
        }
    }
}

/// The answer to a charge.
pub(crate) enum Charging {
    /// Go on and check. Settle the charge after a success.
    Granted(Charge),
    /// Do not check.
    Denied(Refusal),
}

/// The answer to the charges of one decision.
pub(crate) enum ChargingAll {
    /// Go on and check. Every budget was charged, in the order given.
    Granted(Vec<Charge>),
    /// Do not check. The budgets before this one were charged.
    Denied {
        /// The budget's place in the order.
        at: usize,
        refusal: Refusal,
    },
}

/// A budget with what it allows.
pub(crate) fn budget(key: AttemptKey, allowance: impl Into<Allowance>) -> BudgetCharge {
    let allowance = allowance.into();
    BudgetCharge { key, allowance }
}

/// Gives charges back as part of the command that succeeds. A stranger must not see a success, so no other
/// attempt comes back.
pub(crate) fn settling(charges: impl IntoIterator<Item = Charge>) -> BudgetChanges {
    BudgetChanges {
        settle: charges.into_iter().map(SettleAttempt::from).collect(),
        lift: Vec::new(),
    }
}

/// Gives whole budgets back as part of the command that succeeds: its person was recognised in another way.
pub(crate) fn lifting(budgets: impl IntoIterator<Item = AttemptKey>) -> BudgetChanges {
    BudgetChanges {
        settle: Vec::new(),
        lift: budgets.into_iter().collect(),
    }
}

impl Inner {
    /// Charges a guess at a secret of an account, to all of `budgets` in one command.
    pub(crate) async fn charge_guess(
        &self,
        account: &AccountKey,
        budgets: Vec<BudgetCharge>,
    ) -> Result<ChargingAll, Fault> {
        let charging = self.charge_all(budgets).await?;
        if let ChargingAll::Denied { refusal, .. } = charging {
            self.emit_throttled(account, refusal);
        }
        Ok(charging)
    }

    /// Charges a guess that goes to several secrets of an account. Each budget answers for its own secret: a
    /// denial does not keep the guess from the others.
    pub(crate) async fn charge_each_guess(
        &self,
        account: &AccountKey,
        budgets: &[BudgetCharge],
    ) -> Result<Vec<Charging>, Fault> {
        let mut answers = Vec::with_capacity(budgets.len());
        for some in budgets.chunks(BudgetCharges::MAX) {
            answers.extend(self.charge_in(some.to_vec(), OnDenial::Continue).await?);
        }
        for answer in &answers {
            if let Charging::Denied(refusal) = answer {
                self.emit_throttled(account, *refusal);
            }
        }
        Ok(answers)
    }

    /// Takes one attempt from a budget.
    pub(crate) async fn charge(
        &self,
        key: AttemptKey,
        allowance: impl Into<Allowance>,
    ) -> Result<Charging, Fault> {
        let mut answers = self
            .charge_in(vec![budget(key, allowance)], OnDenial::Stop)
            .await?;
        // One charge has one answer; a store that gives none has granted nothing.
        Ok(answers.pop().unwrap_or(Charging::Denied(Refusal::Stopped)))
    }

    /// Takes one attempt from each of the budgets of a decision, in this order, in one command. The first denial
    /// stops; the charges before it stay.
    pub(crate) async fn charge_all(
        &self,
        budgets: Vec<BudgetCharge>,
    ) -> Result<ChargingAll, Fault> {
        let asked = budgets.len();
        let mut granted = Vec::with_capacity(asked);
        for (at, answer) in (0..).zip(self.charge_in(budgets, OnDenial::Stop).await?) {
            match answer {
                Charging::Granted(charge) => granted.push(charge),
                Charging::Denied(refusal) => return Ok(ChargingAll::Denied { at, refusal }),
            }
        }
        if granted.len() < asked {
            // A store that gives fewer answers has not granted the rest.
            let (at, refusal) = (granted.len(), Refusal::Stopped);
            return Ok(ChargingAll::Denied { at, refusal });
        }
        Ok(ChargingAll::Granted(granted))
    }

    /// Without an answer of the store there is no attempt: nothing is checked, asked or mailed that could not be
    /// counted, and the operator hears of it.
    async fn charge_in(
        &self,
        budgets: Vec<BudgetCharge>,
        on_denial: OnDenial,
    ) -> Result<Vec<Charging>, Fault> {
        let charges =
            BudgetCharges::new(budgets).map_err(|_| Fault::Unusable("a decision's budgets"))?;
        let command = ChargeAttempts {
            charges,
            on_denial,
            now_ms: self.now_ms(),
        };
        let charged = self.store.charge_attempts(&command).await;
        if charged.is_err() {
            self.emit_all(EventKind::BudgetsUnreachable);
        }
        let pairs = command.charges.iter().zip(charged?);
        Ok(pairs
            .map(|(asked, charged)| self.charging(asked, charged))
            .collect())
    }

    fn charging(&self, asked: &BudgetCharge, charged: Charged) -> Charging {
        match charged {
            Charged::Granted { receipt } => {
                if receipt.clock_ran_ahead {
                    self.emit_all(EventKind::ClockRanAhead(StoredTime::Budget));
                }
                Charging::Granted(Charge {
                    key: asked.key,
                    allowance: asked.allowance,
                    receipt,
                })
            }
            Charged::Denied { refusal } => Charging::Denied(refusal),
        }
    }

    fn emit_throttled(&self, account: &AccountKey, refusal: Refusal) {
        let why = match refusal {
            Refusal::Spent => RejectedCode::Spent,
            _ => RejectedCode::Throttled,
        };
        let kind = EventKind::CodeRejected(why);
        self.emit(account.tenant(), Some(account.account()), kind);
    }

    /// Gives an attempt back where no command of the success can carry it. A fault here must not turn that
    /// success into a failure; it only leaves the person with a smaller budget for a while.
    pub(crate) async fn settle_quietly(&self, charge: Charge) {
        let _ = self.store.settle_attempt(&charge.into()).await;
    }

    /// Gives a budget back where no command of the success can carry it. As quiet as
    /// [`settle_quietly`](Self::settle_quietly), for the same reason.
    pub(crate) async fn lift_quietly(&self, key: AttemptKey) {
        let _ = self.store.lift_attempt(key, self.now_ms()).await;
    }

    /// The budgets that come back to an owner who proved the mailbox: password, recovery codes and set-up. Recovery
    /// codes are far too long to guess, and a mailed set-up lies in the mailbox anyway.
    ///
    /// Codes of an app are short. With a fresh budget after each mailed link, a reader of the mailbox could guess
    /// them without end. So their budgets come back only if the failures of an authenticator's life are limited.
    /// Otherwise the owner uses a recovery code.
    pub(crate) async fn budgets_of_mailbox_owner(
        &self,
        key: &AccountKey,
    ) -> Result<Vec<AttemptKey>, Fault> {
        let guarded = [Guarded::Password, Guarded::RecoveryCode, Guarded::Enrolment];
        let mut budgets = Vec::from(guarded.map(|guarded| self.account_budget(guarded, key)));
        if self.limits.code_attempts.lifetime().is_some() {
            budgets.extend(self.authenticator_budgets(key).await?);
        }
        Ok(budgets)
    }

    /// The budgets of codes, one for each authenticator of an account. Giving them back leaves the count of failures
    /// in each authenticator's life.
    pub(crate) async fn authenticator_budgets(
        &self,
        key: &AccountKey,
    ) -> Result<Vec<AttemptKey>, Fault> {
        let found = self.store.authenticators(key).await?;
        let budget = |id| self.authenticator_budget(key, id);
        Ok(found.iter().map(|found| budget(found.id)).collect())
    }
}
