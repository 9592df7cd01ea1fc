//! What every guess goes through before anything is looked at: a live ticket, and a charge.

use crate::auth::Auth;
use crate::event::{EventKind, RejectedCode};
use crate::fault::Fault;
use crate::scopes::Guarded;
use crate::ticket::LiveTicket;
use slotwerk_store::{AttemptKey, ChargeAttempt, Charged, Stage};
use slotwerk_throttle::{Allowance, Refusal};
use std::time::Duration;

/// Whether a guess at a code may be looked at.
pub(crate) enum Guess {
    /// It is charged: check it, and settle this budget after a success.
    Charged {
        live: Box<LiveTicket>,
        budget: AttemptKey,
    },
    /// The budget is used up.
    Throttled { retry_after: Option<Duration> },
    /// The ticket is over.
    TicketDead,
}

impl Auth {
    /// Finds the sign-in behind a ticket and charges a guess to its account.
    pub(crate) async fn charge_guess(
        &self,
        tenant: &str,
        ticket: &str,
        stage: Stage,
        guarded: Guarded,
    ) -> Result<Guess, Fault> {
        let inner = &self.inner;
        let reject = |who, why| inner.tell(tenant, who, EventKind::CodeRejected(why));
        let Some(live) = self.live_ticket(tenant, ticket, stage).await? else {
            reject(None, RejectedCode::TicketDead);
            return Ok(Guess::TicketDead);
        };
        let limit = match guarded {
            Guarded::RecoveryCode => inner.limits.recovery_attempts,
            _ => inner.limits.code_attempts,
        };
        let budget = inner.account_budget(guarded, &live.key);
        match self.charge(budget, limit).await? {
            Charged::Granted { .. } => Ok(Guess::Charged {
                live: Box::new(live),
                budget,
            }),
            Charged::Denied { refusal } => {
                let retry_after = wait(refusal);
                reject(Some(live.key.account()), RejectedCode::Throttled);
                Ok(Guess::Throttled { retry_after })
            }
        }
    }

    pub(crate) async fn charge(
        &self,
        key: AttemptKey,
        allowance: impl Into<Allowance>,
    ) -> Result<Charged, Fault> {
        let command = ChargeAttempt {
            key,
            allowance: allowance.into(),
            now_ms: self.inner.now_ms(),
        };
        Ok(self.inner.store.charge_attempt(&command).await?)
    }

    /// Gives a budget back after a success that is already recorded. A fault here must not turn that
    /// success into a failure; it only leaves the person with a smaller budget for a while.
    pub(crate) async fn settle_quietly(&self, key: AttemptKey) {
        let now_ms = self.inner.now_ms();
        let _ = self.inner.store.settle_attempt(key, now_ms).await;
    }

    /// Gives a budget back to an owner who was recognised in another way. As quiet as
    /// [`settle_quietly`](Self::settle_quietly), for the same reason.
    pub(crate) async fn lift_quietly(&self, key: AttemptKey) {
        let now_ms = self.inner.now_ms();
        let _ = self.inner.store.lift_attempt(key, now_ms).await;
    }
}

/// How long to wait; `None` where waiting does not help.
pub(crate) fn wait(refusal: Refusal) -> Option<Duration> {
    match refusal {
        Refusal::Wait(retry_after) => Some(retry_after),
        _ => None,
    }
}
