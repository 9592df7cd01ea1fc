//! Two codes in a row from a phone whose clock is far off.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use crate::support;

use proptest::prelude::*;
use slotwerk_totp::{
    Accepted, ClockHint, MAX_DRIFT, Parameters, Progress, Search, SearchError, Verdict, Window,
    code_at,
};
use support::{parameters, resynchronise, rfc_secret, secrets, verify};

const NOW: u64 = 2_000_000_010;

fn code(offset: i64) -> String {
    let step = (NOW / 30).saturating_add_signed(offset);
    (*code_at(&rfc_secret(20), &Parameters::ISSUED, step)).clone()
}

fn look(search: Search, progress: &Progress, first: &str, second: &str) -> Option<Accepted> {
    let (secret, params) = (rfc_secret(20), Parameters::ISSUED);
    resynchronise(&secret, &params, search, progress, first, second, NOW)
}

/// The second code is that of the step so far from the current one, the first the one before.
fn pair(progress: &Progress, offset: i64) -> Option<Accepted> {
    look(
        Search::default(),
        progress,
        &code(offset - 1),
        &code(offset),
    )
}

#[test]
fn a_phone_within_the_search_is_found_and_signs_in_with_single_codes_from_then_on() {
    let fresh = Progress::default();
    for offset in -20..=20 {
        let accepted = pair(&fresh, offset).unwrap();
        assert_eq!(i64::from(accepted.drift()), offset);
        assert_eq!(accepted.step(), (NOW / 30).saturating_add_signed(offset));
        // The next day, of that phone and of one whose clock is right.
        let (secret, params, later) = (rfc_secret(20), Parameters::ISSUED, NOW + 86_400);
        for ahead in [offset, 0] {
            let step = (later / 30).saturating_add_signed(ahead);
            let code = code_at(&secret, &params, step);
            let progress = accepted.progress();
            let verdict = verify(&secret, &params, Window::default(), &progress, &code, later);
            assert_eq!(verdict.accepted().unwrap().step(), step);
        }
    }
    for offset in [-22, -21, 21, 22, 120, -120] {
        assert_eq!(pair(&fresh, offset), None, "{offset}");
    }
}

#[test]
fn a_search_of_an_hour_finds_a_clock_that_is_wrong_by_an_hour() {
    for (offset, hint) in [
        (120, ClockHint::Ahead { minutes: 60 }),
        (-120, ClockHint::Behind { minutes: 60 }),
    ] {
        let found = look(
            Search::HOUR,
            &Progress::default(),
            &code(offset - 1),
            &code(offset),
        );
        assert_eq!(found.unwrap().clock_hint(&Parameters::ISSUED), Some(hint));
    }
    for offset in [-125, 125] {
        let found = look(
            Search::HOUR,
            &Progress::default(),
            &code(offset - 1),
            &code(offset),
        );
        assert_eq!(found, None);
    }
}

#[test]
fn a_drift_once_learned_is_looked_around_too_up_to_the_cap() {
    let drifted = Progress {
        watermark: None,
        drift: 60,
        disbelieved: None,
    };
    for (offset, found) in [
        (-21, false),
        (-20, true),
        (20, true),
        (21, false),
        (39, false),
        (40, true),
        (80, true),
        (81, false),
    ] {
        assert_eq!(pair(&drifted, offset).is_some(), found, "{offset}");
    }
    let at_the_cap = Progress {
        watermark: None,
        drift: MAX_DRIFT,
        disbelieved: None,
    };
    assert!(pair(&at_the_cap, 124).is_some());
    assert!(pair(&at_the_cap, 125).is_none());
    let damaged = Progress {
        watermark: None,
        drift: i8::MIN,
        disbelieved: None,
    };
    assert!(pair(&damaged, 20).is_some());
    assert!(pair(&damaged, -127).is_none());
}

