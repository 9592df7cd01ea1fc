//! Sessions that the store keeps: under a random id, with an idle and an absolute limit.

use crate::admin::AccountSessionId;
use crate::fault::Fault;
use crate::grant::Grant;
use crate::session::{CheckOutcome, Session, SessionState};
use crate::session_data::{HostData, pack, unpack};
use crate::session_token::SessionToken;
use crate::tenant_auth::TenantAuth;
use slotwerk_store::{
    AccountKey, CreateSession, EndSessions, RotateSession, Session as Row, SessionCreated,
    SessionRotated, SessionTouched, TOUCH_INTERVAL, TokenHash, TouchSession,
};
use std::fmt;

/// The sessions of a tenant, for a host without session storage. See
/// [`TenantAuth::sessions`].
///
/// A session ends [`Limits::session_idle`](crate::Limits::session_idle) after its last use, and
/// [`Limits::session_lifetime`](crate::Limits::session_lifetime) after the sign-in. It also ends where
/// [`TenantAuth::check`] would end it: the password was changed, access was revoked, or the account is disabled.
#[derive(Clone, Copy, Debug)]
pub struct Sessions<'a> {
    tenant: &'a TenantAuth,
}

/// The answer to the wish to begin a session.
#[derive(Debug)]
#[must_use]
pub enum BeginSessionOutcome {
    /// It has begun. The token belongs into a cookie.
    Begun(SessionToken),
    /// The grant is over, because the password was changed or access was revoked since. Or it is another tenant's.
    /// Nothing has changed. The person signs in again.
    Over,
}

/// Whether a kept session goes on.
#[derive(Debug)]
#[must_use]
#[expect(
    clippy::large_enum_variant,
    reason = "one a request, and a box would be in the way of every host"
)]
pub enum OpenSessionOutcome {
    /// The person is signed in.
    Valid(OpenSession),
    /// The session is over, or there never was one. Delete the cookie, and let the person sign in.
    Ended,
}

/// A kept session that was opened for this request.
#[derive(Debug)]
#[non_exhaustive]
pub struct OpenSession {
    /// The session, as [`TenantAuth::check`] gives it.
    pub session: Session,
    /// The data of the host.
    pub data: HostData,
    /// The session in the store: rotates it, and lists and ends the others of the account.
    pub kept: KeptSession,
}

/// A session in the store, as it was found for this request. Only [`Sessions::open`] makes one.
pub struct KeptSession {
    tenant: TenantAuth,
    row: Row,
    state: SessionState,
}

/// The answer to the wish for a new id.
#[derive(Debug)]
#[must_use]
pub enum RotateSessionOutcome {
    /// The session goes on under this token. The old one is invalid.
    Rotated(SessionToken),
    /// The session or the grant is over, another request has rotated the session, or the grant is another
    /// account's. Nothing has changed. Delete the cookie, and let the person sign in.
    Over,
}

/// One of the sessions of an account, for a page about them.
#[non_exhaustive]
pub struct ListedSession {
    /// When the person signed in (Unix time).
    pub began_at: u64,
    /// When it was last used (Unix time), to the minute.
    pub used_at: u64,
    /// When it ends unless it is used again (Unix time).
    pub ends_at: u64,
    /// Whether it is the session of this request.
    pub is_current: bool,
    /// When the person showed which factor.
    pub state: SessionState,
    /// The data of the host, such as the name of the browser.
    pub data: HostData,
    token: TokenHash,
}

impl ListedSession {
    /// The id, for the forms of a page about the sessions. It is a hash: nobody signs in with it.
    #[must_use]
    pub fn id(&self) -> AccountSessionId {
        AccountSessionId(self.token)
    }
}

impl TenantAuth {
    /// The sessions of this tenant, kept in the store. A host with its own session storage keeps a
    /// [`SessionState`] there instead.
    #[must_use]
    pub fn sessions(&self) -> Sessions<'_> {
        Sessions { tenant: self }
    }
}

