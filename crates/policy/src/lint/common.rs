//! How many words of the list that ships with this crate have a certain length.

/// The same text as in `src/common.rs`; the compiler keeps one of it in each of its units.
const WORDS: &str = include_str!("../../data/common-passwords.txt");

/// How many words have at least this many characters.
pub(crate) fn at_least(characters: u16) -> usize {
    let last = usize::from(characters).checked_sub(1);
    let is_long = |word: &&str| last.is_none_or(|last| word.chars().nth(last).is_some());
    WORDS.lines().filter(is_long).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_the_list_that_is_searched() {
        assert_eq!(at_least(0), crate::common::COUNT);
        assert!(WORDS.lines().all(crate::common::contains));
        assert!(at_least(15) < at_least(8) && at_least(u16::MAX) == 0);
    }
}
