//! What to measure, and what to propose of it. Pure: the measuring is the caller's.

use slotwerk_password::{Builder, Params};
use std::time::Duration;

/// The least memory that is approved with any number of passes (OWASP ASVS 5.0, 11.4.2), in KiB.
const LEAST_KIB: u32 = 12_288;
/// Memories that are tried: those of the approved minimum, and from there by doubling. In KiB.
const MEMORIES: [u32; 8] = [
    LEAST_KIB, 19_456, 47_104, 65_536, 131_072, 262_144, 524_288, 1_048_576,
];
/// Up to here are the minima; they are measured whatever the target is.
const MINIMA: u32 = 47_104;
/// How often a number of passes is corrected, for one memory.
const CORRECTIONS: usize = 3;

/// Parameters, and how long they take here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) params: Params,
    pub(crate) median: Duration,
    pub(crate) p95: Duration,
}

impl Row {
    /// Of at least one time; of none it takes forever.
    pub(crate) fn of(params: Params, mut times: Vec<Duration>) -> Self {
        times.sort_unstable();
        Self {
            params,
            median: percentile(&times, 50),
            p95: percentile(&times, 95),
        }
    }

    /// Memory held over time, with time counted in blocks filled: what an attacker has to pay for a guess,
    /// and free of the noise of measuring.
    fn strength(&self) -> u64 {
        let m_kib = u64::from(self.params.m_kib());
        m_kib * m_kib * u64::from(self.params.t())
    }
}

/// By nearest rank.
fn percentile(sorted: &[Duration], percent: usize) -> Duration {
    let rank = (sorted.len() * percent).div_ceil(100).max(1);
    sorted.get(rank - 1).copied().unwrap_or(Duration::MAX)
}

/// As many as asked for, if each can have the least memory that is approved.
pub(crate) fn workers(asked: usize, memory_kib: u64) -> usize {
    let fit = usize::try_from(memory_kib / u64::from(LEAST_KIB)).unwrap_or(usize::MAX);
    asked.min(fit).clamp(1, Builder::MAX_WORKERS)
}

/// The most memory of one hash, in KiB.
pub(crate) fn most_kib(memory_kib: u64, workers: usize) -> u32 {
    let each = memory_kib / workers.max(1) as u64;
    u32::try_from(each).map_or(Params::MAX_M_KIB, |each| each.min(Params::MAX_M_KIB))
}

/// Measures, for each memory, the fewest approved passes and the most that stay within the target.
pub(crate) fn survey<E>(
    target: Duration,
    most_kib: u32,
    mut measure: impl FnMut(Params) -> Result<Row, E>,
) -> Result<Vec<Row>, E> {
    let mut rows = Vec::new();
    for m_kib in MEMORIES.into_iter().filter(|m_kib| *m_kib <= most_kib) {
        let Some(fewest) = (1..=3).find_map(|t| Params::new(m_kib, t, 1).ok()) else {
            continue;
        };
        let mut row = measure(fewest)?;
        rows.push(row);
        if row.median > target {
            if m_kib >= MINIMA {
                // More memory takes longer still.
                break;
            }
            continue;
        }
        let mut passes = affordable(&row, target);
        for _ in 0..CORRECTIONS {
            let raised = Params::new(m_kib, passes, 1).ok();
            let Some(raised) = raised.filter(|_| passes > fewest.t()) else {
                break;
            };
            row = measure(raised)?;
            rows.push(row);
            if row.median <= target {
                break;
            }
            passes = affordable(&row, target).min(passes - 1);
        }
    }
    Ok(rows)
}

/// How many passes fit the target, by what so many of them took.
fn affordable(row: &Row, target: Duration) -> u32 {
    let one = row.median.as_nanos().max(1);
    let passes = target.as_nanos() * u128::from(row.params.t()) / one;
    u32::try_from(passes).map_or(Params::MAX_T, |passes| passes.min(Params::MAX_T))
}

/// What is proposed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Choice {
    pub(crate) row: Row,
    /// If not, the target is too short, and this is the fastest of what is approved.
    pub(crate) is_within_target: bool,
}

/// The strongest within the target, or the fastest if there is none. `None` of no rows.
pub(crate) fn strongest(rows: &[Row], target: Duration) -> Option<Choice> {
    let within = rows.iter().filter(|row| row.median <= target);
    if let Some(row) = within.max_by_key(|row| (row.strength(), row.params.m_kib())) {
        return Some(Choice {
            row: *row,
            is_within_target: true,
        });
    }
    let fastest = rows.iter().min_by_key(|row| row.median)?;
    Some(Choice {
        row: *fastest,
        is_within_target: false,
    })
}

/// So many may wait that the last waits about so long.
pub(crate) fn queue(wait: Duration, median: Duration, workers: usize) -> usize {
    let fit = wait.as_nanos() * workers as u128 / median.as_nanos().max(1);
    usize::try_from(fit).map_or(Builder::MAX_QUEUE, |fit| fit.min(Builder::MAX_QUEUE))
}

#[cfg(test)]
mod tests;
