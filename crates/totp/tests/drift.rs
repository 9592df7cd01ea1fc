//! Learning how far a phone's clock is off, and unlearning it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use crate::support;

use core::time::Duration;
use proptest::prelude::*;
use slotwerk_totp::{
    Accepted, Algorithm, ClockHint, Hint, MAX_DRIFT, Parameters, Progress, Verdict, Window, code_at,
};
use support::{parameters, rfc_secret, secrets, verify, windows};

const DAY: u64 = 86_400;

/// A phone whose clock is `seconds` ahead types the code it shows.
fn sign_in(progress: &Progress, now: u64, seconds: i64) -> Verdict {
    let (secret, params) = (rfc_secret(20), Parameters::ISSUED);
    let code = code_at(
        &secret,
        &params,
        params.step_at(now.saturating_add_signed(seconds)),
    );
    verify(&secret, &params, Window::default(), progress, &code, now)
}

fn accepted(verdict: Verdict) -> Accepted {
    verdict.accepted().expect("accepted")
}

#[test]
fn a_clock_that_gains_three_seconds_a_day_keeps_working_for_forty_days_and_after_it_is_put_right() {
    for direction in [1, -1] {
        let mut progress = Progress::default();
        // In the middle of a step, so that slow and fast clocks cross alike.
        let mut now = 2_000_000_025;
        for day in 0..40 {
            now += DAY;
            progress = accepted(sign_in(&progress, now, direction * 3 * day)).progress();
        }
        assert_eq!(i64::from(progress.drift), direction * 4);
        // Never lose the base window: the corrected clock is right at once, and drift is forgotten.
        let corrected = accepted(sign_in(&progress, now + DAY, 0));
        assert_eq!(corrected.drift(), 0);
        assert_eq!(corrected.clock_hint(&Parameters::ISSUED), None);
        // Control: without what was learned, the clock of the fortieth day does not sign in.
        let unlearned = Progress {
            drift: 0,
            ..progress
        };
        assert!(accepted(sign_in(&progress, now + DAY, direction * 120)).step() > 0);
        assert!(
            sign_in(&unlearned, now + DAY, direction * 120)
                .accepted()
                .is_none()
        );
    }
}

#[test]
fn a_clock_put_right_at_once_waits_until_the_watermark_has_passed() {
    let now = 2_000_000_010;
    let fast = Progress {
        watermark: None,
        drift: 4,
        disbelieved: None,
    };
    let progress = accepted(sign_in(&fast, now, 150)).progress();
    for later in (0..=150).step_by(30) {
        assert_eq!(
            sign_in(&progress, now + later, 0),
            Verdict::Rejected(Hint::WaitForNext)
        );
    }
    assert!(sign_in(&progress, now + 180, 0).accepted().is_some());
    // Which can be said beforehand, on the second.
    let from = progress.next_code_from(&Parameters::ISSUED);
    assert_eq!(from, 2_000_000_190 / 30 * 30);
    assert!(sign_in(&progress, from - 1, 1).accepted().is_some());
    assert_eq!(Progress::default().next_code_from(&Parameters::ISSUED), 0);
    let last = Progress {
        watermark: Some(u64::MAX),
        drift: 0,
        disbelieved: None,
    };
    assert_eq!(last.next_code_from(&Parameters::ISSUED), u64::MAX);
}

#[test]
fn the_clock_hint_is_for_accepted_codes_and_in_minutes() {
    let now = 2_000_000_010;
    let hint = |drift: i8, offset: i64, period| {
        let params = Parameters::new(Algorithm::Sha1, 6, Duration::from_secs(period)).unwrap();
        let step = params.step_at(now).saturating_add_signed(offset);
        let code = code_at(&rfc_secret(20), &params, step);
        let progress = Progress {
            watermark: None,
            drift,
            disbelieved: None,
        };
        let window = Window::default();
        let verdict = verify(&rfc_secret(20), &params, window, &progress, &code, now);
        accepted(verdict).clock_hint(&params)
    };
    assert_eq!(hint(0, 0, 30), None);
    assert_eq!(hint(0, 1, 30), None);
    assert_eq!(hint(0, -1, 30), None);
    assert_eq!(hint(2, 2, 30), Some(ClockHint::Ahead { minutes: 1 }));
    assert_eq!(hint(-2, -2, 30), Some(ClockHint::Behind { minutes: 1 }));
    assert_eq!(hint(4, 4, 30), Some(ClockHint::Ahead { minutes: 2 }));
    assert_eq!(hint(4, 5, 30), Some(ClockHint::Ahead { minutes: 3 }));
    assert_eq!(
        hint(-120, -120, 30),
        Some(ClockHint::Behind { minutes: 60 })
    );
    assert_eq!(hint(2, 2, 15), Some(ClockHint::Ahead { minutes: 1 }));
    assert_eq!(
        hint(-124, -125, 120),
        Some(ClockHint::Behind { minutes: 248 })
    );
    // The base window is the other phone, or this one put right.
    assert_eq!(hint(4, 0, 30), None);
}

