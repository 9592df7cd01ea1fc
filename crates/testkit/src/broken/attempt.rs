//! What goes wrong with attempt budgets. The flaws of this file keep tallies of their own, and have the
//! right store charged as well: so that a purge has rows to take.

use super::{BrokenStore, Flaw};
use slotwerk_store::{AttemptKey, ChargeAttempt, Charged, Result, Store};
use slotwerk_throttle::{Allowance, Budget, Ruling, State, Tally};
use std::time::Duration;

impl BrokenStore {
    fn keeps_tallies(&self) -> bool {
        matches!(
            self.flaw,
            Flaw::GetThenPut
                | Flaw::ForgetsDelays
                | Flaw::DelaysFromTheSecond
                | Flaw::ForgetsLifetime
                | Flaw::RenewsLifetime
                | Flaw::LiftsAsSettled
                | Flaw::SettlesAsLifted
                | Flaw::PurgesFailures
        )
    }

    pub(super) async fn charge(&self, command: &ChargeAttempt) -> Result<Charged> {
        if !self.keeps_tallies() {
            let outcome = self.inner.charge_attempt(command).await?;
            return Ok(match self.flaw {
                Flaw::IgnoresAffectedRows => Charged::Granted { failures: 1 },
                _ => outcome,
            });
        }
        let tally = self.notes().tallies.get(&command.key).copied();
        self.gap().await;
        let allowance = self.overlooked(&command.allowance, tally);
        Ok(match allowance.charge(tally, command.now_ms) {
            Ruling::Granted { next } => {
                self.notes().tallies.insert(command.key, next);
                // What it answers does not count.
                let _ = self.inner.charge_attempt(command).await?;
                let failures = next.state.failures;
                Charged::Granted { failures }
            }
            Ruling::Denied { refusal } => Charged::Denied { refusal },
        })
    }

    /// The allowance as this store sees it.
    fn overlooked(&self, allowance: &Allowance, tally: Option<Tally>) -> Allowance {
        let budget = allowance.budget();
        let without_delays = || {
            let refill = Duration::from_millis(budget.refill_ms());
            let plain = Budget::new(budget.burst(), refill).unwrap_or(budget);
            match budget.hard_stop() {
                Some(stop) => plain.with_hard_stop(stop).unwrap_or(plain),
                None => plain,
            }
        };
        let (budget, lifetime) = match self.flaw {
            Flaw::ForgetsDelays => (without_delays(), allowance.lifetime()),
            Flaw::DelaysFromTheSecond if tally.is_none() => {
                (without_delays(), allowance.lifetime())
            }
            Flaw::ForgetsLifetime => (budget, None),
            _ => return *allowance,
        };
        let plain = Allowance::new(budget);
        match lifetime {
            Some(lifetime) => plain.with_lifetime(lifetime).unwrap_or(plain),
            None => plain,
        }
    }

    pub(super) async fn settle(&self, key: AttemptKey, now_ms: u64) -> Result<()> {
        self.give_back(key, now_ms, |spent| match self.flaw {
            Flaw::RenewsLifetime => 0,
            Flaw::SettlesAsLifted => spent,
            _ => spent.saturating_sub(1),
        });
        self.inner.settle_attempt(key, now_ms).await
    }

    pub(super) async fn lift(&self, key: AttemptKey, now_ms: u64) -> Result<()> {
        self.give_back(key, now_ms, |spent| match self.flaw {
            Flaw::LiftsAsSettled => spent.saturating_sub(1),
            _ => spent,
        });
        self.inner.lift_attempt(key, now_ms).await
    }

    fn give_back(&self, key: AttemptKey, now_ms: u64, spent: impl Fn(u32) -> u32) {
        if let Some(tally) = self.notes().tallies.get_mut(&key) {
            tally.state = State {
                tat_ms: now_ms.min(State::LATEST_MS),
                failures: 0,
            };
            tally.spent = spent(tally.spent);
        }
    }

    pub(super) fn forget_failures(&self, now: u64) {
        if self.has(Flaw::PurgesFailures) {
            let now_ms = now.saturating_mul(1000);
            let tallies = &mut self.notes().tallies;
            tallies.retain(|_, tally| tally.state.tat_ms > now_ms);
        }
    }
}
