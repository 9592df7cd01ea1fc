//! How many passphrases a policy leaves, at least.

use super::bound::bits_for_strength;
use super::demands::Lengths;
use super::password::forbidden_words;
use super::shares::LISTED;
use crate::policy::Policy;
use crate::rule::Rule;
use crate::skeleton::skeleton;
use crate::subject::Subject;
use std::collections::BTreeSet;

/// In how many ways a word of 4 to 8 letters can be a part of the word after it and a part of the one
/// before it: one more than it has letters.
const SPLITS: f64 = (5 + 6 + 7 + 8 + 9) as f64;

/// With fewer words an estimator may know most phrases to be weak.
const WORDS_FOR_STRENGTH: u16 = 5;

const SLACK_BITS: f64 = 1e-6;

/// What is drawn and what is fixed.
#[derive(Clone)]
pub(super) struct Pieces {
    pub(super) words: u16,
    pub(super) usable: Vec<&'static str>,
    /// How many letters are capitals, over all words.
    pub(super) capitals: usize,
    pub(super) separator: String,
    /// What each group of digits or symbols at the end is drawn from.
    pub(super) groups: Vec<Vec<String>>,
}

impl Pieces {
    /// The characters that do not depend on the words.
    fn fixed(&self) -> usize {
        let groups = self.groups.iter().filter_map(|group| group.first());
        let drawn: usize = groups.map(|text| text.chars().count()).sum();
        let separators = usize::from(self.words) + self.groups.len() - 1;
        drawn + separators * self.separator.chars().count()
    }
}

/// The share of phrases with a length that the policy accepts, exactly.
pub(super) fn share_that_fits(pieces: &Pieces, lengths: Lengths) -> f64 {
    let longest = usize::from(lengths.longest);
    let mut shares = vec![0.0; longest + 1];
    let Some(start) = shares.get_mut(pieces.fixed()) else {
        return 0.0;
    };
    *start = 1.0;
    let mut of_length = [0.0; 16];
    for word in &pieces.usable {
        if let Some(count) = of_length.get_mut(word.len()) {
            *count += 1.0 / pieces.usable.len() as f64;
        }
    }
    for _ in 0..pieces.words {
        shares = (0..=longest)
            .map(|length| {
                let parts = of_length.iter().enumerate();
                parts
                    .filter_map(|(size, share)| {
                        Some(share * shares.get(length.checked_sub(size)?)?)
                    })
                    .sum()
            })
            .collect();
    }
    shares.iter().skip(lengths.shortest.into()).sum()
}

/// A lower bound for the logarithm of the number of phrases that the policy accepts; 0 if there is none.
///
/// Every piece is accepted by itself between two separators. No run and no straight line of keys reaches
/// across one: the separator is no letter, on no keyboard does a line go from letter to symbol to letter, and
/// groups hold nothing that touches it. What is left is bounded here.
pub(super) fn entropy_bits(pieces: &Pieces, policy: &Policy, subject: &Subject, fits: f64) -> f64 {
    let Some(mut estimated) = bits_for_strength(policy, u16::MAX) else {
        return 0.0;
    };
    if estimated > 0.0 && pieces.words < WORDS_FOR_STRENGTH {
        return 0.0;
    }
    let words = f64::from(pieces.words);
    let usable = pieces.usable.len() as f64;
    let drawn = words * usable.log2();
    let mut refused = 1.0 - fits;
    for rule in policy.rules() {
        match rule {
            Rule::WithoutRepeatedBlock { .. } => refused += share_with_repeated_block(pieces),
            Rule::MinimumDistinct { characters } => {
                refused += share_with_fewer_distinct(pieces, *characters);
            }
            // As it is, what is left of it without digits and symbols, and both with leet speak undone in
            // two ways; the words can be read from each.
            Rule::NotBlocklisted { .. } => refused += 6.0 * LISTED * (-drawn).exp2(),
            _ => {}
        }
    }
    for word in forbidden_words(policy, subject) {
        refused += share_with_word_across(pieces, &word);
    }
    if refused >= 1.0 {
        return 0.0;
    }
    let groups: f64 = pieces
        .groups
        .iter()
        .map(|group| (group.len() as f64).log2())
        .sum();
    estimated += SLACK_BITS;
    (drawn + groups + (1.0 - refused).log2() - estimated).max(0.0)
}

/// A block that repeats itself takes in as many separators each time. With one, it ends and begins within
/// the pieces around some piece, which then is a beginning of the next followed by an ending of the one
/// before; with more, two pieces are equal.
fn share_with_repeated_block(pieces: &Pieces) -> f64 {
    let usable = pieces.usable.len() as f64;
    let words = f64::from(pieces.words);
    let mut share = words * SPLITS / usable + words * (words - 1.0) / 2.0 / usable;
    // Digits and symbols are as apart from each other as from letters.
    let is_of_digits = |group: &&Vec<String>| {
        let first = group.first().and_then(|text| text.chars().next());
        first.is_some_and(|c| c.is_ascii_digit())
    };
    let (digits, symbols): (Vec<_>, Vec<_>) = pieces.groups.iter().partition(is_of_digits);
    for groups in [digits, symbols] {
        let others = groups.len().saturating_sub(1) as f64;
        for group in groups {
            let size = group.first().map_or(0, |text| text.chars().count()) as f64;
            if others > 0.0 {
                share += (size + 1.0 + others) / group.len() as f64;
            }
        }
    }
    share
}

