//! Which texts there are, and whether a host's own fit in their place.

use std::collections::{BTreeMap, BTreeSet};

use fluent_bundle::FluentResource;
use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement};

use crate::brand::is_forbidden;
use crate::texts::ENGLISH;

/// Longest source of texts, in bytes of UTF-8.
const MAX_SOURCE: usize = 64 * 1024;
/// Deepest nesting of braces: a choice within a choice. The parser recurses.
const MAX_DEPTH: usize = 8;

/// Why a text was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TextProblem {
    /// The source is longer than 64 KiB.
    #[error("the texts are longer than 64 KiB")]
    TooLong,
    /// The source is not in Fluent's syntax.
    #[error("line {line} is not in the syntax of Fluent")]
    Syntax {
        /// The line, from 1.
        line: usize,
    },
    /// The language lacks it.
    #[error("it is missing")]
    Missing,
    /// No mail has such a text.
    #[error("no mail has it")]
    Unknown,
    /// It is there twice.
    #[error("it is there twice")]
    Twice,
    /// It leaves out a value that it has to name.
    #[error("it leaves out ${0}")]
    LeavesOut(String),
    /// It names a value that is not given to it.
    #[error("${0} is not given to it")]
    NotGiven(String),
    /// It holds more than words, values and choices: an attribute, a term, a function, an escape or a
    /// reference to another text.
    #[error("it holds more than words, values and choices")]
    Unsupported,
    /// It holds a control character, or one that changes the direction of text; or a subject, a title or a
    /// preview is more than one line.
    #[error("it holds a control character, or a line end where none may be")]
    Forbidden,
}

/// A text that was refused: its name, if the whole source is not to blame, and why.
pub(crate) type Refused = (Option<String>, TextProblem);

/// Each text, with the values that are given to it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Catalogue(BTreeMap<String, BTreeSet<String>>);

impl Catalogue {
    /// That of English, which every other language is measured by.
    pub(crate) fn english() -> Result<Self, Refused> {
        Self::of(&parse(ENGLISH.1)?)
    }

    /// That of a source.
    pub(crate) fn of(source: &FluentResource) -> Result<Self, Refused> {
        let mut texts = BTreeMap::new();
        for entry in source.entries() {
            let (name, pattern) = match entry {
                Entry::Message(message) => {
                    let name = message.id.name.to_owned();
                    let value = message.value.as_ref();
                    let pattern = value.filter(|_| message.attributes.is_empty());
                    match pattern {
                        Some(pattern) => (name, pattern),
                        None => return Err((Some(name), TextProblem::Unsupported)),
                    }
                }
                Entry::Term(term) => {
                    let name = format!("-{}", term.id.name);
                    return Err((Some(name), TextProblem::Unsupported));
                }
                _ => continue,
            };
            let mut values = BTreeSet::new();
            if let Err(problem) = read(pattern, is_line(&name), &mut values) {
                return Err((Some(name), problem));
            }
            if texts.insert(name.clone(), values).is_some() {
                return Err((Some(name), TextProblem::Twice));
            }
        }
        Ok(Self(texts))
    }

    /// Checks texts that are to stand in the place of some of these.
    pub(crate) fn check_some(&self, own: &Self) -> Result<(), Refused> {
        for (name, values) in &own.0 {
            let Some(given) = self.0.get(name) else {
                return Err((Some(name.clone()), TextProblem::Unknown));
            };
            let problem = if let Some(value) = values.difference(given).next() {
                TextProblem::NotGiven(value.clone())
            } else if let Some(value) = given.difference(values).next() {
                TextProblem::LeavesOut(value.clone())
            } else {
                continue;
            };
            return Err((Some(name.clone()), problem));
        }
        Ok(())
    }

    /// Checks texts that are to stand in the place of all of these.
    pub(crate) fn check_all(&self, own: &Self) -> Result<(), Refused> {
        self.check_some(own)?;
        match self.0.keys().find(|name| !own.0.contains_key(*name)) {
            Some(name) => Err((Some(name.clone()), TextProblem::Missing)),
            None => Ok(()),
        }
    }
}

