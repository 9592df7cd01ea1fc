//! What is known of the current password: since when it is, and whether it must be looked at again.

use super::fixture::{
    HOUR, NOW, ann, bob, change, consume, issued, keep, link, other_ann, password, revoke, revoked,
    set_hash,
};
use super::macros::{cases, ensure, ensure_eq};
use super::race::race;
use super::{CaseResult, Nodes};
use slotwerk_store::{
    AccountKey, ChangePassword, ClearRecheck, ConsumeReset, HashReplaced, IssueReset,
    PasswordChanged, RecheckCleared, ResetConsumed, Store,
};

cases!(Credential:
    a_password_tells_when_it_was_set,
    a_mark_is_what_the_last_change_says,
    a_stronger_hash_leaves_age_and_mark,
    a_revocation_leaves_age_and_mark,
    a_mark_is_cleared_once_and_for_its_version_only,
    racing_clearances_have_one_winner,
    racing_clearance_and_change_leave_the_new_mark,
);

fn marked(account: &AccountKey, epoch: u64) -> ChangePassword {
    ChangePassword {
        recheck: true,
        ..change(account, epoch, &format!("marked after {epoch}"))
    }
}

fn clear(account: &AccountKey, epoch: u64) -> ClearRecheck {
    ClearRecheck {
        account: account.clone(),
        epoch,
    }
}

/// Sets a password that is to be looked at again, and gives the epoch it has.
async fn mark(store: &dyn Store, account: &AccountKey) -> Result<u64, super::Mismatch> {
    let epoch = store.credential(account).await?.epoch;
    let outcome = store.change_password(&marked(account, epoch)).await?;
    let epoch = epoch + 1;
    ensure_eq!(outcome, PasswordChanged::Changed { epoch }, "a change");
    Ok(epoch)
}

async fn a_password_tells_when_it_was_set(nodes: Nodes) -> CaseResult {
    let (store, ann, bob) = (nodes.first(), ann()?, bob()?);
    ensure_eq!(store.credential(&ann).await?.set_at, None, "before");
    // Two changes in one go; then a link, by a clock that was set back.
    for (epoch, now) in [(0, NOW + 5), (1, NOW + 2 * HOUR)] {
        let command = ChangePassword {
            now,
            ..change(&ann, epoch, "chosen")
        };
        let outcome = store.change_password(&command).await?;
        ensure!(outcome != PasswordChanged::Stale, "a change was refused");
        let set_at = nodes.second().credential(&ann).await?.set_at;
        ensure_eq!(set_at, Some(now), "after change {epoch}");
    }
    let issue = IssueReset {
        epoch: 2,
        ..link(&ann, 1)
    };
    issued(store, &issue).await?;
    let outcome = store.consume_reset(&consume(&ann, 1)).await?;
    ensure_eq!(outcome, ResetConsumed::Consumed { epoch: 3 }, "outcome");
    let set_at = nodes.second().credential(&ann).await?.set_at;
    ensure_eq!(set_at, Some(NOW + 1), "after a reset");
    let _ = revoked(store, &revoke(&bob)).await?;
    let set_at = store.credential(&bob).await?.set_at;
    ensure_eq!(set_at, None, "of an account that has an epoch only");
    Ok(())
}

async fn a_mark_is_what_the_last_change_says(nodes: Nodes) -> CaseResult {
    let (store, ann, bob) = (nodes.first(), ann()?, bob()?);
    ensure!(
        !store.credential(&ann).await?.recheck,
        "marked without a password"
    );
    for (epoch, recheck) in [(0, true), (1, false), (2, true), (3, true), (4, false)] {
        let command = ChangePassword {
            recheck,
            ..change(&ann, epoch, "chosen")
        };
        let outcome = store.change_password(&command).await?;
        ensure!(outcome != PasswordChanged::Stale, "a change was refused");
        let seen = nodes.second().credential(&ann).await?.recheck;
        ensure_eq!(seen, recheck, "the mark after change {epoch}");
    }
    for (n, recheck) in [(1, true), (2, false)] {
        let issue = IssueReset {
            epoch: u64::from(n) - 1,
            ..link(&bob, n)
        };
        issued(store, &issue).await?;
        let command = ConsumeReset {
            recheck,
            ..consume(&bob, n)
        };
        let outcome = store.consume_reset(&command).await?;
        ensure!(outcome != ResetConsumed::Invalid, "a link was refused");
        let seen = nodes.second().credential(&bob).await?.recheck;
        ensure_eq!(seen, recheck, "the mark after link {n}");
    }
    Ok(())
}

