//! The command line as it is explained, in the user's language.

use crate::args::Cli;
use crate::context::Context;
use crate::failure::Failure;
use crate::texts::{self, Text};
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, ArgAction, Command, CommandFactory as _, Error, FromArgMatches as _};
use slotwerk_policy::Language;
use std::fmt::Display;
use std::io::{self, Write as _};

/// The arguments, or the exit code if that was all.
pub(crate) fn parsed(language: Language) -> Result<Cli, u8> {
    let mut command = command(language);
    let parsed = command
        .try_get_matches_from_mut(std::env::args_os())
        .and_then(|mut matches| Cli::from_arg_matches_mut(&mut matches));
    parsed.map_err(|error| answer(&error, language))
}

/// The command line with its texts.
pub(crate) fn command(language: Language) -> Command {
    localised(Cli::command(), language)
}

/// Help and version are answers; the rest is a wrong use.
fn answer(error: &Error, language: Language) -> u8 {
    // What was understood of the arguments is lost, but programs want JSON of errors too.
    let json = std::env::args_os().any(|arg| arg == "--json");
    let context = Context {
        language,
        json,
        shows_progress: false,
    };
    let end = |failure: Failure| {
        failure.report(&context);
        failure.code()
    };
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            let mut stdout = io::stdout().lock();
            let written = write!(stdout, "{}", error.render()).and_then(|()| stdout.flush());
            match written {
                Ok(()) => 0,
                Err(error) => end(Failure::written(&context, &error)),
            }
        }
        // Help is the answer to nothing at all. It goes where an error goes, and so does the exit code.
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand if !json => {
            let _ = write!(io::stderr().lock(), "{}", error.render());
            Failure::usage(String::new()).code()
        }
        _ => {
            let code = end(Failure::usage(complaint(error, language)));
            if !json {
                let _ = writeln!(io::stderr().lock(), "{}", texts::TRY_HELP.r#in(language));
            }
            code
        }
    }
}

/// What is wrong with the arguments. clap's own sentences are in English only.
fn complaint(error: &Error, language: Language) -> String {
    let context = |kind: ContextKind| match error.get(kind) {
        Some(ContextValue::String(text)) => text.clone(),
        Some(ContextValue::Strings(texts)) => texts.join(", "),
        _ => String::new(),
    };
    let arg = context(ContextKind::InvalidArg);
    let value = context(ContextKind::InvalidValue);
    let say = |text: Text, values: &[&dyn Display]| text.filled(language, values);
    let with_guess = |complaint: String, guess: ContextKind| {
        let guess = context(guess);
        if guess.is_empty() {
            return complaint;
        }
        format!("{complaint}; {}", say(texts::DID_YOU_MEAN, &[&guess]))
    };
    match error.kind() {
        ErrorKind::UnknownArgument => with_guess(
            say(texts::UNKNOWN_ARGUMENT, &[&arg]),
            ContextKind::SuggestedArg,
        ),
        ErrorKind::InvalidSubcommand => with_guess(
            say(
                texts::UNKNOWN_COMMAND,
                &[&context(ContextKind::InvalidSubcommand)],
            ),
            ContextKind::SuggestedSubcommand,
        ),
        ErrorKind::InvalidValue | ErrorKind::ValueValidation if value.is_empty() => {
            say(texts::VALUE_MISSING, &[&arg])
        }
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => with_guess(
            say(texts::INVALID_VALUE, &[&arg, &value]),
            ContextKind::SuggestedValue,
        ),
        ErrorKind::MissingRequiredArgument => say(texts::ARGUMENT_MISSING, &[&arg]),
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand | ErrorKind::MissingSubcommand => {
            say(texts::COMMAND_MISSING, &[])
        }
        ErrorKind::ArgumentConflict => say(
            texts::ARGUMENT_CONFLICT,
            &[&arg, &context(ContextKind::PriorArg)],
        ),
        ErrorKind::InvalidUtf8 => say(texts::ARGUMENTS_NOT_UTF8, &[]),
        _ => say(texts::ARGUMENTS_WRONG, &[]),
    }
}

/// The command with its texts, and those of all below it.
fn localised(command: Command, language: Language) -> Command {
    let version = Arg::new("version")
        .long("version")
        .short('V')
        .action(ArgAction::Version);
    let mut command = with_help(command)
        .version(env!("CARGO_PKG_VERSION"))
        .arg(version);
    // Only then the commands know their whole names, for their usage.
    command.build();
    explained(command, "", language)
}

/// Flags of our own, since those of clap cannot be explained in another language.
fn with_help(command: Command) -> Command {
    let help = Arg::new("help")
        .long("help")
        .short('h')
        .action(ArgAction::Help);
    command
        .disable_help_flag(true)
        .disable_version_flag(true)
        .disable_help_subcommand(true)
        .arg(help)
        .mut_subcommands(with_help)
}

/// Arguments of one order are listed by name: first those of the command, then those that all have.
const FIRST: usize = 1;
const LAST: usize = 2;

