//! What findings are about, and how much it matters.

use std::fmt;

/// How much a finding matters. The order goes up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Severity {
    /// No clause asks for this or forbids it by name; it is worth a thought.
    Advice,
    /// A clause that says SHOULD is not followed, or the policy alone does not show that a clause is met.
    Warning,
    /// A clause that says SHALL, SHALL NOT or "verify that" is broken.
    Violation,
}

impl Severity {
    /// `advice`, `warning` or `violation`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Advice => "advice",
            Self::Warning => "warning",
            Self::Violation => "violation",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

macro_rules! concerns {
    ($($(#[$doc:meta])* $name:ident = $text:literal,)+) => {
        /// What a finding is about.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Concern {
            $($(#[$doc])* $name,)+
        }

        impl Concern {
            /// Every concern.
            pub const ALL: &[Self] = &[$(Self::$name,)+];

            /// The stable name of the concern.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)+
                }
            }
        }
    };
}

concerns! {
    /// Passwords may be too short.
    MinimumTooLow = "minimum-too-low",
    /// Passwords of 64 characters are refused.
    MaximumTooLow = "maximum-too-low",
    /// Some kinds of characters have to occur.
    Composition = "composition",
    /// A rule about kinds of characters only holds for passwords that are too short anyway.
    CompositionWithoutEffect = "composition-without-effect",
    /// Printing ASCII characters are refused.
    AsciiRefused = "ascii-refused",
    /// The space is refused.
    SpaceRefused = "space-refused",
    /// Characters beyond ASCII are refused.
    UnicodeRefused = "unicode-refused",
    /// Some types of characters are refused.
    CharactersLimited = "characters-limited",
    /// White space is refused at the beginning and the end.
    SpaceAtEndsRefused = "space-at-ends-refused",
    /// Runs, repeats, sequences or too few different characters are refused.
    PatternsRefused = "patterns-refused",
    /// The user's own data may be in a password.
    NoAttributes = "no-attributes",
    /// Words that everybody would think of may be in a password.
    NoContextWords = "no-context-words",
    /// Words are refused wherever they occur in a password.
    PartsCompared = "parts-compared",
    /// Passwords are not compared with a list of common ones.
    NoBlocklist = "no-blocklist",
    /// Too few of the words on the list are long enough to be a password.
    BlocklistTooSmall = "blocklist-too-small",
    /// The list was not there to be counted.
    BlocklistUncounted = "blocklist-uncounted",
    /// More than the password itself is looked up.
    VariantsCompared = "variants-compared",
    /// Passwords are not compared with those known from breaches.
    NoBreachCheck = "no-breach-check",
    /// The strength of a password is estimated.
    StrengthEstimated = "strength-estimated",
    /// Earlier passwords are refused.
    History = "history",
    /// A password cannot be changed at once.
    MinimumAge = "minimum-age",
    /// A password has to be changed from time to time.
    MaximumAge = "maximum-age",
    /// No password was found that people can type.
    HardToType = "hard-to-type",
}

impl fmt::Display for Concern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
