//! Reset links.

use super::fixture::{
    BINDING, HOUR, NOW, OTHER_TENANT, SUBJECT, TENANT, ann, bob, change, consume, id, issued,
    job_ids, link, link_lives, notice, other_ann, password, ticket, ticket_lives, token, told,
    told_of,
};
use super::macros::{cases, ensure, ensure_eq};
use super::race::race;
use super::{CaseResult, Nodes};
use slotwerk_store::{
    AuditKind, AuditReason, ConsumeReset, Invited, IssueReset, OpenReset, PasswordChanged,
    ResetConsumed, ResetIssued, Stage, Subject,
};

cases!(Reset:
    a_link_is_found_as_issued_until_its_second,
    a_link_is_found_in_its_own_tenant_only,
    finding_a_link_changes_nothing,
    a_used_link_sets_the_password_and_is_told_of_and_noticed,
    a_used_link_kills_the_links_and_tickets_of_that_account_only,
    a_link_with_a_failing_guard_changes_nothing,
    a_link_is_dead_exactly_at_its_second,
    a_link_dies_with_the_version_it_was_issued_under,
    a_link_for_a_version_that_moved_on_is_stale,
    a_link_beyond_the_allowance_is_refused_and_the_older_live,
    links_of_one_job_count_once_and_both_live,
    an_expired_link_frees_its_place,
    invitation_names_the_actor,
    racing_uses_of_one_link_have_one_winner,
    racing_uses_of_sibling_links_have_one_winner,
    racing_use_and_password_change_have_one_winner,
    racing_issues_keep_the_allowance,
);

async fn a_link_is_found_as_issued_until_its_second(nodes: Nodes) -> CaseResult {
    let ann = ann()?;
    issued(nodes.first(), &link(&ann, 1)).await?;
    let store = nodes.second();
    let found = store.find_reset(TENANT, token(1), NOW + HOUR - 1).await?;
    let due = OpenReset {
        account: ann,
        binding: BINDING,
        expires_at: NOW + HOUR,
    };
    ensure_eq!(found, Some(due), "in its last second");
    let found = store.find_reset(TENANT, token(1), NOW + HOUR).await?;
    ensure_eq!(found, None, "at its expiry");
    let found = store.find_reset(TENANT, token(2), NOW).await?;
    ensure_eq!(found, None, "another link");
    Ok(())
}

async fn invitation_names_the_actor(nodes: Nodes) -> CaseResult {
    let (store, ann) = (nodes.first(), ann()?);
    let invited = Invited {
        subject: SUBJECT,
        actor: Some(Subject([4; 32])),
        reason: Some(AuditReason::new("starts on Monday")?),
    };
    let command = IssueReset {
        invited: Some(invited.clone()),
        max_live: 1,
        ..link(&ann, 1)
    };
    issued(store, &command).await?;
    let again = IssueReset {
        token: token(4),
        ..command.clone()
    };
    issued(store, &again).await?;
    let another = IssueReset {
        token: token(2),
        job: id(2),
        ..command
    };
    let outcome = store.issue_reset(&another).await?;
    ensure_eq!(outcome, ResetIssued::TooMany, "another one");
    issued(store, &link(&ann, 3)).await?;
    let trail = nodes.second().audit_trail(TENANT, 0, 9).await?;
    let told: Vec<_> = trail
        .into_iter()
        .map(|row| (row.kind, row.at, row.subject, row.actor, row.reason))
        .collect();
    let Invited { actor, reason, .. } = invited;
    let due = [(AuditKind::Invited, NOW, SUBJECT, actor, reason)];
    ensure_eq!(told, due, "the trail");
    Ok(())
}

async fn a_link_is_found_in_its_own_tenant_only(nodes: Nodes) -> CaseResult {
    issued(nodes.first(), &link(&ann()?, 1)).await?;
    let found = nodes
        .first()
        .find_reset(OTHER_TENANT, token(1), NOW)
        .await?;
    ensure_eq!(found, None, "in another tenant");
    Ok(())
}

