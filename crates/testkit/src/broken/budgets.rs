//! What goes wrong with budgets that change with a success.

use super::{BrokenStore, Flaw};
use slotwerk_store::{BudgetChanges, Result};

/// Runs a command without its budget changes, and makes them afterwards if it ended like this.
macro_rules! with_budgets {
    ($store:ident, $run:ident, $command:ident, $success:pat) => {{
        let mut command = $command.clone();
        let budgets = std::mem::take(&mut command.budgets);
        let outcome = $store.$run(&command).await?;
        let succeeded = matches!(outcome, $success);
        $store
            .change_budgets(&budgets, command.now, succeeded)
            .await?;
        Ok(outcome)
    }};
}
pub(super) use with_budgets;

impl BrokenStore {
    pub(super) async fn change_budgets(
        &self,
        changes: &BudgetChanges,
        now: u64,
        succeeded: bool,
    ) -> Result<()> {
        if !succeeded && !self.has(Flaw::SettlesRejections) {
            return Ok(());
        }
        for settle in &changes.settle {
            if !self.has(Flaw::ForgetsSettling) {
                self.settle(settle).await?;
            }
        }
        for key in &changes.lift {
            if !self.has(Flaw::ForgetsLifting) {
                self.lift(*key, now.saturating_mul(1000)).await?;
            }
        }
        Ok(())
    }
}