#[test]
fn both_codes_are_needed_in_a_row_and_in_order() {
    let fresh = Progress::default();
    let wrong = |first: &str, second: &str| {
        let found = look(Search::HOUR, &fresh, first, second);
        assert_eq!(found, None, "{first} {second}");
    };
    wrong(&code(5), &code(5));
    wrong(&code(5), &code(4));
    wrong(&code(5), &code(7));
    wrong(&code(5), "000000");
    wrong("000000", &code(5));
    // Controls: the halves are good.
    assert!(look(Search::HOUR, &fresh, &code(5), &code(6)).is_some());
    assert!(look(Search::HOUR, &fresh, &code(4), &code(5)).is_some());
}

/// Step 998 was hinted at 1000 and accepted at 1017, once the owner of a phone that is 19 steps behind had
/// resynchronised.
#[test]
fn hinted_code_stays_used_after_resynchronisation() {
    let (secret, params) = (rfc_secret(20), Parameters::ISSUED);
    let code = |step| (*code_at(&secret, &params, step)).clone();
    let verdict = verify(
        &secret,
        &params,
        Window::default(),
        &Progress::default(),
        &code(998),
        1_000 * 30,
    );
    let Verdict::RolledOver(rolled) = verdict else {
        panic!("expected a code that has run out, got {verdict:?}");
    };
    let stored = rolled.progress();
    let pair = |second: u64, now: u64| {
        let (first, second) = (code(second - 1), code(second));
        let search = Search::default();
        resynchronise(&secret, &params, search, &stored, &first, &second, now * 30)
    };
    // Neither alone, with any drift, nor as half of a pair.
    for now in 998..1_300 {
        for drift in [-124, -19, -1, 0, 1, 19, 124] {
            let progress = Progress { drift, ..stored };
            let window = Window::default();
            let verdict = verify(&secret, &params, window, &progress, &code(998), now * 30);
            assert!(verdict.accepted().is_none(), "{now} {drift}");
        }
        for second in [998, 999] {
            assert_eq!(pair(second, now), None, "{now} {second}");
        }
    }
    // The owner's pair from before the hint is used with it; the first one above works.
    assert_eq!(pair(982, 1_001), None);
    assert!(pair(1_000, 1_019).is_some());
}

#[test]
fn the_strict_window_follows_no_pair() {
    let (secret, params) = (rfc_secret(20), Parameters::ISSUED);
    let progress = pair(&Progress::default(), 5).unwrap().progress();
    let later = NOW + 86_400;
    let next = code_at(&secret, &params, later / 30 + 5);
    let check = |window| verify(&secret, &params, window, &progress, &next, later).accepted();
    assert!(check(Window::STRICT).is_none());
    // Control: the default follows it.
    assert!(check(Window::default()).is_some());
}

#[test]
fn resync_codes_reused_are_refused() {
    for offset in [-20, -1, 0, 1, 7, 20] {
        let progress = pair(&Progress::default(), offset).unwrap().progress();
        // As a pair, as halves of overlapping pairs, and each alone at every second it could live.
        for again in offset - 1..=offset + 1 {
            assert_eq!(pair(&progress, again), None, "{offset} {again}");
        }
        let (secret, params) = (rfc_secret(20), Parameters::ISSUED);
        for half in [code(offset - 1), code(offset)] {
            for now in NOW - 900..NOW + 900 {
                let window = Window::default();
                let verdict = verify(&secret, &params, window, &progress, &half, now);
                assert!(verdict.accepted().is_none(), "{offset} {now}");
            }
        }
        // Control: the next pair of the same phone.
        assert!(offset > 18 || pair(&progress, offset + 2).is_some());
    }
}

#[test]
fn a_code_at_or_below_the_watermark_is_half_of_no_pair() {
    for mark in -3..=3 {
        let progress = Progress {
            watermark: Some((NOW / 30).saturating_add_signed(mark)),
            drift: 0,
            disbelieved: None,
        };
        for offset in -8..=8 {
            let found = pair(&progress, offset).is_some();
            assert_eq!(found, offset - 1 > mark, "{mark} {offset}");
        }
    }
}