async fn finding_a_link_changes_nothing(nodes: Nodes) -> CaseResult {
    let ann = ann()?;
    issued(nodes.first(), &link(&ann, 1)).await?;
    for _ in 0..5 {
        ensure!(link_lives(nodes.first(), &ann, 1).await?, "the link died");
    }
    let outcome = nodes.second().consume_reset(&consume(&ann, 1)).await?;
    ensure_eq!(outcome, ResetConsumed::Consumed { epoch: 1 }, "outcome");
    Ok(())
}

async fn a_used_link_sets_the_password_and_is_told_of_and_noticed(nodes: Nodes) -> CaseResult {
    let (ann, command) = (ann()?, consume(&ann()?, 1));
    issued(nodes.first(), &link(&ann, 1)).await?;
    let outcome = nodes.first().consume_reset(&command).await?;
    ensure_eq!(outcome, ResetConsumed::Consumed { epoch: 1 }, "outcome");
    let store = nodes.second();
    let credential = store.credential(&ann).await?;
    ensure_eq!(credential.hash, Some(command.hash.clone()), "the hash");
    ensure_eq!(credential.epoch, 1, "the epoch");
    ensure!(!link_lives(store, &ann, 1).await?, "a used link lives");
    let again = store.consume_reset(&command).await?;
    ensure_eq!(again, ResetConsumed::Invalid, "the second use");
    ensure_eq!(
        told(store, TENANT).await?,
        [AuditKind::PasswordReset],
        "trail"
    );
    let due: Vec<_> = notice(1).map(|job| job.id).into_iter().collect();
    ensure_eq!(job_ids(store).await?, due, "the notices");
    Ok(())
}

async fn a_used_link_kills_the_links_and_tickets_of_that_account_only(nodes: Nodes) -> CaseResult {
    let store = nodes.first();
    let (ann, bob, other) = (ann()?, bob()?, other_ann()?);
    for (account, n) in [(&ann, 1), (&ann, 2), (&bob, 3), (&other, 4)] {
        issued(store, &link(account, n)).await?;
        store
            .open_ticket(&ticket(account, n, Stage::Verify))
            .await?;
    }
    let outcome = store.consume_reset(&consume(&ann, 1)).await?;
    ensure_eq!(outcome, ResetConsumed::Consumed { epoch: 1 }, "outcome");
    for (account, n) in [(&ann, 2), (&bob, 3), (&other, 4)] {
        let due = n != 2;
        ensure_eq!(link_lives(store, account, n).await?, due, "link {n} lives");
        ensure_eq!(
            ticket_lives(store, account, n).await?,
            due,
            "ticket {n} lives"
        );
    }
    let sibling = store.consume_reset(&consume(&ann, 2)).await?;
    ensure_eq!(sibling, ResetConsumed::Invalid, "the sibling's use");
    Ok(())
}

async fn a_link_with_a_failing_guard_changes_nothing(nodes: Nodes) -> CaseResult {
    let store = nodes.first();
    let ann = ann()?;
    issued(store, &link(&ann, 1)).await?;
    issued(store, &link(&bob()?, 2)).await?;
    let right = consume(&ann, 1);
    let mut binding = BINDING;
    binding[31] ^= 1;
    let spoiled = [
        ("an unknown token", consume(&ann, 9)),
        ("another account's token", consume(&ann, 2)),
        ("another account", consume(&bob()?, 1)),
        ("another tenant", consume(&other_ann()?, 1)),
        (
            "another binding",
            ConsumeReset {
                binding,
                ..right.clone()
            },
        ),
        (
            "an expired link",
            ConsumeReset {
                now: NOW + HOUR,
                ..right.clone()
            },
        ),
    ];
    for (what, command) in spoiled {
        let outcome = store.consume_reset(&command).await?;
        ensure_eq!(outcome, ResetConsumed::Invalid, "{what}");
        for account in [&ann, &bob()?, &other_ann()?] {
            let credential = store.credential(account).await?;
            ensure_eq!(credential.hash, None, "the hash after {what}");
            ensure_eq!(credential.epoch, 0, "the epoch after {what}");
        }
    }
    ensure!(
        told(store, TENANT).await?.is_empty(),
        "a dead use was told of"
    );
    ensure!(job_ids(store).await?.is_empty(), "a dead use was noticed");
    let outcome = store.consume_reset(&right).await?;
    ensure_eq!(
        outcome,
        ResetConsumed::Consumed { epoch: 1 },
        "all in order"
    );
    Ok(())
}

