//! A password looked up in a filter of a million breached ones: the shard in memory, and read anew each time.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use slotwerk_breach::{Filter, FilterBuilder, Fingerprint, Key};

const KEYS: u64 = 1_000_000;

/// SplitMix64: keys that look like the beginnings of hashes.
fn key(n: u64) -> Key {
    let mut z = n.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    Key::from_u64(z ^ (z >> 31))
}

fn benches(c: &mut Criterion) {
    let path = std::env::temp_dir().join(format!("slotwerk-{}.filter", std::process::id()));
    let mut builder = FilterBuilder::new(Fingerprint::Bits16);
    for n in 0..KEYS {
        builder.add(&key(n)).expect("room");
    }
    builder.write(&path, |_| {}).expect("a filter");
    let warm = Filter::open(&path).expect("a filter");
    let cold = Filter::open(&path).expect("a filter").cache_bytes(0);
    for n in 0..KEYS {
        assert!(
            warm.contains(&key(n)).expect("an answer"),
            "no false negative"
        );
    }

    let mut group = c.benchmark_group("breach_query");
    let mut n = 0;
    group.bench_function("in memory", |b| {
        b.iter(|| {
            n += 1;
            warm.contains(black_box(&key(n)))
        });
    });
    group.bench_function("read and verified first", |b| {
        b.iter(|| {
            n += 1;
            cold.contains(black_box(&key(n)))
        });
    });
    group.bench_function("the key of a password", |b| {
        b.iter(|| Key::of_password(black_box("Sloten-9 maken, 3x d")));
    });
    group.finish();
    std::fs::remove_file(&path).expect("the filter was there");
}

criterion_group! {
    name = breach_query;
    config = slotwerk_benches::short_samples();
    targets = benches
}
criterion_main!(breach_query);
