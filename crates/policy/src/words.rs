//! The words of [`Rule::WithoutWords`](crate::Rule::WithoutWords).

use crate::fold::{fold, nfc};
use std::sync::Arc;

/// Words without case distinctions, sorted, each once. Cloning shares them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Words(Arc<[Box<str>]>);

impl Words {
    /// The words in ascending order, folded.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &str> {
        self.0.iter().map(AsRef::as_ref)
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// These and those.
    pub(crate) fn union(&self, other: &Self) -> Self {
        self.iter().chain(other.iter()).collect()
    }
}

impl<S: AsRef<str>> FromIterator<S> for Words {
    fn from_iter<I: IntoIterator<Item = S>>(words: I) -> Self {
        let mut words: Vec<Box<str>> = words
            .into_iter()
            .map(|word| fold(&nfc(word.as_ref())).as_str().into())
            .collect();
        words.sort_unstable();
        words.dedup();
        Self(words.into())
    }
}

#[cfg(feature = "serde")]
mod data {
    use super::Words;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    impl Serialize for Words {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            serializer.collect_seq(self.iter())
        }
    }

    impl<'de> Deserialize<'de> for Words {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            Vec::<String>::deserialize(deserializer).map(Self::from_iter)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_folded_sorted_and_each_once() {
        let words: Words = ["Verzuim", "ARBO", "verzuim", "Cafe\u{301}"]
            .into_iter()
            .collect();
        assert_eq!(
            words.iter().collect::<Vec<_>>(),
            ["arbo", "café", "verzuim"]
        );
        let more: Words = ["arbo", "dienst"].into_iter().collect();
        assert_eq!(words.union(&more).len(), 4);
    }
}
