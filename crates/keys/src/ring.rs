//! The ring: which keys there are, and what each may still do.

use std::collections::BTreeSet;
use std::fmt;

use crate::derive::{MAC_LABEL, Scope, derive};
use crate::error::{KeyFault, KeyRingError};
use crate::key::{KeyId, MasterKey};
use crate::mac::{DerivedKey, Keyed};
use crate::ready::Ready;

/// What a key may still do.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum KeyState {
    /// Makes new values, and verifies and opens its old ones. A ring has exactly one.
    Active,
    /// Verifies and opens old values, makes none.
    Retired,
    /// Nothing. Its material is gone; its id is kept, so that it is never used again.
    Revoked,
}

impl fmt::Display for KeyState {
    /// The word that stands in the key text.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Active => "active",
            Self::Retired => "retired",
            Self::Revoked => "revoked",
        })
    }
}

/// One active key, the retired ones, and the ids of the revoked ones.
///
/// It can be neither cloned nor compared: share it behind an `Arc`, and build the next one from text.
pub struct KeyRing {
    active: Entry,
    /// Most recently retired first.
    retired: Vec<Entry>,
    revoked: BTreeSet<KeyId>,
    /// Emptied when a key is revoked, so that nothing derived from it is left.
    pub(crate) ready: Ready,
}

pub(crate) struct Entry {
    pub(crate) id: KeyId,
    pub(crate) key: MasterKey,
}

impl KeyRing {
    /// How many active and retired keys a ring holds at most, together.
    pub const MAX_USABLE: usize = 64;
    /// How many revoked ids a ring remembers at most.
    pub const MAX_REVOKED: usize = 1024;
    /// How long the text that [`parse`](Self::parse) accepts may be, in bytes.
    pub const MAX_TEXT: usize = 256 * 1024;

    /// A ring with one key, active.
    pub fn new(id: KeyId, key: MasterKey) -> Self {
        Self::from_checked(Entry { id, key }, Vec::new(), BTreeSet::new())
    }

    /// Makes `key` the active one and retires the one that was. Routine rotation: values made under
    /// the old key stay valid until they expire.
    ///
    /// On several nodes, first give every node a ring in which the new key is [prepared](Self::prepare)
    /// and then one in which it is active ([`retire`](Self::retire)), or nodes that lag will answer
    /// [`KeyFault::Unknown`].
    ///
    /// # Errors
    ///
    /// [`KeyRingError::DuplicateId`] when the id is in the ring, revoked ids included;
    /// [`KeyRingError::DuplicateKey`] when the key is; [`KeyRingError::TooMany`] beyond
    /// [`MAX_USABLE`](Self::MAX_USABLE) keys. The ring is dropped with the error.
    pub fn rotate(mut self, id: KeyId, key: MasterKey) -> Result<Self, KeyRingError> {
        self.admit(id, &key)?;
        let old = std::mem::replace(&mut self.active, Entry { id, key });
        self.retired.insert(0, old);
        Ok(self)
    }

    /// Adds `key` as a retired one: it verifies and opens, and makes nothing yet. The first half of a
    /// rotation over several nodes; [`retire`](Self::retire) is the second, once every node has this
    /// ring.
    ///
    /// # Errors
    ///
    /// As [`rotate`](Self::rotate).
    pub fn prepare(mut self, id: KeyId, key: MasterKey) -> Result<Self, KeyRingError> {
        self.admit(id, &key)?;
        self.retired.insert(0, Entry { id, key });
        Ok(self)
    }

