//! The ticket of a sign-in: what carries a person from the password to the second factor.

use crate::auth::Inner;
use crate::directory::Account;
use crate::enrol::SetUp;
use crate::event::{EventKind, StoredTime};
use crate::fault::Fault;
use crate::grant::Grant;
use crate::manage::Managing;
use crate::tenant_auth::TenantAuth;
use crate::verify::Verification;
use slotwerk_reset::{Lifetime, Purpose, Reason, TokenScope};
use slotwerk_store::{AccountKey, BudgetChanges, OpenTicket, PasswordStanding, Stage, TokenHash};
use std::fmt;
use std::time::Duration;
use zeroize::Zeroizing;

/// A short-lived, signed ticket: the password was right and the second factor is still to come, or the sign-in
/// is over and the second factor may be changed. Any node can go on with it. Keep its text where the host keeps
/// its session, out of URLs and logs.
#[derive(Clone)]
pub struct Ticket(Zeroizing<String>);

impl Ticket {
    /// Takes the text that [`expose`](Self::expose) gave. Any other text makes a ticket that
    /// [`resume`](TenantAuth::resume) answers with [`StepError::TicketInvalid`].
    #[must_use]
    pub fn from_text(text: &str) -> Self {
        Self(kept(text))
    }

    /// The text to keep until the next request. Its holder can try codes for this sign-in.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

/// A text of a person, or nothing if it is longer than any token with what mail programs add to it.
pub(crate) fn kept(text: &str) -> Zeroizing<String> {
    const LONGEST: usize = 1024;
    let fits = text.len() <= LONGEST;
    Zeroizing::new(if fits { text } else { "" }.to_owned())
}

impl fmt::Debug for Ticket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Ticket(..)")
    }
}

/// The next step of a sign-in.
#[derive(Debug)]
pub enum Step {
    /// The person sets up an authenticator, their first one.
    Enrol(SetUp),
    /// The person types a code of their authenticator, or a recovery code.
    Verify(Verification),
    /// The person has shown the second factor lately and may change it.
    Manage(Managing),
}

impl Step {
    /// The step of a live ticket.
    pub(crate) fn of(live: LiveTicket) -> Self {
        match live.stage {
            Stage::Enrol => Self::Enrol(SetUp { live }),
            Stage::Verify => Self::Verify(Verification { live }),
            Stage::Manage => Self::Manage(Managing { live }),
        }
    }
}

/// Why a step of a sign-in has no answer.
#[derive(Debug, thiserror::Error)]
pub enum StepError {
    /// The ticket is over: used, expired, of another tenant, or outlived by a change. The person signs in again.
    #[error("the sign-in is over")]
    TicketInvalid,
    /// The infrastructure failed.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl StepError {
    /// Whether the same step may succeed a little later: see [`Fault::is_worth_retrying`]. A ticket that is over stays
    /// over.
    #[must_use]
    pub fn is_worth_retrying(&self) -> bool {
        match self {
            Self::TicketInvalid => false,
            Self::Fault(fault) => fault.is_worth_retrying(),
        }
    }

    /// The HTTP status for an answer: 401 for a ticket that is over, otherwise [`Fault::http_status`].
    #[must_use]
    pub fn http_status(&self) -> u16 {
        match self {
            Self::TicketInvalid => 401,
            Self::Fault(fault) => fault.http_status(),
        }
    }
}

impl From<slotwerk_store::StoreError> for StepError {
    fn from(error: slotwerk_store::StoreError) -> Self {
        Self::Fault(error.into())
    }
}

/// A ticket that was verified and found live, with the account it is for.
pub(crate) struct LiveTicket {
    pub(crate) tenant: TenantAuth,
    pub(crate) ticket: Ticket,
    pub(crate) token: TokenHash,
    pub(crate) key: AccountKey,
    pub(crate) account: Account,
    pub(crate) stage: Stage,
    pub(crate) standing: PasswordStanding,
    expires_at: u64,
}

impl LiveTicket {
    pub(crate) fn inner(&self) -> &Inner {
        &self.tenant.inner
    }

    pub(crate) fn emit(&self, kind: EventKind) {
        let (tenant, account) = (self.key.tenant(), self.key.account());
        self.inner().emit(tenant, Some(account), kind);
    }

    /// Reports that the ticket ended during its step.
    pub(crate) fn over<T>(&self) -> Result<T, StepError> {
        self.emit(EventKind::TicketInvalid);
        Err(StepError::TicketInvalid)
    }

    /// The grant of a sign-in that ends now with the second factor.
    pub(crate) fn grant(&self, epoch: u64, now: u64) -> Grant {
        Grant::new(&self.key, epoch, self.standing, now).with_second_factor()
    }

