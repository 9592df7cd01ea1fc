//! Passwords that are too well known to be accepted.

use crate::MAX_BYTES;
use crate::error::BlocklistError;
use crate::fold::{fold, nfc};
use crate::skeleton::{core, unleet};
use std::fmt;
use std::sync::Arc;

/// A list of words that a password must not be equal to.
///
/// The comparison is with the whole password, after NFC and without regard to case; a password that
/// merely contains a word passes (NIST SP 800-63B-4 §3.1.1.2). Cloning shares the list.
///
/// ```
/// # use slotwerk_policy::Blocklist;
/// let list = Blocklist::from_words("welkom01\nWachtwoord1\n".lines())?;
/// assert!(list.contains("WELKOM01"));
/// assert!(!list.contains("welkom01 bij ons"));
/// # Ok::<(), slotwerk_policy::BlocklistError>(())
/// ```
#[derive(Clone)]
pub struct Blocklist(Vec<List>);

/// The parts of a blocklist that was put together.
#[derive(Clone)]
enum List {
    Words(Arc<Words>),
    #[cfg(feature = "common-passwords")]
    Common,
}

impl List {
    fn contains(&self, folded: &str) -> bool {
        match self {
            Self::Words(words) => words.contains(folded),
            #[cfg(feature = "common-passwords")]
            Self::Common => crate::common::contains(folded),
        }
    }

    fn len(&self) -> usize {
        match self {
            Self::Words(words) => words.ends.len(),
            #[cfg(feature = "common-passwords")]
            Self::Common => crate::common::COUNT,
        }
    }

    fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Words(one), Self::Words(two)) => Arc::ptr_eq(one, two) || one == two,
            #[cfg(feature = "common-passwords")]
            (Self::Common, Self::Common) => true,
            #[cfg(feature = "common-passwords")]
            _ => false,
        }
    }
}

/// The folded words in ascending order, end to end: a million of them cost their text and 4 bytes each.
#[derive(PartialEq, Eq)]
struct Words {
    text: String,
    ends: Vec<u32>,
}

impl Blocklist {
    /// The greatest number of words in one list.
    pub const MAX_WORDS: usize = 5_000_000;
    /// The greatest total length of the words, in bytes after folding: 64 MiB.
    pub const MAX_TEXT_BYTES: usize = 64 * 1024 * 1024;

    /// The list that comes with this crate: common passwords, at least 3,000 of them at every minimum length
    /// from 8 to 15 characters (ASVS 5.0 6.2.4), and common Dutch words. Nothing is loaded: it is searched
    /// where it lies in the program. `data/README.md` tells where it is from.
    #[cfg(feature = "common-passwords")]
    #[cfg_attr(docsrs, doc(cfg(feature = "common-passwords")))]
    #[must_use]
    pub fn common() -> Self {
        Self(vec![List::Common])
    }

    /// This list and that one. A list that is in it already is not added again.
    #[must_use]
    pub fn and(mut self, other: &Self) -> Self {
        for list in &other.0 {
            if !self.0.iter().any(|known| known.is_same(list)) {
                self.0.push(list.clone());
            }
        }
        self
    }

    /// Makes a list of `words`, for example the lines of a file. Empty words are passed over, and a word
    /// that stands twice counts once.
    ///
    /// # Errors
    ///
    /// [`BlocklistError::Empty`] if there is no word, [`BlocklistError::WordTooLong`] if a word has more
    /// than [`MAX_BYTES`] bytes, [`BlocklistError::TooLarge`] beyond [`Self::MAX_WORDS`] or
    /// [`Self::MAX_TEXT_BYTES`].
    pub fn from_words<I>(words: I) -> Result<Self, BlocklistError>
    where
        I: IntoIterator,
        I::Item: AsRef<str>,
    {
        Self::within(words, Self::MAX_WORDS, Self::MAX_TEXT_BYTES)
    }

    fn within<I>(words: I, max_words: usize, max_bytes: usize) -> Result<Self, BlocklistError>
    where
        I: IntoIterator,
        I::Item: AsRef<str>,
    {
        let mut folded: Vec<Box<str>> = Vec::new();
        let mut bytes = 0_usize;
        for (index, word) in words.into_iter().enumerate() {
            let word = word.as_ref();
            if word.is_empty() {
                continue;
            }
            if word.len() > MAX_BYTES {
                return Err(BlocklistError::WordTooLong { index });
            }
            let word = fold(&nfc(word));
            bytes = bytes.saturating_add(word.len());
            if folded.len() >= max_words || bytes > max_bytes {
                return Err(BlocklistError::TooLarge { index });
            }
            folded.push(word.as_str().into());
        }
        if folded.is_empty() {
            return Err(BlocklistError::Empty);
        }
        folded.sort_unstable();
        folded.dedup();
        let mut text = String::with_capacity(bytes);
        let mut ends = Vec::with_capacity(folded.len());
        for (index, word) in folded.iter().enumerate() {
            text.push_str(word);
            ends.push(u32::try_from(text.len()).map_err(|_| BlocklistError::TooLarge { index })?);
        }
        Ok(Self(vec![List::Words(Arc::new(Words { text, ends }))]))
    }

