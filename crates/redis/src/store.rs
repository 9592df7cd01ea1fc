//! The layer: which budget goes where, and what happens while Redis is down.

use crate::breaker::Clock;
use crate::budgets::Budgets;
use crate::changes::{is_lossy, may_be_lost};
use crate::fault::RedisFault;
use crate::link::Link;
use crate::settings::{RedisSettings, SettingsError, WhenDown};
use redis::Client;
use slotwerk_store::{
    AccountErased, AttemptKey, BudgetChanges, BudgetCharge, BudgetCharges, ChargeAttempts, Charged,
    ClearAttempts, Durability, EraseAccount, ErrorKind, OnDenial, Result, SettleAttempt, Store,
    StoreError,
};
use slotwerk_throttle::{Budget, Tally};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// A store that keeps the budgets that may be lost in Redis, and everything else in the store underneath.
///
/// See the [crate documentation](crate).
pub struct RedisStore {
    pub(crate) inner: Arc<dyn Store>,
    budgets: Budgets,
    when_down: WhenDown,
}

impl RedisStore {
    /// Puts Redis over a store. Connects with the first call, so that a service starts while Redis is down.
    ///
    /// # Errors
    ///
    /// [`SettingsError`] if the URL or a setting cannot be used.
    pub fn open(
        url: &str,
        inner: Arc<dyn Store>,
        settings: RedisSettings,
    ) -> std::result::Result<Self, SettingsError> {
        // The error could quote the URL, and with it the password.
        let client = Client::open(url).map_err(|_| SettingsError::Url)?;
        Self::with_client(client, inner, settings)
    }

    /// As [`open`](Self::open), with a client of the `redis` crate: for certificates of a private authority.
    ///
    /// # Errors
    ///
    /// [`SettingsError`] if a setting cannot be used.
    pub fn with_client(
        client: Client,
        inner: Arc<dyn Store>,
        settings: RedisSettings,
    ) -> std::result::Result<Self, SettingsError> {
        settings.check()?;
        let link = Link::new(client, settings.deadline, settings.pause);
        Ok(Self {
            inner,
            budgets: Budgets::new(link, settings.prefix),
            when_down: settings.when_down,
        })
    }

    /// Measures pauses by this time, which only runs forward. For tests.
    #[must_use]
    pub fn with_clock(self, clock: impl Fn() -> Duration + Send + Sync + 'static) -> Self {
        let clock: Clock = Arc::new(clock);
        Self {
            budgets: self.budgets.with_link(|link| link.with_clock(clock)),
            ..self
        }
    }

    /// Charges one budget that nobody else uses. It shows that Redis can be reached, takes writes and runs scripts.
    ///
    /// Call it at startup for a report. During a pause it fails as charges do.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if Redis cannot count, also with [`WhenDown::UseStore`].
    pub async fn check(&self) -> Result<()> {
        let budget = Budget::new(1, Duration::from_millis(1));
        let budget = budget.map_err(|e| StoreError::with_source(ErrorKind::Corrupt, e))?;
        let charge = BudgetCharge {
            key: AttemptKey::new([0; 32], Durability::MayBeLost),
            allowance: budget.into(),
        };
        let answers = self.budgets.charge(&[charge], OnDenial::Stop).await;
        match answers?.len() {
            1 => Ok(()),
            _ => Err(RedisFault::Answer.into()),
        }
    }

    /// Charges each run of budgets that have one place, in the given order. A crash between two runs leaves charges
    /// without an attempt, and never an attempt without its charges.
    pub(crate) async fn charge(&self, command: &ChargeAttempts) -> Result<Vec<Charged>> {
        let lossy = |charge: &BudgetCharge| is_lossy(&charge.key, &charge.allowance);
        let mut charged = Vec::with_capacity(command.charges.len());
        for run in command.charges.chunk_by(|a, b| lossy(a) == lossy(b)) {
            let part = part(command, run)?;
            let answers = if run.first().is_some_and(lossy) {
                self.charge_lossy(&part).await?
            } else {
                self.inner.charge_attempts(&part).await?
            };
            let has_ended = answers.len() < run.len();
            charged.extend(answers);
            let is_denied = matches!(charged.last(), Some(Charged::Denied { .. }));
            // Fewer answers than charges are denials, whatever the reason.
            if has_ended || (is_denied && command.on_denial == OnDenial::Stop) {
                break;
            }
        }
        Ok(charged)
    }

    async fn charge_lossy(&self, command: &ChargeAttempts) -> Result<Vec<Charged>> {
        let answers = self.budgets.charge(&command.charges, command.on_denial);
        match (answers.await, self.when_down) {
            (Ok(charged), _) => Ok(charged),
            (Err(fault), WhenDown::Reject) => Err(fault.into()),
            (Err(_), WhenDown::UseStore) => self.inner.charge_attempts(command).await,
        }
    }

    pub(crate) async fn settle(&self, command: &SettleAttempt) -> Result<()> {
        if !is_lossy(&command.key, &command.allowance) {
            return self.inner.settle_attempt(command).await;
        }
        let changes = BudgetChanges {
            settle: vec![command.clone()],
            lift: Vec::new(),
        };
        self.give_back(&changes).await;
        Ok(())
    }

