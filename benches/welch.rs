//! Whether two ways of answering are told apart by time: Welch's t-test over interleaved samples in random
//! order.
//!
//! After Reparaz, Balasch and Verbauwhede, "Dude, is my code constant time?" (DATE 2017): the slowest
//! samples are cropped at a percentile of both classes together, since they say more about the machine than
//! about the code, and |t| above 4.5 counts as a difference. Reported for all samples and for the fastest
//! 90 % and 50 %.

use rand::seq::SliceRandom as _;

use crate::{median, percentile};

const THRESHOLD: f64 = 4.5;

/// Takes `each` samples in nanoseconds of both, and prints what came of it.
pub fn compare(
    what: &str,
    each: usize,
    mut first: impl FnMut() -> f64,
    mut second: impl FnMut() -> f64,
) {
    let mut order = [vec![false; each], vec![true; each]].concat();
    order.shuffle(&mut rand::rng());
    let mut classes = [Vec::with_capacity(each), Vec::with_capacity(each)];
    for is_second in order {
        let sample = if is_second { second() } else { first() };
        classes[usize::from(is_second)].push(sample);
    }
    let pooled = classes.concat();
    let t = [100.0, 90.0, 50.0].map(|percent| {
        let limit = percentile(&pooled, percent);
        let cropped = |class: &[f64]| class.iter().copied().filter(|s| *s <= limit).collect();
        welch(cropped(&classes[0]), cropped(&classes[1]))
    });
    let verdict = if t.iter().all(|t| t.abs() < THRESHOLD) {
        "not told apart"
    } else {
        "told apart"
    };
    println!(
        "{what}: medians {:.2} and {:.2} µs, {} samples, t {:+.1}, fastest 90 % {:+.1}, fastest 50 % {:+.1}: {verdict}",
        median(&classes[0]) / 1e3,
        median(&classes[1]) / 1e3,
        pooled.len(),
        t[0],
        t[1],
        t[2]
    );
}

/// Welch's t for two samples of unequal variance.
fn welch(first: Vec<f64>, second: Vec<f64>) -> f64 {
    let [(mean_a, error_a), (mean_b, error_b)] = [first, second].map(|class| {
        let count = class.len() as f64;
        let mean = class.iter().sum::<f64>() / count;
        let variance = class.iter().map(|s| (s - mean).powi(2)).sum::<f64>() / (count - 1.0);
        (mean, variance / count)
    });
    (mean_a - mean_b) / (error_a + error_b).sqrt()
}
