//! How many passwords a policy leaves, at least.
//!
//! The share of all texts that is accepted is bounded from below. Two ways are tried, and the better
//! one counts, because both hold:
//!
//! * of texts whose characters are all drawn alike, one takes away the share that each rule refuses, at
//!   most (the probability of a union is at most the sum);
//! * of texts that meet the minimum numbers per class, whose share is known exactly, one takes away what
//!   the rules about repetition and words refuse, at most, whichever classes stand in which places.
//!
//! For what must not occur anywhere in a text there are two bounds again: see [`growth`].

use super::alphabet::Alphabet;
use super::demands::Demands;
use crate::class::Class;
use crate::fold::fold;
use crate::keyboard::rows;
use crate::policy::Policy;
use crate::rule::{Rule, SequenceKind, WhiteSpace};
use crate::skeleton::{skeleton, unleet};
use std::collections::BTreeMap;

/// More words than all blocklists of a policy can hold that fit in memory together.
const LISTED: f64 = (1_u64 << 30) as f64;
const SHORTEST_LISTED_CORE: i32 = 4;

/// Rounding never adds up to this many bits.
const SLACK_BITS: f64 = 1e-6;

/// A lower bound for the logarithm of the number of texts of `length` characters of `alphabet` that all
/// rules of `policy` accept, with `words` as the skeletons of what must not occur; 0 if there is none.
pub(super) fn entropy_bits(
    alphabet: &Alphabet,
    demands: &Demands,
    policy: &Policy,
    words: &[String],
    length: u16,
) -> f64 {
    if !alphabet.is_plain {
        return 0.0;
    }
    let Some(estimated) = bits_for_strength(policy, length) else {
        return 0.0;
    };
    let enough = share_that_meets_minima(alphabet, demands, length);
    let size = alphabet.len() as f64;

    let even = Shares {
        alphabet,
        is_worst: false,
    };
    let evenly = even.accepted(policy, words, length)
        - (1.0 - enough)
        - share_without_classes(alphabet, demands, length)
        - share_with_fewer_distinct(size, length, demands.distinct);

    let worst = Shares {
        alphabet,
        is_worst: true,
    };
    let in_place = if demands.present.iter().all(|&(classes, n)| {
        let certain = classes.iter().filter(|&k| demands.minimum(k) > 0).count();
        certain >= usize::from(n)
    }) {
        let smallest = alphabet
            .cells
            .iter()
            .map(|cell| cell.characters.len())
            .min();
        let smallest = smallest.unwrap_or(0) as f64;
        let fewer = share_with_fewer_distinct(smallest, length, demands.distinct);
        enough * (worst.accepted(policy, words, length) - fewer)
    } else {
        0.0
    };
    let accepted = evenly.max(in_place).min(1.0);
    if accepted <= 0.0 {
        return 0.0;
    }
    let bits = f64::from(length) * size.log2() + accepted.log2();
    (bits - estimated - SLACK_BITS).max(0.0)
}

/// Whether the rules that forbid something may refuse nearly every text of this length.
pub(super) fn may_refuse_most(
    alphabet: &Alphabet,
    policy: &Policy,
    words: &[String],
    length: u16,
) -> bool {
    let even = Shares {
        alphabet,
        is_worst: false,
    };
    even.accepted(policy, words, length) < 0.25
}

/// What an estimate of strength costs. How many texts it refuses cannot be counted; at these lengths,
/// where characters drawn at random are well above the threshold without any pattern, it is less than half.
pub(super) fn bits_for_strength(policy: &Policy, length: u16) -> Option<f64> {
    let score = policy.rules().find_map(|rule| match rule {
        Rule::MinimumStrength { score } => Some(*score),
        _ => None,
    });
    match score {
        None => Some(0.0),
        // zxcvbn counts 10 guesses for every character that belongs to no pattern.
        Some(score) => {
            let powers_of_ten = match score {
                1 => 3,
                2 => 6,
                3 => 8,
                _ => 10,
            };
            (length >= powers_of_ten + 2).then_some(1.0)
        }
    }
}

/// The greatest probability with which one place holds a character of some group.
struct Shares<'a> {
    alphabet: &'a Alphabet,
    /// Whether the share in whichever cell it is greatest counts: then it does not matter in which places
    /// which cells stand. Otherwise all characters are drawn alike.
    is_worst: bool,
}

