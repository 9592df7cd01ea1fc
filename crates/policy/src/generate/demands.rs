//! What a policy asks for at one length, as far as the choice of characters goes.

use crate::class::{Class, ClassSet};
use crate::policy::{MAX_CHARACTERS, MIN_CHARACTERS, Policy};
use crate::rule::Rule;

/// The rules about lengths.
#[derive(Clone, Copy)]
pub(super) struct Lengths {
    pub(super) shortest: u16,
    pub(super) longest: u16,
}

impl Lengths {
    pub(super) fn of(policy: &Policy) -> Self {
        let mut lengths = Self {
            shortest: MIN_CHARACTERS,
            longest: MAX_CHARACTERS,
        };
        for rule in policy.rules() {
            match *rule {
                Rule::MinimumLength { characters } => lengths.shortest = characters,
                Rule::MaximumLength { characters } => lengths.longest = characters,
                _ => {}
            }
        }
        lengths
    }
}

/// The demands that hold for passwords of one length.
#[derive(Clone, Default)]
pub(super) struct Demands {
    /// For each class of [`Class::ALL`], how many characters of it.
    minima: [u16; Class::ALL.len()],
    /// So many of these classes.
    pub(super) present: Vec<(ClassSet, u16)>,
    pub(super) distinct: u16,
}

impl Demands {
    pub(super) fn of(policy: &Policy, length: u16) -> Self {
        let holds = |below: Option<u16>| below.is_none_or(|below| length < below);
        let mut demands = Self::default();
        for rule in policy.rules() {
            match *rule {
                Rule::MinimumOfClass {
                    class,
                    characters,
                    below,
                } if holds(below) => demands.raise(class, characters),
                Rule::ClassesPresent {
                    classes,
                    at_least,
                    below,
                } if holds(below) => demands.present.push((classes, at_least)),
                Rule::MinimumDistinct { characters } => demands.distinct = characters,
                _ => {}
            }
        }
        demands
    }

    pub(super) fn raise(&mut self, class: Class, characters: u16) {
        for (known, minimum) in Class::ALL.into_iter().zip(&mut self.minima) {
            if known == class {
                *minimum = characters.max(*minimum);
            }
        }
    }

    pub(super) fn minimum(&self, class: Class) -> u16 {
        let mut minima = self.minima();
        minima
            .find_map(|(k, n)| (k == class).then_some(n))
            .unwrap_or(0)
    }

    pub(super) fn minima(&self) -> impl Iterator<Item = (Class, u16)> {
        Class::ALL.into_iter().zip(self.minima)
    }

    /// Where no more classes can occur than are asked for, each of them is asked for by itself.
    pub(super) fn with_what_follows(mut self, possible: ClassSet) -> Self {
        for (classes, at_least) in std::mem::take(&mut self.present) {
            let usable: ClassSet = classes.iter().filter(|&k| possible.contains(k)).collect();
            if usable.len() <= at_least {
                usable.iter().for_each(|class| self.raise(class, 1));
            }
            if usable.len() != at_least {
                self.present.push((usable, at_least));
            }
        }
        self
    }

    /// Whether characters of these classes, and so many different ones, can meet the demands at all.
    pub(super) fn are_possible(&self, possible: ClassSet, distinct: usize, length: u16) -> bool {
        let classes = self
            .minima()
            .all(|(class, n)| n == 0 || possible.contains(class));
        let present = self.present.iter().all(|&(classes, at_least)| {
            classes.iter().filter(|&k| possible.contains(k)).count() >= usize::from(at_least)
        });
        let n = |class| self.minimum(class);
        let cased = n(Class::Uppercase).saturating_add(n(Class::Lowercase));
        let room = n(Class::Letter).max(cased).saturating_add(n(Class::Digit));
        let fits = room.saturating_add(n(Class::Symbol)) <= length && self.distinct <= length;
        classes && present && fits && usize::from(self.distinct) <= distinct
    }
}
