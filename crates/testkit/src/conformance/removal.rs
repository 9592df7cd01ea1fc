//! Removal: an authenticator goes, and all access with it; the last one only if it may.

use super::fixture::{
    NOW, STEP, TENANT, advance, ann, begin, bob, confirm, dead_tickets, enrolled, id, issued,
    job_ids, link, link_lives, notice, offer, other_ann, ticket, ticket_lives, token, told,
    told_of,
};
use super::macros::{cases, ensure, ensure_eq};
use super::manage::{
    PASS, active_ids, adding, admit, managed, offered, removing, renaming, replacing, seen,
};
use super::race::race;
use super::{CaseResult, Nodes};
use slotwerk_store::{
    AdvanceTotpStep, AuditKind, AuthenticatorRemoved, AuthenticatorRenamed, EnrolmentBegun,
    EnrolmentConfirmed, OpenTicket, RemoveAuthenticator, Stage, StepAdvanced,
};

cases!(Factor:
    a_removed_authenticator_is_gone_with_what_was_issued,
    a_removed_authenticator_does_not_come_back,
    the_last_authenticator_stays_unless_it_may_go,
    a_removal_of_another_authenticator_is_refused,
    a_removal_needs_a_live_ticket,
    racing_removals_leave_one,
    racing_removal_and_steps_agree,
);

async fn a_removed_authenticator_is_gone_with_what_was_issued(nodes: Nodes) -> CaseResult {
    let (store, bob) = (nodes.first(), bob()?);
    let ann = managed(store, 3).await?;
    let before = store.authenticators(&ann).await?;
    enrolled(store, &bob).await?;
    for (account, n) in [(&ann, 1), (&bob, 2)] {
        issued(store, &link(account, n)).await?;
        for (n, stage) in [(n, Stage::Verify), (0x10 | n, Stage::Manage)] {
            store.open_ticket(&ticket(account, n, stage)).await?;
        }
    }
    offered(store, &ann, 4).await?;
    let outcome = store.remove_authenticator(&removing(&ann, 2)).await?;
    let due = AuthenticatorRemoved::Removed { left: 2, epoch: 1 };
    ensure_eq!(outcome, due, "outcome");

    let store = nodes.second();
    let due: Vec<_> = before.into_iter().filter(|a| a.id != id(2)).collect();
    ensure_eq!(store.authenticators(&ann).await?, due, "authenticators");
    ensure_eq!(store.credential(&ann).await?.epoch, 1, "the epoch");
    ensure_eq!(store.recovery_codes_left(&ann).await?, 10, "recovery codes");
    let pending = store.pending_enrolment(&ann, NOW + 1).await?;
    ensure_eq!(pending, None, "what is still pending");
    for (account, n, due) in [(&ann, 1, false), (&bob, 2, true)] {
        ensure_eq!(link_lives(store, account, n).await?, due, "link {n} lives");
        for n in [n, 0x10 | n] {
            let lives = ticket_lives(store, account, n).await?;
            ensure_eq!(lives, due, "ticket {n} lives");
        }
    }
    let lives = ticket_lives(store, &ann, PASS).await?;
    ensure!(!lives, "its own ticket lives");
    let trail = told(store, TENANT).await?;
    let last = trail.last().copied();
    ensure_eq!(last, Some(AuditKind::AuthenticatorRemoved), "told last");
    ensure_eq!(trail.len(), 5, "rows told");
    let due: Vec<_> = notice(0x41).map(|job| job.id).into_iter().collect();
    ensure_eq!(job_ids(store).await?, due, "the notices");
    Ok(())
}

