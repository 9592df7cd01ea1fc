//! A budget, and an end to the failures of one authenticator in its whole life.

use std::time::Duration;

use crate::guessing::check;
use crate::{Budget, BudgetError, Decision, Receipt, State, TooGenerous, YEAR, guess_probability};

/// A [`Budget`] with its delays and hard stop, and a cap on all failures that one authenticator ever
/// sees, successes or not.
///
/// The hard stop counts failures in a row, and every success of the owner resets it. The lifetime
/// cap is what bounds a guesser who is patient enough to try a little after each of them. At the cap
/// the authenticator is spent: it has to be replaced, and a new one starts without a [`Tally`].
///
/// ```
/// use std::time::Duration;
/// use slotwerk_throttle::{Allowance, Budget, Ruling};
///
/// let budget = Budget::new(5, Duration::from_secs(60))?.with_hard_stop(100)?;
/// let allowance = Allowance::new(budget).with_lifetime(1_000)?;
/// // A year in which the owner signs in every day.
/// let year = Duration::from_secs(365 * 86_400);
/// assert_eq!(budget.most_tries(year, 365), 36_600);
/// assert_eq!(allowance.most_tries(year, 365), 1_000);
///
/// match allowance.charge(None, 1_700_000_000_000) {
///     Ruling::Granted { next, .. } => assert_eq!(next.spent, 1), // store `next`, then verify
///     Ruling::Denied { refusal } => println!("{refusal:?}"),
/// }
/// # Ok::<(), slotwerk_throttle::BudgetError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Allowance {
    budget: Budget,
    lifetime: Option<u32>,
}

/// What a store keeps for one authenticator under an [`Allowance`]: the columns of [`State`] and one
/// more. No row at all is `None`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Tally {
    /// The state of the budget.
    pub state: State,
    /// Attempts charged in the life of the authenticator that did not succeed, saturating at
    /// `u32::MAX`.
    pub spent: u32,
}

/// The answer to a charge under an [`Allowance`].
///
/// Deliberately exhaustive: a catch-all arm would have to guess whether the attempt may go on.
#[must_use = "a granted attempt counts only once `next` is stored"]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ruling {
    /// The attempt may go on once `next` is stored.
    Granted {
        /// The tally to write in the same atomic step.
        next: Tally,
        /// For [`Allowance::settle`], if the attempt succeeds.
        receipt: Receipt,
    },
    /// The attempt is refused; what is stored stays as it is.
    Denied {
        /// Why, and what helps.
        refusal: Refusal,
    },
}

/// Why an attempt is refused, and what helps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refusal {
    /// Time helps: one attempt is granted after exactly this long, if nothing else is charged
    /// meanwhile.
    Wait(Duration),
    /// The hard stop: too many failures in a row. Recovery helps, and then [`Allowance::lift`].
    Stopped,
    /// The lifetime cap. Only another authenticator helps.
    Spent,
}

impl Allowance {
    /// The largest lifetime cap.
    pub const MAX_LIFETIME: u32 = 100_000;

    /// The budget alone, without a lifetime cap.
    #[must_use]
    pub const fn new(budget: Budget) -> Self {
        Self {
            budget,
            lifetime: None,
        }
    }

    /// Ends the authenticator after `failures` that did not succeed, 1 to 100 000, in its whole life.
    ///
    /// # Errors
    ///
    /// [`BudgetError::Lifetime`] for a value outside its range.
    pub const fn with_lifetime(self, failures: u32) -> Result<Self, BudgetError> {
        if failures == 0 || failures > Self::MAX_LIFETIME {
            return Err(BudgetError::Lifetime(failures));
        }
        Ok(Self {
            lifetime: Some(failures),
            ..self
        })
    }

    /// The budget.
    #[must_use]
    pub const fn budget(&self) -> Budget {
        self.budget
    }

    /// The failures after which the authenticator is spent, or `None` without such a cap.
    #[must_use]
    pub const fn lifetime(&self) -> Option<u32> {
        self.lifetime
    }

    /// Charges one attempt at `now_ms`, milliseconds since the Unix epoch, against both.
    ///
    /// Call it before the secret is looked at, and look only after `next` is stored.
    pub fn charge(&self, tally: Option<Tally>, now_ms: u64) -> Ruling {
        let spent = tally.map_or(0, |tally| tally.spent);
        if self.lifetime.is_some_and(|most| spent >= most) {
            let refusal = Refusal::Spent;
            return Ruling::Denied { refusal };
        }
        match self.budget.charge(tally.map(|tally| tally.state), now_ms) {
            Decision::Granted { next, receipt } => Ruling::Granted {
                next: Tally {
                    state: next,
                    spent: spent.saturating_add(1),
                },
                receipt,
            },
            Decision::Denied { retry_after } => Ruling::Denied {
                refusal: retry_after.map_or(Refusal::Stopped, Refusal::Wait),
            },
        }
    }