    /// Puts the active key `id` aside without a new key: `successor`, a retired one of this ring,
    /// becomes active, and values made under `id` stay valid until they expire.
    ///
    /// [`rotate`](Self::rotate) brings a key into the ring and retires the active one in the same
    /// step; this changes only which of the ring's own keys is active. It ends a rotation that
    /// [`prepare`](Self::prepare) began, and takes one back that came too soon. Both ids are given,
    /// so that saying it twice, or on an older ring than one thinks, does nothing wrong: the same call
    /// again changes nothing.
    ///
    /// # Errors
    ///
    /// [`KeyRingError::UnknownId`] for an id that is not in the ring; [`KeyRingError::NotActive`] when
    /// `id` is not the active key; [`KeyRingError::NotRetired`] when `successor` is revoked or is `id`
    /// itself.
    pub fn retire(mut self, id: KeyId, successor: KeyId) -> Result<Self, KeyRingError> {
        let state = |id| self.state(id).ok_or(KeyRingError::UnknownId(id));
        match (state(id)?, state(successor)?) {
            (KeyState::Retired, KeyState::Active) => return Ok(self),
            (KeyState::Active, KeyState::Retired) => {}
            (KeyState::Active, _) => return Err(KeyRingError::NotRetired(successor)),
            _ => return Err(KeyRingError::NotActive(id)),
        }
        if let Some(at) = self.retired.iter().position(|entry| entry.id == successor) {
            let next = self.retired.remove(at);
            let old = std::mem::replace(&mut self.active, next);
            self.retired.insert(0, old);
        }
        Ok(self)
    }

    /// Kills every value made under the key `id`, at once, and wipes the key with everything derived
    /// from it. For a leaked key, or for a retired one whose last value has expired. Revoking twice
    /// changes nothing.
    ///
    /// A value that is still sealed under the key is lost: [`reseal`](Self::reseal) each of them before.
    ///
    /// The id stays in the ring and in its text. Leave it there: what a ring has forgotten it cannot
    /// refuse to use again. Nothing is kept of the *key*, so that it comes back under another id is
    /// noticed only in a text that still has it on its revoked line ([`parse`](Self::parse)).
    ///
    /// # Errors
    ///
    /// [`KeyRingError::ActiveId`] for the active key (rotate first); [`KeyRingError::UnknownId`] for an
    /// id not in the ring, so that a slip of the pen does not leave the leaked key in use;
    /// [`KeyRingError::TooMany`] beyond [`MAX_REVOKED`](Self::MAX_REVOKED) ids.
    pub fn revoke(mut self, id: KeyId) -> Result<Self, KeyRingError> {
        match self.state(id) {
            None => Err(KeyRingError::UnknownId(id)),
            Some(KeyState::Active) => Err(KeyRingError::ActiveId(id)),
            Some(KeyState::Revoked) => Ok(self),
            Some(KeyState::Retired) => {
                if self.revoked.len() >= Self::MAX_REVOKED {
                    return Err(KeyRingError::TooMany {
                        limit: Self::MAX_REVOKED,
                    });
                }
                self.retired.retain(|entry| entry.id != id);
                self.revoked.insert(id);
                self.ready = Ready::new();
                Ok(self)
            }
        }
    }

    /// The id of the key that makes new values.
    pub fn active(&self) -> KeyId {
        self.active.id
    }

    /// An id for the next key: one more than the highest that the ring has or remembers, revoked ids
    /// included, from 1 on; when that is used up, the lowest that it does not remember.
    ///
    /// ```
    /// # use slotwerk_keys::{KeyId, KeyRing, MasterKey};
    /// let ring = KeyRing::new(KeyId::new(7), MasterKey::from_bytes([0x11; 32]));
    /// let next = ring.next_id();
    /// let ring = ring.rotate(next, MasterKey::from_bytes([0x22; 32]))?; // use random bytes
    /// assert_eq!(ring.active(), KeyId::new(8));
    /// # Ok::<(), slotwerk_keys::KeyRingError>(())
    /// ```
    pub fn next_id(&self) -> KeyId {
        let highest = self.states().map(|(id, _)| id.get()).max().unwrap_or(0);
        let next = highest
            .checked_add(1)
            .or_else(|| (1..u16::MAX).find(|id| self.state(KeyId::new(*id)).is_none()));
        // A ring remembers far fewer ids than there are, so one is always free.
        KeyId::new(next.unwrap_or(u16::MAX))
    }

