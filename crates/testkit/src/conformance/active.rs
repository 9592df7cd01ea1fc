//! Active authenticators: what they are called, and when they were added and used.

use super::fixture::{
    NOW, STEP, advance, bob, dead_tickets, enrolled, id, job_ids, notice, other_ann, ticket, token,
    told_of,
};
use super::macros::{cases, ensure, ensure_eq};
use super::manage::{PASS, active_ids, adding, admit, managed, number, offered, renaming, seen};
use super::{CaseResult, Nodes};
use slotwerk_store::{
    AdvanceTotpStep, AuditKind, Authenticator, AuthenticatorRenamed, ConfirmEnrolment,
    EnrolmentConfirmed, RenameAuthenticator, Stage, StepAdvanced,
};

cases!(Factor:
    an_authenticator_is_called_what_it_was_named_last,
    a_name_outlives_a_sign_in,
    a_rename_of_another_authenticator_is_refused,
    a_rename_needs_a_live_ticket,
    a_step_is_of_one_authenticator_only,
    a_resynchronisation_is_told_of_and_noticed,
    authenticators_go_by_time_and_ordinal,
);

const ADVANCED: StepAdvanced = StepAdvanced::Advanced { epoch: 0 };

async fn an_authenticator_is_called_what_it_was_named_last(nodes: Nodes) -> CaseResult {
    let store = nodes.first();
    let ann = managed(store, 3).await?;
    let before = store.authenticators(&ann).await?;
    let longest = "\u{1f511}".repeat(256);
    let names = [
        Some("Ann's \"phone\"; DROP TABLE -- %"),
        Some(" two  spaces "),
        Some(""),
        None,
        Some(longest.as_str()),
        Some(longest.as_str()),
    ];
    for (name, told) in names.into_iter().zip(1..) {
        let outcome = store.rename_authenticator(&renaming(&ann, 2, name)).await?;
        ensure_eq!(outcome, AuthenticatorRenamed::Renamed, "to {name:?}");
        let mut due = before.clone();
        for active in due.iter_mut().filter(|active| active.id == id(2)) {
            active.name = name.map(str::to_owned);
        }
        let active = nodes.second().authenticators(&ann).await?;
        ensure_eq!(active, due, "authenticators");
        let seen = told_of(store, AuditKind::AuthenticatorRenamed).await?;
        ensure_eq!(seen, told, "names told of");
    }
    ensure!(job_ids(store).await?.is_empty(), "a name was noticed");
    Ok(())
}

async fn a_name_outlives_a_sign_in(nodes: Nodes) -> CaseResult {
    let store = nodes.first();
    let ann = managed(store, 1).await?;
    let named = renaming(&ann, 1, Some("kept"));
    let outcome = store.rename_authenticator(&named).await?;
    ensure_eq!(outcome, AuthenticatorRenamed::Renamed, "a name");
    store.open_ticket(&ticket(&ann, 8, Stage::Verify)).await?;
    let outcome = store.advance_totp_step(&advance(&ann, 8, STEP + 1)).await?;
    ensure_eq!(outcome, ADVANCED, "a code");
    let active = nodes.second().authenticators(&ann).await?;
    let names: Vec<_> = active.into_iter().map(|active| active.name).collect();
    ensure_eq!(names, [Some("kept".to_owned())], "the name");
    Ok(())
}

async fn a_rename_of_another_authenticator_is_refused(nodes: Nodes) -> CaseResult {
    let store = nodes.first();
    let ann = managed(store, 2).await?;
    let others = [(bob()?, 9), (other_ann()?, 10)];
    for (other, n) in &others {
        enrolled(store, other).await?;
        admit(store, other, *n, 0).await?;
        let unknown = RenameAuthenticator {
            ticket: token(*n),
            ..renaming(other, 2, Some("mine"))
        };
        let outcome = store.rename_authenticator(&unknown).await?;
        ensure_eq!(outcome, AuthenticatorRenamed::Unknown, "Ann's");
    }
    let before = seen(store, &ann).await?;
    let outcome = store
        .rename_authenticator(&renaming(&ann, 7, Some("nobody's")))
        .await?;
    ensure_eq!(outcome, AuthenticatorRenamed::Unknown, "an unknown one");
    ensure_eq!(
        seen(nodes.second(), &ann).await?,
        before,
        "what can be seen"
    );
    for (other, _) in others {
        let active = store.authenticators(&other).await?;
        let names: Vec<_> = active.into_iter().map(|active| active.name).collect();
        ensure_eq!(names, [Some("phone".to_owned())], "of {other:?}");
    }
    Ok(())
}