    pub(crate) fn time_left(&self, now: u64) -> Duration {
        Duration::from_secs(self.expires_at.saturating_sub(now))
    }

    /// The grant of a sign-in that goes on under a new epoch. It is no younger than it was, so that a way
    /// that was opened once closes when it should.
    pub(crate) fn grant_again(&self, epoch: u64) -> Grant {
        let lifetime = self.inner().limits.step_up_lifetime;
        let at = self.expires_at.saturating_sub(lifetime.as_secs());
        self.grant(epoch, at)
    }
}

impl fmt::Debug for LiveTicket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LiveTicket")
            .field("stage", &self.stage)
            .finish_non_exhaustive()
    }
}

/// What a ticket is opened for.
pub(crate) struct Opening {
    pub(crate) key: AccountKey,
    pub(crate) account: Account,
    pub(crate) epoch: u64,
    pub(crate) stage: Stage,
    pub(crate) standing: PasswordStanding,
    pub(crate) lifetime: Lifetime,
    /// The attempts that come back with the ticket.
    pub(crate) budgets: BudgetChanges,
}

impl TenantAuth {
    /// Verifies a ticket and gives the step that it asks for. Uses nothing up, so a GET may call it.
    ///
    /// A POST calls it once and then takes the step, such as
    /// [`Verification::code`](crate::Verification::code).
    ///
    /// # Errors
    ///
    /// [`StepError::TicketInvalid`], or a [`Fault`] of store, directory or keys.
    #[cfg_attr(
        feature = "tracing",
        tracing::instrument(name = "resume", skip_all, fields(tenant = self.id()))
    )]
    pub async fn resume(&self, ticket: &Ticket) -> Result<Step, StepError> {
        match self.live_ticket(ticket).await? {
            Some(live) => Ok(Step::of(live)),
            None => {
                self.inner.emit(self.id(), None, EventKind::TicketInvalid);
                Err(StepError::TicketInvalid)
            }
        }
    }

    /// The sign-in behind a ticket, if everything about it still holds.
    async fn live_ticket(&self, ticket: &Ticket) -> Result<Option<LiveTicket>, Fault> {
        let inner = &self.inner;
        let now = inner.now();
        let scope = TokenScope::new(Purpose::SIGN_IN, self.id());
        let proof = match slotwerk_reset::inspect(&inner.keys, &scope, ticket.expose(), now) {
            Ok(proof) => proof,
            Err(refused) => {
                inner.emit_if_too_far(&scope, refused.reason(), StoredTime::Ticket);
                return Ok(None);
            }
        };
        let Ok(hash) = proof.selector_hash_for(&scope) else {
            return Ok(None);
        };
        let token = TokenHash(*hash.as_bytes());
        let Some(found) = inner.store.find_ticket(self.id(), token, now).await? else {
            return Ok(None);
        };
        let Some(account) = inner.enabled_account(&found.account).await? else {
            return Ok(None);
        };
        Ok(Some(LiveTicket {
            tenant: self.clone(),
            ticket: ticket.clone(),
            token,
            key: found.account,
            account,
            stage: found.stage,
            standing: found.standing,
            expires_at: found.expires_at,
        }))
    }

    pub(crate) async fn open_ticket(&self, opening: Opening) -> Result<LiveTicket, Fault> {
        let inner = &self.inner;
        let now = inner.now();
        let scope = TokenScope::new(Purpose::SIGN_IN, self.id());
        let issued =
            slotwerk_reset::issue(&inner.keys, &scope, now, opening.lifetime, inner.random()?)
                .map_err(|_| Fault::Unusable("the clock"))?;
        let token = TokenHash(*issued.selector_hash.as_bytes());
        let command = OpenTicket {
            token,
            account: opening.key.clone(),
            stage: opening.stage,
            standing: opening.standing,
            epoch: opening.epoch,
            expires_at: issued.expires_at,
            max_live: inner.limits.live_tickets,
            now,
            budgets: opening.budgets,
        };
        inner.store.open_ticket(&command).await?;
        Ok(LiveTicket {
            tenant: self.clone(),
            ticket: Ticket::from_text(issued.token.expose()),
            token,
            key: opening.key,
            account: opening.account,
            stage: opening.stage,
            standing: opening.standing,
            expires_at: issued.expires_at,
        })
    }
}

impl Inner {
    /// Emits an event if a token was rejected because a clock ran ahead when it was issued.
    pub(crate) fn emit_if_too_far(
        &self,
        scope: &TokenScope<'_>,
        reason: Reason,
        stored: StoredTime,
    ) {
        if reason == Reason::ExpiryTooFar {
            self.emit(scope.tenant, None, EventKind::ClockRanAhead(stored));
        }
    }
}
