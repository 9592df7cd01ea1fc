//! Verifying codes: never a panic, never a code that belongs to no acceptable step, never one twice;
//! and a genuine code is refused only for a reason.
#![no_main]

use std::time::Duration;

use libfuzzer_sys::{arbitrary, fuzz_target};
use slotwerk_totp::{
    Algorithm, Code, Hint, MAX_DRIFT, Parameters, Progress, Secret, Verdict, Window, code_at, verify,
};

#[derive(Debug, arbitrary::Arbitrary)]
struct Input<'a> {
    secret: [u8; 20],
    algorithm: u8,
    digits: u8,
    period: u8,
    window: u8,
    watermark: Option<u64>,
    /// Puts the watermark near the current step, where it matters.
    watermark_nearby: bool,
    drift: i8,
    now: u64,
    code: Typed<'a>,
}

#[derive(Debug, arbitrary::Arbitrary)]
enum Typed<'a> {
    /// Anything at all.
    Text(&'a str),
    /// The code of a step this far from the current one.
    Genuine { offset: i8 },
    /// The same with one character replaced.
    Edited { offset: i8, at: u8, by: char },
}

fuzz_target!(|input: Input<'_>| {
    let Some(params) = parameters(&input) else {
        return;
    };
    let Ok(window) = Window::new(input.window % 5) else {
        return;
    };
    let secret = Secret::from_entropy(&input.secret);
    let current = params.step_at(input.now);
    let watermark = match input.watermark {
        Some(mark) if input.watermark_nearby => {
            current.checked_add(mark % 16).map(|s| s.saturating_sub(8))
        }
        other => other,
    };
    let progress = Progress {
        watermark,
        drift: input.drift,
        disbelieved: None,
    };
    // The crate corrects a watermark that lies too far ahead.
    let believed = progress
        .corrected(&params, window, input.now)
        .unwrap_or(progress);
    let code_near = |offset: i8| {
        let step = current.checked_add_signed(i64::from(offset))?;
        Some(code_at(&secret, &params, step).to_string())
    };
    let code = match input.code {
        Typed::Text(text) => text.to_owned(),
        Typed::Genuine { offset } => match code_near(offset) {
            Some(code) => code,
            None => return,
        },
        Typed::Edited { offset, at, by } => match code_near(offset) {
            Some(code) => {
                let at = usize::from(at) % code.len();
                format!("{}{by}{}", &code[..at], &code[at + 1..])
            }
            None => return,
        },
    };

    let text = code;
    let Ok(code) = Code::parse(&text, &params) else {
        let genuine = matches!(input.code, Typed::Genuine { .. });
        assert!(!genuine, "a genuine code is well-formed");
        return;
    };
    let verdict = verify(&secret, &params, window, &progress, &code, input.now);
    match verdict {
        Verdict::Accepted(accepted) => {
            let step = accepted.step();
            assert!(
                believed.watermark.is_none_or(|mark| step > mark),
                "at or below the watermark"
            );
            let reach = u64::from(window.steps()) + u64::from(MAX_DRIFT.unsigned_abs());
            assert!(step.abs_diff(current) <= reach, "out of any window");
            assert!(accepted.drift().unsigned_abs() <= MAX_DRIFT.unsigned_abs());
            assert_eq!(
                digits_of(&text),
                *code_at(&secret, &params, step),
                "not the code of its step"
            );

            // Stored, it is used up.
            let again = verify(
                &secret,
                &params,
                window,
                &accepted.progress(),
                &code,
                input.now,
            );
            assert!(again.accepted().is_none(), "accepted twice");
        }
        Verdict::RolledOver(rolled) => {
            let after = rolled.progress();
            assert!(after.watermark.is_some_and(|step| step < current));
            let again = verify(&secret, &params, window, &after, &code, input.now);
            assert!(again.accepted().is_none(), "accepted after it ran out");
        }
        Verdict::Rejected(hint) => {
            let Typed::Genuine { offset } = input.code else {
                return;
            };
            if offset.unsigned_abs() > window.steps() {
                return;
            }
            let Some(step) = current.checked_add_signed(i64::from(offset)) else {
                return;
            };
            // Within the base window only use refuses it: its own, or that of a step with the same code.
            let spent = believed.watermark.is_some_and(|mark| {
                mark >= step
                    || (step.saturating_sub(160)..=mark)
                        .any(|s| *code_at(&secret, &params, s) == text)
            });
            assert!(spent, "a genuine code was refused");
            assert!(matches!(hint, Hint::WaitForNext | Hint::None));
        }
        _ => {}
    }
});

fn parameters(input: &Input<'_>) -> Option<Parameters> {
    let algorithm = match input.algorithm % 3 {
        0 => Algorithm::Sha1,
        1 => Algorithm::Sha256,
        _ => Algorithm::Sha512,
    };
    // Mostly within the bounds, so that there is something to verify.
    let period = Duration::from_secs(u64::from(14 + input.period % 108));
    Parameters::new(algorithm, 5 + input.digits % 5, period).ok()
}

/// The digits a person meant: separators out, other scripts' digits as ASCII.
fn digits_of(code: &str) -> String {
    code.chars()
        .filter_map(|c| {
            let zero = match c {
                '0'..='9' => '0',
                '\u{660}'..='\u{669}' => '\u{660}',
                '\u{6f0}'..='\u{6f9}' => '\u{6f0}',
                '\u{ff10}'..='\u{ff19}' => '\u{ff10}',
                _ => return None,
            };
            char::from_digit(u32::from(c) - u32::from(zero), 10)
        })
        .collect()
}
