//! Password hashes and epochs.

use super::fixture::{
    NOW, TENANT, ann, begin, bob, change, enrolled, issued, job_ids, link, link_lives, notice,
    other_ann, password, revoke, revoked, ticket, ticket_lives, told, told_of,
};
use super::macros::{cases, ensure, ensure_eq};
use super::race::{TASKS, race};
use super::{CaseResult, Nodes};
use slotwerk_store::{
    AccessRevoked, AccountKey, AuditKind, ChangePassword, HashReplaced, IssueReset, OpenTicket,
    PasswordChanged, ReplaceHash, Stage, Store,
};

cases!(Credential:
    an_unknown_account_has_no_hash_and_version_zero,
    a_password_is_set_once_for_a_version,
    a_changed_password_is_told_of_and_noticed,
    a_stale_version_changes_nothing,
    a_changed_password_kills_links_and_tickets_of_that_account_only,
    a_stronger_hash_leaves_the_version_links_and_tickets,
    a_hash_that_moved_on_is_not_replaced,
    a_revocation_kills_what_was_issued_and_keeps_what_is_set,
    racing_password_changes_have_one_winner,
    racing_rehashes_have_one_winner,
    racing_revocations_count_each,
);

async fn an_unknown_account_has_no_hash_and_version_zero(nodes: Nodes) -> CaseResult {
    let credential = nodes.first().credential(&ann()?).await?;
    ensure_eq!(credential.hash, None, "the hash");
    ensure_eq!(credential.epoch, 0, "the epoch");
    Ok(())
}

async fn a_password_is_set_once_for_a_version(nodes: Nodes) -> CaseResult {
    let ann = ann()?;
    for epoch in 0..3 {
        let hash = format!("hash {epoch}");
        let set = change(&ann, epoch, &hash);
        let changed = nodes.first().change_password(&set).await?;
        let due = PasswordChanged::Changed { epoch: epoch + 1 };
        ensure_eq!(changed, due, "set at epoch {epoch}");
        let credential = nodes.second().credential(&ann).await?;
        ensure_eq!(credential.hash, Some(hash), "the hash");
        ensure_eq!(credential.epoch, epoch + 1, "the epoch");
        let again = nodes.second().change_password(&set).await?;
        ensure_eq!(again, PasswordChanged::Stale, "the same command again");
    }
    let other = nodes.first().credential(&other_ann()?).await?;
    ensure_eq!(other.epoch, 0, "the epoch in another tenant");
    Ok(())
}

async fn a_changed_password_is_told_of_and_noticed(nodes: Nodes) -> CaseResult {
    let command = ChangePassword {
        notice: notice(1),
        ..change(&ann()?, 0, "new")
    };
    let changed = nodes.first().change_password(&command).await?;
    ensure_eq!(changed, PasswordChanged::Changed { epoch: 1 }, "outcome");
    let trail = told(nodes.second(), TENANT).await?;
    ensure_eq!(trail, [AuditKind::PasswordChanged], "the trail");
    let due: Vec<_> = notice(1).map(|job| job.id).into_iter().collect();
    ensure_eq!(job_ids(nodes.second()).await?, due, "the notices");
    Ok(())
}

async fn a_stale_version_changes_nothing(nodes: Nodes) -> CaseResult {
    let store = nodes.first();
    let ann = ann()?;
    let ahead = ChangePassword {
        notice: notice(1),
        ..change(&ann, 1, "ahead")
    };
    let outcome = store.change_password(&ahead).await?;
    ensure_eq!(outcome, PasswordChanged::Stale, "ahead of a new account");
    password(store, &ann, "one").await?;
    password(store, &ann, "two").await?;
    issued(
        store,
        &IssueReset {
            epoch: 2,
            ..link(&ann, 1)
        },
    )
    .await?;
    for epoch in [0, 1, 3] {
        let stale = ChangePassword {
            notice: notice(1),
            ..change(&ann, epoch, "stale")
        };
        let outcome = store.change_password(&stale).await?;
        ensure_eq!(outcome, PasswordChanged::Stale, "at epoch {epoch}");
    }
    let credential = store.credential(&ann).await?;
    ensure_eq!(credential.hash.as_deref(), Some("two"), "the hash");
    ensure_eq!(credential.epoch, 2, "the epoch");
    ensure!(
        link_lives(store, &ann, 1).await?,
        "a stale change killed a link"
    );
    let changes = told_of(store, AuditKind::PasswordChanged).await?;
    ensure_eq!(changes, 2, "changes told of");
    ensure!(
        job_ids(store).await?.is_empty(),
        "a stale change was noticed"
    );
    Ok(())
}

