//! Revocations: with a guard, with the password, with a notice.

use super::fixture::{
    HOUR, NOW, TENANT, ann, begin, bob, change, chosen, consume, enrolled, issued, job_ids, keep,
    link, link_lives, notice, other_ann, password, past, remembered, revoke, revoked, set_hash,
    several, ticket, ticket_lives, told_of,
};
use super::macros::{cases, ensure, ensure_eq};
use super::manage::managed;
use super::race::{TASKS, race};
use super::{CaseResult, Nodes};
use slotwerk_store::{
    AccessRevoked, AccountKey, AuditKind, AuditReason, ChangePassword, Forget, HashReplaced,
    IssueReset, KeepHistory, MAX_HISTORY, OpenTicket, PasswordChanged, ResetConsumed, RevokeAccess,
    Stage, Subject,
};

cases!(Credential:
    a_guarded_revocation_needs_the_version,
    a_revocation_is_noticed,
    revocation_names_the_actor,
    a_forgotten_password_is_gone_with_what_was_issued,
    a_forgotten_password_is_remembered_whatever_the_rule,
    a_forgotten_password_keeps_the_history_within_its_bound,
    a_password_is_forgotten_once,
    a_link_sets_a_password_where_one_was_forgotten,
    a_forgotten_second_factor_is_gone_and_the_password_stays,
    racing_guarded_revocations_have_one_winner,
    racing_revocation_and_change_have_one_winner,
);

fn guarded(account: &AccountKey, expected: u64) -> RevokeAccess {
    RevokeAccess {
        expected_epoch: Some(expected),
        ..revoke(account)
    }
}

fn forget(account: &AccountKey, now: u64) -> RevokeAccess {
    RevokeAccess {
        forget: Forget::Password,
        now,
        ..revoke(account)
    }
}

async fn a_guarded_revocation_needs_the_version(nodes: Nodes) -> CaseResult {
    let (store, ann) = (nodes.first(), ann()?);
    let ahead = store.revoke_access(&guarded(&ann, 1)).await?;
    ensure_eq!(ahead, AccessRevoked::Stale, "ahead of a new account");
    password(store, &ann, "kept").await?;
    let live = IssueReset {
        epoch: 1,
        ..link(&ann, 1)
    };
    issued(store, &live).await?;
    for epoch in [0, 2] {
        for forget in [Forget::Nothing, Forget::Password, Forget::SecondFactor] {
            let stale = RevokeAccess {
                notice: notice(1),
                forget,
                ..guarded(&ann, epoch)
            };
            let outcome = store.revoke_access(&stale).await?;
            ensure_eq!(outcome, AccessRevoked::Stale, "at epoch {epoch}");
        }
    }
    let credential = store.credential(&ann).await?;
    ensure_eq!(credential.hash.as_deref(), Some("kept"), "the hash");
    ensure_eq!(credential.epoch, 1, "the epoch");
    ensure_eq!(remembered(store, &ann).await?, [], "past passwords");
    let lives = link_lives(nodes.second(), &ann, 1).await?;
    ensure!(lives, "a stale revocation killed a link");
    let told = told_of(store, AuditKind::PasswordForgotten).await?;
    let told = told + told_of(store, AuditKind::AccessRevoked).await?;
    ensure_eq!(told, 0, "revocations told of");
    let noticed = job_ids(store).await?;
    ensure!(noticed.is_empty(), "a stale revocation was noticed");

    let outcome = nodes.second().revoke_access(&guarded(&ann, 1)).await?;
    let due = AccessRevoked::Revoked { epoch: 2 };
    ensure_eq!(outcome, due, "at the epoch");
    let lives = link_lives(store, &ann, 1).await?;
    ensure!(!lives, "a link outlived the revocation");
    let other = store.revoke_access(&guarded(&other_ann()?, 0)).await?;
    let due = AccessRevoked::Revoked { epoch: 1 };
    ensure_eq!(other, due, "of an account never seen");
    Ok(())
}

