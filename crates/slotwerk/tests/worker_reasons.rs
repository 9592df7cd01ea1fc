//! Each mail that does not leave has a reason, and the page of its set-up says so.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use crate::support;

use slotwerk::mail::{Mail, Mailer, SendError};
use slotwerk::store::{ErrorKind, MemoryStore, NewJob, Store};
use slotwerk::{EnrolmentOutcome, Limits, MailProblem, MailState, SendProblem};
use slotwerk_testkit::{FaultyStore, Strike};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use support::{World, answered, ring};

/// A mailer that fails in these ways, the last one first, and then takes everything.
#[derive(Clone, Default)]
struct Answers(Arc<Mutex<Vec<SendError>>>);

#[slotwerk::async_trait]
impl Mailer for Answers {
    async fn send(&self, _: &Mail) -> Result<(), SendError> {
        self.0.lock().unwrap().pop().map_or(Ok(()), Err)
    }
}

#[tokio::test]
async fn mailers_reason_is_reported() {
    for problem in [
        SendProblem::Answered(550),
        SendProblem::Answered(451),
        SendProblem::TimedOut,
        SendProblem::Tls,
        SendProblem::Connection,
        SendProblem::Protocol,
        SendProblem::Address,
        SendProblem::Message,
    ] {
        let answers = Answers::default();
        let world = World::mailing(Arc::new(MemoryStore::new()), Arc::new(answers.clone()));
        let tell = |error| answers.0.lock().unwrap().push(error);
        tell(SendError::permanent(problem));
        world.request("noord", "demo").await;
        world.deliver().await;
        assert_eq!(world.abandoned(), [MailProblem::NotSent(problem)]);
        assert_eq!(world.postponed(), []);
        tell(SendError::transient(problem));
        world.request("noord", "demo").await;
        world.deliver().await;
        assert_eq!(world.postponed(), [MailProblem::NotSent(problem)]);
        assert_eq!(world.abandoned().len(), 1);
    }
}

#[tokio::test]
async fn refused_address_is_reported() {
    for address in [
        "anna@ex\u{e4}mple..nl",
        "jos\u{e9}@example.com",
        "demo",
        "demo@",
        "@noord.example",
        "demo@noord.example, eve@example.com",
        "demo@noord.example\r\nBcc: eve@example.com",
        "de mo@noord.example",
    ] {
        let world = World::new();
        world.people.move_mail_to(address);
        world.request("noord", "demo").await;
        assert!(world.deliver().await.is_empty());
        assert_eq!(
            world.abandoned(),
            [MailProblem::AddressRefused],
            "{address}"
        );
    }
}

#[tokio::test]
async fn faults_are_told_apart() {
    let store = Arc::new(FaultyStore::new(Arc::new(MemoryStore::new())));
    let world = World::on(store.clone());
    world.request("noord", "demo").await;
    store.fail_call(2, Strike::Before, ErrorKind::Unavailable);
    world.deliver().await;
    world.advance(5);
    world.people.break_down();
    world.deliver().await;
    world.people.recover();
    world.advance(10);
    world.entropy.fail(true);
    world.deliver().await;
    world.entropy.fail(false);
    world.advance(20);
    assert_eq!(world.deliver().await.len(), 1);
    let due = [
        MailProblem::StoreFault,
        MailProblem::DirectoryFault,
        MailProblem::NoEntropy,
    ];
    assert_eq!(world.postponed(), due);
}

#[tokio::test]
async fn altered_job_is_reported() {
    let store = Arc::new(MemoryStore::new());
    let world = World::on(store.clone());
    let job = NewJob {
        id: slotwerk::store::Id([9; 16]),
        tenant: "noord".to_owned(),
        payload: vec![1, 2, 3],
        created_at: world.clock.seconds(),
        ready_at: world.clock.seconds(),
        capacity: 9,
        note: None,
    };
    let _ = store.enqueue(&job).await.unwrap();
    for _ in 0..14 {
        world.deliver().await;
        world.advance(900);
    }
    assert_eq!(world.abandoned(), [MailProblem::Unreadable]);
    assert_eq!(world.postponed().len(), 12);
}

#[tokio::test]
async fn revoked_key_is_reported() {
    let world = World::new();
    world.request("noord", "demo").await;
    let other = slotwerk::keys::KeyRing::new(
        slotwerk::keys::KeyId::new(77),
        slotwerk::keys::MasterKey::from_bytes([9; 32]),
    );
    let node = world.node_with(other);
    assert!(node.deliver().await.is_empty());
    assert_eq!(node.postponed(), [MailProblem::KeyMissing]);
    let right = world.node_with(ring());
    right.advance(5);
    assert_eq!(right.deliver().await.len(), 1, "the key is back");
}

