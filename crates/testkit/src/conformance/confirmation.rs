//! Confirmation: a first code, a first authenticator, once.

use super::fixture::{
    NOW, STEP, TENANT, ann, begin, bob, codes, confirm, dead_tickets, digest, enrolled, id, issued,
    job_ids, link, link_lives, notice, offer, other_ann, spend, ticket, ticket_lives, told,
    told_of,
};
use super::macros::{cases, ensure, ensure_eq};
use super::manage::active_ids;
use super::race::race;
use super::{CaseResult, Nodes};
use slotwerk_store::{
    AuditKind, Authenticator, AuthenticatorKind, BeginEnrolment, CodeDigest, ConfirmEnrolment,
    EnrolmentBegun, EnrolmentConfirmed, PendingEnrolment, RecoveryCodeSpent, SpendRecoveryCode,
    Stage,
};

cases!(Factor:
    a_confirmed_enrolment_is_active_told_of_and_noticed,
    a_first_authenticator_can_end_what_was_issued_before,
    a_confirmation_needs_a_live_ticket,
    a_confirmation_of_another_enrolment_leaves_the_ticket,
    a_confirmation_at_the_expiry_is_too_late,
    a_confirmation_is_refused_beside_an_active_authenticator,
    racing_confirmations_have_one_winner,
    racing_confirmations_by_two_tickets_have_one_winner,
);

async fn a_confirmed_enrolment_is_active_told_of_and_noticed(nodes: Nodes) -> CaseResult {
    let (store, ann) = (nodes.first(), ann()?);
    store.open_ticket(&ticket(&ann, 8, Stage::Enrol)).await?;
    let offered = BeginEnrolment {
        mail: None,
        ..begin(&ann, 8, 1)
    };
    let begun = store.begin_enrolment(&offered).await?;
    ensure_eq!(begun, EnrolmentBegun::Begun(offer(8, 1)), "the offer");
    let command = confirm(&ann, 8, 1);
    let outcome = store.confirm_enrolment(&command).await?;
    let due = EnrolmentConfirmed::Confirmed { epoch: 0 };
    ensure_eq!(outcome, due, "outcome");
    let store = nodes.second();
    let active = Authenticator {
        id: id(1),
        kind: Ok(AuthenticatorKind::Totp),
        sealed: offer(8, 1).sealed,
        watermark: STEP,
        drift: -1,
        disbelieved: None,
        ordinal: 1,
        name: Some("phone".to_owned()),
        added_at: NOW + 1,
        used_at: NOW + 1,
    };
    ensure_eq!(
        store.authenticators(&ann).await?,
        [active],
        "authenticators"
    );
    ensure_eq!(store.recovery_codes_left(&ann).await?, 10, "recovery codes");
    let pending = store.pending_enrolment(&ann, NOW + 1).await?;
    ensure_eq!(pending, None, "what is pending");
    ensure!(!ticket_lives(store, &ann, 8).await?, "the ticket lives");
    let again = store.confirm_enrolment(&command).await?;
    ensure_eq!(
        again,
        EnrolmentConfirmed::TicketInvalid,
        "the same command again"
    );
    let trail = told(store, TENANT).await?;
    ensure_eq!(trail, [AuditKind::AuthenticatorAdded], "the trail");
    let due: Vec<_> = command.notice.iter().map(|job| job.id).collect();
    ensure_eq!(job_ids(store).await?, due, "the notices");
    for other in [bob()?, other_ann()?] {
        let none = store.authenticators(&other).await?.len();
        ensure_eq!(none, 0, "authenticators of {other:?}");
        let none = store.recovery_codes_left(&other).await?;
        ensure_eq!(none, 0, "recovery codes of {other:?}");
    }
    Ok(())
}

