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
//! For what must not occur anywhere in a text there are two bounds again: see [`Shares::accepted`].

use super::alphabet::Alphabet;
use super::demands::Demands;
use super::shares::Shares;
use crate::class::{Class, ClassSet};
use crate::policy::Policy;
use crate::rule::Rule;

/// Over fewer characters than this a random text is full of what an estimator takes for patterns.
const FEWEST_FOR_STRENGTH: usize = 5;

/// If this much of what is possible is certain, a better bound is worth a few hundredths of a bit only.
const WORTH_NO_MORE: f64 = 0.95;

/// Rounding never adds up to this many bits.
const SLACK_BITS: f64 = 1e-6;

/// A lower bound for the logarithm of the number of texts of `length` characters of `alphabet` that all
/// rules of `policy` accept, with `words` as the skeletons of what must not occur and `allowed` from
/// [`allowed`]; 0 if there is none.
pub(super) fn entropy_bits(
    alphabet: &Alphabet,
    demands: &Demands,
    policy: &Policy,
    words: &[String],
    allowed: f64,
    length: u16,
) -> f64 {
    if !alphabet.is_plain {
        return 0.0;
    }
    let Some(estimated) = bits_for_strength(policy, length) else {
        return 0.0;
    };
    if estimated > 0.0 && alphabet.len() < FEWEST_FOR_STRENGTH {
        return 0.0;
    }
    let enough = share_that_meets_minima(alphabet, demands, length);
    let size = alphabet.len() as f64;
    let evenly = allowed
        - (1.0 - enough)
        - share_without_classes(alphabet, demands, length)
        - share_with_fewer_distinct(size, length, demands.distinct);
    let accepted = if evenly > WORTH_NO_MORE * enough {
        evenly
    } else {
        evenly.max(enough * allowed_in_any_place(alphabet, demands, policy, words, length))
    };
    if accepted <= 0.0 {
        return 0.0;
    }
    let bits = f64::from(length) * size.log2() + accepted.min(1.0).log2();
    (bits - estimated - SLACK_BITS).max(0.0)
}

/// The share of texts that the rules which forbid something allow, at least, all characters drawn alike.
pub(super) fn allowed(alphabet: &Alphabet, policy: &Policy, words: &[String], length: u16) -> f64 {
    let even = Shares {
        alphabet,
        is_worst: false,
    };
    even.accepted(policy, words, length)
}

/// The same of texts that meet the minimum numbers per class, less those with too few different characters.
fn allowed_in_any_place(
    alphabet: &Alphabet,
    demands: &Demands,
    policy: &Policy,
    words: &[String],
    length: u16,
) -> f64 {
    let is_certain = |&(classes, at_least): &(ClassSet, u16)| {
        let certain = classes.iter().filter(|&k| demands.minimum(k) > 0);
        certain.count() >= usize::from(at_least)
    };
    if !demands.present.iter().all(is_certain) {
        return 0.0;
    }
    let worst = Shares {
        alphabet,
        is_worst: true,
    };
    let sizes = alphabet.cells.iter().map(|cell| cell.characters.len());
    let smallest = sizes.min().unwrap_or(0) as f64;
    worst.accepted(policy, words, length)
        - share_with_fewer_distinct(smallest, length, demands.distinct)
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
    let without = |absent: ClassSet| {
        let cells = alphabet.cells.iter();
        let rest = cells.filter(|cell| !cell.classes.iter().any(|k| absent.contains(k)));
        let rest: usize = rest.map(|cell| cell.characters.len()).sum();
        (rest as f64 / all).powi(length.into())
    };
    let of_rule = |&(classes, at_least): &(ClassSet, u16)| -> f64 {
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
}
