//! The characters that a policy leaves.

use super::demand::{KINDS, PerClass, Supply, signature};
use super::search::{Budget, Spent, units};
use crate::characters::{CharacterSet, Characters};
use crate::class::{Class, ClassSet};
use crate::fold::fold;
use crate::rule::{Rule, WhiteSpace};
use crate::skeleton::skeleton;
use unicode_normalization::char::canonical_combining_class;
use unicode_normalization::{IsNormalized, is_nfc_quick};

/// How many characters of one kind are tried where there is no end of them. As many as the longest password
/// has, so that they can all differ.
///
/// They are neutral: they neither combine nor have another case, and are on no keyboard and in no word of the
/// rules. So if a password with any other character in it meets the rules, it also does with a neutral one of
/// the same kind in its place, lists of passwords and strengths aside.
const OF_A_KIND: u16 = 256;

/// Where neutral characters are taken from, and all the numbers that are letters, of which there are few.
const BEYOND_ASCII: [std::ops::RangeInclusive<char>; 24] = [
    '\u{100}'..='\u{17f}',
    '\u{3b1}'..='\u{3c9}',
    '\u{430}'..='\u{45f}',
    '\u{5d0}'..='\u{5ea}',
    '\u{660}'..='\u{669}',
    '\u{966}'..='\u{96f}',
    '\u{16ee}'..='\u{16f0}',
    '\u{2074}'..='\u{2089}',
    '\u{2150}'..='\u{2188}',
    '\u{2190}'..='\u{22ff}',
    '\u{2460}'..='\u{249b}',
    '\u{2776}'..='\u{2793}',
    '\u{3007}'..='\u{3007}',
    '\u{3021}'..='\u{3029}',
    '\u{3038}'..='\u{303a}',
    '\u{4e00}'..='\u{4fff}',
    '\u{a6e6}'..='\u{a6ef}',
    '\u{10107}'..='\u{10133}',
    '\u{10140}'..='\u{103ff}',
    '\u{16ff4}'..='\u{16ff6}',
    '\u{1d400}'..='\u{1d7cb}',
    '\u{1d7ce}'..='\u{1d7ff}',
    '\u{1f300}'..='\u{1f64f}',
    '\u{12400}'..='\u{1246e}',
];

/// Unicode `White_Space` beyond ASCII, as far as it is in NFC.
const WHITE_SPACE: &str = "\t\n\u{b}\u{c}\r\u{85}\u{a0}\u{1680}\u{2002}\u{2003}\u{2004}\u{2005}\u{2006}\
    \u{2007}\u{2008}\u{2009}\u{200a}\u{2028}\u{2029}\u{202f}\u{205f}\u{3000}";

/// A character with what is worth working out once.
#[derive(Debug)]
pub(super) struct Letter {
    pub(super) c: char,
    pub(super) signature: ClassSet,
    pub(super) folded: Vec<char>,
    pub(super) skeleton: Vec<char>,
    /// Whether it neither combines with what stands before it nor, folded, with anything.
    pub(super) is_plain: bool,
    /// What is easier to type is tried first.
    pub(super) is_typable: bool,
}

impl Letter {
    fn new(c: char) -> Self {
        let folded = fold(c.encode_utf8(&mut [0; 4]));
        let is_plain = std::iter::once(c).chain(folded.chars()).all(stands_alone);
        Self {
            c,
            signature: signature(c),
            skeleton: skeleton(&folded).chars().collect(),
            folded: folded.chars().collect(),
            is_plain,
            is_typable: c.is_ascii_graphic(),
        }
    }
}

/// Whether a text stays in NFC when `c` comes after it.
fn stands_alone(c: char) -> bool {
    c.is_ascii()
        || (canonical_combining_class(c) == 0
            && is_nfc_quick(std::iter::once(c)) == IsNormalized::Yes)
}