#[test]
fn codes_are_read_as_when_signing_in() {
    let fresh = Progress::default();
    let (first, second) = (code(9), code(10));
    let spaced = format!("{} {}", &second[..3], &second[3..]);
    assert!(look(Search::default(), &fresh, &first, &spaced).is_some());
    let megabyte = second.repeat(180_000);
    for no_code in [
        "", "12345", "1234567", "+12345", "12345_", "12345\0", &megabyte,
    ] {
        assert!(look(Search::default(), &fresh, &first, no_code).is_none());
        assert!(look(Search::default(), &fresh, no_code, &second).is_none());
    }
}

#[test]
fn the_edges_of_time_neither_panic_nor_wrap() {
    let (secret, params) = (rfc_secret(20), Parameters::ISSUED);
    let last = params.step_at(u64::MAX);
    for drift in [i8::MIN, -MAX_DRIFT, 0, MAX_DRIFT, i8::MAX] {
        for watermark in [None, Some(0), Some(u64::MAX)] {
            let progress = Progress {
                watermark,
                drift,
                disbelieved: None,
            };
            let check = |first, second, now| {
                let (first, second) = (
                    code_at(&secret, &params, first),
                    code_at(&secret, &params, second),
                );
                resynchronise(
                    &secret,
                    &params,
                    Search::HOUR,
                    &progress,
                    &first,
                    &second,
                    now,
                )
            };
            assert_eq!(check(0, 1, 0).is_some(), watermark.is_none());
            let end = check(last - 1, last, u64::MAX);
            assert_eq!(end.is_some(), watermark != Some(u64::MAX));
            // If the subtraction wrapped, this would be the pair before step 1.
            assert_eq!(check(u64::MAX, 0, 0), None);
        }
    }
}

#[test]
fn searches_out_of_range_are_refused() {
    for steps in 0..=u8::MAX {
        match Search::new(steps) {
            Ok(search) => assert!((2..=124).contains(&steps) && search.steps() == steps),
            Err(error) => {
                assert!(!(2..=124).contains(&steps));
                assert_eq!(error, SearchError::OutOfRange { steps });
            }
        }
    }
    assert_eq!(Search::HOUR.steps(), MAX_DRIFT.unsigned_abs());
}

proptest! {
    #[test]
    fn what_is_found_is_a_pair_within_reach_above_the_watermark(
        (secret, params) in (secrets(), parameters()),
        (steps, drift) in (2_u8..=124, any::<i8>()),
        mark in prop::option::of(-130_i64..=130),
        offset in -140_i64..=140,
        gap in prop_oneof![3 => Just(1_i64), 1 => -2_i64..=3],
    ) {
        let current = params.step_at(NOW);
        let at = |offset| current.saturating_add_signed(offset);
        let (first, second) = (at(offset), at(offset + gap));
        let progress = Progress { watermark: mark.map(at), drift, disbelieved: None };
        let codes = (code_at(&secret, &params, first), code_at(&secret, &params, second));
        let search = Search::new(steps).unwrap();
        let found = resynchronise(&secret, &params, search, &progress, &codes.0, &codes.1, NOW);

        let reach = i64::from(steps);
        let learned = if drift.unsigned_abs() > 124 { 0 } else { i64::from(drift) };
        let seen = offset + gap;
        let near = seen.abs() <= reach || (seen - learned).abs() <= reach;
        // A watermark that no honest clock wrote counts as what the widest window reaches.
        let ahead = learned.max(0) + 4;
        let latest = (params.step_at(NOW + 60) - current).cast_signed() + ahead;
        let disbelieved = mark.filter(|mark| *mark > latest);
        let mark = if disbelieved.is_some() { Some(ahead) } else { mark };
        let above = mark.is_none_or(|mark| offset > mark);
        // The disbelieved step itself was used.
        let unused = disbelieved.is_none_or(|step| step != offset && step != seen);
        let expected = gap == 1 && near && above && unused && seen.abs() <= 124;
        prop_assert_eq!(found.map(|a| a.step()), expected.then_some(second));
        if let Some(accepted) = found {
            prop_assert_eq!(i64::from(accepted.drift()), seen);
        }
    }
}
