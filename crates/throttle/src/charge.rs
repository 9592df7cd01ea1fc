//! Charging an attempt, and what a success gives back.

use std::time::Duration;

use crate::Budget;

/// How far the clocks of two nodes may differ before a stored time is disbelieved.
pub const CLOCK_TOLERANCE: Duration = Duration::from_secs(60);

/// What a store keeps for one subject and one secret.
///
/// The fields are plain columns: a store builds this value from a row and writes the value that a
/// charge returns. A subject that was never charged has no row: `None`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct State {
    /// Theoretical arrival time in milliseconds since the Unix epoch: when the budget is whole.
    pub tat_ms: u64,
    /// Failures in a row, for the hard stop. A success resets them, time does not. Saturates at
    /// `u32::MAX`.
    pub failures: u32,
    /// Failures that make the delays longer. Time resets them
    /// ([`Budget::forgotten_after_ms`]), a success does not. Saturates at `u32::MAX`.
    pub recent: u32,
}

impl State {
    /// The last instant a granted state can hold: `i64::MAX`, so that it fits a `BIGINT` column.
    ///
    /// An attempt that would need a later one is denied.
    pub const LATEST_MS: u64 = i64::MAX as u64;

    const fn whole_at(now_ms: u64) -> Self {
        Self {
            tat_ms: if now_ms < Self::LATEST_MS {
                now_ms
            } else {
                Self::LATEST_MS
            },
            failures: 0,
            recent: 0,
        }
    }
}

