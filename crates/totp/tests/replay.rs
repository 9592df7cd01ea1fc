//! A code signs in once: whatever the second, the window, the drift and the collisions.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use crate::support;

use proptest::prelude::*;
use slotwerk_totp::{Hint, Parameters, Progress, Secret, Verdict, Window, code_at};
use support::{lines, parameters, rfc_secret, secrets, verify, windows};

const WAIT: Verdict = Verdict::Rejected(Hint::WaitForNext);
const WRONG: Verdict = Verdict::Rejected(Hint::None);

/// The step of a code that has just run out.
fn rolled_over(verdict: Verdict) -> Option<u64> {
    match verdict {
        Verdict::RolledOver(rolled) => rolled.progress().watermark,
        _ => None,
    }
}

#[test]
fn the_same_code_twice_at_every_pair_of_seconds_of_the_window() {
    let (secret, params) = (rfc_secret(20), Parameters::ISSUED);
    let step = 66_666_667;
    let code = code_at(&secret, &params, step);
    let live = (step - 1) * 30..(step + 2) * 30;
    for first in live.clone() {
        let check = |progress: &Progress, now| {
            verify(&secret, &params, Window::default(), progress, &code, now)
        };
        let accepted = check(&Progress::default(), first).accepted().unwrap();
        assert_eq!(accepted.step(), step);
        for second in first..live.end {
            assert_eq!(
                check(&accepted.progress(), second),
                WAIT,
                "{first} {second}"
            );
        }
    }
}

#[test]
fn the_window_opens_and_closes_on_the_second() {
    let (secret, params) = (rfc_secret(20), Parameters::ISSUED);
    let code = code_at(&secret, &params, 1_000);
    let check = |window, now| verify(&secret, &params, window, &Progress::default(), &code, now);
    for (window, from, until) in [
        (Window::STRICT, 30_000, 30_030),
        (Window::default(), 29_970, 30_060),
        (Window::new(4).unwrap(), 29_880, 30_150),
    ] {
        assert_eq!(check(window, from - 1), WRONG);
        assert!(check(window, from).accepted().is_some());
        assert!(check(window, until - 1).accepted().is_some());
        assert_eq!(rolled_over(check(window, until)), Some(1_000));
        assert_eq!(rolled_over(check(window, until + 29)), Some(1_000));
        assert_eq!(check(window, until + 30), WRONG);
    }
}

/// Steps `lower` and `lower + distance` have the same code.
fn collisions() -> Vec<(u64, u64, String)> {
    let secret = rfc_secret(20);
    lines(include_str!("vectors/same-code-twice.txt"))
        .map(|line| {
            let [distance, lower, code] = line.split(' ').collect::<Vec<_>>()[..] else {
                panic!("{line}");
            };
            let (lower, distance): (u64, u64) = (lower.parse().unwrap(), distance.parse().unwrap());
            for step in [lower, lower + distance] {
                assert_eq!(*code_at(&secret, &Parameters::ISSUED, step), code);
            }
            (lower, lower + distance, code.to_owned())
        })
        .collect()
}

#[test]
fn of_two_live_steps_with_one_code_the_higher_is_used_up_and_the_lower_with_it() {
    let secret = rfc_secret(20);
    let wide = Window::new(4).unwrap();
    for (lower, higher, code) in collisions() {
        let check = |progress: &Progress, now| {
            verify(&secret, &Parameters::ISSUED, wide, progress, &code, now)
        };
        // Both are live from four steps before the higher to four steps after the lower.
        for now in (higher - 4) * 30..(lower + 5) * 30 {
            let accepted = check(&Progress::default(), now).accepted().unwrap();
            assert_eq!(accepted.step(), higher);
            for later in (now..(higher + 10) * 30).step_by(15) {
                assert!(check(&accepted.progress(), later).accepted().is_none());
            }
        }
    }
}

