//! Recovery codes: each spent once, with its ticket or not at all.

use super::fixture::{
    HASHING, ann, bob, dead_tickets, digest, enrolled, job_ids, notice, other_ann, spend, ticket,
    ticket_lives, told_of,
};
use super::macros::{cases, ensure, ensure_eq};
use super::manage::{managed, renewing};
use super::race::{TASKS, race};
use super::{CaseResult, Mismatch, Nodes};
use slotwerk_store::{
    AccountKey, AuditKind, HashedCodes, RecoveryCodeSpent, RecoveryCodesRenewed,
    RenewRecoveryCodes, SpendRecoveryCode, Stage, Store,
};

cases!(Factor:
    a_recovery_code_is_spent_once_told_of_and_noticed,
    a_recovery_code_is_found_under_any_of_its_digests,
    code_hashing_belongs_to_its_set,
    an_unknown_recovery_code_leaves_the_ticket,
    a_recovery_code_of_another_account_is_unknown,
    a_dead_ticket_leaves_the_recovery_code,
    racing_uses_of_one_recovery_code_have_one_winner,
    racing_recovery_codes_under_one_ticket_have_one_winner,
);

fn spent(remaining: u32) -> RecoveryCodeSpent {
    RecoveryCodeSpent::Spent {
        remaining,
        epoch: 0,
    }
}

/// Ann, enrolled, with tickets 0x40 to 0x4b.
async fn ready(store: &dyn Store) -> Result<AccountKey, Mismatch> {
    let ann = ann()?;
    enrolled(store, &ann).await?;
    for n in (0..).take(TASKS) {
        let open = ticket(&ann, 0x40 + n, Stage::Verify);
        store.open_ticket(&open).await?;
    }
    Ok(ann)
}

async fn a_recovery_code_is_spent_once_told_of_and_noticed(nodes: Nodes) -> CaseResult {
    let store = nodes.first();
    let ann = ready(store).await?;
    let outcome = store.spend_recovery_code(&spend(&ann, 0x40, 3)).await?;
    ensure_eq!(outcome, spent(9), "the first use");
    ensure!(!ticket_lives(store, &ann, 0x40).await?, "the ticket lives");
    let store = nodes.second();
    ensure_eq!(store.recovery_codes_left(&ann).await?, 9, "codes left");
    let again = store.spend_recovery_code(&spend(&ann, 0x41, 3)).await?;
    ensure_eq!(again, RecoveryCodeSpent::Unknown, "the second use");
    let told = told_of(store, AuditKind::RecoveryCodeSpent).await?;
    ensure_eq!(told, 1, "codes told of");
    let due: Vec<_> = notice(3).map(|job| job.id).into_iter().collect();
    ensure_eq!(job_ids(store).await?, due, "the notices");
    Ok(())
}

async fn a_recovery_code_is_found_under_any_of_its_digests(nodes: Nodes) -> CaseResult {
    let store = nodes.first();
    let ann = ready(store).await?;
    let under = |ticket, digests: &[u8]| SpendRecoveryCode {
        digests: digests.iter().copied().map(digest).collect(),
        notice: None,
        ..spend(&ann, ticket, 0)
    };
    let first = store.spend_recovery_code(&under(0x40, &[5, 0xee])).await?;
    ensure_eq!(first, spent(9), "the digest stands first");
    let last = store
        .spend_recovery_code(&under(0x41, &[0xed, 0xee, 6]))
        .await?;
    ensure_eq!(last, spent(8), "the digest stands last");
    let none = store.spend_recovery_code(&under(0x42, &[])).await?;
    ensure_eq!(none, RecoveryCodeSpent::Unknown, "no digest at all");
    Ok(())
}

async fn code_hashing_belongs_to_its_set(nodes: Nodes) -> CaseResult {
    let store = nodes.first();
    let ann = managed(store, 1).await?;
    let others = [bob()?, other_ann()?];
    let hashing = store.recovery_code_hashing(&ann).await?;
    ensure_eq!(hashing.as_deref(), Some(HASHING), "of the first set");
    let new = RenewRecoveryCodes {
        recovery_codes: HashedCodes {
            hashing: "of the new set".to_owned(),
            digests: vec![digest(0x61), digest(0x62)],
        },
        notice: None,
        ..renewing(&ann, &[])
    };
    let renewed = store.renew_recovery_codes(&new).await?;
    ensure_eq!(renewed, RecoveryCodesRenewed::Renewed, "the renewal");
    let node = nodes.second();
    let hashing = node.recovery_code_hashing(&ann).await?;
    ensure_eq!(
        hashing.as_deref(),
        Some("of the new set"),
        "after a renewal"
    );
    for other in &others {
        let none = node.recovery_code_hashing(other).await?;
        ensure_eq!(none, None, "of {other:?}, who has no codes");
    }
    for (n, due) in [(0x61, Some("of the new set")), (0x62, None)] {
        store.open_ticket(&ticket(&ann, 8, Stage::Verify)).await?;
        let last = SpendRecoveryCode {
            notice: None,
            ..spend(&ann, 8, n)
        };
        let _ = store.spend_recovery_code(&last).await?;
        let hashing = node.recovery_code_hashing(&ann).await?;
        ensure_eq!(hashing.as_deref(), due, "after code {n:x} was used");
    }
    Ok(())
}