/// Whoever signed in with the password alone is out, and no code of theirs is asked for.
async fn a_first_authenticator_can_end_what_was_issued_before(nodes: Nodes) -> CaseResult {
    let (store, ann, bob) = (nodes.first(), ann()?, bob()?);
    for (account, n) in [(&ann, 1), (&bob, 2)] {
        issued(store, &link(account, n)).await?;
        for (n, stage) in [(n, Stage::Enrol), (0x10 | n, Stage::Manage)] {
            store.open_ticket(&ticket(account, n, stage)).await?;
        }
    }
    store.open_ticket(&ticket(&ann, 8, Stage::Enrol)).await?;
    let begun = store.begin_enrolment(&begin(&ann, 8, 1)).await?;
    ensure_eq!(begun, EnrolmentBegun::Begun(offer(8, 1)), "the offer");
    let command = ConfirmEnrolment {
        revokes: true,
        ..confirm(&ann, 8, 1)
    };
    let outcome = store.confirm_enrolment(&command).await?;
    let due = EnrolmentConfirmed::Confirmed { epoch: 1 };
    ensure_eq!(outcome, due, "outcome");

    let store = nodes.second();
    let active = active_ids(store, &ann).await?;
    ensure_eq!(active, [id(1)], "authenticators");
    ensure_eq!(store.credential(&ann).await?.epoch, 1, "the epoch");
    ensure_eq!(store.credential(&bob).await?.epoch, 0, "bob's epoch");
    ensure_eq!(store.recovery_codes_left(&ann).await?, 10, "recovery codes");
    for (account, n, due) in [(&ann, 1, false), (&bob, 2, true)] {
        ensure_eq!(link_lives(store, account, n).await?, due, "link {n} lives");
        for n in [n, 0x10 | n] {
            let lives = ticket_lives(store, account, n).await?;
            ensure_eq!(lives, due, "ticket {n} lives");
        }
    }
    let trail = told(store, TENANT).await?;
    ensure_eq!(trail, [AuditKind::AuthenticatorAdded], "the trail");
    Ok(())
}

async fn a_confirmation_needs_a_live_ticket(nodes: Nodes) -> CaseResult {
    let (store, ann) = (nodes.first(), ann()?);
    store.open_ticket(&ticket(&ann, 8, Stage::Enrol)).await?;
    let begun = store.begin_enrolment(&begin(&ann, 8, 1)).await?;
    ensure_eq!(begun, EnrolmentBegun::Begun(offer(8, 1)), "the offer");
    let mails = job_ids(store).await?;
    for (what, ticket) in dead_tickets(store, Stage::Enrol).await? {
        let command = ConfirmEnrolment {
            ticket,
            ..confirm(&ann, 0, 1)
        };
        let outcome = store.confirm_enrolment(&command).await?;
        let due = EnrolmentConfirmed::TicketInvalid;
        ensure_eq!(outcome, due, "under a ticket {what}");
    }
    let active = store.authenticators(&ann).await?.len();
    ensure_eq!(active, 0, "authenticators");
    ensure_eq!(store.recovery_codes_left(&ann).await?, 0, "recovery codes");
    let pending = store.pending_enrolment(&ann, NOW + 1).await?;
    ensure_eq!(pending, Some(offer(8, 1)), "what is pending");
    ensure_eq!(job_ids(store).await?, mails, "the mails");
    ensure!(told(store, TENANT).await?.is_empty(), "it was told of");
    Ok(())
}

async fn a_confirmation_of_another_enrolment_leaves_the_ticket(nodes: Nodes) -> CaseResult {
    let (store, ann) = (nodes.first(), ann()?);
    store.open_ticket(&ticket(&ann, 8, Stage::Enrol)).await?;
    let none = store.confirm_enrolment(&confirm(&ann, 8, 1)).await?;
    ensure_eq!(none, EnrolmentConfirmed::Gone, "with nothing pending");
    let begun = store.begin_enrolment(&begin(&ann, 8, 1)).await?;
    ensure_eq!(begun, EnrolmentBegun::Begun(offer(8, 1)), "the offer");
    let other = store.confirm_enrolment(&confirm(&ann, 8, 2)).await?;
    ensure_eq!(other, EnrolmentConfirmed::Gone, "another id");
    ensure!(ticket_lives(store, &ann, 8).await?, "the ticket was spent");
    ensure_eq!(store.recovery_codes_left(&ann).await?, 0, "recovery codes");
    let right = store.confirm_enrolment(&confirm(&ann, 8, 1)).await?;
    let due = EnrolmentConfirmed::Confirmed { epoch: 0 };
    ensure_eq!(right, due, "the right one afterwards");
    Ok(())
}

async fn a_confirmation_at_the_expiry_is_too_late(nodes: Nodes) -> CaseResult {
    let (store, ann) = (nodes.first(), ann()?);
    store.open_ticket(&ticket(&ann, 8, Stage::Enrol)).await?;
    let short = BeginEnrolment {
        offer: PendingEnrolment {
            expires_at: NOW + 60,
            ..offer(8, 1)
        },
        ..begin(&ann, 8, 1)
    };
    let begun = store.begin_enrolment(&short).await?;
    let due = EnrolmentBegun::Begun(short.offer.clone());
    ensure_eq!(begun, due, "the offer");
    let at = |now| ConfirmEnrolment {
        now,
        ..confirm(&ann, 8, 1)
    };
    let late = store.confirm_enrolment(&at(NOW + 60)).await?;
    ensure_eq!(late, EnrolmentConfirmed::Gone, "at its expiry");
    let last = store.confirm_enrolment(&at(NOW + 59)).await?;
    let due = EnrolmentConfirmed::Confirmed { epoch: 0 };
    ensure_eq!(last, due, "a second before");
    Ok(())
}

