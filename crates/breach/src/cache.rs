//! Shards in memory, bounded by bytes.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError, RwLock};

use crate::shard::Shard;

/// A place for each shard, and a bound on what all of them take together.
///
/// Readers of a shard in memory share its lock and meet nobody else. A reader that misses holds the
/// lock of its shard while it loads it, so that others wait for it instead of loading it again.
///
/// When room is needed, shards go in the order in which they came, except that one that was read
/// since it was last looked at gets another round (the CLOCK algorithm).
pub(crate) struct Cache {
    slots: Box<[Slot]>,
    /// Which shards were read since they were last looked at. Apart from the slots, which fill a line
    /// each without it.
    was_read: Box<[AtomicBool]>,
    resident: Mutex<Resident>,
    most_bytes: usize,
}

/// On a line of the processor's cache of its own, so that readers of neighbours do not meet.
#[derive(Default)]
#[repr(align(64))]
struct Slot(RwLock<Option<Shard>>);

#[derive(Default)]
struct Resident {
    bytes: usize,
    /// Numbers of the shards in memory, the longest there first.
    order: VecDeque<u32>,
}

impl Cache {
    pub(crate) fn new(shards: usize, most_bytes: usize) -> Self {
        Self {
            slots: (0..shards).map(|_| Slot::default()).collect(),
            was_read: (0..shards).map(|_| AtomicBool::new(false)).collect(),
            resident: Mutex::default(),
            most_bytes,
        }
    }

    /// Bytes in memory now.
    pub(crate) fn bytes(&self) -> usize {
        self.resident
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .bytes
    }

    /// Asks the shard, which `load` reads if it is not here. `None` if there is no such shard.
    #[inline]
    pub(crate) fn ask<E>(
        &self,
        number: u32,
        question: impl Fn(&Shard) -> bool,
        load: impl FnOnce() -> Result<Shard, E>,
    ) -> Option<Result<bool, E>> {
        let (slot, was_read) = self.place(number)?;
        // A panic under a lock leaves nothing half done: a place is full or empty.
        let shard = slot.0.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(shard) = shard.as_ref() {
            if !was_read.load(Ordering::Relaxed) {
                was_read.store(true, Ordering::Relaxed);
            }
            return Some(Ok(question(shard)));
        }
        drop(shard);
        Some(self.ask_after_loading(slot, number, question, load))
    }

    #[cold]
    fn ask_after_loading<E>(
        &self,
        slot: &Slot,
        number: u32,
        question: impl Fn(&Shard) -> bool,
        load: impl FnOnce() -> Result<Shard, E>,
    ) -> Result<bool, E> {
        let mut place = slot.0.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(shard) = place.as_ref() {
            return Ok(question(shard));
        }
        let shard = load()?;
        let answer = question(&shard);
        if shard.size() <= self.most_bytes {
            // Locks are taken in this order only: an empty place, the list, a full place. Whoever
            // holds the lock of a full place never waits for the list.
            let mut resident = self.resident.lock().unwrap_or_else(PoisonError::into_inner);
            self.make_room(&mut resident, shard.size());
            resident.bytes += shard.size();
            resident.order.push_back(number);
            *place = Some(shard);
        }
        Ok(answer)
    }

    fn place(&self, number: u32) -> Option<(&Slot, &AtomicBool)> {
        let at = number as usize;
        self.slots.get(at).zip(self.was_read.get(at))
    }

    fn make_room(&self, resident: &mut Resident, bytes: usize) {
        while resident.bytes + bytes > self.most_bytes {
            let Some(number) = resident.order.pop_front() else {
                return;
            };
            let Some((slot, was_read)) = self.place(number) else {
                continue;
            };
            if was_read.swap(false, Ordering::Relaxed) {
                resident.order.push_back(number);
                continue;
            }
            let mut place = slot.0.write().unwrap_or_else(PoisonError::into_inner);
            resident.bytes -= place.take().map_or(0, |shard| shard.size());
        }
    }
}
