//! Attempt budgets: charged, settled and lifted.

use super::rows::{AttemptRow, Rows};
use crate::{AttemptKey, BudgetChanges, ChargeAttempts, Charged, SettleAttempt};

impl Rows {
    pub(super) fn charge(&mut self, command: &ChargeAttempts) -> Vec<Charged> {
        let stored = |key| Some((key, self.attempts.get(&key)?.tally));
        let tallies = command.keys().into_iter().filter_map(stored).collect();
        let decision = command.decide(&tallies);
        for (key, write) in decision.writes {
            let row = AttemptRow::of(&write.allowance, write.tally);
            self.attempts.insert(key, row);
        }
        decision.charged
    }

    pub(super) fn settle(&mut self, command: &SettleAttempt) {
        if let Some(row) = self.attempts.get_mut(&command.key) {
            let settled = command.allowance.settle(row.tally, &command.receipt);
            *row = AttemptRow::of(&command.allowance, settled);
        }
    }

    /// Whether there was a budget to lift.
    pub(super) fn lift(&mut self, key: AttemptKey, now_ms: u64) -> bool {
        let row = self.attempts.get_mut(&key);
        row.map(|row| row.lift(now_ms)).is_some()
    }

    /// The last step of a command that succeeds.
    pub(super) fn change_budgets(&mut self, changes: &BudgetChanges, now: u64) {
        for settle in &changes.settle {
            self.settle(settle);
        }
        for key in &changes.lift {
            self.lift(*key, now.saturating_mul(1000));
        }
    }
}