    /// Whether the whole of `password` is on the list, after NFC and without regard to case.
    ///
    /// Anything longer than [`MAX_BYTES`] bytes is not, since no such word can be listed.
    #[must_use]
    pub fn contains(&self, password: &str) -> bool {
        password.len() <= MAX_BYTES && self.contains_folded(&fold(&nfc(password)))
    }

    /// The number of words. A word that is on two of the lists that were put together counts twice.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.iter().map(List::len).sum()
    }

    /// How many different words have at least this many characters, in code points after folding: those that a
    /// password of such a policy could be equal to. Takes time in proportion to the list.
    #[must_use]
    pub fn len_at_least(&self, characters: u16) -> usize {
        let last = usize::from(characters).checked_sub(1);
        let is_long = |word: &str| last.is_none_or(|last| word.chars().nth(last).is_some());
        let count = |(index, list): (usize, &List)| match list {
            #[cfg(feature = "common-passwords")]
            List::Common => crate::lint::common_at_least(characters),
            List::Words(words) => (0..words.ends.len())
                .map(|n| words.word(n))
                .filter(|word| is_long(word))
                .filter(|word| {
                    // On another list it was counted, or will be. The list that ships counts all of its own.
                    let mut others = self.0.iter().enumerate();
                    !others.any(|(other, list)| {
                        let is_counted_there = other < index || !matches!(list, List::Words(_));
                        is_counted_there && other != index && list.contains(word)
                    })
                })
                .count(),
        };
        self.0.iter().enumerate().map(count).sum()
    }

    /// Always `false`: an empty list cannot be made.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub(crate) fn contains_folded(&self, folded: &str) -> bool {
        self.0.iter().any(|list| list.contains(folded))
    }

    /// Whether what is left of a folded password is listed, once digits and symbols are off its ends, leet
    /// speak is undone, or both. Fewer than [`SHORTEST_CORE`] characters are not looked up, or every
    /// password around a short word would go.
    pub(crate) fn contains_variant(&self, folded: &str) -> bool {
        let is_listed = |text: &str| {
            text.chars().nth(SHORTEST_CORE - 1).is_some() && self.contains_folded(text)
        };
        let without_leet = |text: &str| unleet(text).iter().any(|plain| is_listed(plain));
        let core = core(folded);
        if core.len() == folded.len() {
            // The whole was looked up already.
            return without_leet(folded);
        }
        is_listed(core) || without_leet(core) || without_leet(folded)
    }
}

/// The shortest word that is looked up as a part of a password.
const SHORTEST_CORE: usize = 4;

impl Words {
    fn contains(&self, folded: &str) -> bool {
        let (mut low, mut high) = (0, self.ends.len());
        while low < high {
            let middle = low + (high - low) / 2;
            match self.word(middle).cmp(folded) {
                std::cmp::Ordering::Equal => return true,
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Greater => high = middle,
            }
        }
        false
    }

    fn word(&self, index: usize) -> &str {
        let end = |i: usize| self.ends.get(i).map_or(0, |&end| end as usize);
        let start = index.checked_sub(1).map_or(0, end);
        self.text.get(start..end(index)).unwrap_or_default()
    }
}

impl fmt::Debug for Blocklist {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Blocklist({} words)", self.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_found_and_its_neighbours_are_not() {
        let words: Vec<String> = (0..2_000).map(|n| format!("woord-{}", n * 3)).collect();
        let list = Blocklist::from_words(&words).unwrap();
        assert_eq!(list.len(), 2_000);
        assert!(!list.is_empty());
        for n in 0..6_000 {
            assert_eq!(list.contains(&format!("WOORD-{n}")), n % 3 == 0, "{n}");
        }
        assert!(!list.contains(""));
        assert!(!list.contains("woord-"));
    }

    #[test]
    fn equivalent_spellings_are_one_word() {
        let list = Blocklist::from_words(["caf\u{e9}-olé", "CAFE\u{301}-OLÉ", ""]).unwrap();
        assert_eq!(list.len(), 1);
        assert!(list.contains("Cafe\u{301}-Ole\u{301}"));
        assert!(!list.contains("cafe-ole"));
    }

    #[test]
    fn a_list_that_would_check_nothing_is_refused() {
        assert_eq!(
            Blocklist::from_words(["", ""]).unwrap_err(),
            BlocklistError::Empty
        );
    }

    #[test]
    fn a_word_list_is_bounded() {
        let long = "a".repeat(MAX_BYTES + 1);
        assert_eq!(
            Blocklist::from_words(["kort", &long]).unwrap_err(),
            BlocklistError::WordTooLong { index: 1 }
        );
        let words = ["een", "twee", "", "drie"];
        let too_large = BlocklistError::TooLarge { index: 3 };
        assert_eq!(Blocklist::within(words, 2, 100).unwrap_err(), too_large);
        assert_eq!(Blocklist::within(words, 3, 10).unwrap_err(), too_large);
        assert_eq!(Blocklist::within(words, 3, 11).unwrap().len(), 3);
        assert!(!Blocklist::from_words(["kort"]).unwrap().contains(&long));
    }

    #[test]
    fn debug_shows_no_words() {
        let list = Blocklist::from_words(["geheim"]).unwrap();
        assert_eq!(format!("{list:?}"), "Blocklist(1 words)");
    }
}
