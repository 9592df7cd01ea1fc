//! Replacement: one authenticator in the place of another, which ends all access.

use super::fixture::{
    NOW, STEP, TENANT, advance, ann, bob, codes, digest, enrolled, id, issued, job_ids, link,
    link_lives, notice, other_ann, password, spend, ticket, ticket_lives, token, told,
};
use super::macros::{cases, ensure, ensure_eq};
use super::manage::{
    PASS, ROOM, active_ids, added, adding, admit, managed, number, offered, offering, replacing,
    seen,
};
use super::race::race;
use super::{CaseResult, Nodes};
use slotwerk_store::{
    AuditKind, ConfirmEnrolment, EnrolmentConfirmed, RecoveryCodeSpent, Stage, StepAdvanced,
};

cases!(Factor:
    a_replaced_authenticator_is_gone_with_what_was_issued,
    a_replacement_counts_the_others_only,
    a_replacement_keeps_or_renews_the_codes_as_it_says,
    a_replacement_needs_something_to_replace,
    racing_replacements_have_one_winner,
);

const REPLACED: EnrolmentConfirmed = EnrolmentConfirmed::Confirmed { epoch: 1 };

async fn a_replaced_authenticator_is_gone_with_what_was_issued(nodes: Nodes) -> CaseResult {
    let (store, bob) = (nodes.first(), bob()?);
    let ann = managed(store, 1).await?;
    enrolled(store, &bob).await?;
    for (account, n) in [(&ann, 1), (&bob, 2)] {
        issued(store, &link(account, n)).await?;
        for (n, stage) in [(n, Stage::Verify), (0x10 | n, Stage::Manage)] {
            store.open_ticket(&ticket(account, n, stage)).await?;
        }
    }
    // The watermark of the old one lies far ahead of the first code of the new one.
    store.open_ticket(&ticket(&ann, 8, Stage::Verify)).await?;
    let ahead = store
        .advance_totp_step(&advance(&ann, 8, STEP + 99))
        .await?;
    ensure_eq!(ahead, StepAdvanced::Advanced { epoch: 0 }, "a code");
    offered(store, &ann, 2).await?;
    let outcome = store.confirm_enrolment(&replacing(&ann, 2, 1)).await?;
    ensure_eq!(outcome, REPLACED, "outcome");

    let store = nodes.second();
    let active = store.authenticators(&ann).await?;
    ensure_eq!(active, [number(2)], "authenticators");
    ensure_eq!(store.credential(&ann).await?.epoch, 1, "the epoch");
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
    ensure_eq!(active_ids(store, &bob).await?, [id(1)], "another's");
    let due = [
        AuditKind::AuthenticatorAdded,
        AuditKind::AuthenticatorAdded,
        AuditKind::CodeAccepted,
        AuditKind::AuthenticatorReplaced,
    ];
    ensure_eq!(told(store, TENANT).await?, due, "the trail");
    let due: Vec<_> = notice(0x40).map(|job| job.id).into_iter().collect();
    ensure_eq!(job_ids(store).await?, due, "the notices");
    let again = store.confirm_enrolment(&replacing(&ann, 2, 1)).await?;
    ensure_eq!(again, EnrolmentConfirmed::TicketInvalid, "the same again");
    Ok(())
}

async fn a_replacement_counts_the_others_only(nodes: Nodes) -> CaseResult {
    let store = nodes.first();
    let ann = managed(store, 3).await?;
    // Offered while three may be active: the one to be replaced is not known yet.
    offered(store, &ann, 4).await?;
    let full = ConfirmEnrolment {
        most_active: 2,
        ..adding(&ann, 4)
    };
    let outcome = store.confirm_enrolment(&full).await?;
    ensure_eq!(outcome, EnrolmentConfirmed::TooMany, "beside three");
    let beyond = ConfirmEnrolment {
        most_active: 1,
        ..replacing(&ann, 4, 1)
    };
    let outcome = store.confirm_enrolment(&beyond).await?;
    ensure_eq!(outcome, EnrolmentConfirmed::TooMany, "beside two of one");
    let command = ConfirmEnrolment {
        most_active: 2,
        ..replacing(&ann, 4, 1)
    };
    let outcome = nodes.second().confirm_enrolment(&command).await?;
    ensure_eq!(outcome, REPLACED, "beside two of two");
    // Whatever it replaced, it is the newest.
    let due = [id(2), id(3), id(4)];
    ensure_eq!(active_ids(store, &ann).await?, due, "authenticators");
    Ok(())
}

