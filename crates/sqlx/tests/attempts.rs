//! The statement that charges decides as the pure arithmetic does, whatever the sequence.
#![cfg(feature = "sqlite")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use crate::common;

use common::Database;
use proptest::prelude::*;
use slotwerk_sqlx::SqlStore;
use slotwerk_store::{
    AttemptKey, BudgetCharge, BudgetCharges, ChargeAttempts, Charged, ClearAttempts, SettleAttempt,
    Store, Subject,
};
use slotwerk_testkit::conformance::block_on;
use slotwerk_throttle::{Allowance, Backoff, Budget, Refusal, Ruling, State, Tally};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::runtime::Runtime;

const KEY: AttemptKey = AttemptKey::durable([1; 32]);
const NOW_MS: u64 = common::NOW * 1000;
const LATEST: u64 = State::LATEST_MS;
const DAY_MS: u64 = 86_400_000;

#[derive(Clone, Copy, Debug)]
enum Step {
    Charge(Allowance),
    /// The one of the grants so far, counted around.
    Settle(usize),
    Lift,
}

fn delays() -> impl Strategy<Value = Backoff> {
    let free = prop_oneof![Just(0), 0..=3_u32, 0..=99_u32];
    let span = || prop_oneof![1..=50_u64, 1..=DAY_MS, Just(DAY_MS)];
    (free, span(), span()).prop_map(|(free, one, other)| {
        let (base, cap) = (one.min(other), one.max(other));
        Backoff::new(
            free,
            Duration::from_millis(base),
            Duration::from_millis(cap),
        )
        .unwrap()
    })
}

fn allowance() -> impl Strategy<Value = Allowance> {
    let burst = prop_oneof![Just(1), 1..=5_u32, 1..=1_000_u32];
    let refill = prop_oneof![1..=100_u64, 1..=DAY_MS, Just(30 * DAY_MS)];
    let stop = proptest::option::of(prop_oneof![1..=6_u32, 1..=100_u32]);
    let lifetime = proptest::option::of(prop_oneof![1..=8_u32, 1..=100_000_u32]);
    let delays = proptest::option::of(delays());
    (burst, refill, stop, delays, lifetime).prop_map(|(burst, refill, stop, delays, lifetime)| {
        let mut budget = Budget::new(burst, Duration::from_millis(refill)).unwrap();
        if let Some(stop) = stop {
            budget = budget.with_hard_stop(stop).unwrap();
        }
        if let Some(delays) = delays {
            budget = budget.with_backoff(delays);
        }
        match lifetime {
            Some(lifetime) => Allowance::new(budget).with_lifetime(lifetime).unwrap(),
            None => budget.into(),
        }
    })
}

/// From one step to the next: forwards, backwards, to the edge of a wait, or to an end of time.
#[derive(Clone, Copy, Debug)]
enum Clock {
    On(u64),
    Back(u64),
    /// To the instant at which the last refusal said it would be granted, or a millisecond beside it.
    Awaited(i64),
    At(u64),
}

fn clock() -> impl Strategy<Value = Clock> {
    let span = || {
        prop_oneof![
            Just(0),
            0..=100_u64,
            0..=2 * DAY_MS,
            0..=3_000_000_000_000_u64
        ]
    };
    let end = prop_oneof![
        (0..=200_u64).prop_map(|before| LATEST - before),
        (0..=2 * DAY_MS).prop_map(|before| LATEST - before),
        (0..=3_000_000_000_000_u64).prop_map(|before| LATEST - before),
        (0..=5_u64).prop_map(|after| LATEST + after),
        Just(u64::MAX),
        0..=5_u64,
        Just(NOW_MS),
    ];
    prop_oneof![
        4 => span().prop_map(Clock::On),
        2 => span().prop_map(Clock::Back),
        4 => (-1..=1_i64).prop_map(Clock::Awaited),
        1 => end.prop_map(Clock::At),
    ]
}

