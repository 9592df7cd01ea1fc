//! Enrolment: offered once, and to whom.

use super::fixture::{
    HOUR, NOW, ann, begin, bob, change, confirm, consume, dead_tickets, enrolled, issued, job_ids,
    link, notice, offer, other_ann, own_offer, ticket, ticket_lives,
};
use super::macros::{cases, ensure, ensure_eq};
use super::race::race;
use super::{CaseResult, Nodes};
use slotwerk_store::{
    BeginEnrolment, EnrolmentBegun, EnrolmentConfirmed, PasswordChanged, PendingEnrolment,
    ResetConsumed, Stage, latest_expiry,
};

cases!(Factor:
    an_enrolment_begins_once_and_is_mailed_once,
    an_enrolment_is_pending_until_its_second,
    an_expired_enrolment_gives_way_to_a_new_one,
    an_enrolment_needs_a_live_ticket,
    a_new_password_ends_a_pending_enrolment,
    an_offer_that_may_not_resume_takes_the_place_of_another,
    an_enrolment_is_refused_beside_an_active_authenticator,
    an_expiry_beyond_its_bound_is_disbelieved,
    racing_offers_are_taken_once,
);

async fn an_enrolment_begins_once_and_is_mailed_once(nodes: Nodes) -> CaseResult {
    let (store, ann) = (nodes.first(), ann()?);
    for n in [8, 9] {
        store.open_ticket(&ticket(&ann, n, Stage::Enrol)).await?;
    }
    let begun = store.begin_enrolment(&begin(&ann, 8, 1)).await?;
    ensure_eq!(begun, EnrolmentBegun::Begun(offer(8, 1)), "the first offer");
    for (ticket, n) in [(8, 2), (9, 3)] {
        let again = begin(&ann, ticket, n);
        let resumed = nodes.second().begin_enrolment(&again).await?;
        let due = EnrolmentBegun::Resumed(offer(8, 1));
        ensure_eq!(resumed, due, "a later offer under ticket {ticket}");
    }
    let pending = nodes.second().pending_enrolment(&ann, NOW + 1).await?;
    ensure_eq!(pending, Some(offer(8, 1)), "what is pending");
    let due: Vec<_> = notice(1).map(|job| job.id).into_iter().collect();
    ensure_eq!(job_ids(store).await?, due, "the mails");
    ensure!(ticket_lives(store, &ann, 8).await?, "the ticket was spent");
    Ok(())
}

/// Two people who know one password must not end up with one secret.
async fn an_offer_that_may_not_resume_takes_the_place_of_another(nodes: Nodes) -> CaseResult {
    let (store, ann) = (nodes.first(), ann()?);
    for n in [8, 9] {
        store.open_ticket(&ticket(&ann, n, Stage::Enrol)).await?;
    }
    let alone = |ticket, n| BeginEnrolment {
        offer: own_offer(ticket, n),
        ..begin(&ann, ticket, n)
    };
    let begun = store.begin_enrolment(&alone(8, 1)).await?;
    let due = EnrolmentBegun::Begun(own_offer(8, 1));
    ensure_eq!(begun, due, "the first offer");
    let resumed = nodes.second().begin_enrolment(&alone(8, 2)).await?;
    let due = EnrolmentBegun::Resumed(own_offer(8, 1));
    ensure_eq!(resumed, due, "under the same ticket again");
    let resumed = store.begin_enrolment(&begin(&ann, 8, 2)).await?;
    ensure_eq!(resumed, due, "under the same ticket, by one to share");
    let taken = nodes.second().begin_enrolment(&alone(9, 3)).await?;
    let due = EnrolmentBegun::Begun(own_offer(9, 3));
    ensure_eq!(taken, due, "another ticket");
    let pending = store.pending_enrolment(&ann, NOW + 1).await?;
    ensure_eq!(pending, Some(own_offer(9, 3)), "what is pending");
    // The id alone does not tell whose it is.
    let same_id = BeginEnrolment {
        mail: notice(5),
        ..alone(8, 3)
    };
    let taken = store.begin_enrolment(&same_id).await?;
    let due = EnrolmentBegun::Begun(own_offer(8, 3));
    ensure_eq!(taken, due, "the first again");
    // Somebody may have seen it: it goes to no mailbox.
    let taken = store.begin_enrolment(&begin(&ann, 9, 4)).await?;
    let due = EnrolmentBegun::Begun(offer(9, 4));
    ensure_eq!(taken, due, "one to share, after one of a ticket alone");
    let taken = store.begin_enrolment(&alone(8, 6)).await?;
    let due = EnrolmentBegun::Begun(own_offer(8, 6));
    ensure_eq!(taken, due, "one of a ticket alone, after one to share");
    let due: Vec<_> = [1, 3, 4, 5, 6]
        .into_iter()
        .filter_map(notice)
        .map(|j| j.id)
        .collect();
    ensure_eq!(job_ids(store).await?, due, "the mails");
    Ok(())
}