async fn a_removed_authenticator_does_not_come_back(nodes: Nodes) -> CaseResult {
    let store = nodes.first();
    let ann = managed(store, 2).await?;
    let _ = store.remove_authenticator(&removing(&ann, 2)).await?;
    let verify = OpenTicket {
        epoch: 1,
        ..ticket(&ann, 8, Stage::Verify)
    };
    store.open_ticket(&verify).await?;
    admit(store, &ann, PASS, 1).await?;
    let before = seen(store, &ann).await?;
    let code = AdvanceTotpStep {
        authenticator: id(2),
        ..advance(&ann, 8, STEP + 99)
    };
    let outcome = nodes.second().advance_totp_step(&code).await?;
    ensure_eq!(outcome, StepAdvanced::Replayed, "a code of it");
    ensure!(
        ticket_lives(store, &ann, 8).await?,
        "its code spent a ticket"
    );
    let outcome = store.rename_authenticator(&renaming(&ann, 2, None)).await?;
    ensure_eq!(outcome, AuthenticatorRenamed::Unknown, "a name");
    let outcome = store.remove_authenticator(&removing(&ann, 2)).await?;
    ensure_eq!(outcome, AuthenticatorRemoved::Unknown, "the same again");
    let outcome = store.confirm_enrolment(&adding(&ann, 2)).await?;
    ensure_eq!(outcome, EnrolmentConfirmed::Gone, "its first code");
    ensure_eq!(seen(store, &ann).await?, before, "what can be seen");
    offered(store, &ann, 3).await?;
    let outcome = store.confirm_enrolment(&replacing(&ann, 3, 2)).await?;
    let due = EnrolmentConfirmed::NothingToReplace;
    ensure_eq!(outcome, due, "another in its place");
    ensure_eq!(active_ids(store, &ann).await?, [id(1)], "authenticators");
    Ok(())
}

async fn the_last_authenticator_stays_unless_it_may_go(nodes: Nodes) -> CaseResult {
    let (store, bob) = (nodes.first(), bob()?);
    let ann = managed(store, 1).await?;
    enrolled(store, &bob).await?;
    offered(store, &ann, 2).await?;
    let before = seen(store, &ann).await?;
    let outcome = store.remove_authenticator(&removing(&ann, 1)).await?;
    ensure_eq!(outcome, AuthenticatorRemoved::Last, "where it may not");
    ensure_eq!(
        seen(nodes.second(), &ann).await?,
        before,
        "what can be seen"
    );
    let allowed = RemoveAuthenticator {
        last_may_go: true,
        ..removing(&ann, 1)
    };
    let outcome = store.remove_authenticator(&allowed).await?;
    let due = AuthenticatorRemoved::Removed { left: 0, epoch: 1 };
    ensure_eq!(outcome, due, "where it may");
    let node = nodes.second();
    ensure_eq!(active_ids(node, &ann).await?, [], "authenticators");
    ensure_eq!(node.recovery_codes_left(&ann).await?, 0, "recovery codes");
    ensure_eq!(node.recovery_codes_left(&bob).await?, 10, "another's codes");
    ensure_eq!(active_ids(node, &bob).await?, [id(1)], "another's");
    // The next sign-in sets up a first one again.
    let open = OpenTicket {
        epoch: 1,
        ..ticket(&ann, 8, Stage::Enrol)
    };
    store.open_ticket(&open).await?;
    let begun = store.begin_enrolment(&begin(&ann, 8, 3)).await?;
    ensure_eq!(begun, EnrolmentBegun::Begun(offer(8, 3)), "an offer");
    let confirmed = store.confirm_enrolment(&confirm(&ann, 8, 3)).await?;
    let due = EnrolmentConfirmed::Confirmed { epoch: 1 };
    ensure_eq!(confirmed, due, "its first code");
    Ok(())
}

async fn a_removal_of_another_authenticator_is_refused(nodes: Nodes) -> CaseResult {
    let store = nodes.first();
    let ann = managed(store, 3).await?;
    for (other, n) in [(bob()?, 9), (other_ann()?, 10)] {
        enrolled(store, &other).await?;
        admit(store, &other, n, 0).await?;
        let command = RemoveAuthenticator {
            ticket: token(n),
            last_may_go: true,
            ..removing(&other, 2)
        };
        let outcome = nodes.second().remove_authenticator(&command).await?;
        ensure_eq!(outcome, AuthenticatorRemoved::Unknown, "Ann's");
        ensure_eq!(active_ids(store, &other).await?, [id(1)], "of {other:?}");
        ensure!(ticket_lives(store, &other, n).await?, "the ticket died");
    }
    let before = seen(store, &ann).await?;
    let outcome = store.remove_authenticator(&removing(&ann, 7)).await?;
    ensure_eq!(outcome, AuthenticatorRemoved::Unknown, "an unknown one");
    ensure_eq!(
        seen(nodes.second(), &ann).await?,
        before,
        "what can be seen"
    );
    let due = [id(1), id(2), id(3)];
    ensure_eq!(active_ids(store, &ann).await?, due, "authenticators");
    Ok(())
}

