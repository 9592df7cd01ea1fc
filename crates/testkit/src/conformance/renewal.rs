//! Renewal: new recovery codes in the place of all old ones.

use super::fixture::{
    TENANT, ann, bob, dead_tickets, digest, enrolled, job_ids, notice, other_ann, spend, ticket,
    ticket_lives, told,
};
use super::macros::{cases, ensure, ensure_eq};
use super::manage::{PASS, managed, renewing, seen};
use super::race::race;
use super::{CaseResult, Nodes};
use slotwerk_store::{
    AuditKind, CodeDigest, HashedCodes, RecoveryCodeSpent, RecoveryCodesRenewed,
    RenewRecoveryCodes, ReplacedCodes, SpendRecoveryCode, Stage,
};

cases!(Factor:
    renewed_codes_take_the_place_of_the_old,
    a_renewal_needs_a_live_ticket,
    racing_renewals_leave_one_set,
    racing_renewals_of_one_set_have_one_winner,
);

async fn renewed_codes_take_the_place_of_the_old(nodes: Nodes) -> CaseResult {
    let store = nodes.first();
    let ann = managed(store, 1).await?;
    for other in [bob()?, other_ann()?] {
        enrolled(store, &other).await?;
    }
    let before = store.authenticators(&ann).await?;
    // One of the old ones is among them.
    let outcome = store
        .renew_recovery_codes(&renewing(&ann, &[0x61, 0x62, 3]))
        .await?;
    ensure_eq!(outcome, RecoveryCodesRenewed::Renewed, "outcome");
    let node = nodes.second();
    ensure_eq!(node.recovery_codes_left(&ann).await?, 3, "codes left");
    ensure_eq!(node.credential(&ann).await?.epoch, 0, "the epoch");
    let lives = ticket_lives(node, &ann, PASS).await?;
    ensure!(lives, "its ticket died");
    ensure_eq!(node.authenticators(&ann).await?, before, "authenticators");
    let last = told(node, TENANT).await?.pop();
    ensure_eq!(last, Some(AuditKind::RecoveryCodesRenewed), "told last");
    let due: Vec<_> = notice(0x42).map(|job| job.id).into_iter().collect();
    ensure_eq!(job_ids(node).await?, due, "the notices");
    for other in [bob()?, other_ann()?] {
        let left = node.recovery_codes_left(&other).await?;
        ensure_eq!(left, 10, "codes of {other:?}");
    }
    store.open_ticket(&ticket(&ann, 8, Stage::Verify)).await?;
    for old in [1, 2, 4, 10] {
        let outcome = store.spend_recovery_code(&spend(&ann, 8, old)).await?;
        ensure_eq!(outcome, RecoveryCodeSpent::Unknown, "old code {old}");
    }
    let outcome = store.spend_recovery_code(&spend(&ann, 8, 0x62)).await?;
    let due = RecoveryCodeSpent::Spent {
        remaining: 2,
        epoch: 0,
    };
    ensure_eq!(outcome, due, "a new one");
    Ok(())
}

async fn a_renewal_needs_a_live_ticket(nodes: Nodes) -> CaseResult {
    let store = nodes.first();
    let ann = managed(store, 1).await?;
    let dead = dead_tickets(store, Stage::Manage).await?;
    let before = seen(store, &ann).await?;
    for (what, ticket) in dead {
        let command = RenewRecoveryCodes {
            ticket,
            ..renewing(&ann, &[0x61])
        };
        let outcome = store.renew_recovery_codes(&command).await?;
        let due = RecoveryCodesRenewed::TicketInvalid;
        ensure_eq!(outcome, due, "under a ticket {what}");
    }
    ensure_eq!(
        seen(nodes.second(), &ann).await?,
        before,
        "what can be seen"
    );
    Ok(())
}

/// The digests of task `n`.
fn codes_of(n: u8) -> Vec<CodeDigest> {
    (0..10).map(|code| digest(100 + n * 10 + code)).collect()
}

async fn racing_renewals_leave_one_set(nodes: Nodes) -> CaseResult {
    let store = nodes.first();
    let account = managed(store, 1).await?;
    let ann = ann()?;
    race(&nodes, move |store, n| {
        let command = RenewRecoveryCodes {
            recovery_codes: HashedCodes {
                hashing: format!("set {n}"),
                digests: codes_of(n),
            },
            notice: None,
            ..renewing(&ann, &[])
        };
        async move { store.renew_recovery_codes(&command).await }
    })
    .await?;
    ensure_eq!(store.recovery_codes_left(&account).await?, 10, "codes left");
    store
        .open_ticket(&ticket(&account, 8, Stage::Verify))
        .await?;
    let hashing = store.recovery_code_hashing(&account).await?;
    let mut whole = Vec::new();
    for n in 0..12 {
        let any = SpendRecoveryCode {
            digests: codes_of(n),
            notice: None,
            ..spend(&account, 8, 0)
        };
        let mut spent = 0;
        for _ in 0..12 {
            if store.spend_recovery_code(&any).await? == RecoveryCodeSpent::Unknown {
                break;
            }
            spent += 1;
            store
                .open_ticket(&ticket(&account, 8, Stage::Verify))
                .await?;
        }
        if spent > 0 {
            whole.push(spent);
            let due = Some(format!("set {n}"));
            ensure_eq!(hashing, due, "how the codes that are left were hashed");
        }
    }
    ensure_eq!(whole, [10], "codes of each set that is left");
    Ok(())
}

/// Twelve forms about one set, sent at once: the other codes were never written down.
async fn racing_renewals_of_one_set_have_one_winner(nodes: Nodes) -> CaseResult {
    let store = nodes.first();
    let account = managed(store, 1).await?;
    let ann = ann()?;
    let hashing = store.recovery_code_hashing(&account).await?;
    let replaces = ReplacedCodes::Set(hashing.clone());
    let outcomes = race(&nodes, move |store, n| {
        let command = RenewRecoveryCodes {
            replaces: replaces.clone(),
            recovery_codes: HashedCodes {
                hashing: format!("set {n}"),
                digests: codes_of(n),
            },
            notice: None,
            ..renewing(&ann, &[])
        };
        async move { store.renew_recovery_codes(&command).await }
    })
    .await?;
    let of = |due| outcomes.iter().filter(|outcome| **outcome == due).count();
    ensure_eq!(of(RecoveryCodesRenewed::Renewed), 1, "renewals that count");
    let others = outcomes.len() - 1;
    ensure_eq!(of(RecoveryCodesRenewed::OtherSet), others, "the others");
    let late = RenewRecoveryCodes {
        replaces: ReplacedCodes::Set(hashing),
        ..renewing(&account, &[0x61])
    };
    let outcome = store.renew_recovery_codes(&late).await?;
    ensure_eq!(outcome, RecoveryCodesRenewed::OtherSet, "a late form");
    let node = nodes.second();
    ensure_eq!(node.recovery_codes_left(&account).await?, 10, "codes left");
    let none = RenewRecoveryCodes {
        replaces: ReplacedCodes::Set(None),
        ..renewing(&account, &[0x61])
    };
    let outcome = node.renew_recovery_codes(&none).await?;
    ensure_eq!(
        outcome,
        RecoveryCodesRenewed::OtherSet,
        "a form about no codes"
    );
    Ok(())
}
