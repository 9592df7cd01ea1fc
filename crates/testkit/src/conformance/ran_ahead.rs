//! Expiries of a clock that ran ahead: invalid by the right clock, and deleted by the next write that meets them.

use super::fixture::{
    ALL, HOUR, NOW, TENANT, ann, begin, bob, confirm, consume, issued, link, offer, ticket, token,
};
use super::macros::{cases, ensure, ensure_eq};
use super::{CaseResult, Nodes};
use slotwerk_store::{
    AccountKey, BeginEnrolment, EnrolmentBegun, EnrolmentConfirmed, IssueReset, LinksRevoked,
    OpenTicket, PendingEnrolment, ResetConsumed, ResetIssued, RevokeLinks, Stage, latest_expiry,
};

cases!(RanAhead:
    a_far_link_is_invalid,
    a_far_link_frees_its_place,
    a_far_link_counts_as_none,
    a_far_ticket_is_invalid,
    a_far_ticket_frees_its_place,
    a_far_enrolment_gives_way,
    a_purge_takes_far_rows,
);

/// The wrong clock.
const AHEAD: u64 = NOW + 200 * 24 * HOUR;

/// A link that was issued while the clock ran ahead.
fn far_link(account: &AccountKey, n: u8) -> IssueReset {
    IssueReset {
        expires_at: AHEAD + HOUR,
        now: AHEAD,
        ..link(account, n)
    }
}

fn far_ticket(account: &AccountKey, n: u8, stage: Stage) -> OpenTicket {
    OpenTicket {
        expires_at: AHEAD + HOUR,
        now: AHEAD,
        ..ticket(account, n, stage)
    }
}

async fn a_far_link_is_invalid(nodes: Nodes) -> CaseResult {
    let (store, ann, bob) = (nodes.first(), ann()?, bob()?);
    for (n, expires_at, due) in [
        (1, latest_expiry(NOW), true),
        (2, latest_expiry(NOW) + 1, false),
    ] {
        let command = IssueReset {
            expires_at,
            now: NOW + 2 * HOUR,
            ..link(&bob, n)
        };
        issued(store, &command).await?;
        let found = store.find_reset(TENANT, token(n), NOW).await?;
        ensure_eq!(found.is_some(), due, "a link until {expires_at} is found");
    }
    issued(store, &far_link(&ann, 3)).await?;
    let found = store.find_reset(TENANT, token(3), NOW).await?;
    ensure_eq!(found, None, "a link of a clock that ran ahead");
    let used = nodes.second().consume_reset(&consume(&ann, 3)).await?;
    ensure_eq!(used, ResetConsumed::Invalid, "its use");
    let credential = store.credential(&ann).await?;
    ensure_eq!(credential.hash, None, "the hash");
    ensure_eq!(credential.epoch, 0, "the epoch");
    Ok(())
}

/// Another link is issued, and the invalid ones do not become valid in their last day.
async fn a_far_link_frees_its_place(nodes: Nodes) -> CaseResult {
    let (store, ann, bob) = (nodes.first(), ann()?, bob()?);
    for n in [1, 2, 3] {
        issued(store, &far_link(&ann, n)).await?;
        issued(store, &far_link(&bob, 10 + n)).await?;
    }
    let outcome = nodes.second().issue_reset(&link(&ann, 4)).await?;
    ensure_eq!(outcome, ResetIssued::Issued, "a link by the right clock");
    let found = store.find_reset(TENANT, token(4), NOW + 1).await?;
    ensure!(found.is_some(), "the new link is invalid");
    for n in [1, 2, 3] {
        let found = store.find_reset(TENANT, token(n), AHEAD).await?;
        ensure_eq!(found, None, "link {n}, once its time has come");
        let found = store.find_reset(TENANT, token(10 + n), AHEAD).await?;
        ensure!(found.is_some(), "a link of another account went");
    }
    Ok(())
}

async fn a_far_link_counts_as_none(nodes: Nodes) -> CaseResult {
    let (store, ann) = (nodes.first(), ann()?);
    issued(store, &far_link(&ann, 1)).await?;
    let command = RevokeLinks {
        account: ann,
        expected_epoch: 0,
        subject: super::fixture::SUBJECT,
        now: NOW,
    };
    let outcome = store.revoke_links(&command).await?;
    ensure_eq!(outcome, LinksRevoked::Revoked { links: 0 }, "outcome");
    let found = nodes.second().find_reset(TENANT, token(1), AHEAD).await?;
    ensure_eq!(found, None, "the link, once its time has come");
    Ok(())
}

