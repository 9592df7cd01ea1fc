//! The rules a policy is made of.

use crate::characters::{CharacterSet, Characters};
use crate::class::{Class, ClassSet};
use crate::code::{Code, Parameter};
use crate::words::Words;

/// One rule of a policy.
///
/// All counts are code points after NFC. In data a rule is an object with the field `rule` and the fields
/// of the variant, for example `{"rule": "minimum-of-class", "class": "digit", "characters": 2}`.
///
/// The order of the variants is the order in which requirements are listed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(tag = "rule", rename_all = "kebab-case")
)]
#[non_exhaustive]
pub enum Rule {
    /// At least this many characters; 8 to 256 (NIST SP 800-63B-4 §3.1.1.2).
    MinimumLength {
        /// The smallest length that is accepted.
        characters: u16,
    },
    /// At most this many characters, 8 to 256. Nothing is ever truncated: a longer password is refused.
    MaximumLength {
        /// The greatest length that is accepted; 64 or more is advised.
        characters: u16,
    },
    /// At least this many characters of one class.
    MinimumOfClass {
        /// The class that is asked for.
        class: Class,
        /// The smallest number of characters of that class, from 1.
        characters: u16,
        /// If set, the rule only holds for passwords shorter than this (9 to 256): a long password need
        /// not be composed.
        #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
        below: Option<u16>,
    },
    /// At least `at_least` of the `classes` occur ("3 of these 4").
    ClassesPresent {
        /// The classes that count.
        classes: ClassSet,
        /// How many of them must occur, from 1 to the number of classes.
        at_least: u16,
        /// If set, the rule only holds for passwords shorter than this (9 to 256).
        #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
        below: Option<u16>,
    },
    /// At least this many different characters, from 2. Case matters: `a` and `A` are two.
    MinimumDistinct {
        /// The smallest number of different characters.
        characters: u16,
    },
    /// Every character is one of these. NIST SP 800-63B-4 §3.1.1.2 asks to accept all of them; this is
    /// for systems behind that cannot.
    AllowedCharacters {
        /// The characters that may occur.
        #[cfg_attr(feature = "serde", serde(flatten))]
        set: CharacterSet,
    },
    /// None of these characters occurs. Case matters.
    ForbiddenCharacters {
        /// The characters that may not occur, at least one.
        characters: Characters,
    },
    /// Where white space may stand.
    WhiteSpace {
        /// The places where it may.
        allowed: WhiteSpace,
    },
    /// No character occurs more often than this in a row.
    MaximumRun {
        /// The longest run of one character that is accepted, from 1.
        characters: u16,
    },
    /// No block of this many characters or more is followed by itself, whatever its case: `abcabc` has a
    /// repeated block of 3.
    WithoutRepeatedBlock {
        /// The shortest block that counts, 2 to 32. Runs of one character are for
        /// [`Rule::MaximumRun`], though `aaaa` is a repeated block of 2 as well.
        shortest: u16,
    },
    /// No sequence is longer than this, up or down, whatever its case: `abcd`, `9876`, `qwer`.
    MaximumSequence {
        /// What counts as a sequence.
        kind: SequenceKind,
        /// The longest sequence that is accepted, 2 to 64 characters.
        characters: u16,
    },
    /// No part of the user's name, user name or mail address occurs in the password, in leet speak
    /// neither.
    WithoutAttributes {
        /// Shorter parts are ignored; 3 to 8 characters.
        shortest_part: u16,
    },
    /// None of these words occurs in the password, in leet speak neither: the tenant's own name, its
    /// products, its town (ASVS 5.0 6.2.11).
    WithoutWords {
        /// The words, whatever their case.
        words: Words,
    },
    /// The whole password, whatever its case, is not on the blocklist that the host supplies.
    NotBlocklisted {
        /// Whether what remains of the password without digits and symbols at its ends and without leet
        /// speak is looked up as well: `W3lkom2026!` is then refused for `welkom`. NIST asks for whole
        /// passwords only; this is stricter.
        #[cfg_attr(feature = "serde", serde(skip_serializing_if = "std::ops::Not::not"))]
        variants: bool,
    },
    /// The password is not known from a breach. The fact comes from outside: see
    /// [`Fact::Breached`](crate::Fact::Breached).
    NotBreached {},
    /// The estimate of zxcvbn is at least this. Needs feature `strength`.
    MinimumStrength {
        /// The lowest accepted score: 1 (more than 10^3 guesses), 2 (10^6), 3 (10^8) or 4 (10^10).
        score: u16,
    },
    /// The password is not one of the account's earlier ones. The fact comes from outside: see
    /// [`Fact::Reused`](crate::Fact::Reused). One of the two numbers may be 0, which switches it off.
    NotReused {
        /// How many of the latest passwords count, the current one included; 0 to 24.
        last: u16,
        /// Passwords that were in use within this many days count; 0 to 3650.
        days: u16,
    },
    /// The current password has been in use at least this long, so that nobody runs through a history in
    /// a minute. The fact comes from outside: see [`Fact::Age`](crate::Fact::Age). A forgotten password is
    /// replaced at any age.
    MinimumAge {
        /// 1 to 720 hours.
        hours: u16,
    },
    /// A password must be replaced after this long. It asks nothing of a new password, so it is no line of
    /// the checklist: see [`Policy::maximum_age`](crate::Policy::maximum_age).
    MaximumAge {
        /// 1 to 3650 days.
        days: u16,
    },
}

/// Where white space (Unicode `White_Space`) may stand in a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "kebab-case")
)]
#[non_exhaustive]
pub enum WhiteSpace {
    /// Anywhere but at the beginning and at the end, where a slip of the hand puts it.
    Inside,
    /// Nowhere.
    Nowhere,
}