    /// Why a [`charge`](Self::charge) at `now_ms` would be refused; `None` if it would be granted. Changes nothing:
    /// for a page that shows a budget. It is no leave to look at a secret.
    ///
    /// ```
    /// use std::time::Duration;
    /// use slotwerk_throttle::{Allowance, Budget, Refusal, Ruling};
    ///
    /// let allowance = Allowance::from(Budget::new(1, Duration::from_secs(60))?);
    /// assert_eq!(allowance.peek(None, 1_000), None);
    /// let Ruling::Granted { next, .. } = allowance.charge(None, 1_000) else { unreachable!() };
    /// let wait = Refusal::Wait(Duration::from_secs(59));
    /// assert_eq!(allowance.peek(Some(next), 2_000), Some(wait));
    /// # Ok::<(), slotwerk_throttle::BudgetError>(())
    /// ```
    #[must_use]
    pub fn peek(&self, tally: Option<Tally>, now_ms: u64) -> Option<Refusal> {
        match self.charge(tally, now_ms) {
            Ruling::Granted { .. } => None,
            Ruling::Denied { refusal } => Some(refusal),
        }
    }

    /// The tally after the attempt of `receipt` has succeeded, as [`Budget::settle`]; the attempt was
    /// no failure in the authenticator's life. Once per success, in the same atomic step as the success.
    #[must_use]
    pub fn settle(&self, tally: Tally, receipt: &Receipt) -> Tally {
        Tally {
            state: self.budget.settle(tally.state, receipt),
            spent: tally.spent.saturating_sub(1),
        }
    }

    /// The tally after the owner was recognised in another way, such as recovery: the budget is whole,
    /// and the failures of the authenticator's life still count.
    #[must_use]
    pub fn lift(&self, tally: Option<Tally>, now_ms: u64) -> Tally {
        Tally {
            state: self.budget.lift(now_ms),
            spent: tally.map_or(0, |tally| tally.spent),
        }
    }

    /// How long a row has to be kept once its budget is whole again, in milliseconds.
    ///
    /// Where failures count against a hard stop or a lifetime, it is a [`YEAR`]: the year of
    /// [`within`](Self::within). A year separates attempts after a forgotten row
    /// from all before it, so that no year holds more than the allowance says. Where only delays count, it is
    /// [`Budget::forgotten_after_ms`]; where only the pace counts, 0. A sweep that goes by this keeps
    /// the table from growing for ever with names that somebody made up.
    #[must_use]
    pub fn keep_ms(&self, tally: &Tally) -> u64 {
        let stopping = self.budget.hard_stop().is_some() && tally.state.failures > 0;
        let counted = self.lifetime.is_some() && tally.spent > 0;
        if stopping || counted {
            u64::try_from(YEAR.as_millis()).unwrap_or(u64::MAX)
        } else if tally.state.recent > 0 {
            self.budget.forgotten_after_ms()
        } else {
            0
        }
    }

    /// Whether a row may be deleted at `now_ms` without granting anything extra.
    #[must_use]
    pub fn forgettable(&self, tally: Tally, now_ms: u64) -> bool {
        let counted = self.lifetime.is_some() && tally.spent > 0;
        !counted && self.budget.forgettable(tally.state, now_ms)
    }

    /// The most attempts that can be granted to a stranger within `window`, if the owner succeeds
    /// `successes` times in it: [`Budget::most_tries`], or the lifetime cap if that is less.
    #[must_use]
    pub fn most_tries(&self, window: Duration, successes: u32) -> u64 {
        let tries = self.budget.most_tries(window, successes);
        self.lifetime
            .map_or(tries, |most| tries.min(u64::from(most)))
    }

    /// The chance that a stranger who uses all of it for a [`YEAR`] guesses right, while the owner
    /// stays away. See [`guess_probability`] for the arguments.
    #[must_use]
    pub fn guess_probability_per_year(&self, accepted_at_once: u32, space: u64) -> f64 {
        guess_probability(self.most_tries(YEAR, 0), accepted_at_once, space)
    }

    /// This allowance, if a stranger guesses right within a [`YEAR`] with at most `max_probability`,
    /// also when the owner succeeds `successes` times in that year.
    ///
    /// ```
    /// use std::time::Duration;
    /// use slotwerk_throttle::{Allowance, Budget};
    ///
    /// let budget = Budget::new(5, Duration::from_secs(60))?.with_hard_stop(100)?;
    /// // Six digits, three accepted. A guesser who follows a year of daily sign-ins: one in ten.
    /// assert!(Allowance::new(budget).within(0.01, 365, 3, 1_000_000).is_err());
    /// let capped = Allowance::new(budget).with_lifetime(1_000)?;
    /// assert!(capped.within(0.01, 365, 3, 1_000_000).is_ok());
    /// # Ok::<(), slotwerk_throttle::BudgetError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`TooGenerous::Above`] if the chance is larger; [`TooGenerous::NotALimit`] if
    /// `max_probability` is not at least 0 and below 1.
    pub fn within(
        self,
        max_probability: f64,
        successes: u32,
        accepted_at_once: u32,
        space: u64,
    ) -> Result<Self, TooGenerous> {
        let tries = self.most_tries(YEAR, successes);
        check(tries, max_probability, accepted_at_once, space).map(|()| self)
    }
}

impl From<Budget> for Allowance {
    fn from(budget: Budget) -> Self {
        Self::new(budget)
    }
}