fn sequence() -> impl Strategy<Value = (u64, Vec<(Clock, Step)>)> {
    let start = prop_oneof![
        6 => Just(NOW_MS),
        // The clock is a year ahead, and is put right on the way.
        2 => Just(NOW_MS + 365 * DAY_MS),
        1 => (0..=5 * DAY_MS).prop_map(|before| LATEST - before),
        1 => Just(0),
    ];
    // Few allowances, so that a row meets the same one often enough to get to its ends.
    let steps = proptest::collection::vec(allowance(), 1..=3).prop_flat_map(|allowances| {
        let step = prop_oneof![
            12 => proptest::sample::select(allowances).prop_map(Step::Charge),
            4 => (0..8_usize).prop_map(Step::Settle),
            1 => Just(Step::Lift),
        ];
        proptest::collection::vec((clock(), step), 1..60)
    });
    (start, steps)
}

/// What both have to answer, from what both have to hold.
fn model(tally: &mut Option<Tally>, allowance: &Allowance, now_ms: u64) -> Charged {
    match allowance.charge(*tally, now_ms) {
        Ruling::Granted { next, receipt } => {
            *tally = Some(next);
            Charged::Granted { receipt }
        }
        Ruling::Denied { refusal } => Charged::Denied { refusal },
    }
}

fn refused(answer: Charged) -> Option<Refusal> {
    match answer {
        Charged::Denied { refusal } => Some(refusal),
        Charged::Granted { .. } => None,
    }
}

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().unwrap());
static STORE: LazyLock<SqlStore> =
    LazyLock::new(|| RUNTIME.block_on(SqlStore::connect(":memory:")).unwrap());
static SERIAL: AtomicU64 = AtomicU64::new(0);

/// Charges one budget.
async fn charged(store: &SqlStore, command: &ChargeAttempts) -> Charged {
    let answers = store.charge_attempts(command).await.unwrap();
    assert_eq!(answers.len(), 1, "one charge has one answer");
    answers[0]
}

