//! A demonstration service that embeds Slotwerk: two tenants, a mailbox of its own, and every page of
//! the flow. See `README.md` beside this crate.

mod clock;
mod cookies;
mod database;
mod deadline;
mod destination;
mod device;
mod form;
mod key_file;
mod language;
mod mailbox;
mod mailers;
mod options;
mod page;
mod pages;
mod portal;
mod refusal;
mod renewals;
mod server;
mod sessions;
mod shown;
mod suggestions;
mod tenants;
mod texts;
mod users;
mod visit;

use options::{Options, Parsed};
use std::process::ExitCode;

/// The exit code for wrong options. The operator's tool has the same.
const USAGE: u8 = 2;

fn main() -> ExitCode {
    let options = match Options::read() {
        Parsed::Run(options) => options,
        Parsed::Print(text) => {
            say(&text);
            return ExitCode::SUCCESS;
        }
        Parsed::Wrong(line) => {
            fail(&line);
            return ExitCode::from(USAGE);
        }
    };
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
                ExitCode::from(USAGE)
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

#[expect(clippy::print_stdout, reason = "what an operator reads at the start")]
pub(crate) fn say(text: &str) {
    println!("{text}");
}

#[expect(clippy::print_stderr, reason = "the portal's log")]
pub(crate) fn complain(text: &str) {
    eprintln!("portal: {text}");
}