/// The characters that may occur.
pub(super) struct Alphabet<'a> {
    allowed: Vec<&'a CharacterSet>,
    forbidden: Vec<&'a Characters>,
    is_white_space_allowed: bool,
    /// ASCII, and what the rules name one by one.
    listed: Vec<char>,
    /// The kinds of which every character may occur, save those that are forbidden by name.
    whole_kinds: Vec<ClassSet>,
    /// Characters beyond ASCII in words that are forbidden.
    in_words: Vec<char>,
}

impl<'a> Alphabet<'a> {
    pub(super) fn of(rules: &[&'a Rule]) -> Self {
        let mut alphabet = Self {
            allowed: Vec::new(),
            forbidden: Vec::new(),
            is_white_space_allowed: true,
            listed: Vec::new(),
            whole_kinds: Vec::new(),
            in_words: Vec::new(),
        };
        for rule in rules {
            match rule {
                Rule::AllowedCharacters { set } => alphabet.allowed.push(set),
                Rule::ForbiddenCharacters { characters } => alphabet.forbidden.push(characters),
                Rule::WhiteSpace {
                    allowed: WhiteSpace::Nowhere,
                } => alphabet.is_white_space_allowed = false,
                Rule::WithoutWords { words } => {
                    let characters = words.iter().flat_map(str::chars);
                    alphabet
                        .in_words
                        .extend(characters.filter(|c| !c.is_ascii()));
                }
                _ => {}
            }
        }
        alphabet.in_words.sort_unstable();
        let named = alphabet.allowed.iter();
        let named = named.flat_map(|set| set.characters.as_str().chars());
        // There are so few kinds of white space that they are all listed.
        let white: &str = if alphabet.allowed.is_empty() {
            WHITE_SPACE
        } else {
            ""
        };
        let all = (' '..='~').chain(named).chain(white.chars());
        let mut listed: Vec<char> = all.collect();
        // Before they are judged: many sets may name the same characters.
        listed.sort_unstable();
        listed.dedup();
        listed.retain(|&c| alphabet.admits(c));
        alphabet.listed = listed;
        alphabet.whole_kinds = KINDS
            .into_iter()
            .map(signature)
            .filter(|kind| !kind.is_empty())
            .filter(|kind| {
                let mut sets = alphabet.allowed.iter();
                sets.all(|set| kind.iter().any(|class| set.classes.contains(class)))
            })
            .collect();
        alphabet
    }

    fn admits(&self, c: char) -> bool {
        (self.is_white_space_allowed || !c.is_whitespace())
            && self.allowed.iter().all(|set| set.contains(c))
            && !self.forbidden.iter().any(|set| set.contains(c))
    }

    pub(super) fn supply(&self) -> Supply {
        let listed = self.listed.iter().map(|&c| signature(c));
        Supply::of(listed.chain(self.whole_kinds.iter().copied()))
    }

    /// How many different characters there are; `None` if there is no end of them.
    pub(super) fn count(&self) -> Option<usize> {
        self.whole_kinds.is_empty().then_some(self.listed.len())
    }

    /// How many characters are known one by one.
    pub(super) fn listed(&self) -> usize {
        self.listed.len()
    }

    /// How many different characters there are of each class.
    pub(super) fn variety(&self) -> PerClass {
        let mut variety = PerClass::default();
        for &c in &self.listed {
            variety.add(signature(c));
        }
        for class in self.whole_kinds.iter().flat_map(|kind| kind.iter()) {
            variety.raise(class, OF_A_KIND);
        }
        variety
    }

    /// What it takes to make one of the sets of characters to search.
    fn units_to_make_a_pool(&self) -> u32 {
        let beyond = if self.whole_kinds.is_empty() {
            0
        } else {
            1_000
        };
        units(16 + self.listed.len() / 4 + beyond)
    }

    /// Sets of characters to search, from the easiest to type to as many as are needed.
    pub(super) fn pools(&self) -> Pools<'_> {
        Pools {
            alphabet: self,
            tried: 0,
            size: 0,
        }
    }
}

