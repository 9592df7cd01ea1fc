//! What the comparisons share: see `README.md` for what they are.

use std::time::Duration;

use criterion::Criterion;

/// Many short samples rather than a hundred long ones: on a machine that is busy with something else
/// most of them are still undisturbed, and so is their median.
pub fn short_samples() -> Criterion {
    Criterion::default()
        .sample_size(300)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_millis(600))
}