async fn a_stronger_hash_leaves_age_and_mark(nodes: Nodes) -> CaseResult {
    let (store, ann) = (nodes.first(), ann()?);
    mark(store, &ann).await?;
    let outcome = set_hash(store, &ann, "marked after 0", "stronger").await?;
    ensure_eq!(outcome, HashReplaced::Replaced, "outcome");
    let credential = nodes.second().credential(&ann).await?;
    ensure_eq!(credential.set_at, Some(NOW), "when it was set");
    ensure!(credential.recheck, "a rehash took the mark");
    Ok(())
}

async fn a_revocation_leaves_age_and_mark(nodes: Nodes) -> CaseResult {
    let (store, ann) = (nodes.first(), ann()?);
    mark(store, &ann).await?;
    let later = slotwerk_store::RevokeAccess {
        now: NOW + HOUR,
        ..revoke(&ann)
    };
    ensure_eq!(revoked(store, &later).await?, 2, "the epoch");
    let credential = nodes.second().credential(&ann).await?;
    ensure_eq!(credential.set_at, Some(NOW), "when it was set");
    ensure!(credential.recheck, "a revocation took the mark");
    Ok(())
}

async fn a_mark_is_cleared_once_and_for_its_version_only(nodes: Nodes) -> CaseResult {
    let (store, ann, bob, other) = (nodes.first(), ann()?, bob()?, other_ann()?);
    password(store, &ann, "one").await?;
    for account in [&ann, &bob, &other] {
        mark(store, account).await?;
    }
    // The one checked was the password before; or the account was revoked meanwhile.
    for epoch in [0, 1, 3] {
        let outcome = store.clear_recheck(&clear(&ann, epoch)).await?;
        ensure_eq!(outcome, RecheckCleared::Stale, "epoch {epoch} of 2");
        let marked = nodes.second().credential(&ann).await?.recheck;
        ensure!(marked, "a clearance of epoch {epoch} took the mark");
    }
    let outcome = store.clear_recheck(&clear(&ann, 2)).await?;
    ensure_eq!(outcome, RecheckCleared::Cleared, "the current epoch");
    let credential = nodes.second().credential(&ann).await?;
    ensure!(!credential.recheck, "the mark stayed");
    ensure_eq!(credential.epoch, 2, "the epoch");
    ensure_eq!(credential.set_at, Some(NOW), "when it was set");
    let again = store.clear_recheck(&clear(&ann, 2)).await?;
    ensure_eq!(again, RecheckCleared::Stale, "the second time");
    let unknown = AccountKey::new("noord", "nobody")?;
    let outcome = store.clear_recheck(&clear(&unknown, 0)).await?;
    ensure_eq!(outcome, RecheckCleared::Stale, "an unknown account");
    for account in [&bob, &other] {
        let marked = nodes.second().credential(account).await?.recheck;
        ensure!(marked, "the mark of {account:?} went too");
    }
    Ok(())
}

async fn racing_clearances_have_one_winner(nodes: Nodes) -> CaseResult {
    let account = ann()?;
    let epoch = mark(nodes.first(), &account).await?;
    let mine = account.clone();
    let outcomes = race(&nodes, move |store, _| {
        let command = clear(&mine, epoch);
        async move { store.clear_recheck(&command).await }
    })
    .await?;
    let winners = outcomes.iter().filter(|o| **o == RecheckCleared::Cleared);
    ensure_eq!(winners.count(), 1, "winners");
    let marked = nodes.first().credential(&account).await?.recheck;
    ensure!(!marked, "the mark stayed");
    Ok(())
}

/// The check was of the old password; the mark is on the new one.
async fn racing_clearance_and_change_leave_the_new_mark(nodes: Nodes) -> CaseResult {
    let account = ann()?;
    let epoch = mark(nodes.first(), &account).await?;
    let mine = account.clone();
    race(&nodes, move |store, n| {
        let change = ChangePassword {
            keep: keep(24, 0),
            ..marked(&mine, epoch)
        };
        let clear = clear(&mine, epoch);
        async move {
            if n % 2 == 0 {
                let _ = store.change_password(&change).await?;
            } else {
                let _ = store.clear_recheck(&clear).await?;
            }
            Ok(())
        }
    })
    .await?;
    let credential = nodes.first().credential(&account).await?;
    ensure_eq!(credential.epoch, epoch + 1, "the epoch");
    ensure!(credential.recheck, "an old check took the new mark");
    Ok(())
}
