//! What goes wrong with the order of charges and locks.

use super::{BrokenStore, Flaw, PAUSES};
use slotwerk_store::{
    AttemptKey, BudgetCharges, ChargeAttempts, ErrorKind, OnDenial, Result, StoreError,
};

/// How often a command looks for a lock before the database gives it up.
const LOCK_WAIT: usize = 20 * PAUSES;

impl BrokenStore {
    /// The command as this store understands it.
    pub(super) fn reordered(&self, command: &ChargeAttempts) -> ChargeAttempts {
        let mut command = command.clone();
        match self.flaw {
            Flaw::ChargesInKeyOrder => {
                let mut charges = command.charges.to_vec();
                charges.sort_by_key(|charge| charge.key);
                command.charges = BudgetCharges::new(charges).unwrap_or(command.charges);
            }
            Flaw::ChargesAfterDenial => command.on_denial = OnDenial::Continue,
            Flaw::StopsAtAnyDenial => command.on_denial = OnDenial::Stop,
            _ => {}
        }
        command
    }

    /// Locks one row after the other as the command names them, and lets other tasks do the same in
    /// between. Two opposite orders then wait for each other, until the database gives one of them up.
    pub(super) async fn lock_in_given_order(
        &self,
        command: &ChargeAttempts,
    ) -> Result<Vec<AttemptKey>> {
        let mut locked = Vec::new();
        if !self.has(Flaw::LocksInGivenOrder) {
            return Ok(locked);
        }
        for charge in command.charges.iter() {
            if locked.contains(&charge.key) {
                continue;
            }
            let mut waited = 0;
            while !self.notes().locked.insert(charge.key) {
                if waited == LOCK_WAIT {
                    self.unlock(&locked);
                    return Err(StoreError::new(ErrorKind::Conflict));
                }
                waited += 1;
                tokio::task::yield_now().await;
            }
            locked.push(charge.key);
            tokio::task::yield_now().await;
        }
        Ok(locked)
    }

    pub(super) fn unlock(&self, locked: &[AttemptKey]) {
        self.notes().locked.retain(|key| !locked.contains(key));
    }
}
