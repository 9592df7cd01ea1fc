//! Sessions that get another id.

use super::fixture::{
    ALL, HOUR, NOW, TENANT, ann, bob, change, other_ann, password, revoke, revoked, token,
};
use super::macros::{cases, ensure, ensure_eq};
use super::race::{TASKS, race};
use super::session::{DAY, created, listed, session, session_lives};
use super::{CaseResult, Nodes};
use slotwerk_store::{
    AccountKey, CreateSession, PasswordChanged, RotateSession, Session, SessionData,
    SessionRotated, latest_touch,
};

cases!(Session:
    rotation_replaces_the_id,
    rotation_outlives_the_bump,
    rotation_needs_both_epochs,
    rotation_needs_a_live_session,
    rotation_after_two_bumps_fails,
    purge_takes_superseded_sessions,
    racing_rotations_have_one_winner,
    racing_rotation_and_change_agree,
);

fn rotate(account: &AccountKey, from: u8, to: u8) -> RotateSession {
    RotateSession {
        from: token(from),
        to: token(to),
        account: account.clone(),
        from_epoch: 0,
        epoch: 0,
        data: SessionData::default(),
        expires_at: NOW + DAY,
        idle_secs: HOUR,
        now: NOW + 1,
    }
}

async fn rotation_replaces_the_id(nodes: Nodes) -> CaseResult {
    let (store, ann) = (nodes.first(), ann()?);
    created(store, &session(&ann, 1)).await?;
    created(store, &session(&ann, 2)).await?;
    let command = RotateSession {
        data: SessionData::new(*b"both factors")?,
        expires_at: NOW + 2 * DAY,
        idle_secs: 2 * HOUR,
        ..rotate(&ann, 1, 3)
    };
    let outcome = store.rotate_session(&command).await?;
    ensure_eq!(outcome, SessionRotated::Rotated, "outcome");
    let node = nodes.second();
    ensure!(!session_lives(node, &ann, 1).await?, "the old id");
    let due = Session {
        token: token(3),
        account: ann.clone(),
        epoch: 0,
        data: command.data.clone(),
        created_at: NOW,
        touched_at: NOW + 1,
        expires_at: NOW + 2 * DAY,
        idle_secs: 2 * HOUR,
    };
    let found = node.find_session(TENANT, token(3), NOW + 1).await?;
    ensure_eq!(found, Some(due), "the new id");
    ensure_eq!(listed(node, &ann, NOW + 1).await?, [2, 3], "the list");
    let again = store.rotate_session(&rotate(&ann, 1, 4)).await?;
    ensure_eq!(again, SessionRotated::Over, "the old id again");
    let in_place = RotateSession {
        data: SessionData::new(*b"in place")?,
        ..rotate(&ann, 3, 3)
    };
    let outcome = store.rotate_session(&in_place).await?;
    ensure_eq!(outcome, SessionRotated::Rotated, "the same id");
    let found = node.find_session(TENANT, token(3), NOW + 1).await?;
    let data = found.map(|session| session.data);
    ensure_eq!(data, Some(in_place.data), "the data under the same id");
    ensure_eq!(listed(node, &ann, NOW + 1).await?, [2, 3], "nothing more");
    Ok(())
}

async fn rotation_outlives_the_bump(nodes: Nodes) -> CaseResult {
    let (store, ann) = (nodes.first(), ann()?);
    for n in [1, 2] {
        created(store, &session(&ann, n)).await?;
    }
    password(store, &ann, "new").await?;
    let command = RotateSession {
        epoch: 1,
        ..rotate(&ann, 1, 3)
    };
    let outcome = nodes.second().rotate_session(&command).await?;
    ensure_eq!(outcome, SessionRotated::Rotated, "outcome");
    let found = store.find_session(TENANT, token(3), NOW + 1).await?;
    ensure_eq!(found.map(|session| session.epoch), Some(1), "its epoch");
    ensure_eq!(listed(store, &ann, NOW + 1).await?, [3], "the list");
    let other = RotateSession {
        epoch: 1,
        ..rotate(&ann, 2, 4)
    };
    let outcome = store.rotate_session(&other).await?;
    ensure_eq!(outcome, SessionRotated::Over, "a second session");
    Ok(())
}

async fn rotation_needs_both_epochs(nodes: Nodes) -> CaseResult {
    let (store, ann) = (nodes.first(), ann()?);
    created(store, &session(&ann, 1)).await?;
    let ahead = RotateSession {
        epoch: 1,
        ..rotate(&ann, 1, 2)
    };
    let outcome = store.rotate_session(&ahead).await?;
    ensure_eq!(outcome, SessionRotated::Stale, "ahead of the epoch");
    ensure!(session_lives(store, &ann, 1).await?, "the old id");
    password(store, &ann, "new").await?;
    for (from_epoch, epoch, due) in [
        (0, 0, SessionRotated::Stale),
        (1, 1, SessionRotated::Over),
        (2, 1, SessionRotated::Over),
        (0, 2, SessionRotated::Stale),
        (0, 1, SessionRotated::Rotated),
    ] {
        let command = RotateSession {
            from_epoch,
            epoch,
            ..rotate(&ann, 1, 2)
        };
        let outcome = nodes.second().rotate_session(&command).await?;
        ensure_eq!(outcome, due, "from {from_epoch} to {epoch}");
    }
    Ok(())
}