/// Texts that no accepted text has in it, all of one length.
struct Forbidden {
    length: i32,
    /// The share of texts of that length, whatever their first characters are if it is about repetition.
    share: f64,
    /// How many characters at the end are decided by those before them, or by being forbidden.
    decided: i32,
}

impl Shares<'_> {
    /// The share of each group of characters.
    fn of<K: Ord + Clone>(&self, group: impl Fn(char) -> Option<K>) -> BTreeMap<K, f64> {
        let all = self.alphabet.len() as f64;
        let mut shares: BTreeMap<K, f64> = BTreeMap::new();
        for cell in &self.alphabet.cells {
            let mut counts: BTreeMap<K, f64> = BTreeMap::new();
            for name in cell.characters.iter().filter_map(|&c| group(c)) {
                *counts.entry(name).or_default() += 1.0;
            }
            for (name, count) in counts {
                let share = shares.entry(name).or_default();
                if self.is_worst {
                    *share = f64::max(*share, count / cell.characters.len() as f64);
                } else {
                    *share += count / all;
                }
            }
        }
        shares
    }

    fn greatest<K: Ord + Clone>(&self, group: impl Fn(char) -> Option<K>) -> f64 {
        self.of(group).into_values().fold(0.0, f64::max)
    }

    /// The same character but for its case.
    fn folded(&self) -> f64 {
        self.greatest(|c| folded(c).chars().next())
    }

    fn unleet(&self) -> f64 {
        let as_letter = |which: usize| {
            self.greatest(|c| {
                unleet(&folded(c))
                    .get(which)
                    .and_then(|text| text.chars().next())
            })
        };
        as_letter(0).max(as_letter(1))
    }

    /// A lower bound for the share that the rules which forbid something accept; it may be below 0.
    fn accepted(&self, policy: &Policy, words: &[String], length: u16) -> f64 {
        let n = i32::from(length);
        let forbidden = self.forbidden(policy, words, n);
        // Either the sum over all places ...
        let places = |part: &Forbidden| f64::from((n - part.length + 1).max(0)) * part.share;
        let in_all_places = 1.0 - forbidden.iter().map(places).sum::<f64>();
        // ... or what the rules leave of the possibilities from one place to the next.
        let from_place_to_place = growth(&forbidden).powi(n);
        f64::max(in_all_places, from_place_to_place) - self.refused_as_a_whole(policy, n)
    }

    /// What must not occur anywhere.
    fn forbidden(&self, policy: &Policy, words: &[String], n: i32) -> Vec<Forbidden> {
        let mut forbidden = Vec::new();
        if !words.is_empty() {
            let shares = self.of(|c| skeleton(&folded(c)).chars().next());
            for word in words {
                let each = word.chars().map(|c| shares.get(&c).copied().unwrap_or(0.0));
                let length = i32::try_from(word.chars().count()).unwrap_or(i32::MAX);
                forbidden.push(Forbidden {
                    length,
                    share: each.product(),
                    decided: length,
                });
            }
        }
        for rule in policy.rules() {
            match rule {
                Rule::MaximumRun { characters } => {
                    let most = i32::from(*characters);
                    forbidden.push(Forbidden {
                        length: most + 1,
                        share: self.greatest(Some).powi(most),
                        decided: most,
                    });
                }
                Rule::MaximumSequence { kind, characters } => {
                    let most = i32::from(*characters);
                    let directions = match kind {
                        SequenceKind::Alphabetical | SequenceKind::Numerical => 2.0,
                        _ => 4.0,
                    };
                    forbidden.push(Forbidden {
                        length: most + 1,
                        share: directions * self.greatest(|c| key(*kind, c)).powi(most),
                        decided: most,
                    });
                }
                Rule::WithoutRepeatedBlock { shortest } => {
                    let folded = self.folded();
                    let blocks = i32::from(*shortest)..=n / 2;
                    forbidden.extend(blocks.map(|size| Forbidden {
                        length: 2 * size,
                        share: folded.powi(size),
                        decided: size,
                    }));
                }
                _ => {}
            }
        }
        forbidden
    }

    /// At most the share that is refused for the text as a whole.
    fn refused_as_a_whole(&self, policy: &Policy, n: i32) -> f64 {
        let of_rule = |rule: &Rule| match rule {
            Rule::WhiteSpace {
                allowed: WhiteSpace::Inside,
            } => 2.0 * self.greatest(|c| c.is_whitespace().then_some(())),
            Rule::NotBlocklisted { variants: false } => LISTED * self.folded().powi(n),
            Rule::NotBlocklisted { variants: true } => {
                let unleet = self.unleet();
                3.0 * LISTED * unleet.powi(n) + self.with_listed_core(n, unleet)
            }
            _ => 0.0,
        };
        policy.rules().map(of_rule).sum()
    }

    /// The share of texts whose part between the first and the last letter may be listed, as it is or with
    /// leet speak undone.
    fn with_listed_core(&self, n: i32, unleet: f64) -> f64 {
        let sizes = SHORTEST_LISTED_CORE..=n;
        if self.is_worst {
            // It is not known where the letters stand, so the part may be of any length.
            let of_size = |size| (3.0 * LISTED * unleet.powi(size)).min(1.0);
            return sizes.map(of_size).fold(0.0, f64::max);
        }
        let letters = self.greatest(|c| c.is_alphabetic().then_some(()));
        let of_size = |size: i32| {
            let places = f64::from(n - size + 1);
            let around = places * (1.0 - letters).powi(n - size);
            // Letters at both ends; or any text that a listed word can come from.
            around * f64::min(letters * letters, 3.0 * LISTED * unleet.powi(size))
        };
        sizes.map(of_size).sum()
    }
}