#[tokio::test]
async fn notice_of_gone_account_is_reported() {
    let world = World::new();
    let token = world.mailed_token("noord", "demo").await;
    let new = support::password(support::GOOD);
    let _ = world.auth.complete_reset("noord", &token, new).await;
    world.people.disable_demo();
    assert!(world.deliver().await.is_empty());
    assert_eq!(world.abandoned(), [MailProblem::AccountGone]);
}

async fn set_up(world: &World) -> String {
    world.with_password("noord", "demo").await;
    let ticket = world.enrol_ticket("noord", "demo").await;
    let _ = world.auth.begin_enrolment("noord", &ticket).await.unwrap();
    ticket
}

/// What the page of the set-up says of its mail; nothing once the sign-in is over.
async fn state(world: &World, ticket: &str) -> Option<MailState> {
    answered(world.auth.enrolment_mail("noord", ticket).await).flatten()
}

#[tokio::test]
async fn expired_set_up_is_reported() {
    let mut limits = Limits::default();
    limits.enrolment_lifetime = Duration::from_secs(60);
    let world = World::with(Arc::new(MemoryStore::new()), limits);
    set_up(&world).await;
    world.advance(60);
    assert!(world.deliver().await.is_empty());
    assert_eq!(world.abandoned(), [MailProblem::SetUpOver]);
}

#[tokio::test]
async fn set_up_page_follows_its_mail() {
    let world = World::new();
    let ticket = set_up(&world).await;
    assert_eq!(state(&world, &ticket).await, Some(MailState::Queued));
    world.mailer.fail_transiently(1);
    world.deliver().await;
    assert_eq!(state(&world, &ticket).await, Some(MailState::Delayed));
    world.advance(5);
    world.deliver().await;
    assert_eq!(state(&world, &ticket).await, Some(MailState::Sent));
    let resent = world.auth.resend_enrolment("noord", &ticket).await;
    assert!(matches!(resent, Ok(EnrolmentOutcome::Mailed)), "{resent:?}");
    assert_eq!(state(&world, &ticket).await, Some(MailState::Queued));
    world.mailer.fail_permanently(1);
    world.deliver().await;
    assert_eq!(state(&world, &ticket).await, Some(MailState::Failed));
    assert_eq!(state(&world, "no ticket").await, None);
}

#[tokio::test]
async fn set_up_page_knows_refused_address() {
    let world = World::new();
    let ticket = set_up(&world).await;
    world.people.move_mail_to("demo@");
    world.deliver().await;
    let due = Some(MailState::AddressRefused);
    assert_eq!(state(&world, &ticket).await, due);
    // The address is mended, and the person asks again.
    world.people.move_mail_to("demo@noord.example");
    let resent = world.auth.resend_enrolment("noord", &ticket).await;
    assert!(matches!(resent, Ok(EnrolmentOutcome::Mailed)), "{resent:?}");
    assert_eq!(world.deliver().await.len(), 1);
    assert_eq!(state(&world, &ticket).await, Some(MailState::Sent));
}

#[tokio::test]
async fn set_up_beyond_budget_is_unsent() {
    let mut limits = Limits::default();
    limits.setup_mails = slotwerk::throttle::Budget::new(1, Duration::from_secs(1_800)).unwrap();
    limits.enrolment_lifetime = Duration::from_secs(60);
    let world = World::with(Arc::new(MemoryStore::new()), limits);
    set_up(&world).await;
    world.deliver().await;
    world.advance(61);
    let ticket = world.enrol_ticket("noord", "demo").await;
    let _ = world.auth.begin_enrolment("noord", &ticket).await.unwrap();
    assert_eq!(state(&world, &ticket).await, Some(MailState::Unsent));
}

/// The answer to a reset request is the same for every reason.
#[tokio::test]
async fn reset_request_never_tells() {
    let world = World::new();
    world.people.move_mail_to("demo@");
    for name in ["demo", "other", "nobody"] {
        for _ in 0..2 {
            let client = slotwerk::Client::unknown();
            let login = support::login(name);
            let asked = world.auth.request_reset("noord", &login, &client).await;
            assert_eq!(format!("{asked:?}"), "Ok(RequestAccepted)");
            world.deliver().await;
        }
    }
    assert_eq!(world.abandoned().len(), 2);
}
