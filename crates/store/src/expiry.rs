//! When links, tickets and pending enrolments are valid: before their expiry, and only if a right clock could
//! have written it.

/// The longest life of a link, a ticket or a pending enrolment, in seconds: 24 hours, also where a tenant has
/// set less (NIST SP 800-63B-4, §4.2.1.2).
pub const LONGEST_LIFE: u64 = 24 * 60 * 60;

/// How many seconds the clocks of two nodes may be apart without a stored time being disbelieved.
pub const CLOCK_TOLERANCE: u64 = 60;

/// The last expiry that a right clock can have written by `now`. A later one is from a clock that ran ahead,
/// and its row is invalid.
#[must_use]
pub fn latest_expiry(now: u64) -> u64 {
    now.saturating_add(LONGEST_LIFE + CLOCK_TOLERANCE)
}

/// Whether a row with this expiry is valid at `now`.
///
/// ```
/// use slotwerk_store::{is_in_time, latest_expiry};
/// assert!(is_in_time(1_001, 1_000));
/// assert!(!is_in_time(1_000, 1_000), "expired");
/// assert!(!is_in_time(latest_expiry(1_000) + 1, 1_000), "from a clock that ran ahead");
/// ```
#[must_use]
pub fn is_in_time(expires_at: u64, now: u64) -> bool {
    now < expires_at && expires_at <= latest_expiry(now)
}
