//! The sign-in ticket: what carries a person from the password to the second factor.

use crate::auth::{Auth, Inner};
use crate::directory::Account;
use crate::event::{EventKind, StoredTime};
use crate::fault::Fault;
use slotwerk_reset::{Lifetime, Purpose, Reason, Token, TokenScope};
use slotwerk_store::{AccountKey, BudgetChanges, OpenTicket, PasswordStanding, Stage, TokenHash};
use std::fmt;
use std::time::Duration;

/// A short-lived, signed, single-use ticket: the password was right, the second factor is still to
/// come; or the sign-in is over and the second factor may be changed. Any node can continue it. Keep it where the host keeps its session, out of URLs and logs.
pub struct SignInTicket(Token);

impl SignInTicket {
    /// The text to hand back with the next step. Whoever has it can try codes for this sign-in.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose()
    }
}

impl fmt::Debug for SignInTicket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SignInTicket(..)")
    }
}

/// A ticket that was verified and found live, with the account it is for.
pub(crate) struct LiveTicket {
    pub(crate) token: TokenHash,
    pub(crate) key: AccountKey,
    pub(crate) account: Account,
    pub(crate) stage: Stage,
    pub(crate) standing: PasswordStanding,
    expires_at: u64,
}

impl LiveTicket {
    /// The grant of a sign-in that ends now with the second factor.
    pub(crate) fn grant(&self, epoch: u64, now: u64) -> Grant {
        Grant::new(&self.key, epoch, self.standing, now).with_second_factor()
    }

    pub(crate) fn time_left(&self, now: u64) -> Duration {
        Duration::from_secs(self.expires_at.saturating_sub(now))
    }

    /// The grant of a sign-in that goes on under a new epoch. It is no younger than it was, so that a way
    /// that was opened once closes when it should.
    pub(crate) fn grant_again(&self, epoch: u64, step_up_lifetime: Duration) -> Grant {
        let at = self.expires_at.saturating_sub(step_up_lifetime.as_secs());
        self.grant(epoch, at)
    }
}

/// What a ticket is opened for.
pub(crate) struct Opening<'a> {
    pub(crate) key: &'a AccountKey,
    pub(crate) epoch: u64,
    pub(crate) stage: Stage,
    pub(crate) standing: PasswordStanding,
    pub(crate) lifetime: Lifetime,
}

impl Auth {
    pub(crate) async fn open_ticket(&self, opening: &Opening<'_>) -> Result<SignInTicket, Fault> {
        let inner = &self.inner;
        let now = inner.now();
        let scope = TokenScope::new(Purpose::SIGN_IN, opening.key.tenant());
        let issued =
            slotwerk_reset::issue(&inner.keys, &scope, now, opening.lifetime, inner.random()?)
                .map_err(|_| Fault::Unusable("the clock"))?;
        let command = OpenTicket {
            token: TokenHash(*issued.selector_hash.as_bytes()),
            account: opening.key.clone(),
            stage: opening.stage,
            standing: opening.standing,
            epoch: opening.epoch,
            expires_at: issued.expires_at,
            max_live: inner.limits.live_tickets,
            now,
            budgets: BudgetChanges::default(),
        };
        inner.store.open_ticket(&command).await?;
        Ok(SignInTicket(issued.token))
    }

    /// The sign-in behind a ticket of one of these stages, if everything about it still holds.
    pub(crate) async fn live_ticket(
        &self,
        tenant: &str,
        ticket: &str,
        stages: &[Stage],
    ) -> Result<Option<LiveTicket>, Fault> {
        Ok(self
            .any_live_ticket(tenant, ticket)
            .await?
            .filter(|live| stages.contains(&live.stage)))
    }

    async fn any_live_ticket(
        &self,
        tenant: &str,
        ticket: &str,
    ) -> Result<Option<LiveTicket>, Fault> {
        let inner = &self.inner;
        self.require_tenant(tenant)?;
        let now = inner.now();
        let scope = TokenScope::new(Purpose::SIGN_IN, tenant);
        let proof = match slotwerk_reset::inspect(&inner.keys, &scope, ticket, now) {
            Ok(proof) => proof,
            Err(refused) => {
                inner.tell_if_too_far(&scope, refused.reason(), StoredTime::Ticket);
                return Ok(None);
            }
        };
        let Ok(hash) = proof.selector_hash_for(&scope) else {
            return Ok(None);
        };
        let token = TokenHash(*hash.as_bytes());
        let Some(found) = inner.store.find_ticket(tenant, token, now).await? else {
            return Ok(None);
        };
        let Some(account) = inner.enabled_account(&found.account).await? else {
            return Ok(None);
        };
        Ok(Some(LiveTicket {
            token,
            key: found.account,
            account,
            stage: found.stage,
            standing: found.standing,
            expires_at: found.expires_at,
        }))
    }

    /// What a ticket asks for, without using it; `None` if it is over. For the page that a GET shows.
    ///
    /// # Errors
    ///
    /// A [`Fault`] of store, directory or keys.
    pub async fn inspect_ticket(
        &self,
        tenant: &str,
        ticket: &str,
    ) -> Result<Option<NextStep>, Fault> {
        Ok(self
            .any_live_ticket(tenant, ticket)
            .await?
            .map(|live| match live.stage {
                Stage::Enrol => NextStep::Enrol,
                Stage::Verify => NextStep::Verify,
                Stage::Manage => NextStep::Manage,
            }))
    }
}

impl Inner {
    /// Emits an event if a token was rejected because a clock ran ahead when it was issued.
    pub(crate) fn tell_if_too_far(
        &self,
        scope: &TokenScope<'_>,
        reason: Reason,
        stored: StoredTime,
    ) {
        if reason == Reason::ExpiryTooFar {
            self.tell(scope.tenant, None, EventKind::ClockRanAhead(stored));
        }
    }
}

/// What a ticket asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum NextStep {
    /// An authenticator must be set up.
    Enrol,
    /// A code of an authenticator, or a recovery code.
    Verify,
    /// Nothing: it is for [changing the second factor](Auth::manage).
    Manage,
}

/// The proof that somebody has signed in: what the host turns into its own session.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Grant {
    /// The tenant.
    pub tenant: String,
    /// The host's id of the account.
    pub account: String,
    /// Keep it with the session and ask [`Auth::session_stands`]: a password change ends the session.
    pub epoch: u64,
    /// What the sign-in showed about the password. Anything but [`PasswordStanding::Good`] calls for a new
    /// one: send the person to the page where it is [changed](Auth::change_password).
    pub standing: PasswordStanding,
    /// When the sign-in ended (Unix time).
    pub(crate) at: u64,
    /// Whether a second factor was shown.
    pub(crate) second_factor: bool,
}

impl Grant {
    /// Whether the person showed a second factor in this sign-in.
    #[must_use]
    pub fn second_factor(&self) -> bool {
        self.second_factor
    }

    pub(crate) fn new(key: &AccountKey, epoch: u64, standing: PasswordStanding, at: u64) -> Self {
        Self {
            tenant: key.tenant().to_owned(),
            account: key.account().to_owned(),
            epoch,
            standing,
            at,
            second_factor: false,
        }
    }

    fn with_second_factor(self) -> Self {
        Self {
            second_factor: true,
            ..self
        }
    }
}