async fn an_unknown_recovery_code_leaves_the_ticket(nodes: Nodes) -> CaseResult {
    let store = nodes.first();
    let ann = ready(store).await?;
    let outcome = store.spend_recovery_code(&spend(&ann, 0x40, 0xaa)).await?;
    ensure_eq!(outcome, RecoveryCodeSpent::Unknown, "outcome");
    let lives = ticket_lives(nodes.second(), &ann, 0x40).await?;
    ensure!(lives, "an unknown code spent the ticket");
    ensure_eq!(store.recovery_codes_left(&ann).await?, 10, "codes left");
    let told = told_of(store, AuditKind::RecoveryCodeSpent).await?;
    ensure_eq!(told, 0, "codes told of");
    ensure!(
        job_ids(store).await?.is_empty(),
        "an unknown code was noticed"
    );
    Ok(())
}

async fn a_recovery_code_of_another_account_is_unknown(nodes: Nodes) -> CaseResult {
    let store = nodes.first();
    let ann = ready(store).await?;
    for (other, n) in [(bob()?, 9), (other_ann()?, 10)] {
        store.open_ticket(&ticket(&other, n, Stage::Verify)).await?;
        let outcome = store.spend_recovery_code(&spend(&other, n, 3)).await?;
        let due = RecoveryCodeSpent::Unknown;
        ensure_eq!(outcome, due, "Ann's under {other:?}");
    }
    ensure_eq!(store.recovery_codes_left(&ann).await?, 10, "codes left");
    Ok(())
}

async fn a_dead_ticket_leaves_the_recovery_code(nodes: Nodes) -> CaseResult {
    let store = nodes.first();
    let ann = ready(store).await?;
    for (what, ticket) in dead_tickets(store, Stage::Verify).await? {
        let command = SpendRecoveryCode {
            ticket,
            ..spend(&ann, 0, 3)
        };
        let outcome = store.spend_recovery_code(&command).await?;
        let due = RecoveryCodeSpent::TicketInvalid;
        ensure_eq!(outcome, due, "under a ticket {what}");
        let left = store.recovery_codes_left(&ann).await?;
        ensure_eq!(left, 10, "codes left after a ticket {what}");
    }
    ensure!(
        job_ids(store).await?.is_empty(),
        "a dead ticket was noticed"
    );
    let right = store.spend_recovery_code(&spend(&ann, 0x40, 3)).await?;
    ensure_eq!(right, spent(9), "under a live ticket");
    Ok(())
}

async fn racing_uses_of_one_recovery_code_have_one_winner(nodes: Nodes) -> CaseResult {
    let store = nodes.first();
    let ann = ready(store).await?;
    let mine = ann.clone();
    let outcomes = race(&nodes, move |store, n| {
        let command = SpendRecoveryCode {
            notice: notice(n),
            ..spend(&mine, 0x40 + n, 3)
        };
        async move { Ok((n, store.spend_recovery_code(&command).await?)) }
    })
    .await?;
    let winners = outcomes.iter().filter(|(_, o)| *o == spent(9)).count();
    ensure_eq!(winners, 1, "winners");
    for (n, outcome) in outcomes {
        let lives = ticket_lives(store, &ann, 0x40 + n).await?;
        let due = outcome == RecoveryCodeSpent::Unknown;
        ensure_eq!(lives, due, "ticket {n} lives");
    }
    ensure_eq!(store.recovery_codes_left(&ann).await?, 9, "codes left");
    let told = told_of(store, AuditKind::RecoveryCodeSpent).await?;
    ensure_eq!(told, 1, "codes told of");
    ensure_eq!(job_ids(store).await?.len(), 1, "notices");
    Ok(())
}

async fn racing_recovery_codes_under_one_ticket_have_one_winner(nodes: Nodes) -> CaseResult {
    let store = nodes.first();
    let ann = ready(store).await?;
    let mine = ann.clone();
    let outcomes = race(&nodes, move |store, n| {
        let command = SpendRecoveryCode {
            notice: notice(n),
            ..spend(&mine, 0x40, 1 + n % 10)
        };
        async move { store.spend_recovery_code(&command).await }
    })
    .await?;
    let winners = outcomes.iter().filter(|o| **o == spent(9)).count();
    ensure_eq!(winners, 1, "winners");
    ensure_eq!(store.recovery_codes_left(&ann).await?, 9, "codes left");
    Ok(())
}