/// Whoever knew the old password may have begun it, and would know its secret.
async fn a_new_password_ends_a_pending_enrolment(nodes: Nodes) -> CaseResult {
    let (store, ann, bob) = (nodes.first(), ann()?, bob()?);
    for (account, n) in [(&ann, 8), (&bob, 9)] {
        store.open_ticket(&ticket(account, n, Stage::Enrol)).await?;
        let begun = store.begin_enrolment(&begin(account, n, n)).await?;
        ensure_eq!(begun, EnrolmentBegun::Begun(offer(n, n)), "the offer");
    }
    let changed = store.change_password(&change(&ann, 0, "new")).await?;
    let due = PasswordChanged::Changed { epoch: 1 };
    ensure_eq!(changed, due, "the change");
    issued(store, &link(&bob, 1)).await?;
    let used = store.consume_reset(&consume(&bob, 1)).await?;
    ensure_eq!(used, ResetConsumed::Consumed { epoch: 1 }, "the reset");
    for account in [&ann, &bob] {
        let pending = nodes.second().pending_enrolment(account, NOW + 1).await?;
        ensure_eq!(pending, None, "what is pending");
    }
    Ok(())
}

async fn an_enrolment_is_pending_until_its_second(nodes: Nodes) -> CaseResult {
    let (store, ann) = (nodes.first(), ann()?);
    let none = store.pending_enrolment(&ann, NOW).await?;
    ensure_eq!(none, None, "before any offer");
    store.open_ticket(&ticket(&ann, 8, Stage::Enrol)).await?;
    let begun = store.begin_enrolment(&begin(&ann, 8, 1)).await?;
    ensure_eq!(begun, EnrolmentBegun::Begun(offer(8, 1)), "the offer");
    let last = store.pending_enrolment(&ann, NOW + HOUR - 1).await?;
    ensure_eq!(last, Some(offer(8, 1)), "in its last second");
    let late = store.pending_enrolment(&ann, NOW + HOUR).await?;
    ensure_eq!(late, None, "at its expiry");
    for other in [bob()?, other_ann()?] {
        let none = store.pending_enrolment(&other, NOW).await?;
        ensure_eq!(none, None, "for {other:?}");
    }
    Ok(())
}

async fn an_expired_enrolment_gives_way_to_a_new_one(nodes: Nodes) -> CaseResult {
    let (store, ann) = (nodes.first(), ann()?);
    store.open_ticket(&ticket(&ann, 8, Stage::Enrol)).await?;
    let short = |n| PendingEnrolment {
        expires_at: NOW + 60,
        ..offer(8, n)
    };
    let at = |n, now| BeginEnrolment {
        offer: short(n),
        now,
        ..begin(&ann, 8, n)
    };
    let begun = store.begin_enrolment(&at(1, NOW)).await?;
    ensure_eq!(begun, EnrolmentBegun::Begun(short(1)), "the first");
    let resumed = store.begin_enrolment(&at(2, NOW + 59)).await?;
    let due = EnrolmentBegun::Resumed(short(1));
    ensure_eq!(resumed, due, "in its last second");
    let late = BeginEnrolment {
        now: NOW + 60,
        ..begin(&ann, 8, 3)
    };
    let begun = store.begin_enrolment(&late).await?;
    ensure_eq!(begun, EnrolmentBegun::Begun(offer(8, 3)), "at its expiry");
    let old = store.confirm_enrolment(&confirm(&ann, 8, 1)).await?;
    ensure_eq!(old, EnrolmentConfirmed::Gone, "the first one's code");
    Ok(())
}