    /// Changes budgets in Redis after a success. A fault leaves the person with a smaller budget, and must not turn
    /// the success into a failure.
    pub(crate) async fn give_back(&self, changes: &BudgetChanges) {
        if !changes.settle.is_empty() {
            note_kept(&self.budgets.settle(&changes.settle).await);
        }
        note_kept(&self.budgets.delete(&changes.lift).await);
    }

    pub(crate) async fn lift(&self, key: AttemptKey, now_ms: u64) -> Result<()> {
        // The store underneath may hold the budget as well, from an outage.
        self.inner.lift_attempt(key, now_ms).await?;
        if may_be_lost(&key) {
            let deleted = self.budgets.delete(&[key]).await;
            note_kept(&deleted);
            self.tolerate(deleted)?;
        }
        Ok(())
    }

    /// The audit trail is in the store underneath, which writes a row only if it has one of the budgets. So it gets
    /// a row for each budget of Redis first. Those of Redis go last: none goes without its audit row.
    pub(crate) async fn clear(&self, command: &ClearAttempts) -> Result<u64> {
        let lossy: Vec<_> = command.keys.iter().copied().filter(may_be_lost).collect();
        let read = self.budgets.read(&lossy).await;
        note_kept(&read);
        let tallies = self.tolerate(read)?.unwrap_or_default();
        let present = lossy
            .iter()
            .zip(tallies)
            .filter(|(_, tally)| tally.is_some());
        let present: Vec<_> = present.map(|(key, _)| *key).collect();
        self.represent(&present, command.now_ms).await?;
        let cleared = self.inner.clear_attempts(command).await?;
        // A repeat clears again: what is said here of a lost answer.
        let deleted = self.budgets.delete(&present).await;
        deleted.map_err(|fault| StoreError::with_source(ErrorKind::InDoubt, fault))?;
        Ok(cleared)
    }

    /// Makes sure that the store underneath has a row for each of these budgets.
    async fn represent(&self, keys: &[AttemptKey], now_ms: u64) -> Result<()> {
        let unusable = |e| StoreError::with_source(ErrorKind::Corrupt, e);
        let budget = Budget::new(1, Duration::from_millis(1)).map_err(unusable)?;
        for some in keys.chunks(BudgetCharges::MAX) {
            let charge = |key: &AttemptKey| BudgetCharge {
                key: *key,
                allowance: budget.into(),
            };
            let command = ChargeAttempts {
                charges: charges(some.iter().map(charge).collect())?,
                on_denial: OnDenial::Continue,
                now_ms,
            };
            // A denial means that there is a row.
            let _ = self.inner.charge_attempts(&command).await?;
        }
        Ok(())
    }

    /// Redis first: a budget that it has counts for the next charge. The other may be one of an outage.
    pub(crate) async fn read(&self, keys: &[AttemptKey]) -> Result<Vec<Option<Tally>>> {
        let mut tallies = self.inner.budgets(keys).await?;
        let at = || keys.iter().enumerate().filter(|(_, key)| may_be_lost(key));
        let lossy: Vec<_> = at().map(|(_, key)| *key).collect();
        let read = self.budgets.read(&lossy).await;
        let found = self.tolerate(read)?.unwrap_or_default();
        for ((at, _), found) in at().zip(found) {
            if let (Some(tally), Some(_)) = (tallies.get_mut(at), &found) {
                *tally = found;
            }
        }
        Ok(tallies)
    }

    pub(crate) async fn erase(&self, command: &EraseAccount) -> Result<AccountErased> {
        let erased = self.inner.erase_account(command).await?;
        let lossy: Vec<_> = command
            .budgets
            .iter()
            .copied()
            .filter(may_be_lost)
            .collect();
        // The account is erased. A budget that stays is a keyed hash that expires.
        let deleted = self.budgets.delete(&lossy).await;
        note_kept(&deleted);
        let rows = deleted.unwrap_or(0);
        Ok(AccountErased {
            rows: erased.rows.saturating_add(rows),
            ..erased
        })
    }

    /// While Redis is down, a call goes on without it or fails, as configured.
    fn tolerate<T>(&self, outcome: std::result::Result<T, RedisFault>) -> Result<Option<T>> {
        match (outcome, self.when_down) {
            (Ok(value), _) => Ok(Some(value)),
            (Err(fault), WhenDown::Reject) => Err(fault.into()),
            (Err(_), WhenDown::UseStore) => Ok(None),
        }
    }
}

impl fmt::Debug for RedisStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisStore")
            .field("when_down", &self.when_down)
            .finish_non_exhaustive()
    }
}

/// The command for some of the charges.
fn part(command: &ChargeAttempts, run: &[BudgetCharge]) -> Result<ChargeAttempts> {
    Ok(ChargeAttempts {
        charges: charges(run.to_vec())?,
        ..command.clone()
    })
}

fn charges(charges: Vec<BudgetCharge>) -> Result<BudgetCharges> {
    BudgetCharges::new(charges).map_err(|e| StoreError::with_source(ErrorKind::Corrupt, e))
}

/// Logs that Redis keeps budgets that were to come back.
fn note_kept<T>(outcome: &std::result::Result<T, RedisFault>) {
    if let Err(fault) = outcome {
        tracing::warn!(
            event = "redis_budgets_kept",
            reason = fault.reason(),
            "budgets in Redis stay as they are"
        );
    }
}
