//! Past passwords: when one is remembered, and for whom.

use super::fixture::{
    ALL, HOUR, NOW, ann, bob, change, chosen, consume, issued, keep, link, other_ann, password,
    past, remembered, revoke, revoked, set_hash, several,
};
use super::macros::{cases, ensure, ensure_eq};
use super::race::race;
use super::{CaseResult, Nodes};
use slotwerk_store::{
    ChangePassword, ConsumeReset, HashReplaced, IssueReset, KeepHistory, PasswordChanged,
    ReplaceHash, ResetConsumed,
};

cases!(History:
    a_replaced_password_is_remembered_with_the_second_it_was_retired,
    a_password_replaced_by_link_is_remembered_likewise,
    a_first_password_adds_nothing_to_the_history,
    a_refused_change_remembers_and_forgets_nothing,
    a_history_is_read_from_the_newest_within_the_limit,
    a_history_is_of_its_own_account_only,
    a_stronger_hash_is_not_a_past_password,
    a_revocation_leaves_the_history,
    a_purge_leaves_the_history,
    racing_changes_remember_one_password,
    racing_use_and_change_remember_one_password,
    racing_rehash_and_change_retire_the_hash_that_stood,
);

async fn a_replaced_password_is_remembered_with_the_second_it_was_retired(
    nodes: Nodes,
) -> CaseResult {
    let ann = ann()?;
    several(nodes.first(), &ann, 2).await?;
    let seen = remembered(nodes.second(), &ann).await?;
    ensure_eq!(seen, past(&[("p0", NOW + HOUR)]), "after one replacement");
    // Twice within a second: the order is still that of the replacements.
    for hash in ["p2", "p3"] {
        let (all, at) = (keep(24, u64::MAX), NOW + 2 * HOUR);
        chosen(nodes.second(), &ann, hash, all, at).await?;
    }
    let seen = remembered(nodes.first(), &ann).await?;
    let late = NOW + 2 * HOUR;
    let due = past(&[("p2", late), ("p1", late), ("p0", NOW + HOUR)]);
    ensure_eq!(seen, due, "after three replacements");
    let current = nodes.first().credential(&ann).await?.hash;
    ensure_eq!(current.as_deref(), Some("p3"), "the current hash");
    Ok(())
}

async fn a_password_replaced_by_link_is_remembered_likewise(nodes: Nodes) -> CaseResult {
    let (store, ann) = (nodes.first(), ann()?);
    several(store, &ann, 2).await?;
    for (n, epoch) in [(1, 2), (2, 3)] {
        let issue = IssueReset {
            epoch,
            ..link(&ann, n)
        };
        issued(store, &issue).await?;
        let command = ConsumeReset {
            keep: keep(2, u64::MAX),
            now: NOW + u64::from(n),
            ..consume(&ann, n)
        };
        let due = ResetConsumed::Consumed { epoch: epoch + 1 };
        ensure_eq!(store.consume_reset(&command).await?, due, "use {n}");
    }
    let seen = remembered(nodes.second(), &ann).await?;
    let due = past(&[("hash by link 1", NOW + 2), ("p1", NOW + 1)]);
    ensure_eq!(seen, due, "after two links");
    Ok(())
}

async fn a_first_password_adds_nothing_to_the_history(nodes: Nodes) -> CaseResult {
    let (store, all) = (nodes.first(), keep(24, 0));
    let (ann, bob, other) = (ann()?, bob()?, other_ann()?);
    chosen(store, &ann, "first", all, NOW).await?;
    // An epoch of its own, and still no password.
    ensure_eq!(revoked(store, &revoke(&bob)).await?, 1, "the epoch");
    chosen(store, &bob, "first", all, NOW).await?;
    issued(store, &link(&other, 1)).await?;
    let command = ConsumeReset {
        keep: all,
        ..consume(&other, 1)
    };
    let outcome = store.consume_reset(&command).await?;
    ensure_eq!(outcome, ResetConsumed::Consumed { epoch: 1 }, "outcome");
    for account in [ann, bob, other] {
        let seen = remembered(nodes.second(), &account).await?;
        ensure!(seen.is_empty(), "{seen:?} of {account:?}");
    }
    Ok(())
}

