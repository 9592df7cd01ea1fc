//! Known answers: traces through the algorithm, and guess probabilities.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use std::collections::HashMap;
use std::time::Duration;

use slotwerk_throttle::{Budget, Decision, Receipt, State, guess_probability};

fn rows(text: &str) -> impl Iterator<Item = Vec<&str>> {
    text.lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .skip(1)
        .map(|line| line.split(',').collect())
}

#[test]
fn the_algorithm_follows_the_traces() {
    let mut states: HashMap<&str, State> = HashMap::new();
    let mut receipts: HashMap<&str, Receipt> = HashMap::new();
    let mut seen = 0;
    for row in rows(include_str!("vectors/gcra.csv")) {
        let [trace, burst, refill, hard_stop, event, now, result] = row[..] else {
            panic!("seven fields: {row:?}");
        };
        let refill = Duration::from_millis(refill.parse().unwrap());
        let mut budget = Budget::new(burst.parse().unwrap(), refill).unwrap();
        if !hard_stop.is_empty() {
            budget = budget.with_hard_stop(hard_stop.parse().unwrap()).unwrap();
        }
        let now = now.parse().unwrap();
        let before = states.get(trace).copied();
        let got = match event {
            "lift" => {
                let next = budget.lift(now);
                states.insert(trace, next);
                assert_eq!((next.failures, next.recent), (0, 0));
                next.tat_ms.to_string()
            }
            "settle" => {
                let next = budget.settle(before.unwrap(), &receipts[trace]);
                states.insert(trace, next);
                assert_eq!(next.failures, 0);
                next.tat_ms.to_string()
            }
            "charge" => match budget.charge(before, now) {
                Decision::Granted { next, receipt } => {
                    states.insert(trace, next);
                    receipts.insert(trace, receipt);
                    assert_eq!(next.failures, before.map_or(0, |s| s.failures) + 1);
                    next.tat_ms.to_string()
                }
                Decision::Denied {
                    retry_after: Some(wait),
                } => format!("wait:{}", wait.as_millis()),
                Decision::Denied { retry_after: None } => "stop".to_owned(),
            },
            other => panic!("unknown event {other}"),
        };
        assert_eq!(got, result, "{row:?}");
        seen += 1;
    }
    assert_eq!(seen, 52);
}

#[test]
fn probabilities_agree_with_sixty_digit_arithmetic() {
    let mut seen = 0;
    for row in rows(include_str!("vectors/guessing.csv")) {
        let [tries, accepted, space, probability] = row[..] else {
            panic!("four fields: {row:?}");
        };
        let got = guess_probability(
            tries.parse().unwrap(),
            accepted.parse().unwrap(),
            space.parse().unwrap(),
        );
        let want: f64 = probability.parse().unwrap();
        assert!(
            (got - want).abs() <= want * 1e-12,
            "{row:?}: {got:e} instead of {want:e}"
        );
        seen += 1;
    }
    assert_eq!(seen, 13);
}
