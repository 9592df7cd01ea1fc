//! The session of a signed-in person, without a framework: what the host stores, and what it may do now.

use crate::auth::account_key;
use crate::directory::Account;
use crate::enrol::SetUp;
use crate::event::{EventKind, StoredTime};
use crate::fault::Fault;
use crate::grant::Grant;
use crate::manage::Managing;
use crate::tenant_auth::TenantAuth;
use crate::ticket::Opening;
use crate::verify::Verification;
use serde::{Deserialize, Serialize};
use slotwerk_reset::Lifetime;
use slotwerk_store::{AccountKey, BudgetChanges, CLOCK_TOLERANCE, PasswordStanding, Stage};
use std::fmt;
use std::time::Duration;

/// The form of the stored text. One that this version does not know is no session.
const VERSION: u8 = 1;

/// The part of a session that the host stores, on the server, under an unguessable id. It holds the account, the
/// epoch, the standing of the password, and when the person showed which factor.
///
/// It is serialised through serde and carries the version of its form. It is not signed: put it into a cookie only
/// if that is encrypted and authenticated.
///
/// ```
/// # fn run(grant: &slotwerk::Grant) -> Result<(), serde_json::Error> {
/// let state = slotwerk::SessionState::begin(grant);
/// let stored = serde_json::to_string(&state)?;
/// let state: slotwerk::SessionState = serde_json::from_str(&stored)?;
/// # Ok(()) }
/// ```
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Stored", into = "Stored")]
pub struct SessionState {
    key: AccountKey,
    pub(crate) epoch: u64,
    standing: PasswordStanding,
    /// When the person showed the password (Unix time).
    password_at: u64,
    /// When the person last showed a second factor (Unix time).
    second_factor_at: Option<u64>,
}

impl SessionState {
    /// Begins a session after a sign-in, a set-up, or any other call that gives a [`Grant`]. Give the session a new
    /// id of the host's then, so that an id from before the sign-in is worth nothing after it.
    #[must_use]
    pub fn begin(grant: &Grant) -> Self {
        Self {
            key: grant.key.clone(),
            epoch: grant.epoch,
            standing: grant.standing,
            password_at: grant.password_at,
            second_factor_at: grant.second_factor_at,
        }
    }

    /// Goes on after a step-up. After one with a second factor, the time of the password stays: with
    /// [`StepUp::by_code`], the person did not show it again. Give the session a new id here, too. With the grant of
    /// another account it begins anew.
    #[must_use]
    pub fn stepped_up(self, grant: &Grant) -> Self {
        let after = Self::begin(grant);
        // A grant without a second factor is the answer to a password.
        if after.key != self.key || !grant.second_factor() {
            return after;
        }
        Self {
            password_at: self.password_at,
            ..after
        }
    }

    /// The host's id of the account.
    #[must_use]
    pub fn account(&self) -> &str {
        self.key.account()
    }

    pub(crate) fn is_of(&self, key: &AccountKey, epoch: u64) -> bool {
        self.key == *key && self.epoch == epoch
    }

    /// The standing of the password at the sign-in. Anything but [`PasswordStanding::Good`] calls for a new one.
    #[must_use]
    pub fn standing(&self) -> PasswordStanding {
        self.standing
    }

    /// When the person showed the password (Unix time).
    #[must_use]
    pub fn password_at(&self) -> u64 {
        self.password_at
    }

    /// When the person last showed a second factor (Unix time).
    #[must_use]
    pub fn second_factor_at(&self) -> Option<u64> {
        self.second_factor_at
    }
}

impl fmt::Debug for SessionState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionState(..)")
    }
}

/// The form that is stored.
#[derive(Serialize, Deserialize)]
struct Stored {
    version: u8,
    tenant: String,
    account: String,
    epoch: u64,
    standing: String,
    password_at: u64,
    second_factor_at: Option<u64>,
}

impl From<SessionState> for Stored {
    fn from(state: SessionState) -> Self {
        Self {
            version: VERSION,
            tenant: state.key.tenant().to_owned(),
            account: state.key.account().to_owned(),
            epoch: state.epoch,
            standing: state.standing.as_str().to_owned(),
            password_at: state.password_at,
            second_factor_at: state.second_factor_at,
        }
    }
}

