//! Checkpoints over the audit trail.

use super::fixture::{NOW, OTHER_TENANT, Seen, TENANT, ann, other_ann, revoke, revoked};
use super::macros::{cases, ensure, ensure_eq};
use super::race::race;
use super::{CaseResult, Nodes};
use slotwerk_store::{
    AuditReason, AuditRecord, AuditSealed, AuditTenants, Checkpoint, Id, MAX_CHECKPOINT_PAGE,
    MAX_CHECKPOINT_ROWS, RevokeAccess, SealAudit, SealedAudit, Store, Subject, UnsealedAudit,
};

cases!(Audit:
    unsealed_rows_come_oldest_first,
    record_is_the_row_as_stored,
    sealed_rows_are_covered_once,
    sealed_pages_leave_nothing_out,
    checkpoint_is_kept_as_made,
    stale_chain_seals_nothing,
    only_own_rows_are_sealed,
    audit_tenants_are_listed,
    removal_follows_the_last_checkpoint,
    racing_seals_have_one_winner,
);

/// A row of this second in the first tenant.
async fn told(store: &dyn Store, at: u64) -> CaseResult {
    let command = RevokeAccess {
        now: NOW + at,
        ..revoke(&ann()?)
    };
    revoked(store, &command).await?;
    Ok(())
}

fn unsealed_of(tenant: &str) -> UnsealedAudit {
    UnsealedAudit {
        tenant: tenant.to_owned(),
        until: u64::MAX,
        after: None,
        limit: MAX_CHECKPOINT_ROWS,
    }
}

fn sealed_of(tenant: &str) -> SealedAudit {
    SealedAudit {
        tenant: tenant.to_owned(),
        after: None,
        limit: MAX_CHECKPOINT_ROWS,
    }
}

fn all_tenants() -> AuditTenants {
    AuditTenants {
        after: None,
        unsealed_until: None,
        limit: 100,
    }
}

/// Checkpoints differ in their bytes by their number.
fn checkpoint(number: u8) -> Checkpoint {
    Checkpoint {
        number: number.into(),
        previous: [number; 32],
        sealed_at: NOW + 100 + u64::from(number),
        newest: NOW + u64::from(number),
        removed_through: 0,
        entries: vec![number; 40],
        key: u16::MAX - u16::from(number),
        mac: [number.wrapping_add(100); 32],
    }
}

/// Adds the checkpoint of this number behind its predecessor.
fn seal(tenant: &str, number: u8, rows: &[u64]) -> SealAudit {
    let last = number.checked_sub(1).filter(|last| *last > 0);
    SealAudit {
        tenant: tenant.to_owned(),
        last: last.map(|last| (last.into(), checkpoint(last).mac)),
        checkpoint: checkpoint(number),
        rows: rows.to_vec(),
    }
}

async fn sealed(store: &dyn Store, command: &SealAudit) -> CaseResult {
    let outcome = store.seal_audit(command).await?;
    ensure_eq!(outcome, AuditSealed::Sealed, "a checkpoint");
    Ok(())
}

/// The numbers of the rows that no checkpoint covers.
async fn unsealed(store: &dyn Store, tenant: &str) -> Seen<Vec<u64>> {
    let rows = store.unsealed_audit(&unsealed_of(tenant)).await?;
    Ok(numbers(&rows))
}

/// Each row that a checkpoint covers: the checkpoint, and the number of the row.
async fn covered(store: &dyn Store, tenant: &str) -> Seen<Vec<(u64, u64)>> {
    let rows = store.sealed_audit(&sealed_of(tenant)).await?;
    let pairs = rows
        .iter()
        .map(|row| (row.checkpoint.unwrap_or(0), row.number));
    Ok(pairs.collect())
}

fn numbers(rows: &[AuditRecord]) -> Vec<u64> {
    rows.iter().map(|row| row.number).collect()
}

fn place(row: &AuditRecord) -> (u64, Id) {
    (row.at, row.id)
}

