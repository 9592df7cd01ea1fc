//! Sessions: begun, found, touched and listed.

use super::fixture::{
    HOUR, NOW, OTHER_TENANT, Seen, TENANT, ann, bob, other_ann, password, revoke, revoked, token,
};
use super::macros::{cases, ensure, ensure_eq};
use super::race::{TASKS, race};
use super::{CaseResult, Mismatch, Nodes};
use slotwerk_store::{
    AccountKey, CreateSession, MAX_SESSION_DATA, Session, SessionCreated, SessionData,
    SessionTouched, Store, TouchSession, latest_session_end, latest_touch,
};

cases!(Session:
    session_is_found_as_created,
    session_ends_at_its_limits,
    session_data_is_kept_whole,
    session_of_another_tenant_is_unknown,
    session_needs_the_current_epoch,
    session_ends_with_its_epoch,
    oldest_session_is_pushed_out,
    over_sessions_do_not_count,
    touch_waits_a_minute,
    touch_keeps_the_absolute_end,
    touch_needs_the_account,
    far_session_is_invalid,
    far_session_is_deleted,
    sessions_are_listed_by_age,
    racing_sessions_keep_the_limit,
    racing_touches_count_once,
);

pub(super) const DAY: u64 = 24 * HOUR;

/// A session of a day that ends after an idle hour.
pub(super) fn session(account: &AccountKey, n: u8) -> CreateSession {
    CreateSession {
        token: token(n),
        account: account.clone(),
        epoch: 0,
        data: SessionData::default(),
        expires_at: NOW + DAY,
        idle_secs: HOUR,
        max_live: 50,
        now: NOW,
    }
}

pub(super) async fn created(store: &dyn Store, command: &CreateSession) -> Seen<u64> {
    match store.create_session(command).await? {
        SessionCreated::Created { pushed_out } => Ok(pushed_out),
        SessionCreated::Stale => Err(Mismatch("a session was refused".to_owned())),
    }
}

pub(super) async fn session_lives(store: &dyn Store, account: &AccountKey, n: u8) -> Seen<bool> {
    let found = store.find_session(account.tenant(), token(n), NOW + 1);
    Ok(found.await?.is_some())
}

/// The tokens of the live sessions, oldest first.
pub(super) async fn listed(store: &dyn Store, account: &AccountKey, now: u64) -> Seen<Vec<u8>> {
    let sessions = store.list_sessions(account, now).await?;
    Ok(sessions.iter().map(|session| session.token.0[0]).collect())
}

fn touch(account: &AccountKey, n: u8, now: u64) -> TouchSession {
    TouchSession {
        token: token(n),
        account: account.clone(),
        data: None,
        now,
    }
}

async fn session_is_found_as_created(nodes: Nodes) -> CaseResult {
    let command = CreateSession {
        data: SessionData::new(*b"host")?,
        ..session(&ann()?, 1)
    };
    let pushed_out = created(nodes.first(), &command).await?;
    ensure_eq!(pushed_out, 0, "pushed out");
    let due = Session {
        token: token(1),
        account: ann()?,
        epoch: 0,
        data: SessionData::new(*b"host")?,
        created_at: NOW,
        touched_at: NOW,
        expires_at: NOW + DAY,
        idle_secs: HOUR,
    };
    for store in [nodes.first(), nodes.second()] {
        let found = store.find_session(TENANT, token(1), NOW + 5).await?;
        ensure_eq!(found, Some(due.clone()), "the session");
    }
    let other = nodes.first().find_session(TENANT, token(2), NOW).await?;
    ensure_eq!(other, None, "another id");
    Ok(())
}

async fn session_ends_at_its_limits(nodes: Nodes) -> CaseResult {
    let (store, ann) = (nodes.first(), ann()?);
    let unlimited = CreateSession {
        idle_secs: u64::MAX,
        ..session(&ann, 2)
    };
    created(store, &session(&ann, 1)).await?;
    created(store, &unlimited).await?;
    for (n, end, what) in [(1, NOW + HOUR, "idle"), (2, NOW + DAY, "absolute")] {
        let found = nodes.second().find_session(TENANT, token(n), end - 1);
        ensure!(found.await?.is_some(), "the last second, {what}");
        let found = nodes.second().find_session(TENANT, token(n), end).await?;
        ensure!(found.is_none(), "the {what} limit");
        let touched = store.touch_session(&touch(&ann, n, end)).await?;
        ensure_eq!(touched, SessionTouched::Over, "a touch at the {what} limit");
    }
    Ok(())
}

