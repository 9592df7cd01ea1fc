//! A service as a program: from its arguments to its exit code.

use crate::log::{self, complain, say};
use crate::start_error::StartError;
use clap::error::ErrorKind;
use clap::{Command, Parser};
use std::io;
use std::process::ExitCode;

/// The exit code that a shell expects after wrong usage.
const WRONG_USAGE: u8 = 2;

/// Reads the options, runs the service, and gives the exit code: 0, 1 if it failed, or 2 for wrong usage.
///
/// Each option is also an environment variable: the name of the service and of the option in capitals, such as
/// `PORTAL_LISTEN`. Options of subcommands are options only. Every error is one line on standard error. Warnings of
/// `tracing` are lines there, too.
pub fn main<O, F>(service: &'static str, run: impl FnOnce(O) -> F) -> ExitCode
where
    O: Parser,
    F: Future<Output = Result<(), StartError>>,
{
    let fail = |why: &str, code: ExitCode| {
        complain(service, why);
        code
    };
    let options = match read::<O>(service) {
        Ok(options) => options,
        Err(Answer::Print(text)) => {
            return match say(&text) {
                Ok(()) => ExitCode::SUCCESS,
                // Nobody reads any more, as with `portal --help | head -1`.
                Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
                Err(error) => fail(&format!("standard output: {error}"), ExitCode::FAILURE),
            };
        }
        Err(Answer::Wrong(line)) => return fail(&line, ExitCode::from(WRONG_USAGE)),
    };
    log::install(service);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build();
    let ended = match runtime {
        Ok(runtime) => runtime.block_on(run(options)),
        Err(error) => Err(StartError::failed("no threads could be started")(error)),
    };
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(StartError::Usage(why)) => fail(&why, ExitCode::from(WRONG_USAGE)),
        Err(StartError::Failed(why)) => fail(&why, ExitCode::FAILURE),
    }
}

/// An answer instead of a service.
enum Answer {
    /// `--help` and `--version`.
    Print(String),
    /// One line.
    Wrong(String),
}

fn read<O: Parser>(service: &str) -> Result<O, Answer> {
    let matches = command::<O>(service).try_get_matches();
    let options = matches.and_then(|matches| O::from_arg_matches(&matches));
    options.map_err(|error| match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => Answer::Print(error.to_string()),
        _ => Answer::Wrong(one_line(service, &error)),
    })
}

fn command<O: Parser>(service: &str) -> Command {
    let prefix = service.to_ascii_uppercase();
    O::command().mut_args(|arg| {
        let Some(long) = arg.get_long() else {
            return arg;
        };
        let variable = format!("{prefix}_{}", long.to_ascii_uppercase()).replace('-', "_");
        // The values may hold passwords.
        arg.env(variable).hide_env_values(true)
    })
}

/// The first sentence of clap's message; the rest is usage, which `--help` shows.
fn one_line(service: &str, error: &clap::Error) -> String {
    let text = error.to_string();
    let first = text.lines().next().unwrap_or_default();
    let first = first.trim_start_matches("error: ");
    format!("{first} (see {service} --help)")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options::ServiceOptions;
    use clap::{CommandFactory as _, FromArgMatches as _};

    #[derive(Parser)]
    struct Options {
        #[command(flatten)]
        _service: ServiceOptions,
        /// An option of the host.
        #[arg(long)]
        own: Option<String>,
    }

    #[test]
    fn every_option_has_a_variable() {
        let help = command::<Options>("my-portal")
            .render_long_help()
            .to_string();
        let command = Options::command();
        let options: Vec<_> = command
            .get_arguments()
            .filter_map(|arg| arg.get_long())
            .collect();
        assert!(
            options.len() > 12 && options.contains(&"own"),
            "{options:?}"
        );
        for option in options {
            let variable = option.to_ascii_uppercase().replace('-', "_");
            assert!(help.contains(&format!("MY_PORTAL_{variable}")), "{option}");
        }
    }

    #[test]
    fn help_hides_values_of_the_environment() {
        let command = command::<Options>("portal");
        for arg in command
            .get_arguments()
            .filter(|arg| arg.get_long().is_some())
        {
            assert!(arg.is_hide_env_values_set(), "{}", arg.get_id());
        }
    }

    #[test]
    fn wrong_usage_is_one_line() {
        let matches =
            command::<Options>("portal").try_get_matches_from(["portal", "--listen", "x"]);
        let line = one_line("portal", &matches.unwrap_err());
        assert!(
            line.contains("--listen") && line.ends_with("(see portal --help)"),
            "{line}"
        );
        assert_eq!(line.lines().count(), 1);
        let ours = command::<Options>("portal").try_get_matches_from(["portal", "--own", "x"]);
        let ours = Options::from_arg_matches(&ours.unwrap()).unwrap();
        assert_eq!(ours.own.as_deref(), Some("x"));
    }
}