impl Sessions<'_> {
    /// Begins a session after a sign-in, under a new random id. [End](Self::end) the session that the browser had
    /// before, if there is one. An account has at most
    /// [`Limits::live_sessions`](crate::Limits::live_sessions); beyond that the oldest ends.
    ///
    /// # Errors
    ///
    /// A [`Fault`] of store or entropy.
    #[cfg_attr(feature = "tracing", tracing::instrument(name = "session_begin", skip_all, fields(tenant = self.tenant.id())))]
    pub async fn begin(&self, grant: &Grant, data: HostData) -> Result<BeginSessionOutcome, Fault> {
        let inner = &self.tenant.inner;
        if grant.key.tenant() != self.tenant.id() {
            return Ok(BeginSessionOutcome::Over);
        }
        let (token, hash) = inner.new_session_token(self.tenant.id())?;
        let now = inner.now();
        let command = CreateSession {
            token: hash,
            account: grant.key.clone(),
            epoch: grant.epoch,
            data: pack(&SessionState::begin(grant), &data)?,
            expires_at: now.saturating_add(inner.limits.session_lifetime.as_secs()),
            idle_secs: inner.limits.session_idle.as_secs(),
            max_live: inner.limits.live_sessions,
            now,
        };
        Ok(match inner.store.create_session(&command).await? {
            SessionCreated::Created { .. } => BeginSessionOutcome::Begun(token),
            SessionCreated::Stale => BeginSessionOutcome::Over,
        })
    }

    /// Opens the session of a request: one read of the store and one of the directory. At most once a minute it also
    /// notes in the store that the session is in use. If that fails, the session is valid all the same, and its idle
    /// limit counts from the note before.
    ///
    /// # Errors
    ///
    /// A [`Fault`] of store or directory.
    #[cfg_attr(feature = "tracing", tracing::instrument(name = "session_open", skip_all, fields(tenant = self.tenant.id())))]
    pub async fn open(&self, token: &SessionToken) -> Result<OpenSessionOutcome, Fault> {
        let Some(row) = self.find(token).await? else {
            return Ok(OpenSessionOutcome::Ended);
        };
        let Some((state, data)) = stored(&row) else {
            return Ok(OpenSessionOutcome::Ended);
        };
        let CheckOutcome::Valid(session) = self.tenant.known_session(&state).await? else {
            return Ok(OpenSessionOutcome::Ended);
        };
        if self.touch(&row).await == SessionTouched::Over {
            return Ok(OpenSessionOutcome::Ended);
        }
        let tenant = self.tenant.clone();
        Ok(OpenSessionOutcome::Valid(OpenSession {
            session,
            data,
            kept: KeptSession { tenant, row, state },
        }))
    }

    /// Ends a session: the person signs out. Does nothing if it is over already.
    ///
    /// # Errors
    ///
    /// A [`Fault`] of the store. The session may go on then, so say that and keep the cookie.
    #[cfg_attr(feature = "tracing", tracing::instrument(name = "session_end", skip_all, fields(tenant = self.tenant.id())))]
    pub async fn end(&self, token: &SessionToken) -> Result<(), Fault> {
        if let Some(row) = self.find(token).await? {
            let store = &self.tenant.inner.store;
            store.end_session(&row.account, row.token).await?;
        }
        Ok(())
    }

    /// The session in the store, if its epoch is the current one and its times allow it to go on.
    async fn find(&self, token: &SessionToken) -> Result<Option<Row>, Fault> {
        let (inner, tenant) = (&self.tenant.inner, self.tenant.id());
        let Some(hash) = inner.session_token_hash(tenant, token) else {
            return Ok(None);
        };
        let now = inner.now();
        let found = inner.store.find_session(tenant, hash, now).await?;
        Ok(found.filter(|row| now < self.tenant.ends_at(row)))
    }

    async fn touch(&self, row: &Row) -> SessionTouched {
        let inner = &self.tenant.inner;
        let now = inner.now();
        if now < row.touched_at.saturating_add(TOUCH_INTERVAL) {
            return SessionTouched::Recent;
        }
        let command = TouchSession {
            token: row.token,
            account: row.account.clone(),
            data: None,
            now,
        };
        let touched = inner.store.touch_session(&command).await;
        // The read before has said that it is live, and a fault is no other verdict.
        touched.unwrap_or(SessionTouched::Recent)
    }
}

impl KeptSession {
    /// Gives the session a new id, after a step-up, a change of the password, or any other call of its person that
    /// gives a [`Grant`]. The person stays signed in, also where that call has ended all sessions. The absolute limit
    /// still counts from the sign-in. Of two requests that do this at once, one wins.
    ///
    /// After a whole new sign-in, [begin](Sessions::begin) a session instead.
    ///
    /// # Errors
    ///
    /// A [`Fault`] of store or entropy.
    #[cfg_attr(feature = "tracing", tracing::instrument(name = "session_rotate", skip_all, fields(tenant = self.tenant.id(), account = %self.tenant.inner.pseudonym(self.account()))))]
    pub async fn rotate(
        &self,
        grant: &Grant,
        data: HostData,
    ) -> Result<RotateSessionOutcome, Fault> {
        if grant.key != self.row.account {
            return Ok(RotateSessionOutcome::Over);
        }
        let state = self.state.clone().stepped_up(grant);
        self.rotate_to(&state, grant.epoch, &data).await
    }