/// What counts as a sequence in [`Rule::MaximumSequence`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "kebab-case")
)]
#[non_exhaustive]
pub enum SequenceKind {
    /// The letters a to z.
    Alphabetical,
    /// The digits 0 to 9.
    Numerical,
    /// Keys in a straight line on a QWERTY keyboard (US), across or down, with or without Shift.
    Qwerty,
    /// The same on an AZERTY keyboard (Belgium, France).
    Azerty,
    /// The same on a QWERTZ keyboard (Germany).
    Qwertz,
}

impl SequenceKind {
    /// Every kind.
    pub const ALL: [Self; 5] = [
        Self::Alphabetical,
        Self::Numerical,
        Self::Qwerty,
        Self::Azerty,
        Self::Qwertz,
    ];
}

impl Rule {
    /// How many characters [`Rule::AllowedCharacters`] and [`Rule::ForbiddenCharacters`] may name one by one.
    pub const MAX_CHARACTERS_NAMED: usize = 256;

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
            Self::AllowedCharacters { .. } => Code::AllowedCharacters,
            Self::ForbiddenCharacters { .. } => Code::ForbiddenCharacters,
            Self::WhiteSpace { .. } => Code::WhiteSpace,
            Self::MaximumRun { .. } => Code::MaximumRun,
            Self::WithoutRepeatedBlock { .. } => Code::WithoutRepeatedBlock,
            Self::MaximumSequence { kind, .. } => match kind {
                SequenceKind::Alphabetical => Code::MaximumAlphabetical,
                SequenceKind::Numerical => Code::MaximumNumerical,
                SequenceKind::Qwerty => Code::MaximumQwerty,
                SequenceKind::Azerty => Code::MaximumAzerty,
                SequenceKind::Qwertz => Code::MaximumQwertz,
            },
            Self::WithoutAttributes { .. } => Code::WithoutAttributes,
            Self::WithoutWords { .. } => Code::WithoutWords,
            Self::NotBlocklisted { .. } => Code::NotBlocklisted,
            Self::NotBreached {} => Code::NotBreached,
            Self::MinimumStrength { .. } => Code::MinimumStrength,
            Self::NotReused { .. } => Code::NotReused,
            Self::MinimumAge { .. } => Code::MinimumAge,
            Self::MaximumAge { .. } => Code::MaximumAge,
        }
    }

    /// The numbers, classes and words of this rule by name, for hosts that write their own texts.
    #[must_use]
    pub fn parameters(&self) -> Vec<(&'static str, Parameter)> {
        use Parameter::{Classes, Count, Flag, Place, Text};
        match self {
            Self::MinimumLength { characters }
            | Self::MaximumLength { characters }
            | Self::MinimumDistinct { characters }
            | Self::MaximumRun { characters }
            | Self::MaximumSequence { characters, .. } => vec![("characters", Count(*characters))],
            Self::MinimumOfClass {
                characters, below, ..
            } => with_below(vec![("characters", Count(*characters))], *below),
            Self::ClassesPresent {
                classes,
                at_least,
                below,
            } => with_below(
                vec![
                    ("at_least", Count(*at_least)),
                    ("classes", Classes(*classes)),
                ],
                *below,
            ),
            Self::AllowedCharacters { set } => vec![
                ("printable_ascii", Flag(set.printable_ascii)),
                ("classes", Classes(set.classes)),
                ("characters", Text(set.characters.as_str().to_owned())),
            ],
            Self::ForbiddenCharacters { characters } => {
                vec![("characters", Text(characters.as_str().to_owned()))]
            }
            Self::WhiteSpace { allowed } => vec![("allowed", Place(*allowed))],
            Self::WithoutRepeatedBlock { shortest } => vec![("shortest", Count(*shortest))],
            Self::WithoutAttributes { shortest_part } => {
                vec![("shortest_part", Count(*shortest_part))]
            }
            Self::WithoutWords { words } => vec![("words", Parameter::Words(words.clone()))],
            Self::NotBlocklisted { variants } => vec![("variants", Flag(*variants))],
            Self::NotBreached {} => Vec::new(),
            Self::MinimumStrength { score } => vec![("score", Count(*score))],
            Self::NotReused { last, days } => vec![("last", Count(*last)), ("days", Count(*days))],
            Self::MinimumAge { hours } => vec![("hours", Count(*hours))],
            Self::MaximumAge { days } => vec![("days", Count(*days))],
        }
    }

    /// Whether the rule asks for something. The others forbid something, and have nothing to judge
    /// as long as nothing has been typed.
    pub(crate) fn is_demand(&self) -> bool {
        match self {
            Self::MinimumLength { .. }
            | Self::MinimumOfClass { .. }
            | Self::ClassesPresent { .. }
            | Self::MinimumDistinct { .. }
            | Self::MinimumStrength { .. } => true,
            Self::MaximumLength { .. }
            | Self::AllowedCharacters { .. }
            | Self::ForbiddenCharacters { .. }
            | Self::WhiteSpace { .. }
            | Self::MaximumRun { .. }
            | Self::WithoutRepeatedBlock { .. }
            | Self::MaximumSequence { .. }
            | Self::WithoutAttributes { .. }
            | Self::WithoutWords { .. }
            | Self::NotBlocklisted { .. }
            | Self::NotBreached {}
            | Self::NotReused { .. }
            | Self::MinimumAge { .. }
            | Self::MaximumAge { .. } => false,
        }
    }
}

fn with_below(
    mut parameters: Vec<(&'static str, Parameter)>,
    below: Option<u16>,
) -> Vec<(&'static str, Parameter)> {
    parameters.extend(below.map(|below| ("below", Parameter::Count(below))));
    parameters
}
