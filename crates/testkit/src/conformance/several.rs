//! Several authenticators: one more beside those that are active, within a limit.

use super::fixture::{
    HOUR, NOW, TENANT, ann, bob, change, codes, dead_tickets, digest, enrolled, id, job_ids,
    notice, other_ann, own_offer, ticket, ticket_lives, token, told,
};
use super::macros::{cases, ensure, ensure_eq};
use super::manage::{
    PASS, active_ids, adding, admit, further, managed, number, offered, offering, removing,
    renaming, renewing, seen,
};
use super::race::race;
use super::{CaseResult, Mismatch, Nodes};
use slotwerk_store::{
    AuditKind, AuthenticatorRemoved, AuthenticatorRenamed, BeginEnrolment, ConfirmEnrolment,
    EnrolmentBegun, EnrolmentConfirmed, PasswordChanged, PendingEnrolment, RecoveryCodesRenewed,
    Stage,
};

cases!(Factor:
    an_authenticator_is_added_beside_another,
    an_addition_is_resumed_under_its_ticket,
    authenticators_differ_in_their_ordinals,
    an_addition_beyond_the_limit_is_refused,
    an_addition_at_sign_in_is_refused_whatever_the_limit,
    an_addition_needs_a_live_ticket,
    an_enrolment_of_another_account_is_not_confirmed,
    codes_that_come_with_an_authenticator_replace_the_old,
    a_pass_is_not_spent_by_use,
    a_pass_dies_with_its_version_and_its_second,
    racing_additions_keep_the_limit,
);

const CONFIRMED: EnrolmentConfirmed = EnrolmentConfirmed::Confirmed { epoch: 0 };

async fn an_authenticator_is_added_beside_another(nodes: Nodes) -> CaseResult {
    let store = nodes.first();
    let ann = managed(store, 1).await?;
    let first = store.authenticators(&ann).await?;
    let begun = store.begin_enrolment(&offering(&ann, 2)).await?;
    ensure_eq!(begun, further(PASS, 2, 2), "the offer");
    let pending = nodes.second().pending_enrolment(&ann, NOW + 1).await?;
    let pending = pending.map(EnrolmentBegun::Begun);
    ensure_eq!(pending, Some(further(PASS, 2, 2)), "what is pending");
    let outcome = store.confirm_enrolment(&adding(&ann, 2)).await?;
    ensure_eq!(outcome, CONFIRMED, "outcome");
    let store = nodes.second();
    let due = [first, vec![number(2)]].concat();
    ensure_eq!(store.authenticators(&ann).await?, due, "authenticators");
    ensure_eq!(store.recovery_codes_left(&ann).await?, 10, "recovery codes");
    let pending = store.pending_enrolment(&ann, NOW + 1).await?;
    ensure_eq!(pending, None, "what is still pending");
    let due = [AuditKind::AuthenticatorAdded; 2];
    ensure_eq!(told(store, TENANT).await?, due, "the trail");
    let due = [notice(2), notice(0x40)].into_iter().flatten();
    let due: Vec<_> = due.map(|job| job.id).collect();
    ensure_eq!(job_ids(store).await?, due, "mail and notice");
    for other in [bob()?, other_ann()?] {
        let none = active_ids(store, &other).await?.len();
        ensure_eq!(none, 0, "authenticators of {other:?}");
    }
    Ok(())
}

async fn an_addition_is_resumed_under_its_ticket(nodes: Nodes) -> CaseResult {
    let store = nodes.first();
    let ann = managed(store, 1).await?;
    admit(store, &ann, 0x71, 0).await?;
    let second = |pass, n| PendingEnrolment {
        ordinal: 2,
        ..own_offer(pass, n)
    };
    let alone = |pass, n| BeginEnrolment {
        offer: own_offer(pass, n),
        ..offering(&ann, n)
    };
    let begun = store.begin_enrolment(&alone(PASS, 2)).await?;
    let due = EnrolmentBegun::Begun(second(PASS, 2));
    ensure_eq!(begun, due, "the offer");
    let again = nodes.second().begin_enrolment(&alone(PASS, 3)).await?;
    let due = EnrolmentBegun::Resumed(second(PASS, 2));
    ensure_eq!(again, due, "under the same ticket");
    let taken = nodes.second().begin_enrolment(&alone(0x71, 4)).await?;
    let due = EnrolmentBegun::Begun(second(0x71, 4));
    ensure_eq!(taken, due, "under another ticket");
    // What was pending before is dead.
    let gone = store.confirm_enrolment(&adding(&ann, 2)).await?;
    ensure_eq!(gone, EnrolmentConfirmed::Gone, "the first one's code");
    let right = store.confirm_enrolment(&adding(&ann, 4)).await?;
    ensure_eq!(right, CONFIRMED, "the one that took its place");
    Ok(())
}

