//! What a command gives back with its success, split by where the budgets are.

use slotwerk_store::{
    AdvanceTotpStep, AttemptKey, BudgetChanges, ChangePassword, ConfirmEnrolment, ConsumeReset,
    Durability, OpenTicket, RenewRecoveryCodes, SettleAttempt, SpendRecoveryCode,
};
use slotwerk_throttle::Allowance;

/// Whether Redis keeps a budget. A budget that may be lost but has a hard stop or a lifetime cap stays in the store
/// underneath: its count must survive.
pub(crate) fn is_lossy(key: &AttemptKey, allowance: &Allowance) -> bool {
    let counts = allowance.budget().hard_stop().is_some() || allowance.lifetime().is_some();
    may_be_lost(key) && !counts
}

pub(crate) fn may_be_lost(key: &AttemptKey) -> bool {
    key.durability() == Durability::MayBeLost
}

/// A command that gives budgets back with its success.
pub(crate) trait Settling: Clone {
    fn budgets(&self) -> &BudgetChanges;
    fn budgets_mut(&mut self) -> &mut BudgetChanges;
}

macro_rules! settling {
    ($($command:ty),* $(,)?) => {$(
        impl Settling for $command {
            fn budgets(&self) -> &BudgetChanges {
                &self.budgets
            }

            fn budgets_mut(&mut self) -> &mut BudgetChanges {
                &mut self.budgets
            }
        }
    )*};
}

settling!(
    AdvanceTotpStep,
    ChangePassword,
    ConfirmEnrolment,
    ConsumeReset,
    OpenTicket,
    RenewRecoveryCodes,
    SpendRecoveryCode,
);

/// The command for the store underneath, and the changes for Redis. `None` if there are none for Redis.
///
/// The store underneath does not settle a charge of Redis: it may hold a budget of the same name from an outage, and
/// would give an attempt back that was not charged to it. It does lift that budget.
pub(crate) fn without_lossy<C: Settling>(command: &C) -> Option<(C, BudgetChanges)> {
    let in_redis = |settle: &SettleAttempt| is_lossy(&settle.key, &settle.allowance);
    let budgets = command.budgets();
    let settle: Vec<_> = budgets
        .settle
        .iter()
        .filter(|one| in_redis(one))
        .cloned()
        .collect();
    let lift: Vec<_> = budgets.lift.iter().copied().filter(may_be_lost).collect();
    if settle.is_empty() && lift.is_empty() {
        return None;
    }
    let mut kept = command.clone();
    kept.budgets_mut().settle.retain(|one| !in_redis(one));
    Some((kept, BudgetChanges { settle, lift }))
}
