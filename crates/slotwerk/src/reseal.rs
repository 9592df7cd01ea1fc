//! Seals stored values again under the active key, so that an old key can be revoked.

use crate::auth::{Auth, Entropy};
use crate::builder::system_entropy;
use crate::fault::Fault;
use crate::scopes::reseal;
use slotwerk_keys::{KeyId, KeyRing, ResealError};
use slotwerk_store::{
    MAX_SEALED_PAGE, ReplaceSealed, SealedPage, SealedReplaced, SealedRow, SealedValue, Store,
};
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

/// Values of one batch. Each of them that changes is a transaction of its own, so that no sign-in waits for long.
const BATCH: u16 = 100;

/// Seals the stored values of every tenant again under the active key, batch by batch.
///
/// These are the secrets of authenticators and set-ups, and the mails in the outbox. Sign-ins and the worker go on
/// meanwhile, and several of these may run at once. A value that cannot be opened is reported and left alone.
///
/// A rotation of keys ends with it:
///
/// 1. Give every node a ring with the new key, and then one in which that key is active.
/// 2. Call [`next_batch`](Self::next_batch) until there is none.
/// 3. Look at [`SealedKeys::under`] the old key: nothing may be left.
/// 4. Revoke the old key when what it made has expired.
///
/// A revoked key ends all at once what names it: links, tickets, sessions, known and trusted browsers, and the
/// recovery codes made under it. Only a person can renew recovery codes. Names in the audit trail that were hashed
/// under it are not recognised any more.
///
/// ```
/// # use slotwerk::{Resealing, SealedKeys, keys::{KeyId, KeyRing}, store::Store};
/// # async fn example(store: &dyn Store, ring: KeyRing, old: KeyId) -> Result<(), Box<dyn std::error::Error>> {
/// let total = SealedKeys::of(store).await?.total();
/// let mut done = 0;
/// let mut resealing = Resealing::new(store, &ring);
/// while let Some(batch) = resealing.next_batch().await? {
///     done += batch.values();
///     println!("{done} of {total}");
///     for unreadable in &batch.unreadable {
///         println!("{unreadable}");
///     }
/// }
/// if SealedKeys::of(store).await?.under(old).total() == 0 {
///     let ring = ring.revoke(old)?; // and write it to the key file
/// #   let _ = ring;
/// }
/// # Ok(()) }
/// ```
pub struct Resealing<'a> {
    store: &'a dyn Store,
    keys: &'a KeyRing,
    entropy: Entropy,
    after: Option<SealedRow>,
    is_done: bool,
}

/// What became of the values of a batch.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct ResealedBatch {
    /// Values that are under the active key now.
    pub resealed: u64,
    /// Values that were under the active key already.
    pub unchanged: u64,
    /// Values that changed or went away between the reading and the writing. Whoever changed them sealed them anew.
    pub stale: u64,
    /// Values that cannot be opened. They are as they were.
    pub unreadable: Vec<UnreadableValue>,
}

impl ResealedBatch {
    /// How many values there were.
    #[must_use]
    pub fn values(&self) -> u64 {
        self.resealed + self.unchanged + self.stale + self.unreadable.len() as u64
    }
}

/// A stored value that the ring does not open.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct UnreadableValue {
    /// Where it is stored.
    pub row: SealedRow,
    /// Why.
    pub reason: ResealError,
}

impl fmt::Display for UnreadableValue {
    /// One line, without a secret: what it is, whose, and why it does not open.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.row {
            SealedRow::Enrolment { account, .. } => {
                write!(f, "set-up of {}/{}", account.tenant(), account.account())?;
            }
            SealedRow::Authenticator { account, .. } => {
                write!(
                    f,
                    "authenticator of {}/{}",
                    account.tenant(),
                    account.account()
                )?;
            }
            SealedRow::Job { tenant, .. } => write!(f, "mail of {tenant}")?,
        }
        write!(f, ": {}", self.reason)
    }
}

impl<'a> Resealing<'a> {
    /// For a tool that has the database and the key ring. A service calls [`Auth::reseal`].
    #[must_use]
    pub fn new(store: &'a dyn Store, keys: &'a KeyRing) -> Self {
        Self::with(store, keys, Arc::new(system_entropy))
    }

    fn with(store: &'a dyn Store, keys: &'a KeyRing, entropy: Entropy) -> Self {
        Self {
            store,
            keys,
            entropy,
            after: None,
            is_done: false,
        }
    }