async fn a_refused_change_remembers_and_forgets_nothing(nodes: Nodes) -> CaseResult {
    let (store, ann) = (nodes.first(), ann()?);
    several(store, &ann, 3).await?;
    let due = past(&[("p1", NOW + 2 * HOUR), ("p0", NOW + HOUR)]);
    let issue = IssueReset {
        epoch: 3,
        ..link(&ann, 1)
    };
    issued(store, &issue).await?;
    for keep in [keep(24, 0), KeepHistory::NOTHING] {
        for epoch in [0, 1, 2, 4] {
            let stale = ChangePassword {
                keep,
                recheck: true,
                now: NOW + 9 * HOUR,
                ..change(&ann, epoch, "refused")
            };
            let outcome = store.change_password(&stale).await?;
            ensure_eq!(outcome, PasswordChanged::Stale, "epoch {epoch} of 3");
        }
        for (what, n, now) in [("unknown", 2, NOW), ("expired", 1, NOW + HOUR)] {
            let dead = ConsumeReset {
                keep,
                recheck: true,
                now,
                ..consume(&ann, n)
            };
            let outcome = store.consume_reset(&dead).await?;
            ensure_eq!(outcome, ResetConsumed::Invalid, "a link that is {what}");
        }
        let seen = remembered(nodes.second(), &ann).await?;
        ensure_eq!(seen, due, "the history after refusals that keep {keep:?}");
    }
    let credential = store.credential(&ann).await?;
    let set_at = Some(NOW + 2 * HOUR);
    ensure_eq!(credential.set_at, set_at, "when it was set");
    ensure!(!credential.recheck, "a refused change set the mark");
    Ok(())
}

async fn a_history_is_read_from_the_newest_within_the_limit(nodes: Nodes) -> CaseResult {
    let (store, ann) = (nodes.first(), ann()?);
    ensure!(
        store.password_history(&ann, 9).await?.is_empty(),
        "an unknown account has a past"
    );
    several(store, &ann, 4).await?;
    for (limit, due) in [
        (0, &[][..]),
        (1, &["p2"]),
        (2, &["p2", "p1"]),
        (3, &["p2", "p1", "p0"]),
        (u16::MAX, &["p2", "p1", "p0"]),
    ] {
        let found = nodes.second().password_history(&ann, limit).await?;
        let hashes: Vec<_> = found.iter().map(|past| past.hash.as_str()).collect();
        ensure_eq!(hashes, due, "with limit {limit}");
    }
    Ok(())
}

async fn a_history_is_of_its_own_account_only(nodes: Nodes) -> CaseResult {
    let store = nodes.first();
    let (ann, bob, other) = (ann()?, bob()?, other_ann()?);
    for account in [&ann, &bob, &other] {
        several(store, account, 3).await?;
    }
    // Ann forgets; neither who shares her tenant nor who shares her id does.
    let at = NOW + 3 * HOUR;
    chosen(store, &ann, "p3", KeepHistory::NOTHING, at).await?;
    chosen(store, &bob, "p3", keep(2, u64::MAX), at).await?;
    let two = [("p1", NOW + 2 * HOUR), ("p0", NOW + HOUR)];
    for (account, due) in [
        (&ann, &[][..]),
        (&bob, &[("p2", at), two[0]]),
        (&other, &two),
    ] {
        let seen = remembered(nodes.second(), account).await?;
        ensure_eq!(seen, past(due), "the history of {account:?}");
    }
    Ok(())
}

async fn a_stronger_hash_is_not_a_past_password(nodes: Nodes) -> CaseResult {
    let (store, ann) = (nodes.first(), ann()?);
    several(store, &ann, 2).await?;
    let outcome = set_hash(store, &ann, "p1", "p1, stronger").await?;
    ensure_eq!(outcome, HashReplaced::Replaced, "outcome");
    let seen = remembered(nodes.second(), &ann).await?;
    ensure_eq!(seen, past(&[("p0", NOW + HOUR)]), "after a rehash");
    let (all, at) = (keep(24, 0), NOW + 2 * HOUR);
    chosen(store, &ann, "p2", all, at).await?;
    let seen = remembered(nodes.second(), &ann).await?;
    let due = past(&[("p1, stronger", at), ("p0", NOW + HOUR)]);
    ensure_eq!(seen, due, "what stood is what is remembered");
    Ok(())
}

async fn a_revocation_leaves_the_history(nodes: Nodes) -> CaseResult {
    let (store, ann) = (nodes.first(), ann()?);
    several(store, &ann, 2).await?;
    let due = past(&[("p0", NOW + HOUR)]);
    ensure_eq!(revoked(store, &revoke(&ann)).await?, 3, "the epoch");
    let seen = remembered(nodes.second(), &ann).await?;
    ensure_eq!(seen, due, "after a revocation");
    let (all, at) = (keep(24, 0), NOW + 2 * HOUR);
    chosen(store, &ann, "p2", all, at).await?;
    let seen = remembered(nodes.second(), &ann).await?;
    let due = past(&[("p1", at), ("p0", NOW + HOUR)]);
    ensure_eq!(seen, due, "after a change that followed it");
    Ok(())
}

