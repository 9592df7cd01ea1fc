//! Two hundred and fifty-six clients at once on two cores: throughput against what one verification at a
//! time would allow, and the most memory that was resident.
//!
//! Each scenario is a process of its own, so that each has a peak of its own (`VmHWM`): ours with two
//! workers, ours with clients that go away at a random moment, the argon2 crate on a thread for each
//! client, and two threads that do nothing but the argon2 crate's work over memory of their own. The last
//! has neither queue nor wiping: it shows what the two cores give together, which is less than twice one
//! of them where they share memory or a physical core. Where "cores used" is below two, other programs had the
//! rest, and the throughput says nothing.

use std::env;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use argon2::password_hash::PasswordVerifier as _;
use argon2::password_hash::phc::PasswordHash as PeerHash;
use argon2::{Argon2, Block};
use rand::RngExt as _;
use slotwerk_benches::{measuring, median, processor_time};
use slotwerk_password::{Builder, Hasher, Password, PasswordHash, Verification};
use tokio::runtime::Builder as Runtime;

const PASSWORD: &str = "correct horse battery staple";
const SALT: [u8; 16] = *b"sixteen-byte-slt";
const CLIENTS: usize = 256;
const CORES: usize = 2;
const ROOM_MIB: u64 = 32;
/// In the environment of the child: which scenario it is.
const SCENARIO: &str = "SLOTWERK_LOAD_SCENARIO";
const SCENARIOS: [(&str, fn(usize)); 4] = [
    ("slotwerk", slotwerk),
    ("slotwerk, clients leave", clients_leave),
    ("argon2, a thread for each", thread_for_each),
    ("argon2, two bare threads", bare_threads),
];

fn main() {
    let each = if measuring() { 4 } else { 1 };
    if let Ok(wanted) = env::var(SCENARIO) {
        let scenario = SCENARIOS.iter().find(|(name, _)| *name == wanted);
        return scenario.expect("a scenario").1(each);
    }
    println!(
        "| | one at a time | hashes a second | of {CORES} ÷ one at a time | answered | cores used | peak memory | asked for |"
    );
    println!("|---|---|---|---|---|---|---|---|");
    for (name, _) in SCENARIOS {
        let status = Command::new(env::current_exe().expect("a path"))
            .args(env::args().skip(1))
            .env(SCENARIO, name)
            .status()
            .expect("a child");
        assert!(status.success(), "{name}: {status}");
    }
}

fn hasher() -> (Hasher, PasswordHash) {
    let hasher = Hasher::builder()
        .workers(CORES)
        .queue(512)
        // Nobody is turned away: what is measured is how fast a full queue is served.
        .deadline(Builder::MAX_DEADLINE)
        .build()
        .expect("memory");
    let stored = hasher.hash_blocking(password(), SALT).expect("room");
    (hasher, stored)
}

fn password() -> Password {
    Password::new(PASSWORD).expect("short")
}

fn slotwerk(each: usize) {
    run_ours("slotwerk", each, |_| Duration::MAX);
}

/// Half of the calls are given up, at any moment until the whole queue would have been served.
fn clients_leave(each: usize) {
    run_ours("slotwerk, clients leave", each, |single| {
        let queue = single * (CLIENTS / CORES) as u32;
        if rand::rng().random_bool(0.5) {
            queue.mul_f64(rand::rng().random())
        } else {
            Duration::MAX
        }
    });
}

