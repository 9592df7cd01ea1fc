//! How two peers decide, written anew from what they document and do. A code is the step it belongs to:
//! that two steps share one is left out.
#![allow(unreachable_pub)]

/// A code, as the step the phone showed, and the server's time when it arrives.
#[derive(Clone, Copy)]
pub struct Typed {
    pub now: i64,
    pub step: i64,
}

impl Typed {
    const fn current(self) -> i64 {
        self.now.div_euclid(30)
    }
}

pub trait Verifier {
    /// How many steps a guess could be one of.
    fn acceptable(&self) -> usize;

    fn sign_in(&mut self, typed: Typed) -> bool;
}

/// django-otp's `TOTPDevice`: accepted is `T + drift ± tolerance` above `last_t`; then `last_t` is the step,
/// and with `OTP_TOTP_SYNC`, the default, `drift` is how far off it was. The default tolerance is 1.
pub struct Django {
    tolerance: i64,
    drift: i64,
    last: i64,
}

impl Django {
    pub const fn new(tolerance: i64) -> Self {
        Self {
            tolerance,
            drift: 0,
            last: -1,
        }
    }
}

impl Verifier for Django {
    fn acceptable(&self) -> usize {
        usize::try_from(2 * self.tolerance + 1).unwrap()
    }

    fn sign_in(&mut self, typed: Typed) -> bool {
        let offset = typed.step - typed.current();
        let accepted = (offset - self.drift).abs() <= self.tolerance && typed.step > self.last;
        if accepted {
            (self.drift, self.last) = (offset, typed.step);
        }
        accepted
    }
}

/// google-authenticator-libpam, `check_timebased_code` and `check_time_skew`: accepted is a window of
/// `WINDOW_SIZE` steps around `T + TIME_SKEW`. A code found outside, within 25 × 60 steps of `T`, is
/// remembered; three of them in quick succession, each at most two steps after the one before and off by as
/// much as the last within one step, set `TIME_SKEW` to their mean, and the third is accepted. The default
/// window is 3, and its set-up proposes 17 for clocks that are badly kept.
pub struct Libpam {
    window: i64,
    skew: i64,
    remembered: Vec<(i64, i64)>,
    used: Vec<i64>,
}

impl Libpam {
    const SEARCH: i64 = 25 * 60;

    pub const fn new(window: i64) -> Self {
        Self {
            window,
            skew: 0,
            remembered: Vec::new(),
            used: Vec::new(),
        }
    }

    fn in_quick_succession(&self, skew: i64) -> bool {
        let apart = |pair: &[(i64, i64)]| (1..=2).contains(&(pair[1].0 - pair[0].0));
        let near = |entry: &(i64, i64)| (entry.1 - skew).abs() <= 1;
        self.remembered.len() == 3
            && self.remembered.windows(2).all(apart)
            && self.remembered.iter().all(near)
    }
}

impl Verifier for Libpam {
    fn acceptable(&self) -> usize {
        usize::try_from(self.window).unwrap()
    }

    fn sign_in(&mut self, typed: Typed) -> bool {
        let offset = typed.step - typed.current();
        let window = -((self.window - 1) / 2)..=self.window / 2;
        if window.contains(&(offset - self.skew)) {
            // DISALLOW_REUSE remembers the codes themselves, and forgets those out of the window.
            let fresh = !self.used.contains(&typed.step);
            self.used.push(typed.step);
            return fresh;
        }
        if offset.abs() >= Self::SEARCH {
            return false;
        }
        if self.remembered.len() == 3 {
            self.remembered.remove(0);
        }
        self.remembered.push((typed.current(), offset));
        let reset = self.in_quick_succession(offset);
        if reset {
            self.skew = self.remembered.iter().map(|entry| entry.1).sum::<i64>() / 3;
            self.remembered.clear();
        }
        reset
    }
}
