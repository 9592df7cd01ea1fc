//! A set of texts in all of its languages.

use std::fmt;
use std::sync::Arc;

use crate::catalogue::{Catalogue, RejectedText};
use crate::source::Source;
use crate::tag;
use crate::words::Words;
use crate::{MAIL_DUTCH, MAIL_ENGLISH, PAGES_DUTCH, PAGES_ENGLISH};

/// A set of texts in all of its languages. Clones share the parsed texts.
///
/// ```
/// use slotwerk_words::Languages;
///
/// let own = Languages::new("en", "codes = { $count ->\n [one] One code\n *[other] { $count } codes\n}")?
///     .add("de", "codes = { $count ->\n [one] Ein Code\n *[other] { $count } Codes\n}")?;
/// let words = own.find("de-AT").unwrap();
/// assert_eq!(words.text("codes", &[("count", 2.into())]).unwrap(), "2 Codes");
/// # Ok::<(), slotwerk_words::LanguageError>(())
/// ```
#[derive(Clone)]
pub struct Languages {
    catalogue: Arc<Catalogue>,
    all: Vec<Arc<Words>>,
}

/// Why a language or a text was rejected.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LanguageError {
    /// The tag is not a BCP 47 language tag, or is longer than [`MAX_TAG`](crate::MAX_TAG).
    #[error("{0:?} is not a language tag such as \"de\" or \"de-AT\"")]
    Tag(String),
    /// The language is not written from left to right, as the layouts are.
    #[error("{0} is not written from left to right")]
    Direction(String),
    /// The language to add exists. Replace its texts instead.
    #[error("the language {0} exists already: replace its texts")]
    Exists(String),
    /// The set lacks the language. Add it first.
    #[error("there is no language {0}: add it first")]
    Missing(String),
    /// A text was rejected, or a whole source.
    #[error("{language}: {rejected}")]
    Text {
        /// The language's tag.
        language: String,
        /// The text and the reason.
        #[source]
        rejected: RejectedText,
    },
}

impl Languages {
    /// The texts of the pages, in English and Dutch.
    ///
    /// # Errors
    ///
    /// [`LanguageError`] if a built-in text is broken, which the tests of this crate rule out.
    pub fn pages() -> Result<Self, LanguageError> {
        Self::new("en", PAGES_ENGLISH)?.add("nl", PAGES_DUTCH)
    }

    /// The texts of the mails, in English and Dutch.
    ///
    /// # Errors
    ///
    /// [`LanguageError`] if a built-in text is broken, which the tests of this crate rule out.
    pub fn mail() -> Result<Self, LanguageError> {
        Self::new("en", MAIL_ENGLISH)?.add("nl", MAIL_DUTCH)
    }

    /// A set with one language. Each further language must have the same texts with the same values.
    ///
    /// # Errors
    ///
    /// [`LanguageError`] names the tag, or the text and the reason.
    pub fn new(tag: &str, source: &str) -> Result<Self, LanguageError> {
        let language = tag::parse(tag)?;
        let source = Source::read(source).map_err(in_language(tag))?;
        Ok(Self {
            catalogue: Arc::new(source.catalogue),
            all: vec![Arc::new(Words::new(language, vec![source.resource]))],
        })
    }

    /// Adds a language: its BCP 47 tag and all of its texts.
    ///
    /// # Errors
    ///
    /// [`LanguageError`] names the tag, or the text and the reason.
    pub fn add(mut self, tag: &str, source: &str) -> Result<Self, LanguageError> {
        let language = tag::parse(tag)?;
        if self.all.iter().any(|words| language == words.tag()) {
            return Err(LanguageError::Exists(tag.to_owned()));
        }
        let accepted = self.catalogue.accept_all(source);
        let source = accepted.map_err(in_language(tag))?;
        let words = Words::new(language, vec![source.resource]);
        self.all.push(Arc::new(words));
        Ok(self)
    }

    /// Replaces some texts of a language. A later replacement of the same text wins.
    ///
    /// # Errors
    ///
    /// [`LanguageError`] names the tag, or the text and the reason.
    pub fn replace(mut self, tag: &str, source: &str) -> Result<Self, LanguageError> {
        let language = tag::parse(tag)?;
        let Some(words) = self.all.iter_mut().find(|words| language == words.tag()) else {
            return Err(LanguageError::Missing(tag.to_owned()));
        };
        let accepted = self.catalogue.accept_some(source);
        let source = accepted.map_err(in_language(tag))?;
        *words = Arc::new(words.with(source.resource));
        Ok(self)
    }

    /// Adds the texts of another set, such as the ones of a host's own pages. Both sets have the same languages, and no text
    /// of the same name.
    ///
    /// ```
    /// use slotwerk_words::Languages;
    ///
    /// let own = Languages::new("en", "front-title = Our service")?.add("nl", "front-title = Onze dienst")?;
    /// let all = Languages::pages()?.join(&own)?;
    /// assert_eq!(all.find("nl").unwrap().text("front-title", &[]).unwrap(), "Onze dienst");
    /// # Ok::<(), slotwerk_words::LanguageError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`LanguageError::Missing`] names a language that one of the sets lacks, [`LanguageError::Text`] a text that both have.
    pub fn join(self, other: &Self) -> Result<Self, LanguageError> {
        for words in other.iter() {
            self.exact(words.tag())?;
        }
        let mut all = Vec::with_capacity(self.all.len());
        for words in &self.all {
            let others = other.exact(words.tag())?;
            all.push(Arc::new(words.joined(others)));
        }
        let tag = self.iter().next().map_or("", |words| words.tag());
        let catalogue = self.catalogue.joined(&other.catalogue);
        Ok(Self {
            catalogue: Arc::new(catalogue.map_err(in_language(tag))?),
            all,
        })
    }

    /// The texts for a tag that an account, a browser or a tenant asks for: that language, else a less specific one,
    /// as `de` for `de-AT`.
    #[must_use]
    pub fn find(&self, asked: &str) -> Option<&Arc<Words>> {
        let tags = self.all.iter().map(|words| words.tag());
        self.all.get(tag::look_up(tags, asked)?)
    }

    /// The texts of exactly this language.
    ///
    /// # Errors
    ///
    /// [`LanguageError`] if the tag is invalid, or the set lacks the language.
    pub fn exact(&self, tag: &str) -> Result<&Arc<Words>, LanguageError> {
        let language = tag::parse(tag)?;
        let mut all = self.all.iter();
        all.find(|words| language == words.tag())
            .ok_or_else(|| LanguageError::Missing(tag.to_owned()))
    }

    /// Every language, in the order in which it was added.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Words>> {
        self.all.iter()
    }

    /// The names and values of all texts of this set.
    #[must_use]
    pub fn catalogue(&self) -> &Catalogue {
        &self.catalogue
    }
}

impl fmt::Debug for Languages {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tags = self.all.iter().map(|words| words.tag());
        f.debug_list().entries(tags).finish()
    }
}

fn in_language(tag: &str) -> impl FnOnce(RejectedText) -> LanguageError {
    let language = tag.to_owned();
    |rejected| LanguageError::Text { language, rejected }
}
