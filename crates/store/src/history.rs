//! Past passwords: which are kept, and how they come back.

use std::fmt;

/// The most past passwords an account ever has, whatever a command asks for. The oldest go first.
///
/// Each of them costs whoever chooses a new password one more verification of a hash, and is one more
/// hash in a stolen database.
pub const MAX_HISTORY: u16 = 24;

/// Which past passwords stay when a password is replaced, the one just replaced included.
///
/// One stays if it is among the newest [`last`](Self::last) *or* was retired at or after
/// [`since`](Self::since), and never more than [`MAX_HISTORY`] stay. "Newest" is the order in which
/// they were replaced, so that a clock that was set back changes no rank.
///
/// The password in use is not part of the history: for a rule "none of the last four, the current one
/// included", `last` is three.
///
/// ```
/// use slotwerk_store::KeepHistory;
///
/// let two_or_a_week = KeepHistory { last: 2, since: 1_700_000_000 - 7 * 86_400 };
/// assert!(two_or_a_week.keeps(1, 0)); // one is newer
/// assert!(two_or_a_week.keeps(9, 1_699_999_999)); // retired a second ago
/// assert!(!two_or_a_week.keeps(2, 1_600_000_000));
/// assert!(!KeepHistory::NOTHING.keeps(0, u64::MAX));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct KeepHistory {
    /// How many stay for being the newest. 0 to 24 is what a policy asks for; more is allowed, up to
    /// [`MAX_HISTORY`].
    pub last: u16,
    /// Those retired in this second or later stay. Seconds since the Unix epoch; with `u64::MAX` none
    /// stays for its age.
    pub since: u64,
}

impl KeepHistory {
    /// Keep nothing, and remove what was kept before.
    pub const NOTHING: Self = Self {
        last: 0,
        since: u64::MAX,
    };

    /// Keep all that [`MAX_HISTORY`] allows.
    pub const EVERYTHING: Self = Self {
        last: MAX_HISTORY,
        since: 0,
    };

    /// Whether a past password stays that was retired at `retired_at` and has `newer` newer ones.
    ///
    /// The rule for stores that decide in code, and for tests of those that decide in a query.
    #[must_use]
    pub fn keeps(&self, newer: usize, retired_at: u64) -> bool {
        let young = self.since != u64::MAX && retired_at >= self.since;
        newer < usize::from(MAX_HISTORY) && (newer < usize::from(self.last) || young)
    }
}

/// A password that was replaced.
#[derive(Clone, PartialEq, Eq)]
pub struct PastPassword {
    /// The PHC string it had when it was replaced.
    pub hash: String,
    /// The second in which it was replaced.
    pub retired_at: u64,
}

impl fmt::Debug for PastPassword {
    /// Leaves the hash out: it can be attacked offline, and old passwords live on in other services.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PastPassword")
            .field("retired_at", &self.retired_at)
            .finish_non_exhaustive()
    }
}
