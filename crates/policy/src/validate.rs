//! Refusing a contradictory policy when it is built, not when a user meets it.

use crate::blocklist::Blocklist;
use crate::characters::Characters;
use crate::draft::PolicyDraft;
use crate::error::PolicyError;
use crate::origin::{Sourced, joined, overlap};
use crate::policy::{MAX_CHARACTERS, MIN_CHARACTERS};
use crate::rule::Rule;
use std::collections::BTreeSet;

/// The greatest number of words in one rule, and of characters in one of them.
const MAX_WORDS: usize = 256;
/// The same once the rules of several scopes were merged: four scopes with all they may have.
const MAX_MERGED_WORDS: usize = 4 * MAX_WORDS;
const MAX_MERGED_CHARACTERS: usize = 4 * Rule::MAX_CHARACTERS_NAMED;
const WORD_CHARACTERS: std::ops::RangeInclusive<usize> = 3..=64;

/// Whether each rule of one document makes sense by itself, and none of them stands twice.
pub(crate) fn sound(rules: &[Rule], scope: Option<&str>) -> Result<(), PolicyError> {
    if rules.len() > PolicyDraft::MAX_RULES {
        return Err(PolicyError::TooManyRules {
            rules: rules.len(),
            most: PolicyDraft::MAX_RULES,
        });
    }
    if scope.is_some_and(|name| name.is_empty() || name.len() > PolicyDraft::MAX_SCOPE_BYTES) {
        return Err(PolicyError::ScopeName);
    }
    for (index, rule) in rules.iter().enumerate() {
        in_range(rule)?;
        if rules.iter().take(index).any(|known| overlap(known, rule)) {
            return Err(PolicyError::Duplicate { code: rule.code() });
        }
    }
    Ok(())
}

/// The rules in the order of the checklist with a password that satisfies them all, if there is one.
pub(crate) fn validated(
    rules: Vec<Sourced>,
    blocklist: Option<&Blocklist>,
) -> Result<(Vec<Sourced>, String), PolicyError> {
    if rules.len() > PolicyDraft::MAX_RULES {
        return Err(PolicyError::TooManyRules {
            rules: rules.len(),
            most: PolicyDraft::MAX_RULES,
        });
    }
    rules
        .iter()
        .try_for_each(|sourced| within_what_is_merged(&sourced.rule))?;
    let mut rules = joined(rules);
    rules.sort_by(|a, b| a.rule.cmp(&b.rule));
    let has = |is: fn(&Rule) -> bool| rules.iter().any(|sourced| is(&sourced.rule));
    if !has(|rule| matches!(rule, Rule::MinimumLength { .. })) {
        return Err(PolicyError::MinimumLengthMissing);
    }
    if blocklist.is_none() && has(|rule| matches!(rule, Rule::NotBlocklisted { .. })) {
        return Err(PolicyError::BlocklistMissing);
    }
    if !cfg!(feature = "strength") && has(|rule| matches!(rule, Rule::MinimumStrength { .. })) {
        return Err(PolicyError::StrengthUnavailable);
    }
    if !has(|rule| matches!(rule, Rule::MaximumLength { .. })) {
        // The minimum stands first, the maximum second.
        rules.insert(
            1,
            Sourced {
                rule: Rule::MaximumLength {
                    characters: MAX_CHARACTERS,
                },
                origins: BTreeSet::new(),
            },
        );
    }
    let witness = crate::witness::witness(&rules, blocklist)?;
    Ok((rules, witness))
}

/// Rules that are lists grow when they are merged; what one document may hold does not bound that.
fn within_what_is_merged(rule: &Rule) -> Result<(), PolicyError> {
    let (parameter, value, highest) = match rule {
        Rule::WithoutWords { words } => ("words", words.len(), MAX_MERGED_WORDS),
        Rule::ForbiddenCharacters { characters } => {
            ("characters", characters.len(), MAX_MERGED_CHARACTERS)
        }
        _ => return Ok(()),
    };
    if value <= highest {
        return Ok(());
    }
    Err(PolicyError::OutOfRange {
        code: rule.code(),
        parameter,
        value,
        lowest: 1,
        highest,
    })
}