async fn session_data_is_kept_whole(nodes: Nodes) -> CaseResult {
    let full: Vec<u8> = (0..=u8::MAX).cycle().take(MAX_SESSION_DATA).collect();
    for (n, data) in [(1, full), (2, Vec::new())] {
        let command = CreateSession {
            data: SessionData::new(data.clone())?,
            ..session(&ann()?, n)
        };
        created(nodes.first(), &command).await?;
        let found = nodes.second().find_session(TENANT, token(n), NOW).await?;
        let kept = found.map(|session| session.data);
        ensure!(kept == Some(command.data), "{} bytes", data.len());
    }
    Ok(())
}

async fn session_of_another_tenant_is_unknown(nodes: Nodes) -> CaseResult {
    let store = nodes.first();
    created(store, &session(&ann()?, 1)).await?;
    created(store, &session(&other_ann()?, 2)).await?;
    for (tenant, n, due) in [
        (OTHER_TENANT, 1, false),
        (TENANT, 2, false),
        (TENANT, 1, true),
    ] {
        let found = store.find_session(tenant, token(n), NOW).await?.is_some();
        ensure_eq!(found, due, "session {n} in {tenant}");
    }
    ensure_eq!(listed(store, &ann()?, NOW).await?, [1], "the list");
    Ok(())
}

async fn session_needs_the_current_epoch(nodes: Nodes) -> CaseResult {
    let (store, ann) = (nodes.first(), ann()?);
    password(store, &ann, "one").await?;
    for epoch in [0, 2] {
        let stale = CreateSession {
            epoch,
            ..session(&ann, 1)
        };
        let outcome = store.create_session(&stale).await?;
        ensure_eq!(outcome, SessionCreated::Stale, "epoch {epoch}");
        ensure!(!session_lives(store, &ann, 1).await?, "epoch {epoch}");
    }
    let current = CreateSession {
        epoch: 1,
        ..session(&ann, 1)
    };
    created(nodes.second(), &current).await?;
    ensure!(session_lives(store, &ann, 1).await?, "the current epoch");
    Ok(())
}

async fn session_ends_with_its_epoch(nodes: Nodes) -> CaseResult {
    let (store, ann, bob) = (nodes.first(), ann()?, bob()?);
    created(store, &session(&ann, 1)).await?;
    created(store, &session(&bob, 2)).await?;
    password(store, &ann, "new").await?;
    let node = nodes.second();
    ensure!(!session_lives(node, &ann, 1).await?, "it is found");
    ensure_eq!(listed(node, &ann, NOW).await?, [0; 0], "the list");
    let touched = node.touch_session(&touch(&ann, 1, NOW + HOUR - 1)).await?;
    ensure_eq!(touched, SessionTouched::Over, "a touch");
    ensure!(session_lives(node, &bob, 2).await?, "another account");
    let anew = CreateSession {
        epoch: 1,
        ..session(&ann, 3)
    };
    created(store, &anew).await?;
    revoked(store, &revoke(&ann)).await?;
    ensure!(!session_lives(node, &ann, 3).await?, "after a revocation");
    Ok(())
}

async fn oldest_session_is_pushed_out(nodes: Nodes) -> CaseResult {
    let (store, ann) = (nodes.first(), ann()?);
    for account in [bob()?, other_ann()?] {
        let other = CreateSession {
            token: token(if account == bob()? { 21 } else { 22 }),
            now: NOW - 9,
            ..session(&account, 0)
        };
        created(store, &other).await?;
    }
    // Ids fall while time rises; 6 and 5 are of one second.
    for (n, at, due) in [
        (9, 0, 0),
        (8, 1, 0),
        (6, 2, 0),
        (5, 2, 1),
        (3, 3, 1),
        (2, 4, 1),
    ] {
        let command = CreateSession {
            max_live: 3,
            now: NOW + at,
            ..session(&ann, n)
        };
        let pushed_out = created(store, &command).await?;
        ensure_eq!(pushed_out, due, "pushed out by session {n}");
    }
    let left = listed(nodes.second(), &ann, NOW + 4).await?;
    ensure_eq!(left, [6, 3, 2], "by time and then by id");
    for max_live in [1, 0] {
        let n = 40 + u8::from(max_live == 0);
        let command = CreateSession {
            max_live,
            now: NOW,
            ..session(&ann, n)
        };
        created(store, &command).await?;
        let left = listed(store, &ann, NOW + 4).await?;
        ensure_eq!(left, [n], "the new one stays, whatever its age");
    }
    ensure!(session_lives(store, &bob()?, 21).await?, "another account");
    let other = session_lives(store, &other_ann()?, 22).await?;
    ensure!(other, "another tenant");
    Ok(())
}

