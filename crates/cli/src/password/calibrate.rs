//! `password calibrate`: what this machine can afford for a hash.

mod choose;
mod report;

use crate::args::Calibrate;
use crate::context::Context;
use crate::failure::{Answer, Failure};
use crate::password::{fresh_salt, hashable, not_built, not_hashed};
use crate::progress::{Progress, Unit};
use crate::texts;
use choose::Row;
use slotwerk_password::{Hasher, Params, Password, Verification};
use std::path::Path;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};
use zeroize::Zeroizing;

/// What is hashed to measure. It is nobody's.
const PASSWORD: &str = "a password to measure with";

pub(crate) fn run(context: &Context, args: &Calibrate) -> Result<Answer, Failure> {
    let target = Duration::from_millis(args.target_ms.into());
    let memory_kib = u64::from(args.memory_mib) * 1024;
    let asked = args.workers.map_or_else(cores, usize::from);
    let workers = choose::workers(asked, memory_kib);
    let most_kib = choose::most_kib(memory_kib, workers);

    let doing = context.say(texts::MEASURING, &[]);
    let progress = Progress::new(context, doing, Unit::Things, None);
    let mut machine = Machine {
        context,
        samples: args.samples,
        hasher: None,
        progress: &progress,
        done: 0,
    };
    let rows = choose::survey(target, most_kib, |params| machine.measure(params));
    machine.put_away();
    drop(progress);
    let rows = rows?;
    let Some(choice) = choose::strongest(&rows, target) else {
        return Err(Failure::input(context.say(texts::NOT_COMPUTED, &[])));
    };
    let wait = Duration::from_millis(args.wait_ms.into());
    let report = report::Report {
        target,
        memory_mib: args.memory_mib,
        samples: args.samples,
        most_kib,
        rows: &rows,
        choice,
        asked,
        workers,
        wait,
        queue: choose::queue(wait, choice.row.median, workers),
    };
    report.write(context)?;
    Ok(Answer::of(choice.is_within_target))
}

fn cores() -> usize {
    thread::available_parallelism().map_or(1, usize::from)
}

/// Hashes for real, as a service would: by a pool of one worker.
struct Machine<'a> {
    context: &'a Context,
    samples: u16,
    /// For one amount of memory; passes are raised on it.
    hasher: Option<Hasher>,
    progress: &'a Progress,
    /// Verifications so far.
    done: u64,
}

impl Machine<'_> {
    fn measure(&mut self, params: Params) -> Result<Row, Failure> {
        let context = self.context;
        let hasher = self.hasher(params)?;
        let failed = |error| not_hashed(context, &error);
        let password = || -> Result<Password, Failure> {
            let text = Zeroizing::new(PASSWORD.to_owned());
            hashable(context, crate::input::Password::Text(text), Path::new("-"))
        };
        let salt = fresh_salt(context)?;
        // Also the run that warms the memory up.
        let stored = hasher.hash_blocking(password()?, salt).map_err(failed)?;
        let mut times = Vec::with_capacity(self.samples.into());
        for _ in 0..self.samples {
            let password = password()?;
            let begun = Instant::now();
            let verdict = hasher.verify_blocking(password, &stored, salt);
            times.push(begun.elapsed());
            if !matches!(verdict.map_err(failed)?, Verification::Verified { .. }) {
                return Err(Failure::input(context.say(texts::NOT_COMPUTED, &[])));
            }
            self.done += 1;
            self.progress.at(self.done);
        }
        Ok(Row::of(params, times))
    }

    fn hasher(&mut self, params: Params) -> Result<Hasher, Failure> {
        let known = self.hasher.as_ref();
        if let Some(hasher) = known.filter(|hasher| hasher.params().m_kib() == params.m_kib())
            && let Ok(raised) = hasher.raised_to(params)
        {
            return Ok(raised);
        }
        self.put_away();
        let ceiling = Params::new(params.m_kib(), Params::MAX_T, 1).unwrap_or(params);
        let builder = Hasher::builder()
            .workers(1)
            .queue(1)
            .deadline(slotwerk_password::Builder::MAX_DEADLINE)
            .params(params)
            .stored_ceiling(ceiling);
        let built = builder.build();
        let hasher = built.map_err(|error| not_built(self.context, &error, ceiling))?;
        self.hasher = Some(hasher.clone());
        Ok(hasher)
    }

    /// Its memory is back before the next is asked for.
    fn put_away(&mut self) {
        if let Some(hasher) = self.hasher.take() {
            wait_for(hasher.shut_down());
        }
    }
}

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

fn wait_for(future: impl Future<Output = ()>) {
    let mut future = pin!(future);
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut task = std::task::Context::from_waker(&waker);
    while future.as_mut().poll(&mut task) == Poll::Pending {
        thread::park();
    }
}