async fn a_revocation_is_noticed(nodes: Nodes) -> CaseResult {
    let command = RevokeAccess {
        notice: notice(1),
        ..revoke(&ann()?)
    };
    let outcome = nodes.first().revoke_access(&command).await?;
    ensure_eq!(outcome, AccessRevoked::Revoked { epoch: 1 }, "outcome");
    let due: Vec<_> = notice(1).map(|job| job.id).into_iter().collect();
    ensure_eq!(job_ids(nodes.second()).await?, due, "the notices");
    Ok(())
}

async fn revocation_names_the_actor(nodes: Nodes) -> CaseResult {
    for forget in [Forget::Nothing, Forget::Password, Forget::SecondFactor] {
        let command = RevokeAccess {
            forget,
            actor: Some(Subject([4; 32])),
            reason: Some(AuditReason::new("lost phone")?),
            ..revoke(&ann()?)
        };
        revoked(nodes.first(), &command).await?;
        let trail = nodes.second().audit_trail(TENANT, 0, 9).await?;
        let told = trail.last().map(|row| (row.actor, row.reason.clone()));
        let due = (command.actor, command.reason);
        ensure_eq!(told, Some(due), "the row after {forget:?}");
    }
    Ok(())
}

async fn a_forgotten_password_is_gone_with_what_was_issued(nodes: Nodes) -> CaseResult {
    let (store, ann, bob) = (nodes.first(), ann()?, bob()?);
    enrolled(store, &ann).await?;
    password(store, &bob, "kept").await?;
    let marked = ChangePassword {
        recheck: true,
        ..change(&ann, 0, "leaked")
    };
    let set = store.change_password(&marked).await?;
    ensure_eq!(set, PasswordChanged::Changed { epoch: 1 }, "set");
    let live = IssueReset {
        epoch: 1,
        ..link(&ann, 1)
    };
    issued(store, &live).await?;
    let open = OpenTicket {
        epoch: 1,
        ..ticket(&ann, 1, Stage::Enrol)
    };
    store.open_ticket(&open).await?;
    let _ = store.begin_enrolment(&begin(&ann, 1, 2)).await?;

    let command = RevokeAccess {
        expected_epoch: Some(1),
        notice: notice(9),
        ..forget(&ann, NOW + HOUR)
    };
    let outcome = store.revoke_access(&command).await?;
    ensure_eq!(outcome, AccessRevoked::Revoked { epoch: 2 }, "outcome");
    let node = nodes.second();
    let credential = node.credential(&ann).await?;
    ensure_eq!(credential.hash, None, "the hash");
    ensure_eq!(credential.epoch, 2, "the epoch");
    ensure_eq!(credential.set_at, None, "when it was set");
    ensure!(!credential.recheck, "a mark without a password");
    ensure!(!link_lives(node, &ann, 1).await?, "the link lives");
    ensure!(!ticket_lives(node, &ann, 1).await?, "the ticket lives");
    let pending = node.pending_enrolment(&ann, NOW + 1).await?;
    ensure!(pending.is_none(), "the enrolment lives");
    ensure_eq!(node.authenticators(&ann).await?.len(), 1, "authenticators");
    ensure_eq!(node.recovery_codes_left(&ann).await?, 10, "recovery codes");
    let forgotten = told_of(node, AuditKind::PasswordForgotten).await?;
    ensure_eq!(forgotten, 1, "times told of");
    let noticed: Vec<_> = notice(9).map(|job| job.id).into_iter().collect();
    let jobs = job_ids(node).await?;
    ensure!(noticed.iter().all(|id| jobs.contains(id)), "no notice");
    // A sign-in that verified the hash before it was forgotten brings none back.
    let rehash = set_hash(store, &ann, "leaked", "leaked, stronger").await?;
    ensure_eq!(rehash, HashReplaced::Stale, "a rehash of what is gone");
    let other = node.credential(&bob).await?;
    ensure_eq!(other.hash.as_deref(), Some("kept"), "another's hash");
    Ok(())
}