/// Either every word alone has too few letters, or, by Markov's inequality, so many are absent.
fn share_with_fewer_distinct(pieces: &Pieces, least: u16) -> f64 {
    let usable = pieces.usable.len() as f64;
    let words = i32::from(pieces.words);
    let others: BTreeSet<char> = pieces.separator.chars().collect();
    // Each group adds one at least, unless another group has the same.
    let groups = usize::from(!pieces.groups.is_empty());
    let letters = usize::from(least).saturating_sub(others.len() + groups);
    let Some(absent) = 27_usize.checked_sub(letters).filter(|&n| n > 0) else {
        return 1.0;
    };
    let few = pieces.usable.iter().filter(|word| {
        let own: BTreeSet<char> = word.chars().collect();
        own.len() < letters
    });
    let alone = (few.count() as f64 / usable).powi(words);
    let expected: f64 = ('a'..='z')
        .map(|letter| {
            let without = pieces.usable.iter().filter(|word| !word.contains(letter));
            (without.count() as f64 / usable).powi(words)
        })
        .sum();
    f64::min(alone, expected / absent as f64)
}

/// The share of phrases in which a word that must not occur, given by its skeleton, reaches across a
/// separator: then a piece ends with what stands before it, or begins with what stands after.
fn share_with_word_across(pieces: &Pieces, word: &str) -> f64 {
    let is_part = |c: char| c.is_alphabetic();
    // A separator is neither folded nor read as anything else.
    if !word.chars().any(|c| pieces.separator.contains(c)) {
        return 0.0;
    }
    let is_read_as_letter =
        |c: char| !c.is_ascii_digit() && skeleton(c.encode_utf8(&mut [0; 4])).contains(is_part);
    if pieces
        .groups
        .iter()
        .flatten()
        .any(|text| text.contains(is_read_as_letter))
    {
        // Symbols that stand for letters beside others that do not: not worth telling apart.
        return 1.0;
    }
    let mut parts = word.split(|c| !is_part(c));
    let before = parts.next().unwrap_or_default();
    let after = parts.next().unwrap_or_default();
    let fits = |piece: &str| {
        let text = skeleton(piece);
        if before.is_empty() {
            text.starts_with(after)
        } else {
            text.ends_with(before)
        }
    };
    let share = |all: usize, count: usize| count as f64 / all as f64;
    let usable = pieces.usable.iter().filter(|word| fits(word)).count();
    let in_words = f64::from(pieces.words) * share(pieces.usable.len(), usable);
    let in_groups = pieces
        .groups
        .iter()
        .map(|group| share(group.len(), group.iter().filter(|text| fits(text)).count()));
    in_words + in_groups.sum::<f64>()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keyboard::rows;
    use crate::rule::SequenceKind;

    #[test]
    fn no_line_of_keys_goes_from_letter_to_symbol_to_letter() {
        for kind in SequenceKind::ALL {
            let rows = rows(kind).map(|[plain, _]| plain.chars().collect::<Vec<_>>());
            let columns = (0..rows[0].len().max(14)).map(|column| {
                let cells = rows
                    .iter()
                    .map(|row| row.get(column).copied().unwrap_or(' '));
                cells.collect::<Vec<_>>()
            });
            for line in rows.iter().cloned().chain(columns) {
                let letters = line
                    .iter()
                    .map(|c| c.is_ascii_lowercase())
                    .collect::<Vec<_>>();
                let stretches = letters
                    .chunk_by(|a, b| a == b)
                    .filter(|part| part[0])
                    .count();
                assert!(stretches <= 1, "{kind:?} {line:?}");
            }
        }
    }

    fn pieces(usable: &[&'static str], words: u16) -> Pieces {
        Pieces {
            words,
            usable: usable.to_vec(),
            capitals: 0,
            separator: "-".to_owned(),
            groups: Vec::new(),
        }
    }

    #[test]
    fn shares_are_no_less_than_those_of_counting() {
        let words = ["abba", "dodo", "gaga", "wafel", "storm", "kruimel"];
        let pieces = pieces(&words, 2);
        let (mut fit, mut few, mut across) = (0.0, 0.0, 0.0);
        for one in words {
            for two in words {
                let text = format!("{one}-{two}");
                let letters: BTreeSet<char> = text.chars().collect();
                fit += f64::from(u8::from((10..=12).contains(&text.len()))) / 36.0;
                few += f64::from(u8::from(letters.len() < 7)) / 36.0;
                across += f64::from(u8::from(text.contains("a-g"))) / 36.0;
            }
        }
        let lengths = Lengths {
            shortest: 10,
            longest: 12,
        };
        assert!((share_that_fits(&pieces, lengths) - fit).abs() < 1e-9);
        assert!(few > 0.2 && share_with_fewer_distinct(&pieces, 7) >= few);
        assert!(across > 0.05 && share_with_word_across(&pieces, "a-g") >= across);
        assert_eq!(share_with_word_across(&pieces, "afel"), 0.0);
    }
}
