//! The rules a policy is made of, and the stable codes they are known by.

use crate::class::{Class, ClassSet};
use std::fmt;

/// One rule of a policy.
///
/// All counts are code points after NFC, from 1 to [`MAX_CHARACTERS`](crate::MAX_CHARACTERS).
/// In data a rule is an object with the field `rule` and the fields of the variant, for example
/// `{"rule": "minimum-of-class", "class": "digit", "characters": 2}`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(tag = "rule", rename_all = "kebab-case", deny_unknown_fields)
)]
#[non_exhaustive]
pub enum Rule {
    /// At least this many characters; 8 or more (NIST SP 800-63B-4 §3.1.1.2).
    MinimumLength {
        /// The smallest length that is accepted.
        characters: u16,
    },
    /// At most this many characters. Nothing is ever truncated: a longer password is refused.
    MaximumLength {
        /// The greatest length that is accepted; 64 or more is advised.
        characters: u16,
    },
    /// At least this many characters of one class.
    MinimumOfClass {
        /// The class that is asked for.
        class: Class,
        /// The smallest number of characters of that class.
        characters: u16,
    },
    /// At least `at_least` of the `classes` occur ("3 of these 4").
    ClassesPresent {
        /// The classes that count.
        classes: ClassSet,
        /// How many of them must occur, from 1 to the number of classes.
        at_least: u16,
    },
    /// At least this many different characters. Case matters: `a` and `A` are two.
    MinimumDistinct {
        /// The smallest number of different characters, at least 2.
        characters: u16,
    },
    /// No character occurs more often than this in a row.
    MaximumRun {
        /// The longest run of one character that is accepted.
        characters: u16,
    },
    /// No part of the user's name, user name or mail address occurs in the password.
    WithoutAttributes {
        /// Shorter parts are ignored; 3 to 8 characters.
        shortest_part: u16,
    },
    /// The whole password, whatever its case, is not on the blocklist that the host supplies.
    NotBlocklisted {},
}

impl Rule {
    /// The code that this rule's requirement carries.
    #[must_use]
    pub fn code(&self) -> Code {
        match self {
            Self::MinimumLength { .. } => Code::MinimumLength,
            Self::MaximumLength { .. } => Code::MaximumLength,
            Self::MinimumOfClass { class, .. } => match class {
                Class::Uppercase => Code::MinimumUppercase,
                Class::Lowercase => Code::MinimumLowercase,
                Class::Letter => Code::MinimumLetters,
                Class::Digit => Code::MinimumDigits,
                Class::Symbol => Code::MinimumSymbols,
            },
            Self::ClassesPresent { .. } => Code::ClassesPresent,
            Self::MinimumDistinct { .. } => Code::MinimumDistinct,
            Self::MaximumRun { .. } => Code::MaximumRun,
            Self::WithoutAttributes { .. } => Code::WithoutAttributes,
            Self::NotBlocklisted {} => Code::NotBlocklisted,
        }
    }

    /// The numbers and classes of this rule by name, for hosts that write their own texts.
    #[must_use]
    pub fn parameters(&self) -> Vec<(&'static str, Parameter)> {
        use Parameter::{Classes, Count};
        match *self {
            Self::MinimumLength { characters }
            | Self::MaximumLength { characters }
            | Self::MinimumOfClass { characters, .. }
            | Self::MinimumDistinct { characters }
            | Self::MaximumRun { characters } => vec![("characters", Count(characters))],
            Self::ClassesPresent { classes, at_least } => {
                vec![("at_least", Count(at_least)), ("classes", Classes(classes))]
            }
            Self::WithoutAttributes { shortest_part } => {
                vec![("shortest_part", Count(shortest_part))]
            }
            Self::NotBlocklisted {} => Vec::new(),
        }
    }

    /// Whether the rule asks for something. The others forbid something, and have nothing to judge
    /// as long as nothing has been typed.
    pub(crate) fn is_demand(&self) -> bool {
        match self {
            Self::MinimumLength { .. }
            | Self::MinimumOfClass { .. }
            | Self::ClassesPresent { .. }
            | Self::MinimumDistinct { .. } => true,
            Self::MaximumLength { .. }
            | Self::MaximumRun { .. }
            | Self::WithoutAttributes { .. }
            | Self::NotBlocklisted {} => false,
        }
    }
}

/// The stable name of a requirement. No code occurs twice in one verdict.
///
/// The order of the variants is the order in which requirements are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Code {
    /// `minimum-length`
    MinimumLength,
    /// `maximum-length`
    MaximumLength,
    /// `minimum-uppercase`
    MinimumUppercase,
    /// `minimum-lowercase`
    MinimumLowercase,
    /// `minimum-letters`
    MinimumLetters,
    /// `minimum-digits`
    MinimumDigits,
    /// `minimum-symbols`
    MinimumSymbols,
    /// `classes-present`
    ClassesPresent,
    /// `minimum-distinct`
    MinimumDistinct,
    /// `maximum-run`
    MaximumRun,
    /// `without-attributes`
    WithoutAttributes,
    /// `not-blocklisted`
    NotBlocklisted,
}

impl Code {
    /// The code as text. These strings never change meaning within a major version.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::MinimumLength => "minimum-length",
            Self::MaximumLength => "maximum-length",
            Self::MinimumUppercase => "minimum-uppercase",
            Self::MinimumLowercase => "minimum-lowercase",
            Self::MinimumLetters => "minimum-letters",
            Self::MinimumDigits => "minimum-digits",
            Self::MinimumSymbols => "minimum-symbols",
            Self::ClassesPresent => "classes-present",
            Self::MinimumDistinct => "minimum-distinct",
            Self::MaximumRun => "maximum-run",
            Self::WithoutAttributes => "without-attributes",
            Self::NotBlocklisted => "not-blocklisted",
        }
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for Code {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// The value of a requirement's parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(untagged))]
#[non_exhaustive]
pub enum Parameter {
    /// A number of characters or of classes.
    Count(u16),
    /// Character classes.
    Classes(ClassSet),
}
