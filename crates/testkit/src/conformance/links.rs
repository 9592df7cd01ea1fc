//! Revoking links and nothing else.

use super::fixture::{
    HOUR, NOW, OTHER_TENANT, SUBJECT, TENANT, ann, begin, bob, id, issued, link, link_lives,
    other_ann, password, ticket, ticket_lives, told, told_of,
};
use super::macros::{cases, ensure, ensure_eq};
use super::race::race;
use super::{CaseResult, Nodes};
use slotwerk_store::{AccountKey, AuditKind, IssueReset, LinksRevoked, RevokeLinks, Stage};

cases!(Reset:
    revoked_links_are_dead_and_nothing_else_is,
    a_revocation_of_links_needs_the_version,
    a_revocation_without_links_happens_in_silence,
    a_revoked_link_frees_its_place,
    racing_revocations_of_links_count_each_once,
);

fn revoke_links(account: &AccountKey, expected_epoch: u64) -> RevokeLinks {
    RevokeLinks {
        account: account.clone(),
        expected_epoch,
        subject: SUBJECT,
        now: NOW + 1,
    }
}

async fn revoked_links_are_dead_and_nothing_else_is(nodes: Nodes) -> CaseResult {
    let (store, ann, bob, other) = (nodes.first(), ann()?, bob()?, other_ann()?);
    for (account, n) in [(&ann, 1), (&ann, 2), (&bob, 4), (&other, 5)] {
        issued(store, &link(account, n)).await?;
    }
    // Mailed twice: two links, and both have to go.
    let again = IssueReset {
        job: id(2),
        ..link(&ann, 3)
    };
    issued(store, &again).await?;
    store.open_ticket(&ticket(&ann, 1, Stage::Enrol)).await?;
    let _ = store.begin_enrolment(&begin(&ann, 1, 1)).await?;

    let outcome = store.revoke_links(&revoke_links(&ann, 0)).await?;
    ensure_eq!(outcome, LinksRevoked::Revoked { links: 3 }, "outcome");
    let node = nodes.second();
    for (account, n, due) in [
        (&ann, 1, false),
        (&ann, 2, false),
        (&ann, 3, false),
        (&bob, 4, true),
        (&other, 5, true),
    ] {
        ensure_eq!(link_lives(node, account, n).await?, due, "link {n} lives");
    }
    ensure_eq!(node.credential(&ann).await?.epoch, 0, "the epoch");
    ensure!(ticket_lives(node, &ann, 1).await?, "the ticket died");
    let pending = node.pending_enrolment(&ann, NOW + 1).await?;
    ensure!(pending.is_some(), "the enrolment died");
    let trail = node.audit_trail(TENANT, 0, 9).await?;
    let told_as: Vec<_> = trail.iter().map(|r| (r.kind, r.at, r.subject)).collect();
    let due = [(AuditKind::LinksRevoked, NOW + 1, SUBJECT)];
    ensure_eq!(told_as, due, "the trail");
    ensure_eq!(told(node, OTHER_TENANT).await?, [], "the other trail");
    Ok(())
}

async fn a_revocation_of_links_needs_the_version(nodes: Nodes) -> CaseResult {
    let (store, ann) = (nodes.first(), ann()?);
    password(store, &ann, "one").await?;
    password(store, &ann, "two").await?;
    let live = IssueReset {
        epoch: 2,
        ..link(&ann, 1)
    };
    issued(store, &live).await?;
    for epoch in [0, 1, 3] {
        let outcome = store.revoke_links(&revoke_links(&ann, epoch)).await?;
        ensure_eq!(outcome, LinksRevoked::Stale, "at epoch {epoch}");
    }
    let lives = link_lives(nodes.second(), &ann, 1).await?;
    ensure!(lives, "a stale revocation killed a link");
    let told = told_of(store, AuditKind::LinksRevoked).await?;
    ensure_eq!(told, 0, "revocations told of");
    let outcome = store.revoke_links(&revoke_links(&ann, 2)).await?;
    ensure_eq!(outcome, LinksRevoked::Revoked { links: 1 }, "at its own");
    let credential = store.credential(&ann).await?;
    ensure_eq!(credential.hash.as_deref(), Some("two"), "the hash");
    Ok(())
}

async fn a_revocation_without_links_happens_in_silence(nodes: Nodes) -> CaseResult {
    let (store, ann) = (nodes.first(), ann()?);
    let nothing = LinksRevoked::Revoked { links: 0 };
    let outcome = store.revoke_links(&revoke_links(&ann, 0)).await?;
    ensure_eq!(outcome, nothing, "where there never was one");
    issued(store, &link(&ann, 1)).await?;
    let late = RevokeLinks {
        now: NOW + HOUR,
        ..revoke_links(&ann, 0)
    };
    let outcome = store.revoke_links(&late).await?;
    ensure_eq!(outcome, nothing, "in the second of its expiry");
    // By the clock of another node it would have lived a little longer.
    let lives = link_lives(nodes.second(), &ann, 1).await?;
    ensure!(!lives, "an expired link outlived the revocation");
    ensure_eq!(told(store, TENANT).await?, [], "the trail");
    ensure_eq!(store.credential(&ann).await?.epoch, 0, "the epoch");
    Ok(())
}

async fn a_revoked_link_frees_its_place(nodes: Nodes) -> CaseResult {
    let (store, ann) = (nodes.first(), ann()?);
    for round in [0, 10, 20] {
        for n in 1..=3 {
            issued(store, &link(&ann, round + n)).await?;
        }
        let outcome = store.revoke_links(&revoke_links(&ann, 0)).await?;
        ensure_eq!(outcome, LinksRevoked::Revoked { links: 3 }, "{round}");
    }
    Ok(())
}

async fn racing_revocations_of_links_count_each_once(nodes: Nodes) -> CaseResult {
    let account = ann()?;
    for n in 1..=3 {
        issued(nodes.first(), &link(&account, n)).await?;
    }
    let outcomes = race(&nodes, move |store, _| {
        let command = revoke_links(&account, 0);
        async move { store.revoke_links(&command).await }
    })
    .await?;
    let mut counts: Vec<u64> = outcomes
        .iter()
        .filter_map(|outcome| match outcome {
            LinksRevoked::Revoked { links } => Some(*links),
            LinksRevoked::Stale => None,
        })
        .filter(|links| *links > 0)
        .collect();
    counts.sort_unstable();
    ensure_eq!(counts, [3], "the links counted");
    let told = told_of(nodes.first(), AuditKind::LinksRevoked).await?;
    ensure_eq!(told, 1, "revocations told of");
    Ok(())
}
