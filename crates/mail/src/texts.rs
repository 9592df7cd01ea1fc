//! The texts of one language, from Fluent sources.

use std::sync::Arc;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};
use unic_langid::{CharacterDirection, LanguageIdentifier};

use crate::brand::is_forbidden;

/// The built-in languages: tag and texts. English is the one that others are measured by.
pub(crate) const BUILT_IN: [(&str, &str); 2] = [ENGLISH, ("nl", include_str!("texts/nl.ftl"))];
pub(crate) const ENGLISH: (&str, &str) = ("en", include_str!("texts/en.ftl"));

/// The texts of one language. Where two sources have the same text, the later one counts.
pub(crate) struct Texts {
    language: LanguageIdentifier,
    tag: String,
    sources: Vec<Arc<FluentResource>>,
    bundle: FluentBundle<Arc<FluentResource>>,
}

/// A text that is missing or does not fit its arguments; names the text, never an argument.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the text {0} is missing or does not fit its arguments")]
pub(crate) struct TextError(pub(crate) String);

impl Texts {
    pub(crate) fn new(language: LanguageIdentifier, sources: Vec<Arc<FluentResource>>) -> Self {
        let mut bundle = FluentBundle::new_concurrent(vec![language.clone()]);
        // All languages run left to right, and the marks would end up in subjects and text parts.
        bundle.set_use_isolating(false);
        for source in &sources {
            bundle.add_resource_overriding(Arc::clone(source));
        }
        Self {
            tag: language.to_string(),
            language,
            sources,
            bundle,
        }
    }

    /// One of [`BUILT_IN`].
    pub(crate) fn built_in((tag, source): (&str, &str)) -> Result<Self, TextError> {
        let broken = || TextError(tag.to_owned());
        let language = tag.parse().map_err(|_| broken())?;
        let source = FluentResource::try_new(source.to_owned()).map_err(|_| broken())?;
        Ok(Self::new(language, vec![Arc::new(source)]))
    }

    /// The same with some texts replaced.
    pub(crate) fn with(&self, source: Arc<FluentResource>) -> Self {
        let mut sources = self.sources.clone();
        sources.push(source);
        Self::new(self.language.clone(), sources)
    }

    /// As BCP 47 writes it, such as `nl` or `de-AT`.
    pub(crate) fn tag(&self) -> &str {
        &self.tag
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

    /// A text whose arguments are all words.
    pub(crate) fn fill(&self, key: &str, arguments: &[(&str, &str)]) -> Result<String, TextError> {
        let mut args = FluentArgs::new();
        for &(name, value) in arguments {
            args.set(name, value);
        }
        self.get(key, &args)
    }

    /// A text for a header: one line.
    pub(crate) fn line(&self, key: &str, arguments: &[(&str, &str)]) -> Result<String, TextError> {
        let line = self.fill(key, arguments)?;
        if line.chars().any(is_forbidden) {
            return Err(TextError(key.to_owned()));
        }
        Ok(line)
    }
}

/// The one of `tags` for the tag that is asked for: itself, or with as many of its last subtags left out as
/// need be (RFC 4647, section 3.4), so that `de-AT` finds `de`. Extensions and what is private (RFC 5646,
/// sections 2.2.6 and 2.2.7) say nothing of the language, nor does what POSIX puts behind a dot or an `@`.
pub(crate) fn look_up<'a>(
    tags: impl Iterator<Item = &'a str> + Clone,
    asked: &str,
) -> Option<usize> {
    let posix = asked.split(['.', '@']).next().unwrap_or_default();
    let subtags = posix.split(['-', '_']).take_while(|part| part.len() != 1);
    let asked = subtags.collect::<Vec<_>>().join("-");
    let asked = asked.parse::<LanguageIdentifier>().ok()?.to_string();
    let mut range = asked.as_str();
    loop {
        if let Some(found) = tags.clone().position(|tag| tag == range) {
            return Some(found);
        }
        (range, _) = range.rsplit_once('-')?;
    }
}

/// Whether a language is written from left to right, as the layouts are.
pub(crate) fn runs_left_to_right(language: &LanguageIdentifier) -> bool {
    language.character_direction() == CharacterDirection::LTR
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_text_or_argument_is_an_error() {
        let texts = Texts::built_in(ENGLISH).unwrap();
        assert!(texts.fill("no-such-text", &[]).is_err());
        assert!(texts.fill("reset-subject", &[]).is_err());
        assert!(texts.fill("reset-title", &[]).is_ok());
    }

    #[test]
    fn a_header_is_one_line() {
        let texts = Texts::built_in(ENGLISH).unwrap();
        assert!(texts.line("reset-subject", &[("tenant", "Noord")]).is_ok());
        for tenant in ["Noord\r\nBcc: x", "Noord\u{2028}", "\u{202e}"] {
            assert!(texts.line("reset-subject", &[("tenant", tenant)]).is_err());
        }
    }

    #[test]
    fn languages_are_found_by_their_tag() {
        let found = |asked: &str| {
            let tags = ["en", "nl", "de", "de-CH", "zh-Hant"];
            look_up(tags.into_iter(), asked).map(|at| tags[at])
        };
        for (asked, tag) in [
            ("nl", "nl"),
            ("NL", "nl"),
            ("nl-BE", "nl"),
            ("nl_NL", "nl"),
            ("nl-Latn-NL", "nl"),
            ("de-AT", "de"),
            ("de-CH", "de-CH"),
            ("de-CH-1996", "de-CH"),
            ("zh-Hant-TW", "zh-Hant"),
            ("en-GB", "en"),
            ("nl-NL-u-nu-latn", "nl"),
            ("nl-u-nu-latn", "nl"),
            ("nl-x-arbo", "nl"),
            ("de-CH-t-en-x-y", "de-CH"),
            ("nl_NL.UTF-8", "nl"),
            ("nl_NL@euro", "nl"),
            ("de_CH.ISO-8859-1@euro", "de-CH"),
        ] {
            assert_eq!(found(asked), Some(tag), "{asked}");
        }
        for asked in [
            "fr", "zh", "zh-Hans", "ar", "", "nld", "nl\r\n", "../nl", "x", "-", "x-nl", "u-nl",
            ".nl", "@nl", "C.UTF-8", "POSIX",
        ] {
            assert_eq!(found(asked), None, "{asked}");
        }
    }

    #[test]
    fn languages_from_right_to_left_are_known() {
        for (tag, fits) in [
            ("de", true),
            ("ja", true),
            ("ar", false),
            ("he-IL", false),
            ("fa", false),
        ] {
            assert_eq!(runs_left_to_right(&tag.parse().unwrap()), fits, "{tag}");
        }
    }
}
