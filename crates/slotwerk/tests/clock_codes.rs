//! Codes under a server clock that ran ahead and was put right: nobody is locked out, nothing used comes back.
//!
//! Budgets have their own rule for such clocks and their own tests. Here they are cleared when the clock changes.
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
use slotwerk::{CodeOutcome, EnrolmentOutcome, EventKind, StoredTime};
use std::sync::Arc;
use support::{Enrolled, Phone, World};

const DAY: u64 = 86_400;
const AHEAD: [u64; 3] = [3_600, DAY, 365 * DAY];
const DISBELIEVED: EventKind = EventKind::ClockRanAhead(StoredTime::CodeStep);

/// A world whose clock goes wrong.
struct Wrong {
    world: World,
    store: Arc<MemoryStore>,
}

impl Wrong {
    fn new() -> Self {
        let store = Arc::new(MemoryStore::new());
        let world = World::on(store.clone());
        Self { world, store }
    }

    async fn set_clock(&self, seconds: u64) {
        self.world.clock.set(seconds);
        self.store.purge(u64::MAX, u32::MAX).await.unwrap();
    }

    fn now(&self) -> u64 {
        self.world.clock.seconds()
    }

    async fn type_code(&self, code: &str) -> CodeOutcome {
        let ticket = self.world.verify_ticket("zuid", "demo").await;
        let answer = self.world.auth.verify_code("zuid", &ticket, code).await;
        answer.unwrap()
    }

    async fn type_two(&self, first: &str, second: &str) -> CodeOutcome {
        let ticket = self.world.verify_ticket("zuid", "demo").await;
        let auth = &self.world.auth;
        let answer = auth.resynchronise("zuid", &ticket, first, second).await;
        answer.unwrap()
    }

    /// The answer asks for the next code, and accepts it when it comes.
    async fn waits_a_minute(&self, phone: &Phone, ahead: u64) {
        let answer = self.type_code(&phone.code(self.now())).await;
        let CodeOutcome::Rejected {
            hint: Hint::WaitForNext,
            next_code_in,
            ..
        } = answer
        else {
            panic!("{ahead}: expected to wait, got {answer:?}");
        };
        assert!(next_code_in.as_secs() <= 60, "{ahead}: {next_code_in:?}");
        assert_eq!(self.world.count(DISBELIEVED), 1, "{ahead}");
        self.world.advance(next_code_in.as_secs());
        let answer = self.type_code(&phone.code(self.now())).await;
        assert!(signed_in(&answer), "{ahead}: {answer:?}");
        // Corrected once, and as ever from then on.
        for _ in 0..3 {
            self.world.advance(30);
            let answer = self.type_code(&phone.code(self.now())).await;
            assert!(signed_in(&answer), "{ahead}: {answer:?}");
        }
        assert_eq!(self.world.count(DISBELIEVED), 1, "{ahead}");
    }
}

fn signed_in(answer: &CodeOutcome) -> bool {
    matches!(answer, CodeOutcome::SignedIn { .. })
}

#[tokio::test]
async fn wrong_clock_at_code() {
    for ahead in AHEAD {
        let wrong = Wrong::new();
        let Enrolled { phone, .. } = wrong.world.enrolled("demo").await;
        let right = wrong.now();
        wrong.set_clock(right + ahead).await;
        assert!(signed_in(
            &wrong.type_code(&phone.code(right + ahead)).await
        ));
        wrong.set_clock(right).await;
        wrong.waits_a_minute(&phone, ahead).await;
    }
}

#[tokio::test]
async fn wrong_clock_at_set_up() {
    for ahead in AHEAD {
        let wrong = Wrong::new();
        let right = wrong.now();
        wrong.set_clock(right + ahead).await;
        let Enrolled { phone, .. } = wrong.world.enrolled("demo").await;
        wrong.set_clock(right + 60).await;
        wrong.waits_a_minute(&phone, ahead).await;
    }
}

#[tokio::test]
async fn wrong_clock_at_resynchronisation() {
    for ahead in AHEAD {
        let wrong = Wrong::new();
        let Enrolled { phone, .. } = wrong.world.enrolled("demo").await;
        let right = wrong.now();
        wrong.set_clock(right + ahead).await;
        let fast = right + ahead + 300;
        let answer = wrong
            .type_two(&phone.code(fast), &phone.code(fast + 30))
            .await;
        assert!(signed_in(&answer));
        wrong.set_clock(right).await;
        // The phone is still five minutes fast: its next pair is above the correction.
        let fast = right + 300 + 120;
        let answer = wrong
            .type_two(&phone.code(fast), &phone.code(fast + 30))
            .await;
        assert!(signed_in(&answer), "{ahead}: {answer:?}");
        assert_eq!(wrong.world.count(DISBELIEVED), 1, "{ahead}");
    }
}

