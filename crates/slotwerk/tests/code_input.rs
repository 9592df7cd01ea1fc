//! Codes as people type them: a slip costs nothing, and a hinted code is used up.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use crate::support;

use slotwerk::store::{AccountKey, MemoryStore, Store};
use slotwerk::totp::Hint;
use slotwerk::{
    Code, CodeOutcome, ConfirmOutcome, EnrolmentOutcome, EventKind, RejectedCode, StepError,
    Throttled,
};
use std::sync::Arc;
use support::{Enrolled, Phone, World};

/// Not six digits, each for another reason.
const SLIPS: [&str; 14] = [
    "",
    "12345",
    "1234567",
    "12345a",
    "l23456",
    "+12345",
    "-123456",
    "123456;",
    "123/456",
    "123456..",
    "код",
    "\0\0\0\0\0\0",
    "jan@noord.example",
    "B7KQ-94XM-2TRC-8HDN",
];

/// Six digits, and what comes along when they are typed or pasted.
fn spellings(code: &str) -> Vec<String> {
    let (left, right) = code.split_at(3);
    vec![
        format!("{left} {right}"),
        format!("{left}-{right}"),
        format!("{left}\u{2013}{right}"),
        format!(" {code}."),
        format!("{code},"),
        format!("\u{feff}{code}"),
        format!("{left}\u{200b}{right}"),
        format!("\u{202a}{code}\u{202c}"),
        format!("{left}\u{a0}{right}\n"),
    ]
}

fn refusals(world: &World) -> usize {
    let rejected = |kind: &EventKind| matches!(kind, EventKind::CodeRejected(_));
    world.kinds().iter().filter(|kind| rejected(kind)).count()
}

#[tokio::test]
async fn slips_at_sign_in() {
    let world = World::new();
    let Enrolled { phone, .. } = world.enrolled("demo").await;
    let ticket = world.verify_ticket("zuid", "demo").await;
    let right = phone.code(world.clock.seconds());
    let megabyte = "1".repeat(1 << 20);
    for slip in SLIPS.into_iter().chain([megabyte.as_str()]) {
        assert!(Code::parse(slip).is_err(), "{slip:?}");
    }
    assert_eq!(refusals(&world), 0);
    let answer = world.auth.verify_code("zuid", &ticket, &right).await;
    let answer = answer.unwrap();
    assert!(matches!(answer, CodeOutcome::SignedIn { .. }), "{answer:?}");
    // Control: six wrong digits are guesses.
    world.advance(60);
    let ticket = world.verify_ticket("zuid", "demo").await;
    for _ in 0..5 {
        let stray = phone.code(world.clock.seconds() - 36 * 3_600);
        let answer = world.auth.verify_code("zuid", &ticket, &stray).await;
        let answer = answer.unwrap();
        assert!(matches!(answer, CodeOutcome::Rejected { .. }), "{answer:?}");
    }
    let slip = Code::parse("1234567");
    assert!(slip.is_err(), "a form error tells nothing about the budget");
    let answer = world.auth.verify_code("zuid", &ticket, "123456").await;
    let answer = answer.unwrap();
    assert!(
        matches!(answer, CodeOutcome::Throttled(Throttled::Wait(_))),
        "{answer:?}"
    );
}

#[tokio::test]
async fn slips_at_set_up() {
    for tenant in ["zuid", "noord"] {
        let world = World::new();
        world.with_password(tenant, "demo").await;
        let ticket = world.enrol_ticket(tenant, "demo").await;
        let phone = match world.auth.begin_enrolment(tenant, &ticket).await.unwrap() {
            EnrolmentOutcome::OnScreen(material) => Phone::scan(material.uri.expose()),
            _ => Phone::mailed(world.deliver().await.last().unwrap()),
        };
        let confirm = async |code: &str| {
            let new = Default::default();
            let confirmed = world.auth.confirm_enrolment(tenant, &ticket, code, &new);
            confirmed.await.unwrap()
        };
        for slip in SLIPS {
            assert!(Code::parse(slip).is_err(), "{tenant} {slip:?}");
        }
        assert_eq!(refusals(&world), 0);
        let answer = confirm(&phone.code(world.clock.seconds())).await;
        let done = matches!(answer, ConfirmOutcome::SignedIn { .. });
        assert!(done, "{tenant}: {answer:?}");
    }
}

#[tokio::test]
async fn code_with_invalid_ticket() {
    let world = World::new();
    let Enrolled { phone, .. } = world.enrolled("demo").await;
    let right = phone.code(world.clock.seconds());
    for ticket in ["", "x"] {
        let answer = world.auth.verify_code("zuid", ticket, &right).await;
        assert!(matches!(answer, Err(StepError::TicketInvalid)));
        let new = Default::default();
        let answer = world.auth.confirm_enrolment("zuid", ticket, &right, &new);
        assert!(matches!(answer.await, Err(StepError::TicketInvalid)));
    }
}

#[tokio::test]
async fn spellings_of_a_code() {
    let world = World::new();
    let Enrolled { phone, .. } = world.enrolled("demo").await;
    let count = spellings("123456").len();
    for n in 0..count {
        let ticket = world.verify_ticket("zuid", "demo").await;
        let typed = &spellings(&phone.code(world.clock.seconds()))[n];
        let answer = world.auth.verify_code("zuid", &ticket, typed).await;
        let answer = answer.unwrap();
        let signed_in = matches!(answer, CodeOutcome::SignedIn { .. });
        assert!(signed_in, "{typed:?}: {answer:?}");
        world.advance(60);
    }
}

/// The code that a stranger hears was right, and has run out, is of no use when the owner, whose phone is slow,
/// has moved the window back to it.
#[tokio::test]
async fn hinted_code_is_used_up() {
    let store = Arc::new(MemoryStore::new());
    let world = World::on(store.clone());
    let Enrolled { phone, .. } = world.enrolled("demo").await;
    world.advance(1_200);
    let now = world.clock.seconds();
    let hinted = phone.code(now - 60);
    let try_code = async |code: &str| {
        let ticket = world.verify_ticket("zuid", "demo").await;
        let answer = world.auth.verify_code("zuid", &ticket, code).await;
        answer.unwrap()
    };
    let answer = try_code(&hinted).await;
    let hint = matches!(
        answer,
        CodeOutcome::Rejected {
            hint: Hint::WaitForNext,
            ..
        }
    );
    assert!(hint, "{answer:?}");
    let stale = EventKind::CodeRejected(RejectedCode::Stale);
    assert_eq!(world.count(stale), 1);
    let demo = AccountKey::new("zuid", "id-demo").unwrap();
    let marks = store.authenticators(&demo).await.unwrap();
    assert_eq!(marks[0].watermark, now / 30 - 2, "stored before it is said");

    // The owner's phone, 19 steps slow, reaches that code at last.
    let slow = 19 * 30;
    let shown = now - 30;
    world.clock.set(shown + slow);
    let ticket = world.verify_ticket("zuid", "demo").await;
    let (first, second) = (phone.code(shown), phone.code(shown + 30));
    let pair = world.auth.resynchronise("zuid", &ticket, &first, &second);
    let pair = pair.await.unwrap();
    assert!(matches!(pair, CodeOutcome::SignedIn { .. }), "{pair:?}");
    for behind in [60, 30, 0] {
        world.clock.set(now - behind + slow);
        let answer = try_code(&hinted).await;
        let signed_in = matches!(answer, CodeOutcome::SignedIn { .. });
        assert!(!signed_in, "{behind}: {answer:?}");
    }
}
