//! Sessions that end: one by one, all at once, and in a purge.

use super::fixture::{
    ALL, HOUR, NOW, SUBJECT, TENANT, ann, bob, job_ids, notice, other_ann, token, told_of,
};
use super::macros::{cases, ensure, ensure_eq};
use super::race::race;
use super::session::{DAY, created, listed, session, session_lives};
use super::{CaseResult, Nodes};
use slotwerk_store::{
    AccountKey, AuditKind, AuditReason, CreateSession, EndSessions, Subject, latest_session_end,
};

cases!(Session:
    ended_session_is_gone,
    ending_all_spares_one,
    purge_takes_ended_sessions,
    racing_ends_count_once,
);

fn end_all(account: &AccountKey) -> EndSessions {
    EndSessions {
        account: account.clone(),
        except: None,
        subject: SUBJECT,
        actor: None,
        reason: None,
        now: NOW + 1,
        notice: None,
    }
}

async fn ended_session_is_gone(nodes: Nodes) -> CaseResult {
    let (store, ann) = (nodes.first(), ann()?);
    for n in [1, 2] {
        created(store, &session(&ann, n)).await?;
    }
    for (account, n) in [(bob()?, 1), (other_ann()?, 1), (ann.clone(), 3)] {
        let ended = store.end_session(&account, token(n)).await?;
        ensure!(!ended, "session {n} of {account:?} ended");
    }
    ensure!(store.end_session(&ann, token(1)).await?, "the first time");
    let again = nodes.second().end_session(&ann, token(1)).await?;
    ensure!(!again, "the second time");
    ensure_eq!(listed(store, &ann, NOW).await?, [2], "the list");
    Ok(())
}

async fn ending_all_spares_one(nodes: Nodes) -> CaseResult {
    let (store, ann) = (nodes.first(), ann()?);
    let nothing = EndSessions {
        notice: notice(1),
        ..end_all(&ann)
    };
    let none = store.end_sessions(&nothing).await?;
    ensure_eq!(none, 0, "without a session");
    ensure_eq!(
        told_of(store, AuditKind::SessionsEnded).await?,
        0,
        "told of"
    );
    for n in [1, 2, 3] {
        created(store, &session(&ann, n)).await?;
    }
    created(store, &session(&bob()?, 4)).await?;
    let command = EndSessions {
        except: Some(token(2)),
        actor: Some(Subject([9; 32])),
        reason: Some(AuditReason::new("lost phone — Zoë")?),
        notice: notice(2),
        ..end_all(&ann)
    };
    ensure_eq!(store.end_sessions(&command).await?, 2, "ended");
    ensure_eq!(listed(nodes.second(), &ann, NOW).await?, [2], "the list");
    let repeated = EndSessions {
        notice: notice(3),
        ..command.clone()
    };
    let again = store.end_sessions(&repeated).await?;
    ensure_eq!(again, 0, "the second time");
    let due: Vec<_> = notice(2).map(|job| job.id).into_iter().collect();
    ensure_eq!(job_ids(store).await?, due, "the notices");
    ensure_eq!(store.end_sessions(&end_all(&ann)).await?, 1, "the last");
    let other = session_lives(store, &bob()?, 4).await?;
    ensure!(other, "another account");
    let rows = nodes.second().audit_trail(TENANT, 0, 10).await?;
    let told: Vec<_> = rows
        .iter()
        .map(|row| (row.kind, row.at, row.actor, row.reason.clone()))
        .collect();
    let kind = AuditKind::SessionsEnded;
    let due = [
        (kind, NOW + 1, command.actor, command.reason.clone()),
        (kind, NOW + 1, None, None),
    ];
    ensure!(told == due, "the trail: {told:?}");
    Ok(())
}

async fn purge_takes_ended_sessions(nodes: Nodes) -> CaseResult {
    let (store, ann) = (nodes.first(), ann()?);
    created(store, &session(&ann, 1)).await?;
    let busy = CreateSession {
        idle_secs: DAY,
        ..session(&ann, 2)
    };
    created(store, &busy).await?;
    ensure_eq!(store.purge(NOW + HOUR - 1, ALL).await?, 0, "a second early");
    ensure_eq!(store.purge(NOW + HOUR, ALL).await?, 1, "at the idle limit");
    ensure_eq!(listed(store, &ann, NOW + HOUR).await?, [2], "the list");
    let far = CreateSession {
        expires_at: latest_session_end(NOW) + 1,
        ..session(&ann, 3)
    };
    created(store, &far).await?;
    ensure_eq!(store.purge(NOW, ALL).await?, 1, "of a clock that ran ahead");
    let gone = nodes.second().purge(NOW + DAY, ALL).await?;
    ensure_eq!(gone, 1, "at the absolute end");
    Ok(())
}

async fn racing_ends_count_once(nodes: Nodes) -> CaseResult {
    let account = ann()?;
    for n in [1, 2, 3] {
        created(nodes.first(), &session(&account, n)).await?;
    }
    let outcomes = race(&nodes, move |store, _| {
        let command = end_all(&account);
        async move { store.end_sessions(&command).await }
    })
    .await?;
    ensure_eq!(outcomes.iter().sum::<u64>(), 3, "ended");
    let told = told_of(nodes.first(), AuditKind::SessionsEnded).await?;
    ensure_eq!(told, 1, "times told of");
    Ok(())
}