/// Reads a source of a host.
pub(crate) fn parse(source: &str) -> Result<FluentResource, Refused> {
    if source.len() > MAX_SOURCE {
        return Err((None, TextProblem::TooLong));
    }
    if let Some(line) = too_deep(source) {
        return Err((None, TextProblem::Syntax { line }));
    }
    let source = source.replace("\r\n", "\n");
    FluentResource::try_new(source).map_err(|(resource, errors)| {
        let at = errors.first().map_or(0, |error| error.pos.start);
        let before = resource.source().get(..at).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        (None, TextProblem::Syntax { line })
    })
}

/// The first line where braces nest too deep. Braces within quotes are counted, too: texts have few.
fn too_deep(source: &str) -> Option<usize> {
    let mut depth: usize = 0;
    for (line, text) in (1..).zip(source.lines()) {
        if !text.starts_with([' ', '}']) {
            depth = 0;
        }
        for byte in text.bytes() {
            match byte {
                b'{' => depth += 1,
                b'}' => depth = depth.saturating_sub(1),
                _ => {}
            }
            if depth > MAX_DEPTH {
                return Some(line);
            }
        }
    }
    None
}

/// What ends up in a header, or beside it in a list of mails.
fn is_line(name: &str) -> bool {
    ["-subject", "-title", "-preview"]
        .iter()
        .any(|part| name.ends_with(part))
}

/// The values that a text names, in all of its choices.
fn read(
    pattern: &Pattern<&str>,
    line: bool,
    values: &mut BTreeSet<String>,
) -> Result<(), TextProblem> {
    for element in &pattern.elements {
        match element {
            PatternElement::TextElement { value } => check_words(value, line)?,
            PatternElement::Placeable { expression } => match expression {
                Expression::Inline(inline) => read_inline(inline, line, values)?,
                Expression::Select { selector, variants } => {
                    read_inline(selector, line, values)?;
                    for variant in variants {
                        read(&variant.value, line, values)?;
                    }
                }
            },
        }
    }
    Ok(())
}

fn read_inline(
    inline: &InlineExpression<&str>,
    line: bool,
    values: &mut BTreeSet<String>,
) -> Result<(), TextProblem> {
    match inline {
        InlineExpression::VariableReference { id } => {
            values.insert(id.name.to_owned());
            Ok(())
        }
        // An escape could put a line end into a subject.
        InlineExpression::StringLiteral { value } if !value.contains('\\') => {
            check_words(value, line)
        }
        _ => Err(TextProblem::Unsupported),
    }
}

fn check_words(words: &str, line: bool) -> Result<(), TextProblem> {
    let fits = |c: char| !is_forbidden(c) || (c == '\n' && !line);
    if words.chars().all(fits) {
        Ok(())
    } else {
        Err(TextProblem::Forbidden)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::texts::BUILT_IN;

    #[test]
    fn all_languages_have_the_same_texts_and_values() {
        let english = Catalogue::english().unwrap();
        for (tag, source) in BUILT_IN {
            assert_eq!(
                Catalogue::of(&parse(source).unwrap()).unwrap(),
                english,
                "{tag}"
            );
        }
        assert!(english.0.len() > 90, "{}", english.0.len());
        // What a subject is given, and nothing that is secret among it.
        for (name, values) in &english.0 {
            if name.ends_with("-subject") {
                assert_eq!(values.iter().collect::<Vec<_>>(), ["tenant"], "{name}");
            }
        }
    }

    #[test]
    fn every_text_is_used_by_a_template_or_by_the_composer() {
        let sources = [
            include_str!("compose.rs"),
            include_str!("desk.rs"),
            include_str!("message.rs"),
            include_str!("wording.rs"),
            crate::template::all_sources().as_str(),
        ]
        .concat();
        for key in Catalogue::english().unwrap().0.keys() {
            let by_prefix = ["subject", "preview", "title", "not-you", "intro", "next"]
                .iter()
                .any(|part| key.ends_with(&format!("-{part}")));
            let month = key.starts_with("month-");
            assert!(
                by_prefix || month || sources.contains(&format!("\"{key}\"")),
                "{key}"
            );
        }
    }

    #[test]
    fn nesting_without_end_is_refused_before_it_is_parsed() {
        let deep = format!("reset-title = {}", "{".repeat(60_000));
        let refused = (None, TextProblem::Syntax { line: 1 });
        assert_eq!(parse(&deep).unwrap_err(), refused);
        let spread = format!("reset-title =\n{}", "    {\n".repeat(10_000));
        assert!(parse(&spread).is_err());
    }
}
