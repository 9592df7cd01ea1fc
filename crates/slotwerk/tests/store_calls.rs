//! How often each flow calls the store, and how many of the calls are write transactions.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use crate::support;

use slotwerk::store::MemoryStore;
use slotwerk::{CheckOutcome, Client, CodeOutcome, CompleteOutcome, SignInOutcome};
use slotwerk_testkit::FaultyStore;
use std::sync::Arc;
use support::scene::{Scene, Step};
use support::{GOOD, OTHER, World, login, password};

/// An office: its address has a budget besides the account's.
fn office() -> Client {
    Client::at([192, 0, 2, 7].into())
}

struct Counted {
    world: World,
    store: Arc<FaultyStore>,
}

impl Counted {
    fn new() -> Self {
        let store = Arc::new(FaultyStore::new(Arc::new(MemoryStore::new())));
        let world = World::on(store.clone());
        Self { world, store }
    }

    /// Calls of the store and write transactions since `mark`.
    fn since(&self, mark: (u64, u64)) -> (u64, u64) {
        let (calls, writes) = self.mark();
        (calls - mark.0, writes - mark.1)
    }

    fn mark(&self) -> (u64, u64) {
        (self.store.calls(), self.store.writes())
    }
}

#[tokio::test]
async fn sign_in_writes_four_times() {
    let counted = Counted::new();
    let world = &counted.world;
    let phone = world.enrolled("demo").await.phone;
    let begun = counted.mark();
    let signed_in = world
        .auth
        .sign_in("zuid", &login("demo"), password(GOOD), &office())
        .await;
    let SignInOutcome::Verify(step) = signed_in.unwrap() else {
        panic!("a code must follow")
    };
    assert_eq!(counted.since(begun), (4, 2), "the password");
    let code = phone.code(world.clock.seconds());
    let ticket = step.ticket().expose().to_owned();
    let before_code = counted.mark();
    let verified = world.auth.verify_code("zuid", &ticket, &code).await;
    assert!(matches!(verified, Ok(CodeOutcome::SignedIn { .. })));
    assert_eq!(counted.since(before_code), (4, 2), "the code");
    assert_eq!(counted.since(begun), (8, 4), "the whole sign-in");
}

#[tokio::test]
async fn reset_writes_three_times() {
    let counted = Counted::new();
    let world = &counted.world;
    world.with_password("zuid", "demo").await;
    let begun = counted.mark();
    let requested = world
        .auth
        .request_reset("zuid", &login("demo"), &office())
        .await;
    assert!(requested.is_ok());
    assert_eq!(counted.since(begun), (2, 2), "charge both, enqueue");
    let mails = world.deliver().await;
    let token = support::token_in(&mails[0]);
    let before_link = counted.mark();
    assert!(world.auth.inspect_reset("zuid", &token).await.is_ok());
    assert_eq!(counted.since(before_link), (1, 0), "the page of the link");
    let before_password = counted.mark();
    let set = world
        .auth
        .complete_reset("zuid", &token, password(OTHER))
        .await;
    assert!(matches!(set, Ok(CompleteOutcome::Changed { .. })));
    assert_eq!(counted.since(before_password), (4, 1), "the new password");
}

#[tokio::test]
async fn enrolment_writes_three_times() {
    for (step, calls, writes) in [
        (Step::BeginEnrolment, 3, 1),
        (Step::ConfirmEnrolment, 4, 2),
        (Step::RedeemRecoveryCode, 5, 2),
        (Step::SignInToEnrol, 4, 2),
    ] {
        let scene = Scene::before(step).await;
        let before = (scene.faulty.calls(), scene.faulty.writes());
        assert!(scene.take(step).await.unwrap(), "{step:?}");
        let made = scene.faulty.calls() - before.0;
        let wrote = scene.faulty.writes() - before.1;
        assert_eq!((made, wrote), (calls, writes), "{step:?}");
    }
}

#[tokio::test]
async fn session_check_is_one_read() {
    let counted = Counted::new();
    let world = &counted.world;
    let grant = world.enrolled("demo").await.grant;
    let state = slotwerk::SessionState::begin(&grant);
    let tenant = world.auth.tenant("zuid").await.unwrap();
    let before = counted.mark();
    let checked = tenant.check(&state).await.unwrap();
    assert!(matches!(checked, CheckOutcome::Valid(_)));
    assert_eq!(counted.since(before), (1, 0));
}

#[tokio::test]
async fn rejected_password_writes_once() {
    let counted = Counted::new();
    let world = &counted.world;
    world.with_password("zuid", "demo").await;
    for name in ["demo", "nobody-has-this-name"] {
        let before = counted.mark();
        let answer = world
            .auth
            .sign_in("zuid", &login(name), password(OTHER), &office())
            .await;
        assert!(matches!(answer, Ok(SignInOutcome::Rejected)));
        assert_eq!(counted.since(before), (2, 1), "{name}");
    }
}
