//! The texts, from Fluent files, one per language.

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};
use unic_langid::LanguageIdentifier;

/// A language that mails are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Language {
    /// Dutch.
    Dutch,
    /// English.
    English,
}

impl Language {
    /// Every language there is.
    pub const ALL: [Self; 2] = [Self::Dutch, Self::English];

    /// The language for a BCP 47 tag such as `nl`, `nl-BE` or `en-GB`; English for any other or for what
    /// is no tag at all.
    ///
    /// ```
    /// use slotwerk_mail::Language;
    ///
    /// assert_eq!(Language::from_tag("nl-BE"), Language::Dutch);
    /// assert_eq!(Language::from_tag("fy"), Language::English);
    /// ```
    #[must_use]
    pub fn from_tag(tag: &str) -> Self {
        let language = tag
            .parse::<LanguageIdentifier>()
            .map(|identifier| identifier.language);
        match language {
            Ok(language) if language.as_str() == "nl" => Self::Dutch,
            _ => Self::English,
        }
    }

    /// `nl` or `en`.
    #[must_use]
    pub fn tag(self) -> &'static str {
        match self {
            Self::Dutch => "nl",
            Self::English => "en",
        }
    }

    fn source(self) -> &'static str {
        match self {
            Self::Dutch => include_str!("texts/nl.ftl"),
            Self::English => include_str!("texts/en.ftl"),
        }
    }
}

/// The texts of one language.
pub(crate) struct Texts {
    bundle: FluentBundle<FluentResource>,
}

/// A text that is missing or does not fit its arguments; names the text, never an argument.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the text {0} is missing or does not fit its arguments")]
pub(crate) struct TextError(pub(crate) String);

impl Texts {
    pub(crate) fn new(language: Language) -> Result<Self, TextError> {
        let broken = || TextError(language.tag().to_owned());
        let resource =
            FluentResource::try_new(language.source().to_owned()).map_err(|_| broken())?;
        let identifier = language.tag().parse().map_err(|_| broken())?;
        let mut bundle = FluentBundle::new_concurrent(vec![identifier]);
        // Both languages run left to right, and the marks would end up in subjects and text parts.
        bundle.set_use_isolating(false);
        bundle.add_resource(resource).map_err(|_| broken())?;
        Ok(Self { bundle })
    }

    pub(crate) fn get(&self, key: &str, args: &FluentArgs<'_>) -> Result<String, TextError> {
        let missing = || TextError(key.to_owned());
        let message = self.bundle.get_message(key).ok_or_else(missing)?;
        let pattern = message.value().ok_or_else(missing)?;
        let mut errors = Vec::new();
        let text = self
            .bundle
            .format_pattern(pattern, Some(args), &mut errors)
            .into_owned();
        if errors.is_empty() {
            Ok(text)
        } else {
            Err(missing())
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// Each message's name, with the names of the arguments it uses.
    fn keys(language: Language) -> BTreeSet<String> {
        let lines = language.source().lines();
        let mut keys = BTreeSet::new();
        let mut key = String::new();
        for line in lines {
            if !line.starts_with([' ', '}', '#']) && line.contains('=') {
                key = line.split(" =").next().unwrap_or_default().to_owned();
                assert!(keys.insert(key.clone()), "{key} appears twice");
            }
            for argument in line.split("{ $").skip(1) {
                let name = argument.split(' ').next().unwrap_or_default();
                keys.insert(format!("{key}({name})"));
            }
        }
        keys
    }

    #[test]
    fn both_languages_have_the_same_texts_and_arguments() {
        let dutch = keys(Language::Dutch);
        assert_eq!(dutch, keys(Language::English));
        assert!(dutch.len() > 60, "{}", dutch.len());
    }

    #[test]
    fn every_text_is_used_by_a_template_or_by_the_composer() {
        let sources = [
            include_str!("compose.rs"),
            include_str!("message.rs"),
            include_str!("wording.rs"),
            crate::templates::all_sources().as_str(),
        ]
        .concat();
        for key in keys(Language::English) {
            let by_prefix = ["subject", "preview", "title", "not-you", "intro", "next"]
                .iter()
                .any(|part| key.ends_with(&format!("-{part}")));
            let month = key.starts_with("month-");
            assert!(
                key.contains('(') || by_prefix || month || sources.contains(&format!("\"{key}\"")),
                "{key}"
            );
        }
    }

    #[test]
    fn a_missing_text_or_argument_is_an_error() {
        let texts = Texts::new(Language::English).unwrap();
        let none = FluentArgs::new();
        assert!(texts.get("no-such-text", &none).is_err());
        assert!(texts.get("reset-subject", &none).is_err());
        assert!(texts.get("reset-title", &none).is_ok());
    }

    #[test]
    fn languages_are_found_by_their_tag() {
        for tag in ["nl", "NL", "nl-NL", "nl-BE", "nl_NL", "nl-Latn-NL"] {
            assert_eq!(Language::from_tag(tag), Language::Dutch, "{tag}");
        }
        for tag in ["en", "en-GB", "de", "", "nld", "nl\r\n", "../nl", "x"] {
            assert_eq!(Language::from_tag(tag), Language::English, "{tag}");
        }
    }
}