async fn unsealed_rows_come_oldest_first(nodes: Nodes) -> CaseResult {
    // The clock goes back, and many rows are of one second.
    for at in [5, 5, 5, 2, 9, 5, 1, 9] {
        told(nodes.first(), at).await?;
    }
    revoked(nodes.first(), &revoke(&other_ann()?)).await?;
    for limit in [0, 1, 3, 8, u16::MAX] {
        let mut seen: Vec<AuditRecord> = Vec::new();
        let mut page = UnsealedAudit {
            limit,
            ..unsealed_of(TENANT)
        };
        loop {
            let rows = nodes.second().unsealed_audit(&page).await?;
            ensure!(rows.len() <= page.rows().into(), "{} rows", rows.len());
            let Some(last) = rows.last() else {
                break;
            };
            page.after = Some(place(last));
            seen.extend(rows);
        }
        ensure_eq!(seen.len(), 8, "rows by {limit}");
        let mut next = seen.iter().zip(seen.iter().skip(1));
        let rises = next.all(|(a, b)| place(a) < place(b));
        ensure!(rises, "not oldest first: {seen:?}");
    }
    for (until, due) in [(0, 0), (1, 1), (4, 2), (5, 6), (9, 8)] {
        let page = UnsealedAudit {
            until: NOW + until,
            ..unsealed_of(TENANT)
        };
        let rows = nodes.first().unsealed_audit(&page).await?;
        ensure_eq!(rows.len(), due, "rows until second {until}");
    }
    Ok(())
}

async fn record_is_the_row_as_stored(nodes: Nodes) -> CaseResult {
    let by = RevokeAccess {
        actor: Some(Subject([0xac; 32])),
        reason: Some(AuditReason::new("lost phone")?),
        ..revoke(&ann()?)
    };
    revoked(nodes.first(), &by).await?;
    told(nodes.first(), 1).await?;
    let rows = nodes.second().audit_trail(TENANT, 0, 9).await?;
    let due: Vec<AuditRecord> = rows
        .into_iter()
        .map(|row| AuditRecord {
            checkpoint: None,
            number: row.number,
            id: row.id,
            at: row.at,
            kind: row.kind.as_str().to_owned(),
            subject: row.subject,
            actor: row.actor,
            reason: row.reason.map(|reason| reason.as_str().to_owned()),
        })
        .collect();
    let first = due.first().map(|row| (row.actor, row.reason.as_deref()));
    let by = (Some(Subject([0xac; 32])), Some("lost phone"));
    ensure_eq!(first, Some(by), "actor and reason");
    let seen = nodes.first().unsealed_audit(&unsealed_of(TENANT)).await?;
    ensure_eq!(seen, due, "before a checkpoint");
    sealed(nodes.first(), &seal(TENANT, 1, &numbers(&due))).await?;
    let seen = nodes.second().sealed_audit(&sealed_of(TENANT)).await?;
    let covered = due.into_iter().map(|row| AuditRecord {
        checkpoint: Some(1),
        ..row
    });
    ensure_eq!(seen, covered.collect::<Vec<_>>(), "after it");
    Ok(())
}

async fn sealed_rows_are_covered_once(nodes: Nodes) -> CaseResult {
    for at in 0..40 {
        told(nodes.first(), at).await?;
    }
    let rows = unsealed(nodes.second(), TENANT).await?;
    let (some, rest) = rows.split_at(37);
    sealed(nodes.first(), &seal(TENANT, 1, some)).await?;
    ensure_eq!(unsealed(nodes.second(), TENANT).await?, rest, "left");
    let due: Vec<_> = some.iter().map(|row| (1, *row)).collect();
    ensure_eq!(covered(nodes.second(), TENANT).await?, due, "covered");
    let again = seal(TENANT, 2, &rows);
    let outcome = nodes.second().seal_audit(&again).await?;
    ensure_eq!(outcome, AuditSealed::Stale, "rows that are covered");
    ensure_eq!(unsealed(nodes.first(), TENANT).await?, rest, "still left");
    let last = nodes.first().last_checkpoint(TENANT).await?;
    ensure_eq!(last, Some(checkpoint(1)), "the last checkpoint");
    sealed(nodes.second(), &seal(TENANT, 2, rest)).await?;
    let left = unsealed(nodes.first(), TENANT).await?;
    ensure!(left.is_empty(), "rows left: {left:?}");
    Ok(())
}

async fn sealed_pages_leave_nothing_out(nodes: Nodes) -> CaseResult {
    for at in [5, 5, 3, 5, 9, 5, 5] {
        told(nodes.first(), at).await?;
    }
    let rows = unsealed(nodes.first(), TENANT).await?;
    let (older, newer) = rows.split_at(4);
    sealed(nodes.first(), &seal(TENANT, 1, newer)).await?;
    sealed(nodes.first(), &seal(TENANT, 2, older)).await?;
    for limit in [0, 1, 2, 3, 7] {
        let mut seen = Vec::new();
        let mut page = SealedAudit {
            limit,
            ..sealed_of(TENANT)
        };
        loop {
            let rows = nodes.second().sealed_audit(&page).await?;
            ensure!(rows.len() <= page.rows().into(), "{} rows", rows.len());
            let Some(last) = rows.last() else {
                break;
            };
            let checkpoint = last.checkpoint.unwrap_or_default();
            page.after = Some((checkpoint, last.at, last.id));
            seen.extend(numbers(&rows));
        }
        let due: Vec<u64> = newer.iter().chain(older).copied().collect();
        ensure_eq!(seen, due, "rows by {limit}");
    }
    Ok(())
}