async fn a_purge_leaves_the_history(nodes: Nodes) -> CaseResult {
    let (store, ann) = (nodes.first(), ann()?);
    several(store, &ann, 3).await?;
    let before = remembered(store, &ann).await?;
    ensure_eq!(before.len(), 2, "past passwords before");
    let gone = store.purge(NOW + 100 * 365 * 86_400, ALL).await?;
    ensure_eq!(gone, 0, "rows that went");
    let after = remembered(nodes.second(), &ann).await?;
    ensure_eq!(after, before, "past passwords after");
    Ok(())
}

async fn racing_changes_remember_one_password(nodes: Nodes) -> CaseResult {
    let ann = ann()?;
    password(nodes.first(), &ann, "old").await?;
    let account = ann.clone();
    let outcomes = race(&nodes, move |store, n| {
        let command = ChangePassword {
            keep: keep(24, 0),
            now: NOW + u64::from(n),
            ..change(&account, 1, &format!("new {n}"))
        };
        async move { Ok((n, store.change_password(&command).await?)) }
    })
    .await?;
    let winners: Vec<u64> = outcomes
        .iter()
        .filter(|(_, outcome)| *outcome != PasswordChanged::Stale)
        .map(|(n, _)| u64::from(*n))
        .collect();
    ensure_eq!(winners.len(), 1, "winners");
    let retired: Vec<_> = winners.iter().map(|n| ("old", NOW + n)).collect();
    let seen = remembered(nodes.first(), &ann).await?;
    ensure_eq!(seen, past(&retired), "the history");
    let set_at = nodes.second().credential(&ann).await?.set_at;
    ensure_eq!(set_at, winners.first().map(|n| NOW + n), "when it was set");
    Ok(())
}

async fn racing_use_and_change_remember_one_password(nodes: Nodes) -> CaseResult {
    let ann = ann()?;
    password(nodes.first(), &ann, "old").await?;
    let issue = IssueReset {
        epoch: 1,
        ..link(&ann, 1)
    };
    issued(nodes.first(), &issue).await?;
    let account = ann.clone();
    let won = race(&nodes, move |store, n| {
        let reset = ConsumeReset {
            keep: keep(24, 0),
            ..consume(&account, 1)
        };
        let change = ChangePassword {
            keep: keep(24, 0),
            now: NOW + 1,
            ..change(&account, 1, "changed")
        };
        async move {
            Ok(if n % 2 == 0 {
                store.consume_reset(&reset).await? != ResetConsumed::Invalid
            } else {
                store.change_password(&change).await? != PasswordChanged::Stale
            })
        }
    })
    .await?;
    ensure_eq!(won.iter().filter(|won| **won).count(), 1, "winners");
    let seen = remembered(nodes.first(), &ann).await?;
    ensure_eq!(seen, past(&[("old", NOW + 1)]), "the history");
    Ok(())
}

async fn racing_rehash_and_change_retire_the_hash_that_stood(nodes: Nodes) -> CaseResult {
    let ann = ann()?;
    password(nodes.first(), &ann, "weak").await?;
    let account = ann.clone();
    let stronger = race(&nodes, move |store, n| {
        let change = ChangePassword {
            keep: keep(24, 0),
            ..change(&account, 1, "changed")
        };
        let rehash = ReplaceHash {
            account: account.clone(),
            expected: "weak".to_owned(),
            replacement: format!("strong {n}"),
        };
        async move {
            if n % 2 == 0 {
                let _ = store.change_password(&change).await?;
                return Ok(None);
            }
            let outcome = store.replace_hash(&rehash).await?;
            Ok((outcome == HashReplaced::Replaced).then_some(rehash.replacement))
        }
    })
    .await?;
    let stronger: Vec<String> = stronger.into_iter().flatten().collect();
    ensure!(stronger.len() <= 1, "rehashes that won: {stronger:?}");
    let stood = stronger.first().map_or("weak", String::as_str);
    let seen = remembered(nodes.first(), &ann).await?;
    ensure_eq!(seen, past(&[(stood, NOW)]), "the history");
    Ok(())
}
