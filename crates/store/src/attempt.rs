//! Attempt budgets: charged before anything is checked.

use crate::AttemptKey;
use slotwerk_throttle::{Budget, YEAR};
use std::time::Duration;

/// Takes one attempt from the budget named by `key`.
#[derive(Clone, Debug)]
pub struct ChargeAttempt {
    /// Whose budget: a keyed hash, so that the table holds no names.
    pub key: AttemptKey,
    /// How much the budget allows. Kept by the caller, so that a changed setting holds at once.
    pub budget: Budget,
    /// Milliseconds since the Unix epoch.
    pub now_ms: u64,
}

impl ChargeAttempt {
    /// How long the row has to be kept once its budget is whole again, in milliseconds.
    ///
    /// Without a hard stop the row then says nothing any more. With one it counts failures, for a year
    /// after the last: the year that [`Budget::guess_probability_per_year`] speaks of. A purge that
    /// goes by this keeps the table from growing for ever with names that somebody made up.
    #[must_use]
    pub fn keep_ms(&self) -> u64 {
        match self.budget.hard_stop() {
            Some(_) => u64::try_from(YEAR.as_millis()).unwrap_or(u64::MAX),
            None => 0,
        }
    }
}

/// Whether the attempt may be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "an attempt that was not granted must not be checked"]
pub enum Charged {
    /// Go on and check.
    Granted {
        /// Attempts charged since the last success, this one included.
        failures: u32,
    },
    /// Do not check.
    Denied {
        /// How long until an attempt would be granted; `None` once the hard stop is reached.
        retry_after: Option<Duration>,
    },
}
