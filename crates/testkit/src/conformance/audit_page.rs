//! The audit trail by page, newest first.

use super::fixture::{NOW, OTHER_TENANT, TENANT, ann, other_ann, revoke, revoked};
use super::macros::{cases, ensure, ensure_eq};
use super::{CaseResult, Nodes};
use slotwerk_store::{AuditPage, AuditRow, Id, MAX_AUDIT_PAGE, RevokeAccess, Store, Subject};
use std::collections::BTreeSet;

cases!(Audit:
    audit_ids_differ,
    audit_pages_leave_nothing_out,
    audit_page_is_of_its_subjects,
    audit_page_is_of_its_tenant,
    audit_page_keeps_its_bounds,
);

fn all(limit: u16) -> AuditPage {
    AuditPage {
        tenant: TENANT.to_owned(),
        subjects: None,
        before: None,
        limit,
    }
}

/// A row of this second and subject.
async fn told(store: &dyn Store, at: u64, subject: u8) -> CaseResult {
    let command = RevokeAccess {
        subject: Subject([subject; 32]),
        now: NOW + at,
        ..revoke(&ann()?)
    };
    revoked(store, &command).await?;
    Ok(())
}

fn key(row: &AuditRow) -> (u64, Id) {
    (row.at, row.id)
}

async fn audit_ids_differ(nodes: Nodes) -> CaseResult {
    for _ in 0..20 {
        told(nodes.first(), 0, 1).await?;
        told(nodes.second(), 0, 1).await?;
    }
    let rows = nodes.first().audit_page(&all(MAX_AUDIT_PAGE)).await?;
    let ids: BTreeSet<Id> = rows.iter().map(|row| row.id).collect();
    ensure_eq!(ids.len(), 40, "ids");
    let again = nodes.second().audit_trail(TENANT, 0, 100).await?;
    let kept: BTreeSet<Id> = again.iter().map(|row| row.id).collect();
    ensure!(kept == ids, "the ids of a row are not always the same");
    Ok(())
}

async fn audit_pages_leave_nothing_out(nodes: Nodes) -> CaseResult {
    // The clock goes back, and many rows are of one second.
    for at in [5, 5, 5, 2, 9, 5, 5, 1, 9, 5, 5] {
        told(nodes.first(), at, 1).await?;
    }
    for limit in [1, 2, 3, 4, 11] {
        let mut seen: Vec<(u64, Id)> = Vec::new();
        let mut page = all(limit);
        loop {
            let rows = nodes.second().audit_page(&page).await?;
            ensure!(rows.len() <= limit.into(), "{} rows", rows.len());
            let Some(last) = rows.last() else {
                break;
            };
            page.before = Some(key(last));
            seen.extend(rows.iter().map(key));
        }
        ensure_eq!(seen.len(), 11, "rows by {limit}");
        let falls = seen.iter().zip(seen.iter().skip(1)).all(|(a, b)| a > b);
        ensure!(falls, "not newest first: {seen:?}");
    }
    Ok(())
}

async fn audit_page_is_of_its_subjects(nodes: Nodes) -> CaseResult {
    for n in 0..24 {
        told(nodes.first(), u64::from(n), n % 12).await?;
    }
    let many: Vec<u8> = (1..12).chain([3, 3]).collect();
    for (subjects, due) in [
        (Vec::new(), 0),
        (vec![3], 2),
        (vec![3, 7], 4),
        (vec![3, 99], 2),
        (many, 22),
    ] {
        let wanted: Vec<Subject> = subjects.iter().map(|n| Subject([*n; 32])).collect();
        let page = AuditPage {
            subjects: Some(wanted.clone()),
            ..all(MAX_AUDIT_PAGE)
        };
        let rows = nodes.second().audit_page(&page).await?;
        ensure_eq!(rows.len(), due, "rows of {subjects:?}");
        let right = rows.iter().all(|row| wanted.contains(&row.subject));
        ensure!(right, "rows of others");
        let falls = rows.iter().zip(rows.iter().skip(1));
        ensure!(falls.clone().all(|(a, b)| key(a) > key(b)), "the order");
        let short = AuditPage { limit: 3, ..page };
        let first = nodes.first().audit_page(&short).await?;
        let due: Vec<_> = rows.iter().take(3).collect();
        ensure!(first.iter().eq(due), "the first three of {subjects:?}");
    }
    Ok(())
}

async fn audit_page_is_of_its_tenant(nodes: Nodes) -> CaseResult {
    told(nodes.first(), 0, 1).await?;
    revoked(nodes.first(), &revoke(&other_ann()?)).await?;
    for tenant in [TENANT, OTHER_TENANT] {
        let page = AuditPage {
            tenant: tenant.to_owned(),
            ..all(9)
        };
        let rows = nodes.second().audit_page(&page).await?;
        ensure_eq!(rows.len(), 1, "rows of {tenant}");
    }
    let none = AuditPage {
        tenant: "elsewhere".to_owned(),
        ..all(9)
    };
    let rows = nodes.first().audit_page(&none).await?;
    ensure!(rows.is_empty(), "rows of a tenant without any");
    Ok(())
}

async fn audit_page_keeps_its_bounds(nodes: Nodes) -> CaseResult {
    for n in 0..3 {
        told(nodes.first(), n, 1).await?;
    }
    for (limit, due) in [(0, 1), (1, 1), (2, 2), (u16::MAX, 3)] {
        let rows = nodes.second().audit_page(&all(limit)).await?;
        ensure_eq!(rows.len(), due, "rows by {limit}");
    }
    let first = AuditPage {
        before: Some((0, Id([0; 16]))),
        ..all(9)
    };
    let rows = nodes.second().audit_page(&first).await?;
    ensure!(rows.is_empty(), "rows before the first");
    let last = AuditPage {
        before: Some((u64::MAX, Id([u8::MAX; 16]))),
        ..all(9)
    };
    let rows = nodes.second().audit_page(&last).await?;
    ensure_eq!(rows.len(), 3, "rows before the end of time");
    Ok(())
}
