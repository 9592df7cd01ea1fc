//! A demonstration of `slotwerk-axum`: two tenants, their people, and a local mailbox. See `README.md` beside this crate.

mod added_tenants;
mod clock;
mod database;
mod database_watch;
mod event_log;
mod health;
mod key_check;
mod key_file;
mod log_lines;
mod mailbox;
mod mailers;
#[cfg(test)]
mod on_servers;
mod options;
mod pages;
mod pool;
mod portal;
mod server;
mod tenants;
mod users;

use options::{Options, Parsed};
use std::io::{self, ErrorKind, Write};
use std::process::ExitCode;

/// What a shell expects after wrong usage.
const WRONG_USAGE: u8 = 2;

fn main() -> ExitCode {
    let options = match Options::read() {
        Parsed::Run(options) => options,
        Parsed::Print(text) => {
            return match say(&text) {
                Ok(()) => ExitCode::SUCCESS,
                // Nobody reads any more, as with `portal --help | head -1`.
                Err(error) if error.kind() == ErrorKind::BrokenPipe => ExitCode::SUCCESS,
                Err(error) => fail(&format!("standard output: {error}")),
            };
        }
        Parsed::Wrong(line) => {
            complain(&line);
            return ExitCode::from(WRONG_USAGE);
        }
    };
    log_lines::install();
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => return fail(&format!("no threads could be started: {error}")),
    };
    match runtime.block_on(server::run(*options)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let usage = error.is_usage();
            let failure = fail(&error.to_string());
            if usage {
                ExitCode::from(WRONG_USAGE)
            } else {
                failure
            }
        }
    }
}

/// Everything that keeps the portal from starting is one line.
fn fail(why: &str) -> ExitCode {
    complain(why);
    ExitCode::FAILURE
}

/// Writes lines for the operator to standard output.
pub(crate) fn say(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{}", text.trim_end_matches('\n'))?;
    out.flush()
}

/// Writes a line of the portal's log to standard error. A log that is full or closed stops nothing.
pub(crate) fn complain(text: &str) {
    let _ = writeln!(io::stderr().lock(), "portal: {text}");
}
