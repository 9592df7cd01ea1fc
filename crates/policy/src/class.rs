//! Character classes, defined by Unicode properties that Rust and JavaScript both know.

use std::fmt;

/// A class of code points that a rule can ask for.
///
/// The definitions use only properties that Rust's standard library and JavaScript's `\p{…}` share,
/// so that the server and the page cannot disagree. Classes may overlap: `Ⅷ` (Roman numeral eight)
/// is uppercase, a letter and a digit, and counts for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "kebab-case")
)]
#[non_exhaustive]
pub enum Class {
    /// Capital letters: Unicode property `Uppercase`.
    Uppercase,
    /// Small letters: Unicode property `Lowercase`.
    Lowercase,
    /// Letters of any script, with or without case: Unicode property `Alphabetic`.
    Letter,
    /// Digits and other numbers of any script: general category `N`.
    Digit,
    /// Everything that is not `Alphabetic`, not `N` and not `White_Space`: punctuation, signs, emoji.
    Symbol,
}

impl Class {
    /// Every class, in the order in which requirements are listed.
    pub const ALL: [Self; 5] = [
        Self::Uppercase,
        Self::Lowercase,
        Self::Letter,
        Self::Digit,
        Self::Symbol,
    ];

    /// Whether `c` belongs to this class.
    #[must_use]
    pub fn contains(self, c: char) -> bool {
        match self {
            Self::Uppercase => c.is_uppercase(),
            Self::Lowercase => c.is_lowercase(),
            Self::Letter => c.is_alphabetic(),
            Self::Digit => c.is_numeric(),
            Self::Symbol => !c.is_alphabetic() && !c.is_numeric() && !c.is_whitespace(),
        }
    }

    /// The stable name of the class in data: `uppercase`, `lowercase`, `letter`, `digit`, `symbol`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Uppercase => "uppercase",
            Self::Lowercase => "lowercase",
            Self::Letter => "letter",
            Self::Digit => "digit",
            Self::Symbol => "symbol",
        }
    }

    const fn bit(self) -> u8 {
        1 << self as u8
    }
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A set of [`Class`]es. Collecting a class twice keeps it once.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct ClassSet(u8);

impl ClassSet {
    /// The empty set.
    pub const EMPTY: Self = Self(0);

    /// This set with `class` added.
    #[must_use]
    pub const fn with(self, class: Class) -> Self {
        Self(self.0 | class.bit())
    }

    /// Whether `class` is in the set.
    #[must_use]
    pub const fn contains(self, class: Class) -> bool {
        self.0 & class.bit() != 0
    }

    /// How many classes the set holds.
    #[must_use]
    pub fn len(self) -> u16 {
        self.0.count_ones() as u16
    }

    /// Whether the set holds no class.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether every class of this set is in `other`.
    #[must_use]
    pub const fn is_subset(self, other: Self) -> bool {
        self.0 & !other.0 == 0
    }

    /// For serde, which passes a reference.
    #[cfg(feature = "serde")]
    pub(crate) fn is_empty_ref(&self) -> bool {
        self.is_empty()
    }

    /// Every set that holds some of these classes and no other, the empty set and this one included.
    pub(crate) fn subsets(self) -> impl Iterator<Item = Self> {
        (0..=self.0)
            .filter(move |bits| bits & !self.0 == 0)
            .map(Self)
    }

    /// The classes in the set, in the order of [`Class::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Class> {
        Class::ALL
            .into_iter()
            .filter(move |&class| self.contains(class))
    }
}

impl FromIterator<Class> for ClassSet {
    fn from_iter<I: IntoIterator<Item = Class>>(classes: I) -> Self {
        classes.into_iter().fold(Self::EMPTY, Self::with)
    }
}

impl fmt::Debug for ClassSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

#[cfg(feature = "serde")]
mod data {
    use super::{Class, ClassSet};
    use serde::de::{Deserialize, Deserializer, Error, SeqAccess, Visitor};
    use serde::ser::{Serialize, Serializer};
    use std::fmt;

    impl Serialize for ClassSet {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            serializer.collect_seq(self.iter())
        }
    }

    impl<'de> Deserialize<'de> for ClassSet {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            deserializer.deserialize_seq(ClassList)
        }
    }

    struct ClassList;

    impl<'de> Visitor<'de> for ClassList {
        type Value = ClassSet;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a list of different character classes")
        }

        // A class named twice in data is a slip ("3 of these 4" would mean 3 of 3), so it is refused
        // here, where collecting from code would forgive it.
        fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<ClassSet, A::Error> {
            let mut set = ClassSet::EMPTY;
            while let Some(class) = list.next_element::<Class>()? {
                if set.contains(class) {
                    return Err(A::Error::custom(format_args!(
                        "class `{class}` is named twice"
                    )));
                }
                set = set.with(class);
            }
            Ok(set)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_follow_unicode_not_ascii() {
        for (c, expected) in [
            ('A', &[Class::Uppercase, Class::Letter][..]),
            ('é', &[Class::Lowercase, Class::Letter]),
            ('Ж', &[Class::Uppercase, Class::Letter]),
            ('字', &[Class::Letter]),
            ('７', &[Class::Digit]),
            ('٣', &[Class::Digit]),
            ('½', &[Class::Digit]),
            ('Ⅷ', &[Class::Uppercase, Class::Letter, Class::Digit]),
            ('€', &[Class::Symbol]),
            ('_', &[Class::Symbol]),
            ('😀', &[Class::Symbol]),
            ('\u{301}', &[Class::Symbol]),
            (' ', &[]),
            ('\u{a0}', &[]),
            ('\u{3000}', &[]),
        ] {
            let found: Vec<_> = Class::ALL.into_iter().filter(|k| k.contains(c)).collect();
            assert_eq!(found, expected, "{c:?}");
        }
    }

    #[test]
    fn every_cased_code_point_is_a_letter() {
        for c in '\0'..=char::MAX {
            let cased = Class::Uppercase.contains(c) || Class::Lowercase.contains(c);
            assert!(!cased || Class::Letter.contains(c), "{c:?}");
            assert!(
                !(Class::Uppercase.contains(c) && Class::Lowercase.contains(c)),
                "{c:?}"
            );
        }
    }

    #[test]
    fn a_set_lists_each_class_once_in_order() {
        let set: ClassSet = [Class::Symbol, Class::Digit, Class::Symbol]
            .into_iter()
            .collect();
        assert_eq!(set.len(), 2);
        assert_eq!(
            set.iter().collect::<Vec<_>>(),
            [Class::Digit, Class::Symbol]
        );
        assert!(!set.contains(Class::Letter));
        assert!(ClassSet::EMPTY.is_empty() && !set.is_empty());
    }
}
