//! However many ask, hashing takes the memory it took when it was built. Alone in its file: it
//! reads the gauge of the process.
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use std::hint::black_box;

use slotwerk_password::{Hasher, Password};

/// The most memory this process has had resident, in KiB.
fn peak_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

#[test]
fn forty_clients_take_the_memory_of_two_workers() {
    let hasher = Hasher::builder()
        .workers(2)
        .queue(40)
        .clock(|| std::time::Duration::ZERO)
        .build()
        .unwrap();
    let before = peak_kib();
    let clients: Vec<_> = (0..40)
        .map(|number| {
            let hasher = hasher.clone();
            let password = Password::new(format!("client {number}")).unwrap();
            std::thread::spawn(move || hasher.hash_blocking(password, [number; 16]).is_ok())
        })
        .collect();
    assert!(clients.into_iter().all(|client| client.join().unwrap()));
    let grown = peak_kib() - before;
    assert!(grown < u64::from(hasher.params().m_kib()), "{grown} KiB");
    // The gauge does notice one more memory of the same size.
    let touched = black_box(vec![1_u8; 20 << 20]);
    assert!(peak_kib() - before > grown);
    drop(touched);
}