fn in_range(rule: &Rule) -> Result<(), PolicyError> {
    let refused = |parameter, value: usize, lowest, highest| PolicyError::OutOfRange {
        code: rule.code(),
        parameter,
        value,
        lowest,
        highest,
    };
    let within = |parameter, value: u16, lowest: u16, highest: u16| {
        if (lowest..=highest).contains(&value) {
            return Ok(());
        }
        Err(refused(
            parameter,
            value.into(),
            lowest.into(),
            highest.into(),
        ))
    };
    let below = |below: Option<u16>| match below {
        // A condition that no length meets would switch the rule off without saying so.
        Some(below) => within("below", below, MIN_CHARACTERS + 1, MAX_CHARACTERS),
        None => Ok(()),
    };
    match rule {
        Rule::MinimumLength { characters } | Rule::MaximumLength { characters } => {
            within("characters", *characters, MIN_CHARACTERS, MAX_CHARACTERS)
        }
        Rule::MinimumOfClass {
            characters,
            below: limit,
            ..
        } => {
            within("characters", *characters, 1, MAX_CHARACTERS)?;
            below(*limit)
        }
        Rule::MaximumRun { characters } => within("characters", *characters, 1, MAX_CHARACTERS),
        Rule::MinimumDistinct { characters } => {
            within("characters", *characters, 2, MAX_CHARACTERS)
        }
        Rule::ClassesPresent {
            classes,
            at_least,
            below: limit,
        } => {
            let named = classes.len();
            if *at_least > named {
                return Err(PolicyError::TooFewClasses {
                    at_least: *at_least,
                    named,
                });
            }
            within("at_least", *at_least, 1, named)?;
            below(*limit)
        }
        Rule::AllowedCharacters { set } => {
            if set.is_empty() {
                return Err(refused("characters", 0, 1, Rule::MAX_CHARACTERS_NAMED));
            }
            named(&set.characters, 0, rule)
        }
        Rule::ForbiddenCharacters { characters } => named(characters, 1, rule),
        Rule::WithoutRepeatedBlock { shortest } => within("shortest", *shortest, 2, 32),
        Rule::MaximumSequence { characters, .. } => within("characters", *characters, 2, 64),
        Rule::WithoutAttributes { shortest_part } => within("shortest_part", *shortest_part, 3, 8),
        Rule::WithoutWords { words } => {
            if !(1..=MAX_WORDS).contains(&words.len()) {
                return Err(refused("words", words.len(), 1, MAX_WORDS));
            }
            let lengths = words.iter().map(|word| word.chars().count());
            match lengths.into_iter().find(|n| !WORD_CHARACTERS.contains(n)) {
                Some(n) => Err(refused(
                    "words",
                    n,
                    *WORD_CHARACTERS.start(),
                    *WORD_CHARACTERS.end(),
                )),
                None => Ok(()),
            }
        }
        Rule::MinimumStrength { score } => within("score", *score, 1, 4),
        Rule::NotReused { last, days } => {
            within("last", *last, u16::from(*days == 0), 24)?;
            within("days", *days, 0, 3650)
        }
        Rule::MinimumAge { hours } => within("hours", *hours, 1, 720),
        Rule::MaximumAge { days } => within("days", *days, 1, 3650),
        Rule::WhiteSpace { .. } | Rule::NotBlocklisted { .. } | Rule::NotBreached {} => Ok(()),
    }
}

/// Characters named one by one are few.
fn named(characters: &Characters, lowest: usize, rule: &Rule) -> Result<(), PolicyError> {
    let count = characters.len();
    if (lowest..=Rule::MAX_CHARACTERS_NAMED).contains(&count) {
        return Ok(());
    }
    Err(PolicyError::OutOfRange {
        code: rule.code(),
        parameter: "characters",
        value: count,
        lowest,
        highest: Rule::MAX_CHARACTERS_NAMED,
    })
}
