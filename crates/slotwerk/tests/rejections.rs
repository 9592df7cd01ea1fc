//! Why a call did not go on, by the method `rejection` of its outcome.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use crate::support;

use slotwerk::policy::State;
use slotwerk::totp::Hint;
use slotwerk::{
    ChangePasswordOutcome, CodeOutcome, CompleteOutcome, ConfirmOutcome, EnrolmentOutcome,
    RecoveryCodeOutcome, Rejection, RejectionCode, RemoveOutcome, RenameOutcome, RenewOutcome,
    SignInOutcome, Throttled,
};
use std::time::Duration;
use support::managing::{active, added, confirm, name, named, open};
use support::{Enrolled, GOOD, NOBODY, OTHER, World, login, password};

/// Asserts the code and the status, and that there is nothing else.
#[track_caller]
fn assert_plain(rejection: Option<Rejection>, code: RejectionCode, status: u16) {
    let rejection = rejection.expect("rejected");
    assert_eq!((rejection.code, rejection.wait), (code, None));
    assert_eq!(rejection.code.http_status(), status);
    assert!(rejection.requirements.is_empty(), "{rejection:?}");
}

/// Asserts the code, and returns how long to wait.
#[track_caller]
fn wait_of(rejection: Option<Rejection>, code: RejectionCode, status: u16) -> Duration {
    let rejection = rejection.expect("rejected");
    assert_eq!((rejection.code, code.http_status()), (code, status));
    rejection.wait.expect("a wait")
}

/// Asserts that the requirements come along, and that one of them is not met.
#[track_caller]
fn assert_unmet(rejection: Option<Rejection>) {
    let rejection = rejection.expect("rejected");
    assert_eq!(rejection.code, RejectionCode::RequirementsUnmet);
    assert_eq!(rejection.code.http_status(), 422);
    let mut requirements = rejection.requirements.iter();
    assert!(
        requirements.any(|one| one.state() == State::Unmet),
        "{rejection:?}"
    );
}

#[tokio::test]
async fn sign_in() {
    let world = World::new();
    world.with_password("zuid", "demo").await;
    let attempt = async |text: &str| {
        let demo = login("demo");
        let answer = world.auth.sign_in("zuid", &demo, password(text), &NOBODY);
        answer.await.unwrap()
    };
    assert_eq!(attempt(GOOD).await.rejection(), None);
    let wrong = attempt(OTHER).await.rejection();
    assert_plain(wrong, RejectionCode::SignInRejected, 422);
    for _ in 0..200 {
        let outcome = attempt(OTHER).await;
        if let SignInOutcome::Throttled(Throttled::Wait(wait)) = outcome {
            let rejection = outcome.rejection();
            assert_eq!(wait_of(rejection, RejectionCode::Throttled, 429), wait);
            return;
        }
    }
    panic!("never throttled");
}

#[tokio::test]
async fn codes() {
    let world = World::new();
    let enrolled = world.enrolled("demo").await;
    let now = world.clock.seconds();
    let verify = async |code: &str| {
        let ticket = world.verify_ticket("zuid", "demo").await;
        let answer = world.auth.verify_code("zuid", &ticket, code).await;
        answer.unwrap().rejection()
    };
    let redeem = async |code: &str| {
        let ticket = world.verify_ticket("zuid", "demo").await;
        let answer = world.auth.redeem_recovery_code("zuid", &ticket, code).await;
        answer.unwrap().rejection()
    };
    let old = verify(&enrolled.phone.code(now - 86_400)).await;
    assert_plain(old, RejectionCode::CodeRejected, 422);
    let code = enrolled.phone.code(now);
    assert_eq!(verify(&code).await, None);
    let wait = wait_of(verify(&code).await, RejectionCode::CodeUsed, 422);
    assert!((1..=30).contains(&wait.as_secs()), "{wait:?}");

    let code = &enrolled.recovery_codes[0];
    assert_eq!(redeem(code).await, None);
    assert_plain(redeem(code).await, RejectionCode::RecoveryCodeRejected, 422);
}

#[tokio::test]
async fn new_password() {
    let world = World::new();
    let token = world.mailed_token("noord", "demo").await;
    let complete = async |text: &str| {
        let done = world.auth.complete_reset("noord", &token, password(text));
        done.await.unwrap().rejection()
    };
    assert_unmet(complete("kort").await);
    assert_eq!(complete(GOOD).await, None);
    assert_plain(complete(OTHER).await, RejectionCode::LinkInvalid, 410);

    let change = async |from: &str, to: &str| {
        let (from, to) = (password(from), password(to));
        let done = world
            .auth
            .change_password("noord", "id-demo", from, to, &NOBODY);
        done.await.unwrap().rejection()
    };
    assert_unmet(change(GOOD, "kort").await);
    let wrong = change("guess", OTHER).await;
    assert_plain(wrong, RejectionCode::CurrentPasswordRejected, 422);
    assert_eq!(change(GOOD, OTHER).await, None);
}