#[test]
fn a_text_seen_in_use_is_refused_while_that_step_is_within_reach() {
    let secret = rfc_secret(20);
    let wide = Window::new(4).unwrap();
    for (lower, higher, code) in collisions() {
        let check = |watermark, now| {
            let progress = Progress {
                watermark: Some(watermark),
                drift: 0,
                disbelieved: None,
            };
            verify(&secret, &Parameters::ISSUED, wide, &progress, &code, now)
        };
        let both_near = (higher.max(4) - 4) * 30..(lower + 6) * 30;
        for now in both_near.step_by(15) {
            assert_eq!(check(lower, now), WAIT, "{lower} {higher} {now}");
        }
        // Control: with the watermark below both, the same moment is fine.
        assert!(check(lower - 1, higher * 30).accepted().is_some());
        // Once the lower step is out of reach, the higher one's code is an ordinary code; of two
        // neighbours both are out of the window by then.
        let accepted = check(lower, (lower + 6) * 30).accepted();
        let expected = (higher > lower + 1).then_some(higher);
        assert_eq!(accepted.map(|accepted| accepted.step()), expected);
    }
}

fn drift_or_none(drift: i8) -> i128 {
    match drift {
        -124..=124 => i128::from(drift),
        _ => 0,
    }
}

/// What the documentation promises, written as sets instead of masks.
fn model(
    secret: &Secret,
    params: &Parameters,
    window: Window,
    progress: &Progress,
    code: &str,
    now: u64,
) -> Option<u64> {
    let current = i128::from(params.step_at(now));
    let reach = i128::from(window.steps());
    let drift = match progress.drift {
        drift @ -124..=124 if reach > 0 => i128::from(drift),
        _ => 0,
    };
    let mut candidates: Vec<i128> = (current - reach..=current + reach).collect();
    candidates.extend(current + drift - reach..=current + drift + reach);
    let lowest = *candidates.iter().min().unwrap();
    let has_code = |step: &i128| {
        u64::try_from(*step).is_ok_and(|step| *code_at(secret, params, step) == *code)
    };
    let ahead = drift_or_none(progress.drift).max(0) + reach;
    let latest = i128::from(params.step_at(now.saturating_add(60))) + ahead;
    let watermark = match progress.watermark.map(i128::from) {
        None => -1,
        Some(mark) if mark > latest.min(i128::from(u64::MAX)) => current + ahead,
        Some(mark) => mark,
    };
    let mut in_reach = candidates.iter().copied().chain([lowest - 1]);
    if in_reach.any(|step| step <= watermark && has_code(&step)) {
        return None;
    }
    let matched = candidates
        .into_iter()
        .filter(|step| *step > watermark && has_code(step))
        .max();
    matched.map(|step| u64::try_from(step).unwrap())
}

