//! The requirements in words, short enough for one line of a checklist.

use crate::class::Class;
use crate::rule::Rule;
use crate::verdict::{Requirement, State};

/// A language that the texts exist in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Language {
    /// Dutch.
    Nl,
    /// English.
    En,
}

impl Language {
    /// The language of a BCP 47 tag such as `nl`, `nl-BE` or `en-GB`, whatever its case; `None` if
    /// there are no texts in it.
    #[must_use]
    pub fn from_tag(tag: &str) -> Option<Self> {
        let language = tag.split(['-', '_']).next().unwrap_or_default();
        [Self::Nl, Self::En]
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

impl Requirement {
    /// The requirement in words, put positively: what the password has to be.
    ///
    /// Plain text: escape it where it goes into HTML.
    #[must_use]
    pub fn text(&self, language: Language) -> String {
        match language {
            Language::Nl => dutch(self.rule()),
            Language::En => english(self.rule()),
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

fn dutch(rule: &Rule) -> String {
    const CHARACTER: (&str, &str) = ("teken", "tekens");
    match *rule {
        Rule::MinimumLength { characters } => {
            format!("Minstens {}", counted(characters, CHARACTER))
        }
        Rule::MaximumLength { characters } => {
            format!("Hoogstens {}", counted(characters, CHARACTER))
        }
        Rule::MinimumOfClass { class, characters } => {
            format!("Minstens {}", counted(characters, dutch_class(class)))
        }
        Rule::ClassesPresent { classes, at_least } => {
            let names: Vec<_> = classes.iter().map(|class| dutch_class(class).0).collect();
            let names = names.join(", ");
            match classes.len() {
                1 => format!("Minstens 1 {names}"),
                n if n == at_least => format!("Elk van deze {n}: {names}"),
                n => format!("Minstens {at_least} van deze {n}: {names}"),
            }
        }
        Rule::MinimumDistinct { characters } => {
            format!("Minstens {characters} verschillende tekens")
        }
        Rule::MaximumRun { characters: 1 } => "Elk teken anders dan het vorige".to_owned(),
        Rule::MaximumRun { characters } => {
            format!("Hetzelfde teken hoogstens {characters} keer achter elkaar")
        }
        Rule::WithoutAttributes { .. } => "Zonder je naam, gebruikersnaam of mailadres".to_owned(),
        Rule::NotBlocklisted {} => "Anders dan veelgebruikte wachtwoorden".to_owned(),
    }
}

fn dutch_class(class: Class) -> (&'static str, &'static str) {
    match class {
        Class::Uppercase => ("hoofdletter", "hoofdletters"),
        Class::Lowercase => ("kleine letter", "kleine letters"),
        Class::Letter => ("letter", "letters"),
        Class::Digit => ("cijfer", "cijfers"),
        Class::Symbol => ("speciaal teken", "speciale tekens"),
    }
}

fn english(rule: &Rule) -> String {
    const CHARACTER: (&str, &str) = ("character", "characters");
    match *rule {
        Rule::MinimumLength { characters } => {
            format!("At least {}", counted(characters, CHARACTER))
        }
        Rule::MaximumLength { characters } => format!("At most {}", counted(characters, CHARACTER)),
        Rule::MinimumOfClass { class, characters } => {
            format!("At least {}", counted(characters, english_class(class)))
        }
        Rule::ClassesPresent { classes, at_least } => {
            let names: Vec<_> = classes.iter().map(|class| english_class(class).0).collect();
            let names = names.join(", ");
            match classes.len() {
                1 => format!("At least 1 {names}"),
                n if n == at_least => format!("Each of these {n}: {names}"),
                n => format!("At least {at_least} of these {n}: {names}"),
            }
        }
        Rule::MinimumDistinct { characters } => {
            format!("At least {characters} different characters")
        }
        Rule::MaximumRun { characters: 1 } => "Each character unlike the one before".to_owned(),
        Rule::MaximumRun { characters } => {
            format!("The same character at most {characters} times in a row")
        }
        Rule::WithoutAttributes { .. } => "Without your name, user name or mail address".to_owned(),
        Rule::NotBlocklisted {} => "Unlike commonly used passwords".to_owned(),
    }
}

fn english_class(class: Class) -> (&'static str, &'static str) {
    match class {
        Class::Uppercase => ("capital letter", "capital letters"),
        Class::Lowercase => ("small letter", "small letters"),
        Class::Letter => ("letter", "letters"),
        Class::Digit => ("digit", "digits"),
        Class::Symbol => ("symbol", "symbols"),
    }
}