    /// Gives the session a new id and new data, and leaves the rest as it is: before an act that one of several requests
    /// may do. Of two requests that do this at once, one wins.
    ///
    /// # Errors
    ///
    /// A [`Fault`] of store or entropy.
    #[cfg_attr(feature = "tracing", tracing::instrument(name = "session_renew_id", skip_all, fields(tenant = self.tenant.id(), account = %self.tenant.inner.pseudonym(self.account()))))]
    pub async fn renew_id(&self, data: HostData) -> Result<RotateSessionOutcome, Fault> {
        self.rotate_to(&self.state, self.row.epoch, &data).await
    }

    async fn rotate_to(
        &self,
        state: &SessionState,
        epoch: u64,
        data: &HostData,
    ) -> Result<RotateSessionOutcome, Fault> {
        let inner = &self.tenant.inner;
        let (token, to) = inner.new_session_token(self.tenant.id())?;
        let command = RotateSession {
            from: self.row.token,
            to,
            account: self.row.account.clone(),
            from_epoch: self.row.epoch,
            epoch,
            data: pack(state, data)?,
            expires_at: self.row.expires_at,
            idle_secs: inner.limits.session_idle.as_secs(),
            now: inner.now(),
        };
        Ok(match inner.store.rotate_session(&command).await? {
            SessionRotated::Rotated => RotateSessionOutcome::Rotated(token),
            SessionRotated::Over | SessionRotated::Stale => RotateSessionOutcome::Over,
        })
    }

    /// The sessions of the account, the oldest first.
    ///
    /// # Errors
    ///
    /// A [`Fault`] of the store.
    pub async fn list(&self) -> Result<Vec<ListedSession>, Fault> {
        let inner = &self.tenant.inner;
        let now = inner.now();
        let rows = inner.store.list_sessions(self.account(), now).await?;
        let listed = rows.into_iter().filter_map(|row| {
            let (state, data) = stored(&row)?;
            Some(ListedSession {
                began_at: row.created_at,
                used_at: row.touched_at,
                ends_at: self.tenant.ends_at(&row),
                is_current: row.token == self.row.token,
                state,
                data,
                token: row.token,
            })
        });
        Ok(listed.filter(|session| now < session.ends_at).collect())
    }

    /// Ends one of the [listed](Self::list) sessions. `false` if it was over already, or is another account's.
    ///
    /// # Errors
    ///
    /// A [`Fault`] of the store.
    #[cfg_attr(feature = "tracing", tracing::instrument(name = "session_end_listed", skip_all, fields(tenant = self.tenant.id(), account = %self.tenant.inner.pseudonym(self.account()))))]
    pub async fn end_listed(&self, listed: &ListedSession) -> Result<bool, Fault> {
        let store = &self.tenant.inner.store;
        Ok(store.end_session(self.account(), listed.token).await?)
    }

    /// Ends all other sessions of the account, and returns how many there were.
    ///
    /// # Errors
    ///
    /// A [`Fault`] of the store.
    #[cfg_attr(feature = "tracing", tracing::instrument(name = "session_end_others", skip_all, fields(tenant = self.tenant.id(), account = %self.tenant.inner.pseudonym(self.account()))))]
    pub async fn end_others(&self) -> Result<u64, Fault> {
        let inner = &self.tenant.inner;
        let command = EndSessions {
            account: self.account().clone(),
            notice: None,
            except: Some(self.row.token),
            subject: inner.subject(self.account()),
            actor: None,
            reason: None,
            now: inner.now(),
        };
        Ok(inner.store.end_sessions(&command).await?)
    }

    fn account(&self) -> &AccountKey {
        &self.row.account
    }
}

impl TenantAuth {
    /// The second in which a session ends unless it is used again. The limits of today hold for it, too, where they
    /// are shorter than those it began under.
    fn ends_at(&self, row: &Row) -> u64 {
        let limits = &self.inner.limits;
        let idle = row.touched_at.saturating_add(limits.session_idle.as_secs());
        let lifetime = limits.session_lifetime.as_secs();
        let whole = row.created_at.saturating_add(lifetime);
        row.ends_at().min(idle).min(whole)
    }
}

/// The state and the host's data of a session, if they are its own.
fn stored(row: &Row) -> Option<(SessionState, HostData)> {
    unpack(&row.data).filter(|(state, _)| state.is_of(&row.account, row.epoch))
}

impl fmt::Debug for KeptSession {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeptSession(..)")
    }
}

impl fmt::Debug for ListedSession {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ListedSession")
            .field("is_current", &self.is_current)
            .finish_non_exhaustive()
    }
}
