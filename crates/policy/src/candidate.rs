//! A password taken apart once, so that each rule only has to look.

use crate::class::Class;
use crate::fold::{fold, nfc};
use crate::skeleton::{is_literal, skeleton};
use std::cell::OnceCell;
use zeroize::Zeroizing;

/// What few policies ask for is worked out when it is first asked for.
pub(crate) struct Candidate {
    /// The password in NFC: what is judged is also what will be hashed.
    pub(crate) nfc: Zeroizing<String>,
    pub(crate) characters: Zeroizing<Vec<char>>,
    folded: OnceCell<Zeroizing<String>>,
    skeleton: OnceCell<Zeroizing<String>>,
    per_class: OnceCell<[usize; Class::ALL.len()]>,
}

impl Candidate {
    /// Costs time and memory in proportion to `password`, so the caller bounds it first.
    pub(crate) fn new(password: &str) -> Self {
        let nfc = nfc(password);
        // Sized first: a vector that grows leaves its earlier buffers in freed memory.
        let mut characters = Zeroizing::new(Vec::with_capacity(nfc.chars().count()));
        characters.extend(nfc.chars());
        Self {
            nfc,
            characters,
            folded: OnceCell::new(),
            skeleton: OnceCell::new(),
            per_class: OnceCell::new(),
        }
    }

    pub(crate) fn length(&self) -> usize {
        self.characters.len()
    }

    /// The password without case distinctions.
    pub(crate) fn folded(&self) -> &str {
        self.folded.get_or_init(|| fold(&self.nfc))
    }

    /// The same with leet speak undone.
    fn skeleton(&self) -> &str {
        self.skeleton.get_or_init(|| skeleton(self.folded()))
    }

    /// Whether a [`needle`](crate::skeleton::needle) occurs in the password.
    pub(crate) fn contains(&self, needle: &str) -> bool {
        if is_literal(needle) {
            self.folded().contains(needle)
        } else {
            self.skeleton().contains(needle)
        }
    }

    pub(crate) fn of_class(&self, class: Class) -> usize {
        let counts = self.per_class.get_or_init(|| {
            let mut counts = [0; Class::ALL.len()];
            for &c in self.characters.iter() {
                for (class, count) in Class::ALL.into_iter().zip(&mut counts) {
                    *count += usize::from(class.contains(c));
                }
            }
            counts
        });
        Class::ALL
            .into_iter()
            .zip(counts)
            .find_map(|(k, count)| (k == class).then_some(*count))
            .unwrap_or(0)
    }

    pub(crate) fn distinct(&self) -> usize {
        let mut sorted = self.characters.clone();
        sorted.sort_unstable();
        sorted.dedup();
        sorted.len()
    }

    pub(crate) fn longest_run(&self) -> usize {
        let runs = self.characters.chunk_by(|a, b| a == b);
        runs.map(<[char]>::len).max().unwrap_or(0)
    }

    /// Whether a block of at least `shortest` characters is followed by itself, whatever its case.
    pub(crate) fn has_repeated_block(&self, shortest: usize) -> bool {
        let mut folded = Zeroizing::new(Vec::with_capacity(self.folded().chars().count()));
        folded.extend(self.folded().chars());
        (shortest..=folded.len() / 2).any(|period| {
            let later = folded.iter().skip(period);
            let mut run = 0;
            folded.iter().zip(later).any(|(a, b)| {
                run = if a == b { run + 1 } else { 0 };
                run == period
            })
        })
    }

    pub(crate) fn has_white_space_at_an_end(&self) -> bool {
        let is_white = |c: Option<&char>| c.is_some_and(|c| c.is_whitespace());
        is_white(self.characters.first()) || is_white(self.characters.last())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_is_repeated_only_where_it_stands_twice_in_a_row() {
        for (text, shortest, expected) in [
            ("abcabc", 3, true),
            ("abcABC", 2, true),
            ("abcabc", 4, false),
            ("xabcabcy", 2, true),
            ("abcxabc", 2, false),
            ("aaaa", 2, true),
            ("aaa", 2, false),
            ("abab", 2, true),
            ("", 2, false),
            ("welkomWelkom", 6, true),
        ] {
            let candidate = Candidate::new(text);
            assert_eq!(candidate.has_repeated_block(shortest), expected, "{text}");
        }
    }
}
