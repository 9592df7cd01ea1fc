//! The script decides as the pure arithmetic does.

use crate::support::{Layer, NOW_MS, lossy};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use slotwerk_store::{ChargeAttempts, Charged, OnDenial, SettleAttempt, Store};
use slotwerk_throttle::{Allowance, Backoff, Budget, Ruling, State, Tally};
use std::time::Duration;

/// A budget as the facade may have it, and any other without a hard stop.
fn budgets() -> impl Strategy<Value = Budget> {
    let refill = prop_oneof![1..5_u64, 1_000..100_000_u64, 1..=2_592_000_000_u64];
    let burst = prop_oneof![1..4_u32, 1..=1_000_u32];
    let delays = (
        0..=5_u32,
        prop_oneof![1..10_u64, 1..=86_400_000_u64],
        0..=86_400_000_u64,
    );
    (burst, refill, prop::option::of(delays)).prop_map(|(burst, refill, delays)| {
        let budget = Budget::new(burst, Duration::from_millis(refill)).unwrap();
        let Some((free, base, more)) = delays else {
            return budget;
        };
        let cap = (base + more).min(86_400_000);
        let millis = Duration::from_millis;
        budget.with_backoff(Backoff::new(free, millis(base), millis(cap)).unwrap())
    })
}

/// A state near the edges of what a budget decides on, by its distance from now.
fn states(budget: Budget) -> impl Strategy<Value = (i64, u32, u32)> {
    let ms = |ms: u64| i64::try_from(ms).unwrap();
    let span = ms(budget.capacity_ms() - budget.refill_ms());
    let reach = ms(budget.reach_ms());
    let forgotten = ms(budget.forgotten_after_ms());
    let near = |edge: i64| (edge - 5)..(edge + 5);
    let distance = prop_oneof![
        near(0),
        near(span),
        near(reach),
        near(reach + 60_000),
        near(-forgotten),
        -forgotten - 10..=reach + 10,
        0..1_000_000_000_000_i64,
    ];
    let count = || prop_oneof![0..8_u32, 0..200_u32, Just(u32::MAX - 1), Just(u32::MAX)];
    (distance, count(), count())
}

/// The answer is one that the arithmetic gives at some instant while the call ran.
fn is_due(allowance: Allowance, tally: Tally, between: (u64, u64), charged: Charged) -> bool {
    (between.0..=between.1).any(|now| match (allowance.charge(Some(tally), now), charged) {
        (Ruling::Granted { receipt: due, .. }, Charged::Granted { receipt }) => due == receipt,
        (Ruling::Denied { refusal: due }, Charged::Denied { refusal }) => due == refusal,
        _ => false,
    })
}

fn run<T: std::fmt::Debug>(
    cases: u32,
    strategy: impl Strategy<Value = T>,
    test: impl AsyncFn(T) -> Result<(), TestCaseError>,
) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    let mut config = Config::with_cases(cases);
    config.failure_persistence = None;
    let outcome = TestRunner::new(config).run(&strategy, |input| runtime.block_on(test(input)));
    outcome.unwrap();
}

#[test]
#[ignore = "needs Redis"]
fn answers_are_those_of_the_arithmetic() {
    let inputs = budgets().prop_flat_map(|budget| (Just(budget), states(budget)));
    run(
        1_000,
        inputs,
        async |(budget, (distance, failures, recent))| {
            let mut layer = Layer::new().await;
            let (key, allowance) = (lossy(1), Allowance::from(budget));
            let start = layer.time_ms().await;
            let tat_ms = start.saturating_add_signed(distance);
            let state = State {
                tat_ms,
                failures,
                recent,
            };
            let stored = format!("{tat_ms} {failures} {recent}");
            layer.put(key, &stored).await;
            let before = layer.time_ms().await;
            let charge = ChargeAttempts::one(key, allowance, NOW_MS);
            let charged = layer.store.charge_attempts(&charge).await.unwrap();
            let after = layer.time_ms().await;
            let tally = Tally { state, spent: 0 };
            prop_assert_eq!(charged.len(), 1);
            prop_assert!(
                is_due(allowance, tally, (before, after), charged[0]),
                "{:?} at {} to {}: {:?}",
                tally,
                before,
                after,
                charged
            );
            let found = layer.store.budgets(&[key]).await.unwrap()[0];
            let Charged::Granted { receipt } = charged[0] else {
                prop_assert_eq!(
                    found.map(|tally| tally.state),
                    Some(state),
                    "a denial writes"
                );
                return Ok(());
            };
            prop_assert_eq!(found.map(|tally| tally.state), Some(receipt.after));
            let settle = SettleAttempt {
                key,
                allowance,
                receipt,
            };
            layer.store.settle_attempt(&settle).await.unwrap();
            let settled = budget.settle(receipt.after, &receipt);
            // A state that cannot matter any more goes at once.
            let matters = !budget.forgettable(settled, layer.time_ms().await);
            let found = layer.store.budgets(&[key]).await.unwrap()[0];
            if matters {
                prop_assert_eq!(found.map(|tally| tally.state), Some(settled));
            } else if let Some(tally) = found {
                prop_assert_eq!(tally.state, settled);
            }
            Ok(())
        },
    );
}

#[test]
#[ignore = "needs Redis"]
fn sequences_are_those_of_the_arithmetic() {
    let inputs = (budgets(), 1..=16_usize);
    run(100, inputs, async |(budget, charges)| {
        let mut layer = Layer::new().await;
        let (key, allowance) = (lossy(1), Allowance::from(budget));
        let all = vec![(key, allowance); charges];
        let command = crate::support::command(&all, OnDenial::Continue);
        let before = layer.time_ms().await;
        let charged = layer.store.charge_attempts(&command).await.unwrap();
        let after = layer.time_ms().await;
        prop_assert_eq!(charged.len(), charges);
        // One script has one time.
        let due = |now| {
            let command = ChargeAttempts {
                now_ms: now,
                ..command.clone()
            };
            command.decide(&Default::default()).charged
        };
        prop_assert!(
            (before..=after).any(|now| due(now) == charged),
            "{:?}",
            charged
        );
        Ok(())
    });
}

/// What expires would have granted the same.
#[test]
#[ignore = "needs Redis"]
fn values_expire_when_they_are_whole() {
    run(200, budgets(), async |budget| {
        let mut layer = Layer::new().await;
        let (key, allowance) = (lossy(1), Allowance::from(budget));
        let receipt = crate::support::receipt(&layer.store, key, allowance).await;
        let name = layer.name(key);
        let command = slotwerk_redis::redis::cmd("PEXPIRETIME")
            .arg(name)
            .to_owned();
        let ends: i64 = command.query_async(&mut layer.redis).await.unwrap();
        if ends == -2 {
            // It has expired already.
            return Ok(());
        }
        let ends = u64::try_from(ends).expect("every value expires");
        prop_assert!(budget.forgettable(receipt.after, ends));
        let two_seconds = ends.saturating_sub(2_000);
        prop_assert!(!budget.forgettable(receipt.after, two_seconds), "no longer");
        Ok(())
    });
}