async fn a_confirmation_is_refused_beside_an_active_authenticator(nodes: Nodes) -> CaseResult {
    let (store, ann) = (nodes.first(), ann()?);
    enrolled(store, &ann).await?;
    store.open_ticket(&ticket(&ann, 8, Stage::Enrol)).await?;
    let command = ConfirmEnrolment {
        recovery_codes: Some(codes([digest(0x77)])),
        ..confirm(&ann, 8, 1)
    };
    let outcome = nodes.second().confirm_enrolment(&command).await?;
    ensure_eq!(outcome, EnrolmentConfirmed::TooMany, "outcome");
    ensure!(ticket_lives(store, &ann, 8).await?, "the ticket was spent");
    let active = store.authenticators(&ann).await?.len();
    ensure_eq!(active, 1, "authenticators");
    ensure_eq!(store.recovery_codes_left(&ann).await?, 10, "recovery codes");
    ensure!(job_ids(store).await?.is_empty(), "it was noticed");
    let told = told_of(store, AuditKind::AuthenticatorAdded).await?;
    ensure_eq!(told, 1, "authenticators told of");
    Ok(())
}

/// The digests of the recovery codes that task `n` would set.
fn codes_of(n: u8) -> Vec<CodeDigest> {
    (0..10).map(|code| digest(n * 10 + code)).collect()
}

fn wins(outcomes: &[(u8, EnrolmentConfirmed)]) -> Vec<u8> {
    outcomes
        .iter()
        .filter(|(_, outcome)| matches!(outcome, EnrolmentConfirmed::Confirmed { .. }))
        .map(|(n, _)| *n)
        .collect()
}

async fn confirmed_once(nodes: &Nodes, winners: &[u8]) -> CaseResult {
    let (store, ann) = (nodes.first(), ann()?);
    let [winner] = winners else {
        ensure!(false, "{} winners instead of one", winners.len());
        return Ok(());
    };
    ensure_eq!(store.authenticators(&ann).await?.len(), 1, "authenticators");
    ensure_eq!(store.recovery_codes_left(&ann).await?, 10, "recovery codes");
    let told = told_of(store, AuditKind::AuthenticatorAdded).await?;
    ensure_eq!(told, 1, "authenticators told of");
    let notices = job_ids(store).await?.len();
    ensure_eq!(notices, 2, "the set-up mail and notices");
    // The codes shown to the winner are the ones that count.
    store
        .open_ticket(&ticket(&ann, 0xf9, Stage::Verify))
        .await?;
    let spent = store
        .spend_recovery_code(&SpendRecoveryCode {
            digests: codes_of(*winner),
            notice: None,
            ..spend(&ann, 0xf9, 0)
        })
        .await?;
    let due = RecoveryCodeSpent::Spent {
        remaining: 9,
        epoch: 0,
    };
    ensure_eq!(spent, due, "the winner's recovery code");
    Ok(())
}

async fn racing_confirmations_have_one_winner(nodes: Nodes) -> CaseResult {
    let ann = ann()?;
    let open = ticket(&ann, 0xf0, Stage::Enrol);
    nodes.first().open_ticket(&open).await?;
    let begun = nodes.first().begin_enrolment(&begin(&ann, 0xf0, 1)).await?;
    ensure_eq!(begun, EnrolmentBegun::Begun(offer(0xf0, 1)), "the offer");
    let outcomes = race(&nodes, move |store, n| {
        let command = ConfirmEnrolment {
            recovery_codes: Some(codes(codes_of(n))),
            notice: notice(0x20 | n),
            ..confirm(&ann, 0xf0, 1)
        };
        async move { Ok((n, store.confirm_enrolment(&command).await?)) }
    })
    .await?;
    confirmed_once(&nodes, &wins(&outcomes)).await
}

async fn racing_confirmations_by_two_tickets_have_one_winner(nodes: Nodes) -> CaseResult {
    let ann = ann()?;
    for n in [0xf0, 0xf1] {
        let open = ticket(&ann, n, Stage::Enrol);
        nodes.first().open_ticket(&open).await?;
    }
    let begun = nodes.first().begin_enrolment(&begin(&ann, 0xf0, 1)).await?;
    ensure_eq!(begun, EnrolmentBegun::Begun(offer(0xf0, 1)), "the offer");
    let outcomes = race(&nodes, move |store, n| {
        let command = ConfirmEnrolment {
            recovery_codes: Some(codes(codes_of(n))),
            notice: notice(0x20 | n),
            ..confirm(&ann, 0xf0 + n % 2, 1)
        };
        async move { Ok((n, store.confirm_enrolment(&command).await?)) }
    })
    .await?;
    confirmed_once(&nodes, &wins(&outcomes)).await
}
