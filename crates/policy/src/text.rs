//! The requirements in words, short enough for one line of a checklist.

mod en;
mod nl;
mod refusal;
mod shown;
mod wording;

use crate::code::Code;
use crate::rule::Rule;
use crate::verdict::{Requirement, State};

pub use wording::Texts;

/// A language that the texts exist in. For others, and for other words, see [`Texts`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Language {
    /// Dutch.
    Nl,
    /// English.
    En,
}

impl Language {
    /// Every language.
    pub const ALL: [Self; 2] = [Self::Nl, Self::En];

    /// The language of a BCP 47 tag such as `nl`, `nl-BE` or `en-GB`, whatever its case; `None` if
    /// there are no texts in it.
    #[must_use]
    pub fn from_tag(tag: &str) -> Option<Self> {
        let language = tag.split(['-', '_']).next().unwrap_or_default();
        Self::ALL
            .into_iter()
            .find(|known| known.tag().eq_ignore_ascii_case(language))
    }

    /// The language's BCP 47 tag.
    #[must_use]
    pub fn tag(self) -> &'static str {
        match self {
            Self::Nl => "nl",
            Self::En => "en",
        }
    }
}

impl Rule {
    /// The greatest length of [`text`](Self::text), in characters: one line of a checklist.
    pub const MAX_TEXT_CHARACTERS: usize = 80;

    /// The rule in words, put positively: what the password has to be. At most
    /// [`MAX_TEXT_CHARACTERS`](Self::MAX_TEXT_CHARACTERS) characters, as long as the rule is in range; lists
    /// that would not fit are shortened, with the number of what was left out.
    ///
    /// Plain text: escape it where it goes into HTML. Of a tenant's words and characters only those are in
    /// it that can be seen.
    #[must_use]
    pub fn text(&self, language: Language) -> String {
        match language {
            Language::Nl => nl::text(self),
            Language::En => en::text(self),
        }
    }
}

impl Requirement {
    /// The requirement in words: see [`Rule::text`].
    #[must_use]
    pub fn text(&self, language: Language) -> String {
        self.rule().text(language)
    }
}

impl Code {
    /// What the rules of this code are about, as a noun for whoever sets them: "minimum length". People
    /// who choose a password read [`Rule::text`].
    #[must_use]
    pub fn name(self, language: Language) -> &'static str {
        match language {
            Language::Nl => nl::name(self),
            Language::En => en::name(self),
        }
    }
}

impl State {
    /// The state in words, for those who cannot see a tick or a colour.
    #[must_use]
    pub fn text(self, language: Language) -> &'static str {
        match (language, self) {
            (Language::Nl, Self::Met) => "voldaan",
            (Language::Nl, Self::Unmet) => "nog niet voldaan",
            (Language::Nl, Self::Pending) => "nog niet gecontroleerd",
            (Language::En, Self::Met) => "met",
            (Language::En, Self::Unmet) => "not met yet",
            (Language::En, Self::Pending) => "not checked yet",
        }
    }
}

/// `n` with the form of the noun that goes with it. Dutch and English agree: one, and all the rest.
fn counted(n: u16, (one, other): (&str, &str)) -> String {
    format!("{n} {}", if n == 1 { one } else { other })
}

/// The shortest sequence of digits that breaks a rule about as many, if it fits in the digits from 1 to 9.
fn too_many_digits(allowed: u16) -> Option<&'static str> {
    "123456789".get(..usize::from(allowed) + 1)
}

/// The items with commas between them, and `last` before the last of several.
fn joined(items: &[String], last: &str) -> String {
    match items.split_last() {
        Some((end, rest)) if !rest.is_empty() => format!("{}{last}{end}", rest.join(", ")),
        _ => items.concat(),
    }
}

fn capitalised(text: &str) -> String {
    let mut characters = text.chars();
    let first = characters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(characters.clone()).collect()
}

/// The first of these texts that fits on a line, or else the last.
fn fitting<const N: usize>(texts: [String; N]) -> String {
    let fits = |text: &String| text.chars().count() <= Rule::MAX_TEXT_CHARACTERS;
    let shortest = texts.last().cloned().unwrap_or_default();
    texts.into_iter().find(fits).unwrap_or(shortest)
}
