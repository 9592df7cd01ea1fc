//! From a secret that was shown to one that signs in.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use crate::support::verify;
use core::time::Duration;
use proptest::prelude::*;
use slotwerk_totp::{
    Code, Confirmation, EnrolmentError, EnrolmentId, Hint, Parameters, PendingEnrolment, Secret,
    Verdict, Window, code_at,
};

const BEGAN: u64 = 1_900_000_000;
const LIFETIME: u64 = 1_800;

fn pending() -> PendingEnrolment {
    PendingEnrolment::new(
        EnrolmentId::from_bytes([4; 16]),
        Secret::from_entropy(&[8; 20]),
        Parameters::ISSUED,
        BEGAN,
        Duration::from_secs(LIFETIME),
    )
    .unwrap()
}

fn code(pending: &PendingEnrolment, now: u64) -> String {
    code_at(pending.secret(), pending.parameters(), now / 30).to_string()
}

fn read(text: &str) -> Code {
    Code::parse(text, &Parameters::ISSUED).unwrap()
}

#[test]
fn the_enrolment_code_is_used_up_by_enrolling() {
    let pending = pending();
    let now = BEGAN + 75;
    let typed = code(&pending, now);
    let Confirmation::Confirmed(accepted) = pending.confirm(&read(&typed), now) else {
        panic!("refused");
    };
    let sign_in = |code: &str, now| {
        let progress = accepted.progress();
        verify(
            pending.secret(),
            pending.parameters(),
            Window::default(),
            &progress,
            code,
            now,
        )
    };
    for second in now..now + 90 {
        assert!(sign_in(&typed, second).accepted().is_none());
    }
    assert_eq!(sign_in(&typed, now), Verdict::Rejected(Hint::WaitForNext));
    assert!(
        sign_in(&code(&pending, now + 30), now + 30)
            .accepted()
            .is_some()
    );
}

#[test]
fn wrong_codes_and_refreshes_change_nothing() {
    let pending = pending();
    let state = |pending: &PendingEnrolment| {
        (
            pending.id(),
            pending.secret().expose().to_vec(),
            *pending.parameters(),
            pending.created_at(),
            pending.expires_at(),
            pending.uri("Noord", "jan").unwrap().expose().to_owned(),
        )
    };
    let before = state(&pending);
    let wrong = if code(&pending, BEGAN) == "000000" {
        "000001"
    } else {
        "000000"
    };
    for attempt in 0..200 {
        assert_eq!(
            pending.confirm(&read(wrong), BEGAN + attempt % 30),
            Confirmation::Rejected(Hint::None)
        );
        assert_eq!(state(&pending), before);
    }
    let right = code(&pending, BEGAN + 600);
    assert!(matches!(
        pending.confirm(&read(&right), BEGAN + 600),
        Confirmation::Confirmed(_)
    ));
}

#[test]
fn a_rolled_over_code_gets_the_hint() {
    let pending = pending();
    let now = BEGAN + 300;
    let answer = pending.confirm(&read(&code(&pending, now - 60)), now);
    assert_eq!(answer, Confirmation::Rejected(Hint::WaitForNext));
}

#[test]
fn expiry_is_exclusive_and_beats_a_right_code() {
    let pending = pending();
    let last = BEGAN + LIFETIME - 1;
    assert!(matches!(
        pending.confirm(&read(&code(&pending, last)), last),
        Confirmation::Confirmed(_)
    ));
    for now in [last + 1, last + 2, last + 31, u64::MAX] {
        assert_eq!(
            pending.confirm(&read(&code(&pending, now)), now),
            Confirmation::Expired
        );
    }
}

#[test]
fn times_before_the_beginning_are_rejected() {
    let pending = pending();
    for before in [61, 62, 3_600, 86_400, 365 * 86_400, BEGAN] {
        let now = BEGAN - before;
        let answer = pending.confirm(&read(&code(&pending, now)), now);
        assert_eq!(answer, Confirmation::Expired, "{before} seconds before");
    }
    // Two honest clocks may be a minute apart.
    for before in [60, 1, 0] {
        let now = BEGAN - before;
        let answer = pending.confirm(&read(&code(&pending, now)), now);
        let confirmed = matches!(answer, Confirmation::Confirmed(_));
        assert!(confirmed, "{before} seconds before");
    }
}

#[test]
fn the_code_of_another_pending_enrolment_confirms_nothing() {
    let (mine, theirs) = (pending(), Secret::from_entropy(&[9; 20]));
    let typed = code_at(&theirs, &Parameters::ISSUED, BEGAN / 30);
    assert_eq!(
        mine.confirm(&read(&typed), BEGAN),
        Confirmation::Rejected(Hint::None)
    );
}

#[test]
fn the_window_can_be_strict() {
    let early = code(&pending(), BEGAN + 30);
    assert!(matches!(
        pending().confirm(&read(&early), BEGAN),
        Confirmation::Confirmed(_)
    ));
    let strict = pending().with_window(Window::STRICT);
    assert_eq!(
        strict.confirm(&read(&early), BEGAN),
        Confirmation::Rejected(Hint::None)
    );
}

#[test]
fn impossible_times_are_refused() {
    let new = |created_at, lifetime| {
        let (id, secret) = (
            EnrolmentId::from_bytes([0; 16]),
            Secret::from_entropy(&[8; 20]),
        );
        PendingEnrolment::new(id, secret, Parameters::ISSUED, created_at, lifetime)
            .map(|p| p.expires_at())
    };
    let seconds = Duration::from_secs;
    assert_eq!(new(5, seconds(60)), Ok(65));
    assert_eq!(new(5, seconds(86_400)), Ok(86_405));
    for bad in [
        seconds(0),
        seconds(59),
        seconds(86_401),
        seconds(u64::MAX),
        Duration::from_millis(60_500),
    ] {
        assert_eq!(new(5, bad), Err(EnrolmentError::Lifetime));
    }
    assert_eq!(
        new(u64::MAX - 59, seconds(60)),
        Err(EnrolmentError::Lifetime)
    );
    assert_eq!(new(u64::MAX - 60, seconds(60)), Ok(u64::MAX));
}

proptest! {
    #[test]
    fn what_was_stored_is_taken_up_unchanged(
        id in any::<[u8; 16]>(),
        entropy in any::<[u8; 20]>(),
        created_at in any::<u64>(),
        expires_at in any::<u64>(),
        near in 0_u64..100_000,
    ) {
        for expires_at in [expires_at, created_at.saturating_add(near)] {
            let (id, secret) = (EnrolmentId::from_bytes(id), Secret::from_entropy(&entropy));
            let restored = PendingEnrolment::restore(id, secret, Parameters::ISSUED, created_at, expires_at);
            let sound = expires_at > created_at && (60..=86_400).contains(&(expires_at - created_at));
            prop_assert_eq!(restored.is_ok(), sound);
            if let Ok(restored) = restored {
                prop_assert_eq!(restored.id(), id);
                prop_assert_eq!(restored.created_at(), created_at);
                prop_assert_eq!(restored.expires_at(), expires_at);
                prop_assert_eq!(restored.secret().expose(), &entropy[..]);
            }
        }
    }
}
