//! Time in the worker: how long a mail may take, and how long a job without a mail keeps its sender.

use crate::auth::Inner;
use futures_util::future::{Either, select};
use std::collections::VecDeque;
use std::pin::pin;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// The end of a lease that no mail may reach into: its job still has to be finished or put back.
const MARGIN_SECS: u64 = 20;

/// How many durations are kept.
const KEPT: usize = 64;

/// How long a job without a mail takes until a mail was sent.
const UNMEASURED: Duration = Duration::from_millis(200);

/// The worker's timer. Without one nothing waits, and only the mailer ends a mail that takes too long.
pub(super) struct Timer<'a, S>(pub(super) Option<&'a S>);

impl<S, F> Timer<'_, S>
where
    S: Fn(Duration) -> F,
    F: Future<Output = ()>,
{
    pub(super) async fn rest(&self, pause: Duration) {
        if let Some(sleep) = self.0 {
            sleep(pause).await;
        }
    }

    /// The result, unless it takes longer.
    pub(super) async fn within<T>(
        &self,
        limit: Duration,
        work: impl Future<Output = T>,
    ) -> Option<T> {
        let Some(sleep) = self.0 else {
            return Some(work.await);
        };
        match select(pin!(work), pin!(sleep(limit))).await {
            Either::Left((done, _)) => Some(done),
            Either::Right(_) => None,
        }
    }
}

/// How long recent mails took to send.
#[derive(Default)]
pub(crate) struct RecentSends(Mutex<VecDeque<Duration>>);

impl RecentSends {
    fn record(&self, took: Duration) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() == KEPT {
            kept.pop_front();
        }
        kept.push_back(took);
    }

    /// One of them.
    fn pick(&self, random: u8) -> Duration {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let place = usize::from(random).checked_rem(kept.len());
        let found = place.and_then(|place| kept.get(place).copied());
        found.unwrap_or(UNMEASURED)
    }
}

impl Inner {
    /// How long a mail may take under a lease that ends then. `None` if too little is left to begin.
    pub(super) fn time_to_send(&self, lease_until: u64) -> Option<Duration> {
        let left = lease_until
            .saturating_sub(self.now())
            .checked_sub(MARGIN_SECS);
        left.filter(|secs| *secs > 0).map(Duration::from_secs)
    }

    pub(super) fn sent_since(&self, began_ms: u64) {
        let took = Duration::from_millis(self.now_ms().saturating_sub(began_ms));
        // Longer than any lease: the clock was put right meanwhile.
        if took.as_secs() < slotwerk_store::LONGEST_LEASE_SECS {
            self.recent_sends.record(took);
        }
    }

    /// How long a job without a mail keeps its sender.
    pub(super) fn time_of_a_mail(&self) -> Duration {
        let [random] = self.random::<1>().unwrap_or_default();
        self.recent_sends.pick(random)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recent_durations_replace_older_ones() {
        let sends = RecentSends::default();
        assert_eq!(sends.pick(7), UNMEASURED);
        for ms in 0..100 {
            sends.record(Duration::from_millis(ms));
        }
        let mut picked: Vec<u128> = (0..=255).map(|n| sends.pick(n).as_millis()).collect();
        picked.sort_unstable();
        let due: Vec<u128> = (36..100).flat_map(|ms| [ms; 4]).collect();
        assert_eq!(picked, due, "each of the last 64 equally often");
    }
}