/// A link and a ticket for each of three accounts: 1 for Ann, 2 for Bob, 3 for Ann elsewhere.
async fn issue_to_three(store: &dyn Store) -> Result<[AccountKey; 3], super::Mismatch> {
    let accounts = [ann()?, bob()?, other_ann()?];
    for (account, n) in accounts.iter().zip(1..) {
        issued(store, &link(account, n)).await?;
        store.open_ticket(&ticket(account, n, Stage::Enrol)).await?;
        let _ = store.begin_enrolment(&begin(account, n, n)).await?;
    }
    Ok(accounts)
}

async fn a_changed_password_kills_links_and_tickets_of_that_account_only(
    nodes: Nodes,
) -> CaseResult {
    let store = nodes.first();
    let accounts = issue_to_three(store).await?;
    password(store, &ann()?, "new").await?;
    for (account, n) in accounts.iter().zip(1..) {
        let due = n != 1;
        let node = nodes.second();
        ensure_eq!(link_lives(node, account, n).await?, due, "link {n} lives");
        ensure_eq!(
            ticket_lives(node, account, n).await?,
            due,
            "ticket {n} lives"
        );
    }
    Ok(())
}

async fn a_stronger_hash_leaves_the_version_links_and_tickets(nodes: Nodes) -> CaseResult {
    let store = nodes.first();
    let ann = ann()?;
    let epoch = password(store, &ann, "weak").await?;
    issued(
        store,
        &IssueReset {
            epoch,
            ..link(&ann, 1)
        },
    )
    .await?;
    let open = OpenTicket {
        epoch,
        ..ticket(&ann, 1, Stage::Verify)
    };
    store.open_ticket(&open).await?;
    let replaced = store
        .replace_hash(&ReplaceHash {
            account: ann.clone(),
            expected: "weak".to_owned(),
            replacement: "strong".to_owned(),
        })
        .await?;
    ensure_eq!(replaced, HashReplaced::Replaced, "outcome");
    let credential = store.credential(&ann).await?;
    ensure_eq!(credential.hash.as_deref(), Some("strong"), "the hash");
    ensure_eq!(credential.epoch, epoch, "the epoch");
    ensure!(link_lives(store, &ann, 1).await?, "the link died");
    ensure!(ticket_lives(store, &ann, 1).await?, "the ticket died");
    Ok(())
}

async fn a_hash_that_moved_on_is_not_replaced(nodes: Nodes) -> CaseResult {
    let store = nodes.first();
    password(store, &ann()?, "current").await?;
    password(store, &bob()?, "verified").await?;
    let command = ReplaceHash {
        account: ann()?,
        expected: "verified".to_owned(),
        replacement: "stronger".to_owned(),
    };
    let outcome = store.replace_hash(&command).await?;
    ensure_eq!(outcome, HashReplaced::Stale, "another hash");
    let unknown = ReplaceHash {
        account: other_ann()?,
        ..command
    };
    let outcome = store.replace_hash(&unknown).await?;
    ensure_eq!(outcome, HashReplaced::Stale, "an unknown account");
    for (account, due) in [(ann()?, Some("current")), (bob()?, Some("verified"))] {
        let credential = store.credential(&account).await?;
        ensure_eq!(credential.hash.as_deref(), due, "the hash of {account:?}");
    }
    Ok(())
}