/// The states before and after a granted charge. [`Budget::settle`] needs it to give back this attempt and no other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Receipt {
    /// The state that the attempt was charged to.
    pub before: State,
    /// The state that the charge has written.
    pub after: State,
    /// The stored arrival time was too far ahead to be true. [`before`](Self::before) and
    /// [`after`](Self::after) hold the corrected one.
    pub clock_ran_ahead: bool,
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
        /// For [`Budget::settle`], if the attempt succeeds.
        receipt: Receipt,
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
    /// A stored arrival time beyond `now + capacity + longest delay + 60 s` cannot come from an honest
    /// clock ([`CLOCK_TOLERANCE`]). It counts as `now + capacity - refill`: one attempt is granted, then
    /// the normal pace. `next` holds the corrected time. The counts of failures stay.
    ///
    /// ```
    /// use std::time::Duration;
    /// use slotwerk_throttle::{Budget, Decision};
    ///
    /// let budget = Budget::new(1, Duration::from_secs(30))?;
    /// let Decision::Granted { next, .. } = budget.charge(None, 1_000) else { unreachable!() };
    /// let retry_after = Some(Duration::from_secs(20));
    /// assert_eq!(budget.charge(Some(next), 11_000), Decision::Denied { retry_after });
    /// # Ok::<(), slotwerk_throttle::BudgetError>(())
    /// ```
    pub fn charge(&self, state: Option<State>, now_ms: u64) -> Decision {
        let state = state.unwrap_or(State {
            tat_ms: now_ms,
            failures: 0,
            recent: 0,
        });
        let (before, clock_ran_ahead) = self.believed(state, now_ms);
        match self.grantable_from(before, now_ms) {
            Some((at, next)) if at <= now_ms => Decision::Granted {
                next,
                receipt: Receipt {
                    before,
                    after: next,
                    clock_ran_ahead,
                },
            },
            later => Decision::Denied {
                retry_after: later.map(|(at, _)| Duration::from_millis(at.saturating_sub(now_ms))),
            },
        }
    }

    /// The state after the attempt of `receipt` has succeeded: the attempt counts no more, and the
    /// failures in a row start afresh. Pace and delays stay as the other attempts have left them, so that
    /// a stranger cannot see that somebody succeeded.
    ///
    /// Settle only the budget of the secret that was proven: a correct password says nothing about
    /// the codes.
    ///
    /// Where other attempts were charged after this one, theirs are not given back: the failures in a
    /// row fall by one only. The delay after such an attempt stays as it is.
    #[must_use]
    pub fn settle(&self, state: State, receipt: &Receipt) -> State {
        let Receipt { before, after, .. } = receipt;
        if state == *after {
            return State {
                failures: 0,
                ..*before
            };
        }
        State {
            tat_ms: self.without(state, receipt),
            failures: state.failures.saturating_sub(1),
            recent: state.recent.saturating_sub(1),
        }
    }

    /// The state after the owner was recognised in another way, such as recovery: the whole budget.
    #[must_use]
    pub const fn lift(&self, now_ms: u64) -> State {
        State::whole_at(now_ms)
    }

    /// How long until one attempt is granted: zero if now, `None` at the hard stop.
    ///
    /// The same answer [`charge`](Self::charge) gives with a refusal.
    #[must_use]
    pub fn retry_after(&self, state: Option<State>, now_ms: u64) -> Option<Duration> {
        match self.charge(state, now_ms) {
            Decision::Granted { .. } => Some(Duration::ZERO),
            Decision::Denied { retry_after } => retry_after,
        }
    }

    /// Whether a row may be deleted at `now_ms` without granting anything extra.
    ///
    /// True once the budget is whole again, no failure counts against a hard stop, and the delays are
    /// forgotten.
    #[must_use]
    pub fn forgettable(&self, state: State, now_ms: u64) -> bool {
        let stopping = self.hard_stop().is_some() && state.failures > 0;
        !stopping && self.is_forgotten(state, now_ms)
    }

    /// The longest that an honest clock puts an arrival time ahead, in milliseconds: the capacity and
    /// the longest delay.
    #[must_use]
    pub fn reach_ms(&self) -> u64 {
        let delay = self.backoff().map_or(0, |backoff| backoff.cap_ms());
        self.capacity_ms().saturating_add(delay)
    }

    /// The state as far as it can be true, and whether its arrival time was too far ahead.
    fn believed(&self, state: State, now_ms: u64) -> (State, bool) {
        let tolerance_ms = u64::try_from(CLOCK_TOLERANCE.as_millis()).unwrap_or(u64::MAX);
        let latest = now_ms
            .saturating_add(self.reach_ms())
            .saturating_add(tolerance_ms);
        if state.tat_ms > latest {
            let tat_ms = now_ms.saturating_add(self.burst_span_ms());
            (State { tat_ms, ..state }, true)
        } else if self.is_forgotten(state, now_ms) {
            (State { recent: 0, ..state }, false)
        } else {
            (state, false)
        }
    }

    /// Whether pace and delays say nothing any more.
    fn is_forgotten(&self, state: State, now_ms: u64) -> bool {
        let after = if state.recent == 0 {
            0
        } else {
            self.forgotten_after_ms()
        };
        state.tat_ms.saturating_add(after) <= now_ms
    }

    /// How far ahead the arrival time may be for an attempt to be granted: `capacity - refill`.
    fn burst_span_ms(&self) -> u64 {
        self.capacity_ms().saturating_sub(self.refill_ms())
    }

    /// The instant from which `charge` grants, and the state after a grant at `now_ms`; `None` when
    /// no instant does.
    fn grantable_from(&self, state: State, now_ms: u64) -> Option<(u64, State)> {
        if self.hard_stop().is_some_and(|stop| state.failures >= stop) {
            return None;
        }
        let span = self.burst_span_ms();
        let recent = state.recent.saturating_add(1);
        // Beyond the last representable instant the arithmetic cannot count, so it grants nothing.
        let paced = state.tat_ms.max(now_ms).checked_add(self.refill_ms())?;
        let tat_ms = match self.backoff().map_or(0, |backoff| backoff.after_ms(recent)) {
            0 => paced,
            // An attempt is granted from `tat - span` on: this is `now + delay`.
            delay => paced.max(now_ms.checked_add(span)?.checked_add(delay)?),
        };
        if tat_ms > State::LATEST_MS {
            return None;
        }
        // max(tat, now) + refill - now <= capacity, solved for now. With a burst of at least one it
        // holds at tat at the latest, so the maximum can be dropped.
        let from = state.tat_ms.saturating_sub(span);
        let next = State {
            tat_ms,
            failures: state.failures.saturating_add(1),
            recent,
        };
        Some((from, next))
    }

    /// The arrival time without the attempt of `receipt`, where others came between. It is never earlier
    /// than what the others have used.
    fn without(&self, state: State, receipt: &Receipt) -> u64 {
        let Receipt { before, after, .. } = receipt;
        // Attempts charged since, less those given back since.
        let since = i64::from(state.recent) - i64::from(after.recent);
        let refills = self.refill_ms().saturating_mul(since.unsigned_abs());
        let moved = |tat_ms: u64| {
            if since < 0 {
                tat_ms.checked_sub(refills)
            } else {
                tat_ms.checked_add(refills)
            }
        };
        if moved(after.tat_ms) == Some(state.tat_ms) {
            // Each took one refill, without a pause between them: so did this one.
            return state.tat_ms.saturating_sub(self.refill_ms());
        }
        if state.tat_ms == after.tat_ms && since < 0 {
            // This was the last one, and it started a delay. Earlier ones were settled meanwhile.
            return moved(before.tat_ms).unwrap_or(before.tat_ms);
        }
        state.tat_ms
    }
}
