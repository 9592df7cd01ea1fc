//! The characters that passwords are drawn from.

use super::demands::Demands;
use crate::class::{Class, ClassSet};
use crate::fold::{fold, nfc};
use crate::policy::Policy;
use crate::rule::{Rule, WhiteSpace};
use unicode_normalization::char::is_combining_mark;

/// Characters that are easily taken for one another in print.
const LOOKALIKES: &str = "0O1lI|";

/// With fewer than this, what else the policy names is drawn as well: rules against repetition are hard
/// to meet with a handful of characters.
const FEW: usize = 10;

/// Characters of which each belongs to exactly these classes.
#[derive(Clone)]
pub(super) struct Cell {
    pub(super) classes: ClassSet,
    pub(super) characters: Vec<char>,
}

/// All that is drawn from, in cells, every character in one of them.
#[derive(Clone)]
pub(super) struct Alphabet {
    pub(super) cells: Vec<Cell>,
    /// Whether every text over it is in NFC and folds character by character, and no character is
    /// letter and digit at once: then its texts can be counted.
    pub(super) is_plain: bool,
}

impl Alphabet {
    /// Printing ASCII without the space, as far as the policy allows it. If that cannot meet the demands,
    /// the characters that the policy names, and then those of its witness.
    ///
    /// The space is left out because one at an end gets lost on the way; other scripts because not
    /// everybody can type them.
    pub(super) fn of(
        policy: &Policy,
        demands: &Demands,
        length: u16,
        lookalikes: bool,
    ) -> Option<Self> {
        let permitted = |c: &char| permits(policy, *c) && (lookalikes || !LOOKALIKES.contains(*c));
        let mut characters: Vec<char> = ('!'..='~').filter(permitted).collect();
        let named = policy.rules().filter_map(|rule| match rule {
            Rule::AllowedCharacters { set } => Some(set.characters.as_str()),
            _ => None,
        });
        let named: Vec<char> = named
            .flat_map(str::chars)
            .filter(|&c| is_plain(c))
            .collect();
        for reserve in [named, policy.witness().chars().collect()] {
            let so_far = Self::new(characters.clone());
            if characters.len() >= FEW && so_far.suffices(demands, length) {
                return Some(so_far);
            }
            characters.extend(reserve.into_iter().filter(permitted));
            characters.sort_unstable();
            characters.dedup();
        }
        Some(Self::new(characters)).filter(|all| all.suffices(demands, length))
    }

    pub(super) fn new(characters: Vec<char>) -> Self {
        let is_plain = characters.iter().all(|&c| c == ' ' || is_plain(c));
        let mut cells: Vec<Cell> = Vec::new();
        for c in characters {
            let classes: ClassSet = Class::ALL.into_iter().filter(|k| k.contains(c)).collect();
            match cells.iter_mut().find(|cell| cell.classes == classes) {
                Some(cell) => cell.characters.push(c),
                None => cells.push(Cell {
                    classes,
                    characters: vec![c],
                }),
            }
        }
        Self { cells, is_plain }
    }

    pub(super) fn len(&self) -> usize {
        self.cells.iter().map(|cell| cell.characters.len()).sum()
    }

    pub(super) fn characters(&self) -> impl Iterator<Item = char> {
        self.cells.iter().flat_map(|cell| &cell.characters).copied()
    }

    /// The classes that occur in it.
    pub(super) fn classes(&self) -> ClassSet {
        self.cells
            .iter()
            .flat_map(|cell| cell.classes.iter())
            .collect()
    }

    fn suffices(&self, demands: &Demands, length: u16) -> bool {
        self.len() > 0 && demands.are_possible(self.classes(), self.len(), length)
    }
}

/// Whether the policy lets `c` stand somewhere in a password.
pub(super) fn permits(policy: &Policy, c: char) -> bool {
    policy.rules().all(|rule| match rule {
        Rule::AllowedCharacters { set } => set.contains(c),
        Rule::ForbiddenCharacters { characters } => !characters.contains(c),
        Rule::WhiteSpace {
            allowed: WhiteSpace::Nowhere,
        } => !c.is_whitespace(),
        _ => true,
    })
}

/// Whether `c` stays what it is beside any other character, in NFC and folded.
fn is_plain(c: char) -> bool {
    let mut buffer = [0; 4];
    let text: &str = c.encode_utf8(&mut buffer);
    let stays = *nfc(text) == *text && fold(text).chars().count() == 1;
    // Vowels and final consonants of Hangul join the syllable before them without being marks.
    let joins = is_combining_mark(c) || matches!(c, '\u{1160}'..='\u{11ff}');
    let shows = !c.is_control() && !c.is_whitespace();
    stays && shows && !joins && !(c.is_alphabetic() && c.is_numeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_characters_are_those_that_nothing_happens_to() {
        for (c, expected) in [
            ('a', true),
            ('é', true),
            ('字', true),
            ('😀', true),
            ('ß', false),
            ('ﬃ', false),
            ('İ', false),
            ('\u{301}', false),
            ('\u{9be}', false),
            ('\u{1161}', false),
            ('\u{11a8}', false),
            ('\u{212b}', false),
            ('Ⅷ', false),
            (' ', false),
            ('\n', false),
        ] {
            assert_eq!(is_plain(c), expected, "{c:?}");
        }
    }
}
