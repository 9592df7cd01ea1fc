//! The tenants whose jobs the worker leaves alone for now.

use crate::auth::Inner;
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The jobs in hand, by tenant.
///
/// A tenant takes at most half of the senders that the others leave free. So one slow mail server never holds
/// every sender.
pub(super) struct Hands {
    senders: u32,
    by_tenant: Mutex<BTreeMap<String, u32>>,
}

impl Hands {
    pub(super) fn new(senders: u32) -> Self {
        Self {
            senders,
            by_tenant: Mutex::default(),
        }
    }

    /// Counts a job until what is returned is dropped.
    pub(super) fn take(&self, tenant: &str) -> InHand<'_> {
        let mut counts = self.lock();
        let count = counts.entry(tenant.to_owned()).or_default();
        *count = count.saturating_add(1);
        InHand {
            hands: self,
            tenant: tenant.to_owned(),
        }
    }

    /// The tenants that have their share.
    pub(super) fn full(&self) -> Vec<String> {
        let counts = self.lock();
        let free = self.senders.saturating_sub(counts.values().sum());
        let full = counts.iter().filter(|(_, count)| **count >= free);
        full.map(|(tenant, _)| tenant.clone()).collect()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, u32>> {
        self.by_tenant
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

pub(super) struct InHand<'a> {
    hands: &'a Hands,
    tenant: String,
}

impl Drop for InHand<'_> {
    fn drop(&mut self) {
        let mut counts = self.hands.lock();
        match counts.get_mut(&self.tenant) {
            Some(count) if *count > 1 => *count -= 1,
            _ => {
                counts.remove(&self.tenant);
            }
        }
    }
}

/// How long a node leaves an unregistered tenant to nodes that know it, in seconds.
const LEFT_TO_OTHERS_SECS: u64 = 60;

/// How many unregistered tenants are remembered.
const MOST_UNREGISTERED: usize = 100;

/// Tenants with jobs that this node cannot work off, and when to look at them again.
#[derive(Default)]
pub(crate) struct Unregistered(Mutex<BTreeMap<String, u64>>);

impl Unregistered {
    pub(crate) fn forget(&self, tenant: &str) {
        self.lock().remove(tenant);
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, u64>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    /// Leaves a tenant to other nodes for a while. When its job may be taken next, in seconds from now: at once
    /// by those, unless this node remembers too many tenants and would take it again itself.
    pub(super) fn leave_to_others(&self, tenant: &str) -> u64 {
        let again_at = self.now().saturating_add(LEFT_TO_OTHERS_SECS);
        let mut left = self.unregistered.lock();
        if left.len() >= MOST_UNREGISTERED && !left.contains_key(tenant) {
            return LEFT_TO_OTHERS_SECS;
        }
        left.insert(tenant.to_owned(), again_at);
        1
    }

    pub(super) fn left_to_others(&self) -> Vec<String> {
        let now = self.now();
        let mut left = self.unregistered.lock();
        // A later time was written by a clock that ran ahead.
        left.retain(|_, again_at| {
            (now.saturating_add(1)..=now.saturating_add(LEFT_TO_OTHERS_SECS)).contains(again_at)
        });
        left.keys().cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many senders each tenant gets that always has work, in this order.
    fn shares(senders: u32, tenants: &[&str]) -> Vec<usize> {
        let hands = Hands::new(senders);
        let mut held = Vec::new();
        tenants
            .iter()
            .map(|tenant| {
                let mut count = 0;
                while held.len() < senders as usize && !hands.full().contains(&(*tenant).to_owned())
                {
                    held.push(hands.take(tenant));
                    count += 1;
                }
                count
            })
            .collect()
    }

    #[test]
    fn tenant_takes_half_of_free_senders() {
        assert_eq!(shares(8, &["a", "b", "c", "d"]), [4, 2, 1, 1]);
        assert_eq!(shares(3, &["a", "b"]), [2, 1]);
        assert_eq!(shares(1, &["a", "b"]), [1, 0]);
    }

    #[test]
    fn dropped_job_frees_its_sender() {
        let hands = Hands::new(2);
        let held = hands.take("a");
        assert_eq!(hands.full(), ["a"]);
        drop(held);
        assert!(hands.full().is_empty());
    }
}
