//! Sessions: live under the epoch they began under. Every guard comes before the first write.

use super::rows::Rows;
use crate::{
    AccountKey, AuditKind, CreateSession, EndSessions, RotateSession, Session, SessionCreated,
    SessionRotated, SessionTouched, TOUCH_INTERVAL, TokenHash, TouchSession, latest_session_end,
    latest_touch,
};

pub(super) struct SessionRow {
    pub(super) session: Session,
    /// Whether a bump of the epoch has ended it. It stays for a rotation until the next bump.
    pub(super) superseded: bool,
}

impl SessionRow {
    fn is_of(&self, account: &AccountKey) -> bool {
        self.session.account == *account
    }

    pub(super) fn is_over(&self, now: u64) -> bool {
        self.superseded || !self.session.is_in_time(now)
    }
}

impl Rows {
    pub(super) fn live_session(&self, token: TokenHash, now: u64) -> Option<&Session> {
        let row = self.sessions.get(&token)?;
        let current = row.session.epoch == self.epoch(&row.session.account);
        (current && row.session.is_in_time(now)).then_some(&row.session)
    }

    /// The live sessions of an account, oldest first.
    pub(super) fn live_sessions(&self, account: &AccountKey, now: u64) -> Vec<Session> {
        let tokens = self.sessions.keys();
        let live = tokens.filter_map(|token| self.live_session(*token, now));
        let mut mine: Vec<Session> = live.filter(|s| s.account == *account).cloned().collect();
        mine.sort_by_key(|session| (session.created_at, session.token));
        mine
    }

    /// Ends the sessions of an account as its epoch moves on. Those that the bump before has ended go.
    pub(super) fn supersede_sessions(&mut self, account: &AccountKey) {
        self.sessions
            .retain(|_, row| !row.is_of(account) || !row.superseded);
        for row in self.sessions.values_mut() {
            row.superseded |= row.is_of(account);
        }
    }

    pub(super) fn create_session(&mut self, command: &CreateSession) -> SessionCreated {
        let (account, now) = (&command.account, command.now);
        if self.epoch(account) != command.epoch {
            return SessionCreated::Stale;
        }
        self.sessions
            .retain(|_, row| !row.is_of(account) || row.session.is_in_time(now));
        let mine = self.live_sessions(account, now);
        let surplus = (mine.len() + 1).saturating_sub(command.max_live.max(1) as usize);
        for session in mine.iter().take(surplus) {
            self.sessions.remove(&session.token);
        }
        let session = Session {
            token: command.token,
            account: account.clone(),
            epoch: command.epoch,
            data: command.data.clone(),
            created_at: now,
            touched_at: now,
            expires_at: command.expires_at,
            idle_secs: command.idle_secs,
        };
        let superseded = false;
        self.sessions.insert(
            command.token,
            SessionRow {
                session,
                superseded,
            },
        );
        let pushed_out = surplus as u64;
        SessionCreated::Created { pushed_out }
    }

    pub(super) fn touch_session(&mut self, command: &TouchSession) -> SessionTouched {
        let now = command.now;
        let mine = |session: &&Session| session.account == command.account;
        if self.live_session(command.token, now).filter(mine).is_none() {
            self.sessions.retain(|token, row| {
                *token != command.token
                    || !row.is_of(&command.account)
                    || row.session.expires_at <= latest_session_end(now)
                        && row.session.touched_at <= latest_touch(now)
            });
            return SessionTouched::Over;
        }
        match self.sessions.get_mut(&command.token) {
            Some(row) if row.session.touched_at.saturating_add(TOUCH_INTERVAL) <= now => {
                row.session.touched_at = now;
                if let Some(data) = &command.data {
                    row.session.data.clone_from(data);
                }
                SessionTouched::Touched
            }
            _ => SessionTouched::Recent,
        }
    }

    pub(super) fn rotate_session(&mut self, command: &RotateSession) -> SessionRotated {
        let account = &command.account;
        if self.epoch(account) != command.epoch {
            return SessionRotated::Stale;
        }
        let found = self.sessions.get(&command.from).filter(|row| {
            row.is_of(account)
                && row.session.epoch == command.from_epoch
                && row.session.is_in_time(command.now)
        });
        let Some(old) = found.map(|row| row.session.clone()) else {
            return SessionRotated::Over;
        };
        self.sessions.retain(|token, row| {
            *token != command.from && (!row.is_of(account) || !row.superseded)
        });
        let session = Session {
            token: command.to,
            epoch: command.epoch,
            data: command.data.clone(),
            touched_at: command.now,
            expires_at: command.expires_at,
            idle_secs: command.idle_secs,
            ..old
        };
        let superseded = false;
        self.sessions.insert(
            command.to,
            SessionRow {
                session,
                superseded,
            },
        );
        SessionRotated::Rotated
    }

    pub(super) fn end_session(&mut self, account: &AccountKey, token: TokenHash) -> bool {
        let before = self.sessions.len();
        self.sessions
            .retain(|own, row| *own != token || !row.is_of(account));
        self.sessions.len() < before
    }

    pub(super) fn end_sessions(&mut self, command: &EndSessions) -> u64 {
        let live = self.live_sessions(&command.account, command.now);
        let ended = live.iter().filter(|s| Some(s.token) != command.except);
        let ended = ended.count() as u64;
        self.sessions
            .retain(|token, row| !row.is_of(&command.account) || Some(*token) == command.except);
        if ended > 0 {
            self.tell_by(
                command.account.tenant(),
                AuditKind::SessionsEnded,
                (command.subject, command.actor),
                command.reason.as_ref(),
                command.now,
            );
            self.insert_notice(command.notice.as_ref());
        }
        ended
    }
}
