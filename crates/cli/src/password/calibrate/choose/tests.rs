use super::*;
use proptest::prelude::*;
use std::convert::Infallible;

const fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

fn params(m_kib: u32, t: u32) -> Params {
    Params::new(m_kib, t, 1).unwrap()
}

fn row(m_kib: u32, t: u32, median: u64) -> Row {
    Row::of(params(m_kib, t), vec![ms(median)])
}

/// A machine on which a pass over a KiB always takes so many nanoseconds.
fn steady(params: Params, nanos: u64) -> Row {
    let work = u64::from(params.m_kib()) * u64::from(params.t());
    Row::of(params, vec![Duration::from_nanos(work * nanos)])
}

fn surveyed(target: Duration, most_kib: u32, nanos: u64) -> Vec<Row> {
    let rows = survey(target, most_kib, |params| {
        Ok::<_, Infallible>(steady(params, nanos))
    });
    rows.unwrap()
}

fn costs(rows: &[Row]) -> Vec<(u32, u32)> {
    rows.iter()
        .map(|row| (row.params.m_kib(), row.params.t()))
        .collect()
}

#[test]
fn percentiles_are_of_the_nearest_rank() {
    let of = |times: &[u64]| {
        let row = Row::of(params(19_456, 2), times.iter().map(|t| ms(*t)).collect());
        (row.median, row.p95)
    };
    assert_eq!(of(&[7]), (ms(7), ms(7)));
    assert_eq!(of(&[9, 1]), (ms(1), ms(9)));
    assert_eq!(of(&[3, 1, 2]), (ms(2), ms(3)));
    let twenty: Vec<u64> = (1..=20).rev().collect();
    assert_eq!(of(&twenty), (ms(10), ms(19)));
    let hundred: Vec<u64> = (1..=100).collect();
    assert_eq!(of(&hundred), (ms(50), ms(95)));
    assert_eq!(of(&[]), (Duration::MAX, Duration::MAX));
}

#[test]
fn the_strongest_within_the_target_is_chosen_by_memory_over_time() {
    // 65536² × 1 is more than 19456² × 9 and than 47104² × 1.
    let rows = [
        row(12_288, 14, 99),
        row(19_456, 9, 100),
        row(47_104, 1, 27),
        row(65_536, 1, 38),
        row(131_072, 1, 101),
    ];
    let choice = strongest(&rows, ms(100)).unwrap();
    assert_eq!(
        (costs(&[choice.row]), choice.is_within_target),
        (vec![(65_536, 1)], true)
    );
    // What takes just the target is within it.
    let choice = strongest(&rows, ms(101)).unwrap();
    assert_eq!(costs(&[choice.row]), [(131_072, 1)]);
    let choice = strongest(&rows, ms(30)).unwrap();
    assert_eq!(costs(&[choice.row]), [(47_104, 1)]);
    // Measured slower is not stronger.
    let noisy = [row(47_104, 1, 50), row(19_456, 2, 90)];
    let choice = strongest(&noisy, ms(100)).unwrap();
    assert_eq!(costs(&[choice.row]), [(47_104, 1)]);
    // More passes are, over the same memory.
    let passes = [row(47_104, 2, 50), row(47_104, 3, 75), row(47_104, 1, 25)];
    let choice = strongest(&passes, ms(100)).unwrap();
    assert_eq!(costs(&[choice.row]), [(47_104, 3)]);
}

#[test]
fn a_target_too_short_gives_the_fastest_of_the_floor_and_says_so() {
    let rows = [row(12_288, 3, 24), row(19_456, 2, 23), row(47_104, 1, 30)];
    let choice = strongest(&rows, ms(22)).unwrap();
    assert_eq!(
        (costs(&[choice.row]), choice.is_within_target),
        (vec![(19_456, 2)], false)
    );
    assert!(strongest(&[], ms(22)).is_none());
    // All minima are measured, and nothing beyond.
    let rows = surveyed(ms(1), 1_048_576, 1_000);
    assert_eq!(costs(&rows), [(12_288, 3), (19_456, 2), (47_104, 1)]);
}

#[test]
fn each_memory_is_measured_at_its_fewest_and_its_most_passes() {
    // A microsecond a KiB: 12288 KiB take 12.3 ms a pass, so 8 passes fit 100 ms, and so on.
    let rows = surveyed(ms(100), 131_072, 1_000);
    let expected = [
        (12_288, 3),
        (12_288, 8),
        (19_456, 2),
        (19_456, 5),
        (47_104, 1),
        (47_104, 2),
        (65_536, 1),
        (131_072, 1),
    ];
    assert_eq!(costs(&rows), expected);
    // Nothing above what a worker may have.
    let rows = surveyed(ms(100), 47_103, 1_000);
    assert_eq!(costs(&rows), expected[..4]);
    // A machine as fast as this is used up to the bounds of the library.
    let rows = surveyed(ms(10_000), Params::MAX_M_KIB, 1);
    assert_eq!(costs(&rows).iter().map(|cost| cost.1).max(), Some(64));
    assert_eq!(rows.last().unwrap().params.m_kib(), Params::MAX_M_KIB);
}