    /// Goes on with the next batch. `None` after the last one.
    ///
    /// After a fault, the next call begins with the same batch. After a restart, begin anew: what is under the active
    /// key already is only read.
    ///
    /// # Errors
    ///
    /// A [`Fault`] of the store or the random source. Values that were sealed again before it stay so.
    pub async fn next_batch(&mut self) -> Result<Option<ResealedBatch>, Fault> {
        if self.is_done {
            return Ok(None);
        }
        let command = SealedPage {
            after: self.after.clone(),
            limit: BATCH,
        };
        let page = self.store.sealed_page(&command).await?;
        let last = page.last().map(|value| value.row.clone());
        let is_done = page.len() < usize::from(BATCH);
        let mut batch = ResealedBatch::default();
        for value in page {
            self.reseal(value, &mut batch).await?;
        }
        self.after = last;
        self.is_done = is_done;
        // A store without a value, or whose last batch was full.
        Ok(Some(batch).filter(|batch| batch.values() > 0))
    }

    async fn reseal(&self, value: SealedValue, batch: &mut ResealedBatch) -> Result<(), Fault> {
        let mut nonce = [0; 24];
        (self.entropy)(&mut nonce).map_err(Fault::Entropy)?;
        let SealedValue { row, sealed } = value;
        let replacement = match reseal(self.keys, &row, nonce, &sealed) {
            Ok(Some(replacement)) => replacement,
            Ok(None) => {
                batch.unchanged += 1;
                return Ok(());
            }
            Err(reason) => {
                batch.unreadable.push(UnreadableValue { row, reason });
                return Ok(());
            }
        };
        let command = ReplaceSealed {
            row,
            expected: sealed,
            replacement,
        };
        match self.store.replace_sealed(&command).await? {
            SealedReplaced::Replaced => batch.resealed += 1,
            SealedReplaced::Stale => batch.stale += 1,
        }
        Ok(())
    }
}

impl fmt::Debug for Resealing<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Resealing")
            .field("active", &self.keys.active())
            .field("is_done", &self.is_done)
            .finish_non_exhaustive()
    }
}

/// Counts of the stored values of every tenant, by the key that seals them.
///
/// A value names its key in the clear, so that this needs no ring. It reads every value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SealedKeys {
    by_key: BTreeMap<KeyId, SealedCounts>,
    unnamed: SealedCounts,
}

/// How many values are sealed under a key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct SealedCounts {
    /// Secrets of active authenticators.
    pub authenticators: u64,
    /// Secrets of set-ups that wait for their first code, or have expired and are not purged yet.
    pub set_ups: u64,
    /// Mails that wait in the outbox.
    pub mails: u64,
}

impl SealedCounts {
    /// All of them.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.authenticators + self.set_ups + self.mails
    }

    fn count(&mut self, row: &SealedRow) {
        match row {
            SealedRow::Authenticator { .. } => self.authenticators += 1,
            SealedRow::Enrolment { .. } => self.set_ups += 1,
            SealedRow::Job { .. } => self.mails += 1,
        }
    }
}

impl SealedKeys {
    /// Counts the values of a store. One that moves meanwhile may count twice, but is never left out.
    ///
    /// # Errors
    ///
    /// A [`Fault`] of the store.
    pub async fn of(store: &dyn Store) -> Result<Self, Fault> {
        let mut found = Self::default();
        let mut after = None;
        loop {
            let command = SealedPage {
                after,
                limit: MAX_SEALED_PAGE,
            };
            let page = store.sealed_page(&command).await?;
            for value in &page {
                let counts = match KeyRing::sealed_under(&value.sealed) {
                    Some(id) => found.by_key.entry(id).or_default(),
                    None => &mut found.unnamed,
                };
                counts.count(&value.row);
            }
            if page.len() < usize::from(MAX_SEALED_PAGE) {
                return Ok(found);
            }
            after = page.into_iter().next_back().map(|value| value.row);
        }
    }

    /// The values under one key.
    #[must_use]
    pub fn under(&self, key: KeyId) -> SealedCounts {
        self.by_key.get(&key).copied().unwrap_or_default()
    }

    /// Each key that a value names, in ascending order.
    pub fn keys(&self) -> impl Iterator<Item = (KeyId, SealedCounts)> {
        self.by_key.iter().map(|(id, counts)| (*id, *counts))
    }

    /// Values that name no key: something else was written in their place.
    #[must_use]
    pub fn unnamed(&self) -> SealedCounts {
        self.unnamed
    }

    /// All values.
    #[must_use]
    pub fn total(&self) -> u64 {
        let named: u64 = self.by_key.values().map(SealedCounts::total).sum();
        named + self.unnamed.total()
    }
}

impl Auth {
    /// Seals the stored values of every tenant again under the active key of this node: see [`Resealing`].
    #[must_use]
    pub fn reseal(&self) -> Resealing<'_> {
        let inner = &self.inner;
        Resealing::with(inner.store.as_ref(), &inner.keys, inner.entropy.clone())
    }

    /// Counts the stored values of every tenant by the key that they are sealed under.
    ///
    /// # Errors
    ///
    /// A [`Fault`] of the store.
    pub async fn sealed_keys(&self) -> Result<SealedKeys, Fault> {
        SealedKeys::of(self.inner.store.as_ref()).await
    }
}