/// How many ways there are to make one.
const LAST_POOL: u8 = 3;

/// See [`Alphabet::pools`]. Each is made only when it is asked for.
pub(super) struct Pools<'a> {
    alphabet: &'a Alphabet<'a>,
    tried: u8,
    size: usize,
}

/// The same, each made once and paid for.
pub(super) struct Made<'a> {
    pools: Pools<'a>,
    made: Vec<Pool>,
}

impl<'a> Made<'a> {
    pub(super) fn of(alphabet: &'a Alphabet<'a>) -> Self {
        Self {
            pools: alphabet.pools(),
            made: Vec::new(),
        }
    }

    /// The pool with this number from 0 on; `None` if there are not as many.
    pub(super) fn get(
        &mut self,
        index: usize,
        budget: &mut Budget,
    ) -> Result<Option<&Pool>, Spent> {
        while self.made.len() <= index && self.pools.tried < LAST_POOL {
            budget.spend(self.pools.alphabet.units_to_make_a_pool())?;
            self.made.extend(self.pools.next());
        }
        Ok(self.made.get(index))
    }

    /// The one with the most characters.
    pub(super) fn last(&mut self, budget: &mut Budget) -> Result<Option<&Pool>, Spent> {
        self.get(usize::from(LAST_POOL), budget)?;
        Ok(self.made.last())
    }
}

/// Characters to search.
pub(super) struct Pool {
    pub(super) letters: Vec<Letter>,
    /// Whether no other may occur.
    pub(super) is_whole: bool,
    /// Whether those that are left out could be replaced by some that are not.
    pub(super) is_representative: bool,
}

impl Iterator for Pools<'_> {
    type Item = Pool;

    fn next(&mut self) -> Option<Pool> {
        let listed = &self.alphabet.listed;
        while self.tried < LAST_POOL {
            self.tried += 1;
            let mut letters: Vec<Letter> = match self.tried {
                1 => listed
                    .iter()
                    .filter(|c| matches!(c, ' '..='~'))
                    .copied()
                    .map(Letter::new)
                    .collect(),
                2 => self.plain(),
                // Characters that combine are searched last: they make every step dearer.
                _ => listed.iter().copied().map(Letter::new).collect(),
            };
            let has_all_listed = || {
                let mut characters: Vec<char> = letters.iter().map(|letter| letter.c).collect();
                characters.sort_unstable();
                listed.iter().all(|c| characters.binary_search(c).is_ok())
            };
            let is_representative = self.tried > 1 && has_all_listed();
            let is_whole = self.alphabet.whole_kinds.is_empty() && letters.len() == listed.len();
            if letters.len() > self.size && (self.tried < 3 || is_whole) {
                self.size = letters.len();
                letters.sort_by_key(|letter| shuffled(letter.c));
                return Some(Pool {
                    letters,
                    is_whole,
                    is_representative,
                });
            }
        }
        None
    }
}

impl Pools<'_> {
    fn plain(&self) -> Vec<Letter> {
        let listed = self.alphabet.listed.iter().copied().map(Letter::new);
        let mut letters: Vec<Letter> = listed.filter(|letter| letter.is_plain).collect();
        let kinds = self.alphabet.whole_kinds.iter();
        let mut left: Vec<(ClassSet, u16)> = kinds.map(|kind| (*kind, OF_A_KIND)).collect();
        for c in BEYOND_ASCII.into_iter().flatten() {
            let kind = signature(c);
            let place = left.iter_mut().find(|(known, n)| *known == kind && *n > 0);
            let Some((_, left)) = place else { continue };
            if !self.alphabet.admits(c) || self.alphabet.listed.binary_search(&c).is_ok() {
                continue;
            }
            let letter = Letter::new(c);
            let is_rare = kind.contains(Class::Letter) && kind.contains(Class::Digit);
            let is_neutral = letter.is_plain
                && letter.folded == [c]
                && self.alphabet.in_words.binary_search(&c).is_err();
            if is_neutral || (is_rare && letter.is_plain) {
                *left -= 1;
                letters.push(letter);
            }
        }
        letters
    }
}

