//! Derived keys kept ready: deriving one costs more than the tag that it is for.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, RwLock};

use crate::derive::Scope;
use crate::key::KeyId;
use crate::mac::Keyed;

/// With the slots of each set, how many keys are kept at most.
const SETS: usize = 256;
/// Slots of one set. A key has one set, given by its hash, and any slot there.
const WAYS: usize = 4;
/// Longest purpose and tenant, together, whose key is kept, in bytes.
const MAX_SCOPE: usize = 512;

/// The keys that are in use, bounded in number and in bytes.
///
/// A new key replaces the first one of its set, going round, that nobody has asked for since the last
/// round. So scopes that are used once replace each other, and scopes that are no longer used make room.
///
/// No call waits for a lock: where another thread is writing, the key is derived.
pub(crate) struct Ready(Box<[RwLock<Set>]>);

#[derive(Default)]
struct Set {
    slots: [Option<Kept>; WAYS],
    /// Where the next round begins.
    hand: usize,
}

struct Kept {
    /// Of all of the below. Compared first, since it differs from almost every other.
    hash: u64,
    id: KeyId,
    purpose: Box<str>,
    tenant: Box<str>,
    key: Arc<Keyed>,
    /// Whether somebody asked for it since the last round.
    used: AtomicBool,
}

impl Ready {
    pub(crate) fn new() -> Self {
        Self((0..SETS).map(|_| RwLock::default()).collect())
    }

    /// The key of `scope` under the master key `id`: the one that is kept, or what `derive` makes.
    pub(crate) fn get(
        &self,
        id: KeyId,
        scope: &Scope<'_>,
        derive: impl FnOnce() -> Keyed,
    ) -> Arc<Keyed> {
        let hash = hash(id, scope);
        let set = self.set(hash);
        if let Some(key) = set.and_then(|set| set.try_read().ok()?.find(hash, id, scope)) {
            return key;
        }
        let key = Arc::new(derive());
        if scope.purpose().len() + scope.tenant().len() <= MAX_SCOPE
            && let Some(mut set) = set.and_then(|set| set.try_write().ok())
            // Another thread may have been faster.
            && set.find(hash, id, scope).is_none()
            && let Some(slot) = set.make_room()
        {
            *slot = Some(Kept {
                hash,
                id,
                purpose: scope.purpose().into(),
                tenant: scope.tenant().into(),
                key: Arc::clone(&key),
                used: AtomicBool::new(false),
            });
        }
        key
    }

    fn set(&self, hash: u64) -> Option<&RwLock<Set>> {
        // The remainder is below the number of sets, so it fits.
        let index = usize::try_from(hash % SETS as u64).unwrap_or_default();
        self.0.get(index)
    }
}

impl Set {
    fn find(&self, hash: u64, id: KeyId, scope: &Scope<'_>) -> Option<Arc<Keyed>> {
        let mut kept = self.slots.iter().flatten();
        let kept = kept.find(|kept| kept.is(hash, id, scope))?;
        // Written once and then only read, so that threads do not take the line from each other.
        if !kept.used.load(Ordering::Relaxed) {
            kept.used.store(true, Ordering::Relaxed);
        }
        Some(Arc::clone(&kept.key))
    }

    /// The next slot that is empty or whose key was not used since the last round. Those passed over
    /// count as unused from now on, so the second round ends the search.
    fn make_room(&mut self) -> Option<&mut Option<Kept>> {
        for _ in 0..=WAYS {
            let slot = self.slots.get(self.hand)?;
            let used = slot
                .as_ref()
                .is_some_and(|kept| kept.used.swap(false, Ordering::Relaxed));
            let index = self.hand;
            self.hand = (index + 1) % WAYS;
            if !used {
                return self.slots.get_mut(index);
            }
        }
        None
    }
}

impl Kept {
    fn is(&self, hash: u64, id: KeyId, scope: &Scope<'_>) -> bool {
        self.hash == hash
            && self.id == id
            && *self.purpose == *scope.purpose()
            && *self.tenant == *scope.tenant()
    }
}

/// Spreads scopes over the sets, eight bytes at a time. Not a defence: scopes are the program's own, and
/// those that fall into one set only make each other slower.
fn hash(id: KeyId, scope: &Scope<'_>) -> u64 {
    const ODD: u64 = 0x9e37_79b9_7f4a_7c15;
    let mix = |hash: u64, word: u64| (hash ^ word).wrapping_mul(ODD).rotate_left(29);
    let mut hash = u64::from(id.get());
    for text in [scope.purpose(), scope.tenant()] {
        hash = mix(hash, text.len() as u64);
        let (words, rest) = text.as_bytes().as_chunks::<8>();
        hash = words
            .iter()
            .fold(hash, |hash, word| mix(hash, u64::from_le_bytes(*word)));
        let last = rest
            .iter()
            .fold(0, |last, byte| last << 8 | u64::from(*byte));
        hash = mix(hash, last);
    }
    hash
}

#[cfg(test)]
mod tests;
