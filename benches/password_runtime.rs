//! What the rest of an async service feels while passwords are hashed: a reset token inspected every
//! millisecond on a tokio runtime with two workers, with the hasher idle and with its queue never empty.
//!
//! Each inspection is due at a fixed moment, also when the one before it was late, and is measured from
//! then until it is done: its lateness and its duration together. Idle and busy take turns. On a machine
//! with two cores, two hashing threads leave none free: what is seen then is how soon the kernel puts
//! another thread in their place. With one worker less than there are cores, one is free.

use std::hint::black_box;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use slotwerk_benches::{measuring, percentile};
use slotwerk_keys::{KeyId, KeyRing, MasterKey};
use slotwerk_password::{Hasher, Password, PasswordHash, Verification};
use slotwerk_reset::{Lifetime, Purpose, TokenScope, generate_selector, inspect, issue};
use tokio::runtime::{Builder, Runtime};
use tokio::time::sleep_until;

const KEY: [u8; 32] = [0x42; 32];
const PASSWORD: &str = "correct horse battery staple";
const SALT: [u8; 16] = *b"sixteen-byte-slt";
const EVERY: Duration = Duration::from_millis(1);
/// Verifications that are always under way, far more than there are workers.
const CLIENTS: usize = 64;

fn main() {
    let (turns, ticks) = if measuring() { (3, 2_000) } else { (1, 20) };
    let runtime = Builder::new_multi_thread()
        .worker_threads(2)
        .enable_time()
        .build()
        .expect("threads");
    let hashers = [1, 2].map(|workers| {
        let hasher = Hasher::builder()
            .workers(workers)
            .deadline(slotwerk_password::Builder::MAX_DEADLINE)
            .build()
            .expect("memory");
        let secret = Password::new(PASSWORD).expect("short");
        let stored = hasher.hash_blocking(secret, SALT).expect("room");
        (hasher, stored)
    });

    let names = ["idle", "one worker busy", "two workers busy"];
    let mut times = [const { Vec::new() }; 3];
    for _ in 0..turns {
        times[0].extend(inspections(&runtime, ticks));
        for (times, (hasher, stored)) in times[1..].iter_mut().zip(&hashers) {
            let load = Load::start(&runtime, hasher, stored);
            times.extend(inspections(&runtime, ticks));
            load.stop(hasher);
        }
    }
    let p99 = times.each_ref().map(|times| percentile(times, 99.0));
    println!("| | p50 ms | p99 ms | max ms | p99 ÷ idle |");
    println!("|---|---|---|---|---|");
    for ((name, times), its_p99) in names.into_iter().zip(&times).zip(p99) {
        let [p50, max] = [50.0, 100.0].map(|percent| percentile(times, percent));
        println!(
            "| {name} | {p50:.2} | {its_p99:.2} | {max:.2} | {:.2} |",
            its_p99 / p99[0]
        );
    }
}

/// Milliseconds from when each inspection was due until it was done.
fn inspections(runtime: &Runtime, ticks: u32) -> Vec<f64> {
    let task = runtime.spawn(async move {
        let ring = KeyRing::new(KeyId::new(1), MasterKey::from_bytes(KEY));
        let scope = TokenScope::new(Purpose::PASSWORD_RESET, "tenant-a");
        let lifetime = Lifetime::new(Duration::from_secs(3_600)).expect("within a day");
        let selector = generate_selector().expect("entropy");
        let issued = issue(&ring, &scope, clock(), lifetime, selector).expect("a token");

        let mut times = Vec::with_capacity(ticks as usize);
        let began = Instant::now();
        for tick in 1..=ticks {
            let due = began + EVERY * tick;
            sleep_until(due.into()).await;
            let verified = inspect(&ring, &scope, black_box(issued.token.expose()), clock());
            assert!(verified.is_ok());
            times.push(due.elapsed().as_secs_f64() * 1e3);
        }
        times
    });
    runtime.block_on(task).expect("no panic")
}

fn clock() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .expect("a clock")
        .as_secs()
}

/// Clients on the same runtime that ask again as soon as they are answered.
struct Load {
    over: Arc<AtomicBool>,
    answers: Arc<AtomicUsize>,
}

impl Load {
    fn start(runtime: &Runtime, hasher: &Hasher, stored: &PasswordHash) -> Self {
        let load = Self {
            over: Arc::default(),
            answers: Arc::default(),
        };
        for _ in 0..CLIENTS {
            let (hasher, stored) = (hasher.clone(), stored.clone());
            let (over, answers) = (Arc::clone(&load.over), Arc::clone(&load.answers));
            runtime.spawn(async move {
                while !over.load(Ordering::Relaxed) {
                    let secret = Password::new(PASSWORD).expect("short");
                    let verdict = hasher.verify(secret, &stored, SALT).await;
                    assert!(
                        matches!(verdict, Ok(Verification::Verified { .. })),
                        "{verdict:?}"
                    );
                    answers.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        load
    }

    /// Until the queue is empty, so that the next turn begins at rest.
    fn stop(self, hasher: &Hasher) {
        self.over.store(true, Ordering::Relaxed);
        while hasher.in_flight() > 0 {
            std::thread::sleep(EVERY);
        }
        assert!(self.answers.load(Ordering::Relaxed) > 0, "it was busy");
    }
}
