//! Which steps around the current one are accepted.

use thiserror::Error;

/// The largest clock drift that is learned, in steps either way: 62 minutes at 30 seconds a step, so that a
/// clock wrong by a whole hour (summer time, set by hand) is within it.
///
/// It bounds where the second window may stand, not how wide it is: what the chance of a guess must be
/// multiplied by stays [`Window::accepted_at_once`]. [`verify`](crate::verify()) follows a drift only as far as
/// accepted codes lead it, at most the window's width each; farther at once goes only
/// [`resynchronise`](crate::resynchronise), with two codes.
pub const MAX_DRIFT: i8 = 124;

/// How many steps either side of the current one are accepted, 0 to 4. The default is 1: RFC 6238
/// §5.2 recommends at most one step for delay.
///
/// ```
/// use slotwerk_totp::Window;
///
/// assert_eq!(Window::default(), Window::new(1)?);
/// assert_eq!(Window::STRICT, Window::new(0)?);
/// assert!(Window::new(5).is_err());
/// # Ok::<(), slotwerk_totp::WindowError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Window(u8);

/// A window that is too wide.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum WindowError {
    /// More than 4 steps either side.
    #[error("a window of {steps} steps either side is too wide: 0 to 4")]
    TooWide {
        /// The number of steps that was asked for.
        steps: u8,
    },
}

impl Window {
    /// The current step only, whatever drift was learned: a code lives for one period, as ASVS 5.0
    /// 6.5.5 asks. Phones whose clocks are off by a period no longer sign in, and
    /// [`resynchronise`](crate::resynchronise) does not help them: do not offer it, since a pair lives longer
    /// than a period.
    pub const STRICT: Self = Self(0);

    pub(crate) const WIDEST: Self = Self(4);

    /// A window of so many steps either side of the current one, 0 to 4.
    ///
    /// # Errors
    ///
    /// [`WindowError::TooWide`] above 4.
    pub const fn new(steps: u8) -> Result<Self, WindowError> {
        if steps > Self::WIDEST.0 {
            return Err(WindowError::TooWide { steps });
        }
        Ok(Self(steps))
    }

    /// Steps either side of the current one.
    #[must_use]
    pub const fn steps(self) -> u8 {
        self.0
    }

    /// The largest number of different steps that are acceptable at one moment, learned drift
    /// included: what the chance of a guess must be multiplied by. 1 for [`Window::STRICT`], 6 for
    /// the default.
    #[must_use]
    pub const fn accepted_at_once(self) -> u32 {
        let own = 2 * self.0 as u32 + 1;
        match self.0 {
            0 => 1,
            // A drifted window that has no step in common with the base window.
            _ => own + own,
        }
    }

    /// The drift to go by. A value that this crate cannot have produced is a damaged record, and
    /// counts as none.
    pub(crate) fn usable_drift(self, stored: i8) -> i64 {
        if self == Self::STRICT || stored.unsigned_abs() > MAX_DRIFT.unsigned_abs() {
            return 0;
        }
        i64::from(stored)
    }

    /// Whether a step this far from the current one is a candidate.
    pub(crate) fn admits(self, drift: i64, offset: i64) -> bool {
        let reach = u64::from(self.0);
        offset.unsigned_abs() <= reach || offset.abs_diff(drift) <= reach
    }

    /// Every step to compute, as ascending offsets: all candidates, and one before.
    pub(crate) fn considered(self, drift: i64) -> impl Iterator<Item = i64> {
        let reach = i64::from(self.0);
        [self.first_considered(drift)]
            .into_iter()
            .chain(around(drift, reach))
    }

    /// The offset of the newest step that is no candidate and never will be again: the one before all of
    /// them. Between two windows there are steps that are no candidates now but will be soon.
    pub(crate) fn first_considered(self, drift: i64) -> i64 {
        drift.min(0) - i64::from(self.0) - 1
    }
}

/// The offsets within `reach` of 0 or of `drift`, ascending, each once.
pub(crate) fn around(drift: i64, reach: i64) -> impl Iterator<Item = i64> {
    let (lower, upper) = (drift.min(0), drift.max(0));
    let first = lower - reach..=lower + reach;
    let second = (upper - reach).max(lower + reach + 1)..=upper + reach;
    first.chain(second)
}

impl Default for Window {
    fn default() -> Self {
        Self(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EVERYWHERE: core::ops::RangeInclusive<i64> = -200..=200;

    fn every_window_and_drift() -> impl Iterator<Item = (Window, i64)> {
        (0..=Window::WIDEST.0).flat_map(|steps| {
            let window = Window(steps);
            (-MAX_DRIFT..=MAX_DRIFT).map(move |drift| (window, window.usable_drift(drift)))
        })
    }

    #[test]
    fn every_candidate_is_computed_once_and_the_first_step_computed_is_none() {
        for (window, drift) in every_window_and_drift() {
            let considered: Vec<i64> = window.considered(drift).collect();
            let (first, candidates) = considered.split_first().unwrap();
            let admitted = EVERYWHERE.filter(|&offset| window.admits(drift, offset));
            assert!(
                admitted.eq(candidates.iter().copied()),
                "{window:?} {drift}"
            );
            // The one before all of them, and no later step is as far gone.
            assert_eq!(*first, candidates.iter().min().unwrap() - 1);
            assert_eq!(*first, window.first_considered(drift));
        }
    }

    #[test]
    fn accepted_at_once_is_the_largest_number_of_candidates() {
        for steps in 0..=Window::WIDEST.0 {
            let largest = every_window_and_drift()
                .filter(|(window, _)| window.steps() == steps)
                .map(|(window, drift)| {
                    let admitted = EVERYWHERE.filter(|&offset| window.admits(drift, offset));
                    admitted.count()
                })
                .max();
            let declared = usize::try_from(Window(steps).accepted_at_once()).unwrap();
            assert_eq!(largest, Some(declared), "{steps}");
        }
    }

    #[test]
    fn the_base_window_is_never_lost() {
        for (window, drift) in every_window_and_drift() {
            let reach = i64::from(window.steps());
            assert!((-reach..=reach).all(|offset| window.admits(drift, offset)));
        }
    }

    #[test]
    fn a_drift_out_of_range_counts_as_none() {
        for drift in [i8::MIN, -MAX_DRIFT - 1, MAX_DRIFT + 1, i8::MAX] {
            assert_eq!(Window::default().usable_drift(drift), 0);
        }
        for drift in [-MAX_DRIFT, -4, 0, 4, MAX_DRIFT] {
            assert_eq!(Window::default().usable_drift(drift), i64::from(drift));
            assert_eq!(Window::STRICT.usable_drift(drift), 0);
        }
    }
}
