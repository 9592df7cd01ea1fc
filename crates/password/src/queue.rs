//! The jobs that wait: in order of arrival within a lane, the lanes in turns.
//!
//! A lane is a tenant. However many jobs one of them has in the queue, the next of another waits
//! for no more than one job of each; and when the queue is full, whoever has most of it gives way
//! to whoever has less.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use crate::job::AnyJob;

/// Whose turn it is: a name, equal for equal lanes.
pub(crate) type Lane = Arc<str>;

/// A job in the queue.
pub(crate) struct Queued {
    pub(crate) job: Box<dyn AnyJob>,
    /// When it was accepted, by the clock of the pool.
    pub(crate) since: Duration,
}

/// No lane in it is empty.
#[derive(Default)]
pub(crate) struct Queue {
    lanes: VecDeque<(Lane, VecDeque<Queued>)>,
    len: usize,
}

impl Queue {
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    pub(crate) fn push(&mut self, lane: &Lane, queued: Queued) {
        self.len += 1;
        match self.lanes.iter_mut().find(|(name, _)| name == lane) {
            Some((_, waiting)) => waiting.push_back(queued),
            None => self
                .lanes
                .push_back((Arc::clone(lane), VecDeque::from([queued]))),
        }
    }

    /// The oldest job of the lane whose turn it is.
    pub(crate) fn pop(&mut self) -> Option<Queued> {
        let (lane, mut waiting) = self.lanes.pop_front()?;
        let first = waiting.pop_front()?;
        self.len -= 1;
        if !waiting.is_empty() {
            self.lanes.push_back((lane, waiting));
        }
        Some(first)
    }

    /// Makes room for a job of `lane`: the newest of the longest lane goes, if that lane would still
    /// be no shorter than this one.
    pub(crate) fn displace(&mut self, lane: &Lane) -> Option<Queued> {
        let longest = self.longest_beyond(lane)?;
        let (_, waiting) = self.lanes.get_mut(longest)?;
        self.len -= 1;
        waiting.pop_back()
    }

    /// Whether a job of `lane` would be taken into a full queue.
    pub(crate) fn gives_way_to(&self, lane: &Lane, is_late: impl Fn(&Queued) -> bool) -> bool {
        let is_done_with = |queued: &Queued| queued.job.is_abandoned() || is_late(queued);
        self.longest_beyond(lane).is_some()
            || self
                .lanes
                .iter()
                .any(|(_, waiting)| waiting.iter().any(is_done_with))
    }

    fn longest_beyond(&self, lane: &Lane) -> Option<usize> {
        let own = self.lanes.iter().find(|(name, _)| name == lane);
        let own = own.map_or(0, |(_, waiting)| waiting.len());
        let lengths = self.lanes.iter().map(|(_, waiting)| waiting.len());
        let (longest, len) = lengths.enumerate().max_by_key(|(_, len)| *len)?;
        (len >= own + 2).then_some(longest)
    }

    /// Takes out what `is_late` and what nobody waits for any more; returns the former.
    pub(crate) fn clear_away(&mut self, is_late: impl Fn(&Queued) -> bool) -> Vec<Queued> {
        let mut late = Vec::new();
        for (_, waiting) in &mut self.lanes {
            for queued in std::mem::take(waiting) {
                if queued.job.is_abandoned() {
                    continue;
                }
                if is_late(&queued) {
                    late.push(queued);
                } else {
                    waiting.push_back(queued);
                }
            }
        }
        self.lanes.retain(|(_, waiting)| !waiting.is_empty());
        self.len = self.lanes.iter().map(|(_, waiting)| waiting.len()).sum();
        late
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::job::Job;

    fn lane(number: u8) -> Lane {
        number.to_string().into()
    }

    /// A job that is told from others by when it came.
    fn numbered(number: usize) -> Queued {
        let (job, receiver) = Job::pair(|_| Ok(()));
        std::mem::forget(receiver);
        Queued {
            job,
            since: Duration::from_secs(number as u64),
        }
    }

    fn order(queue: &mut Queue) -> Vec<usize> {
        std::iter::from_fn(|| queue.pop())
            .map(|queued| queued.since.as_secs() as usize)
            .collect()
    }

    #[test]
    fn lanes_take_turns_and_each_keeps_its_order() {
        let mut queue = Queue::default();
        for (number, of) in [0, 0, 0, 0, 1, 2, 1].into_iter().enumerate() {
            queue.push(&lane(of), numbered(number));
        }
        assert_eq!(order(&mut queue), [0, 4, 5, 1, 6, 2, 3]);
    }

    #[test]
    fn whoever_has_most_gives_way_and_only_to_whoever_has_less() {
        let mut queue = Queue::default();
        for (number, of) in [0, 0, 0, 1].into_iter().enumerate() {
            queue.push(&lane(of), numbered(number));
        }
        let gone = |queue: &mut Queue, of| {
            let gone = queue.displace(&lane(of));
            gone.map(|queued| queued.since.as_secs())
        };
        assert_eq!(gone(&mut queue, 0), None);
        assert_eq!(gone(&mut queue, 2), Some(2), "the newest of the longest");
        queue.push(&lane(2), numbered(4));
        assert_eq!(
            gone(&mut queue, 1),
            None,
            "two against one would change places"
        );
        assert_eq!(gone(&mut queue, 3), Some(1));
        assert_eq!(queue.len(), 3);
        assert_eq!(Queue::default().displace(&lane(0)).map(|_| ()), None);
    }

    proptest! {
        #[test]
        fn nobody_waits_for_more_than_one_job_of_each_other_lane(lanes in prop::collection::vec(0u8..5, 0..60)) {
            let mut queue = Queue::default();
            for (number, of) in lanes.iter().enumerate() {
                queue.push(&lane(*of), numbered(number));
            }
            prop_assert_eq!(queue.len(), lanes.len());
            let served = order(&mut queue);
            prop_assert_eq!(queue.len(), 0);
            let mut sorted = served.clone();
            sorted.sort_unstable();
            prop_assert_eq!(sorted, (0..lanes.len()).collect::<Vec<_>>());
            for of in 0..5 {
                let own: Vec<usize> = (0..served.len()).filter(|at| lanes[served[*at]] == of).collect();
                let numbers: Vec<usize> = own.iter().map(|at| served[*at]).collect();
                prop_assert!(numbers.is_sorted());
                for pair in own.windows(2) {
                    prop_assert!(pair[1] - pair[0] <= 5, "{:?}", served);
                }
                prop_assert!(own.first().is_none_or(|first| *first < 5));
            }
        }
    }
}
