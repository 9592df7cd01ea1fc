//! The stable codes that requirements are known by, and the parameters that go with them.

use crate::class::ClassSet;
use crate::rule::WhiteSpace;
use crate::words::Words;
use std::fmt;

/// The stable name of a requirement.
///
/// A code can occur more than once in one policy, with other parameters: "3 of these 4" beside "2 of
/// these 2". Lists are therefore matched by position, which is the same everywhere.
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
    /// `allowed-characters`
    AllowedCharacters,
    /// `forbidden-characters`
    ForbiddenCharacters,
    /// `white-space`
    WhiteSpace,
    /// `maximum-run`
    MaximumRun,
    /// `without-repeated-block`
    WithoutRepeatedBlock,
    /// `maximum-alphabetical`
    MaximumAlphabetical,
    /// `maximum-numerical`
    MaximumNumerical,
    /// `maximum-qwerty`
    MaximumQwerty,
    /// `maximum-azerty`
    MaximumAzerty,
    /// `maximum-qwertz`
    MaximumQwertz,
    /// `without-attributes`
    WithoutAttributes,
    /// `without-words`
    WithoutWords,
    /// `not-blocklisted`
    NotBlocklisted,
    /// `not-breached`
    NotBreached,
    /// `minimum-strength`
    MinimumStrength,
    /// `not-reused`
    NotReused,
    /// `minimum-age`
    MinimumAge,
    /// `maximum-age`
    MaximumAge,
}

impl Code {
    /// Every code, in the order of the checklist.
    pub const ALL: [Self; 27] = [
        Self::MinimumLength,
        Self::MaximumLength,
        Self::MinimumUppercase,
        Self::MinimumLowercase,
        Self::MinimumLetters,
        Self::MinimumDigits,
        Self::MinimumSymbols,
        Self::ClassesPresent,
        Self::MinimumDistinct,
        Self::AllowedCharacters,
        Self::ForbiddenCharacters,
        Self::WhiteSpace,
        Self::MaximumRun,
        Self::WithoutRepeatedBlock,
        Self::MaximumAlphabetical,
        Self::MaximumNumerical,
        Self::MaximumQwerty,
        Self::MaximumAzerty,
        Self::MaximumQwertz,
        Self::WithoutAttributes,
        Self::WithoutWords,
        Self::NotBlocklisted,
        Self::NotBreached,
        Self::MinimumStrength,
        Self::NotReused,
        Self::MinimumAge,
        Self::MaximumAge,
    ];

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
            Self::AllowedCharacters => "allowed-characters",
            Self::ForbiddenCharacters => "forbidden-characters",
            Self::WhiteSpace => "white-space",
            Self::MaximumRun => "maximum-run",
            Self::WithoutRepeatedBlock => "without-repeated-block",
            Self::MaximumAlphabetical => "maximum-alphabetical",
            Self::MaximumNumerical => "maximum-numerical",
            Self::MaximumQwerty => "maximum-qwerty",
            Self::MaximumAzerty => "maximum-azerty",
            Self::MaximumQwertz => "maximum-qwertz",
            Self::WithoutAttributes => "without-attributes",
            Self::WithoutWords => "without-words",
            Self::NotBlocklisted => "not-blocklisted",
            Self::NotBreached => "not-breached",
            Self::MinimumStrength => "minimum-strength",
            Self::NotReused => "not-reused",
            Self::MinimumAge => "minimum-age",
            Self::MaximumAge => "maximum-age",
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
    /// A number: of characters, classes, days, hours, or a score.
    Count(u16),
    /// Character classes.
    Classes(ClassSet),
    /// Characters.
    Text(String),
    /// Words.
    Words(Words),
    /// Yes or no.
    Flag(bool),
    /// Where white space may stand.
    Place(WhiteSpace),
}