async fn an_enrolment_needs_a_live_ticket(nodes: Nodes) -> CaseResult {
    let (store, ann) = (nodes.first(), ann()?);
    for (what, ticket) in dead_tickets(store, Stage::Enrol).await? {
        let mut command = begin(&ann, 0, 1);
        command.offer.ticket = ticket;
        let outcome = store.begin_enrolment(&command).await?;
        ensure_eq!(
            outcome,
            EnrolmentBegun::TicketInvalid,
            "under a ticket {what}"
        );
    }
    let pending = store.pending_enrolment(&ann, NOW + 1).await?;
    ensure_eq!(pending, None, "what is pending");
    ensure!(
        job_ids(store).await?.is_empty(),
        "a refused offer was mailed"
    );
    Ok(())
}

async fn an_enrolment_is_refused_beside_an_active_authenticator(nodes: Nodes) -> CaseResult {
    let (store, ann) = (nodes.first(), ann()?);
    enrolled(store, &ann).await?;
    store.open_ticket(&ticket(&ann, 8, Stage::Enrol)).await?;
    let outcome = nodes.second().begin_enrolment(&begin(&ann, 8, 2)).await?;
    ensure_eq!(outcome, EnrolmentBegun::TooMany, "outcome");
    let pending = store.pending_enrolment(&ann, NOW + 1).await?;
    ensure_eq!(pending, None, "what is pending");
    ensure!(
        job_ids(store).await?.is_empty(),
        "a refused offer was mailed"
    );
    Ok(())
}

/// Begun while a clock was ahead, and put right since. At the bound it is believed.
async fn an_expiry_beyond_its_bound_is_disbelieved(nodes: Nodes) -> CaseResult {
    let (store, ann) = (nodes.first(), ann()?);
    for n in [8, 9] {
        store.open_ticket(&ticket(&ann, n, Stage::Enrol)).await?;
    }
    let bound = latest_expiry(NOW + 1);
    let until = |n, expires_at| {
        let mut command = begin(&ann, 8, n);
        command.offer.expires_at = expires_at;
        command.mail = None;
        command
    };
    let late = until(1, bound + 1);
    let begun = store.begin_enrolment(&late).await?;
    ensure_eq!(
        begun,
        EnrolmentBegun::Begun(late.offer.clone()),
        "the offer"
    );
    let pending = nodes.second().pending_enrolment(&ann, NOW + 1).await?;
    ensure_eq!(pending, Some(late.offer), "for the caller to disbelieve");
    let outcome = store.confirm_enrolment(&confirm(&ann, 8, 1)).await?;
    ensure_eq!(
        outcome,
        EnrolmentConfirmed::Gone,
        "a second beyond the bound"
    );
    ensure!(ticket_lives(store, &ann, 8).await?, "the ticket was spent");
    let fresh = until(2, bound);
    let begun = nodes.second().begin_enrolment(&fresh).await?;
    let due = EnrolmentBegun::Begun(fresh.offer.clone());
    ensure_eq!(begun, due, "the one that takes its place");
    let again = store.begin_enrolment(&until(3, bound)).await?;
    ensure_eq!(again, EnrolmentBegun::Resumed(fresh.offer), "at the bound");
    let outcome = store.confirm_enrolment(&confirm(&ann, 9, 2)).await?;
    let due = EnrolmentConfirmed::Confirmed { epoch: 0 };
    ensure_eq!(outcome, due, "a code at the bound");
    Ok(())
}

async fn racing_offers_are_taken_once(nodes: Nodes) -> CaseResult {
    let ann = ann()?;
    let open = ticket(&ann, 0xf0, Stage::Enrol);
    nodes.first().open_ticket(&open).await?;
    let mine = ann.clone();
    let outcomes = race(&nodes, move |store, n| {
        let command = begin(&mine, 0xf0, n);
        async move { store.begin_enrolment(&command).await }
    })
    .await?;
    let begun = outcomes
        .iter()
        .filter(|outcome| matches!(outcome, EnrolmentBegun::Begun(_)))
        .count();
    ensure_eq!(begun, 1, "offers taken");
    let pending = nodes.first().pending_enrolment(&ann, NOW + 1).await?;
    for outcome in outcomes {
        let told = match outcome {
            EnrolmentBegun::Begun(told) | EnrolmentBegun::Resumed(told) => Some(told),
            EnrolmentBegun::TooMany | EnrolmentBegun::TicketInvalid => None,
        };
        ensure_eq!(told, pending, "the enrolment that a task was told of");
    }
    ensure_eq!(job_ids(nodes.first()).await?.len(), 1, "mails");
    Ok(())
}
