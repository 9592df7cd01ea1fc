//! Sessions: what keeps a person signed in from one request to the next.

use crate::expiry::CLOCK_TOLERANCE;
use crate::{AccountKey, AuditReason, NewJob, Subject, TokenHash};
use std::fmt;

/// The longest life of a session, in seconds: 31 days. NIST SP 800-63B-4 asks for a new sign-in within 30 days
/// at AAL1; a month of 31 days fits.
pub const LONGEST_SESSION: u64 = 31 * 24 * 60 * 60;

/// A session is touched at most once in so many seconds.
pub const TOUCH_INTERVAL: u64 = 60;

/// The most bytes that a host may keep with a session.
pub const MAX_SESSION_DATA: usize = 4096;

/// The last end of a session that a right clock can have written by `now`. A session with a later end is
/// invalid.
#[must_use]
pub fn latest_session_end(now: u64) -> u64 {
    now.saturating_add(LONGEST_SESSION + CLOCK_TOLERANCE)
}

/// The last touch that a right clock can have written by `now`. A session with a later touch is invalid:
/// otherwise a clock that ran ahead would switch its idle limit off.
#[must_use]
pub fn latest_touch(now: u64) -> u64 {
    now.saturating_add(CLOCK_TOLERANCE)
}

/// What the host keeps with a session: at most [`MAX_SESSION_DATA`] bytes. The store does not read them.
///
/// ```
/// use slotwerk_store::{MAX_SESSION_DATA, SessionData};
/// assert!(SessionData::new(vec![0; MAX_SESSION_DATA]).is_ok());
/// assert!(SessionData::new(vec![0; MAX_SESSION_DATA + 1]).is_err());
/// ```
#[derive(Clone, Default, PartialEq, Eq)]
pub struct SessionData(Vec<u8>);

impl SessionData {
    /// Takes the bytes of the host.
    ///
    /// # Errors
    ///
    /// [`SessionDataTooLong`] beyond [`MAX_SESSION_DATA`] bytes.
    pub fn new(bytes: impl Into<Vec<u8>>) -> Result<Self, SessionDataTooLong> {
        let bytes = bytes.into();
        if bytes.len() > MAX_SESSION_DATA {
            return Err(SessionDataTooLong { len: bytes.len() });
        }
        Ok(Self(bytes))
    }

    /// The bytes of the host.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for SessionData {
    /// Shows the length only: the host may keep anything there.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SessionData({} bytes)", self.0.len())
    }
}

/// The data of a session is longer than [`MAX_SESSION_DATA`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("session data has {len} bytes; at most {MAX_SESSION_DATA} fit")]
pub struct SessionDataTooLong {
    /// How many bytes it has.
    pub len: usize,
}

/// A live session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// The hash of the session id.
    pub token: TokenHash,
    /// Who is signed in.
    pub account: AccountKey,
    /// The epoch under which it began or was rotated last, which is also the current one.
    pub epoch: u64,
    /// What the host keeps with it.
    pub data: SessionData,
    /// When the person signed in, in seconds since the Unix epoch. A rotation leaves it.
    pub created_at: u64,
    /// The last touch, rotation or creation, in seconds since the Unix epoch.
    pub touched_at: u64,
    /// Over from this second on, however busy it is.
    pub expires_at: u64,
    /// Over so many seconds after the last touch.
    pub idle_secs: u64,
}

impl Session {
    /// Whether its times allow it to go on at `now`. Whether its epoch is the current one is for the store to say.
    #[must_use]
    pub fn is_in_time(&self, now: u64) -> bool {
        now < self.ends_at()
            && self.expires_at <= latest_session_end(now)
            && self.touched_at <= latest_touch(now)
    }

    /// The second in which it ends unless it is touched: the earlier of the idle and the absolute limit.
    #[must_use]
    pub fn ends_at(&self) -> u64 {
        let idle = self.touched_at.saturating_add(self.idle_secs);
        idle.min(self.expires_at)
    }
}

/// See [`Store::create_session`](crate::Store::create_session).
#[derive(Clone, Debug)]
pub struct CreateSession {
    /// The hash of a random session id.
    pub token: TokenHash,
    /// Who signed in.
    pub account: AccountKey,
    /// The epoch under which the sign-in was completed; the guard.
    pub epoch: u64,
    /// What the host keeps with it.
    pub data: SessionData,
    /// Over from this second on; at most [`LONGEST_SESSION`] after `now`.
    pub expires_at: u64,
    /// Over so many seconds after the last touch.
    pub idle_secs: u64,
    /// How many sessions of the account may live at once. The oldest by creation, then by id, goes first.
    pub max_live: u32,
    /// Seconds since the Unix epoch.
    pub now: u64,
}

/// Whether a session began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum SessionCreated {
    /// It is live.
    Created {
        /// How many older sessions had to go.
        pushed_out: u64,
    },
    /// The epoch had moved on; nothing has changed.
    Stale,
}

/// See [`Store::touch_session`](crate::Store::touch_session).
#[derive(Clone, Debug)]
pub struct TouchSession {
    /// Which session.
    pub token: TokenHash,
    /// The account it was found to belong to; a guard.
    pub account: AccountKey,
    /// The host's data from now on; `None` leaves it.
    pub data: Option<SessionData>,
    /// Seconds since the Unix epoch.
    pub now: u64,
}

/// Whether a session was touched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum SessionTouched {
    /// It was: the idle limit counts from now, and the data is what the command says.
    Touched,
    /// Its last touch is less than [`TOUCH_INTERVAL`] ago; nothing has changed.
    Recent,
    /// It is over.
    Over,
}

/// See [`Store::rotate_session`](crate::Store::rotate_session).
#[derive(Clone, Debug)]
pub struct RotateSession {
    /// The session as the caller found it.
    pub from: TokenHash,
    /// The hash of its new id.
    pub to: TokenHash,
    /// The account it was found to belong to; a guard.
    pub account: AccountKey,
    /// The epoch it was found under; a guard.
    pub from_epoch: u64,
    /// The epoch that the caller has just signed in or changed the password under. It must be the current one.
    pub epoch: u64,
    /// The host's data from now on.
    pub data: SessionData,
    /// Over from this second on; at most [`LONGEST_SESSION`] after `now`. The old one to keep it.
    pub expires_at: u64,
    /// Over so many seconds after the last touch.
    pub idle_secs: u64,
    /// Seconds since the Unix epoch; also the last touch from now on.
    pub now: u64,
}

/// Whether a session has its new id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum SessionRotated {
    /// It has, and the old id is unknown.
    Rotated,
    /// The session is over, or another call has rotated it; nothing has changed.
    Over,
    /// The epoch had moved on; nothing has changed.
    Stale,
}

/// See [`Store::end_sessions`](crate::Store::end_sessions).
#[derive(Clone, Debug)]
pub struct EndSessions {
    /// Whose.
    pub account: AccountKey,
    /// The session that goes on, if one does.
    pub except: Option<TokenHash>,
    /// The notice to the person, queued in the same transaction if a live session ended.
    pub notice: Option<NewJob>,
    /// Whose, for the audit trail.
    pub subject: Subject,
    /// Who ended them, if it was somebody else.
    pub actor: Option<Subject>,
    /// Why.
    pub reason: Option<AuditReason>,
    /// Seconds since the Unix epoch.
    pub now: u64,
}