#[test]
fn drift_beyond_the_cap_is_refused() {
    let now = 2_000_000_010;
    for direction in [1, -1] {
        let at_the_cap = Progress {
            watermark: None,
            drift: direction * MAX_DRIFT,
            disbelieved: None,
        };
        let direction = i64::from(direction);
        let cap = i64::from(MAX_DRIFT);
        let edge = accepted(sign_in(&at_the_cap, now, direction * (cap + 1) * 30));
        assert_eq!(i64::from(edge.drift()), direction * cap);
        let beyond = sign_in(&at_the_cap, now, direction * (cap + 2) * 30);
        assert!(beyond.accepted().is_none());
        // From nothing learned, two steps off is too far already.
        let unknown = sign_in(&Progress::default(), now, direction * 60);
        assert!(unknown.accepted().is_none());
    }
}

#[test]
fn one_code_leads_the_drift_no_farther_than_the_window_is_wide() {
    let now = 2_000_000_010;
    for (learned, offset, follows) in [
        (0, 1, true),
        (0, 2, false),
        (1, 2, true),
        (1, 3, false),
        (50, 51, true),
        (50, 52, false),
        (50, 49, true),
        (50, 48, false),
        // What lies between the two windows belongs to neither.
        (50, 25, false),
        (50, 2, false),
        (-50, -25, false),
        (-50, -2, false),
        // The base window forgets the drift.
        (50, 1, true),
        (-50, -1, true),
    ] {
        let progress = Progress {
            watermark: None,
            drift: learned,
            disbelieved: None,
        };
        let verdict = sign_in(&progress, now, i64::from(offset) * 30).accepted();
        let drift = verdict.map(|accepted| accepted.drift());
        assert_eq!(drift, follows.then_some(offset), "{learned} {offset}");
    }
}

#[test]
fn the_strict_window_ignores_what_was_learned() {
    let (secret, params) = (rfc_secret(20), Parameters::ISSUED);
    let progress = Progress {
        watermark: None,
        drift: 1,
        disbelieved: None,
    };
    let check = |step| {
        let code = code_at(&secret, &params, step);
        verify(&secret, &params, Window::STRICT, &progress, &code, 30_000)
    };
    assert!(check(1_000).accepted().is_some());
    for other in [998, 1_001, 1_002] {
        assert_eq!(check(other), Verdict::Rejected(Hint::None));
    }
    assert!(matches!(check(999), Verdict::RolledOver(_)));
}

proptest! {
    #[test]
    fn over_any_history_drift_is_bounded_and_the_watermark_only_rises(
        (secret, params, window) in (secrets(), parameters(), windows()),
        begin in prop_oneof![Just(0), Just(MAX_DRIFT), Just(-MAX_DRIFT), -MAX_DRIFT..=MAX_DRIFT],
        // Codes near the drift as it is then, and near none.
        history in prop::collection::vec((0_u64..400, -6_i64..=6, prop::bool::weighted(0.9)), 1..60),
    ) {
        let mut progress = Progress { watermark: None, drift: begin, disbelieved: None };
        let mut now = 1_000_000_000;
        for (pause, offset, drifted) in history {
            now += pause;
            let current = params.step_at(now);
            let offset = offset + if drifted { i64::from(progress.drift) } else { 0 };
            let code = code_at(&secret, &params, current.saturating_add_signed(offset));
            if let Some(accepted) = verify(&secret, &params, window, &progress, &code, now).accepted() {
                prop_assert!(progress.watermark.is_none_or(|mark| accepted.step() > mark));
                prop_assert!((-MAX_DRIFT..=MAX_DRIFT).contains(&accepted.drift()));
                let seen = accepted.step().cast_signed() - current.cast_signed();
                let reach = u64::from(window.steps());
                let led = seen.abs_diff(i64::from(progress.drift)) <= reach;
                prop_assert!(seen.unsigned_abs() <= reach || led);
                progress = accepted.progress();
            }
        }
    }
}
