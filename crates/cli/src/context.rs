//! How to speak to the user: in which language, to a person or a program.

use crate::args::Cli;
use crate::texts::Text;
use slotwerk_policy::Language;
use std::env;
use std::fmt::Display;
use std::io::{self, IsTerminal as _};

pub(crate) struct Context {
    pub(crate) language: Language,
    pub(crate) json: bool,
    pub(crate) shows_progress: bool,
}

impl Context {
    pub(crate) fn new(cli: &Cli, language: Language) -> Self {
        Self {
            language,
            json: cli.json,
            shows_progress: !cli.no_progress && io::stderr().is_terminal(),
        }
    }

    /// The text in the user's language, with the values in their places.
    pub(crate) fn say(&self, text: Text, values: &[&dyn Display]) -> String {
        text.filled(self.language, values)
    }
}

/// The language that was asked for, else that of the locale, else English.
///
/// Read before the arguments are, so that what is wrong with them can be said in it.
pub(crate) fn language() -> Language {
    asked_for(env::args_os().filter_map(|arg| arg.into_string().ok()))
        .or_else(|| of_locale(|name| env::var(name).ok()))
        .unwrap_or(Language::En)
}

fn asked_for(mut args: impl Iterator<Item = String>) -> Option<Language> {
    while let Some(arg) = args.next() {
        let value = match arg.strip_prefix("--lang") {
            Some("") => args.next()?,
            Some(rest) => rest.strip_prefix('=')?.to_owned(),
            None => continue,
        };
        return Language::from_tag(&value);
    }
    None
}

/// The first of these that is set and not empty decides, as POSIX has it.
fn of_locale(variable: impl Fn(&str) -> Option<String>) -> Option<Language> {
    let names = ["LC_ALL", "LC_MESSAGES", "LANG"];
    let locale = names
        .into_iter()
        .filter_map(variable)
        .find(|value| !value.is_empty())?;
    Language::from_tag(locale.split(['.', '@']).next().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn locale(set: &[(&str, &str)]) -> Option<Language> {
        of_locale(|name| {
            let found = set.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn the_first_locale_variable_that_says_something_decides() {
        assert_eq!(locale(&[("LANG", "nl_NL.UTF-8")]), Some(Language::Nl));
        assert_eq!(locale(&[("LANG", "nl.UTF-8")]), Some(Language::Nl));
        assert_eq!(locale(&[("LC_ALL", "C"), ("LANG", "nl_NL.UTF-8")]), None);
        assert_eq!(
            locale(&[("LC_ALL", ""), ("LC_MESSAGES", "nl_BE@euro")]),
            Some(Language::Nl)
        );
        assert_eq!(locale(&[("LANG", "en_GB.UTF-8")]), Some(Language::En));
        assert_eq!(locale(&[("LANG", "fr_FR.UTF-8")]), None);
        assert_eq!(locale(&[]), None);
    }

    #[test]
    fn an_argument_overrides_it() {
        let asked = |args: &[&str]| asked_for(args.iter().map(|arg| (*arg).to_owned()));
        assert_eq!(
            asked(&["slotwerk", "--lang", "nl", "policy"]),
            Some(Language::Nl)
        );
        assert_eq!(asked(&["slotwerk", "--lang=en"]), Some(Language::En));
        assert_eq!(asked(&["slotwerk", "--lang"]), None);
        assert_eq!(asked(&["slotwerk", "--language=nl"]), None);
        assert_eq!(asked(&["slotwerk"]), None);
    }
}