async fn checkpoint_is_kept_as_made(nodes: Nodes) -> CaseResult {
    let none = nodes.first().last_checkpoint(TENANT).await?;
    ensure_eq!(none, None, "an empty chain");
    for number in 1..=5 {
        sealed(nodes.first(), &seal(TENANT, number, &[])).await?;
    }
    let mut last = seal(TENANT, 6, &[]);
    last.checkpoint.removed_through = 4;
    last.checkpoint.entries = vec![7; 40 * usize::from(MAX_CHECKPOINT_ROWS)];
    sealed(nodes.first(), &last).await?;
    let due: Vec<Checkpoint> = (1..=5).map(checkpoint).chain([last.checkpoint]).collect();
    let mut seen: Vec<Checkpoint> = Vec::new();
    for expected in [2, 2, 2, 0] {
        let after = seen.last().map_or(0, |last| last.number);
        let page = nodes.second().audit_checkpoints(TENANT, after, 2).await?;
        ensure_eq!(page.len(), expected, "checkpoints after {after}");
        seen.extend(page);
    }
    ensure_eq!(seen, due, "the chain");
    let end = nodes.second().last_checkpoint(TENANT).await?;
    ensure_eq!(end.as_ref(), due.last(), "its end");
    for (limit, expected) in [(0, 1), (u16::MAX, 6), (MAX_CHECKPOINT_PAGE, 6)] {
        let page = nodes.first().audit_checkpoints(TENANT, 0, limit).await?;
        ensure_eq!(page.len(), expected, "checkpoints by {limit}");
    }
    let far = nodes.first().audit_checkpoints(TENANT, u64::MAX, 9).await?;
    ensure!(far.is_empty(), "checkpoints after the highest number");
    let other = nodes.first().audit_checkpoints(OTHER_TENANT, 0, 9).await?;
    ensure!(other.is_empty(), "checkpoints of another tenant");
    Ok(())
}

async fn stale_chain_seals_nothing(nodes: Nodes) -> CaseResult {
    told(nodes.first(), 0).await?;
    let rows = unsealed(nodes.first(), TENANT).await?;
    let behind_nothing = seal(TENANT, 2, &rows);
    let outcome = nodes.first().seal_audit(&behind_nothing).await?;
    ensure_eq!(outcome, AuditSealed::Stale, "behind an empty chain");
    for number in 1..=2 {
        sealed(nodes.first(), &seal(TENANT, number, &[])).await?;
    }
    let next = seal(TENANT, 3, &rows);
    for last in [
        None,
        Some((1, checkpoint(1).mac)),
        Some((2, checkpoint(1).mac)),
        Some((3, checkpoint(2).mac)),
    ] {
        let stale = SealAudit {
            last,
            ..next.clone()
        };
        let outcome = nodes.second().seal_audit(&stale).await?;
        ensure_eq!(outcome, AuditSealed::Stale, "behind {last:?}");
    }
    ensure_eq!(unsealed(nodes.first(), TENANT).await?, rows, "rows left");
    let chain = nodes.first().audit_checkpoints(TENANT, 0, 9).await?;
    ensure_eq!(chain, [checkpoint(1), checkpoint(2)], "the chain");
    sealed(nodes.second(), &next).await
}

async fn only_own_rows_are_sealed(nodes: Nodes) -> CaseResult {
    told(nodes.first(), 0).await?;
    revoked(nodes.first(), &revoke(&other_ann()?)).await?;
    let own = unsealed(nodes.first(), TENANT).await?;
    let other = unsealed(nodes.first(), OTHER_TENANT).await?;
    let absent = vec![u64::from(u32::MAX)];
    for rows in [&other, &absent] {
        let rows: Vec<u64> = own.iter().chain(rows).copied().collect();
        let outcome = nodes.second().seal_audit(&seal(TENANT, 1, &rows)).await?;
        ensure_eq!(outcome, AuditSealed::Stale, "rows {rows:?}");
    }
    ensure_eq!(unsealed(nodes.first(), TENANT).await?, own, "own rows left");
    let left = unsealed(nodes.first(), OTHER_TENANT).await?;
    ensure_eq!(left, other, "the other's rows");
    let last = nodes.first().last_checkpoint(TENANT).await?;
    ensure_eq!(last, None, "a checkpoint");
    Ok(())
}