async fn a_rename_needs_a_live_ticket(nodes: Nodes) -> CaseResult {
    let store = nodes.first();
    let ann = managed(store, 2).await?;
    let dead = dead_tickets(store, Stage::Manage).await?;
    let before = seen(store, &ann).await?;
    for (what, ticket) in dead {
        let command = RenameAuthenticator {
            ticket,
            ..renaming(&ann, 1, Some("mine"))
        };
        let outcome = store.rename_authenticator(&command).await?;
        let due = AuthenticatorRenamed::TicketInvalid;
        ensure_eq!(outcome, due, "under a ticket {what}");
    }
    ensure_eq!(
        seen(nodes.second(), &ann).await?,
        before,
        "what can be seen"
    );
    Ok(())
}

async fn a_step_is_of_one_authenticator_only(nodes: Nodes) -> CaseResult {
    let store = nodes.first();
    let ann = managed(store, 3).await?;
    let before = store.authenticators(&ann).await?;
    store.open_ticket(&ticket(&ann, 8, Stage::Verify)).await?;
    let command = AdvanceTotpStep {
        authenticator: id(2),
        now: NOW + 60,
        ..advance(&ann, 8, STEP + 9)
    };
    let outcome = store.advance_totp_step(&command).await?;
    ensure_eq!(outcome, ADVANCED, "outcome");
    let mut due = before;
    for active in due.iter_mut().filter(|active| active.id == id(2)) {
        *active = Authenticator {
            watermark: STEP + 9,
            drift: 1,
            used_at: NOW + 60,
            ..number(2)
        };
    }
    let active = nodes.second().authenticators(&ann).await?;
    ensure_eq!(active, due, "authenticators");
    // A step that is used up for one is not for another.
    store.open_ticket(&ticket(&ann, 9, Stage::Verify)).await?;
    let other = AdvanceTotpStep {
        authenticator: id(3),
        ..advance(&ann, 9, STEP + 9)
    };
    let outcome = store.advance_totp_step(&other).await?;
    ensure_eq!(outcome, ADVANCED, "the same step of another one");
    Ok(())
}

async fn a_resynchronisation_is_told_of_and_noticed(nodes: Nodes) -> CaseResult {
    let store = nodes.first();
    let ann = managed(store, 1).await?;
    store.open_ticket(&ticket(&ann, 8, Stage::Verify)).await?;
    let before = seen(store, &ann).await?;
    let at = |ticket, step| AdvanceTotpStep {
        resynchronised: true,
        notice: notice(5),
        ..advance(&ann, ticket, step)
    };
    let refused = store.advance_totp_step(&at(8, STEP)).await?;
    ensure_eq!(refused, StepAdvanced::Replayed, "a used step");
    let refused = store.advance_totp_step(&at(PASS, STEP + 7)).await?;
    ensure_eq!(refused, StepAdvanced::TicketInvalid, "under another ticket");
    ensure_eq!(seen(store, &ann).await?, before, "after refusals");
    let outcome = store.advance_totp_step(&at(8, STEP + 7)).await?;
    ensure_eq!(outcome, ADVANCED, "outcome");
    let store = nodes.second();
    let told = told_of(store, AuditKind::AuthenticatorResynchronised).await?;
    ensure_eq!(told, 1, "resynchronisations told of");
    let told = told_of(store, AuditKind::CodeAccepted).await?;
    ensure_eq!(told, 0, "plain codes told of");
    let due: Vec<_> = notice(5).map(|job| job.id).into_iter().collect();
    ensure_eq!(job_ids(store).await?, due, "the notices");
    Ok(())
}

async fn authenticators_go_by_time_and_ordinal(nodes: Nodes) -> CaseResult {
    let store = nodes.first();
    let ann = managed(store, 1).await?;
    for (n, at) in [(3, NOW + 1), (2, NOW + 1), (9, NOW)] {
        offered(store, &ann, n).await?;
        let command = ConfirmEnrolment {
            notice: None,
            now: at,
            ..adding(&ann, n)
        };
        let outcome = store.confirm_enrolment(&command).await?;
        let due = EnrolmentConfirmed::Confirmed { epoch: 0 };
        ensure_eq!(outcome, due, "authenticator {n}");
    }
    let seen = active_ids(nodes.second(), &ann).await?;
    let due = [9, 1, 3, 2].map(id);
    ensure_eq!(seen, due, "the earliest first, and the lower ordinal");
    Ok(())
}
