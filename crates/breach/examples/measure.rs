//! Measures building and asking, and prints a table. Best in release mode:
//!
//! ```sh
//! cargo run --release -p slotwerk-breach --example measure                 # all sizes, some minutes
//! cargo run --release -p slotwerk-breach --example measure -- 16 10000000  # one
//! ```
//!
//! Each size runs in a process of its own, so that its peak memory is its own. Keys are drawn by
//! SplitMix64, so that every run has the same ones.
#![allow(clippy::print_stdout)]

use std::env;
use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::hint::black_box;
use std::process::Command;
use std::thread;
use std::time::Instant;

use slotwerk_breach::{Filter, FilterBuilder, Fingerprint, Key};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

const SIZES: [u64; 3] = [1_000_000, 10_000_000, 50_000_000];
/// Questions about keys that are not in the set.
const STRANGERS: u64 = 50_000_000;
/// Warm questions in one pass, and passes, of which the fastest counts.
const WARM: u64 = 1_000_000;
const PASSES: u64 = 5;
const COLD: u64 = 500;
const LINES: u64 = 2_000_000;
/// Keys in and keys not in the set begin at different places of one sequence that repeats after 2^64.
const STRANGERS_FROM: u64 = 1 << 40;

/// Steele, Lea and Flood, "Fast splittable pseudorandom number generators" (2014): the `at`th number.
fn key(at: u64) -> Key {
    let mut z = at.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    Key::from_u64(z ^ (z >> 31))
}

fn main() -> Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    match arguments.as_slice() {
        [] => all(),
        [bits, size] if bits == "16" => measure(Fingerprint::Bits16, size.parse()?),
        [bits, size] if bits == "32" => measure(Fingerprint::Bits32, size.parse()?),
        _ => Err("arguments: none, or 16 or 32 and a number of keys".into()),
    }
}

fn all() -> Result<()> {
    println!("Reading `HASH:COUNT` text: {:.0} ns a line.\n", reading()?);
    println!(
        "| bits | keys | shards | bits per key | build | peak memory | wrong of {STRANGERS} | theory \
         | warm, in the set | warm, not in it | warm, two threads | cold |"
    );
    println!("|---|---|---|---|---|---|---|---|---|---|---|---|");
    for bits in ["16", "32"] {
        for size in SIZES {
            let arguments = [bits, &size.to_string()];
            let status = Command::new(env::current_exe()?).args(arguments).status()?;
            if !status.success() {
                return Err("a measurement failed".into());
            }
        }
    }
    Ok(())
}

/// Prints one row. Fails on a false negative.
fn measure(fingerprint: Fingerprint, size: u64) -> Result<()> {
    let directory = tempfile::tempdir()?;
    let path = directory.path().join("filter.slwb");
    let began = Instant::now();
    let mut builder = FilterBuilder::new(fingerprint).scratch_dir(directory.path());
    for at in 0..size {
        builder.add(&key(at))?;
    }
    builder.write(&path, |_| ())?;
    let build = began.elapsed().as_secs_f64();
    let peak = peak_memory()?;

    // From the system's cache of the file, but read and checked anew each time.
    let filter = Filter::open(&path)?.cache_bytes(0);
    let began = Instant::now();
    for at in 0..COLD {
        filter.contains(&key(at))?;
    }
    let cold = began.elapsed().as_secs_f64() * 1e3 / COLD as f64;

    let filter = filter.cache_bytes(usize::MAX);
    for at in 0..size {
        if !filter.contains(&key(at))? {
            return Err("a false negative".into());
        }
    }
    let mut wrong = 0;
    for at in STRANGERS_FROM..STRANGERS_FROM + STRANGERS {
        wrong += u64::from(filter.contains(&key(at))?);
    }
    let theory = STRANGERS as f64 / 2_f64.powi(fingerprint.bits().into());
    let inside = warm(&filter, 0, size)?;
    let outside = warm(&filter, STRANGERS_FROM, STRANGERS)?;
    let two = thread::scope(|scope| {
        let other = scope.spawn(|| warm(&filter, 0, size).map_err(|error| error.to_string()));
        let one = warm(&filter, 1, size)?;
        let other = other.join().map_err(|_| "a thread panicked")??;
        Ok::<f64, Box<dyn Error>>(one.max(other))
    })?;
    println!(
        "| {} | {size} | {} | {:.2} | {build:.1} s | {:.0} MiB | {wrong} | {theory:.2} | {inside:.0} ns \
         | {outside:.0} ns | {two:.0} ns | {cold:.2} ms |",
        fingerprint.bits(),
        filter.shards(),
        filter.bits_per_key(),
        peak as f64 / 1024.0,
    );
    Ok(())
}

/// Nanoseconds for a line.
fn reading() -> Result<f64> {
    let mut text = String::new();
    for at in 0..LINES {
        writeln!(
            text,
            "{:016X}{at:024X}:{}\r",
            at.wrapping_mul(0x9e37_79b9_7f4a_7c15),
            at % 1000 + 1
        )?;
    }
    let mut builder = FilterBuilder::new(Fingerprint::Bits16);
    let began = Instant::now();
    builder.add_hashes(text.as_bytes(), |_| ())?;
    Ok(began.elapsed().as_secs_f64() * 1e9 / LINES as f64)
}

/// Nanoseconds for a question when all shards are in memory, at places that no cache foresees.
fn warm(filter: &Filter, from: u64, range: u64) -> Result<f64> {
    let mut best = f64::INFINITY;
    for pass in 0..PASSES {
        let began = Instant::now();
        for at in pass * WARM..(pass + 1) * WARM {
            black_box(filter.contains(&key(from + at * 7919 % range))?);
        }
        best = best.min(began.elapsed().as_secs_f64() * 1e9 / WARM as f64);
    }
    Ok(best)
}

/// In KiB, since the process began; Linux only.
fn peak_memory() -> Result<u64> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let number = line.and_then(|line| line.split_whitespace().next());
    Ok(number.ok_or("no VmHWM")?.parse()?)
}
