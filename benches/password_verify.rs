//! A password verified at 19456 KiB and two passes: ours through its pool, and the argon2 crate as its
//! documentation has it, with memory of its own for each call.
//!
//! Measured by hand and in turns, one of each after the other, since a machine that slows down for a
//! while would otherwise slow down only one of them. The processor's time is reported as well, which
//! other programs on the machine disturb less.

use std::hint::black_box;
use std::thread;
use std::time::{Duration, Instant};

use argon2::Argon2;
use argon2::password_hash::PasswordVerifier as _;
use argon2::password_hash::phc::PasswordHash as PeerHash;
use rustix::time::{ClockId, clock_gettime};
use slotwerk_password::{Hasher, Password, PasswordHash, Verification};

const PASSWORD: &str = "correct horse battery staple";
const SALT: [u8; 16] = *b"sixteen-byte-slt";
const CLIENTS: usize = 32;

fn main() {
    let hasher = Hasher::builder()
        .workers(2)
        .queue(64)
        .build()
        .expect("memory");
    let secret = Password::new(PASSWORD).expect("short");
    let stored = hasher
        .hash_blocking(secret, SALT)
        .expect("room in the queue");
    let text = stored.as_str().to_owned();
    assert!(text.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));

    // `cargo test --benches` only wants to know whether it runs.
    let rounds = if std::env::args().any(|arg| arg == "--bench") {
        100
    } else {
        1
    };

    let pair = in_turns(rounds, || ours(&hasher, &stored), || plain(&text));
    report("one at a time", pair);
    let pair = in_turns(
        rounds.div_ceil(10),
        || crowd(|| ours(&hasher, &stored)),
        || crowd(|| plain(&text)),
    );
    report("32 at once", pair);
    println!("memory set aside by slotwerk: {} KiB", hasher.memory_kib());
}

fn ours(hasher: &Hasher, stored: &PasswordHash) {
    let secret = Password::new(black_box(PASSWORD)).expect("short");
    let verdict = hasher
        .verify_blocking(secret, stored, SALT)
        .expect("room in the queue");
    assert!(matches!(verdict, Verification::Verified { .. }));
}

fn plain(text: &str) {
    let stored = PeerHash::new(black_box(text)).expect("a PHC string");
    let verdict = Argon2::default().verify_password(PASSWORD.as_bytes(), &stored);
    assert!(verdict.is_ok());
}

/// Thirty-two clients, each on a thread that is already there to wait for its answer.
fn crowd(client: impl Fn() + Sync) {
    thread::scope(|scope| {
        for _ in 0..CLIENTS {
            scope.spawn(&client);
        }
    });
}

/// Elapsed time and processor time of each round, for both.
fn in_turns(rounds: usize, first: impl Fn(), second: impl Fn()) -> [Vec<[Duration; 2]>; 2] {
    let time = |f: &dyn Fn()| {
        let (start, busy) = (Instant::now(), processor_time());
        f();
        [start.elapsed(), processor_time().saturating_sub(busy)]
    };
    let mut times = [Vec::new(), Vec::new()];
    for _ in 0..rounds {
        times[0].push(time(&first));
        times[1].push(time(&second));
    }
    times
}

/// What all threads of this process have used so far.
fn processor_time() -> Duration {
    let used = clock_gettime(ClockId::ProcessCPUTime);
    Duration::try_from(used).unwrap_or_default()
}

fn report(what: &str, times: [Vec<[Duration; 2]>; 2]) {
    for (who, rounds) in ["slotwerk", "argon2"].into_iter().zip(times) {
        for (at, measure) in ["elapsed", "processor"].into_iter().enumerate() {
            let mut times: Vec<Duration> = rounds.iter().map(|round| round[at]).collect();
            times.sort_unstable();
            let at = |percent: usize| times[(times.len() - 1) * percent / 100].as_secs_f64() * 1e3;
            println!(
                "password_verify/{what}/{who}: {measure} median {:.1} ms, quartiles {:.1} to {:.1} ms",
                at(50),
                at(25),
                at(75)
            );
        }
    }
}
