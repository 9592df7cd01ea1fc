//! Leaves Redis alone for a while after a failed call, so that requests do not wait for it one after the other.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Time that only runs forward, since any moment.
pub(crate) type Clock = Arc<dyn Fn() -> Duration + Send + Sync>;

pub(crate) struct Breaker {
    clock: Clock,
    pause: Duration,
    /// When the next call may try, after a failed one. `None` while calls succeed.
    retry_at: Mutex<Option<Duration>>,
}

/// A call may go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Admitted {
    /// Calls have succeeded so far.
    Closed,
    /// The pause is over, and this call tries for all others.
    Probe,
}

impl Breaker {
    pub(crate) fn new(pause: Duration) -> Self {
        let start = Instant::now();
        Self {
            clock: Arc::new(move || start.elapsed()),
            pause,
            retry_at: Mutex::new(None),
        }
    }

    pub(crate) fn with_clock(self, clock: Clock) -> Self {
        Self { clock, ..self }
    }

    /// Asks before a call. During a pause the answer is `None`. After it one call may try, and the next pause begins
    /// for the others.
    pub(crate) fn admit(&self) -> Option<Admitted> {
        let now = (self.clock)();
        let mut retry_at = self.lock();
        match *retry_at {
            None => Some(Admitted::Closed),
            Some(at) if at <= now => {
                *retry_at = Some(now.saturating_add(self.pause));
                Some(Admitted::Probe)
            }
            Some(_) => None,
        }
    }

    pub(crate) fn is_open(&self) -> bool {
        self.lock().is_some()
    }

    /// `true` if calls have failed until now.
    pub(crate) fn succeeded(&self) -> bool {
        self.lock().take().is_some()
    }

    /// `true` if calls have succeeded until now.
    pub(crate) fn failed(&self) -> bool {
        let retry_at = (self.clock)().saturating_add(self.pause);
        self.lock().replace(retry_at).is_none()
    }

    fn lock(&self) -> MutexGuard<'_, Option<Duration>> {
        self.retry_at.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Breaker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Breaker")
            .field("pause", &self.pause)
            .field("is_open", &self.is_open())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU64, Ordering};

    fn at(now: &Arc<AtomicU64>) -> Breaker {
        let now = now.clone();
        Breaker::new(Duration::from_millis(100)).with_clock(Arc::new(move || {
            Duration::from_millis(now.load(Ordering::Relaxed))
        }))
    }

    #[test]
    fn one_probe_for_each_pause() {
        let now = Arc::new(AtomicU64::new(5));
        let breaker = at(&now);
        assert_eq!(breaker.admit(), Some(Admitted::Closed));
        assert!(breaker.failed(), "the first failure");
        assert!(!breaker.failed(), "not the first");
        assert_eq!(breaker.admit(), None);
        now.store(104, Ordering::Relaxed);
        assert_eq!(breaker.admit(), None, "the pause is not over");
        now.store(105, Ordering::Relaxed);
        assert_eq!(breaker.admit(), Some(Admitted::Probe));
        assert_eq!(breaker.admit(), None, "the others wait for the probe");
        now.store(205, Ordering::Relaxed);
        assert_eq!(breaker.admit(), Some(Admitted::Probe), "a probe got lost");
        assert!(breaker.succeeded());
        assert!(!breaker.succeeded(), "it was closed already");
        assert_eq!(breaker.admit(), Some(Admitted::Closed));
    }
}
