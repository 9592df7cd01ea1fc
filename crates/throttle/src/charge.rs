//! Charging an attempt, and settling after a success.

use std::time::Duration;

use crate::Budget;

/// What a store keeps for one subject and one secret.
///
/// The fields are plain columns: a store builds this value from a row and writes the one it is
/// given. No row at all is `None`, a subject that was never charged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct State {
    /// Theoretical arrival time in milliseconds since the Unix epoch: when the budget is whole.
    pub tat_ms: u64,
    /// Attempts charged since the last success, saturating at `u32::MAX`.
    pub failures: u32,
}

impl State {
    /// The last instant a granted state can hold: `i64::MAX`, so that it fits a `BIGINT` column.
    ///
    /// An attempt that would need a later one is denied.
    pub const LATEST_MS: u64 = i64::MAX as u64;
}

/// The answer to a charge, with what follows from it.
///
/// Deliberately exhaustive: a catch-all arm would have to guess whether the attempt may go on.
#[must_use = "a granted attempt counts only once `next` is stored"]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// The attempt may go on once `next` is stored.
    Granted {
        /// The state to write in the same atomic step.
        next: State,
    },
    /// The attempt is refused; the stored state stays as it is.
    Denied {
        /// How long until one attempt is granted, to the millisecond, if nothing else is charged
        /// meanwhile. `None` at the hard stop: time alone does not help.
        retry_after: Option<Duration>,
    },
}

impl Budget {
    /// Charges one attempt at `now_ms`, milliseconds since the Unix epoch.
    ///
    /// Call it before the secret is looked at, and look only after `next` is stored. A clock that
    /// steps back by `d` lengthens the wait by at most `d`; it grants nothing extra.
    ///
    /// ```
    /// use std::time::Duration;
    /// use slotwerk_throttle::{Budget, Decision};
    ///
    /// let budget = Budget::new(1, Duration::from_secs(30))?;
    /// let Decision::Granted { next } = budget.charge(None, 1_000) else { unreachable!() };
    /// let retry_after = Some(Duration::from_secs(20));
    /// assert_eq!(budget.charge(Some(next), 11_000), Decision::Denied { retry_after });
    /// # Ok::<(), slotwerk_throttle::BudgetError>(())
    /// ```
    pub fn charge(&self, state: Option<State>, now_ms: u64) -> Decision {
        let state = state.unwrap_or(State {
            tat_ms: now_ms,
            failures: 0,
        });
        match self.grantable_from(state, now_ms) {
            Some((at, next)) if at <= now_ms => Decision::Granted { next },
            later => Decision::Denied {
                retry_after: later.map(|(at, _)| Duration::from_millis(at.saturating_sub(now_ms))),
            },
        }
    }

    /// The state after a success at `now_ms`: no failures, and the whole burst available.
    ///
    /// Settle only the budget of the secret that was proven: a correct password says nothing about
    /// the codes. The previous state is taken so that the call reads like the column update it
    /// stands for; the result does not depend on it.
    #[must_use]
    pub fn settle(&self, state: Option<State>, now_ms: u64) -> State {
        let _ = state;
        State {
            tat_ms: now_ms.min(State::LATEST_MS),
            failures: 0,
        }
    }

    /// How long until one attempt is granted: zero if now, `None` at the hard stop.
    ///
    /// The same answer [`charge`](Self::charge) gives with a refusal, for a store that decided in
    /// its own statement and reads the row only afterwards.
    #[must_use]
    pub fn retry_after(&self, state: Option<State>, now_ms: u64) -> Option<Duration> {
        match self.charge(state, now_ms) {
            Decision::Granted { .. } => Some(Duration::ZERO),
            Decision::Denied { retry_after } => retry_after,
        }
    }

    /// Whether a row may be deleted at `now_ms` without granting anything extra.
    ///
    /// True once the budget is whole again, and no failure is held against a hard stop or for a
    /// longer delay. A sweep in SQL is `DELETE FROM attempts WHERE tat <= :now AND (failures = 0 OR
    /// (:hard_stop IS NULL AND :base IS NULL))`.
    #[must_use]
    pub fn forgettable(&self, state: State, now_ms: u64) -> bool {
        let uncounted = self.hard_stop().is_none() && self.backoff().is_none();
        state.tat_ms <= now_ms && (state.failures == 0 || uncounted)
    }

    /// The instant from which `charge` grants, and the state after a grant at `now_ms`; `None` when
    /// no instant does.
    fn grantable_from(&self, state: State, now_ms: u64) -> Option<(u64, State)> {
        if self.hard_stop().is_some_and(|stop| state.failures >= stop) {
            return None;
        }
        let tolerance = self.capacity_ms().saturating_sub(self.refill_ms());
        let failures = state.failures.saturating_add(1);
        // Beyond the last representable instant the arithmetic cannot count, so it grants nothing.
        let paced = state.tat_ms.max(now_ms).checked_add(self.refill_ms())?;
        let tat_ms = match self
            .backoff()
            .map_or(0, |backoff| backoff.after_ms(failures))
        {
            0 => paced,
            // An attempt is granted from `tat - tolerance` on: this is `now + delay`.
            delay => paced.max(now_ms.checked_add(tolerance)?.checked_add(delay)?),
        };
        if tat_ms > State::LATEST_MS {
            return None;
        }
        // max(tat, now) + refill - now <= capacity, solved for now. With a burst of at least one it
        // holds at tat at the latest, so the maximum can be dropped.
        let from = state.tat_ms.saturating_sub(tolerance);
        Some((from, State { tat_ms, failures }))
    }
}