async fn a_removal_needs_a_live_ticket(nodes: Nodes) -> CaseResult {
    let store = nodes.first();
    let ann = managed(store, 2).await?;
    let dead = dead_tickets(store, Stage::Manage).await?;
    let before = seen(store, &ann).await?;
    for (what, ticket) in dead {
        let command = RemoveAuthenticator {
            ticket,
            ..removing(&ann, 1)
        };
        let outcome = store.remove_authenticator(&command).await?;
        let due = AuthenticatorRemoved::TicketInvalid;
        ensure_eq!(outcome, due, "under a ticket {what}");
    }
    ensure_eq!(
        seen(nodes.second(), &ann).await?,
        before,
        "what can be seen"
    );
    Ok(())
}

async fn racing_removals_leave_one(nodes: Nodes) -> CaseResult {
    let store = nodes.first();
    let account = managed(store, 2).await?;
    for n in 0..12 {
        admit(store, &account, 0x20 + n, 0).await?;
    }
    let ann = ann()?;
    let outcomes = race(&nodes, move |store, n| {
        let command = RemoveAuthenticator {
            ticket: token(0x20 + n),
            notice: notice(n),
            ..removing(&ann, 1 + n % 2)
        };
        async move { store.remove_authenticator(&command).await }
    })
    .await?;
    let due = AuthenticatorRemoved::Removed { left: 1, epoch: 1 };
    let winners = outcomes.iter().filter(|o| **o == due).count();
    ensure_eq!(winners, 1, "winners");
    ensure_eq!(active_ids(store, &account).await?.len(), 1, "left");
    ensure_eq!(store.credential(&account).await?.epoch, 1, "the epoch");
    let told = told_of(store, AuditKind::AuthenticatorRemoved).await?;
    ensure_eq!(told, 1, "removals told of");
    ensure_eq!(job_ids(store).await?.len(), 1, "notices");
    Ok(())
}

/// A sign-in with an authenticator that goes meanwhile was before it went, or was not.
async fn racing_removal_and_steps_agree(nodes: Nodes) -> CaseResult {
    let store = nodes.first();
    let account = managed(store, 2).await?;
    for n in 0..12 {
        store
            .open_ticket(&ticket(&account, 0x20 + n, Stage::Verify))
            .await?;
    }
    let ann = ann()?;
    let outcomes = race(&nodes, move |store, n| {
        let remove = RemoveAuthenticator {
            notice: None,
            ..removing(&ann, 2)
        };
        let code = AdvanceTotpStep {
            authenticator: id(2),
            ..advance(&ann, 0x20 + n, STEP + 20 + u64::from(n))
        };
        async move {
            if n == 5 {
                let _ = store.remove_authenticator(&remove).await?;
                return Ok(false);
            }
            let outcome = store.advance_totp_step(&code).await?;
            Ok(matches!(outcome, StepAdvanced::Advanced { .. }))
        }
    })
    .await?;
    let accepted = outcomes.iter().filter(|accepted| **accepted).count();
    let told = told_of(store, AuditKind::CodeAccepted).await?;
    ensure_eq!(accepted, told, "codes accepted, and told of");
    ensure_eq!(active_ids(store, &account).await?, [id(1)], "left");
    ensure_eq!(store.credential(&account).await?.epoch, 1, "the epoch");
    for n in 0..12 {
        let lives = ticket_lives(store, &account, 0x20 + n).await?;
        ensure!(!lives, "ticket {n} outlived the removal");
    }
    // Whoever came first: by now it is gone, and a code of it leaves its ticket.
    let later = OpenTicket {
        epoch: 1,
        ..ticket(&account, 0x40, Stage::Verify)
    };
    store.open_ticket(&later).await?;
    let code = AdvanceTotpStep {
        authenticator: id(2),
        ..advance(&account, 0x40, STEP + 90)
    };
    let outcome = nodes.second().advance_totp_step(&code).await?;
    ensure_eq!(outcome, StepAdvanced::Replayed, "a code after the race");
    let lives = ticket_lives(nodes.first(), &account, 0x40).await?;
    ensure!(lives, "a refused code spent the ticket");
    Ok(())
}