async fn a_link_is_dead_exactly_at_its_second(nodes: Nodes) -> CaseResult {
    let store = nodes.first();
    let (ann, bob) = (ann()?, bob()?);
    issued(store, &link(&ann, 1)).await?;
    issued(store, &link(&bob, 2)).await?;
    let late = ConsumeReset {
        now: NOW + HOUR,
        ..consume(&ann, 1)
    };
    let outcome = store.consume_reset(&late).await?;
    ensure_eq!(outcome, ResetConsumed::Invalid, "at its expiry");
    let last = ConsumeReset {
        now: NOW + HOUR - 1,
        ..consume(&bob, 2)
    };
    let outcome = store.consume_reset(&last).await?;
    ensure_eq!(
        outcome,
        ResetConsumed::Consumed { epoch: 1 },
        "a second before"
    );
    Ok(())
}

async fn a_link_dies_with_the_version_it_was_issued_under(nodes: Nodes) -> CaseResult {
    let store = nodes.first();
    let ann = ann()?;
    issued(store, &link(&ann, 1)).await?;
    password(store, &ann, "newer").await?;
    let outcome = nodes.second().consume_reset(&consume(&ann, 1)).await?;
    ensure_eq!(outcome, ResetConsumed::Invalid, "outcome");
    let credential = store.credential(&ann).await?;
    ensure_eq!(credential.hash.as_deref(), Some("newer"), "the hash");
    ensure_eq!(credential.epoch, 1, "the epoch");
    Ok(())
}

async fn a_link_for_a_version_that_moved_on_is_stale(nodes: Nodes) -> CaseResult {
    let store = nodes.first();
    let ann = ann()?;
    let under = |epoch| IssueReset {
        epoch,
        ..link(&ann, 1)
    };
    let outcome = store.issue_reset(&under(1)).await?;
    ensure_eq!(outcome, ResetIssued::Stale, "ahead of a new account");
    password(store, &ann, "one").await?;
    password(store, &ann, "two").await?;
    for epoch in [0, 1, 3] {
        let outcome = store.issue_reset(&under(epoch)).await?;
        ensure_eq!(outcome, ResetIssued::Stale, "epoch {epoch} of 2");
    }
    ensure!(!link_lives(store, &ann, 1).await?, "a stale link lives");
    let outcome = store.issue_reset(&under(2)).await?;
    ensure_eq!(outcome, ResetIssued::Issued, "the current epoch");
    Ok(())
}

async fn a_link_beyond_the_allowance_is_refused_and_the_older_live(nodes: Nodes) -> CaseResult {
    let store = nodes.first();
    let ann = ann()?;
    for n in [1, 2, 3] {
        issued(store, &link(&ann, n)).await?;
    }
    let fourth = store.issue_reset(&link(&ann, 4)).await?;
    ensure_eq!(fourth, ResetIssued::TooMany, "the fourth");
    for n in [1, 2, 3] {
        ensure!(link_lives(store, &ann, n).await?, "link {n} died");
    }
    ensure!(!link_lives(store, &ann, 4).await?, "a refused link lives");
    let bobs = store.issue_reset(&link(&bob()?, 5)).await?;
    ensure_eq!(bobs, ResetIssued::Issued, "another account");
    let elsewhere = store.issue_reset(&link(&other_ann()?, 6)).await?;
    ensure_eq!(elsewhere, ResetIssued::Issued, "another tenant");
    Ok(())
}

async fn links_of_one_job_count_once_and_both_live(nodes: Nodes) -> CaseResult {
    let store = nodes.first();
    let ann = ann()?;
    let of_job = |n, job| IssueReset {
        job: id(job),
        ..link(&ann, n)
    };
    for (n, job) in [(1, 1), (2, 1), (3, 2), (4, 3), (5, 3)] {
        issued(store, &of_job(n, job)).await?;
    }
    let fourth = store.issue_reset(&of_job(6, 4)).await?;
    ensure_eq!(fourth, ResetIssued::TooMany, "the fourth job");
    let again = store.issue_reset(&of_job(7, 1)).await?;
    ensure_eq!(again, ResetIssued::Issued, "the first job once more");
    for n in [1, 2, 3, 4, 5, 7] {
        ensure!(link_lives(store, &ann, n).await?, "link {n} died");
    }
    Ok(())
}

