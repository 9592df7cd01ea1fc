//! What the comparisons share: see `README.md` for what they are.

pub mod welch;

use std::time::Duration;

use criterion::Criterion;
use rustix::time::{ClockId, clock_gettime};

/// Many short samples rather than a hundred long ones: on a machine that is busy with something else
/// most of them are still undisturbed, and so is their median.
pub fn short_samples() -> Criterion {
    Criterion::default()
        .sample_size(300)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_millis(600))
}

/// For the comparisons with a harness of their own: whether figures are wanted. `cargo test --benches`
/// only wants to know whether they run.
pub fn measuring() -> bool {
    std::env::args().any(|arg| arg == "--bench")
}

/// What all threads of this process have used so far.
pub fn processor_time() -> Duration {
    let used = clock_gettime(ClockId::ProcessCPUTime);
    Duration::try_from(used).unwrap_or_default()
}

/// The smallest value that at least `percent` of them do not exceed.
pub fn percentile(values: &[f64], percent: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let last = sorted.len().saturating_sub(1);
    sorted[((last as f64 * percent / 100.0).ceil() as usize).min(last)]
}

pub fn median(values: &[f64]) -> f64 {
    percentile(values, 50.0)
}