fn folded(c: char) -> zeroize::Zeroizing<String> {
    fold(c.encode_utf8(&mut [0; 4]))
}

/// A number `g` such that, of all ways to make an accepted text one character longer, at least the share `g`
/// gives an accepted text again.
///
/// Say it is so up to some length. Of the longer texts, those are lost that end in something forbidden. If
/// its last `d` characters are decided, taking these off leaves an accepted text, and of such texts
/// there are at most `g^-(d - 1)` for every text that was made longer, each place counted for its
/// characters. So it is true of the next length if `1 - sum(share g^(1 - d)) >= g`. (The argument is known
/// from counting words without certain factors: see Theorem 1 of arXiv:2410.19654 and its sources.)
fn growth(forbidden: &[Forbidden]) -> f64 {
    let rest = |g: f64| {
        let lost = forbidden
            .iter()
            .map(|part| part.share * g.powi(1 - part.decided));
        1.0 - lost.sum::<f64>()
    };
    // From above towards the greatest number that will do; a little less is surely enough.
    let mut g = 1.0;
    for _ in 0..64 {
        g = rest(g);
        if g <= 0.0 || !g.is_finite() {
            return 0.0;
        }
    }
    let g = g * (1.0 - 1e-9);
    if rest(g) >= g { g } else { 0.0 }
}

/// A name for the key that `c` is on: its character without Shift.
fn key(kind: SequenceKind, c: char) -> Option<char> {
    rows(kind).iter().find_map(|[plain, shifted]| {
        let place = |row: &str| row.chars().position(|k| k == c && k != ' ');
        let column = place(plain).or_else(|| place(shifted))?;
        plain.chars().nth(column).filter(|&k| k != ' ').or(Some(c))
    })
}

/// The share of texts, all characters drawn alike, with enough characters of each class.
fn share_that_meets_minima(alphabet: &Alphabet, demands: &Demands, length: u16) -> f64 {
    let n = usize::from(length);
    let all = alphabet.len() as f64;
    // At `t`: the probability that the cells so far fill `t` given places, and with enough characters.
    let mut filled = vec![0.0; n + 1];
    if let Some(nothing) = filled.first_mut() {
        *nothing = 1.0;
    }
    let (letters, others): (Vec<_>, Vec<_>) = alphabet
        .cells
        .iter()
        .partition(|cell| cell.classes.contains(Class::Letter));
    let with = |filled: &[f64], cells: &[&super::alphabet::Cell]| {
        cells.iter().fold(filled.to_vec(), |filled, cell| {
            let own = cell.classes.iter().filter(|&k| k != Class::Letter);
            let least = own.map(|k| demands.minimum(k)).max().unwrap_or(0);
            add_cell(&filled, cell.characters.len() as f64 / all, least)
        })
    };
    let mut filled = with(&filled, &letters);
    let too_few = filled
        .iter_mut()
        .take(demands.minimum(Class::Letter).into());
    too_few.for_each(|share| *share = 0.0);
    let filled = with(&filled, &others);
    filled.last().copied().unwrap_or(0.0)
}

