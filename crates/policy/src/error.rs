//! Why a policy, a blocklist or a subject could not be built.

use crate::rule::Code;
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
        /// The value that was given.
        value: u16,
        /// The smallest value that is allowed.
        lowest: u16,
        /// The greatest value that is allowed.
        highest: u16,
    },
    /// No password can satisfy these rules together.
    #[error(
        "{} cannot be met together: {needed} characters are needed, {allowed} are allowed",
        list(rules)
    )]
    Contradiction {
        /// The clashing rules; the last one is the limit that the others exceed.
        rules: Vec<Code>,
        /// How many characters the rules need together.
        needed: u16,
        /// How many characters the limiting rule allows.
        allowed: u16,
    },
    /// More classes are required than the rule names.
    #[error("rule `classes-present` asks for {at_least} classes out of {named}")]
    TooFewClasses {
        /// How many classes must occur.
        at_least: u16,
        /// How many classes the rule names.
        named: u16,
    },
    /// The policy compares with a blocklist, and the host supplied none.
    #[error("the policy has rule `not-blocklisted`, but no blocklist was supplied")]
    BlocklistMissing,
}

fn list(codes: &[Code]) -> String {
    let quoted: Vec<_> = codes.iter().map(|code| format!("`{code}`")).collect();
    quoted.join(", ")
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
