//! How many characters the class rules need, and what they can be had from.

use crate::class::{Class, ClassSet};
use crate::rule::Rule;

/// A number for each class.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct PerClass([u16; Class::ALL.len()]);

impl PerClass {
    pub(super) fn get(&self, class: Class) -> u16 {
        self.0.get(class as usize).copied().unwrap_or(0)
    }

    pub(super) fn raise(&mut self, class: Class, least: u16) {
        if let Some(number) = self.0.get_mut(class as usize) {
            *number = least.max(*number);
        }
    }

    /// Counts a character that is of all these classes.
    pub(super) fn add(&mut self, signature: ClassSet) {
        for (class, number) in Class::ALL.into_iter().zip(&mut self.0) {
            *number += u16::from(signature.contains(class));
        }
    }

    pub(super) fn remove(&mut self, signature: ClassSet) {
        for (class, number) in Class::ALL.into_iter().zip(&mut self.0) {
            *number -= u16::from(signature.contains(class));
        }
    }

    fn minus(&self, have: &Self) -> Self {
        let mut left = *self;
        for (number, have) in left.0.iter_mut().zip(have.0) {
            *number = number.saturating_sub(have);
        }
        left
    }
}

/// The combinations of classes that a character can be of, each by one that is. White space is of none.
pub(super) const KINDS: [char; 9] = ['a', 'A', '字', '1', '!', 'ⅷ', 'Ⅷ', '〇', ' '];

/// The classes that `c` is of.
pub(super) fn signature(c: char) -> ClassSet {
    let classes = Class::ALL.into_iter();
    classes.filter(|class| class.contains(c)).collect()
}

/// Which combinations of classes there are characters for.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Supply {
    upper: bool,
    lower: bool,
    letter: bool,
    digit: bool,
    symbol: bool,
    /// Characters that are digits as well (`Ⅷ`, `ⅷ`, `〇`): one can do for two.
    upper_digit: bool,
    lower_digit: bool,
    letter_digit: bool,
}

impl Supply {
    pub(super) fn of(signatures: impl IntoIterator<Item = ClassSet>) -> Self {
        let mut supply = Self::default();
        for signature in signatures {
            let has = |class| signature.contains(class);
            let digit = has(Class::Digit);
            supply.upper |= has(Class::Uppercase);
            supply.lower |= has(Class::Lowercase);
            supply.letter |= has(Class::Letter);
            supply.digit |= digit;
            supply.symbol |= has(Class::Symbol);
            supply.upper_digit |= digit && has(Class::Uppercase);
            supply.lower_digit |= digit && has(Class::Lowercase);
            supply.letter_digit |= digit && has(Class::Letter);
        }
        supply
    }

    /// The fewest characters that make up `least`; the class for which there is none otherwise.
    fn fewest(self, least: &PerClass) -> Result<u16, Class> {
        let available = [self.upper, self.lower, self.letter, self.digit, self.symbol];
        for (class, available) in Class::ALL.into_iter().zip(available) {
            if !available && least.get(class) > 0 {
                return Err(class);
            }
        }
        let [upper, lower] = [Class::Uppercase, Class::Lowercase].map(|class| least.get(class));
        let cased = upper.saturating_add(lower);
        let letters = least.get(Class::Letter).max(cased);
        // Of the letters that are needed anyhow, as many as can be are digits as well.
        let digits_too = [
            (self.upper_digit, upper),
            (self.lower_digit, lower),
            (self.letter_digit, letters - cased),
        ];
        let digits_too = digits_too.iter().filter(|(can, _)| *can).map(|(_, n)| *n);
        let digits = least.get(Class::Digit).saturating_sub(digits_too.sum());
        Ok(letters
            .saturating_add(digits)
            .saturating_add(least.get(Class::Symbol)))
    }
}

/// What the class rules ask of a password.
#[derive(Debug, Clone)]
pub(super) struct Demand {
    least: PerClass,
    /// The smallest sets of classes that would do for the rules about classes that are present.
    choices: Vec<ClassSet>,
}