impl TryFrom<Stored> for SessionState {
    type Error = NotASession;

    fn try_from(stored: Stored) -> Result<Self, NotASession> {
        if stored.version != VERSION {
            return Err(NotASession);
        }
        Ok(Self {
            key: account_key(&stored.tenant, &stored.account).map_err(|_| NotASession)?,
            epoch: stored.epoch,
            standing: PasswordStanding::from_name(&stored.standing).ok_or(NotASession)?,
            password_at: stored.password_at,
            second_factor_at: stored.second_factor_at,
        })
    }
}

/// A stored session has a form that this version does not know. Its person signs in again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the stored session has a form that this version does not know")]
pub struct NotASession;

/// Whether a session goes on.
#[derive(Debug)]
#[expect(
    clippy::large_enum_variant,
    reason = "one a request, and a box would be in the way of every host"
)]
pub enum CheckOutcome {
    /// The person is signed in.
    Valid(Session),
    /// The session is over: the password was changed, access was revoked, or the account is gone or disabled. Or the
    /// session is another tenant's. Forget it, and let the person sign in.
    Ended,
}

/// A session that was checked for this request, and what its person may do.
#[derive(Debug)]
pub struct Session {
    pub(crate) tenant: TenantAuth,
    pub(crate) key: AccountKey,
    pub(crate) account: Account,
    pub(crate) state: SessionState,
}

/// Whether a person may change their second factor now.
#[derive(Debug)]
pub enum ManageOutcome {
    /// They have shown it lately.
    Open(Managing),
    /// There is none yet. This sets the first authenticator up, as in a sign-in.
    Enrol(SetUp),
    /// Too long ago, or never. Let the person show it again, and come back with the new grant.
    StepUp(StepUp),
}

/// The person has to show a second factor before they go on.
#[derive(Debug)]
pub struct StepUp {
    tenant: TenantAuth,
    key: AccountKey,
    account: Account,
    state: SessionState,
}

impl TenantAuth {
    /// Checks a session, at each request. It stands while the password has not been changed and access has not been
    /// revoked since it began, and the directory knows the account and has not disabled it.
    ///
    /// The store has epoch 0 for an account that never set a password and for one that does not exist. So this
    /// reads the directory too, but only if the epoch is the current one.
    ///
    /// # Errors
    ///
    /// A [`Fault`] of store or directory.
    #[cfg_attr(
        feature = "tracing",
        tracing::instrument(
            name = "session_check",
            skip_all,
            fields(
                tenant = self.id(),
                account = %self.inner.pseudonym(&state.key),
            )
        )
    )]
    pub async fn check(&self, state: &SessionState) -> Result<CheckOutcome, Fault> {
        if state.key.tenant() != self.id() {
            return Ok(CheckOutcome::Ended);
        }
        if self.inner.store.credential(&state.key).await?.epoch != state.epoch {
            return Ok(CheckOutcome::Ended);
        }
        self.known_session(state).await
    }

    /// The session of a state whose epoch is the current one, if the directory knows the account.
    pub(crate) async fn known_session(&self, state: &SessionState) -> Result<CheckOutcome, Fault> {
        let Some(account) = self.inner.enabled_account(&state.key).await? else {
            return Ok(CheckOutcome::Ended);
        };
        Ok(CheckOutcome::Valid(Session {
            tenant: self.clone(),
            key: state.key.clone(),
            account,
            state: state.clone(),
        }))
    }
}

impl Session {
    /// The account, as the directory has it.
    #[must_use]
    pub fn account(&self) -> &Account {
        &self.account
    }

    /// The stored part of the session.
    #[must_use]
    pub fn state(&self) -> &SessionState {
        &self.state
    }

    /// Whether the person has shown a second factor within
    /// [`Limits::step_up_lifetime`](crate::Limits::step_up_lifetime): a guard for a host's own sensitive pages. A time
    /// more than 60 seconds ahead of the clock does not count.
    #[must_use]
    pub fn has_recent_second_factor(&self) -> bool {
        let inner = &self.tenant.inner;
        let now = inner.now();
        self.state.second_factor_at.is_some_and(|shown_at| {
            let age = Duration::from_secs(now.saturating_sub(shown_at));
            shown_at <= now.saturating_add(CLOCK_TOLERANCE) && age < inner.limits.step_up_lifetime
        })
    }

