//! A clock that stands still until it is told.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// A clock for tests. Clones show the same time.
///
/// ```
/// use slotwerk_testkit::FakeClock;
/// use std::time::Duration;
///
/// let clock = FakeClock::at(1_700_000_000);
/// let now = clock.handle();
/// clock.advance(Duration::from_millis(30_500));
/// assert_eq!(now(), Duration::from_millis(1_700_000_030_500));
/// ```
#[derive(Clone, Debug)]
pub struct FakeClock {
    since_epoch_ms: Arc<AtomicU64>,
}

impl FakeClock {
    /// A clock that shows `seconds` since the Unix epoch.
    #[must_use]
    pub fn at(seconds: u64) -> Self {
        Self {
            since_epoch_ms: Arc::new(AtomicU64::new(seconds.saturating_mul(1000))),
        }
    }

    /// The time shown, since the Unix epoch, in whole milliseconds.
    #[must_use]
    pub fn now(&self) -> Duration {
        Duration::from_millis(self.since_epoch_ms.load(Ordering::SeqCst))
    }

    /// The time shown, in whole seconds since the Unix epoch.
    #[must_use]
    pub fn seconds(&self) -> u64 {
        self.now().as_secs()
    }

    /// Sets the clock to `seconds` since the Unix epoch; back as well as forth.
    pub fn set(&self, seconds: u64) {
        let ms = seconds.saturating_mul(1000);
        self.since_epoch_ms.store(ms, Ordering::SeqCst);
    }

    /// Moves the clock on, by whole milliseconds.
    pub fn advance(&self, by: Duration) {
        let by = u64::try_from(by.as_millis()).unwrap_or(u64::MAX);
        self.since_epoch_ms.fetch_add(by, Ordering::SeqCst);
    }

    /// The clock as a function, for what asks for one.
    pub fn handle(&self) -> impl Fn() -> Duration + Send + Sync + 'static {
        let clock = self.clone();
        move || clock.now()
    }
}