/// Runs a sequence on a row of its own. What differed, or how it ended.
async fn compare(store: &SqlStore, start: u64, steps: &[(Clock, Step)]) -> Result<(), String> {
    let mut key = AttemptKey::durable([0; 32]);
    key.0[..8].copy_from_slice(&SERIAL.fetch_add(1, Ordering::SeqCst).to_be_bytes());
    let (mut now_ms, mut awaited, mut tally) = (start, start, None);
    let mut granted = Vec::new();
    for (clock, step) in steps {
        now_ms = match *clock {
            Clock::On(by) => now_ms.saturating_add(by),
            Clock::Back(by) => now_ms.saturating_sub(by),
            Clock::Awaited(beside) => awaited.saturating_add_signed(beside),
            Clock::At(at) => at,
        };
        match step {
            Step::Charge(allowance) => {
                let due = model(&mut tally, allowance, now_ms);
                let command = ChargeAttempts::one(key, *allowance, now_ms);
                let seen = charged(store, &command).await;
                if seen != due {
                    return Err(format!(
                        "{seen:?} instead of {due:?} at {now_ms}: {allowance:?}"
                    ));
                }
                if let Charged::Granted { receipt } = seen {
                    granted.push((*allowance, receipt));
                }
                if let Some(Refusal::Wait(wait)) = refused(seen) {
                    let wait = u64::try_from(wait.as_millis()).unwrap();
                    awaited = now_ms.saturating_add(wait);
                }
            }
            Step::Settle(of) => {
                if granted.is_empty() {
                    continue;
                }
                let (allowance, receipt) = granted.swap_remove(of % granted.len());
                let command = SettleAttempt {
                    key,
                    allowance,
                    receipt,
                };
                store.settle_attempt(&command).await.unwrap();
                tally = tally.map(|tally| allowance.settle(tally, &receipt));
            }
            Step::Lift => {
                store.lift_attempt(key, now_ms).await.unwrap();
                let any = Allowance::new(Budget::new(1, Duration::from_secs(1)).unwrap());
                tally = tally.map(|tally| any.lift(Some(tally), now_ms));
            }
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn every_sequence_is_charged_as_the_arithmetic_says((start, steps) in sequence()) {
        let store = &*STORE;
        let outcome = RUNTIME.block_on(compare(store, start, &steps));
        prop_assert!(outcome.is_ok(), "{}", outcome.unwrap_err());
    }
}

/// SQLite goes on in floating point where a sum leaves the column: then the row would hold a real.
#[test]
fn no_row_ever_holds_anything_but_whole_numbers() {
    block_on(async {
        let database = Database::new().await;
        let delays = Backoff::new(
            0,
            Duration::from_millis(DAY_MS),
            Duration::from_millis(DAY_MS),
        );
        let budget = Budget::new(1000, Duration::from_millis(30 * DAY_MS)).unwrap();
        let allowance = Allowance::new(budget.with_backoff(delays.unwrap()));
        // What a delayed attempt adds to the clock: all of the capacity but one refill, and the delay.
        let reach = 999 * 30 * DAY_MS + DAY_MS;
        for (n, beyond) in (0..).zip([-2, -1, 0, 1, 2]) {
            let command = ChargeAttempts::one(
                AttemptKey::durable([n; 32]),
                allowance,
                (LATEST - reach).saturating_add_signed(beyond),
            );
            let answer = charged(&database.store, &command).await;
            let granted = matches!(answer, Charged::Granted { .. });
            assert_eq!(granted, beyond <= 0, "{answer:?}, {beyond} beyond");
        }
        let types = "SELECT DISTINCT typeof(tat_ms) || typeof(failures) || typeof(spent)
                       || typeof(keep_ms) || typeof(recent) || typeof(reach_ms)
                       FROM slotwerk_attempts";
        let types: Vec<String> = sqlx::query_scalar(types)
            .fetch_all(&database.raw)
            .await
            .unwrap();
        assert_eq!(types, ["integer".repeat(6)]);
    });
}

/// Counts at the end of their columns stay there.
#[test]
fn a_count_does_not_turn_over() {
    block_on(async {
        let database = Database::new().await;
        let budget = Budget::new(1000, Duration::from_millis(1)).unwrap();
        let command = ChargeAttempts::one(KEY, budget, NOW_MS);
        let charge = || charged(&database.store, &command);
        let _ = charge().await;
        database
            .run(
                "UPDATE slotwerk_attempts
                    SET failures = 4294967294, recent = 4294967294, spent = 4294967294",
            )
            .await;
        for _ in 0..3 {
            let Charged::Granted { receipt } = charge().await else {
                panic!("denied within the burst");
            };
            assert_eq!(receipt.after.failures, u32::MAX);
            assert_eq!(receipt.after.recent, u32::MAX);
        }
        let spent: i64 = sqlx::query_scalar("SELECT spent FROM slotwerk_attempts")
            .fetch_one(&database.raw)
            .await
            .unwrap();
        assert_eq!(spent, i64::from(u32::MAX));
    });
}

/// Of the charges of one decision nothing stays if one write fails.
#[test]
fn charges_are_all_or_nothing() {
    block_on(async {
        let database = Database::new().await;
        let budget = Budget::new(5, Duration::from_secs(60)).unwrap();
        let known = ChargeAttempts::one(KEY, budget, NOW_MS);
        let _ = charged(&database.store, &known).await;
        let charges = [AttemptKey::durable([2; 32]), KEY].map(|key| BudgetCharge {
            key,
            allowance: budget.into(),
        });
        let command = ChargeAttempts {
            charges: BudgetCharges::new(charges.to_vec()).unwrap(),
            ..known
        };
        // The row that is there is written before the one that is not: the first key comes first.
        let writes = ["UPDATE ON slotwerk_attempts", "INSERT ON slotwerk_attempts"];
        common::all_or_nothing(&database, &writes, || {
            database.store.charge_attempts(&command)
        })
        .await;
    });
}

/// Of the clearing of several budgets nothing stays if one write fails.
#[test]
fn clearing_is_all_or_nothing() {
    block_on(async {
        let database = Database::new().await;
        let budget = Budget::new(5, Duration::from_secs(60)).unwrap();
        let keys = [AttemptKey::durable([1; 32]), AttemptKey::durable([2; 32])];
        for key in keys {
            let command = ChargeAttempts::one(key, budget, NOW_MS);
            let _ = charged(&database.store, &command).await;
        }
        let clear = ClearAttempts {
            tenant: "noord".to_owned(),
            keys: keys.to_vec(),
            subject: Subject([5; 32]),
            actor: None,
            reason: None,
            now_ms: NOW_MS + 1,
            notice: None,
        };
        let writes = ["UPDATE ON slotwerk_attempts", "INSERT ON slotwerk_audit"];
        common::all_or_nothing(&database, &writes, || database.store.clear_attempts(&clear)).await;
    });
}

/// A row of the first epoch goes on: its failures still delay, and its time can still be corrected.
#[test]
fn old_rows_survive_migration() {
    block_on(async {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("old.db");
        let options = sqlx::sqlite::SqliteConnectOptions::new()
            .filename(&path)
            .create_if_missing(true);
        let raw = sqlx::SqlitePool::connect_with(options).await.unwrap();
        sqlx::raw_sql(include_str!("../src/schema/sqlite/1_tables.sql"))
            .execute(&raw)
            .await
            .unwrap();
        sqlx::raw_sql(
            "CREATE TABLE slotwerk_schema (version BIGINT NOT NULL PRIMARY KEY);
             INSERT INTO slotwerk_schema (version) VALUES (1);",
        )
        .execute(&raw)
        .await
        .unwrap();
        let never = NOW_MS + 40_000 * DAY_MS;
        for (key, tat_ms) in [(1_u8, NOW_MS), (2, NOW_MS + 365 * DAY_MS), (3, never)] {
            sqlx::query("INSERT INTO slotwerk_attempts VALUES ($1, $2, 6, 7, 0)")
                .bind(vec![key; 32])
                .bind(i64::try_from(tat_ms).unwrap())
                .execute(&raw)
                .await
                .unwrap();
        }
        raw.close().await;
        let store = SqlStore::connect(path.to_str().unwrap()).await.unwrap();
        let delays = Backoff::new(4, Duration::from_secs(30), Duration::from_secs(900)).unwrap();
        let budget = Budget::new(5, Duration::from_secs(15)).unwrap();
        let budget = budget.with_backoff(delays).with_hard_stop(100).unwrap();
        for (key, ran_ahead) in [(1, false), (2, true)] {
            let command = ChargeAttempts::one(AttemptKey::durable([key; 32]), budget, NOW_MS);
            let Charged::Granted { receipt } = charged(&store, &command).await else {
                panic!("denied: {key}");
            };
            assert_eq!((receipt.after.failures, receipt.after.recent), (7, 7));
            assert_eq!(receipt.clock_ran_ahead, ran_ahead);
            let wait = Duration::from_secs(120);
            let refusal = Refusal::Wait(wait);
            let again = charged(&store, &command).await;
            assert_eq!(again, Charged::Denied { refusal }, "the third delay");
        }
        let _ = store.purge(NOW_MS / 1000, u32::MAX).await.unwrap();
        let options = sqlx::sqlite::SqliteConnectOptions::new().filename(&path);
        let raw = sqlx::SqlitePool::connect_with(options).await.unwrap();
        let tat_ms: i64 =
            sqlx::query_scalar("SELECT tat_ms FROM slotwerk_attempts WHERE budget_key = $1")
                .bind(vec![3_u8; 32])
                .fetch_one(&raw)
                .await
                .unwrap();
        let longest = 2_592_086_400_000;
        assert_eq!(
            tat_ms,
            i64::try_from(NOW_MS).unwrap() + longest,
            "corrected"
        );
    });
}