fn explained(command: Command, above: &str, language: Language) -> Command {
    let say = |text: Text| text.r#in(language);
    let name = command.get_name().to_owned();
    let path = match above {
        "" | "slotwerk" => name,
        above => format!("{above} {name}"),
    };
    let about = texts::help(&path).map(say).unwrap_or_default();
    let mut after = String::new();
    for example in texts::examples(&path) {
        after.push_str(&format!("\n  {example}"));
    }
    if !after.is_empty() {
        after = format!("{}:{after}\n\n", say(texts::EXAMPLES));
    }
    after.push_str(texts::help("exit-codes").map(say).unwrap_or_default());
    let mut command = command
        .about(about)
        .after_help(after)
        .subcommand_help_heading(say(texts::COMMANDS))
        .subcommand_value_name(say(texts::COMMAND))
        .mut_args(|arg| {
            let heading = if arg.is_positional() {
                texts::ARGUMENTS
            } else {
                texts::OPTIONS
            };
            let help = texts::help(arg.get_id().as_str())
                .map(say)
                .unwrap_or_default();
            let order = if arg.is_global_set() || arg.get_id() == "help" {
                LAST
            } else {
                FIRST
            };
            let value = arg
                .get_value_names()
                .and_then(|names| texts::help(names.first()?));
            let arg = match value {
                Some(name) => arg.value_name(say(name)),
                None => arg,
            };
            arg.help(help)
                .help_heading(say(heading))
                .display_order(order)
        });
    // "Usage:" and "[OPTIONS]" are clap's, and cannot be set otherwise.
    let usage = command.render_usage().to_string();
    let usage = usage.strip_prefix("Usage: ").unwrap_or(&usage);
    let options = format!("[{}]", say(texts::OPTIONS).to_uppercase());
    let usage = usage
        .replace("[OPTIONS]", &options)
        .replace("<COMMAND>", &format!("<{}>", say(texts::COMMAND)));
    let template = format!(
        "{{about}}\n\n{}: {{usage}}\n\n{{all-args}}{{after-help}}\n",
        say(texts::USAGE)
    );
    command
        .override_usage(usage)
        .help_template(template)
        .mut_subcommands(|below| explained(below, &path, language))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn without_text(command: &Command, path: &str, missing: &mut Vec<String>) {
        if command
            .get_about()
            .is_none_or(|about| about.to_string().is_empty())
        {
            missing.push(path.to_owned());
        }
        for arg in command.get_arguments() {
            if arg
                .get_help()
                .is_none_or(|help| help.to_string().is_empty())
            {
                missing.push(format!("{path} {}", arg.get_id()));
            }
        }
        for below in command.get_subcommands() {
            without_text(below, &format!("{path} {}", below.get_name()), missing);
        }
    }

    #[test]
    fn every_command_and_argument_is_explained() {
        for language in [Language::Nl, Language::En] {
            let mut missing = Vec::new();
            without_text(
                &localised(Cli::command(), language),
                "slotwerk",
                &mut missing,
            );
            assert_eq!(missing, [""; 0], "{language:?}");
        }
        let mut missing = Vec::new();
        without_text(&Cli::command(), "slotwerk", &mut missing);
        assert!(missing.len() > 30, "all texts are added here: {missing:?}");
    }

    fn names(command: &Command, all: &mut Vec<String>) {
        all.extend(command.get_arguments().map(|arg| arg.get_id().to_string()));
        command
            .get_subcommands()
            .for_each(|below| names(below, all));
    }

    /// Other users see the arguments of a process.
    #[test]
    fn no_argument_takes_a_password() {
        let mut all = Vec::new();
        names(&localised(Cli::command(), Language::En), &mut all);
        all.retain(|name| name.contains("password"));
        all.dedup();
        assert_eq!(all, ["password_file"]);
    }

    fn wrong_examples(command: &Command, path: &str, wrong: &mut Vec<String>) {
        let examples = texts::examples(path);
        if examples.is_empty() && !command.has_subcommands() {
            wrong.push(format!("{path}: none"));
        }
        for example in examples {
            let words = example.split_whitespace();
            let words = words.take_while(|word| !["<", ">", "|"].contains(word));
            if let Err(error) = super::command(Language::En).try_get_matches_from(words) {
                wrong.push(format!("{example}: {error}"));
            }
        }
        for below in command.get_subcommands() {
            let name = below.get_name();
            let path = match path {
                "slotwerk" => name.to_owned(),
                above => format!("{above} {name}"),
            };
            wrong_examples(below, &path, wrong);
        }
    }

    #[test]
    fn examples_are_right() {
        let mut wrong = Vec::new();
        wrong_examples(&Cli::command(), "slotwerk", &mut wrong);
        assert_eq!(wrong, [""; 0]);
    }

    #[test]
    fn the_definition_is_sound() {
        localised(Cli::command(), Language::En).debug_assert();
    }
}
