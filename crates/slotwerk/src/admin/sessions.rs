//! The sessions of an account that the store keeps.

use super::{Admin, By};
use crate::event::EventKind;
use crate::fault::Fault;
use crate::jobs::Notice;
use slotwerk_store::{EndSessions, Session, TokenHash};
use std::fmt;
use std::str::FromStr;

/// How many hexadecimal digits a session is known by.
const DIGITS: usize = 64;

/// A live session of an account, as a help desk sees it. The host's data with it is left out.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct AccountSession {
    /// The id, for forms.
    pub id: AccountSessionId,
    /// When the person signed in (Unix time).
    pub created_at: u64,
    /// When it was last used, to the minute (Unix time).
    pub used_at: u64,
    /// When it ends unless it is used (Unix time).
    pub ends_at: u64,
    /// When it ends however busy it is (Unix time).
    pub expires_at: u64,
}

impl From<Session> for AccountSession {
    fn from(session: Session) -> Self {
        Self {
            id: AccountSessionId(session.token),
            created_at: session.created_at,
            used_at: session.touched_at,
            ends_at: session.ends_at(),
            expires_at: session.expires_at,
        }
    }
}

/// The id of a session, for the forms of a page. It is a hash, so that nobody signs in with it.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct AccountSessionId(pub(crate) TokenHash);

impl fmt::Display for AccountSessionId {
    /// 64 hexadecimal digits; [`FromStr`] reads them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for AccountSessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AccountSessionId({self})")
    }
}

impl FromStr for AccountSessionId {
    type Err = NotASessionId;

    fn from_str(text: &str) -> Result<Self, NotASessionId> {
        let is_digit = |b: u8| matches!(b, b'0'..=b'9' | b'a'..=b'f');
        if text.len() != DIGITS || !text.bytes().all(is_digit) {
            return Err(NotASessionId);
        }
        let (high, low) = text.split_at(DIGITS / 2);
        let half = |digits| u128::from_str_radix(digits, 16).map_err(|_| NotASessionId);
        let mut hash = [0; 32];
        let halves = [half(high)?.to_be_bytes(), half(low)?.to_be_bytes()];
        for (to, from) in hash.iter_mut().zip(halves.as_flattened()) {
            *to = *from;
        }
        Ok(Self(TokenHash(hash)))
    }
}

/// A text that no session is known by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a session is known by 64 lowercase hexadecimal digits")]
pub struct NotASessionId;

impl Admin<'_> {
    /// The live sessions of an account that the store keeps, oldest first.
    ///
    /// # Errors
    ///
    /// A [`Fault`] of the store.
    pub async fn sessions(&self, account: &str) -> Result<Vec<AccountSession>, Fault> {
        let inner = &self.tenant.inner;
        let key = self.tenant.key(account)?;
        let found = inner.store.list_sessions(&key, inner.now()).await?;
        Ok(found.into_iter().map(AccountSession::from).collect())
    }

    /// Ends one session of an account. `false` if the account has no such session. The audit trail gets no row for a
    /// single session.
    ///
    /// # Errors
    ///
    /// A [`Fault`] of the store.
    #[cfg_attr(feature = "tracing", tracing::instrument(name = "admin_end_session", skip_all, fields(tenant = self.tenant.id())))]
    pub async fn end_session(
        &self,
        account: &str,
        session: AccountSessionId,
    ) -> Result<bool, Fault> {
        let inner = &self.tenant.inner;
        let key = self.tenant.key(account)?;
        let ended = inner.store.end_session(&key, session.0).await?;
        if ended {
            let kind = EventKind::SessionEnded;
            inner.emit(self.tenant.id(), Some(account), kind);
        }
        Ok(ended)
    }

    /// Ends every session of an account that the store keeps. Links, tickets and set-ups go on: to end those as well,
    /// [revoke access](Self::revoke_access). Returns how many sessions were live. If any was, a notice goes to the person.
    ///
    /// # Errors
    ///
    /// A [`Fault`] of store, keys or entropy; nothing has changed then.
    #[cfg_attr(feature = "tracing", tracing::instrument(name = "admin_end_sessions", skip_all, fields(tenant = self.tenant.id())))]
    pub async fn end_sessions(&self, account: &str, by: &By) -> Result<u64, Fault> {
        let inner = &self.tenant.inner;
        let key = self.tenant.key(account)?;
        let command = EndSessions {
            subject: inner.subject(&key),
            notice: Some(inner.notice(&key, Notice::SessionsEnded)?),
            account: key,
            except: None,
            actor: Some(by.subject(&inner.keys, self.tenant.id())),
            reason: by.reason().cloned(),
            now: inner.now(),
        };
        let ended = inner.store.end_sessions(&command).await?;
        if ended > 0 {
            inner.wake_outbox();
            let kind = EventKind::SessionsEnded;
            inner.emit(self.tenant.id(), Some(account), kind);
        }
        Ok(ended)
    }
}
