//! Repeats a command that the database has given up, where that is proven.

use crate::error::{Loss, loss};
use slotwerk_store::{ErrorKind, StoreError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The most tries of a command that others keep pushing aside.
const TRIES: u32 = 30;

/// The most connections that may turn out to be broken before one is new.
const BROKEN: u32 = 100;

/// The longest pause between two tries.
const LONGEST_PAUSE: Duration = Duration::from_millis(64);

/// The tries of one command.
#[derive(Default)]
pub(crate) struct Tries {
    given_up: u32,
    broken: u32,
    begun: bool,
}

impl Tries {
    /// The transaction has begun. A connection that is lost from here on is a fault.
    pub(crate) fn begun(&mut self) {
        self.begun = true;
    }

    /// Whether to run the command again. Waits a moment if other commands were in the way.
    ///
    /// Only a fault that proves that nothing has changed comes here again: the database gave the transaction up for
    /// another, a guard found a row changed, or the connection was lost before the first statement.
    pub(crate) async fn again(&mut self, fault: &StoreError) -> bool {
        let begun = std::mem::take(&mut self.begun);
        match loss(fault) {
            Loss::GivenUp if self.given_up < TRIES => {
                self.given_up += 1;
                tokio::time::sleep(self.pause()).await;
                true
            }
            Loss::Connection if !begun && self.broken < BROKEN => {
                self.broken += 1;
                fault.kind() == ErrorKind::Unavailable
            }
            _ => false,
        }
    }

    /// The second try follows at once. Later pauses double, and differ between commands that collided.
    fn pause(&self) -> Duration {
        let Some(doubled) = self.given_up.checked_sub(2) else {
            return Duration::ZERO;
        };
        let longest = Duration::from_millis(1 << doubled.min(6)).min(LONGEST_PAUSE);
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        let random = now.subsec_nanos() ^ std::process::id();
        longest.mul_f64(0.5 + f64::from(random % 512) / 1024.0)
    }
}