async fn audit_tenants_are_listed(nodes: Nodes) -> CaseResult {
    let none = nodes.first().audit_tenants(&all_tenants()).await?;
    ensure!(none.is_empty(), "tenants of an empty store: {none:?}");
    for at in [3, 1, 7] {
        told(nodes.first(), at).await?;
    }
    let late = RevokeAccess {
        now: NOW + 50,
        ..revoke(&other_ann()?)
    };
    revoked(nodes.first(), &late).await?;
    sealed(nodes.first(), &seal("mid", 1, &[])).await?;
    let listed = nodes.second().audit_tenants(&all_tenants()).await?;
    ensure_eq!(listed, ["mid", TENANT, OTHER_TENANT], "all");
    let one = AuditTenants {
        limit: 1,
        after: Some("mid".to_owned()),
        ..all_tenants()
    };
    let listed = nodes.second().audit_tenants(&one).await?;
    ensure_eq!(listed, [TENANT], "one after another");
    let until = |at| AuditTenants {
        unsealed_until: Some(NOW + at),
        ..all_tenants()
    };
    let due: [(u64, &[&str]); 3] = [(0, &[]), (1, &[TENANT]), (50, &[TENANT, OTHER_TENANT])];
    for (at, due) in due {
        let listed = nodes.first().audit_tenants(&until(at)).await?;
        ensure_eq!(listed, due, "with rows until second {at}");
    }
    let rows = unsealed(nodes.first(), TENANT).await?;
    sealed(nodes.first(), &seal(TENANT, 1, &rows)).await?;
    let listed = nodes.second().audit_tenants(&until(50)).await?;
    ensure_eq!(listed, [OTHER_TENANT], "with rows that are not covered");
    Ok(())
}

async fn removal_follows_the_last_checkpoint(nodes: Nodes) -> CaseResult {
    for at in 0..6 {
        told(nodes.first(), at).await?;
    }
    revoked(nodes.first(), &revoke(&other_ann()?)).await?;
    let rows = unsealed(nodes.first(), TENANT).await?;
    let (first, rest) = rows.split_at(3);
    let (second, open) = rest.split_at(2);
    sealed(nodes.first(), &seal(TENANT, 1, first)).await?;
    sealed(nodes.first(), &seal(TENANT, 2, second)).await?;
    let gone = nodes.second().remove_audit(TENANT, 9).await?;
    ensure_eq!(gone, 0, "rows removed without a statement");
    let mut statement = seal(TENANT, 3, &[]);
    statement.checkpoint.removed_through = 1;
    sealed(nodes.first(), &statement).await?;
    for due in [2, 1, 0] {
        let gone = nodes.second().remove_audit(TENANT, 2).await?;
        ensure_eq!(gone, due, "rows removed");
    }
    let due: Vec<_> = second.iter().map(|row| (2, *row)).collect();
    ensure_eq!(covered(nodes.first(), TENANT).await?, due, "covered rows");
    ensure_eq!(unsealed(nodes.first(), TENANT).await?, open, "open rows");
    let chain = nodes.first().audit_checkpoints(TENANT, 0, 9).await?;
    ensure_eq!(chain.len(), 3, "checkpoints");
    let other = unsealed(nodes.first(), OTHER_TENANT).await?;
    ensure_eq!(other.len(), 1, "rows of the other tenant");
    told(nodes.first(), 6).await?;
    let newest = unsealed(nodes.second(), TENANT).await?.last().copied();
    let seen = rows.iter().chain(&other).max();
    ensure!(newest.as_ref() > seen, "number {newest:?} came again");
    Ok(())
}

async fn racing_seals_have_one_winner(nodes: Nodes) -> CaseResult {
    for at in 0..5 {
        told(nodes.first(), at).await?;
    }
    let rows = unsealed(nodes.first(), TENANT).await?;
    sealed(nodes.first(), &seal(TENANT, 1, &[])).await?;
    let named = rows.clone();
    let outcomes = race(&nodes, move |store, task| {
        let mut command = seal(TENANT, 2, &named);
        command.checkpoint.mac = [task; 32];
        async move { store.seal_audit(&command).await }
    })
    .await?;
    let won = outcomes.iter().filter(|one| **one == AuditSealed::Sealed);
    ensure_eq!(won.count(), 1, "winners");
    let chain = nodes.second().audit_checkpoints(TENANT, 0, 9).await?;
    let found: Vec<u64> = chain.iter().map(|one| one.number).collect();
    ensure_eq!(found, [1, 2], "the chain");
    let due: Vec<_> = rows.iter().map(|row| (2, *row)).collect();
    ensure_eq!(covered(nodes.first(), TENANT).await?, due, "covered rows");
    Ok(())
}
