//! Refusing a greedy hash takes no memory. Alone in its file: it reads the gauge of the process.
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use std::hint::black_box;

use slotwerk_password::PasswordHash;

/// The most address space this process has had, in KiB.
fn peak_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmPeak:"))
        .unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

#[test]
fn a_refusal_allocates_nothing_to_speak_of() {
    let mut texts: Vec<String> = include_str!("vectors/refused.tsv")
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| line.split_once('\t').unwrap().1.to_owned())
        .collect();
    texts.push("A".repeat(1_000_000));
    let before = peak_kib();
    for text in &texts {
        // With all features on, a few are hashes of other systems: reading them takes no memory either.
        let _ = black_box(PasswordHash::parse(black_box(text)));
    }
    assert!(peak_kib() - before < 512);
    // The gauge does notice a gibibyte, less than any of the greedy hashes asks for, even though
    // nobody touches it.
    let reserved: Vec<u8> = black_box(Vec::with_capacity(1 << 30));
    assert!(peak_kib() - before > 512 << 10);
    drop(reserved);
}