#[test]
fn passes_are_corrected_where_more_of_them_take_longer_than_foreseen() {
    // The first measurement of 12288 KiB is twice as fast as all that follow.
    let rows = survey(ms(100), 12_288, |params| {
        let nanos = if params.t() == 3 { 500 } else { 1_000 };
        Ok::<_, Infallible>(steady(params, nanos))
    });
    let rows = rows.unwrap();
    assert_eq!(costs(&rows), [(12_288, 3), (12_288, 16), (12_288, 8)]);
    let choice = strongest(&rows, ms(100)).unwrap();
    assert_eq!(costs(&[choice.row]), [(12_288, 8)]);
}

#[test]
fn a_failure_to_measure_ends_it() {
    let mut left = 2;
    let failed = survey(ms(100), 65_536, |params| {
        left -= 1;
        if left == 0 {
            return Err("lost");
        }
        Ok(steady(params, 1_000))
    });
    assert_eq!(failed, Err("lost"));
}

#[test]
fn workers_and_queue_fit_the_memory_and_the_wait() {
    assert_eq!(workers(8, 1024 * 1024), 8);
    assert_eq!(workers(8, 5 * 12_288), 5);
    assert_eq!(workers(8, 12_287), 1);
    assert_eq!(workers(4_000, u64::MAX), 256);
    assert_eq!(workers(0, 1024 * 1024), 1);
    assert_eq!(most_kib(1024 * 1024, 8), 131_072);
    assert_eq!(most_kib(1024 * 1024 - 1, 8), 131_071);
    assert_eq!(most_kib(u64::MAX, 1), Params::MAX_M_KIB);
    assert_eq!(queue(ms(2_000), ms(250), 4), 32);
    assert_eq!(queue(ms(2_000), ms(251), 4), 31);
    assert_eq!(queue(ms(100), ms(250), 2), 0);
    assert_eq!(queue(ms(60_000), Duration::ZERO, 256), Builder::MAX_QUEUE);
}

proptest! {
    #[test]
    fn whatever_is_measured_is_approved_and_within_memory(
        target in 1_u64..10_000,
        memory_kib in 12_288_u64..300_000_000,
        asked in 1_usize..300,
        times in prop::collection::vec(0_u64..20_000_000, 64),
    ) {
        let workers = workers(asked, memory_kib);
        let most_kib = most_kib(memory_kib, workers);
        let mut times = times.into_iter().cycle();
        let mut measured = 0;
        let rows = survey(ms(target), most_kib, |params| {
            measured += 1;
            Ok::<_, Infallible>(Row::of(params, vec![Duration::from_micros(times.next().unwrap())]))
        }).unwrap();
        prop_assert_eq!(rows.len(), measured);
        prop_assert!((1..=MEMORIES.len() * (1 + CORRECTIONS)).contains(&measured));
        for row in &rows {
            let (m_kib, t) = (row.params.m_kib(), row.params.t());
            prop_assert!(Params::new(m_kib, t, 1).is_ok());
            prop_assert!(u64::from(m_kib) * workers as u64 <= memory_kib);
        }
        let choice = strongest(&rows, ms(target)).unwrap();
        prop_assert!(rows.contains(&choice.row));
        prop_assert_eq!(choice.is_within_target, choice.row.median <= ms(target));
        for row in &rows {
            if choice.is_within_target {
                let beats = row.median <= ms(target) && row.strength() > choice.row.strength();
                prop_assert!(!beats);
            } else {
                prop_assert!(row.median >= choice.row.median && row.median > ms(target));
            }
        }
    }

    /// On a machine without noise nothing that was left unmeasured would have been better.
    #[test]
    fn the_survey_misses_nothing(
        target in 1_u64..2_000,
        most_kib in 12_288..=Params::MAX_M_KIB,
        nanos in 50_u64..5_000,
    ) {
        let choice = strongest(&surveyed(ms(target), most_kib, nanos), ms(target)).unwrap();
        for m_kib in MEMORIES.into_iter().filter(|m_kib| *m_kib <= most_kib) {
            for t in 1..=Params::MAX_T {
                let Ok(params) = Params::new(m_kib, t, 1) else { continue };
                let other = steady(params, nanos);
                if choice.is_within_target {
                    prop_assert!(other.median > ms(target) || other.strength() <= choice.row.strength());
                } else {
                    prop_assert!(other.median > ms(target));
                }
            }
        }
    }
}
