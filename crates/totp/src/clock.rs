//! What to tell a person about the phone's clock.

use crate::Parameters;

/// How far a phone's clock is off, to be said as "about … minutes".
///
/// It comes out of [`Accepted::clock_hint`](crate::Accepted::clock_hint) only: of a code that was accepted, by
/// [`verify`](crate::verify()) or by [`resynchronise`](crate::resynchronise). **A refused code never earns it.** If it
/// did, a guesser would try codes, be told "that one is of five minutes from now", and come back in
/// five minutes with a code that is known to be right: every step looked at for the hint would count as
/// one more that accepts a guess, without the budget knowing. Whoever gets this hint has shown that they
/// hold the authenticator, and learns nothing but the time on it.
///
/// A page therefore says the same after every refused code: check the phone's clock, or type two codes
/// in a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ClockHint {
    /// The phone's clock is ahead.
    Ahead {
        /// By about so many minutes, 1 to 248.
        minutes: u16,
    },
    /// The phone's clock is behind.
    Behind {
        /// By about so many minutes, 1 to 248.
        minutes: u16,
    },
}

impl ClockHint {
    /// From here on it is the clock and not the typing.
    const STEPS: u8 = 2;

    pub(crate) const fn of(drift: i8, params: &Parameters) -> Option<Self> {
        if drift.unsigned_abs() < Self::STEPS {
            return None;
        }
        let seconds = drift.unsigned_abs() as u64 * params.period().as_secs();
        // To the nearest minute, but never to none. At most 128 steps of 120 seconds.
        let minutes = match (seconds + 30) / 60 {
            0 => 1,
            minutes => minutes as u16,
        };
        Some(if drift > 0 {
            Self::Ahead { minutes }
        } else {
            Self::Behind { minutes }
        })
    }
}
