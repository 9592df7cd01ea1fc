//! The service: a hasher, and what it is asked.

use std::fmt;
use std::hint::black_box;
use std::sync::Arc;
use std::time::Duration;

use futures_channel::oneshot;

use crate::blocking::block_on;
use crate::builder::Builder;
use crate::compute::{Terms, Verification, nobodys};
use crate::error::{HashError, RaiseError};
use crate::memory::Memory;
use crate::params::Params;
use crate::password::Password;
use crate::pepper::Owner;
use crate::pool::Pool;
use crate::queue::Lane;
use crate::stored::PasswordHash;

/// Hashes and verifies passwords on its own threads, in memory set aside when it was built.
///
/// Clones share the workers, as do the variants for a [tenant](Hasher::raised_to) and an
/// [account](Hasher::owned_by). Every call queues its job at once, before the returned future is
/// first polled, or refuses with [`HashError::Busy`]. The futures run on any executor, borrow
/// nothing and may be dropped at any time: a job not yet begun is then skipped, one that runs is
/// finished, and either way its memory is wiped and serves the next. When the last clone is
/// dropped, jobs still awaited are finished and the threads exit on their own; dropping does not
/// wait for them.
///
/// The `_blocking` twins wait on the calling thread and count towards the same limits. Do not
/// call them on a thread of an async runtime.
#[derive(Clone)]
pub struct Hasher {
    pub(crate) pool: Arc<Pool>,
    pub(crate) workers: usize,
    pub(crate) terms: Terms,
}

pub(crate) type Waiting<T> = Result<oneshot::Receiver<Result<T, HashError>>, HashError>;

impl Hasher {
    /// Starts from the default parameters, two workers, a queue of 64 and a ceiling for stored
    /// hashes as described at [`Builder::stored_ceiling`].
    pub const fn builder() -> Builder {
        Builder::new()
    }

    /// The same workers with costlier parameters for new hashes, for a tenant that asks for more.
    /// Never with cheaper ones: neither less memory nor less work (memory × passes) than the
    /// hasher was [built](Builder::params) with, and no more than its
    /// [ceiling](Builder::stored_ceiling).
    ///
    /// ```
    /// use slotwerk_password::{Hasher, Params};
    ///
    /// let ceiling = Params::new(65_536, 3, 1)?;
    /// let hasher = Hasher::builder().workers(1).stored_ceiling(ceiling).build()?;
    /// let strict = hasher.raised_to(Params::new(65_536, 2, 1)?)?;
    /// assert_eq!(strict.params().m_kib(), 65_536);
    /// assert!(strict.raised_to(Params::default()).is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`RaiseError`] says which bound was broken.
    pub fn raised_to(&self, params: Params) -> Result<Self, RaiseError> {
        let live = self.terms.live;
        if !params.covers(&live) {
            return Err(RaiseError::Lower {
                m_kib: params.m_kib(),
                t: params.t(),
                floor_kib: live.m_kib(),
                floor_t: live.t(),
            });
        }
        if !params.may_be_live() {
            return Err(RaiseError::NotApproved {
                m_kib: params.m_kib(),
                t: params.t(),
            });
        }
        if !self.terms.ceiling.covers(&params) {
            return Err(RaiseError::AboveCeiling {
                m_kib: params.m_kib(),
                t: params.t(),
            });
        }
        let mut raised = self.clone();
        raised.terms.live = params;
        raised.terms.nobodys = nobodys(params);
        Ok(raised)
    }

    /// The same workers for the hashes of one account. Under a pepper, a hash opens for the owner
    /// that it was made for and for no other. With or without, tenants take turns in the queue. While no
    /// other tenant waits, one tenant may use the whole queue; half as many places again are kept for the
    /// others, so a crowd at one tenant does not keep out the people of another.
    #[must_use]
    pub fn owned_by(&self, owner: Owner) -> Self {
        let mut bound = self.clone();
        bound.terms.owner = Arc::new(owner);
        bound
    }