    /// Every id with its state, and nothing of the keys: the active one, the retired ones, most
    /// recently retired first, and the revoked ones in ascending order. For showing a ring to its
    /// operator.
    pub fn states(&self) -> impl Iterator<Item = (KeyId, KeyState)> {
        let retired = self.retired.iter().map(|e| (e.id, KeyState::Retired));
        let revoked = self.revoked.iter().map(|id| (*id, KeyState::Revoked));
        std::iter::once((self.active.id, KeyState::Active))
            .chain(retired)
            .chain(revoked)
    }

    /// The ids of the keys that verify and open: the active one, then the retired ones.
    pub fn usable(&self) -> impl Iterator<Item = KeyId> {
        self.entries().map(|entry| entry.id)
    }

    /// The ids of the revoked keys, in ascending order.
    pub fn revoked(&self) -> impl Iterator<Item = KeyId> {
        self.revoked.iter().copied()
    }

    /// What the key `id` may still do, or `None` when the ring has never had it.
    pub fn state(&self, id: KeyId) -> Option<KeyState> {
        if self.active.id == id {
            Some(KeyState::Active)
        } else if self.retired.iter().any(|entry| entry.id == id) {
            Some(KeyState::Retired)
        } else if self.revoked.contains(&id) {
            Some(KeyState::Revoked)
        } else {
            None
        }
    }

    /// The key of `scope` under the master key `id`, active or retired: for checking a value that
    /// names its key id.
    ///
    /// # Errors
    ///
    /// [`KeyFault`] when the id is unknown or revoked. No other key is tried.
    pub fn derive(&self, id: KeyId, scope: &Scope<'_>) -> Result<DerivedKey<'_>, KeyFault> {
        let master = self.master(id)?;
        Ok(self.derived(id, master, scope))
    }

    /// The key of `scope` under the active master key, and that key's id to write into the value.
    pub fn derive_active(&self, scope: &Scope<'_>) -> (KeyId, DerivedKey<'_>) {
        let (id, master) = self.active_master();
        (id, self.derived(id, master, scope))
    }

    fn derived(&self, id: KeyId, master: &MasterKey, scope: &Scope<'_>) -> DerivedKey<'_> {
        let key = self
            .ready
            .get(id, scope, || Keyed::new(&derive(MAC_LABEL, master, scope)));
        DerivedKey::of(self, key)
    }

    pub(crate) fn active_master(&self) -> (KeyId, &MasterKey) {
        (self.active.id, &self.active.key)
    }

    pub(crate) fn master(&self, id: KeyId) -> Result<&MasterKey, KeyFault> {
        match self.entries().find(|entry| entry.id == id) {
            Some(entry) => Ok(&entry.key),
            None if self.revoked.contains(&id) => Err(KeyFault::Revoked(id)),
            None => Err(KeyFault::Unknown(id)),
        }
    }

    /// Active first.
    pub(crate) fn entries(&self) -> impl Iterator<Item = &Entry> {
        std::iter::once(&self.active).chain(&self.retired)
    }

    /// Puts together what was read. The reader has checked ids, keys and bounds.
    pub(crate) fn from_checked(
        active: Entry,
        retired: Vec<Entry>,
        revoked: BTreeSet<KeyId>,
    ) -> Self {
        Self {
            active,
            retired,
            revoked,
            ready: Ready::new(),
        }
    }

    fn admit(&self, id: KeyId, key: &MasterKey) -> Result<(), KeyRingError> {
        if self.state(id).is_some() {
            return Err(KeyRingError::DuplicateId(id));
        }
        if let Some(entry) = self.entries().find(|entry| entry.key.same_as(key).into()) {
            return Err(KeyRingError::DuplicateKey(entry.id));
        }
        if self.entries().count() >= Self::MAX_USABLE {
            return Err(KeyRingError::TooMany {
                limit: Self::MAX_USABLE,
            });
        }
        Ok(())
    }
}

impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyRing")
            .field("active", &self.active.id)
            .field(
                "retired",
                &self.retired.iter().map(|e| e.id).collect::<Vec<_>>(),
            )
            .field("revoked", &self.revoked)
            .finish()
    }
}