async fn an_expired_link_frees_its_place(nodes: Nodes) -> CaseResult {
    let store = nodes.first();
    let ann = ann()?;
    for n in [1, 2, 3] {
        issued(store, &link(&ann, n)).await?;
    }
    let at = |now| IssueReset {
        now,
        expires_at: now + HOUR,
        ..link(&ann, 4)
    };
    let early = store.issue_reset(&at(NOW + HOUR - 1)).await?;
    ensure_eq!(early, ResetIssued::TooMany, "in their last second");
    let freed = store.issue_reset(&at(NOW + HOUR)).await?;
    ensure_eq!(freed, ResetIssued::Issued, "at their expiry");
    Ok(())
}

fn wins(outcomes: &[ResetConsumed]) -> usize {
    outcomes
        .iter()
        .filter(|outcome| **outcome != ResetConsumed::Invalid)
        .count()
}

async fn racing_uses_of_one_link_have_one_winner(nodes: Nodes) -> CaseResult {
    let account = ann()?;
    issued(nodes.first(), &link(&account, 1)).await?;
    let mine = account.clone();
    let outcomes = race(&nodes, move |store, n| {
        let command = ConsumeReset {
            hash: format!("hash {n}"),
            notice: notice(n),
            ..consume(&mine, 1)
        };
        async move { store.consume_reset(&command).await }
    })
    .await?;
    ensure_eq!(wins(&outcomes), 1, "winners");
    let store = nodes.first();
    ensure_eq!(store.credential(&account).await?.epoch, 1, "the epoch");
    let told = told_of(store, AuditKind::PasswordReset).await?;
    ensure_eq!(told, 1, "resets told of");
    ensure_eq!(job_ids(store).await?.len(), 1, "notices");
    Ok(())
}

async fn racing_uses_of_sibling_links_have_one_winner(nodes: Nodes) -> CaseResult {
    let account = ann()?;
    for n in [0, 1, 2] {
        issued(nodes.first(), &link(&account, n)).await?;
    }
    let mine = account.clone();
    let outcomes = race(&nodes, move |store, n| {
        let command = ConsumeReset {
            notice: notice(n),
            ..consume(&mine, n % 3)
        };
        async move { store.consume_reset(&command).await }
    })
    .await?;
    ensure_eq!(wins(&outcomes), 1, "winners");
    let epoch = nodes.first().credential(&account).await?.epoch;
    ensure_eq!(epoch, 1, "the epoch");
    ensure_eq!(job_ids(nodes.first()).await?.len(), 1, "notices");
    Ok(())
}

async fn racing_use_and_password_change_have_one_winner(nodes: Nodes) -> CaseResult {
    let account = ann()?;
    issued(nodes.first(), &link(&account, 1)).await?;
    let mine = account.clone();
    let won = race(&nodes, move |store, n| {
        let (reset, change) = (consume(&mine, 1), change(&mine, 0, "changed"));
        async move {
            Ok(if n < 6 {
                store.consume_reset(&reset).await? != ResetConsumed::Invalid
            } else {
                store.change_password(&change).await? != PasswordChanged::Stale
            })
        }
    })
    .await?;
    ensure_eq!(won.iter().filter(|won| **won).count(), 1, "winners");
    let store = nodes.first();
    ensure_eq!(store.credential(&account).await?.epoch, 1, "the epoch");
    ensure_eq!(told(store, TENANT).await?.len(), 1, "transitions told of");
    Ok(())
}

async fn racing_issues_keep_the_allowance(nodes: Nodes) -> CaseResult {
    let account = ann()?;
    let outcomes = race(&nodes, move |store, n| {
        let command = link(&account, n);
        async move { store.issue_reset(&command).await }
    })
    .await?;
    let live = outcomes.iter().filter(|o| **o == ResetIssued::Issued);
    ensure_eq!(live.count(), 3, "links issued");
    Ok(())
}
