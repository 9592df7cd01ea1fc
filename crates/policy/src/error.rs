//! Why a policy, a blocklist or a subject could not be built.

use crate::class::Class;
use crate::code::Code;
use crate::rule::Rule;
use std::fmt;
use thiserror::Error;

/// Why [`PolicyDraft::build`](crate::PolicyDraft::build) refused a draft.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum PolicyError {
    /// Every policy must say how short a password may be.
    #[error("the policy has no rule `minimum-length`")]
    MinimumLengthMissing,
    /// A rule stands twice in the policy, so that one of the two is not meant.
    #[error("the policy has rule `{code}` twice")]
    Duplicate {
        /// The rule that stands twice.
        code: Code,
    },
    /// A number is outside the range that makes sense for its rule.
    #[error("`{parameter}` of rule `{code}` is {value}; it must be from {lowest} to {highest}")]
    OutOfRange {
        /// The rule.
        code: Code,
        /// The name of its parameter.
        parameter: &'static str,
        /// The value that was given; of lists and words, their length.
        value: usize,
        /// The smallest value that is allowed.
        lowest: usize,
        /// The greatest value that is allowed.
        highest: usize,
    },
    /// No password can satisfy these rules together.
    #[error("{} cannot be met{}: {why}", named(clash), if clash.len() > 1 { " together" } else { "" })]
    Contradiction {
        /// The rules that clash, in the order of the checklist: without any one of them, the others
        /// could be met.
        clash: Vec<Clash>,
        /// What it is that they leave no room for.
        why: Why,
    },
    /// A password that meets every rule was looked for and not found, and neither was it shown that there is
    /// none, within the work that is done for one policy. A policy that people can meet is not like that.
    #[error("no password was found that meets every rule, nor a proof that there is none")]
    Undecided,
    /// More classes are required than the rule names.
    #[error("rule `classes-present` asks for {at_least} classes out of {named}")]
    TooFewClasses {
        /// How many classes must occur.
        at_least: u16,
        /// How many classes the rule names.
        named: u16,
    },
    /// There are more rules than [`PolicyDraft::MAX_RULES`](crate::PolicyDraft::MAX_RULES).
    #[error("the policy has {rules} rules; at most {most} are read")]
    TooManyRules {
        /// How many there are.
        rules: usize,
        /// How many there may be.
        most: usize,
    },
    /// A scope's name is empty or longer than
    /// [`PolicyDraft::MAX_SCOPE_BYTES`](crate::PolicyDraft::MAX_SCOPE_BYTES).
    #[error("the name of the policy's scope is empty or too long")]
    ScopeName,
    /// The policy asks for an estimated strength, and this build has no estimator.
    #[error("the policy has rule `minimum-strength`, which needs feature `strength`")]
    StrengthUnavailable,
    /// The policy compares with a blocklist, and the host supplied none.
    #[error("the policy has rule `not-blocklisted`, but no blocklist was supplied")]
    BlocklistMissing,
}

/// One of the rules that clash, and whence it is.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Clash {
    /// The rule.
    pub rule: Rule,
    /// The scopes that ask for it, in alphabetical order; none for rules of a draft without a name.
    pub origins: Vec<String>,
}

impl Clash {
    /// The stable name of the rule's requirement.
    #[must_use]
    pub fn code(&self) -> Code {
        self.rule.code()
    }
}

impl fmt::Display for Clash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`", self.code())?;
        if self.origins.is_empty() {
            return Ok(());
        }
        write!(f, " ({})", self.origins.join(", "))
    }
}

/// Why rules cannot be met together. Every policy has passwords of 8 to 256 characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Why {
    /// More characters are needed than a password may have.
    #[error("they need {needed} characters, and at most {allowed} are allowed")]
    Room {
        /// The fewest characters of a password that meets the rules which ask for some.
        needed: u16,
        /// The greatest length that is allowed.
        allowed: u16,
    },
    /// No character may occur of those that are needed.
    #[error("{}", no_character(*class))]
    NoCharacterLeft {
        /// The class that is asked for; `None` if no character at all is allowed.
        class: Option<Class>,
    },
    /// More different characters are needed than there are.
    #[error("they need {needed} different characters, and only {left} are allowed")]
    Variety {
        /// How many are needed.
        needed: u16,
        /// How many may occur.
        left: u16,
    },
    /// No single number tells why: every password there is breaks one of the rules.
    #[error("every password of {} breaks one of them", lengths(*shortest, *longest))]
    NothingLeft {
        /// The smallest length that is allowed.
        shortest: u16,
        /// The greatest length that is allowed.
        longest: u16,
    },
}

/// `a`, `b` and `c`.
fn named(clash: &[Clash]) -> String {
    let mut names = clash.iter().map(Clash::to_string);
    match (names.next_back(), names.len()) {
        (Some(last), 0) => last,
        (Some(last), _) => format!("{} and {last}", names.collect::<Vec<_>>().join(", ")),
        (None, _) => String::new(),
    }
}

fn lengths(shortest: u16, longest: u16) -> String {
    if shortest == longest {
        return format!("{shortest} characters");
    }
    format!("{shortest} to {longest} characters")
}

fn no_character(class: Option<Class>) -> String {
    match class {
        Some(class) => format!("no character of class `{class}` is allowed"),
        None => "no character is allowed".to_owned(),
    }
}

/// Why [`Blocklist::from_words`](crate::Blocklist::from_words) refused a word list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum BlocklistError {
    /// The list holds no word. A check against it would always pass.
    #[error("the blocklist holds no word")]
    Empty,
    /// The list has more words, or more bytes in all, than a blocklist may hold.
    #[error("the blocklist is too large at word {index}")]
    TooLarge {
        /// Which word, counted from 0, went over the limit.
        index: usize,
    },
    /// A word is longer than any password that could be compared with it.
    #[error("word {index} of the blocklist is too long")]
    WordTooLong {
        /// Which word, counted from 0.
        index: usize,
    },
}

/// Why [`Subject`](crate::Subject) refused an attribute. It never repeats the attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum SubjectError {
    /// An attribute is longer than [`Subject::MAX_ATTRIBUTE_BYTES`](crate::Subject::MAX_ATTRIBUTE_BYTES).
    #[error("an attribute of the subject has {bytes} bytes, which is too long")]
    AttributeTooLong {
        /// The length of the attribute in bytes.
        bytes: usize,
    },
    /// There are more attributes than [`Subject::MAX_ATTRIBUTES`](crate::Subject::MAX_ATTRIBUTES).
    #[error("the subject has too many attributes")]
    TooManyAttributes,
}
