//! Resynchronising: never a panic, and only a pair of neighbours within reach and above the watermark is found;
//! found, it is used up.
#![no_main]

use libfuzzer_sys::{arbitrary, fuzz_target};
use slotwerk_totp::{
    Code, MAX_DRIFT, Parameters, Progress, Search, Secret, Window, code_at, resynchronise, verify,
};

#[derive(Debug, arbitrary::Arbitrary)]
struct Input<'a> {
    secret: [u8; 20],
    search: u8,
    /// Relative to the current step.
    watermark: Option<i16>,
    drift: i8,
    now: u64,
    codes: [Typed<'a>; 2],
}

#[derive(Debug, arbitrary::Arbitrary)]
enum Typed<'a> {
    Text(&'a str),
    Genuine { offset: i16 },
}

fuzz_target!(|input: Input<'_>| {
    let Ok(search) = Search::new(input.search) else {
        return;
    };
    let (secret, params) = (Secret::from_entropy(&input.secret), Parameters::ISSUED);
    let current = params.step_at(input.now);
    let near = |offset: i16| current.saturating_add_signed(i64::from(offset));
    let progress = Progress {
        watermark: input.watermark.map(near),
        drift: input.drift,
        disbelieved: None,
    };
    let [first, second] = input.codes.map(|code| match code {
        Typed::Text(text) => text.to_owned(),
        Typed::Genuine { offset } => code_at(&secret, &params, near(offset)).to_string(),
    });
    let (Ok(first), Ok(second)) = (Code::parse(&first, &params), Code::parse(&second, &params))
    else {
        return;
    };
    let look = |progress: &Progress| {
        resynchronise(
            &secret, &params, search, progress, &first, &second, input.now,
        )
    };
    let Some(accepted) = look(&progress) else {
        return;
    };
    let step = accepted.step();
    // As the crate goes by it where it lies too far ahead for any window.
    let widest = Window::new(4).expect("the widest window");
    let believed = progress
        .corrected(&params, widest, input.now)
        .unwrap_or(progress);
    assert!(believed.watermark.is_none_or(|mark| step > mark + 1));
    let seen = i128::from(step) - i128::from(current);
    assert_eq!(i128::from(accepted.drift()), seen);
    assert!(seen.abs() <= i128::from(MAX_DRIFT));
    let reach = i128::from(search.steps());
    assert!(seen.abs() <= reach || (seen - i128::from(progress.drift)).abs() <= reach);

    let after = accepted.progress();
    assert!(look(&after).is_none_or(|again| again.step() > step + 1));
    // By chance a later step may have the same code; its own step never signs in again.
    let verdict = verify(
        &secret,
        &params,
        Window::default(),
        &after,
        &second,
        input.now,
    );
    assert!(verdict.accepted().is_none_or(|again| again.step() > step));
});