proptest! {
    #[test]
    fn verification_agrees_with_its_description(
        (secret, params, window) in (secrets(), parameters(), windows()),
        now in prop_oneof![0..2_000_u64, 1_000_000_000..4_000_000_000_u64, u64::MAX - 2_000..=u64::MAX],
        (drift, offset) in prop_oneof![4 => -6_i8..=6, 1 => any::<i8>()]
            .prop_flat_map(|drift| (Just(drift), prop_oneof![-12_i64..=12, i64::from(drift) - 7..=i64::from(drift) + 7])),
        mark in prop::option::of(-12_i64..=12),
    ) {
        let current = params.step_at(now);
        let code = code_at(&secret, &params, current.saturating_add_signed(offset));
        let watermark = mark.map(|mark| current.saturating_add_signed(mark));
        let progress = Progress { watermark, drift, disbelieved: None };
        let verdict = verify(&secret, &params, window, &progress, &code, now);
        let step = verdict.accepted().map(|accepted| accepted.step());
        prop_assert_eq!(step, model(&secret, &params, window, &progress, &code, now));
        if let Some(accepted) = verdict.accepted() {
            prop_assert!(watermark.is_none_or(|mark| accepted.step() > mark));
            prop_assert!((-124..=124).contains(&accepted.drift()));
            let seen = i128::from(accepted.step()) - i128::from(current);
            prop_assert_eq!(i128::from(accepted.drift()), seen.clamp(-124, 124));
        }
    }

    #[test]
    fn an_accepted_or_hinted_code_is_dead_from_then_on(
        (secret, params, window) in (secrets(), parameters(), windows()),
        step in 1_000..200_000_000_u64,
        (drift, offset) in (-124_i8..=124).prop_flat_map(|drift| {
            let drifted = i64::from(drift) - 7..=i64::from(drift) + 7;
            (Just(drift), prop_oneof![-8_i64..=8, drifted])
        }),
        moved in -124_i8..=124,
    ) {
        let code = code_at(&secret, &params, step);
        let period = params.period().as_secs();
        let first = step.saturating_add_signed(offset) * period;
        let before = Progress { watermark: None, drift, disbelieved: None };
        let check = |progress: &Progress, now| verify(&secret, &params, window, progress, &code, now);
        let after = match check(&before, first) {
            Verdict::Accepted(accepted) => accepted.progress(),
            WAIT => before,
            Verdict::RolledOver(rolled) => rolled.progress(),
            _ => return Ok(()),
        };
        // Unless the code is by chance also that of a later step.
        prop_assume!((step - 300..step).chain(step + 1..step + 300).all(|other| *code_at(&secret, &params, other) != *code));
        // Wherever a resynchronisation moves the window in between.
        for drift in [after.drift, moved] {
            let after = Progress { drift, ..after };
            for later in 0..280 {
                let verdict = check(&after, first + later * period);
                prop_assert!(verdict.accepted().is_none(), "{:?} after {} periods", verdict, later);
            }
        }
    }

    #[test]
    fn an_older_code_after_a_newer_one_is_refused(
        (secret, params) in (secrets(), parameters()),
        now in 10_000..4_000_000_000_u64,
        (older, newer) in (-1_i64..=1, -1_i64..=1),
    ) {
        prop_assume!(older < newer);
        let current = params.step_at(now);
        let at = |offset| code_at(&secret, &params, current.saturating_add_signed(offset));
        prop_assume!(at(older) != at(newer));
        let check = |progress: &Progress, code: &str| {
            verify(&secret, &params, Window::default(), progress, code, now)
        };
        prop_assert!(check(&Progress::default(), &at(older)).accepted().is_some());
        let accepted = check(&Progress::default(), &at(newer)).accepted().unwrap();
        prop_assert_eq!(check(&accepted.progress(), &at(older)), WAIT);
    }

    #[test]
    fn a_code_of_the_future_earns_no_hint(
        (secret, params, window) in (secrets(), parameters(), windows()),
        now in 0..4_000_000_000_u64,
        drift in prop_oneof![-4_i8..=4, -124_i8..=124],
        beyond in 5_i64..60,
    ) {
        let current = params.step_at(now);
        let step = current.saturating_add_signed(i64::from(drift.max(0)) + beyond);
        let code = code_at(&secret, &params, step);
        let drifted = current.saturating_add_signed(i64::from(drift));
        let near = [current, drifted].into_iter().flat_map(|at| at.saturating_sub(5)..at + 5);
        let mut near = near.filter(|near| *near != step);
        prop_assume!(near.all(|near| *code_at(&secret, &params, near) != *code));
        let progress = Progress { watermark: params.step_at(now).checked_sub(1), drift, disbelieved: None };
        prop_assert_eq!(verify(&secret, &params, window, &progress, &code, now), WRONG);
    }
}

#[test]
fn another_secret_another_algorithm_and_another_period_do_not_match() {
    let (params, now) = (Parameters::ISSUED, 2_000_000_000);
    let code = code_at(&rfc_secret(20), &params, params.step_at(now));
    let check = |secret: &Secret, params: &Parameters| {
        verify(
            secret,
            params,
            Window::new(4).unwrap(),
            &Progress::default(),
            &code,
            now,
        )
    };
    assert!(check(&rfc_secret(20), &params).accepted().is_some());
    assert_eq!(check(&rfc_secret(21), &params), WRONG);
    for (name, period) in [("SHA256", 30), ("SHA512", 30), ("SHA1", 60)] {
        let period = core::time::Duration::from_secs(period);
        let other = Parameters::new(support::algorithm(name), 6, period).unwrap();
        assert_eq!(check(&rfc_secret(20), &other), WRONG);
    }
}
