//! Characters named one by one, and sets of them for [`Rule::AllowedCharacters`](crate::Rule::AllowedCharacters).

use crate::class::ClassSet;
use crate::fold::nfc;

/// Characters in NFC, sorted, each once.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Characters(String);

impl Characters {
    /// The characters of `text` after NFC.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self::of(nfc(text).chars())
    }

    /// Not normalised once more: two characters that happen to stand side by side must not become one.
    fn of(characters: impl Iterator<Item = char>) -> Self {
        let mut characters: Vec<char> = characters.collect();
        characters.sort_unstable();
        characters.dedup();
        Self(characters.into_iter().collect())
    }

    /// The characters in ascending order.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether `c` is one of them.
    #[must_use]
    pub fn contains(&self, c: char) -> bool {
        self.0.contains(c)
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.chars().count()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// These and those.
    pub(crate) fn union(&self, other: &Self) -> Self {
        Self::of(self.0.chars().chain(other.0.chars()))
    }

    pub(crate) fn is_subset(&self, other: &Self) -> bool {
        self.0.chars().all(|c| other.contains(c))
    }
}

/// The union of printing ASCII, of classes and of single characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct CharacterSet {
    /// Whether U+0020 to U+007E, the space included, are in the set.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "std::ops::Not::not"))]
    pub printable_ascii: bool,
    /// Classes whose characters are all in the set. White space belongs to no class.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "ClassSet::is_empty_ref")
    )]
    pub classes: ClassSet,
    /// More characters that are in the set.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Characters::is_empty"))]
    pub characters: Characters,
}

impl CharacterSet {
    /// Printing ASCII with the space, U+0020 to U+007E.
    #[must_use]
    pub fn printable_ascii() -> Self {
        Self {
            printable_ascii: true,
            ..Self::default()
        }
    }

    /// The characters of these classes.
    #[must_use]
    pub fn of_classes(classes: ClassSet) -> Self {
        Self {
            classes,
            ..Self::default()
        }
    }

    /// This set with the characters of `text` added.
    #[must_use]
    pub fn and(mut self, text: &str) -> Self {
        self.characters = self.characters.union(&Characters::new(text));
        self
    }

    /// Whether `c` is in the set.
    #[must_use]
    pub fn contains(&self, c: char) -> bool {
        (self.printable_ascii && matches!(c, ' '..='~'))
            || self.classes.iter().any(|class| class.contains(c))
            || self.characters.contains(c)
    }

    /// Whether nothing is in the set.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        !self.printable_ascii && self.classes.is_empty() && self.characters.is_empty()
    }

    /// Whether this set, as it is written down, says no more than `other`. A set may be a subset without
    /// this being seen; then both rules are kept, which is as strict.
    pub(crate) fn is_subset(&self, other: &Self) -> bool {
        self.printable_ascii <= other.printable_ascii
            && self.classes.is_subset(other.classes)
            && self.characters.is_subset(&other.characters)
    }
}

#[cfg(feature = "serde")]
mod data {
    use super::Characters;
    use crate::fold::nfc;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    impl Serialize for Characters {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            if *nfc(&self.0) == self.0 {
                return serializer.serialize_str(&self.0);
            }
            // Two of them would become one when they are read. The other way round a mark stands before
            // the letter that it would join.
            serializer.collect_str(&self.0.chars().rev().collect::<String>())
        }
    }

    impl<'de> Deserialize<'de> for Characters {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            String::deserialize(deserializer).map(|text| Self::new(&text))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::class::Class;

    #[test]
    fn characters_are_normalised_sorted_and_each_once() {
        let characters = Characters::new("zae\u{301}a");
        assert_eq!(characters.as_str(), "azé");
        assert_eq!(characters.len(), 3);
        assert!(characters.contains('é') && !characters.contains('e'));
        assert!(Characters::new("").is_empty());
        let apart = Characters::new("e").union(&Characters::new("\u{301}"));
        assert!(apart.contains('e') && apart.contains('\u{301}') && !apart.contains('é'));
    }

    #[test]
    fn a_set_is_the_union_of_its_parts() {
        let set = CharacterSet::of_classes([Class::Digit].into_iter().collect()).and("é ");
        for (c, expected) in [
            ('7', true),
            ('७', true),
            ('é', true),
            (' ', true),
            ('e', false),
        ] {
            assert_eq!(set.contains(c), expected, "{c:?}");
        }
        let ascii = CharacterSet::printable_ascii();
        for (c, expected) in [
            (' ', true),
            ('~', true),
            ('\u{7f}', false),
            ('\u{1f}', false),
        ] {
            assert_eq!(ascii.contains(c), expected, "{c:?}");
        }
        assert!(CharacterSet::default().is_empty() && !ascii.is_empty());
        assert!(ascii.is_subset(&ascii.clone().and("é")) && !set.is_subset(&ascii));
    }
}
