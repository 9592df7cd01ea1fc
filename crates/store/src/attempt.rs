//! Attempt budgets: charged before anything is checked, settled by the command that succeeds.

use crate::{AttemptKey, AuditReason, NewJob, Subject};
use slotwerk_throttle::{Allowance, Receipt, Refusal, Ruling, Tally};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Deref;

/// One attempt to take from one budget.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BudgetCharge {
    /// Whose budget: a keyed hash, so that the table holds no names. It says whether the budget may be lost.
    pub key: AttemptKey,
    /// How much may be tried. Kept by the caller, so that a changed setting holds at once.
    pub allowance: Allowance,
}

/// The charges of one decision, in their order. At most [`MAX`](Self::MAX).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BudgetCharges(Vec<BudgetCharge>);

impl BudgetCharges {
    /// The most charges of one command. A command locks a row for each of them.
    pub const MAX: usize = 16;

    /// Takes the charges in this order. The same budget may occur several times.
    ///
    /// # Errors
    ///
    /// [`TooManyCharges`] if there are more than [`MAX`](Self::MAX).
    pub fn new(charges: Vec<BudgetCharge>) -> Result<Self, TooManyCharges> {
        if charges.len() > Self::MAX {
            return Err(TooManyCharges {
                charges: charges.len(),
            });
        }
        Ok(Self(charges))
    }
}

impl From<BudgetCharge> for BudgetCharges {
    fn from(charge: BudgetCharge) -> Self {
        Self(vec![charge])
    }
}

impl Deref for BudgetCharges {
    type Target = [BudgetCharge];

    fn deref(&self) -> &[BudgetCharge] {
        &self.0
    }
}

/// A command has more charges than [`BudgetCharges::MAX`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "a command charges at most {} budgets, not {charges}",
    BudgetCharges::MAX
)]
pub struct TooManyCharges {
    /// How many it has.
    pub charges: usize,
}

/// See [`Store::charge_attempts`](crate::Store::charge_attempts).
#[derive(Clone, Debug)]
pub struct ChargeAttempts {
    /// The budgets, in the order in which to charge them.
    pub charges: BudgetCharges,
    /// What a denial means for the budgets after it.
    pub on_denial: OnDenial,
    /// Milliseconds since the Unix epoch.
    pub now_ms: u64,
}

/// What happens after the first budget that denies its charge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OnDenial {
    /// The budgets after it are not charged. The answers end with the denial.
    Stop,
    /// The budgets after it are charged as well.
    Continue,
}

impl ChargeAttempts {
    /// Charges one budget.
    #[must_use]
    pub fn one(key: AttemptKey, allowance: impl Into<Allowance>, now_ms: u64) -> Self {
        let allowance = allowance.into();
        Self {
            charges: BudgetCharge { key, allowance }.into(),
            on_denial: OnDenial::Stop,
            now_ms,
        }
    }

    /// The budgets to read. Lock their rows in this order.
    #[must_use]
    pub fn keys(&self) -> BTreeSet<AttemptKey> {
        self.charges.iter().map(|charge| charge.key).collect()
    }

    /// Decides on the rows as they were read under their locks. A budget without a row is not in
    /// `tallies`.
    ///
    /// For stores: only reading and writing is left to them.
    pub fn decide(&self, tallies: &BTreeMap<AttemptKey, Tally>) -> ChargeDecision {
        let mut decision = ChargeDecision::default();
        for BudgetCharge { key, allowance } in self.charges.iter() {
            let changed = decision.writes.get(key).map(|write| write.tally);
            let tally = changed.or_else(|| tallies.get(key).copied());
            match allowance.charge(tally, self.now_ms) {
                Ruling::Granted { next, receipt } => {
                    let write = BudgetWrite {
                        allowance: *allowance,
                        tally: next,
                    };
                    decision.writes.insert(*key, write);
                    decision.charged.push(Charged::Granted { receipt });
                }
                Ruling::Denied { refusal } => {
                    decision.charged.push(Charged::Denied { refusal });
                    if self.on_denial == OnDenial::Stop {
                        break;
                    }
                }
            }
        }
        decision
    }
}

/// What [`ChargeAttempts::decide`] decided.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[must_use]
pub struct ChargeDecision {
    /// The answers to the caller.
    pub charged: Vec<Charged>,
    /// The rows to write, in the order of their locks. Empty if every charge was denied.
    pub writes: BTreeMap<AttemptKey, BudgetWrite>,
}

/// The new row of a budget.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BudgetWrite {
    /// The allowance of the last charge that was granted: it says how long the row matters.
    pub allowance: Allowance,
    /// The tally after that charge.
    pub tally: Tally,
}

/// Whether the attempt may be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "an attempt that was not granted must not be checked"]
pub enum Charged {
    /// Go on and check.
    Granted {
        /// The state before and after, for [`SettleAttempt`].
        receipt: Receipt,
    },
    /// Do not check.
    Denied {
        /// Why, and what helps: time, recovery, or another authenticator.
        refusal: Refusal,
    },
}

/// Gives back an attempt that has succeeded.
#[derive(Clone, Debug)]
pub struct SettleAttempt {
    /// The budget that was charged.
    pub key: AttemptKey,
    /// The allowance of the charge.
    pub allowance: Allowance,
    /// The receipt of the charge.
    pub receipt: Receipt,
}

/// What a command gives back with its success. The default gives nothing back.
///
/// The changes are part of the command's transaction, and happen if and only if the command succeeds. So a
/// success costs no second transaction, and a fault never separates the two. Each budget changes as the
/// stand-alone commands change it: [`Store::settle_attempt`](crate::Store::settle_attempt) for each entry of
/// `settle` in order, then [`Store::lift_attempt`](crate::Store::lift_attempt) for each of `lift`. A budget
/// without a row stays without one.
///
/// Change the budgets after all other rows of the command, in the order of [`keys`](Self::keys). A command
/// that holds a budget then waits for no other row.
#[derive(Clone, Debug, Default)]
pub struct BudgetChanges {
    /// The attempts that this success was charged.
    pub settle: Vec<SettleAttempt>,
    /// The budgets that the owner gets back whole, at the `now` of the command.
    pub lift: Vec<AttemptKey>,
}

impl BudgetChanges {
    /// The budgets to read. Lock their rows in this order.
    #[must_use]
    pub fn keys(&self) -> BTreeSet<AttemptKey> {
        let settled = self.settle.iter().map(|settle| settle.key);
        settled.chain(self.lift.iter().copied()).collect()
    }
}

/// Gives budgets back on an operator's behalf: after a clock that was wrong, or an attack.
#[derive(Clone, Debug)]
pub struct ClearAttempts {
    /// The tenant whose audit trail gets the row.
    pub tenant: String,
    /// The budgets.
    pub keys: Vec<AttemptKey>,
    /// The notice to the person, queued in the same transaction if a budget had a row.
    pub notice: Option<NewJob>,
    /// Whose budgets, in the audit trail.
    pub subject: Subject,
    /// The person who clears them, if known.
    pub actor: Option<Subject>,
    /// Why.
    pub reason: Option<AuditReason>,
    /// Milliseconds since the Unix epoch.
    pub now_ms: u64,
}
