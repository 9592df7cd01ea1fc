//! Derived keys kept ready: deriving one costs more than the tag that it is for.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::OnceLock;

use crate::derive::Scope;
use crate::key::KeyId;
use crate::mac::DerivedKey;

/// How many keys are kept at most.
const SLOTS: usize = 1024;
/// How long a scope's texts may be for its key to be kept, in bytes, together.
const MAX_SCOPE: usize = 512;

/// The keys that were derived first, up to a bound in number and in bytes.
///
/// Each scope has one place, given by a hash. What comes first has it for as long as the ring lives;
/// another scope with the same place is derived anew every time. So nothing is ever evicted, reading
/// takes no lock, and whoever makes up scopes gains nothing but that theirs are not kept.
pub(crate) struct Ready(Box<[OnceLock<Box<Kept>>]>);

struct Kept {
    id: KeyId,
    purpose: Box<str>,
    tenant: Box<str>,
    key: DerivedKey,
}

impl Ready {
    pub(crate) fn new() -> Self {
        Self((0..SLOTS).map(|_| OnceLock::new()).collect())
    }

    /// The key of `scope` under the master key `id`: the one that is kept, or what `derive` makes.
    pub(crate) fn get(
        &self,
        id: KeyId,
        scope: &Scope<'_>,
        derive: impl FnOnce() -> DerivedKey,
    ) -> DerivedKey {
        let Some(place) = self.0.get(place(id, scope)) else {
            return derive();
        };
        match place.get() {
            Some(kept) if kept.is(id, scope) => kept.key.share(),
            Some(_) => derive(),
            None => {
                let key = derive();
                if scope.purpose().len() + scope.tenant().len() <= MAX_SCOPE {
                    // Another thread may have been faster, with this scope or another.
                    let _ = place.set(Box::new(Kept {
                        id,
                        purpose: scope.purpose().into(),
                        tenant: scope.tenant().into(),
                        key: key.share(),
                    }));
                }
                key
            }
        }
    }
}

impl Kept {
    fn is(&self, id: KeyId, scope: &Scope<'_>) -> bool {
        self.id == id && *self.purpose == *scope.purpose() && *self.tenant == *scope.tenant()
    }
}

fn place(id: KeyId, scope: &Scope<'_>) -> usize {
    let mut hasher = DefaultHasher::new();
    (id, scope).hash(&mut hasher);
    // The remainder is below the number of slots, so it fits.
    usize::try_from(hasher.finish() % SLOTS as u64).unwrap_or_default()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::ring::KeyRing;
    use std::cell::Cell;

    /// The key that stands for a scope here, so that a mix-up shows.
    fn own(id: KeyId, scope: &Scope<'_>) -> DerivedKey {
        let mut bytes = [0; 32];
        let text = format!("{id}/{}/{}", scope.purpose(), scope.tenant());
        for (to, from) in bytes.iter_mut().zip(text.bytes()) {
            *to = from;
        }
        DerivedKey::new(&bytes)
    }

    fn is_own(ready: &Ready, id: KeyId, scope: &Scope<'_>, derived: &Cell<u32>) -> bool {
        let key = ready.get(id, scope, || {
            derived.set(derived.get() + 1);
            own(id, scope)
        });
        key.mac(&[b"m"]) == own(id, scope).mac(&[b"m"])
    }

    fn kept(ready: &Ready) -> usize {
        ready.0.iter().filter(|place| place.get().is_some()).count()
    }

    #[test]
    fn a_key_is_derived_once() {
        let (ready, derived) = (Ready::new(), Cell::new(0));
        for _ in 0..100 {
            assert!(is_own(
                &ready,
                KeyId::new(1),
                &Scope::new("p", "t"),
                &derived
            ));
        }
        assert_eq!((derived.get(), kept(&ready)), (1, 1));
    }

    /// Ten scopes for each place: whoever shares a place gets its own key all the same.
    #[test]
    fn however_many_scopes_there_are_each_has_its_key_and_a_bounded_number_is_kept() {
        let (ready, derived) = (Ready::new(), Cell::new(0));
        let names: Vec<String> = (0..20).map(|n| format!("name-{n}")).collect();
        for _ in 0..2 {
            for purpose in &names {
                for tenant in &names {
                    for id in (0..25).map(KeyId::new) {
                        assert!(is_own(&ready, id, &Scope::new(purpose, tenant), &derived));
                    }
                }
            }
        }
        // All places but a few that no hash came upon.
        assert!((SLOTS - 9..=SLOTS).contains(&kept(&ready)));
        // All keys the first time, and the second time those that found their place taken.
        assert_eq!(derived.get() as usize, 2 * 10_000 - kept(&ready));
    }

    #[test]
    fn nothing_of_a_revoked_key_is_kept() {
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
        let (ready, derived) = (Ready::new(), Cell::new(0));
        let longer = "t".repeat(MAX_SCOPE);
        for _ in 0..3 {
            assert!(is_own(
                &ready,
                KeyId::new(1),
                &Scope::new("p", &longer),
                &derived
            ));
        }
        assert_eq!((derived.get(), kept(&ready)), (3, 0));
        let longest = &longer[1..];
        assert!(is_own(
            &ready,
            KeyId::new(1),
            &Scope::new("p", longest),
            &derived
        ));
        assert_eq!(kept(&ready), 1);
    }
}
