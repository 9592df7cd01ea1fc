//! Attempt budgets: charged before anything is checked.

use crate::AttemptKey;
use slotwerk_throttle::{Allowance, Refusal, YEAR};

/// Takes one attempt from the budget named by `key`.
#[derive(Clone, Debug)]
pub struct ChargeAttempt {
    /// Whose budget: a keyed hash, so that the table holds no names.
    pub key: AttemptKey,
    /// How much may be tried. Kept by the caller, so that a changed setting holds at once.
    pub allowance: Allowance,
    /// Milliseconds since the Unix epoch.
    pub now_ms: u64,
}

impl ChargeAttempt {
    /// How long the row has to be kept once its budget is whole again, in milliseconds.
    ///
    /// Where only the pace counts, the row then says nothing any more. Where failures count, against a
    /// hard stop, for a longer delay or against a lifetime, it stays for a year after the last attempt
    /// that was granted: the year of [`Allowance::within`]. What comes after a forgotten row lies a whole
    /// year after everything before it, so that no year holds more than the allowance says. A purge that
    /// goes by this keeps the table from growing for ever with names that somebody made up.
    #[must_use]
    pub fn keep_ms(&self) -> u64 {
        let budget = self.allowance.budget();
        let counts = budget.hard_stop().is_some()
            || budget.backoff().is_some()
            || self.allowance.lifetime().is_some();
        if counts {
            u64::try_from(YEAR.as_millis()).unwrap_or(u64::MAX)
        } else {
            0
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
        /// Why, and what helps: time, recovery, or another authenticator.
        refusal: Refusal,
    },
}