/// The app goes by the label: with the same one, the new entry would replace one that still works.
async fn authenticators_differ_in_their_ordinals(nodes: Nodes) -> CaseResult {
    let store = nodes.first();
    let ann = managed(store, 3).await?;
    let ordinals = async || -> Result<Vec<u32>, Mismatch> {
        let active = nodes.second().authenticators(&ann).await?;
        Ok(active.iter().map(|one| one.ordinal).collect())
    };
    ensure_eq!(ordinals().await?, [1, 2, 3], "as added");
    // Without the one in the middle, the next must not be like the last.
    let removed = store.remove_authenticator(&removing(&ann, 2)).await?;
    let due = AuthenticatorRemoved::Removed { left: 2, epoch: 1 };
    ensure_eq!(removed, due, "the removal");
    admit(store, &ann, PASS, 1).await?;
    let begun = store.begin_enrolment(&offering(&ann, 4)).await?;
    ensure_eq!(begun, further(PASS, 4, 4), "after a removal");
    let mut offered = offering(&ann, 5);
    offered.offer.ordinal = 1;
    let again = nodes.second().begin_enrolment(&offered).await?;
    let EnrolmentBegun::Resumed(pending) = again else {
        return Err(Mismatch(format!("not resumed: {again:?}")));
    };
    ensure_eq!(pending.ordinal, 4, "resumed");
    let confirmed = store.confirm_enrolment(&adding(&ann, 4)).await?;
    let due = EnrolmentConfirmed::Confirmed { epoch: 1 };
    ensure_eq!(confirmed, due, "the first code");
    ensure_eq!(ordinals().await?, [1, 3, 4], "in the end");
    Ok(())
}

async fn an_addition_beyond_the_limit_is_refused(nodes: Nodes) -> CaseResult {
    let store = nodes.first();
    let ann = managed(store, 2).await?;
    let before = seen(store, &ann).await?;
    for most_active in [0, 1] {
        let command = BeginEnrolment {
            most_active,
            ..offering(&ann, 3)
        };
        let outcome = store.begin_enrolment(&command).await?;
        ensure_eq!(outcome, EnrolmentBegun::TooMany, "most {most_active}");
    }
    ensure_eq!(seen(store, &ann).await?, before, "after refused offers");
    let fitting = BeginEnrolment {
        most_active: 2,
        mail: None,
        ..offering(&ann, 3)
    };
    let begun = store.begin_enrolment(&fitting).await?;
    ensure_eq!(begun, further(PASS, 3, 3), "that fits");
    let before = seen(nodes.second(), &ann).await?;
    for most_active in [0, 1] {
        // The one that is pending is not handed out again either.
        let command = BeginEnrolment {
            most_active,
            ..offering(&ann, 3)
        };
        let outcome = store.begin_enrolment(&command).await?;
        ensure_eq!(outcome, EnrolmentBegun::TooMany, "again {most_active}");
        let command = ConfirmEnrolment {
            most_active,
            recovery_codes: Some(codes([digest(0x77)])),
            ..adding(&ann, 3)
        };
        let outcome = store.confirm_enrolment(&command).await?;
        ensure_eq!(outcome, EnrolmentConfirmed::TooMany, "most {most_active}");
    }
    ensure_eq!(seen(store, &ann).await?, before, "after refused codes");
    let command = ConfirmEnrolment {
        most_active: 2,
        ..adding(&ann, 3)
    };
    let outcome = nodes.second().confirm_enrolment(&command).await?;
    ensure_eq!(outcome, CONFIRMED, "a code that fits");
    let due = [id(1), id(2), id(3)];
    ensure_eq!(active_ids(store, &ann).await?, due, "authenticators");
    Ok(())
}