impl Demand {
    /// What `rules` ask for at this length.
    pub(super) fn at<'a>(rules: impl IntoIterator<Item = &'a Rule>, length: u16) -> Self {
        let holds = |below: &Option<u16>| below.is_none_or(|below| length < below);
        let mut least = PerClass::default();
        let mut present = Vec::new();
        for rule in rules {
            match rule {
                Rule::MinimumOfClass {
                    class,
                    characters,
                    below,
                } if holds(below) => least.raise(*class, *characters),
                Rule::ClassesPresent {
                    classes,
                    at_least,
                    below,
                } if holds(below) => present.push((*classes, *at_least)),
                _ => {}
            }
        }
        let all: ClassSet = Class::ALL.into_iter().collect();
        let enough = |chosen: ClassSet| {
            let counted =
                |classes: ClassSet| classes.iter().filter(|&k| chosen.contains(k)).count();
            present
                .iter()
                .all(|&(classes, at_least)| counted(classes) >= usize::from(at_least))
        };
        let mut choices: Vec<ClassSet> = Vec::new();
        let mut sets: Vec<ClassSet> = all.subsets().filter(|&chosen| enough(chosen)).collect();
        sets.sort_by_key(|set| set.len());
        for set in sets {
            if !choices.iter().any(|known| known.is_subset(set)) {
                choices.push(set);
            }
        }
        Self { least, choices }
    }

    /// The fewest characters still needed beside those that are there; a class that cannot be had if there
    /// is no way.
    pub(super) fn open(&self, have: &PerClass, supply: Supply) -> Result<u16, Class> {
        let left = self.least.minus(have);
        let mut best = Err(None);
        for choice in &self.choices {
            let mut least = left;
            for class in choice.iter().filter(|&class| have.get(class) == 0) {
                least.raise(class, 1);
            }
            best = match (supply.fewest(&least), best) {
                (Ok(few), Ok(fewest)) => Ok(few.min(fewest)),
                (Ok(few), Err(_)) => Ok(few),
                (Err(class), Err(None)) => Err(Some(class)),
                (Err(_), best) => best,
            };
        }
        // Rules in range always leave a choice: all the classes.
        best.map_err(|class| class.unwrap_or(Class::Letter))
    }

    /// How many of the characters that are still needed must have occurred before, since there are only so many
    /// of their class that have not.
    pub(super) fn repeats(&self, have: &PerClass, fresh: &PerClass, supply: Supply) -> u16 {
        let of = |class| self.left_of(class, have).saturating_sub(fresh.get(class));
        let letters = of(Class::Letter).max(of(Class::Uppercase) + of(Class::Lowercase));
        let letters_and_digits = if supply.letter_digit {
            letters.max(of(Class::Digit))
        } else {
            letters + of(Class::Digit)
        };
        letters_and_digits + of(Class::Symbol)
    }

    /// How many characters of the class are still needed by themselves.
    pub(super) fn left_of(&self, class: Class, have: &PerClass) -> u16 {
        self.least.get(class).saturating_sub(have.get(class))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_point_is_of_one_of_the_kinds() {
        let kinds = KINDS.map(signature);
        for c in '\0'..=char::MAX {
            assert!(kinds.contains(&signature(c)), "{c:?}");
        }
        assert_eq!(kinds[8], ClassSet::EMPTY);
    }

    /// The closed form against a search over how many characters there are of each kind.
    #[test]
    fn no_fewer_characters_would_do() {
        let kinds: Vec<ClassSet> = KINDS.into_iter().take(8).map(signature).collect();
        let demands = [
            [0, 0, 0, 0, 0],
            [1, 1, 0, 0, 1],
            [2, 1, 4, 3, 0],
            [0, 0, 3, 2, 0],
            [1, 0, 0, 3, 0],
            [2, 2, 1, 2, 1],
            [0, 2, 3, 5, 0],
        ];
        for available in 0_u32..256 {
            let some: Vec<ClassSet> = kinds
                .iter()
                .enumerate()
                .filter(|(i, _)| available >> i & 1 == 1)
                .map(|(_, kind)| *kind)
                .collect();
            let supply = Supply::of(some.iter().copied());
            for least in demands.map(PerClass) {
                let expected = searched(&some, least, 0, 9);
                assert_eq!(supply.fewest(&least).ok(), expected, "{some:?} {least:?}");
            }
        }
    }

    fn searched(kinds: &[ClassSet], left: PerClass, spent: u16, most: u16) -> Option<u16> {
        if left == PerClass::default() {
            return Some(spent);
        }
        let (kind, others) = kinds.split_first()?;
        let mut best: Option<u16> = None;
        let mut now = left;
        for n in spent..=most {
            best = [best, searched(others, now, n, most)]
                .into_iter()
                .flatten()
                .min();
            let mut one = PerClass::default();
            one.add(*kind);
            now = now.minus(&one);
        }
        best
    }

    #[test]
    fn classes_that_need_not_all_be_there_are_chosen_for_the_shortest_password() {
        let typed = Supply::of(KINDS.into_iter().take(5).map(signature));
        let of = |class, characters| Rule::MinimumOfClass {
            class,
            characters,
            below: None,
        };
        let present = |classes: &[Class], at_least| Rule::ClassesPresent {
            classes: classes.iter().copied().collect(),
            at_least,
            below: Some(15),
        };
        use Class::{Digit, Letter, Lowercase, Symbol, Uppercase};
        for (rules, expected) in [
            (vec![], 0),
            (vec![of(Letter, 9), of(Digit, 2)], 11),
            (vec![of(Letter, 3), of(Uppercase, 2), of(Lowercase, 2)], 4),
            (
                vec![of(Lowercase, 7), present(&[Lowercase, Digit, Symbol], 3)],
                9,
            ),
            (vec![present(&[Letter, Lowercase, Uppercase], 2)], 1),
            (vec![present(&[Letter, Lowercase, Uppercase], 3)], 2),
            (vec![present(&[Digit], 1), present(&[Digit, Symbol], 1)], 1),
        ] {
            let have = PerClass::default();
            let open = Demand::at(&rules, 14).open(&have, typed);
            assert_eq!(open, Ok(expected), "{rules:?}");
            let spared = |rule: &&Rule| matches!(rule, Rule::ClassesPresent { .. });
            let open = Demand::at(rules.iter().filter(spared), 15).open(&have, typed);
            assert_eq!(open, Ok(0), "{rules:?}");
        }
    }
}
