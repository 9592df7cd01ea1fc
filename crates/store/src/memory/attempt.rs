//! Attempt budgets: charged, settled and lifted.

use super::rows::{AttemptRow, Rows};
use crate::{ChargeAttempts, Charged};

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
}