/// Who knows the password alone adds nothing to a second factor, and replaces nothing of it.
async fn an_addition_at_sign_in_is_refused_whatever_the_limit(nodes: Nodes) -> CaseResult {
    let store = nodes.first();
    let ann = managed(store, 1).await?;
    store.open_ticket(&ticket(&ann, 8, Stage::Enrol)).await?;
    let mut offer = BeginEnrolment {
        stage: Stage::Enrol,
        ..offering(&ann, 2)
    };
    offer.offer.ticket = token(8);
    let outcome = store.begin_enrolment(&offer).await?;
    ensure_eq!(outcome, EnrolmentBegun::TooMany, "an offer");
    offered(store, &ann, 2).await?;
    let before = seen(store, &ann).await?;
    for replaces in [None, Some(id(1))] {
        let command = ConfirmEnrolment {
            ticket: token(8),
            stage: Stage::Enrol,
            replaces,
            ..adding(&ann, 2)
        };
        let outcome = nodes.second().confirm_enrolment(&command).await?;
        ensure_eq!(outcome, EnrolmentConfirmed::TooMany, "for {replaces:?}");
    }
    ensure_eq!(seen(store, &ann).await?, before, "what can be seen");
    ensure!(ticket_lives(store, &ann, 8).await?, "the ticket was spent");
    Ok(())
}

async fn an_addition_needs_a_live_ticket(nodes: Nodes) -> CaseResult {
    let store = nodes.first();
    let ann = managed(store, 1).await?;
    offered(store, &ann, 2).await?;
    let mut dead: Vec<_> = dead_tickets(store, Stage::Manage)
        .await?
        .into_iter()
        .map(|(what, ticket)| (what, Stage::Manage, ticket))
        .collect();
    // Each under the stage that it has: that of a code given is no stage to set anything up in.
    for (stage, n) in [
        (Stage::Verify, 0xb1),
        (Stage::Verify, PASS),
        (Stage::Enrol, PASS),
    ] {
        if n != PASS {
            store.open_ticket(&ticket(&ann, n, stage)).await?;
        }
        dead.push(("for the wrong stage", stage, token(n)));
    }
    let before = seen(store, &ann).await?;
    for (what, stage, ticket) in dead {
        let mut command = BeginEnrolment {
            stage,
            ..offering(&ann, 3)
        };
        command.offer.ticket = ticket;
        let outcome = store.begin_enrolment(&command).await?;
        ensure_eq!(outcome, EnrolmentBegun::TicketInvalid, "an {what}");
        for replaces in [None, Some(id(1))] {
            let command = ConfirmEnrolment {
                ticket,
                stage,
                replaces,
                recovery_codes: Some(codes([digest(0x77)])),
                ..adding(&ann, 2)
            };
            let outcome = store.confirm_enrolment(&command).await?;
            ensure_eq!(outcome, EnrolmentConfirmed::TicketInvalid, "a code, {what}");
        }
    }
    ensure_eq!(
        seen(nodes.second(), &ann).await?,
        before,
        "what can be seen"
    );
    let right = store.confirm_enrolment(&adding(&ann, 2)).await?;
    ensure_eq!(right, CONFIRMED, "under the live ticket");
    Ok(())
}

async fn an_enrolment_of_another_account_is_not_confirmed(nodes: Nodes) -> CaseResult {
    let store = nodes.first();
    let ann = managed(store, 1).await?;
    offered(store, &ann, 2).await?;
    let before = seen(store, &ann).await?;
    for (other, pass) in [(bob()?, 0x72), (other_ann()?, 0x73)] {
        enrolled(store, &other).await?;
        admit(store, &other, pass, 0).await?;
        let command = ConfirmEnrolment {
            ticket: token(pass),
            ..adding(&other, 2)
        };
        let outcome = nodes.second().confirm_enrolment(&command).await?;
        ensure_eq!(outcome, EnrolmentConfirmed::Gone, "Ann's under {other:?}");
        ensure_eq!(active_ids(store, &other).await?, [id(1)], "of {other:?}");
    }
    let after = seen(store, &ann).await?;
    ensure!(after.same_account(&before), "{after:?} was {before:?}");
    Ok(())
}