async fn a_revocation_kills_what_was_issued_and_keeps_what_is_set(nodes: Nodes) -> CaseResult {
    let store = nodes.first();
    let accounts = issue_to_three(store).await?;
    let epoch = revoked(store, &revoke(&ann()?)).await?;
    ensure_eq!(epoch, 1, "the epoch of an account without a password");
    for (account, n) in accounts.iter().zip(1..) {
        let due = n != 1;
        let pending = store.pending_enrolment(account, NOW + 1).await?.is_some();
        ensure_eq!(pending, due, "enrolment {n} is pending");
        ensure_eq!(link_lives(store, account, n).await?, due, "link {n} lives");
        ensure_eq!(
            ticket_lives(store, account, n).await?,
            due,
            "ticket {n} lives"
        );
    }
    let carl = AccountKey::new(TENANT, "carl")?;
    enrolled(store, &carl).await?;
    password(store, &carl, "kept").await?;
    let epoch = revoked(store, &revoke(&carl)).await?;
    ensure_eq!(epoch, 2, "the epoch after a password");
    let credential = nodes.second().credential(&carl).await?;
    ensure_eq!(credential.hash.as_deref(), Some("kept"), "the hash");
    let active = nodes.second().authenticators(&carl).await?.len();
    ensure_eq!(active, 1, "authenticators");
    ensure_eq!(
        store.recovery_codes_left(&carl).await?,
        10,
        "recovery codes"
    );
    let revocations = told_of(store, AuditKind::AccessRevoked).await?;
    ensure_eq!(revocations, 2, "revocations told of");
    Ok(())
}

async fn racing_password_changes_have_one_winner(nodes: Nodes) -> CaseResult {
    let ann = ann()?;
    for epoch in [0, 1] {
        let account = ann.clone();
        let outcomes = race(&nodes, move |store, n| {
            let command = ChangePassword {
                notice: notice(n),
                ..change(&account, epoch, &format!("hash {epoch} of task {n}"))
            };
            async move { Ok((n, store.change_password(&command).await?)) }
        })
        .await?;
        let winners: Vec<u8> = outcomes
            .iter()
            .filter(|(_, outcome)| *outcome != PasswordChanged::Stale)
            .map(|(n, _)| *n)
            .collect();
        ensure_eq!(winners.len(), 1, "winners at epoch {epoch}");
        let hash = nodes.first().credential(&ann).await?.hash;
        let due = winners.first().map(|n| format!("hash {epoch} of task {n}"));
        ensure_eq!(hash, due, "the hash");
        let due: Vec<_> = winners.iter().filter_map(|n| notice(*n)).collect();
        for job in super::fixture::jobs(nodes.first()).await? {
            ensure!(due.iter().any(|d| d.id == job.id), "a loser was noticed");
            let done = super::fixture::finish(job.id, job.attempt);
            nodes.first().finish_job(&done).await?;
        }
    }
    let told = told_of(nodes.first(), AuditKind::PasswordChanged).await?;
    ensure_eq!(told, 2, "changes told of");
    Ok(())
}

async fn racing_rehashes_have_one_winner(nodes: Nodes) -> CaseResult {
    let ann = ann()?;
    password(nodes.first(), &ann, "weak").await?;
    let outcomes = race(&nodes, move |store, n| {
        let command = ReplaceHash {
            account: ann.clone(),
            expected: "weak".to_owned(),
            replacement: format!("strong {n}"),
        };
        async move { store.replace_hash(&command).await }
    })
    .await?;
    let winners = outcomes.iter().filter(|o| **o == HashReplaced::Replaced);
    ensure_eq!(winners.count(), 1, "winners");
    Ok(())
}

async fn racing_revocations_count_each(nodes: Nodes) -> CaseResult {
    let account = ann()?;
    let outcomes = race(&nodes, move |store, _| {
        let command = revoke(&account);
        async move { store.revoke_access(&command).await }
    })
    .await?;
    let mut epochs: Vec<u64> = outcomes
        .iter()
        .filter_map(|outcome| match outcome {
            AccessRevoked::Revoked { epoch } => Some(*epoch),
            AccessRevoked::Stale => None,
        })
        .collect();
    epochs.sort_unstable();
    let due: Vec<u64> = (1..).take(TASKS).collect();
    ensure_eq!(epochs, due, "the epochs handed out");
    let told = told_of(nodes.first(), AuditKind::AccessRevoked).await?;
    ensure_eq!(told, TASKS, "revocations told of");
    Ok(())
}
