//! Counters that a host can export: events since the start, and the work of the hashing pool.

use crate::auth::Auth;
use crate::event::EventKind;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// How many labels are counted at most. There are fewer.
pub(crate) const SLOTS: usize = 256;

/// The counts of this process since its [`Auth`] was built. Clones of the `Auth` share them, nodes do not.
///
/// Labels are names and reasons of events. There is no tenant, account or address among them, so their number is
/// bounded.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Counters {
    /// One for each kind and reason that has happened, in the order of their first time.
    pub events: Vec<EventCount>,
    /// The hashing pool.
    pub hashing: HashingCounters,
}

/// How often a kind of event has happened for one reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct EventCount {
    /// [`EventKind::name`].
    pub name: &'static str,
    /// [`EventKind::reason`].
    pub reason: Option<&'static str>,
    /// How often.
    pub count: u64,
}

/// The work of the hashing pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct HashingCounters {
    /// Jobs computed since the hasher was built: passwords, decoys and recovery codes.
    pub computed: u64,
    /// The time that they took, all workers together.
    pub computing: Duration,
    /// Jobs that wait for a worker now.
    pub waiting: usize,
    /// Jobs accepted and not finished now, waiting ones included.
    pub in_flight: usize,
}

impl Auth {
    /// Reads the counters. It takes no lock that a sign-in holds for long, and asks no store; for what waits in the
    /// outbox see [`Worker::backlog`](crate::Worker::backlog).
    ///
    /// `examples/prometheus.rs` of this crate writes them in the text format of Prometheus.
    #[must_use]
    pub fn counters(&self) -> Counters {
        let hasher = &self.inner.hasher;
        Counters {
            events: self.inner.counted.read(),
            hashing: HashingCounters {
                computed: hasher.computed(),
                computing: hasher.computing(),
                waiting: hasher.waiting(),
                in_flight: hasher.in_flight(),
            },
        }
    }
}

/// Counts events by name and reason, without a lock. The first event with a label takes a slot.
pub(crate) struct EventCounters([Slot; SLOTS]);

#[derive(Default)]
struct Slot {
    label: OnceLock<(&'static str, Option<&'static str>)>,
    count: AtomicU64,
}

impl Default for EventCounters {
    fn default() -> Self {
        Self(std::array::from_fn(|_| Slot::default()))
    }
}

impl EventCounters {
    pub(crate) fn count(&self, kind: &EventKind) {
        let label = (kind.name(), kind.reason());
        let slot = self
            .0
            .iter()
            .find(|slot| *slot.label.get_or_init(|| label) == label);
        if let Some(slot) = slot {
            slot.count.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn read(&self) -> Vec<EventCount> {
        let taken = self.0.iter().map_while(|slot| {
            let (name, reason) = *slot.label.get()?;
            let count = slot.count.load(Ordering::Relaxed);
            Some(EventCount {
                name,
                reason,
                count,
            })
        });
        taken.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{RejectedCode, RejectedSignIn};
    use std::thread;

    #[test]
    fn threads_count_every_event_once() {
        let counted = EventCounters::default();
        let kinds = [
            EventKind::MailSent,
            EventKind::SignInRejected(RejectedSignIn::WrongPassword),
            EventKind::SignInRejected(RejectedSignIn::Throttled),
            EventKind::CodeRejected(RejectedCode::Throttled),
        ];
        thread::scope(|scope| {
            for turn in 0..4 {
                let counted = &counted;
                scope.spawn(move || {
                    for n in 0..4_000 {
                        let next = kinds.iter().cycle().nth(n + turn);
                        next.iter().for_each(|kind| counted.count(kind));
                    }
                });
            }
        });
        let mut seen: Vec<_> = counted
            .read()
            .iter()
            .map(|found| (found.name, found.reason, found.count))
            .collect();
        seen.sort_unstable();
        let due = [
            ("code_rejected", Some("throttled"), 4_000),
            ("mail_sent", None, 4_000),
            ("sign_in_rejected", Some("throttled"), 4_000),
            ("sign_in_rejected", Some("wrong_password"), 4_000),
        ];
        assert_eq!(seen, due);
    }
}