/// One cell more, which holds `share` of all characters and must be in at least `least` places.
fn add_cell(filled: &[f64], share: f64, least: u16) -> Vec<f64> {
    let ways = |t: usize| {
        let (mut choose, mut power, mut sum) = (1.0, 1.0, 0.0);
        for (k, before) in filled.iter().take(t + 1).rev().enumerate() {
            if k >= usize::from(least) {
                sum += choose * power * before;
            }
            choose *= (t - k) as f64 / (k + 1) as f64;
            power *= share;
        }
        sum
    };
    (0..filled.len()).map(ways).collect()
}

/// At most the share of texts in which too few of some classes occur: then so many of them are absent.
fn share_without_classes(alphabet: &Alphabet, demands: &Demands, length: u16) -> f64 {
    let all = alphabet.len() as f64;
    let without = |absent: crate::class::ClassSet| {
        let cells = alphabet.cells.iter();
        let rest = cells.filter(|cell| !cell.classes.iter().any(|k| absent.contains(k)));
        let rest: usize = rest.map(|cell| cell.characters.len()).sum();
        (rest as f64 / all).powi(length.into())
    };
    let of_rule = |&(classes, at_least): &(crate::class::ClassSet, u16)| -> f64 {
        let absent = (classes.len() + 1).saturating_sub(at_least);
        let sets = classes.subsets().filter(|set| set.len() == absent);
        sets.map(without).sum()
    };
    demands.present.iter().map(of_rule).sum()
}

/// The share of texts over `size` characters with fewer than `least` different ones, exactly. If not all
/// characters are drawn alike, `size` is the smallest number that one is drawn from: a larger number only
/// makes it likelier that a character is new.
fn share_with_fewer_distinct(size: f64, length: u16, least: u16) -> f64 {
    let mut shares = vec![0.0; least.into()];
    if let Some(none) = shares.first_mut() {
        *none = 1.0;
    }
    for _ in 0..length {
        let mut before = 0.0;
        for (distinct, share) in shares.iter_mut().enumerate() {
            let known = (distinct as f64 / size).min(1.0);
            let now = *share * known + before;
            before = *share * (1.0 - known);
            *share = now;
        }
    }
    shares.iter().sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_those_of_counting() {
        let close = |found: f64, expected: f64| {
            assert!((found - expected).abs() < 1e-9, "{found} {expected}");
        };
        // Of the 1,000 numbers of three digits 720 have no digit twice, and 10 one only.
        close(share_with_fewer_distinct(10.0, 3, 3), 0.28);
        close(share_with_fewer_distinct(10.0, 3, 2), 0.01);
        close(share_with_fewer_distinct(10.0, 3, 1), 0.0);
        close(share_with_fewer_distinct(10.0, 3, 0), 0.0);

        let alphabet = Alphabet::new("aB1!".chars().collect());
        let mut demands = Demands::default();
        close(share_that_meets_minima(&alphabet, &demands, 8), 1.0);
        // 4 characters, one of each class: 4! of 4^4.
        for class in [
            Class::Uppercase,
            Class::Lowercase,
            Class::Digit,
            Class::Symbol,
        ] {
            demands.raise(class, 1);
        }
        close(
            share_that_meets_minima(&alphabet, &demands, 4),
            24.0 / 256.0,
        );
        demands.raise(Class::Letter, 3);
        close(share_that_meets_minima(&alphabet, &demands, 4), 0.0);
    }

    #[test]
    fn a_key_has_one_name() {
        assert_eq!(
            key(SequenceKind::Qwerty, 'q'),
            key(SequenceKind::Qwerty, 'Q')
        );
        assert_eq!(key(SequenceKind::Qwerty, '!'), Some('1'));
        assert_eq!(key(SequenceKind::Numerical, '4'), Some('4'));
        assert_eq!(key(SequenceKind::Numerical, 'q'), None);
    }
}