async fn over_sessions_do_not_count(nodes: Nodes) -> CaseResult {
    let (store, ann) = (nodes.first(), ann()?);
    for n in [1, 2] {
        created(store, &session(&ann, n)).await?;
    }
    let later = |n, now| CreateSession {
        max_live: 2,
        expires_at: now + DAY,
        now,
        ..session(&ann, n)
    };
    let at = NOW + HOUR;
    for n in [3, 4] {
        let pushed_out = created(store, &later(n, at)).await?;
        ensure_eq!(pushed_out, 0, "pushed out by session {n}");
    }
    ensure_eq!(listed(store, &ann, at).await?, [3, 4], "the list");
    password(store, &ann, "new").await?;
    let anew = CreateSession {
        epoch: 1,
        ..later(5, at)
    };
    let pushed_out = created(store, &anew).await?;
    ensure_eq!(pushed_out, 0, "sessions of an older epoch");
    Ok(())
}

async fn touch_waits_a_minute(nodes: Nodes) -> CaseResult {
    let (store, ann) = (nodes.first(), ann()?);
    created(store, &session(&ann, 1)).await?;
    let with_data = |now, text: &[u8]| -> Result<_, Mismatch> {
        Ok(TouchSession {
            data: Some(SessionData::new(text)?),
            ..touch(&ann, 1, now)
        })
    };
    let found = |now| nodes.second().find_session(TENANT, token(1), now);
    let early = store.touch_session(&with_data(NOW + 59, b"early")?).await?;
    ensure_eq!(early, SessionTouched::Recent, "within the minute");
    let seen = found(NOW + 59).await?.map(|s| (s.touched_at, s.data));
    ensure_eq!(seen, Some((NOW, SessionData::default())), "untouched");

    let due = store.touch_session(&with_data(NOW + 60, b"due")?).await?;
    ensure_eq!(due, SessionTouched::Touched, "after a minute");
    let data = SessionData::new(*b"due")?;
    let seen = found(NOW + 60).await?.map(|s| (s.touched_at, s.data));
    ensure_eq!(seen, Some((NOW + 60, data.clone())), "touched");
    let bare = store.touch_session(&touch(&ann, 1, NOW + 120)).await?;
    ensure_eq!(bare, SessionTouched::Touched, "without data");
    let last = NOW + 120 + HOUR;
    let kept = found(last - 1).await?.map(|s| s.data);
    ensure_eq!(kept, Some(data), "in the last second of the idle time");
    ensure_eq!(found(last).await?, None, "after the idle time");
    Ok(())
}

async fn touch_keeps_the_absolute_end(nodes: Nodes) -> CaseResult {
    let (store, ann) = (nodes.first(), ann()?);
    let command = CreateSession {
        expires_at: NOW + 2 * HOUR,
        idle_secs: HOUR + HOUR / 2,
        ..session(&ann, 1)
    };
    created(store, &command).await?;
    let touched = store.touch_session(&touch(&ann, 1, NOW + HOUR)).await?;
    ensure_eq!(touched, SessionTouched::Touched, "a touch");
    let end = NOW + 2 * HOUR;
    let found = nodes.second().find_session(TENANT, token(1), end - 1);
    ensure!(found.await?.is_some(), "the last second");
    let found = nodes.second().find_session(TENANT, token(1), end).await?;
    ensure!(found.is_none(), "the absolute end");
    Ok(())
}

