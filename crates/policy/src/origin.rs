//! Where a rule comes from, and how the rules of several scopes become one set.

use crate::rule::{Rule, WhiteSpace};
use std::collections::BTreeSet;
use std::sync::Arc;

/// A rule with the names of the scopes that ask for it as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sourced {
    pub(crate) rule: Rule,
    pub(crate) origins: BTreeSet<Arc<str>>,
}

/// The rules of both, each as strict as the stricter of the two: a password meets the result exactly if
/// it meets both.
pub(crate) fn merged(one: Vec<Sourced>, other: Vec<Sourced>) -> Vec<Sourced> {
    let mut rules: Vec<Sourced> = Vec::with_capacity(one.len() + other.len());
    for rule in one.into_iter().chain(other) {
        insert(&mut rules, rule);
    }
    rules.sort_by(|a, b| a.rule.cmp(&b.rule));
    rules
}

/// Takes every rule that says something of the same thing out, and puts the conjunction in.
fn insert(rules: &mut Vec<Sourced>, mut new: Sourced) {
    while let Some((index, both)) = rules.iter().enumerate().find_map(|(index, known)| {
        let both = conjunction(known, &new)?;
        Some((index, both))
    }) {
        rules.swap_remove(index);
        new = both;
    }
    rules.push(new);
}

/// The rules with those about earlier passwords as one, since there is one fact about them.
///
/// While scopes are merged they stay apart. Were they joined at once, a scope that asks for the last 3
/// would be named beside one that asks for the last 5, or not, depending on what was merged first.
pub(crate) fn joined(rules: Vec<Sourced>) -> Vec<Sourced> {
    let is_history = |sourced: &Sourced| matches!(sourced.rule, Rule::NotReused { .. });
    let (histories, mut rules): (Vec<_>, Vec<_>) = rules.into_iter().partition(is_history);
    let numbers = |sourced: &Sourced| match sourced.rule {
        Rule::NotReused { last, days } => (last, days),
        _ => (0, 0),
    };
    let last = histories.iter().map(|sourced| numbers(sourced).0).max();
    let days = histories.iter().map(|sourced| numbers(sourced).1).max();
    if let (Some(last), Some(days)) = (last, days) {
        let has_a_part =
            |sourced: &&Sourced| numbers(sourced).0 == last || numbers(sourced).1 == days;
        let origins = histories
            .iter()
            .filter(has_a_part)
            .flat_map(|sourced| sourced.origins.iter());
        rules.push(Sourced {
            rule: Rule::NotReused { last, days },
            origins: origins.cloned().collect(),
        });
    }
    rules
}

/// Two rules as one, if one rule can say what both say together.
fn conjunction(a: &Sourced, b: &Sourced) -> Option<Sourced> {
    if let Some(rule) = product(&a.rule, &b.rule) {
        // Each of the two has a part in it, though another may ask for that part as well.
        let origins = a.origins.union(&b.origins).cloned().collect();
        return Some(Sourced { rule, origins });
    }
    match (implies(&a.rule, &b.rule), implies(&b.rule, &a.rule)) {
        (true, true) => Some(Sourced {
            rule: a.rule.clone(),
            origins: a.origins.union(&b.origins).cloned().collect(),
        }),
        (true, false) => Some(a.clone()),
        (false, true) => Some(b.clone()),
        (false, false) => None,
    }
}

/// Rules that are lists: neither needs to imply the other for both to be one rule.
fn product(a: &Rule, b: &Rule) -> Option<Rule> {
    Some(match (a, b) {
        (
            Rule::ForbiddenCharacters { characters: a },
            Rule::ForbiddenCharacters { characters: b },
        ) => Rule::ForbiddenCharacters {
            characters: a.union(b),
        },
        (Rule::WithoutWords { words: a }, Rule::WithoutWords { words: b }) => {
            Rule::WithoutWords { words: a.union(b) }
        }
        _ => return None,
    })
}

/// Whether every password that meets `strict` meets `lax`, as far as the two rules alone show it. Rules of
/// different codes are never compared: the reader of a checklist wants to find each of them.
pub(crate) fn implies(strict: &Rule, lax: &Rule) -> bool {
    use Rule as R;
    match (strict, lax) {
        (R::MinimumLength { characters: a }, R::MinimumLength { characters: b })
        | (R::MinimumDistinct { characters: a }, R::MinimumDistinct { characters: b })
        | (R::MinimumStrength { score: a }, R::MinimumStrength { score: b })
        | (R::MinimumAge { hours: a }, R::MinimumAge { hours: b }) => a >= b,
        (R::MaximumLength { characters: a }, R::MaximumLength { characters: b })
        | (R::MaximumRun { characters: a }, R::MaximumRun { characters: b })
        | (R::WithoutRepeatedBlock { shortest: a }, R::WithoutRepeatedBlock { shortest: b })
        | (R::WithoutAttributes { shortest_part: a }, R::WithoutAttributes { shortest_part: b })
        | (R::MaximumAge { days: a }, R::MaximumAge { days: b }) => a <= b,
        (
            R::MaximumSequence {
                kind: a_kind,
                characters: a,
            },
            R::MaximumSequence {
                kind: b_kind,
                characters: b,
            },
        ) => a_kind == b_kind && a <= b,
        (
            R::MinimumOfClass {
                class: a_class,
                characters: a,
                below: a_below,
            },
            R::MinimumOfClass {
                class: b_class,
                characters: b,
                below: b_below,
            },
        ) => a_class == b_class && a >= b && reaches(*a_below, *b_below),
        (
            R::ClassesPresent {
                classes: a_classes,
                at_least: a,
                below: a_below,
            },
            R::ClassesPresent {
                classes: b_classes,
                at_least: b,
                below: b_below,
            },
        ) => a_classes.is_subset(*b_classes) && a >= b && reaches(*a_below, *b_below),
        (R::AllowedCharacters { set: a }, R::AllowedCharacters { set: b }) => a.is_subset(b),
        (R::WhiteSpace { allowed: a }, R::WhiteSpace { allowed: b }) => {
            a == b || *a == WhiteSpace::Nowhere
        }
        (R::NotBlocklisted { variants: a }, R::NotBlocklisted { variants: b }) => a >= b,
        (R::NotBreached {}, R::NotBreached {}) => true,
        (
            R::NotReused {
                last: a,
                days: a_days,
            },
            R::NotReused {
                last: b,
                days: b_days,
            },
        ) => a >= b && a_days >= b_days,
        _ => false,
    }
}

/// Whether a rule that holds below `a` holds wherever one that holds below `b` does. No limit reaches
/// everywhere.
fn reaches(a: Option<u16>, b: Option<u16>) -> bool {
    match (a, b) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some(a), Some(b)) => a >= b,
    }
}

/// Whether the two say something of the same thing, so that in one document one of them is a slip.
pub(crate) fn overlap(a: &Rule, b: &Rule) -> bool {
    product(a, b).is_some() || implies(a, b) || implies(b, a)
}