#[tokio::test]
async fn authenticators() {
    let world = World::new();
    let Enrolled { phone, grant, .. } = world.enrolled("demo").await;
    let ticket = open(&world, &grant).await;
    let own = active(&world, grant.account()).await[0].id;
    let last = world.auth.remove_authenticator("zuid", &ticket, own).await;
    let last = last.unwrap().rejection();
    assert_plain(last, RejectionCode::LastAuthenticator, 409);
    let called = name("telefoon");
    let renamed = world
        .auth
        .rename_authenticator("zuid", &ticket, own, &called);
    assert_eq!(renamed.await.unwrap().rejection(), None);

    let over = confirm(&world, &ticket, &phone, &named("tablet")).await;
    assert_plain(over.rejection(), RejectionCode::SetUpOver, 409);
    let begun = world.auth.begin_enrolment("zuid", &ticket).await.unwrap();
    assert_eq!(begun.rejection(), None);
    let wrong = confirm(&world, &ticket, &phone, &named("tablet")).await;
    assert_plain(wrong.rejection(), RejectionCode::CodeRejected, 422);
    added(&world, &ticket, "tablet").await;

    let renewed = world.auth.renew_recovery_codes("zuid", &ticket).await;
    assert_eq!(renewed.unwrap().rejection(), None);
    let removed = world.auth.remove_authenticator("zuid", &ticket, own).await;
    assert_eq!(removed.unwrap().rejection(), None);
}

/// Outcomes that few calls give, made by hand.
#[test]
fn other_outcomes() {
    use slotwerk::RejectionCode as Code;
    let (locked, exhausted) = (Throttled::Locked, Throttled::Exhausted);
    let waits = ConfirmOutcome::Rejected(Hint::WaitForNext);
    for (rejection, code, status) in [
        (SignInOutcome::Busy.rejection(), Code::Busy, 503),
        (
            SignInOutcome::Throttled(locked).rejection(),
            Code::Locked,
            403,
        ),
        (
            CodeOutcome::Throttled(exhausted).rejection(),
            Code::Exhausted,
            403,
        ),
        (RecoveryCodeOutcome::Busy.rejection(), Code::Busy, 503),
        (
            RecoveryCodeOutcome::Throttled(locked).rejection(),
            Code::Locked,
            403,
        ),
        (ChangePasswordOutcome::Busy.rejection(), Code::Busy, 503),
        (ChangePasswordOutcome::Conflict.rejection(), Code::Busy, 503),
        (
            ChangePasswordOutcome::Throttled(locked).rejection(),
            Code::Locked,
            403,
        ),
        (
            ChangePasswordOutcome::CheckUnavailable.rejection(),
            Code::CheckUnavailable,
            503,
        ),
        (CompleteOutcome::Busy.rejection(), Code::Busy, 503),
        (
            CompleteOutcome::Throttled(locked).rejection(),
            Code::Locked,
            403,
        ),
        (
            CompleteOutcome::CheckUnavailable.rejection(),
            Code::CheckUnavailable,
            503,
        ),
        (
            EnrolmentOutcome::TooMany.rejection(),
            Code::TooManyAuthenticators,
            409,
        ),
        (
            EnrolmentOutcome::Throttled(locked).rejection(),
            Code::Locked,
            403,
        ),
        (waits.rejection(), Code::CodeUsed, 422),
        (
            ConfirmOutcome::Throttled(locked).rejection(),
            Code::Locked,
            403,
        ),
        (ConfirmOutcome::Busy.rejection(), Code::Busy, 503),
        (
            ConfirmOutcome::TooMany.rejection(),
            Code::TooManyAuthenticators,
            409,
        ),
        (
            ConfirmOutcome::NothingToReplace.rejection(),
            Code::UnknownAuthenticator,
            404,
        ),
        (RenewOutcome::Busy.rejection(), Code::Busy, 503),
        (
            RenewOutcome::OtherCodes.rejection(),
            Code::CodesAlreadyRenewed,
            409,
        ),
        (
            RenameOutcome::Unknown.rejection(),
            Code::UnknownAuthenticator,
            404,
        ),
        (
            RemoveOutcome::Unknown.rejection(),
            Code::UnknownAuthenticator,
            404,
        ),
    ] {
        assert_plain(rejection, code, status);
    }
    assert_eq!(EnrolmentOutcome::Mailed.rejection(), None);
}