async fn rotation_needs_a_live_session(nodes: Nodes) -> CaseResult {
    let (store, ann) = (nodes.first(), ann()?);
    let ahead = CreateSession {
        now: latest_touch(NOW + 1) + 1,
        ..session(&ann, 2)
    };
    created(store, &session(&ann, 1)).await?;
    created(store, &ahead).await?;
    for (what, command) in [
        ("another account", rotate(&bob()?, 1, 3)),
        ("another tenant", rotate(&other_ann()?, 1, 3)),
        ("an unknown id", rotate(&ann, 9, 3)),
        ("a touch too far ahead", rotate(&ann, 2, 3)),
        (
            "after the idle time",
            RotateSession {
                now: NOW + HOUR,
                ..rotate(&ann, 1, 3)
            },
        ),
        (
            "after the absolute end",
            RotateSession {
                now: NOW + DAY,
                ..rotate(&ann, 1, 3)
            },
        ),
    ] {
        let outcome = nodes.second().rotate_session(&command).await?;
        ensure_eq!(outcome, SessionRotated::Over, "{what}");
        ensure!(!session_lives(store, &ann, 3).await?, "{what}");
    }
    ensure!(session_lives(store, &ann, 1).await?, "the old id");
    Ok(())
}

/// A session that somebody else's bump has ended is not brought back by the next one.
async fn rotation_after_two_bumps_fails(nodes: Nodes) -> CaseResult {
    let (store, ann) = (nodes.first(), ann()?);
    created(store, &session(&ann, 1)).await?;
    revoked(store, &revoke(&ann)).await?;
    password(store, &ann, "new").await?;
    for from_epoch in [0, 1, 2] {
        let command = RotateSession {
            from_epoch,
            epoch: 2,
            ..rotate(&ann, 1, 2)
        };
        let outcome = nodes.second().rotate_session(&command).await?;
        ensure_eq!(outcome, SessionRotated::Over, "from {from_epoch}");
    }
    Ok(())
}

async fn purge_takes_superseded_sessions(nodes: Nodes) -> CaseResult {
    let (store, ann) = (nodes.first(), ann()?);
    for n in [1, 2] {
        created(store, &session(&ann, n)).await?;
    }
    created(store, &session(&bob()?, 3)).await?;
    password(store, &ann, "new").await?;
    let gone = nodes.second().purge(NOW + 1, ALL).await?;
    ensure_eq!(gone, 2, "gone");
    ensure!(session_lives(store, &bob()?, 3).await?, "another account");
    Ok(())
}

async fn racing_rotations_have_one_winner(nodes: Nodes) -> CaseResult {
    let account = ann()?;
    created(nodes.first(), &session(&account, 0xf0)).await?;
    let ann = account.clone();
    let outcomes = race(&nodes, move |store, n| {
        let command = rotate(&ann, 0xf0, n);
        async move { store.rotate_session(&command).await }
    })
    .await?;
    let over = outcomes.iter().filter(|o| **o == SessionRotated::Over);
    ensure_eq!(over.count(), TASKS - 1, "that came too late");
    let left = listed(nodes.first(), &account, NOW + 1).await?;
    ensure_eq!(left.len(), 1, "live sessions");
    Ok(())
}

/// Only who has changed the password rotates the session under the new epoch.
async fn racing_rotation_and_change_agree(nodes: Nodes) -> CaseResult {
    let account = ann()?;
    created(nodes.first(), &session(&account, 0xf0)).await?;
    let ann = account.clone();
    let outcomes = race(&nodes, move |store, n| {
        let change = change(&ann, 0, "new");
        let command = RotateSession {
            epoch: 1,
            ..rotate(&ann, 0xf0, n)
        };
        async move {
            match store.change_password(&change).await? {
                PasswordChanged::Changed { .. } => store.rotate_session(&command).await.map(Some),
                PasswordChanged::Stale => Ok(None),
            }
        }
    })
    .await?;
    let rotated = outcomes.iter().flatten();
    let rotated: Vec<_> = rotated.collect();
    ensure_eq!(rotated, [&SessionRotated::Rotated], "rotations");
    let left = listed(nodes.first(), &account, NOW + 1).await?;
    ensure_eq!(left.len(), 1, "live sessions");
    Ok(())
}