/// An order that has nothing to do with alphabets and keyboards (Knuth's multiplicative hash).
fn shuffled(c: char) -> u32 {
    (c as u32).wrapping_mul(2_654_435_769)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fold::nfc;
    use crate::keyboard::rows;
    use crate::rule::SequenceKind;

    #[test]
    fn white_space_is_all_listed() {
        for c in '\0'..=char::MAX {
            let listed = c == ' ' || WHITE_SPACE.contains(c);
            let is_nfc = *nfc(&c.to_string()) == c.to_string();
            assert_eq!(listed, c.is_whitespace() && is_nfc, "{c:?}");
        }
    }

    #[test]
    fn there_are_enough_characters_of_every_kind() {
        let alphabet = Alphabet::of(&[]);
        let pool = alphabet.pools().nth(1).unwrap();
        assert!(!pool.is_whole && pool.is_representative);
        for kind in KINDS.map(signature) {
            let has = |c: char| pool.letters.iter().any(|letter| letter.c == c);
            let found = pool
                .letters
                .iter()
                .filter(|letter| letter.signature == kind);
            // Or every one there is.
            assert!(
                found.count() >= usize::from(OF_A_KIND)
                    || ('\0'..=char::MAX)
                        .filter(|&c| signature(c) == kind && *nfc(&c.to_string()) == c.to_string())
                        .all(has),
                "{kind:?}"
            );
        }
        for letter in &pool.letters {
            assert!(letter.is_plain, "{:?}", letter.c);
            let is_key = |kind| {
                rows(kind)
                    .iter()
                    .flatten()
                    .any(|row| row.contains(letter.c))
            };
            assert!(letter.c.is_ascii() || !SequenceKind::ALL.into_iter().any(is_key));
            let is_in_pairs = letter.folded != [letter.c];
            let is_numeral = letter.signature.contains(Class::Digit);
            assert!(
                letter.c.is_ascii() || !is_in_pairs || is_numeral,
                "{:?}",
                letter.c
            );
        }
    }

    #[test]
    fn what_stands_alone_never_changes_a_text() {
        for c in ['é', 'ß', '한', '字', '😀', '\u{d7a3}'] {
            assert!(stands_alone(c), "{c:?}");
        }
        for c in ['\u{301}', '\u{1161}', '\u{11a8}', '\u{9be}', '\u{20dd}'] {
            let text = format!("a{c}");
            assert!(!stands_alone(c) || *nfc(&text) == text, "{c:?}");
        }
        assert!(!stands_alone('\u{301}') && !stands_alone('\u{11a8}'));
    }

    #[test]
    fn an_alphabet_is_what_all_rules_leave() {
        let digits: ClassSet = [Class::Digit].into_iter().collect();
        let rules = [
            Rule::AllowedCharacters {
                set: CharacterSet::of_classes(digits).and("abc é"),
            },
            Rule::AllowedCharacters {
                set: CharacterSet::printable_ascii().and("é"),
            },
            Rule::ForbiddenCharacters {
                characters: Characters::new("a"),
            },
            Rule::WhiteSpace {
                allowed: WhiteSpace::Nowhere,
            },
        ];
        let rules: Vec<&Rule> = rules.iter().collect();
        let alphabet = Alphabet::of(&rules);
        assert_eq!(alphabet.count(), Some(13));
        assert_eq!(alphabet.listed.iter().collect::<String>(), "0123456789bcé");
        let pools: Vec<_> = alphabet.pools().collect();
        assert_eq!(
            pools.iter().map(|p| p.letters.len()).collect::<Vec<_>>(),
            [12, 13]
        );
        assert_eq!(
            pools.iter().map(|p| p.is_whole).collect::<Vec<_>>(),
            [false, true]
        );
        assert_eq!(Alphabet::of(&[]).count(), None);
    }
}