async fn a_forgotten_password_is_remembered_whatever_the_rule(nodes: Nodes) -> CaseResult {
    let (store, ann) = (nodes.first(), ann()?);
    let at = NOW + HOUR;
    // The rule has kept nothing so far.
    chosen(store, &ann, "p0", KeepHistory::NOTHING, NOW).await?;
    chosen(store, &ann, "p1", KeepHistory::NOTHING, NOW).await?;
    let _ = store.revoke_access(&forget(&ann, at)).await?;
    let seen = remembered(nodes.second(), &ann).await?;
    ensure_eq!(seen, past(&[("p1", at)]), "after it was forgotten");
    chosen(store, &ann, "p2", keep(1, u64::MAX), at + 1).await?;
    let seen = remembered(nodes.second(), &ann).await?;
    ensure_eq!(seen, past(&[("p1", at)]), "after a change that keeps one");
    chosen(store, &ann, "p3", KeepHistory::NOTHING, at + 2).await?;
    let seen = remembered(nodes.second(), &ann).await?;
    ensure!(seen.is_empty(), "{seen:?} after a change that keeps none");
    Ok(())
}

async fn a_forgotten_password_keeps_the_history_within_its_bound(nodes: Nodes) -> CaseResult {
    let (store, ann) = (nodes.first(), ann()?);
    let bound = usize::from(MAX_HISTORY);
    several(store, &ann, u64::from(MAX_HISTORY) + 1).await?;
    ensure_eq!(remembered(store, &ann).await?.len(), bound, "before");
    let at = NOW + 99 * HOUR;
    let _ = store.revoke_access(&forget(&ann, at)).await?;
    let seen = remembered(nodes.second(), &ann).await?;
    ensure_eq!(seen.len(), bound, "after");
    let newest = seen.first().cloned();
    ensure_eq!(newest, Some((format!("p{bound}"), at)), "the newest");
    let oldest = seen.last().map(|(hash, _)| hash.clone());
    ensure_eq!(oldest.as_deref(), Some("p1"), "the oldest");
    Ok(())
}

async fn a_password_is_forgotten_once(nodes: Nodes) -> CaseResult {
    let (store, ann) = (nodes.first(), ann()?);
    password(store, &ann, "leaked").await?;
    for (n, epoch) in [(1, 2), (2, 3)] {
        let command = forget(&ann, NOW + n);
        let outcome = store.revoke_access(&command).await?;
        ensure_eq!(outcome, AccessRevoked::Revoked { epoch }, "time {n}");
    }
    let seen = remembered(nodes.second(), &ann).await?;
    ensure_eq!(seen, past(&[("leaked", NOW + 1)]), "past passwords");
    let other = bob()?;
    let outcome = store.revoke_access(&forget(&other, NOW)).await?;
    let due = AccessRevoked::Revoked { epoch: 1 };
    ensure_eq!(outcome, due, "where there was none");
    let seen = remembered(nodes.second(), &other).await?;
    ensure!(seen.is_empty(), "{seen:?} where there was none");
    Ok(())
}

