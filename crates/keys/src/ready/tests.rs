//! The cache of derived keys: its bound, its evictions, and the right key for every scope.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use super::*;
use crate::ring::KeyRing;
use hmac::Mac as _;
use std::cell::Cell;

const ONE: KeyId = KeyId::new(1);
const SLOTS: usize = SETS * WAYS;

/// The key that stands for a scope here, so that a mix-up shows.
fn own(id: KeyId, scope: &Scope<'_>) -> Keyed {
    let mut bytes = [0; 32];
    let text = format!("{id}/{}/{}", scope.purpose(), scope.tenant());
    for (to, from) in bytes.iter_mut().zip(text.bytes()) {
        *to = from;
    }
    Keyed::new(&bytes)
}

struct Counted {
    ready: Ready,
    derived: Cell<usize>,
}

impl Counted {
    fn new() -> Self {
        Self {
            ready: Ready::new(),
            derived: Cell::new(0),
        }
    }

    /// Asks for a key, and whether it had to be derived.
    fn derives(&self, id: KeyId, scope: &Scope<'_>) -> bool {
        let before = self.derived.get();
        let key = self.ready.get(id, scope, || {
            self.derived.set(before + 1);
            own(id, scope)
        });
        assert_eq!(tag(&key), tag(&own(id, scope)), "{id} {scope:?}");
        self.derived.get() > before
    }

    fn kept(&self) -> usize {
        kept(&self.ready)
    }
}

fn tag(key: &Keyed) -> Vec<u8> {
    key.0.clone().finalize().into_bytes().to_vec()
}

fn kept(ready: &Ready) -> usize {
    let sets = ready.0.iter().map(|set| set.read().unwrap());
    sets.map(|set| set.slots.iter().flatten().count()).sum()
}

fn names(prefix: &str, count: usize) -> Vec<String> {
    (0..count).map(|n| format!("{prefix}-{n}")).collect()
}

/// Tenants whose keys share a set.
fn neighbours(count: usize) -> Vec<String> {
    let set = |tenant: &str| hash(ONE, &Scope::new("p", tenant)) % SETS as u64;
    let tenants = (0..).map(|n| format!("tenant-{n}"));
    tenants
        .filter(|tenant| set(tenant) == 7)
        .take(count)
        .collect()
}

#[test]
fn a_key_is_derived_once() {
    let cache = Counted::new();
    for _ in 0..100 {
        cache.derives(ONE, &Scope::new("p", "t"));
    }
    assert_eq!((cache.derived.get(), cache.kept()), (1, 1));
}

#[test]
fn bounded_and_never_mixed_up() {
    let cache = Counted::new();
    let names = names("name", 20);
    for _ in 0..2 {
        for purpose in &names {
            for tenant in &names {
                for id in (0..25).map(KeyId::new) {
                    cache.derives(id, &Scope::new(purpose, tenant));
                }
            }
        }
    }
    // Ten thousand scopes fill every slot but a few that no hash came upon.
    assert!((SLOTS - 9..=SLOTS).contains(&cache.kept()));
}

/// The finding: the scopes that came first kept their slots for the ring's life.
#[test]
fn earlier_scopes_make_room() {
    let cache = Counted::new();
    for earlier in names("earlier", 10 * SLOTS) {
        cache.derives(ONE, &Scope::new("p", &earlier));
        // Used twice, it is not the first to make room.
        cache.derives(ONE, &Scope::new("p", &earlier));
    }
    let later = names("later", SLOTS / 8);
    for _ in 0..3 {
        for tenant in &later {
            cache.derives(ONE, &Scope::new("p", tenant));
        }
    }
    let again = later
        .iter()
        .filter(|t| cache.derives(ONE, &Scope::new("p", t)));
    assert_eq!(again.count(), 0);
}

#[test]
fn idle_neighbours_make_room() {
    let tenants = neighbours(WAYS + 2);
    let scopes: Vec<_> = tenants
        .iter()
        .map(|tenant| Scope::new("p", tenant))
        .collect();
    for times in 1..4 {
        let cache = Counted::new();
        for scope in &scopes[2..] {
            for _ in 0..times {
                cache.derives(ONE, scope);
            }
        }
        let derived = (0..20)
            .filter(|n| cache.derives(ONE, &scopes[n % 2]))
            .count();
        assert_eq!(derived, 2, "neighbours that were used {times} times");
    }
}

#[test]
fn scopes_used_once_leave_busy_ones() {
    let cache = Counted::new();
    let busy = neighbours(WAYS - 1);
    let busy: Vec<_> = busy.iter().map(|tenant| Scope::new("p", tenant)).collect();
    for scope in busy.iter().chain(&busy) {
        cache.derives(ONE, scope);
    }
    for passing in neighbours(200).iter().skip(WAYS) {
        cache.derives(ONE, &Scope::new("p", passing));
        let derived = busy
            .iter()
            .filter(|scope| cache.derives(ONE, scope))
            .count();
        assert_eq!(derived, 0, "{passing}");
    }
}

#[test]
fn a_locked_set_delays_nobody() {
    let cache = Counted::new();
    let scope = Scope::new("p", "t");
    cache.derives(ONE, &scope);
    let set = cache.ready.set(hash(ONE, &scope)).unwrap();
    let writing = set.write().unwrap();
    assert!(cache.derives(ONE, &scope), "derived, without waiting");
    drop(writing);
    assert!(!cache.derives(ONE, &scope));
}

#[test]
fn revoked_keys_are_not_kept() {
    let master = |fill| crate::MasterKey::from_bytes([fill; 32]);
    let (old, new) = (KeyId::new(1), KeyId::new(2));
    let ring = KeyRing::new(old, master(1)).rotate(new, master(2)).unwrap();
    for tenant in ["a", "b"] {
        ring.derive(old, &Scope::new("p", tenant)).unwrap();
        ring.derive_active(&Scope::new("p", tenant));
    }
    assert_eq!(kept(&ring.ready), 4);
    let ring = ring.revoke(old).unwrap();
    assert!(ring.derive(old, &Scope::new("p", "a")).is_err());
    assert_eq!(kept(&ring.ready), 0);
}

#[test]
fn long_scopes_are_not_kept() {
    let cache = Counted::new();
    let longer = "t".repeat(MAX_SCOPE);
    for _ in 0..3 {
        assert!(cache.derives(ONE, &Scope::new("p", &longer)));
    }
    assert_eq!(cache.kept(), 0);
    cache.derives(ONE, &Scope::new("p", &longer[1..]));
    assert_eq!(cache.kept(), 1);
}
