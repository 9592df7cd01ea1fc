//! Finding a phone whose clock is far off, by two codes in a row.

use crate::keyed::Keyed;
use crate::verify::choice;
use crate::window::around;
use crate::{Accepted, Code, MAX_DRIFT, Parameters, Progress, Secret, Window};
use subtle::{Choice, ConditionallySelectable, ConstantTimeEq};
use thiserror::Error;

/// How many steps either side [`resynchronise`] looks, 2 to 124. The default is 20: ten minutes at 30
/// seconds a step.
///
/// A wider search costs little against guessing, and something against theft: two codes in a row that a
/// person was tricked into typing elsewhere stay good for as long as the search reaches back, unless
/// their owner signs in first. [`Search::HOUR`] is for services whose people set their clocks by hand.
///
/// ```
/// use slotwerk_totp::Search;
///
/// assert_eq!(Search::default(), Search::new(20)?);
/// assert!(Search::new(125).is_err());
/// # Ok::<(), slotwerk_totp::SearchError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Search(u8);

/// A search that is too narrow to be of use, or too wide.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum SearchError {
    /// Not 2 to 124 steps either side.
    #[error("a search of {steps} steps either side is out of range: 2 to 124")]
    OutOfRange {
        /// The number of steps that was asked for.
        steps: u8,
    },
}

impl Search {
    /// As far as a drift can be learned, [`MAX_DRIFT`]: a clock that is wrong by an hour is found.
    pub const HOUR: Self = Self(MAX_DRIFT.unsigned_abs());

    /// A search of so many steps either side, 2 to 124.
    ///
    /// # Errors
    ///
    /// [`SearchError::OutOfRange`].
    pub const fn new(steps: u8) -> Result<Self, SearchError> {
        if steps < 2 || steps > Self::HOUR.0 {
            return Err(SearchError::OutOfRange { steps });
        }
        Ok(Self(steps))
    }

    /// Steps either side.
    #[must_use]
    pub const fn steps(self) -> u8 {
        self.0
    }

    /// The largest number of pairs of steps that are acceptable at one moment. The chance of one guess is
    /// this, divided by ten to twice the number of digits: 82 in 10¹² for the default and six digits, where
    /// one guessed code has [`Window::accepted_at_once`] in 10⁶, 70,000 times as much.
    #[must_use]
    pub const fn pairs_at_once(self) -> u32 {
        let around_none = 2 * self.0 as u32 + 1;
        // Around a drift that leaves no step in common with those, and no farther than the cap.
        let up_to_the_cap = (MAX_DRIFT.unsigned_abs() - self.0) as u32;
        if around_none < up_to_the_cap {
            around_none + around_none
        } else {
            around_none + up_to_the_cap
        }
    }

    /// Where the second code of a pair may be: offsets from the current step, ascending.
    fn places(self, drift: i64) -> impl Iterator<Item = i64> {
        let cap = i64::from(MAX_DRIFT);
        around(drift, i64::from(self.0)).filter(move |offset| offset.abs() <= cap)
    }
}

impl Default for Search {
    fn default() -> Self {
        Self(20)
    }
}

