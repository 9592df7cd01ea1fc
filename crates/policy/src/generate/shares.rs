//! What the rules that forbid something take away, at most.

use super::alphabet::Alphabet;
use crate::fold::fold;
use crate::keyboard::rows;
use crate::policy::Policy;
use crate::rule::{Rule, SequenceKind, WhiteSpace};
use crate::skeleton::{is_literal, skeleton, unleet};
use std::collections::BTreeMap;
use zeroize::Zeroizing;

/// More words than all blocklists of a policy can hold that fit in memory together.
pub(super) const LISTED: f64 = (1_u64 << 30) as f64;
const SHORTEST_LISTED_CORE: i32 = 4;

/// The greatest probability with which one place holds a character of some group.
pub(super) struct Shares<'a> {
    pub(super) alphabet: &'a Alphabet,
    /// Whether the share in whichever cell it is greatest counts: then it does not matter in which places
    /// which cells stand. Otherwise all characters are drawn alike.
    pub(super) is_worst: bool,
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
    pub(super) fn accepted(&self, policy: &Policy, words: &[String], length: u16) -> f64 {
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
            let disguised = self.of(|c| skeleton(&folded(c)).chars().next());
            let as_it_is = self.of(|c| folded(c).chars().next());
            for word in words {
                let shares = if is_literal(word) {
                    &as_it_is
                } else {
                    &disguised
                };
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

fn folded(c: char) -> Zeroizing<String> {
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

#[cfg(test)]
mod tests {
    use super::*;

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

    #[test]
    fn what_is_left_from_place_to_place_is_no_more_than_there_is() {
        let of = |length, share, decided| Forbidden {
            length,
            share,
            decided,
        };
        // Over ten digits without two alike in a row, nine of ten go on, exactly.
        let g = growth(&[of(2, 0.1, 1)]);
        assert!(g <= 0.9 && g > 0.9 - 1e-6, "{g}");
        // Over two letters without four alike in a row the numbers grow by 1.8393 of 2 (tribonacci).
        let g = growth(&[of(4, 0.125, 3)]);
        assert!(g <= 0.919_65 && g > 0.7, "{g}");
        assert_eq!(growth(&[of(2, 0.6, 1), of(2, 0.6, 1)]), 0.0);
        assert!(growth(&[]) > 0.999_999);
    }
}