async fn a_replacement_keeps_or_renews_the_codes_as_it_says(nodes: Nodes) -> CaseResult {
    let store = nodes.first();
    let ann = managed(store, 1).await?;
    offered(store, &ann, 2).await?;
    let kept = ConfirmEnrolment {
        notice: None,
        ..replacing(&ann, 2, 1)
    };
    ensure_eq!(store.confirm_enrolment(&kept).await?, REPLACED, "the first");
    let left = nodes.second().recovery_codes_left(&ann).await?;
    ensure_eq!(left, 10, "recovery codes that were kept");
    admit(store, &ann, PASS, 1).await?;
    offered(store, &ann, 3).await?;
    let renewed = ConfirmEnrolment {
        recovery_codes: Some(codes([0x77, 0x78].map(digest))),
        notice: None,
        ..replacing(&ann, 3, 2)
    };
    let outcome = store.confirm_enrolment(&renewed).await?;
    let due = EnrolmentConfirmed::Confirmed { epoch: 2 };
    ensure_eq!(outcome, due, "the second");
    let mut open = ticket(&ann, 8, Stage::Verify);
    open.epoch = 2;
    store.open_ticket(&open).await?;
    let old = store.spend_recovery_code(&spend(&ann, 8, 1)).await?;
    ensure_eq!(old, RecoveryCodeSpent::Unknown, "an old code");
    let new = store.spend_recovery_code(&spend(&ann, 8, 0x77)).await?;
    let due = RecoveryCodeSpent::Spent {
        remaining: 1,
        epoch: 2,
    };
    ensure_eq!(new, due, "a new code");
    Ok(())
}

async fn a_replacement_needs_something_to_replace(nodes: Nodes) -> CaseResult {
    let store = nodes.first();
    let ann = managed(store, 1).await?;
    password(store, &ann, "kept").await?;
    admit(store, &ann, PASS, 1).await?;
    for (other, n) in [(bob()?, 5), (other_ann()?, 6)] {
        enrolled(store, &other).await?;
        admit(store, &other, PASS + n, 0).await?;
        let mut offer = offering(&other, n);
        (offer.offer.ticket, offer.mail) = (token(PASS + n), None);
        let _ = store.begin_enrolment(&offer).await?;
        let command = ConfirmEnrolment {
            ticket: token(PASS + n),
            notice: None,
            ..adding(&other, n)
        };
        let _ = store.confirm_enrolment(&command).await?;
        let due = [id(1), id(n)];
        ensure_eq!(active_ids(store, &other).await?, due, "of {other:?}");
    }
    offered(store, &ann, 2).await?;
    let before = seen(store, &ann).await?;
    // An unknown one; Bob's; that of the same account in another tenant; the one that is set up.
    for replaced in [9, 5, 6, 2] {
        let command = ConfirmEnrolment {
            recovery_codes: Some(codes([])),
            most_active: ROOM,
            ..replacing(&ann, 2, replaced)
        };
        let outcome = store.confirm_enrolment(&command).await?;
        let due = EnrolmentConfirmed::NothingToReplace;
        ensure_eq!(outcome, due, "in the place of {replaced}");
        ensure_eq!(
            seen(nodes.second(), &ann).await?,
            before,
            "after {replaced}"
        );
    }
    for (other, n) in [(bob()?, 5), (other_ann()?, 6)] {
        let due = [id(1), id(n)];
        ensure_eq!(active_ids(store, &other).await?, due, "of {other:?}");
    }
    let right = store.confirm_enrolment(&replacing(&ann, 2, 1)).await?;
    let due = EnrolmentConfirmed::Confirmed { epoch: 2 };
    ensure_eq!(right, due, "the right one afterwards");
    Ok(())
}

async fn racing_replacements_have_one_winner(nodes: Nodes) -> CaseResult {
    let store = nodes.first();
    let account = managed(store, 1).await?;
    added(store, &account, 3).await?;
    for n in 0..12 {
        admit(store, &account, 0x20 + n, 0).await?;
    }
    offered(store, &account, 2).await?;
    let ann = ann()?;
    let outcomes = race(&nodes, move |store, n| {
        let command = ConfirmEnrolment {
            ticket: token(0x20 + n),
            notice: notice(n),
            ..replacing(&ann, 2, 1 + n % 2 * 2)
        };
        async move { store.confirm_enrolment(&command).await }
    })
    .await?;
    let refused = |o: &&EnrolmentConfirmed| **o == EnrolmentConfirmed::TicketInvalid;
    ensure_eq!(outcomes.iter().filter(refused).count(), 11, "too late");
    ensure_eq!(active_ids(store, &account).await?.len(), 2, "active");
    ensure_eq!(store.credential(&account).await?.epoch, 1, "the epoch");
    ensure_eq!(job_ids(store).await?.len(), 1, "notices");
    Ok(())
}
