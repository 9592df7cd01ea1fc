//! The database goes away at every call of every step, before the command and after it.
//!
//! A fault is never an answer about a person; nothing is half done; and the person gets in after it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use crate::support;

use slotwerk::store::{AccountKey, BudgetChanges, ErrorKind, MemoryStore, Store};
use slotwerk::{EventKind, Fault, MailProblem, OpenOutcome};
use slotwerk_testkit::{FaultyStore, Strike};
use std::sync::Arc;
use support::scene::{Call, Loud, Quiet, STEPS, Scene, Step};
use support::{GOOD, World, password, token_in};

fn is_a_verdict(kind: EventKind) -> bool {
    matches!(
        kind,
        EventKind::SignInRejected(_)
            | EventKind::CodeRejected(_)
            | EventKind::ResetLinkInvalid(_)
            | EventKind::PasswordRejected
            | EventKind::SignedIn(_)
            | EventKind::PasswordReset
            | EventKind::PasswordChanged
            | EventKind::AuthenticatorAdded
            | EventKind::AuthenticatorReplaced
            | EventKind::AuthenticatorRenamed
            | EventKind::AuthenticatorRemoved
            | EventKind::SecondFactorForgotten
            | EventKind::RecoveryCodesRenewed
            | EventKind::AccessRevoked
    )
}

#[tokio::test]
async fn the_table_of_calls_is_complete_and_each_step_succeeds_without_faults() {
    for (step, calls) in STEPS {
        let scene = Scene::before(step).await;
        let before = scene.faulty.calls();
        assert!(scene.take(step).await.unwrap(), "{step:?}");
        let made = scene.faulty.calls() - before;
        assert_eq!(made, calls.len() as u64, "calls of {step:?}");
    }
}

#[tokio::test]
async fn a_fault_before_a_command_is_a_fault_changes_nothing_and_the_same_step_then_succeeds() {
    for (step, calls) in STEPS {
        for (n, (call, loudness)) in (1..).zip(calls) {
            if *loudness == Quiet {
                continue;
            }
            for kind in [
                ErrorKind::Unavailable,
                ErrorKind::Conflict,
                ErrorKind::Corrupt,
            ] {
                let scene = Scene::before(step).await;
                let (rows, heard) = (scene.rows().await, scene.world.kinds().len());
                scene.faulty.fail_call(n, Strike::Before, kind);
                let answer = scene.take(step).await;
                let at = format!("{step:?}, {call}, {kind:?}: {answer:?}");
                assert!(
                    matches!(&answer, Err(Fault::Store(error)) if error.kind() == kind),
                    "{at}"
                );
                assert_eq!(scene.rows().await, rows, "{at}");
                let heard = &scene.world.kinds()[heard..];
                assert!(!heard.iter().copied().any(is_a_verdict), "{at}: {heard:?}");
                assert!(scene.world.deliver().await.is_empty(), "{at}");
                assert!(scene.take(step).await.unwrap(), "{at}, and then again");
            }
        }
    }
}

#[tokio::test]
async fn an_answer_that_gets_lost_is_a_fault_and_its_command_is_done_whole_or_not_at_all() {
    for (step, calls) in STEPS {
        let untroubled = Scene::before(step).await;
        assert!(untroubled.take(step).await.unwrap());
        let rows_after = untroubled.rows().await;
        let mails_after = untroubled.world.deliver().await.len();
        let mut lost_after_the_change = 0;
        for (n, (call, loudness)) in (1..).zip(calls) {
            if *loudness == Quiet {
                continue;
            }
            let scene = Scene::before(step).await;
            let (rows, heard) = (scene.rows().await, scene.world.kinds().len());
            scene.faulty.fail_call(n, Strike::After, ErrorKind::InDoubt);
            let answer = scene.take(step).await;
            let at = format!("{step:?}, {call}: {answer:?}");
            assert!(matches!(answer, Err(Fault::Store(_))), "{at}");
            let heard = &scene.world.kinds()[heard..];
            assert!(!heard.iter().copied().any(is_a_verdict), "{at}: {heard:?}");
            let found = scene.rows().await;
            if found == rows_after && n == last_loud(calls) {
                lost_after_the_change += 1;
                assert_eq!(scene.world.deliver().await.len(), mails_after, "{at}");
            } else {
                assert_eq!(found, rows, "{at}");
                assert!(scene.world.deliver().await.is_empty(), "{at}");
            }
            scene.the_person_gets_in().await;
        }
        assert_eq!(lost_after_the_change, 1, "{step:?} ends with its command");
    }
}

