//! The texts of one language.

use std::sync::Arc;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};
use unic_langid::LanguageIdentifier;

use crate::arg::Arg;

/// The texts of one language, from one set. [`Languages::find`](crate::Languages::find) finds them.
pub struct Words {
    language: LanguageIdentifier,
    tag: String,
    /// The last one that has a text counts.
    sources: Vec<Arc<FluentResource>>,
    bundle: FluentBundle<Arc<FluentResource>>,
}

/// A text does not exist, or the arguments do not fit it. Names the text and no argument.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the text {name} does not exist, or a value that it needs was not passed")]
pub struct TextError {
    /// The text's name.
    pub name: String,
}

impl Words {
    pub(crate) fn new(language: LanguageIdentifier, sources: Vec<Arc<FluentResource>>) -> Self {
        let mut bundle = FluentBundle::new_concurrent(vec![language.clone()]);
        // All languages are written from left to right, and some fonts show the marks around values as boxes.
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

    /// The same with the texts of `source` in place of the ones of these names.
    pub(crate) fn with(&self, source: Arc<FluentResource>) -> Self {
        let mut sources = self.sources.clone();
        sources.push(source);
        Self::new(self.language.clone(), sources)
    }

    /// The same with the texts of the other one, too.
    pub(crate) fn joined(&self, other: &Self) -> Self {
        let sources = self.sources.iter().chain(&other.sources);
        Self::new(self.language.clone(), sources.cloned().collect())
    }

    /// The language, as BCP 47 writes it: `nl` or `de-AT`.
    #[must_use]
    pub fn tag(&self) -> &str {
        &self.tag
    }

    /// A text with its values inserted.
    ///
    /// # Errors
    ///
    /// [`TextError`] if there is no such text, or it names a value that `args` lacks.
    pub fn text(&self, name: &str, args: &[(&str, Arg<'_>)]) -> Result<String, TextError> {
        let error = || TextError {
            name: name.to_owned(),
        };
        let message = self.bundle.get_message(name).ok_or_else(error)?;
        let pattern = message.value().ok_or_else(error)?;
        let mut values = FluentArgs::with_capacity(args.len());
        for (name, value) in args {
            values.set(*name, value.as_fluent());
        }
        let mut errors = Vec::new();
        let text = self
            .bundle
            .format_pattern(pattern, Some(&values), &mut errors)
            .into_owned();
        if errors.is_empty() {
            Ok(text)
        } else {
            Err(error())
        }
    }
}

impl std::fmt::Debug for Words {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Words").field(&self.tag).finish()
    }
}