async fn touch_needs_the_account(nodes: Nodes) -> CaseResult {
    let (store, ann) = (nodes.first(), ann()?);
    created(store, &session(&ann, 1)).await?;
    for (account, n) in [(bob()?, 1), (other_ann()?, 1), (ann.clone(), 2)] {
        let touched = store.touch_session(&touch(&account, n, NOW + 90)).await?;
        ensure_eq!(touched, SessionTouched::Over, "{account:?}, session {n}");
    }
    let found = store.find_session(TENANT, token(1), NOW + 90).await?;
    let touched_at = found.map(|session| session.touched_at);
    ensure_eq!(touched_at, Some(NOW), "the last touch");
    Ok(())
}

/// Sessions that a clock wrote which ran ahead, each for one reason, and one at each bound.
async fn far_sessions(store: &dyn Store, ann: &AccountKey) -> CaseResult {
    let (end, touch) = (latest_session_end(NOW), latest_touch(NOW));
    for (n, expires_at, now) in [
        (1, end, NOW),
        (2, end + 1, NOW),
        (3, NOW + DAY, touch),
        (4, NOW + DAY, touch + 1),
    ] {
        let command = CreateSession {
            expires_at,
            idle_secs: 60 * DAY,
            now,
            ..session(ann, n)
        };
        created(store, &command).await?;
    }
    Ok(())
}

async fn far_session_is_invalid(nodes: Nodes) -> CaseResult {
    let (store, ann) = (nodes.first(), ann()?);
    far_sessions(store, &ann).await?;
    for (n, due) in [(1, true), (2, false), (3, true), (4, false)] {
        let found = nodes.second().find_session(TENANT, token(n), NOW);
        ensure_eq!(found.await?.is_some(), due, "session {n} lives");
    }
    ensure_eq!(listed(store, &ann, NOW).await?, [1, 3], "the list");
    Ok(())
}

async fn far_session_is_deleted(nodes: Nodes) -> CaseResult {
    let (store, ann) = (nodes.first(), ann()?);
    far_sessions(store, &ann).await?;
    for n in [2, 4] {
        let touched = nodes.second().touch_session(&touch(&ann, n, NOW)).await?;
        ensure_eq!(touched, SessionTouched::Over, "a touch of session {n}");
    }
    let later = NOW + 120;
    ensure_eq!(listed(store, &ann, later).await?, [1, 3], "after a touch");
    let far = CreateSession {
        expires_at: latest_session_end(NOW) + 1,
        ..session(&ann, 5)
    };
    created(store, &far).await?;
    created(store, &session(&ann, 6)).await?;
    let left = listed(nodes.second(), &ann, later).await?;
    ensure_eq!(left, [1, 6, 3], "after another session began");
    Ok(())
}

async fn sessions_are_listed_by_age(nodes: Nodes) -> CaseResult {
    let (store, ann) = (nodes.first(), ann()?);
    for (n, at) in [(4, 3), (9, 1), (2, 3), (7, 2)] {
        let command = CreateSession {
            now: NOW + at,
            ..session(&ann, n)
        };
        created(store, &command).await?;
    }
    created(store, &session(&bob()?, 1)).await?;
    let seen = listed(nodes.second(), &ann, NOW + 3).await?;
    ensure_eq!(seen, [9, 7, 2, 4], "by time and then by id");
    let seen = listed(store, &ann, NOW + 2 + HOUR).await?;
    ensure_eq!(seen, [2, 4], "those that are over");
    Ok(())
}

async fn racing_sessions_keep_the_limit(nodes: Nodes) -> CaseResult {
    let account = ann()?;
    let mine = account.clone();
    race(&nodes, move |store, n| {
        let command = CreateSession {
            max_live: 3,
            ..session(&mine, n)
        };
        async move { store.create_session(&command).await }
    })
    .await?;
    let left = listed(nodes.first(), &account, NOW).await?;
    ensure_eq!(left.len(), 3, "live sessions");
    Ok(())
}

async fn racing_touches_count_once(nodes: Nodes) -> CaseResult {
    let account = ann()?;
    created(nodes.first(), &session(&account, 1)).await?;
    let outcomes = race(&nodes, move |store, _| {
        let command = touch(&account, 1, NOW + 60);
        async move { store.touch_session(&command).await }
    })
    .await?;
    let recent = outcomes.iter().filter(|o| **o == SessionTouched::Recent);
    ensure_eq!(recent.count(), TASKS - 1, "that came too late");
    Ok(())
}