/// Looks for a phone whose clock is far off, by two codes that it showed one after the other (RFC 4226
/// §7.4, RFC 6238 §6), at a time `now` in seconds since the Unix epoch. `first` is the older one, `second`
/// the one on the phone now.
///
/// Looked at are the steps around the current one and around the drift learned so far. Both codes must be
/// above the watermark. What comes out uses up both: its step is that of the second. Store it as that of
/// [`verify`](crate::verify()), and on the same condition; with its drift, single codes of that phone
/// work from then on, and the base window keeps working too. [`Window::STRICT`] follows no drift: do not
/// offer this beside it.
///
/// `None` says nothing but no: whether one of the two codes was right, or both were but not in a row, is
/// what a guesser would like to hear. The number of codes computed is always the same: one for each of
/// the pairs, and one before each of the two places.
///
/// Charge it to the budget of the codes before calling, as one attempt: a guess has a chance of
/// [`Search::pairs_at_once`] in 10¹² with six digits.
///
/// ```
/// use slotwerk_totp::{
///     ClockHint, Code, Parameters, Progress, Search, Secret, code_at, resynchronise,
/// };
///
/// let (secret, params) = (Secret::from_entropy(&[1; 20]), Parameters::ISSUED);
/// let shown = |step| Code::parse(&code_at(&secret, &params, step), &params);
/// let (first, second) = (shown(110)?, shown(111)?);
/// let (before, now) = (Progress::default(), 101 * 30);
///
/// let accepted = resynchronise(&secret, &params, Search::default(), &before, &first, &second, now)
///     .ok_or("refused")?;
/// assert_eq!((accepted.step(), accepted.drift()), (111, 10));
/// assert_eq!(accepted.clock_hint(&params), Some(ClockHint::Ahead { minutes: 5 }));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use = "an accepted pair is used up only when its step is stored"]
pub fn resynchronise(
    secret: &Secret,
    params: &Parameters,
    search: Search,
    progress: &Progress,
    first: &Code,
    second: &Code,
    now: u64,
) -> Option<Accepted> {
    let (first, second) = (first.number(params)?, second.number(params)?);
    // The watermark may come from any window.
    let corrected = progress.corrected(params, Window::WIDEST, now);
    let progress = &corrected.unwrap_or(*progress);
    let current = params.step_at(now);
    let drift = Window::default().usable_drift(progress.drift);
    let keyed = Keyed::new(secret, params);

    let (mut found, mut step_found) = (choice(false), 0);
    let mut last = None;
    for offset in search.places(drift) {
        // Before the epoch there are no steps, hence no codes.
        let Some(step) = current.checked_add_signed(offset) else {
            continue;
        };
        let Some(before) = step.checked_sub(1) else {
            continue;
        };
        let unused = !progress.is_used(before) && !progress.is_used(step);
        // Most steps are the second of one pair and the first of the next.
        let of_before = match last {
            Some((step, number)) if step == before => number,
            _ => keyed.number_at(before),
        };
        let of_step = keyed.number_at(step);
        last = Some((step, of_step));
        let pair: Choice = of_before.ct_eq(&first) & of_step.ct_eq(&second) & choice(unused);
        step_found.conditional_assign(&step, pair);
        found |= pair;
    }
    bool::from(found).then(|| Accepted::at(step_found, current, progress))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::code_at;
    use crate::keyed::computed;

    #[test]
    fn as_many_codes_are_computed_wherever_the_pair_is_or_if_there_is_none() {
        let (secret, params) = (Secret::from_entropy(&[7; 20]), Parameters::ISSUED);
        let current = 60_000_000_u64;
        let codes: Vec<_> = (-130..=130)
            .map(|offset| code_at(&secret, &params, current.saturating_add_signed(offset)))
            .collect();
        for (search, drift, most) in [(Search::default(), 0, 42), (Search::default(), 60, 84)] {
            for watermark in [None, Some(current), Some(current + 2_000)] {
                let progress = Progress {
                    watermark,
                    drift,
                    disbelieved: None,
                };
                let count = |first: &str, second: &str| {
                    let now = current * 30;
                    let read = |text: &str| Code::parse(text, &params).unwrap();
                    let (first, second) = (&read(first), &read(second));
                    let look =
                        || resynchronise(&secret, &params, search, &progress, first, second, now);
                    let (found, codes) = computed::during(look);
                    (found.is_some(), codes)
                };
                let mut found = 0;
                for pair in codes.windows(2) {
                    let (hit, computed) = count(&pair[0], &pair[1]);
                    assert_eq!(computed, most);
                    found += usize::from(hit);
                }
                assert!(found > 0);
                assert_eq!(count(&codes[0], "000000"), (false, most));
            }
        }
    }

    #[test]
    fn pairs_at_once_is_the_largest_number_of_pairs() {
        for steps in 2..=124_u8 {
            let search = Search::new(steps).unwrap();
            let pairs =
                (-MAX_DRIFT..=MAX_DRIFT).map(|drift| search.places(i64::from(drift)).count());
            let declared = usize::try_from(search.pairs_at_once()).unwrap();
            assert_eq!(pairs.max(), Some(declared), "{steps}");
        }
    }
}
