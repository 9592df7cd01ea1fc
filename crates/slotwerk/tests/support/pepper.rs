//! A pepper that can be turned, and counts what it is asked.

use slotwerk::keys::{KeyId, KeyRing, MasterKey};
use slotwerk::password::{Owner, Pepper, PepperFault, PepperKeyId, RingPepper};
use std::sync::{Arc, Mutex, MutexGuard};
use zeroize::Zeroizing;

/// A ring's pepper; clones are the same one.
#[derive(Clone)]
pub(crate) struct SwitchPepper(Arc<Mutex<State>>);

struct State {
    pepper: RingPepper,
    away: bool,
    wrapped: usize,
    opened: usize,
    on_open: Option<Box<dyn FnOnce() + Send>>,
}

impl SwitchPepper {
    pub(crate) fn new() -> Self {
        Self(Arc::new(Mutex::new(State {
            pepper: RingPepper::new(first()),
            away: false,
            wrapped: 0,
            opened: 0,
            on_open: None,
        })))
    }

    /// Key 2 is the active one from now on; key 1 still opens.
    pub(crate) fn rotate(&self) {
        self.state().pepper = RingPepper::new(second());
    }

    /// Key 1 opens nothing any more.
    pub(crate) fn revoke_the_first(&self) {
        let ring = second().revoke(KeyId::new(1)).unwrap();
        self.state().pepper = RingPepper::new(ring);
    }

    /// Does this when the next hash is opened: in the midst of a verification.
    pub(crate) fn on_open(&self, hook: impl FnOnce() + Send + 'static) {
        self.state().on_open = Some(Box::new(hook));
    }

    pub(crate) fn set_away(&self, away: bool) {
        self.state().away = away;
    }

    /// How many hashes were made, and how many were opened to compare with.
    pub(crate) fn counted(&self) -> (usize, usize) {
        let state = self.state();
        (state.wrapped, state.opened)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }
}

impl State {
    fn reached(&self) -> Result<&RingPepper, PepperFault> {
        if self.away {
            return Err(PepperFault::Unavailable);
        }
        Ok(&self.pepper)
    }
}

fn first() -> KeyRing {
    KeyRing::new(KeyId::new(1), MasterKey::from_bytes([0x31; 32]))
}

fn second() -> KeyRing {
    let key = MasterKey::from_bytes([0x32; 32]);
    first().rotate(KeyId::new(2), key).unwrap()
}

impl Pepper for SwitchPepper {
    fn active(&self) -> PepperKeyId {
        self.state().pepper.active()
    }

    fn wrap(&self, hash: &[u8], owner: &Owner) -> Result<(PepperKeyId, Vec<u8>), PepperFault> {
        let mut state = self.state();
        state.wrapped += 1;
        state.reached()?.wrap(hash, owner)
    }

    fn unwrap(
        &self,
        key: PepperKeyId,
        wrapped: &[u8],
        owner: &Owner,
    ) -> Result<Zeroizing<Vec<u8>>, PepperFault> {
        let hook = self.state().on_open.take();
        if let Some(hook) = hook {
            hook();
        }
        let mut state = self.state();
        state.opened += 1;
        state.reached()?.unwrap(key, wrapped, owner)
    }
}