    /// Opens the way to change the second factor, for somebody who has shown it lately: within
    /// [`Limits::step_up_lifetime`](crate::Limits::step_up_lifetime). A time more than 60 seconds ahead of the clock
    /// does not count: a clock ran ahead when it was stored.
    ///
    /// # Errors
    ///
    /// A [`Fault`] of store, keys or entropy.
    #[cfg_attr(feature = "tracing", tracing::instrument(name = "manage", skip_all, fields(tenant = self.key.tenant(), account = %self.tenant.inner.pseudonym(&self.key))))]
    pub async fn manage(self) -> Result<ManageOutcome, Fault> {
        let inner = &self.tenant.inner;
        let now = inner.now();
        let password_at = self.state.password_at;
        let shown_at = self.state.second_factor_at.unwrap_or(password_at);
        if shown_at > now.saturating_add(CLOCK_TOLERANCE) {
            let kind = EventKind::ClockRanAhead(StoredTime::Session);
            inner.emit(self.tenant.id(), Some(self.key.account()), kind);
            return Ok(ManageOutcome::StepUp(self.step_up()));
        }
        let age = Duration::from_secs(now.saturating_sub(shown_at));
        let left = inner.limits.step_up_lifetime.saturating_sub(age);
        let Ok(lifetime) = Lifetime::new(left) else {
            return Ok(ManageOutcome::StepUp(self.step_up()));
        };
        let enrolled = !inner.store.authenticators(&self.key).await?.is_empty();
        let stage = match (enrolled, self.state.second_factor_at) {
            (true, Some(_)) => Stage::Manage,
            // As after the password in a sign-in. An authenticator that comes in between closes this way.
            (false, _) => Stage::Enrol,
            (true, None) => return Ok(ManageOutcome::StepUp(self.step_up())),
        };
        let opening = Opening {
            key: self.key,
            account: self.account,
            epoch: self.state.epoch,
            stage,
            standing: self.state.standing,
            lifetime,
            budgets: BudgetChanges::default(),
        };
        let live = self.tenant.open_ticket(opening).await?;
        Ok(match stage {
            Stage::Manage => ManageOutcome::Open(Managing { live }),
            _ => ManageOutcome::Enrol(SetUp { live }),
        })
    }

    fn step_up(self) -> StepUp {
        StepUp {
            tenant: self.tenant,
            key: self.key,
            account: self.account,
            state: self.state,
        }
    }

    /// The grant of this session under another epoch. The times of the factors stay.
    pub(crate) fn grant_again(&self, epoch: u64) -> Grant {
        Grant {
            key: self.key.clone(),
            epoch,
            standing: PasswordStanding::Good,
            password_at: self.state.password_at,
            second_factor_at: self.state.second_factor_at,
        }
    }
}

impl StepUp {
    /// Goes on with a code alone: this session has shown the password already. `None` if the account has no
    /// authenticator: the person signs in again, with the password.
    ///
    /// The answer to the code gives a grant; the session [goes on](SessionState::stepped_up) with it.
    ///
    /// # Errors
    ///
    /// A [`Fault`] of store, keys or entropy.
    #[cfg_attr(feature = "tracing", tracing::instrument(name = "step_up", skip_all, fields(tenant = self.key.tenant(), account = %self.tenant.inner.pseudonym(&self.key))))]
    pub async fn by_code(self) -> Result<Option<Verification>, Fault> {
        let inner = &self.tenant.inner;
        if inner.store.authenticators(&self.key).await?.is_empty() {
            return Ok(None);
        }
        let opening = Opening {
            key: self.key,
            account: self.account,
            epoch: self.state.epoch,
            stage: Stage::Verify,
            standing: self.state.standing,
            lifetime: inner.checked.ticket_lifetime,
            budgets: BudgetChanges::default(),
        };
        let live = self.tenant.open_ticket(opening).await?;
        Ok(Some(Verification { live }))
    }
}
