//! Attempt budgets: charged before anything is checked.

use crate::{AttemptKey, Subject};
use slotwerk_throttle::{Allowance, Receipt, Refusal};

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

/// Whether the attempt may be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "an attempt that was not granted must not be checked"]
pub enum Charged {
    /// Go on and check.
    Granted {
        /// The state before and after, for [`SettleAttempt`].
        receipt: Receipt,
    },
    /// Do not check.
    Denied {
        /// Why, and what helps: time, recovery, or another authenticator.
        refusal: Refusal,
    },
}

/// Gives back an attempt that has succeeded.
#[derive(Clone, Debug)]
pub struct SettleAttempt {
    /// The budget that was charged.
    pub key: AttemptKey,
    /// The allowance of the charge.
    pub allowance: Allowance,
    /// The receipt of the charge.
    pub receipt: Receipt,
}

/// Gives budgets back on an operator's behalf: after a clock that was wrong, or an attack.
#[derive(Clone, Debug)]
pub struct ClearAttempts {
    /// The tenant whose audit trail gets the row.
    pub tenant: String,
    /// The budgets.
    pub keys: Vec<AttemptKey>,
    /// Whose budgets, in the audit trail.
    pub subject: Subject,
    /// Milliseconds since the Unix epoch.
    pub now_ms: u64,
}
