//! Lists the texts of a set with their values, and checks a host's own texts.

use std::collections::{BTreeMap, BTreeSet};

use fluent_bundle::FluentResource;
use fluent_syntax::ast::Entry;

use crate::pattern;
use crate::source::Source;

/// The names of all texts in a set, each with the names of the values that a text inserts.
///
/// ```
/// use slotwerk_words::{Catalogue, TextProblem};
///
/// let english = Catalogue::of("hello = Hello, { $name }!")?;
/// english.check_all("hello = Hallo { $name }!")?;
/// let rejected = english.check_all("hello = Hallo!").unwrap_err();
/// assert_eq!(rejected.problem, TextProblem::LeavesOut("name".to_owned()));
/// # Ok::<(), slotwerk_words::RejectedText>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Catalogue(BTreeMap<String, BTreeSet<String>>);

/// A text that was rejected, or a whole source.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the text {}: {problem}", name.as_deref().unwrap_or("source"))]
pub struct RejectedText {
    /// The text's name. `None` if the source as a whole was rejected.
    pub name: Option<String>,
    /// The reason.
    #[source]
    pub problem: TextProblem,
}

/// Why a text was rejected.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TextProblem {
    /// The source is longer than 64 KiB.
    #[error("the texts are longer than 64 KiB")]
    TooLong,
    /// One text has more than [`MAX_BRACES`](crate::MAX_BRACES) of `{` and `(`.
    #[error("line {line}: one text has more than 64 of `{{` and `(`")]
    TooDeep {
        /// The line, from 1.
        line: usize,
    },
    /// The source is not in the syntax of Fluent.
    #[error("line {line} is not in the syntax of Fluent")]
    Syntax {
        /// The line, from 1.
        line: usize,
    },
    /// The language lacks the text.
    #[error("it is missing")]
    Missing,
    /// The set has no text of this name.
    #[error("there is no text of this name")]
    Unknown,
    /// The source has two texts of this name.
    #[error("it is there twice")]
    Twice,
    /// The text does not name a value that it must name.
    #[error("it leaves out ${0}")]
    LeavesOut(String),
    /// The text names a value that no caller passes.
    #[error("${0} is not given to it")]
    NotGiven(String),
    /// The text holds more than words, values and choices: an attribute, a term, a function, a number or a reference
    /// to another text.
    #[error("it holds more than words, values and choices")]
    Unsupported,
    /// The text holds a control character or a direction mark. Or it is a subject, title or preview of more than one
    /// line.
    #[error("it holds a control character, or a line end where none may be")]
    Forbidden,
}

impl Catalogue {
    /// The texts of both. Names the first one that both have.
    pub(crate) fn joined(&self, other: &Self) -> Result<Self, RejectedText> {
        let both = other.0.keys().find(|name| self.0.contains_key(*name));
        if let Some(name) = both {
            return Err(RejectedText {
                name: Some(name.clone()),
                problem: TextProblem::Twice,
            });
        }
        let all = self.0.iter().chain(&other.0);
        let all = all.map(|(name, values)| (name.clone(), values.clone()));
        Ok(Self(all.collect()))
    }

    /// Reads the names and values of a source.
    ///
    /// # Errors
    ///
    /// [`RejectedText`] names the text and the reason.
    pub fn of(source: &str) -> Result<Self, RejectedText> {
        Ok(Source::read(source)?.catalogue)
    }

    pub(crate) fn of_resource(resource: &FluentResource) -> Result<Self, RejectedText> {
        let mut texts = BTreeMap::new();
        for entry in resource.entries() {
            let (name, values) = match entry {
                Entry::Message(message) => {
                    let name = message.id.name.to_owned();
                    let value = message.value.as_ref();
                    let value = value.filter(|_| message.attributes.is_empty());
                    let values = value.map(|value| pattern::values(value, is_one_line(&name)));
                    (name, values.unwrap_or(Err(TextProblem::Unsupported)))
                }
                Entry::Term(term) => (format!("-{}", term.id.name), Err(TextProblem::Unsupported)),
                _ => continue,
            };
            let values = values.map_err(|problem| rejected(&name, problem))?;
            if texts.insert(name.clone(), values).is_some() {
                return Err(rejected(&name, TextProblem::Twice));
            }
        }
        Ok(Self(texts))
    }

    /// The name of every text, in alphabetical order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// The names of the values that a text inserts, without `$`. `None` if there is no such text.
    #[must_use]
    pub fn values(&self, name: &str) -> Option<impl Iterator<Item = &str>> {
        let values = self.0.get(name)?;
        Some(values.iter().map(String::as_str))
    }

    /// Checks a source that replaces some of the texts.
    ///
    /// # Errors
    ///
    /// [`RejectedText`] names the text and the reason.
    pub fn check_some(&self, source: &str) -> Result<(), RejectedText> {
        self.accept_some(source).map(|_| ())
    }

    /// Checks a source that has all texts, for a further language.
    ///
    /// # Errors
    ///
    /// [`RejectedText`] names the text and the reason.
    pub fn check_all(&self, source: &str) -> Result<(), RejectedText> {
        self.accept_all(source).map(|_| ())
    }

    pub(crate) fn accept_some(&self, source: &str) -> Result<Source, RejectedText> {
        let source = Source::read(source)?;
        for (name, values) in &source.catalogue.0 {
            let Some(given) = self.0.get(name) else {
                return Err(rejected(name, TextProblem::Unknown));
            };
            if let Some(value) = values.difference(given).next() {
                return Err(rejected(name, TextProblem::NotGiven(value.clone())));
            }
            if let Some(value) = given.difference(values).next() {
                return Err(rejected(name, TextProblem::LeavesOut(value.clone())));
            }
        }
        Ok(source)
    }

    pub(crate) fn accept_all(&self, source: &str) -> Result<Source, RejectedText> {
        let source = self.accept_some(source)?;
        let present = &source.catalogue.0;
        match self.0.keys().find(|name| !present.contains_key(*name)) {
            Some(name) => Err(rejected(name, TextProblem::Missing)),
            None => Ok(source),
        }
    }
}

fn rejected(name: &str, problem: TextProblem) -> RejectedText {
    RejectedText {
        name: Some(name.to_owned()),
        problem,
    }
}

/// Whether a text goes into a header or a title, or beside the subject in a list of mails.
fn is_one_line(name: &str) -> bool {
    ["-subject", "-title", "-preview"]
        .iter()
        .any(|part| name.ends_with(part))
}
