//! What goes wrong with sessions.

use super::{BrokenStore, Flaw};
use slotwerk_store::{
    CreateSession, EndSessions, Result, RotateSession, Session, SessionCreated, SessionRotated,
    SessionTouched, Store, TOUCH_INTERVAL, TokenHash, TouchSession, latest_session_end,
};

impl BrokenStore {
    pub(super) async fn begin_session(&self, command: &CreateSession) -> Result<SessionCreated> {
        let (account, now) = (&command.account, command.now);
        self.note_tenant(account);
        self.notes().sessions.push(command.clone());
        let mut command = command.clone();
        if self.has(Flaw::ForgetsIdleLimit) {
            command.idle_secs = u64::MAX;
        }
        let live = self.inner.list_sessions(account, now).await?;
        let full = live.len() >= command.max_live as usize;
        if self.has(Flaw::GetThenPut) {
            self.gap().await;
            if !full {
                command.max_live = u32::MAX;
            }
        }
        if full
            && self.has(Flaw::PushesOutNewestSession)
            && let Some(newest) = live.last()
        {
            self.inner.end_session(account, newest.token).await?;
        }
        let outcome = self.inner.create_session(&command).await?;
        self.put_far_sessions_back(now).await?;
        Ok(match self.flaw {
            Flaw::IgnoresAffectedRows => SessionCreated::Created { pushed_out: 0 },
            _ => outcome,
        })
    }

    pub(super) async fn look_up_session(
        &self,
        tenant: &str,
        token: TokenHash,
        now: u64,
    ) -> Result<Option<Session>> {
        if self.has(Flaw::IgnoresTenant) {
            let tenants = self.notes().tenants.clone();
            for tenant in tenants {
                let found = self.inner.find_session(&tenant, token, now).await?;
                if found.is_some() {
                    return Ok(found);
                }
            }
        }
        let noted = self.noted_session(token);
        let now = self.session_clock(noted.as_ref(), self.late(now));
        let mut found = self.inner.find_session(tenant, token, now).await?;
        if let Some((session, noted)) = found.as_mut().zip(noted.as_ref()) {
            session.idle_secs = noted.idle_secs;
        }
        let revived = noted.filter(|_| found.is_none() && self.has(Flaw::SessionOutlivesEpoch));
        if let Some(noted) = revived {
            let epoch = self.inner.credential(&noted.account).await?.epoch;
            let session = as_session(&noted);
            if epoch != noted.epoch && session.is_in_time(now) {
                return Ok(Some(session));
            }
        }
        Ok(found)
    }

    fn noted_session(&self, token: TokenHash) -> Option<CreateSession> {
        let notes = self.notes();
        notes.sessions.iter().find(|s| s.token == token).cloned()
    }

    /// A clock by which a session ends when it says.
    fn session_clock(&self, noted: Option<&CreateSession>, now: u64) -> u64 {
        match noted.map(|noted| noted.expires_at) {
            Some(at) if self.has(Flaw::BelievesAnyExpiry) && at > latest_session_end(now) => at - 1,
            _ => now,
        }
    }

    /// Puts back the sessions that the right store has deleted since their end was too far ahead.
    async fn put_far_sessions_back(&self, now: u64) -> Result<()> {
        if !self.has(Flaw::KeepsFarRows) {
            return Ok(());
        }
        let noted = self.notes().sessions.clone();
        for session in noted {
            if session.expires_at > latest_session_end(now) {
                let again = CreateSession {
                    max_live: u32::MAX,
                    ..session
                };
                let _ = self.inner.create_session(&again).await?;
            }
        }
        Ok(())
    }

    pub(super) async fn touch(&self, command: &TouchSession) -> Result<SessionTouched> {
        let tenant = command.account.tenant();
        let found = self.inner.find_session(tenant, command.token, command.now);
        let found = found.await?;
        let is_due = |s: &Session| {
            s.account == command.account && s.touched_at + TOUCH_INTERVAL <= command.now
        };
        let due = found.as_ref().is_some_and(is_due);
        self.gap().await;
        let mut command = command.clone();
        match (self.flaw, &found) {
            (Flaw::LosesTouchedData, _) => command.data = None,
            (Flaw::TouchesAtOnce, Some(session)) if !due => {
                command.now = session.touched_at + TOUCH_INTERVAL;
            }
            (Flaw::TouchesForAnybody, Some(session)) => {
                command.account = session.account.clone();
            }
            _ => {}
        }
        let outcome = self.inner.touch_session(&command).await?;
        self.put_far_sessions_back(command.now).await?;
        Ok(match self.flaw {
            Flaw::GetThenPut if due => SessionTouched::Touched,
            Flaw::IgnoresAffectedRows => SessionTouched::Touched,
            _ => outcome,
        })
    }

    pub(super) async fn rotate(&self, command: &RotateSession) -> Result<SessionRotated> {
        let tenant = command.account.tenant();
        let old = self.inner.find_session(tenant, command.from, command.now);
        let mine = |s: &Session| s.account == command.account;
        let old = old.await?.filter(mine);
        let was_live = old.is_some();
        self.gap().await;
        let outcome = self.inner.rotate_session(command).await?;
        let rotated = outcome == SessionRotated::Rotated;
        if let Some(old) = old.filter(|_| rotated && self.has(Flaw::KeepsOldSessionId)) {
            let again = CreateSession {
                token: old.token,
                account: old.account,
                epoch: command.epoch,
                data: old.data,
                expires_at: old.expires_at,
                idle_secs: old.idle_secs,
                max_live: u32::MAX,
                now: old.touched_at,
            };
            let _ = self.inner.create_session(&again).await?;
            return Ok(outcome);
        }
        if outcome == SessionRotated::Over && self.has(Flaw::RevivesSessions) {
            let again = CreateSession {
                token: command.to,
                account: command.account.clone(),
                epoch: command.epoch,
                data: command.data.clone(),
                expires_at: command.expires_at,
                idle_secs: command.idle_secs,
                max_live: u32::MAX,
                now: command.now,
            };
            let _ = self.inner.create_session(&again).await?;
            return Ok(SessionRotated::Rotated);
        }
        Ok(match self.flaw {
            Flaw::GetThenPut if was_live && outcome == SessionRotated::Over => {
                SessionRotated::Rotated
            }
            Flaw::IgnoresAffectedRows => SessionRotated::Rotated,
            _ => outcome,
        })
    }

    pub(super) async fn end_all(&self, command: &EndSessions) -> Result<u64> {
        let live = self.inner.list_sessions(&command.account, command.now);
        let live = live.await?.len() as u64;
        self.gap().await;
        let mut command = command.clone();
        command.notice = self.notice(&command.notice);
        if self.has(Flaw::EndsEverySession) {
            command.except = None;
        }
        let ended = self.inner.end_sessions(&command).await?;
        Ok(match self.flaw {
            Flaw::GetThenPut if command.except.is_none() => live,
            _ => ended,
        })
    }

    /// How many sessions this store leaves that a purge should have taken.
    pub(super) fn unpurged_sessions(&self, now: u64) -> u64 {
        if !self.has(Flaw::PurgesNoSession) {
            return 0;
        }
        let sessions = &mut self.notes().sessions;
        let before = sessions.len();
        sessions.retain(|session| as_session(session).is_in_time(now));
        (before - sessions.len()) as u64
    }
}

fn as_session(command: &CreateSession) -> Session {
    Session {
        token: command.token,
        account: command.account.clone(),
        epoch: command.epoch,
        data: command.data.clone(),
        created_at: command.now,
        touched_at: command.now,
        expires_at: command.expires_at,
        idle_secs: command.idle_secs,
    }
}
