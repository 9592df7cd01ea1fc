//! Texts in the host's own words, or in a language of its own.

use super::Language;
use crate::code::Code;
use crate::rule::Rule;
use crate::verdict::{Requirement, State};
use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

/// The texts of a checklist, with those that the host replaces.
///
/// A replacement is a function from the rule to its text; where it gives `None` the text of before holds. The
/// last replacement goes first. Cloning shares them.
///
/// ```
/// use slotwerk_policy::{Code, Language, PolicyDraft, Rule, State, Texts};
///
/// let texts = Texts::new(Language::Nl)
///     .replace(Code::WithoutWords, |_| Some("Zonder de naam van onze dienst".to_owned()))
///     .replace_state(State::Met, "in orde");
/// let policy = PolicyDraft::new().minimum_length(12).without_words(["arbo"]).build()?;
/// let lines: Vec<String> = policy.requirements().iter().map(|r| texts.of(r)).collect();
/// assert_eq!(lines[0], "Minstens 12 tekens");
/// assert_eq!(lines[2], "Zonder de naam van onze dienst");
///
/// // A language that this crate does not have. What is not translated yet stays in English.
/// let frisian = Texts::new(Language::En).replace_all(|rule| match rule {
///     Rule::MinimumLength { characters } => Some(format!("Op syn minst {characters} tekens")),
///     _ => None,
/// });
/// assert_eq!(frisian.of(&policy.requirements()[0]), "Op syn minst 12 tekens");
/// assert_eq!(frisian.of(&policy.requirements()[1]), "At most 256 characters");
/// # Ok::<(), slotwerk_policy::PolicyError>(())
/// ```
#[derive(Clone)]
pub struct Texts {
    language: Language,
    /// Shared until one of them is added to.
    replacements: Arc<Vec<Replacement>>,
    states: Arc<Vec<(State, Cow<'static, str>)>>,
}

#[derive(Clone)]
struct Replacement {
    /// Every code, if none is named.
    code: Option<Code>,
    text: Arc<Wording>,
}

type Wording = dyn Fn(&Rule) -> Option<String> + Send + Sync;

impl Texts {
    /// Our own texts in `language`.
    #[must_use]
    pub fn new(language: Language) -> Self {
        Self {
            language,
            replacements: Arc::default(),
            states: Arc::default(),
        }
    }

    /// Replaces the text of the rules of one code.
    #[must_use]
    pub fn replace(
        self,
        code: Code,
        text: impl Fn(&Rule) -> Option<String> + Send + Sync + 'static,
    ) -> Self {
        self.with(Some(code), Arc::new(text))
    }

    /// Replaces the text of every rule for which `text` has one.
    #[must_use]
    pub fn replace_all(
        self,
        text: impl Fn(&Rule) -> Option<String> + Send + Sync + 'static,
    ) -> Self {
        self.with(None, Arc::new(text))
    }

    /// Replaces the text of a state.
    #[must_use]
    pub fn replace_state(mut self, state: State, text: impl Into<Cow<'static, str>>) -> Self {
        Arc::make_mut(&mut self.states).push((state, text.into()));
        self
    }

    fn with(mut self, code: Option<Code>, text: Arc<Wording>) -> Self {
        Arc::make_mut(&mut self.replacements).push(Replacement { code, text });
        self
    }

    /// The language of what is not replaced.
    #[must_use]
    pub fn language(&self) -> Language {
        self.language
    }

    /// The text of a requirement. Plain text: escape it where it goes into HTML.
    #[must_use]
    pub fn of(&self, requirement: &Requirement) -> String {
        self.of_rule(requirement.rule())
    }

    /// The text of a rule, also of one that is no line of the checklist.
    #[must_use]
    pub fn of_rule(&self, rule: &Rule) -> String {
        let code = rule.code();
        let concerned = |known: &&Replacement| known.code.is_none_or(|known| known == code);
        let mut replacements = self.replacements.iter().rev().filter(concerned);
        replacements
            .find_map(|replacement| (replacement.text)(rule))
            .unwrap_or_else(|| rule.text(self.language))
    }

    /// The text of a state.
    #[must_use]
    pub fn of_state(&self, state: State) -> &str {
        let mut states = self.states.iter().rev();
        states
            .find(|(known, _)| *known == state)
            .map_or_else(|| state.text(self.language), |(_, text)| text)
    }
}

impl fmt::Debug for Texts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Texts")
            .field("language", &self.language)
            .field("replacements", &self.replacements.len())
            .finish_non_exhaustive()
    }
}
