//! The texts of the pages, from Fluent files, in Dutch and English.

use crate::language::Language;
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

const DUTCH: &str = include_str!("../../../examples/portal/texts/nl.ftl");
const ENGLISH: &str = include_str!("../../../examples/portal/texts/en.ftl");

pub(crate) struct Texts {
    dutch: FluentBundle<FluentResource>,
    english: FluentBundle<FluentResource>,
}

/// Why the texts cannot be used: a mistake in a Fluent file.
#[derive(Debug, thiserror::Error)]
#[error("the texts in {0} cannot be used")]
pub struct TextsError(&'static str);

impl Texts {
    pub(crate) fn load() -> Result<Self, TextsError> {
        Ok(Self {
            dutch: bundle("nl", DUTCH)?,
            english: bundle("en", ENGLISH)?,
        })
    }

    /// A text with its values filled in; `None` if there is no such text.
    pub(crate) fn get(
        &self,
        language: Language,
        key: &str,
        values: Vec<(String, FluentValue<'static>)>,
    ) -> Option<String> {
        let bundle = match language {
            Language::Nl => &self.dutch,
            Language::En => &self.english,
        };
        let pattern = bundle.get_message(key)?.value()?;
        let mut args = FluentArgs::new();
        for (name, value) in values {
            args.set(name, value);
        }
        let mut errors = Vec::new();
        let text = bundle
            .format_pattern(pattern, Some(&args), &mut errors)
            .into_owned();
        errors.is_empty().then_some(text)
    }
}

fn bundle(tag: &'static str, source: &str) -> Result<FluentBundle<FluentResource>, TextsError> {
    let language: LanguageIdentifier = tag.parse().map_err(|_| TextsError(tag))?;
    let resource = FluentResource::try_new(source.to_owned()).map_err(|_| TextsError(tag))?;
    let mut bundle = FluentBundle::new_concurrent(vec![language]);
    // Direction marks around values help in mixed scripts only, and show as boxes in some fonts.
    bundle.set_use_isolating(false);
    bundle.add_resource(resource).map_err(|_| TextsError(tag))?;
    Ok(bundle)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn keys(source: &str) -> BTreeSet<&str> {
        let named = source
            .lines()
            .filter(|line| line.starts_with(|c: char| c.is_ascii_alphabetic()));
        named
            .filter_map(|line| line.split_once('='))
            .map(|(key, _)| key.trim())
            .collect()
    }

    #[test]
    fn both_languages_have_the_same_texts() {
        assert_eq!(keys(DUTCH), keys(ENGLISH));
        assert!(keys(DUTCH).len() > 50);
    }

    #[test]
    fn every_text_that_a_template_asks_for_exists() {
        let texts = keys(ENGLISH);
        for (name, source) in crate::page::TEMPLATES {
            for asked in source
                .split("t(\"")
                .skip(1)
                .filter_map(|rest| rest.split('"').next())
            {
                assert!(texts.contains(asked), "{name} asks for {asked}");
            }
        }
    }
}
