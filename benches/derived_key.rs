//! A key from the ring's cache: of a scope in use, of one that is never asked for twice, and of one that comes
//! after more scopes than the cache holds. The last stood at the price of the second for the ring's life.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use slotwerk_benches::short_samples;
use slotwerk_keys::{KeyId, KeyRing, MasterKey, Scope};

const PURPOSE: &str = "reset-token";
/// More scopes than the cache holds, several times over.
const EARLIER: usize = 10_000;

fn ring() -> KeyRing {
    KeyRing::new(KeyId::new(1), MasterKey::from_bytes([0x11; 32]))
}

fn benches(c: &mut Criterion) {
    let mut group = c.benchmark_group("derived_key");
    let in_use = Scope::new(PURPOSE, "tenant-a");

    let fresh = ring();
    group.bench_function("in use", |b| {
        b.iter(|| fresh.derive_active(black_box(&in_use)));
    });

    let long = "t".repeat(600);
    let never_kept = Scope::new(PURPOSE, &long);
    group.bench_function("derived", |b| {
        b.iter(|| fresh.derive_active(black_box(&never_kept)));
    });

    let full = ring();
    for number in 0..EARLIER {
        let tenant = format!("earlier-{number}");
        for _ in 0..2 {
            full.derive_active(&Scope::new(PURPOSE, &tenant));
        }
    }
    group.bench_function("after ten thousand others", |b| {
        b.iter(|| full.derive_active(black_box(&in_use)));
    });
    group.finish();
}

criterion_group! {
    name = group;
    config = short_samples();
    targets = benches
}
criterion_main!(group);
