//! What people type, and what attackers send instead.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use crate::support;

use proptest::prelude::*;
use slotwerk_totp::{Hint, MAX_DRIFT, Parameters, Progress, Verdict, Window, code_at};
use support::{parameters, rfc_secret, secrets, verify};

#[test]
fn the_edges_of_time_neither_panic_nor_wrap() {
    let (secret, params) = (rfc_secret(20), Parameters::ISSUED);
    let last = params.step_at(u64::MAX);
    for window in (0..=4).map(|steps| Window::new(steps).unwrap()) {
        for drift in [i8::MIN, -MAX_DRIFT, -4, 0, 4, MAX_DRIFT, i8::MAX] {
            for (watermark, now, steps) in [
                (None, 0, [0, 1]),
                (Some(0), 0, [0, u64::MAX]),
                (None, u64::MAX, [last, 0]),
                (Some(u64::MAX), u64::MAX, [last, last - 1]),
            ] {
                let progress = Progress {
                    watermark,
                    drift,
                    disbelieved: None,
                };
                for step in steps {
                    let code = code_at(&secret, &params, step);
                    let verdict = verify(&secret, &params, window, &progress, &code, now);
                    let offset = i128::from(step) - i128::from(params.step_at(now));
                    let learned = match drift {
                        i8::MIN | i8::MAX => 0,
                        _ if window == Window::STRICT => 0,
                        drift => i128::from(drift),
                    };
                    let reach = u128::from(window.steps());
                    let near = offset.unsigned_abs() <= reach || offset.abs_diff(learned) <= reach;
                    let due = (watermark.is_none() && near).then_some(step);
                    assert_eq!(verdict.accepted().map(|a| a.step()), due);
                }
            }
        }
    }
    assert_eq!(code_at(&secret, &params, u64::MAX).len(), 6);
}

#[test]
fn before_step_zero_there_is_no_code() {
    // If the subtraction wrapped, these would be the neighbours of step 0.
    let (secret, params) = (rfc_secret(20), Parameters::ISSUED);
    let wide = Window::new(4).unwrap();
    for step in u64::MAX - 8..=u64::MAX {
        let code = code_at(&secret, &params, step);
        let verdict = verify(&secret, &params, wide, &Progress::default(), &code, 0);
        assert_eq!(verdict, Verdict::Rejected(Hint::None));
    }
}

proptest! {
    #[test]
    fn any_text_gets_an_answer(text in any::<String>(), now in any::<u64>()) {
        let (secret, params) = (rfc_secret(20), Parameters::ISSUED);
        let verdict = verify(&secret, &params, Window::default(), &Progress::default(), &text, now);
        let digits = text.chars().filter(|c| c.is_numeric()).count();
        prop_assert!(digits == 6 || verdict == Verdict::Rejected(Hint::None), "{:?}", text);
    }

    #[test]
    fn one_wrong_digit_is_a_wrong_code(
        (secret, params) in (secrets(), parameters()),
        now in any::<u64>(),
        (place, shift) in (0_usize..8, 1_u8..10),
    ) {
        let current = params.step_at(now);
        let mut code = code_at(&secret, &params, current).as_bytes().to_vec();
        let place = place % code.len();
        code[place] = b'0' + (code[place] - b'0' + shift) % 10;
        let code = String::from_utf8(code).unwrap();
        let neighbours = current.saturating_sub(2)..=current.saturating_add(1);
        prop_assume!(neighbours.into_iter().all(|step| *code_at(&secret, &params, step) != code));
        let verdict = verify(&secret, &params, Window::default(), &Progress::default(), &code, now);
        prop_assert_eq!(verdict, Verdict::Rejected(Hint::None));
    }
}
