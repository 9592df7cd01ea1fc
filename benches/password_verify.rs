//! A password verified at four costs: ours through its public API and its queue, the argon2 crate as its
//! documentation has it, libargon2 and libsodium.
//!
//! In turns, one of each in every round and in a new order each time, since a machine that slows down for
//! a while would otherwise slow down only one of them. The C libraries run in a process of their own that
//! answers one call at a time (`peers/argon2_c.py`) and is idle in between. The ratio is taken within each
//! round, ours over the peer's, and its median reported; once for the time that elapsed and once for the
//! processor's, which other programs on the machine disturb less.
//!
//! `SLOTWERK_PYTHON`, `SLOTWERK_LIBARGON2` and `SLOTWERK_LIBSODIUM` name another Python or other builds of
//! the C libraries than the system's.

use std::env;
use std::hint::black_box;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Instant;

use argon2::Argon2;
use argon2::password_hash::PasswordVerifier as _;
use argon2::password_hash::phc::PasswordHash as PeerHash;
use rand::seq::SliceRandom as _;
use slotwerk_benches::{measuring, median, processor_time};
use slotwerk_password::{Hasher, Params, Password, PasswordHash, Verification};

const PASSWORD: &str = "correct horse battery staple";
const SALT: [u8; 16] = *b"sixteen-byte-slt";
/// Memory in KiB, and passes.
const COSTS: [(u32, u32); 4] = [(19_456, 2), (47_104, 1), (12_288, 3), (65_536, 2)];
const C_LIBRARIES: [(&str, &str, &str, &str); 2] = [
    (
        "libargon2",
        "argon2",
        "SLOTWERK_LIBARGON2",
        "libargon2.so.1",
    ),
    (
        "libsodium",
        "sodium",
        "SLOTWERK_LIBSODIUM",
        "libsodium.so.23",
    ),
];

fn main() {
    let rounds = if measuring() { 60 } else { 1 };
    let mut table = Vec::new();
    for (m_kib, t) in COSTS {
        let hasher = Hasher::builder()
            .params(Params::new(m_kib, t, 1).expect("approved"))
            .build()
            .expect("memory");
        let secret = Password::new(PASSWORD).expect("short");
        let stored = hasher.hash_blocking(secret, SALT).expect("room");
        let text = stored.as_str().to_owned();
        let mut sides = vec![
            Side::new("slotwerk", timed(move || ours(&hasher, &stored))),
            Side::new(
                "argon2",
                timed({
                    let text = text.clone();
                    move || plain(&text)
                }),
            ),
        ];
        sides.extend(
            C_LIBRARIES
                .into_iter()
                .filter_map(|(name, kind, variable, usual)| {
                    let path = env::var(variable).unwrap_or_else(|_| usual.to_owned());
                    let mut library = CLibrary::start(kind, &path, &text)?;
                    Some(Side::new(name, move || library.verify()))
                }),
        );

        let mut order: Vec<usize> = (0..sides.len()).collect();
        for round in 0..=rounds {
            order.shuffle(&mut rand::rng());
            for &at in &order {
                sides[at].sample(round > 0);
            }
        }
        table.extend(sides.iter().map(|side| side.row(&sides[0], m_kib, t)));
    }
    println!(
        "\n| m KiB, t | | elapsed ms | processor ms | page faults | ours ÷ it, elapsed | ours ÷ it, processor |"
    );
    println!("|---|---|---|---|---|---|---|");
    table.iter().for_each(|row| println!("{row}"));
}

fn ours(hasher: &Hasher, stored: &PasswordHash) {
    let secret = Password::new(black_box(PASSWORD)).expect("short");
    let verdict = hasher.verify_blocking(secret, stored, SALT).expect("room");
    assert!(matches!(verdict, Verification::Verified { .. }));
}

fn plain(text: &str) {
    let stored = PeerHash::new(black_box(text)).expect("a PHC string");
    let verdict = Argon2::default().verify_password(PASSWORD.as_bytes(), &stored);
    assert!(verdict.is_ok());
}

/// Milliseconds elapsed, milliseconds of processor, page faults.
type Sample = [f64; 3];

fn timed(call: impl Fn()) -> impl FnMut() -> Sample {
    move || {
        let (faults, busy, began) = (page_faults(), processor_time(), Instant::now());
        call();
        let elapsed = began.elapsed();
        let busy = processor_time().saturating_sub(busy);
        [
            elapsed.as_secs_f64() * 1e3,
            busy.as_secs_f64() * 1e3,
            page_faults() - faults,
        ]
    }
}

/// Of this process, those that needed no disk: the tenth field of `/proc/self/stat`.
fn page_faults() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    after_name
        .split_whitespace()
        .nth(7)
        .and_then(|n| n.parse().ok())
        .unwrap_or(f64::NAN)
}

/// One of those compared, and what it took so far.
struct Side {
    name: &'static str,
    call: Box<dyn FnMut() -> Sample>,
    samples: Vec<Sample>,
}

impl Side {
    fn new(name: &'static str, call: impl FnMut() -> Sample + 'static) -> Self {
        Self {
            name,
            call: Box::new(call),
            samples: Vec::new(),
        }
    }

    fn sample(&mut self, keep: bool) {
        let sample = (self.call)();
        if keep {
            self.samples.push(sample);
        }
    }

    fn row(&self, ours: &Self, m_kib: u32, t: u32) -> String {
        let [elapsed, processor, faults] =
            [0, 1, 2].map(|at| median(&self.samples.iter().map(|s| s[at]).collect::<Vec<_>>()));
        let [ratio, processor_ratio] = [0, 1].map(|at| {
            let rounds = ours.samples.iter().zip(&self.samples);
            median(
                &rounds
                    .map(|(ours, its)| ours[at] / its[at])
                    .collect::<Vec<_>>(),
            )
        });
        format!(
            "| {m_kib}, {t} | {} | {elapsed:.1} | {processor:.1} | {faults:.0} | {ratio:.2} | {processor_ratio:.2} |",
            self.name
        )
    }
}

/// A process that verifies through a C library when told to.
struct CLibrary {
    process: Child,
    ask: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl CLibrary {
    /// `None`, and a line that says so, where there is no Python or no such library.
    fn start(kind: &str, path: &str, encoded: &str) -> Option<Self> {
        let python = env::var_os("SLOTWERK_PYTHON").unwrap_or_else(|| "python3".into());
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/peers/argon2_c.py");
        let started = Command::new(python)
            .args([script, kind, path, encoded, PASSWORD])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn();
        let Ok(mut process) = started else {
            println!("password_verify/{path}: not measured, there is no Python");
            return None;
        };
        let ask = process.stdin.take()?;
        let answers = BufReader::new(process.stdout.take()?);
        let mut library = Self {
            process,
            ask,
            answers,
        };
        let build = library.line();
        if build.is_empty() {
            println!("password_verify/{path}: not measured, it cannot be loaded");
            return None;
        }
        println!("password_verify/{kind}: {build}");
        Some(library)
    }

    fn verify(&mut self) -> Sample {
        self.ask.write_all(b"\n").expect("a peer that runs");
        let line = self.line();
        let mut numbers = line
            .split(' ')
            .map(|n| n.parse::<f64>().expect("three numbers"));
        let mut next = || numbers.next().expect("three numbers");
        [next() / 1e6, next() / 1e6, next()]
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.answers.read_line(&mut line).expect("text");
        line.trim_end().to_owned()
    }
}

impl Drop for CLibrary {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