async fn codes_that_come_with_an_authenticator_replace_the_old(nodes: Nodes) -> CaseResult {
    let store = nodes.first();
    let ann = managed(store, 1).await?;
    for (n, new, due) in [
        (2, Some(vec![digest(0x77)]), 1),
        (3, None, 1),
        (4, Some(vec![]), 0),
    ] {
        offered(store, &ann, n).await?;
        let command = ConfirmEnrolment {
            recovery_codes: new.map(codes),
            notice: None,
            ..adding(&ann, n)
        };
        let outcome = store.confirm_enrolment(&command).await?;
        ensure_eq!(outcome, CONFIRMED, "number {n}");
        let left = nodes.second().recovery_codes_left(&ann).await?;
        ensure_eq!(left, due, "recovery codes after number {n}");
    }
    Ok(())
}

async fn a_pass_is_not_spent_by_use(nodes: Nodes) -> CaseResult {
    let store = nodes.first();
    let ann = managed(store, 1).await?;
    for n in [2, 3] {
        offered(store, &ann, n).await?;
        ensure!(ticket_lives(store, &ann, PASS).await?, "spent by an offer");
        let command = ConfirmEnrolment {
            notice: None,
            ..adding(&ann, n)
        };
        let outcome = store.confirm_enrolment(&command).await?;
        ensure_eq!(outcome, CONFIRMED, "a confirmation");
        ensure!(ticket_lives(store, &ann, PASS).await?, "spent by a code");
        let renamed = store.rename_authenticator(&renaming(&ann, 1, None)).await?;
        ensure_eq!(renamed, AuthenticatorRenamed::Renamed, "a new name");
        ensure!(ticket_lives(store, &ann, PASS).await?, "spent by a name");
        let mut command = renewing(&ann, &[n]);
        command.notice = None;
        let renewed = store.renew_recovery_codes(&command).await?;
        ensure_eq!(renewed, RecoveryCodesRenewed::Renewed, "new codes");
        ensure!(ticket_lives(store, &ann, PASS).await?, "spent by codes");
    }
    Ok(())
}

async fn a_pass_dies_with_its_version_and_its_second(nodes: Nodes) -> CaseResult {
    let store = nodes.first();
    let ann = managed(store, 2).await?;
    let mut late = renaming(&ann, 1, Some("late"));
    late.now = NOW + HOUR;
    let outcome = store.rename_authenticator(&late).await?;
    ensure_eq!(
        outcome,
        AuthenticatorRenamed::TicketInvalid,
        "at its second"
    );
    late.now -= 1;
    let outcome = nodes.second().rename_authenticator(&late).await?;
    ensure_eq!(outcome, AuthenticatorRenamed::Renamed, "a second before");
    let changed = store.change_password(&change(&ann, 0, "new")).await?;
    ensure_eq!(changed, PasswordChanged::Changed { epoch: 1 }, "a change");
    let lives = ticket_lives(nodes.second(), &ann, PASS).await?;
    ensure!(!lives, "it outlived the password");
    let outcome = store.rename_authenticator(&renaming(&ann, 1, None)).await?;
    ensure_eq!(
        outcome,
        AuthenticatorRenamed::TicketInvalid,
        "after the change"
    );
    Ok(())
}

async fn racing_additions_keep_the_limit(nodes: Nodes) -> CaseResult {
    let store = nodes.first();
    let account = managed(store, 1).await?;
    for n in 0..12 {
        admit(store, &account, 0x20 + n, 0).await?;
    }
    offered(store, &account, 2).await?;
    let ann = ann()?;
    let outcomes = race(&nodes, move |store, n| {
        let command = ConfirmEnrolment {
            ticket: token(0x20 + n),
            most_active: 1,
            notice: notice(n),
            ..adding(&ann, 2)
        };
        async move { store.confirm_enrolment(&command).await }
    })
    .await?;
    let winners = outcomes.iter().filter(|o| **o == CONFIRMED).count();
    ensure_eq!(winners, 1, "winners");
    let due = [id(1), id(2)];
    ensure_eq!(active_ids(store, &account).await?, due, "authenticators");
    ensure_eq!(job_ids(store).await?.len(), 1, "notices");
    let again = store.confirm_enrolment(&adding(&account, 2)).await?;
    ensure_eq!(again, EnrolmentConfirmed::Gone, "the same code once more");
    Ok(())
}