fn run_ours(name: &str, each: usize, patience: fn(Duration) -> Duration) {
    let (hasher, stored) = hasher();
    let verify = || {
        let verdict = hasher
            .verify_blocking(password(), &stored, SALT)
            .expect("room");
        assert!(matches!(verdict, Verification::Verified { .. }));
    };
    let before = one_at_a_time(&verify);
    let runtime = Runtime::new_multi_thread()
        .worker_threads(1)
        .enable_time()
        .build()
        .expect("threads");
    let answered = Arc::new(AtomicUsize::new(0));
    let computed = hasher.computed();
    let (began, busy) = (Instant::now(), processor_time());
    let clients: Vec<_> = (0..CLIENTS)
        .map(|_| {
            let (hasher, stored, answered) =
                (hasher.clone(), stored.clone(), Arc::clone(&answered));
            runtime.spawn(async move {
                for _ in 0..each {
                    let verdict = hasher.verify(password(), &stored, SALT);
                    // Out of patience, the future is dropped, wherever its job is.
                    let Ok(verdict) = tokio::time::timeout(patience(before), verdict).await else {
                        continue;
                    };
                    assert!(
                        matches!(verdict, Ok(Verification::Verified { .. })),
                        "{verdict:?}"
                    );
                    answered.fetch_add(1, Ordering::Relaxed);
                }
            })
        })
        .collect();
    runtime.block_on(async {
        for client in clients {
            client.await.expect("no panic");
        }
    });
    let took = [began.elapsed(), processor_time().saturating_sub(busy)];
    let computed = hasher.computed() - computed;
    let single = (before + one_at_a_time(&verify)) / 2;
    assert_eq!(hasher.in_flight(), 0, "nothing is left behind");
    let bound = hasher.memory_kib() / 1024 + ROOM_MIB;
    report(
        name,
        single,
        [computed as usize, answered.load(Ordering::Relaxed)],
        took,
        Some(bound),
    );
}

fn thread_for_each(each: usize) {
    let (_, stored) = hasher();
    let text = stored.as_str().to_owned();
    drop(stored);
    let verify = || {
        let stored = PeerHash::new(&text).expect("a PHC string");
        assert!(
            Argon2::default()
                .verify_password(PASSWORD.as_bytes(), &stored)
                .is_ok()
        );
    };
    run_threads(
        "argon2, a thread for each",
        CLIENTS,
        each.div_ceil(2),
        || verify,
    );
}

fn bare_threads(each: usize) {
    run_threads(
        "argon2, two bare threads",
        CORES,
        each * CLIENTS / CORES,
        || {
            let argon2 = Argon2::default();
            let mut memory = vec![Block::new(); argon2.params().block_count()];
            let mut output = [0; 32];
            move || {
                let (secret, blocks) = (PASSWORD.as_bytes(), memory.as_mut_slice());
                let filled =
                    argon2.hash_password_into_with_memory(secret, &SALT, &mut output, blocks);
                assert!(filled.is_ok());
            }
        },
    );
}

fn run_threads<F: FnMut()>(name: &str, threads: usize, each: usize, client: impl Fn() -> F + Sync) {
    let before = one_at_a_time(client());
    let (began, busy) = (Instant::now(), processor_time());
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                let mut call = client();
                (0..each).for_each(|_| call());
            });
        }
    });
    let took = [began.elapsed(), processor_time().saturating_sub(busy)];
    let single = (before + one_at_a_time(client())) / 2;
    report(name, single, [threads * each; 2], took, None);
}

/// The median, on a machine that does nothing else for us.
fn one_at_a_time(mut call: impl FnMut()) -> Duration {
    let samples = if measuring() { 60 } else { 1 };
    let times: Vec<f64> = (0..samples)
        .map(|_| {
            let began = Instant::now();
            call();
            began.elapsed().as_secs_f64()
        })
        .collect();
    Duration::from_secs_f64(median(&times))
}

fn report(
    name: &str,
    single: Duration,
    [hashes, answers]: [usize; 2],
    [elapsed, busy]: [Duration; 2],
    bound: Option<u64>,
) {
    let single = single.as_secs_f64();
    let throughput = hashes as f64 / elapsed.as_secs_f64();
    println!(
        "| {name} | {:.1} ms | {throughput:.1} | {:.0} % | {answers} | {:.2} | {} MiB | {} |",
        single * 1e3,
        throughput * single / CORES as f64 * 100.0,
        busy.as_secs_f64() / elapsed.as_secs_f64(),
        peak_mib(),
        bound.map_or(String::new(), |mib| format!(
            "at least 95 %, at most {mib} MiB"
        ))
    );
}

/// The most memory this process had resident so far.
fn peak_mib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok());
    kib.expect("a peak in kB").div_ceil(1024)
}