    /// Takes no more work; every clone answers [`HashError::Closed`] from here on. The future is
    /// ready when what was accepted is finished, the threads have ended, and their memory is given
    /// back. It may be dropped: that changes nothing.
    pub fn shut_down(&self) -> impl Future<Output = ()> + Send + 'static + use<> {
        let ended = self.pool.shut_down();
        async move {
            // Cancelled, if they had ended before.
            let _ = ended.await;
        }
    }

    /// Hashes a password with the live parameters. `salt` comes fresh from a secure random
    /// source for every hash (SP 800-63B-4, 3.1.1.2).
    ///
    /// # Errors
    ///
    /// [`HashError::Busy`] when the queue is full or the wait was too long, [`HashError::Closed`]
    /// after [`Hasher::shut_down`], [`HashError::Pepper`] when the pepper did not answer,
    /// [`HashError::Failed`] when the job was lost.
    pub fn hash(
        &self,
        password: Password,
        salt: [u8; 16],
    ) -> impl Future<Output = Result<PasswordHash, HashError>> + Send + 'static + use<> {
        let terms = self.terms.clone();
        answer(self.pool.submit(self.lane(), move |memory| {
            terms.hash(memory, &password, &salt)
        }))
    }

    /// Compares a password with a stored hash. `fresh_salt` is random, as for
    /// [`Hasher::hash`]; it is used if the stored hash is to be replaced.
    ///
    /// The password is tried in NFC and, if what was typed is not in NFC, as typed too, for
    /// hashes made without normalisation. Both are always tried, so the time depends on the
    /// input and not on the account. If the stored hash costs less than the live parameters, a
    /// refusal makes up the difference; if it costs more, it takes longer than
    /// [`Hasher::verify_decoy`], until all such hashes are gone.
    ///
    /// # Errors
    ///
    /// [`HashError::TooCostly`] when the stored hash is above the ceiling for stored hashes,
    /// [`HashError::Busy`] when the queue is full or the wait was too long, [`HashError::Closed`]
    /// after [`Hasher::shut_down`], [`HashError::Pepper`] when the pepper did not answer,
    /// [`HashError::Failed`] when the job was lost.
    /// None of them says anything about the password.
    pub fn verify(
        &self,
        password: Password,
        stored: &PasswordHash,
        fresh_salt: [u8; 16],
    ) -> impl Future<Output = Result<Verification, HashError>> + Send + 'static + use<> {
        answer(self.submit_verify(password, stored, fresh_salt))
    }

    /// Does the work of a refused [`Hasher::verify`] against a hash of today, for an account
    /// that does not exist or has no password. Real Argon2id over a fixed salt, with the live
    /// parameters; the answer has nothing in it.
    ///
    /// # Errors
    ///
    /// [`HashError::Busy`] when the queue is full or the wait was too long, [`HashError::Closed`]
    /// after [`Hasher::shut_down`], [`HashError::Pepper`] when the pepper did not answer,
    /// [`HashError::Failed`] when the job was lost.
    pub fn verify_decoy(
        &self,
        password: Password,
    ) -> impl Future<Output = Result<(), HashError>> + Send + 'static + use<> {
        // Handed over as a stored hash is, so that the job is the same.
        let nobodys = self.terms.nobodys.as_deref().cloned();
        let waiting = nobodys.ok_or(HashError::Failed).and_then(|nobodys| {
            let terms = self.terms.clone();
            self.pool.submit(self.lane(), move |memory| {
                terms.decoy(memory, &password, &nobodys)
            })
        });
        async move {
            answer(waiting)
                .await
                .map(|verdict| drop(black_box(verdict)))
        }
    }

    /// Moves a stored hash to the active key of the pepper, on a hashing thread. One that no pepper wraps
    /// gets its first wrap, as at a sign-in, unless [`Builder::pepper_required`] refuses it. `None` if
    /// there is nothing to do.
    ///
    /// # Errors
    ///
    /// As for [`Hasher::hash`], and as for [`PasswordHash::rewrap`].
    pub fn wrap(
        &self,
        stored: &PasswordHash,
    ) -> impl Future<Output = Result<Option<PasswordHash>, HashError>> + Send + 'static + use<>
    {
        let (terms, stored) = (self.terms.clone(), stored.clone());
        answer(self.pool.submit(self.lane(), move |_| terms.wrap(&stored)))
    }

    /// Wraps a hash of another system under the active key of the pepper, as [`PasswordHash::import`]
    /// does, on a hashing thread, also under [`Builder::pepper_required`]. `None` if there is nothing to
    /// do.
    ///
    /// # Errors
    ///
    /// As for [`Hasher::hash`].
    pub fn import(
        &self,
        stored: &PasswordHash,
    ) -> impl Future<Output = Result<Option<PasswordHash>, HashError>> + Send + 'static + use<>
    {
        let (terms, stored) = (self.terms.clone(), stored.clone());
        let job = move |_: &mut Memory| terms.import(&stored);
        answer(self.pool.submit(self.lane(), job))
    }

    /// Whether this hasher would verify a stored hash, as far as its cost can be seen.
    ///
    /// # Errors
    ///
    /// [`HashError::TooCostly`] above [`Builder::stored_ceiling`].
    pub fn affords(&self, stored: &PasswordHash) -> Result<(), HashError> {
        self.terms.affords(stored)
    }

    /// [`Hasher::hash`], waiting on this thread.
    ///
    /// # Errors
    ///
    /// As for [`Hasher::hash`].
    pub fn hash_blocking(
        &self,
        password: Password,
        salt: [u8; 16],
    ) -> Result<PasswordHash, HashError> {
        block_on(self.hash(password, salt))
    }

    /// [`Hasher::verify`], waiting on this thread.
    ///
    /// # Errors
    ///
    /// As for [`Hasher::verify`].
    pub fn verify_blocking(
        &self,
        password: Password,
        stored: &PasswordHash,
        fresh_salt: [u8; 16],
    ) -> Result<Verification, HashError> {
        block_on(self.verify(password, stored, fresh_salt))
    }

    /// [`Hasher::verify_decoy`], waiting on this thread.
    ///
    /// # Errors
    ///
    /// As for [`Hasher::verify_decoy`].
    pub fn verify_decoy_blocking(&self, password: Password) -> Result<(), HashError> {
        block_on(self.verify_decoy(password))
    }

    /// [`Hasher::wrap`], waiting on this thread.
    ///
    /// # Errors
    ///
    /// As for [`Hasher::wrap`].
    pub fn wrap_blocking(&self, stored: &PasswordHash) -> Result<Option<PasswordHash>, HashError> {
        block_on(self.wrap(stored))
    }

    /// [`Hasher::import`], waiting on this thread.
    ///
    /// # Errors
    ///
    /// As for [`Hasher::import`].
    pub fn import_blocking(
        &self,
        stored: &PasswordHash,
    ) -> Result<Option<PasswordHash>, HashError> {
        block_on(self.import(stored))
    }

    /// The parameters of new hashes.
    #[must_use]
    pub fn params(&self) -> Params {
        self.terms.live
    }

    /// All memory set aside for hashing, in KiB: what all workers together use, however many
    /// ask.
    #[must_use]
    pub fn memory_kib(&self) -> u64 {
        self.workers as u64 * u64::from(self.terms.ceiling.m_kib())
    }

    /// Whether a call would be accepted now, for this [owner](Hasher::owned_by)'s tenant: to ask
    /// before something is charged that a busy hasher would waste. It may be otherwise a moment
    /// later.
    #[must_use]
    pub fn has_room(&self) -> bool {
        self.pool.has_room(self.lane())
    }

    /// Jobs accepted and not finished, for a gauge. At [`Hasher::capacity`], the next job fails with
    /// [`HashError::Busy`] if no other tenant waits.
    #[must_use]
    pub fn in_flight(&self) -> usize {
        self.pool.unfinished()
    }

    /// Jobs computed since the start, for a rate: also those whose caller left while they were computed,
    /// without those that were refused or abandoned before their turn.
    #[must_use]
    pub fn computed(&self) -> u64 {
        self.pool.computed()
    }

    /// The time that the [computed](Hasher::computed) jobs took, all workers together. Over the rate of those jobs it
    /// gives the time of one; over the workers, how busy they are.
    #[must_use]
    pub fn computing(&self) -> Duration {
        self.pool.computing()
    }

    /// Jobs that wait for a worker, for a gauge.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.pool.waiting()
    }

    /// Jobs accepted at one time while one tenant asks: workers and queue. While several ask, up to half of the
    /// queue more.
    #[must_use]
    pub fn capacity(&self) -> usize {
        self.pool.capacity()
    }

    /// Tenants take turns.
    pub(crate) fn lane(&self) -> &Lane {
        self.terms.owner.lane()
    }

    fn submit_verify(
        &self,
        password: Password,
        stored: &PasswordHash,
        fresh_salt: [u8; 16],
    ) -> Waiting<Verification> {
        self.terms.affords(stored)?;
        let (terms, stored) = (self.terms.clone(), stored.clone());
        self.pool.submit(self.lane(), move |memory| {
            terms.verify(memory, &password, &stored, &fresh_salt)
        })
    }
}

impl fmt::Debug for Hasher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hasher")
            .field("params", &self.terms.live)
            .field("workers", &self.workers)
            .field("capacity", &self.capacity())
            .field("stored_ceiling", &self.terms.ceiling)
            .finish_non_exhaustive()
    }
}

/// A cancelled receiver stands for a job that panicked.
pub(crate) async fn answer<T>(waiting: Waiting<T>) -> Result<T, HashError> {
    waiting?.await.unwrap_or(Err(HashError::Failed))
}

#[cfg(test)]
mod tests;