#[tokio::test]
async fn disbelieved_code_stays_used() {
    for ahead in AHEAD {
        let wrong = Wrong::new();
        let Enrolled { phone, .. } = wrong.world.enrolled("demo").await;
        let right = wrong.now();
        let seen = phone.code(right + ahead);
        wrong.set_clock(right + ahead).await;
        assert!(signed_in(&wrong.type_code(&seen).await));
        wrong.set_clock(right).await;
        wrong.waits_a_minute(&phone, ahead).await;
        for late in [-30, 0, 29, 59] {
            wrong
                .set_clock((right + ahead).saturating_add_signed(late))
                .await;
            let answer = wrong.type_code(&seen).await;
            assert!(!signed_in(&answer), "{ahead} {late}: {answer:?}");
        }
        let answer = wrong.type_two(&seen, &phone.code(right + ahead + 30)).await;
        assert!(!signed_in(&answer), "{ahead}: half of a pair");
        // Control: the one after it is a code like any other.
        let answer = wrong.type_code(&phone.code(right + ahead + 60)).await;
        assert!(signed_in(&answer), "{ahead}: {answer:?}");
    }
}

#[tokio::test]
async fn earlier_code_stays_used() {
    let wrong = Wrong::new();
    let Enrolled { phone, .. } = wrong.world.enrolled("demo").await;
    let right = wrong.now();
    let used = phone.code(right);
    assert!(signed_in(&wrong.type_code(&used).await));
    wrong.set_clock(right + DAY).await;
    assert!(signed_in(&wrong.type_code(&phone.code(right + DAY)).await));
    for later in [1, 20, 40] {
        wrong.set_clock(right + later).await;
        assert!(!signed_in(&wrong.type_code(&used).await), "{later}");
    }
}

#[tokio::test]
async fn late_set_up_is_replaced() {
    let wrong = Wrong::new();
    let (auth, right) = (&wrong.world.auth, wrong.now());
    wrong.world.with_password("noord", "demo").await;
    wrong.world.clock.set(right + 2 * DAY);
    let ticket = wrong.world.enrol_ticket("noord", "demo").await;
    let begun = auth.begin_enrolment("noord", &ticket).await.unwrap();
    assert!(matches!(begun, EnrolmentOutcome::Mailed), "{begun:?}");
    let old = Phone::mailed(wrong.world.deliver().await.last().unwrap());

    // Only what is pending is left of the two days.
    wrong.world.clock.set(right);
    let demo = AccountKey::new("noord", "id-demo").unwrap();
    let pending = wrong.store.pending_enrolment(&demo, right).await.unwrap();
    assert!(pending.unwrap().expires_too_late(right));
    // The budgets of the sign-in go; what is pending expires a day later.
    wrong
        .store
        .purge(right + 2 * DAY + 3_600, u32::MAX)
        .await
        .unwrap();
    let ticket = wrong.world.enrol_ticket("noord", "demo").await;
    assert!(
        auth.inspect_enrolment("noord", &ticket)
            .await
            .unwrap()
            .is_none()
    );
    let late = EventKind::ClockRanAhead(StoredTime::Enrolment);
    assert!(wrong.world.count(late) > 0);
    let begun = auth.begin_enrolment("noord", &ticket).await.unwrap();
    assert!(matches!(begun, EnrolmentOutcome::Mailed), "{begun:?}");
    let new = Phone::mailed(wrong.world.deliver().await.last().unwrap());
    assert_ne!(old.secret().expose(), new.secret().expose());
    let confirm = async |phone: &Phone| {
        let code = phone.code(right);
        let new = Default::default();
        let confirmed = auth.confirm_enrolment("noord", &ticket, &code, &new);
        confirmed.await.unwrap()
    };
    let refused = confirm(&old).await;
    let is_refused = matches!(refused, slotwerk::ConfirmOutcome::Rejected(_));
    assert!(is_refused, "{refused:?}");
    let done = confirm(&new).await;
    let is_done = matches!(done, slotwerk::ConfirmOutcome::SignedIn { .. });
    assert!(is_done, "{done:?}");
}
