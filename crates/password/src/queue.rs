//! Jobs that wait: in order of arrival within a lane, the lanes in turns.
//!
//! A lane is a tenant. However many jobs one lane has in the queue, the next job of another lane waits for at most
//! one job of each.
//!
//! While only one lane waits, it may use the whole queue. Half as many places again are kept for the other lanes, so
//! the next lane finds room without evicting an accepted job. From then on, each lane may have less than twice as
//! many waiting jobs as there are free places. (A dynamic threshold after Choudhury and Hahne, "Dynamic queue length
//! thresholds for shared-memory packet switches", 1998.) One lane reaches that threshold where it fills the queue.

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

/// How many jobs a pool accepts, running ones included.
#[derive(Clone, Copy)]
pub(crate) struct Places {
    /// While only one lane waits.
    alone: usize,
    /// Of all lanes together.
    all: usize,
}

impl Places {
    pub(crate) fn new(workers: usize, queue: usize) -> Self {
        let alone = workers.saturating_add(queue);
        Self {
            alone,
            all: alone.saturating_add(queue.div_ceil(2)),
        }
    }

    pub(crate) fn alone(self) -> usize {
        self.alone
    }
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

    /// Whether a lane may take a place while so many jobs are `unfinished`, running ones included.
    pub(crate) fn lets_in(&self, lane: &Lane, unfinished: usize, places: Places) -> bool {
        let own = self.lanes.iter().find(|(name, _)| name == lane);
        let own = own.map_or(0, |(_, waiting)| waiting.len());
        if own == self.len {
            return unfinished < places.alone;
        }
        own < 2 * places.all.saturating_sub(unfinished)
    }

    /// Whether there is something to [`Queue::clear_away`].
    pub(crate) fn holds_idle(&self, is_late: impl Fn(&Queued) -> bool) -> bool {
        let is_idle = |queued: &Queued| queued.job.is_abandoned() || is_late(queued);
        let mut lanes = self.lanes.iter();
        lanes.any(|(_, waiting)| waiting.iter().any(is_idle))
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
    fn lane_alone_fills_the_queue() {
        // Workers, queue, running jobs, places for the lane.
        for (workers, size, running, room) in
            [(2, 64, 2, 64), (2, 64, 0, 66), (1, 1, 1, 1), (1, 0, 1, 0)]
        {
            let (places, mut queue) = (Places::new(workers, size), Queue::default());
            while queue.lets_in(&lane(0), running + queue.len(), places) {
                queue.push(&lane(0), numbered(0));
            }
            assert_eq!(queue.len(), room, "{workers} workers, {size} places");
            let guest = queue.lets_in(&lane(1), running + queue.len(), places);
            assert_eq!(guest, size > 0, "{workers} workers, {size} places");
        }
    }

    #[test]
    fn waiting_lane_keeps_its_share() {
        let (places, mut queue) = (Places::new(0, 64), Queue::default());
        for number in 0..64 {
            queue.push(&lane(0), numbered(number));
        }
        for number in 64..66 {
            queue.push(&lane(1), numbered(number));
        }
        // The crowd gets no place back while the other lane waits.
        queue.pop();
        assert!(!queue.lets_in(&lane(0), queue.len(), places));
        let mut guests = 2;
        while queue.lets_in(&lane(1), queue.len(), places) {
            queue.push(&lane(1), numbered(guests));
            guests += 1;
        }
        assert!(guests >= 64 / 3, "{guests}");
        assert!(queue.lets_in(&lane(2), queue.len(), places), "a third lane");
        // Once the others are served, the crowd may use the whole queue again.
        while queue.lanes.iter().any(|(name, _)| *name == lane(1)) {
            queue.pop();
        }
        assert!(queue.lets_in(&lane(0), 63, places));
        assert!(!queue.lets_in(&lane(0), 64, places));
    }

    proptest! {
        #[test]
        fn however_many_crowds_there_are_a_newcomer_finds_room(crowds in 2u8..6, size in 1usize..200) {
            let (places, mut queue) = (Places::new(0, size), Queue::default());
            for number in 0..3 * size {
                let of = lane(number as u8 % crowds);
                if queue.lets_in(&of, queue.len(), places) {
                    queue.push(&of, numbered(number));
                }
            }
            if size > usize::from(crowds) * 2 {
                prop_assert!(queue.lets_in(&lane(9), queue.len(), places));
                // And little is left unused: what is free is at most half of any crowd's share.
                let shares = 1 + 2 * usize::from(crowds);
                prop_assert!(places.all - queue.len() <= places.all.div_ceil(shares) + 1);
            }
        }

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
