//! The audit trail.

use super::fixture::{
    NOW, OTHER_TENANT, SUBJECT, TENANT, advance, ann, bob, change, enrolled, other_ann, revoke,
    revoked, ticket,
};
use super::macros::{cases, ensure, ensure_eq};
use super::{CaseResult, Nodes};
use slotwerk_store::{AuditKind, ChangePassword, PasswordChanged, Stage, StepAdvanced, Subject};

cases!(Audit:
    a_row_says_what_when_and_to_whom,
    a_trail_is_read_in_pages,
    a_trail_holds_its_own_tenant_only,
);

async fn a_row_says_what_when_and_to_whom(nodes: Nodes) -> CaseResult {
    let store = nodes.first();
    let command = ChangePassword {
        subject: Subject([7; 32]),
        now: NOW + 5,
        ..change(&bob()?, 0, "new")
    };
    let changed = store.change_password(&command).await?;
    ensure_eq!(changed, PasswordChanged::Changed { epoch: 1 }, "a change");
    enrolled(store, &ann()?).await?;
    let open = ticket(&ann()?, 8, Stage::Verify);
    store.open_ticket(&open).await?;
    let code = advance(&ann()?, 8, u64::from(u32::MAX));
    let advanced = store.advance_totp_step(&code).await?;
    ensure_eq!(advanced, StepAdvanced::Advanced { epoch: 0 }, "a code");
    let rows = nodes.second().audit_trail(TENANT, 0, 10).await?;
    let told: Vec<_> = rows
        .iter()
        .map(|row| (row.kind, row.at, row.subject))
        .collect();
    let due = [
        (AuditKind::PasswordChanged, NOW + 5, Subject([7; 32])),
        (AuditKind::AuthenticatorAdded, NOW + 1, SUBJECT),
        (AuditKind::CodeAccepted, NOW + 1, SUBJECT),
    ];
    ensure_eq!(told, due, "the trail");
    Ok(())
}

async fn a_trail_is_read_in_pages(nodes: Nodes) -> CaseResult {
    for _ in 0..5 {
        revoked(nodes.first(), &revoke(&ann()?)).await?;
        revoked(nodes.first(), &revoke(&other_ann()?)).await?;
    }
    let mut numbers = Vec::new();
    let mut after = 0;
    for due in [2, 2, 1, 0] {
        let page = nodes.second().audit_trail(TENANT, after, 2).await?;
        ensure_eq!(page.len(), due, "rows after {after}");
        numbers.extend(page.iter().map(|row| row.number));
        after = numbers.last().copied().unwrap_or(0);
    }
    let rising = numbers
        .iter()
        .zip(numbers.iter().skip(1))
        .all(|(a, b)| a < b);
    ensure!(rising, "the numbers do not rise: {numbers:?}");
    let none = nodes.first().audit_trail(TENANT, u64::MAX, 10).await?;
    ensure!(none.is_empty(), "rows after the highest number");
    Ok(())
}

async fn a_trail_holds_its_own_tenant_only(nodes: Nodes) -> CaseResult {
    revoked(nodes.first(), &revoke(&ann()?)).await?;
    let other = nodes.first().audit_trail(OTHER_TENANT, 0, 10).await?;
    ensure!(other.is_empty(), "a row of another tenant");
    Ok(())
}
