//! The mark that asks for a new password.

use super::fixture::{
    NOW, SUBJECT, TENANT, ann, bob, consume, issued, job_ids, link, notice, password, revoke,
    revoked, set_hash, told_of,
};
use super::macros::{cases, ensure, ensure_eq};
use super::race::{TASKS, race};
use super::session::{created, session, session_lives};
use super::{CaseResult, Nodes};
use slotwerk_store::{
    AccountKey, AuditKind, AuditReason, CreateSession, Forget, HashReplaced, IssueReset,
    NewPasswordRequired, RequireNewPassword, ResetConsumed, RevokeAccess, Subject,
};

cases!(Credential:
    new_password_is_required_once,
    mark_needs_a_password,
    mark_leaves_the_epoch,
    mark_ends_with_the_password,
    racing_marks_are_told_once,
);

pub(super) fn require(account: &AccountKey) -> RequireNewPassword {
    RequireNewPassword {
        account: account.clone(),
        subject: SUBJECT,
        actor: None,
        reason: None,
        now: NOW + 7,
        notice: None,
    }
}

/// The same with another notice.
fn again(command: &RequireNewPassword, n: u8) -> RequireNewPassword {
    RequireNewPassword {
        notice: notice(n),
        ..command.clone()
    }
}

async fn new_password_is_required_once(nodes: Nodes) -> CaseResult {
    let (store, ann) = (nodes.first(), ann()?);
    password(store, &ann, "one").await?;
    password(store, &bob()?, "one").await?;
    let command = RequireNewPassword {
        actor: Some(Subject([9; 32])),
        reason: Some(AuditReason::new("seen in a mail")?),
        notice: notice(1),
        ..require(&ann)
    };
    for due in [NewPasswordRequired::Required, NewPasswordRequired::Already] {
        let outcome = store.require_new_password(&command).await?;
        ensure_eq!(outcome, due, "outcome");
        let credential = nodes.second().credential(&ann).await?;
        ensure!(credential.must_change, "the mark");
    }
    let other = nodes.second().credential(&bob()?).await?;
    ensure!(!other.must_change, "another account");
    let _ = store.require_new_password(&again(&command, 2)).await?;
    let due: Vec<_> = notice(1).map(|job| job.id).into_iter().collect();
    ensure_eq!(job_ids(store).await?, due, "the notices");
    let rows = store.audit_trail(TENANT, 0, 10).await?;
    let kind = AuditKind::NewPasswordRequired;
    let told: Vec<_> = rows.into_iter().filter(|row| row.kind == kind).collect();
    ensure_eq!(told.len(), 1, "times told of");
    let right = told.iter().all(|row| {
        (row.at, row.subject, row.actor) == (NOW + 7, SUBJECT, command.actor)
            && row.reason == command.reason
    });
    ensure!(right, "the row: {told:?}");
    Ok(())
}

async fn mark_needs_a_password(nodes: Nodes) -> CaseResult {
    let (store, ann, bob) = (nodes.first(), ann()?, bob()?);
    password(store, &bob, "one").await?;
    let forget = RevokeAccess {
        forget: Forget::Password,
        ..revoke(&bob)
    };
    revoked(store, &forget).await?;
    for account in [ann, bob] {
        let outcome = store.require_new_password(&require(&account)).await?;
        ensure_eq!(outcome, NewPasswordRequired::NoPassword, "{account:?}");
        let credential = nodes.second().credential(&account).await?;
        ensure!(!credential.must_change, "a mark without a password");
    }
    let told = told_of(store, AuditKind::NewPasswordRequired).await?;
    ensure_eq!(told, 0, "times told of");
    Ok(())
}

async fn mark_leaves_the_epoch(nodes: Nodes) -> CaseResult {
    let (store, ann) = (nodes.first(), ann()?);
    password(store, &ann, "one").await?;
    let live = CreateSession {
        epoch: 1,
        ..session(&ann, 1)
    };
    created(store, &live).await?;
    let _ = store.require_new_password(&require(&ann)).await?;
    let epoch = nodes.second().credential(&ann).await?.epoch;
    ensure_eq!(epoch, 1, "the epoch");
    ensure!(session_lives(store, &ann, 1).await?, "the session");
    let stronger = set_hash(store, &ann, "one", "one, stronger").await?;
    ensure_eq!(stronger, HashReplaced::Replaced, "a rehash");
    let marked = nodes.second().credential(&ann).await?.must_change;
    ensure!(marked, "a stronger hash took the mark away");
    Ok(())
}

async fn mark_ends_with_the_password(nodes: Nodes) -> CaseResult {
    let (store, ann, bob) = (nodes.first(), ann()?, bob()?);
    for account in [&ann, &bob] {
        password(store, account, "one").await?;
        let outcome = store.require_new_password(&require(account)).await?;
        ensure_eq!(outcome, NewPasswordRequired::Required, "outcome");
    }
    password(store, &ann, "two").await?;
    let marked = nodes.second().credential(&ann).await?.must_change;
    ensure!(!marked, "after a change");
    let live = IssueReset {
        epoch: 1,
        ..link(&bob, 1)
    };
    issued(store, &live).await?;
    let used = store.consume_reset(&consume(&bob, 1)).await?;
    ensure_eq!(used, ResetConsumed::Consumed { epoch: 2 }, "a link");
    let marked = nodes.second().credential(&bob).await?.must_change;
    ensure!(!marked, "after a link");
    let again = store.require_new_password(&require(&bob)).await?;
    ensure_eq!(again, NewPasswordRequired::Required, "the new password");
    let forget = RevokeAccess {
        forget: Forget::Password,
        ..revoke(&bob)
    };
    revoked(store, &forget).await?;
    let marked = nodes.second().credential(&bob).await?.must_change;
    ensure!(!marked, "without a password");
    Ok(())
}

async fn racing_marks_are_told_once(nodes: Nodes) -> CaseResult {
    let account = ann()?;
    password(nodes.first(), &account, "one").await?;
    let outcomes = race(&nodes, move |store, _| {
        let command = require(&account);
        async move { store.require_new_password(&command).await }
    })
    .await?;
    let already = outcomes
        .iter()
        .filter(|outcome| **outcome == NewPasswordRequired::Already);
    ensure_eq!(already.count(), TASKS - 1, "that came too late");
    let told = told_of(nodes.first(), AuditKind::NewPasswordRequired).await?;
    ensure_eq!(told, 1, "times told of");
    Ok(())
}