/// The number of the last call that a step depends on: the one that changes something, if any does.
fn last_loud(calls: &[(&str, Call)]) -> u64 {
    let last = calls.iter().rposition(|(_, call)| *call == Loud);
    last.expect("a step has such a call") as u64 + 1
}

#[tokio::test]
async fn a_fault_after_the_commit_leaves_success_a_success() {
    let mut tried = 0;
    for (step, calls) in STEPS {
        for (n, (call, loudness)) in (1..).zip(calls) {
            if *loudness == Loud {
                continue;
            }
            for strike in [Strike::Before, Strike::After] {
                let scene = Scene::before(step).await;
                scene.faulty.fail_call(n, strike, ErrorKind::Unavailable);
                let answer = scene.take(step).await;
                assert!(
                    matches!(answer, Ok(true)),
                    "{step:?}, {call}, {strike:?}: {answer:?}"
                );
                scene.the_person_gets_in().await;
                tried += 1;
            }
        }
    }
    assert_eq!(tried, 2);
}

#[tokio::test]
async fn a_hash_that_cannot_be_upgraded_now_does_not_refuse_its_owner() {
    let faulty = Arc::new(FaultyStore::new(Arc::new(MemoryStore::new())));
    let world = World::on(faulty.clone());
    let weak = slotwerk::password::Hasher::builder()
        .params(slotwerk::password::Params::danger_weak(32, 1, 1).unwrap())
        .workers(1)
        .build()
        .unwrap();
    let command = slotwerk::store::ChangePassword {
        account: AccountKey::new("zuid", "id-demo").unwrap(),
        expected_epoch: 0,
        hash: weak
            .hash_blocking(password(GOOD), [3; 16])
            .unwrap()
            .as_str()
            .to_owned(),
        recheck: false,
        keep: slotwerk::store::KeepHistory::NOTHING,
        notice: None,
        subject: slotwerk::store::Subject([0; 32]),
        now: support::NOON,
        budgets: BudgetChanges::default(),
    };
    let _ = faulty.change_password(&command).await.unwrap();
    // Credential, charge, and then the replacement.
    faulty.fail_call(3, Strike::Before, ErrorKind::Unavailable);
    world.enrol_ticket("zuid", "demo").await;
    assert_eq!(world.count(EventKind::HashUpgraded), 0);
    world.enrol_ticket("zuid", "demo").await;
    assert_eq!(world.count(EventKind::HashUpgraded), 1, "the next time");
}