async fn a_forgotten_second_factor_is_gone_and_the_password_stays(nodes: Nodes) -> CaseResult {
    let (store, ann) = (nodes.first(), managed(nodes.first(), 1).await?);
    let other = bob()?;
    enrolled(store, &other).await?;
    let set = store.change_password(&change(&ann, 0, "kept")).await?;
    ensure_eq!(set, PasswordChanged::Changed { epoch: 1 }, "set");
    let open = OpenTicket {
        epoch: 1,
        ..ticket(&ann, 2, Stage::Manage)
    };
    store.open_ticket(&open).await?;
    let command = RevokeAccess {
        forget: Forget::SecondFactor,
        notice: notice(9),
        ..guarded(&ann, 1)
    };
    let outcome = store.revoke_access(&command).await?;
    ensure_eq!(outcome, AccessRevoked::Revoked { epoch: 2 }, "outcome");
    let node = nodes.second();
    ensure!(
        node.authenticators(&ann).await?.is_empty(),
        "authenticators"
    );
    ensure_eq!(node.recovery_codes_left(&ann).await?, 0, "recovery codes");
    let credential = node.credential(&ann).await?;
    ensure_eq!(credential.hash.as_deref(), Some("kept"), "the hash");
    ensure!(!ticket_lives(node, &ann, 2).await?, "the ticket lives");
    let forgotten = told_of(node, AuditKind::SecondFactorForgotten).await?;
    ensure_eq!(forgotten, 1, "times told of");
    let noticed: Vec<_> = notice(9).map(|job| job.id).into_iter().collect();
    let jobs = job_ids(node).await?;
    ensure!(noticed.iter().all(|id| jobs.contains(id)), "no notice");
    ensure_eq!(node.authenticators(&other).await?.len(), 1, "another's");
    ensure_eq!(
        node.recovery_codes_left(&other).await?,
        10,
        "another's codes"
    );
    Ok(())
}

async fn a_link_sets_a_password_where_one_was_forgotten(nodes: Nodes) -> CaseResult {
    let (store, ann) = (nodes.first(), ann()?);
    password(store, &ann, "leaked").await?;
    let _ = store.revoke_access(&forget(&ann, NOW)).await?;
    let live = IssueReset {
        epoch: 2,
        ..link(&ann, 1)
    };
    issued(store, &live).await?;
    let used = nodes.second().consume_reset(&consume(&ann, 1)).await?;
    ensure_eq!(used, ResetConsumed::Consumed { epoch: 3 }, "outcome");
    let credential = store.credential(&ann).await?;
    ensure_eq!(
        credential.hash.as_deref(),
        Some("hash by link 1"),
        "the hash"
    );
    Ok(())
}

async fn racing_guarded_revocations_have_one_winner(nodes: Nodes) -> CaseResult {
    let account = ann()?;
    password(nodes.first(), &account, "leaked").await?;
    let ann = account.clone();
    let outcomes = race(&nodes, move |store, n| {
        let command = RevokeAccess {
            expected_epoch: Some(1),
            notice: notice(n),
            ..forget(&ann, NOW)
        };
        async move { store.revoke_access(&command).await }
    })
    .await?;
    let stale = outcomes.iter().filter(|o| **o == AccessRevoked::Stale);
    ensure_eq!(stale.count(), TASKS - 1, "that came too late");
    let credential = nodes.first().credential(&account).await?;
    ensure_eq!(credential.epoch, 2, "the epoch");
    let told = told_of(nodes.first(), AuditKind::PasswordForgotten).await?;
    ensure_eq!(told, 1, "revocations told of");
    ensure_eq!(job_ids(nodes.first()).await?.len(), 1, "notices");
    ensure_eq!(remembered(nodes.first(), &account).await?.len(), 1, "past");
    Ok(())
}

/// Whoever says "this was not me" of an epoch does not take away the password that came after it.
async fn racing_revocation_and_change_have_one_winner(nodes: Nodes) -> CaseResult {
    let account = ann()?;
    password(nodes.first(), &account, "leaked").await?;
    let ann = account.clone();
    let outcomes = race(&nodes, move |store, n| {
        let (revoke, change) = (guarded(&ann, 1), change(&ann, 1, "new"));
        async move {
            if n.is_multiple_of(3) {
                let outcome = store.revoke_access(&revoke).await?;
                Ok(outcome != AccessRevoked::Stale)
            } else {
                let outcome = store.change_password(&change).await?;
                Ok(outcome != PasswordChanged::Stale)
            }
        }
    })
    .await?;
    let winners = outcomes.iter().filter(|won| **won).count();
    ensure_eq!(winners, 1, "winners");
    let epoch = nodes.first().credential(&account).await?.epoch;
    ensure_eq!(epoch, 2, "the epoch");
    Ok(())
}
