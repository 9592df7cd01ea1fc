//! What goes wrong with attempt budgets. The flaws of this file keep tallies of their own, and have the
//! right store charged as well: so that a purge has rows to take.

use super::{BrokenStore, Flaw};
use slotwerk_store::{
    AttemptKey, ChargeAttempts, Charged, ClearAttempts, OnDenial, Result, SettleAttempt, Store,
};
use slotwerk_throttle::{
    Allowance, Budget, CLOCK_TOLERANCE, Receipt, Refusal, Ruling, State, Tally,
};
use std::collections::BTreeMap;
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
                | Flaw::SettlesEverything
                | Flaw::SettlesOthers
                | Flaw::SettleKeepsFailures
                | Flaw::BelievesAnyTime
                | Flaw::NeverForgetsDelays
                | Flaw::ClearsLifetimes
                | Flaw::PurgesFailures
                | Flaw::ChargesKeyOnce
                | Flaw::UndoesEarlierCharges
        )
    }

    pub(super) async fn charge(&self, command: &ChargeAttempts) -> Result<Vec<Charged>> {
        let command = &self.reordered(command);
        if !self.keeps_tallies() {
            let locked = self.lock_in_given_order(command).await?;
            let outcome = self.inner.charge_attempts(command).await;
            self.unlock(&locked);
            return Ok(match self.flaw {
                Flaw::IgnoresAffectedRows => granted_at(command),
                _ => outcome?,
            });
        }
        let read = self.notes().tallies.clone();
        self.gap().await;
        let mut tallies = BTreeMap::new();
        let mut charged = Vec::new();
        for one in command.charges.iter() {
            let again = tallies
                .get(&one.key)
                .filter(|_| !self.has(Flaw::ChargesKeyOnce));
            let tally = again.or_else(|| read.get(&one.key)).copied();
            let ruling = self.rule(&one.allowance, tally, command.now_ms);
            charged.push(match ruling {
                Ruling::Granted { next, receipt } => {
                    tallies.insert(one.key, next);
                    // What it answers does not count: a purge needs the row.
                    let row = ChargeAttempts::one(one.key, one.allowance, command.now_ms);
                    let _ = self.inner.charge_attempts(&row).await?;
                    Charged::Granted { receipt }
                }
                Ruling::Denied { refusal } => Charged::Denied { refusal },
            });
            let denied = matches!(ruling, Ruling::Denied { .. });
            if denied && self.has(Flaw::UndoesEarlierCharges) {
                tallies.clear();
            }
            if denied && command.on_denial == OnDenial::Stop {
                break;
            }
        }
        self.notes().tallies.extend(tallies);
        Ok(charged)
    }

    fn rule(&self, allowance: &Allowance, tally: Option<Tally>, now_ms: u64) -> Ruling {
        let allowance = self.overlooked(allowance, tally);
        if let Some(wait) = self.believed_wait(&allowance, tally, now_ms) {
            let refusal = Refusal::Wait(wait);
            return Ruling::Denied { refusal };
        }
        let tally = self.remembered(&allowance, tally, now_ms);
        allowance.charge(tally, now_ms)
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

    /// How long this store makes an attempt wait for a time that cannot be true.
    fn believed_wait(
        &self,
        allowance: &Allowance,
        tally: Option<Tally>,
        now_ms: u64,
    ) -> Option<Duration> {
        let budget = allowance.budget();
        let tat = Duration::from_millis(tally?.state.tat_ms);
        let latest = Duration::from_millis(now_ms.saturating_add(budget.reach_ms()));
        let far = self.has(Flaw::BelievesAnyTime) && tat > latest + CLOCK_TOLERANCE;
        let span = budget.capacity_ms().saturating_sub(budget.refill_ms());
        far.then(|| tat.saturating_sub(Duration::from_millis(span.saturating_add(now_ms))))
    }

    /// A tally whose delays the arithmetic does not forget, if this store never does.
    fn remembered(
        &self,
        allowance: &Allowance,
        tally: Option<Tally>,
        now_ms: u64,
    ) -> Option<Tally> {
        let mut tally = tally?;
        let delays = allowance.budget().forgotten_after_ms() > 0;
        if self.has(Flaw::NeverForgetsDelays) && delays {
            tally.state.tat_ms = tally.state.tat_ms.max(now_ms);
        }
        Some(tally)
    }

    pub(super) async fn settle(&self, command: &SettleAttempt) -> Result<()> {
        if let Some(tally) = self.notes().tallies.get_mut(&command.key) {
            let settled = command.allowance.settle(*tally, &command.receipt);
            let before = command.receipt.before;
            *tally = match self.flaw {
                Flaw::RenewsLifetime => Tally {
                    spent: 0,
                    ..settled
                },
                Flaw::SettlesAsLifted => Tally {
                    spent: tally.spent,
                    ..settled
                },
                Flaw::SettlesEverything => Tally {
                    state: State {
                        tat_ms: 0,
                        failures: 0,
                        recent: 0,
                    },
                    ..settled
                },
                Flaw::SettlesOthers => Tally {
                    state: before,
                    ..settled
                },
                Flaw::SettleKeepsFailures => Tally {
                    state: State {
                        failures: tally.state.failures.saturating_sub(1),
                        ..settled.state
                    },
                    ..settled
                },
                _ => settled,
            };
        }
        self.inner.settle_attempt(command).await
    }

    pub(super) async fn lift(&self, key: AttemptKey, now_ms: u64) -> Result<()> {
        self.lift_tally(key, now_ms, |spent| match self.flaw {
            Flaw::LiftsAsSettled => spent.saturating_sub(1),
            _ => spent,
        });
        self.inner.lift_attempt(key, now_ms).await
    }

    pub(super) async fn clear_budgets(&self, command: &ClearAttempts) -> Result<u64> {
        for key in &command.keys {
            self.lift_tally(*key, command.now_ms, |spent| match self.flaw {
                Flaw::ClearsLifetimes => 0,
                _ => spent,
            });
        }
        let command = ClearAttempts {
            notice: self.notice(&command.notice),
            ..command.clone()
        };
        self.inner.clear_attempts(&command).await
    }

    pub(super) async fn tallies(&self, keys: &[AttemptKey]) -> Result<Vec<Option<Tally>>> {
        let mut tallies = if self.keeps_tallies() {
            let kept = &self.notes().tallies;
            keys.iter().map(|key| kept.get(key).copied()).collect()
        } else {
            self.inner.budgets(keys).await?
        };
        if self.has(Flaw::ReadsRowsOnly) {
            tallies.retain(Option::is_some);
        }
        Ok(tallies)
    }

    fn lift_tally(&self, key: AttemptKey, now_ms: u64, spent: impl Fn(u32) -> u32) {
        if let Some(tally) = self.notes().tallies.get_mut(&key) {
            tally.state = State {
                tat_ms: now_ms.min(State::LATEST_MS),
                failures: 0,
                recent: 0,
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

/// Grants that no row stands behind.
fn granted_at(command: &ChargeAttempts) -> Vec<Charged> {
    let state = State {
        tat_ms: command.now_ms,
        failures: 0,
        recent: 0,
    };
    let receipt = Receipt {
        before: state,
        after: State {
            failures: 1,
            recent: 1,
            ..state
        },
        clock_ran_ahead: false,
    };
    vec![Charged::Granted { receipt }; command.charges.len()]
}