/// The cases of the commands try such a ticket with each command.
async fn a_far_ticket_is_invalid(nodes: Nodes) -> CaseResult {
    let (store, ann, bob) = (nodes.first(), ann()?, bob()?);
    for (n, expires_at, due) in [
        (1, latest_expiry(NOW), true),
        (2, latest_expiry(NOW) + 1, false),
    ] {
        let open = OpenTicket {
            expires_at,
            now: NOW + 2 * HOUR,
            ..ticket(&bob, n, Stage::Verify)
        };
        store.open_ticket(&open).await?;
        let found = store.find_ticket(TENANT, token(n), NOW).await?;
        ensure_eq!(found.is_some(), due, "a ticket until {expires_at} is found");
    }
    for (n, stage) in [(3, Stage::Enrol), (4, Stage::Verify), (5, Stage::Manage)] {
        store.open_ticket(&far_ticket(&ann, n, stage)).await?;
        let found = nodes.second().find_ticket(TENANT, token(n), NOW).await?;
        ensure_eq!(found, None, "a ticket of stage {stage:?}");
    }
    Ok(())
}

async fn a_far_ticket_frees_its_place(nodes: Nodes) -> CaseResult {
    let (store, ann) = (nodes.first(), ann()?);
    let three = |open: OpenTicket| OpenTicket {
        max_live: 3,
        ..open
    };
    for open in [
        ticket(&ann, 1, Stage::Verify),
        ticket(&ann, 2, Stage::Verify),
        far_ticket(&ann, 3, Stage::Verify),
        ticket(&ann, 4, Stage::Verify),
    ] {
        store.open_ticket(&three(open)).await?;
    }
    for n in [1, 2, 4] {
        let found = store.find_ticket(TENANT, token(n), NOW + 1).await?;
        ensure!(found.is_some(), "ticket {n} was pushed out");
    }
    let found = nodes.second().find_ticket(TENANT, token(3), AHEAD).await?;
    ensure_eq!(found, None, "the ticket, once its time has come");
    Ok(())
}

async fn a_far_enrolment_gives_way(nodes: Nodes) -> CaseResult {
    let (store, ann) = (nodes.first(), ann()?);
    store
        .open_ticket(&far_ticket(&ann, 1, Stage::Enrol))
        .await?;
    let ahead = BeginEnrolment {
        offer: PendingEnrolment {
            expires_at: AHEAD + HOUR,
            ..offer(1, 1)
        },
        now: AHEAD,
        ..begin(&ann, 1, 1)
    };
    let begun = store.begin_enrolment(&ahead).await?;
    ensure_eq!(begun, EnrolmentBegun::Begun(ahead.offer), "while ahead");
    // It is shown, so that the caller can report the clock.
    let pending = nodes.second().pending_enrolment(&ann, NOW).await?;
    let is_late = pending.is_some_and(|pending| pending.expires_too_late(NOW));
    ensure!(is_late, "the enrolment by the right clock");

    store.open_ticket(&ticket(&ann, 2, Stage::Enrol)).await?;
    let confirmed = store.confirm_enrolment(&confirm(&ann, 2, 1)).await?;
    ensure_eq!(confirmed, EnrolmentConfirmed::Gone, "its confirmation");
    let begun = store.begin_enrolment(&begin(&ann, 2, 2)).await?;
    ensure_eq!(begun, EnrolmentBegun::Begun(offer(2, 2)), "the next one");
    let pending = store.pending_enrolment(&ann, NOW + 1).await?;
    ensure_eq!(pending, Some(offer(2, 2)), "the pending one");
    Ok(())
}

/// By the purge at the latest, or they would become valid in their last day.
async fn a_purge_takes_far_rows(nodes: Nodes) -> CaseResult {
    let (store, ann, bob) = (nodes.first(), ann()?, bob()?);
    issued(store, &far_link(&ann, 1)).await?;
    store
        .open_ticket(&far_ticket(&ann, 1, Stage::Enrol))
        .await?;
    let ahead = BeginEnrolment {
        offer: PendingEnrolment {
            expires_at: AHEAD + HOUR,
            ..offer(1, 1)
        },
        now: AHEAD,
        ..begin(&ann, 1, 1)
    };
    let begun = store.begin_enrolment(&ahead).await?;
    ensure!(matches!(begun, EnrolmentBegun::Begun(_)), "refused");
    issued(store, &link(&bob, 2)).await?;
    ensure_eq!(nodes.second().purge(NOW, ALL).await?, 3, "gone");
    let found = store.find_reset(TENANT, token(1), AHEAD).await?;
    ensure_eq!(found, None, "the link, once its time has come");
    let found = store.find_ticket(TENANT, token(1), AHEAD).await?;
    ensure_eq!(found, None, "the ticket, once its time has come");
    let pending = store.pending_enrolment(&ann, AHEAD).await?;
    ensure_eq!(pending, None, "the enrolment, once its time has come");
    let found = store.find_reset(TENANT, token(2), NOW + 1).await?;
    ensure!(found.is_some(), "a live link went");
    Ok(())
}