#[tokio::test]
async fn a_worker_whose_store_fails_at_any_call_still_mails_a_link_that_opens() {
    // Lease, charge the account, charge the tenant, credential, issue, finish.
    const CALLS: u64 = 6;
    let scene = Scene::before(Step::Request).await;
    scene.take(Step::Request).await.unwrap();
    let before = scene.faulty.calls();
    assert_eq!(scene.world.auth.work_outbox().await.unwrap(), 1);
    assert_eq!(scene.faulty.calls() - before, CALLS);
    for n in 1..=CALLS {
        for strike in [Strike::Before, Strike::After] {
            let scene = Scene::before(Step::Request).await;
            let world = &scene.world;
            scene.take(Step::Request).await.unwrap();
            scene.faulty.fail_call(n, strike, ErrorKind::Unavailable);
            let at = format!("call {n}, {strike:?}");
            let worked = world.auth.work_outbox().await;
            match worked {
                Err(Fault::Store(_)) => assert!(n == 1 || n == CALLS, "{at}"),
                Ok(1) => assert_eq!(world.postponed(), [MailProblem::StoreFault], "{at}"),
                other => panic!("{at}: {other:?}"),
            }
            // Past the first pause, and past a lease that was lost.
            for seconds in [5, 120] {
                world.advance(seconds);
                world.deliver().await;
            }
            let mails = world.mailer.sent();
            let twice = n == CALLS && strike == Strike::Before;
            assert_eq!(mails.len(), if twice { 2 } else { 1 }, "{at}");
            for mail in &mails {
                let seen = world.auth.inspect_reset("zuid", &token_in(mail)).await;
                let seen = seen.unwrap();
                assert!(matches!(seen, OpenOutcome::Open(_)), "{at}: {seen:?}");
            }
            // And then it is over: nothing is mailed for ever.
            world.advance(24 * 60 * 60);
            assert!(world.deliver().await.is_empty(), "{at}");
            assert_eq!(world.abandoned(), [], "{at}");
        }
    }
}

#[tokio::test]
async fn a_worker_that_cannot_even_postpone_finds_the_job_again() {
    let scene = Scene::before(Step::Request).await;
    let world = &scene.world;
    scene.take(Step::Request).await.unwrap();
    world.mailer.fail_transiently(1);
    // Lease, charge twice, credential, issue; the mail fails; postpone.
    scene
        .faulty
        .fail_call(6, Strike::Before, ErrorKind::Unavailable);
    assert!(matches!(
        world.auth.work_outbox().await,
        Err(Fault::Store(_))
    ));
    assert!(world.deliver().await.is_empty(), "the lease holds");
    world.advance(120);
    assert_eq!(world.deliver().await.len(), 1);
}

#[tokio::test]
async fn without_entropy_every_step_is_a_fault_or_needs_none_and_changes_nothing() {
    for (step, _) in STEPS {
        let scene = Scene::before(step).await;
        let rows = scene.rows().await;
        scene.world.entropy.fail(true);
        let answer = scene.take(step).await;
        let needs_none = matches!(
            step,
            Step::InspectLink
                | Step::InspectTicket
                | Step::InspectEnrolment
                | Step::VerifyCode
                | Step::RevokeAccess
                | Step::SessionStands
                | Step::SeeSecondFactor
                | Step::RenameAuthenticator
        );
        if needs_none {
            assert!(matches!(answer, Ok(true)), "{step:?}: {answer:?}");
            continue;
        }
        assert!(
            matches!(answer, Err(Fault::Entropy(_))),
            "{step:?}: {answer:?}"
        );
        assert_eq!(scene.rows().await, rows, "{step:?}");
        scene.world.entropy.fail(false);
        assert!(scene.take(step).await.unwrap(), "{step:?}");
    }
}

#[tokio::test]
async fn without_its_directory_every_step_that_asks_it_is_a_fault_and_changes_nothing() {
    for (step, _) in STEPS {
        let scene = Scene::before(step).await;
        let (rows, heard) = (scene.rows().await, scene.world.kinds().len());
        scene.world.people.break_down();
        let answer = scene.take(step).await;
        if matches!(
            step,
            Step::Request | Step::RevokeAccess | Step::ForgetSecondFactor
        ) {
            assert!(matches!(answer, Ok(true)), "{step:?}: {answer:?}");
            continue;
        }
        assert!(
            matches!(answer, Err(Fault::Directory(_))),
            "{step:?}: {answer:?}"
        );
        assert_eq!(scene.rows().await, rows, "{step:?}");
        let heard = &scene.world.kinds()[heard..];
        assert!(!heard.iter().copied().any(is_a_verdict), "{heard:?}");
        scene.world.people.recover();
        assert!(scene.take(step).await.unwrap(), "{step:?}");
    }
}
