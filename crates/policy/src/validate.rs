//! Refusing a contradictory policy when it is built, not when a user meets it.

use crate::class::{Class, ClassSet};
use crate::error::PolicyError;
use crate::policy::{MAX_CHARACTERS, MIN_CHARACTERS};
use crate::rule::{Code, Rule};

/// The rules in the order of their codes, if some password can satisfy them all.
pub(crate) fn validated(
    mut rules: Vec<Rule>,
    has_blocklist: bool,
) -> Result<Vec<Rule>, PolicyError> {
    rules.sort_by_key(Rule::code);
    for (rule, next) in rules.iter().zip(rules.iter().skip(1)) {
        if rule.code() == next.code() {
            return Err(PolicyError::Duplicate { code: rule.code() });
        }
    }
    for rule in &rules {
        in_range(rule)?;
    }
    // The maximum takes the second place, and so does its absence: the minimum stands first.
    match (rules.first(), rules.get(1)) {
        (Some(Rule::MinimumLength { .. }), Some(Rule::MaximumLength { .. })) => {}
        (Some(Rule::MinimumLength { .. }), _) => {
            let characters = MAX_CHARACTERS;
            rules.insert(1, Rule::MaximumLength { characters });
        }
        _ => return Err(PolicyError::MinimumLengthMissing),
    }
    if !has_blocklist && rules.contains(&Rule::NotBlocklisted {}) {
        return Err(PolicyError::BlocklistMissing);
    }
    satisfiable(&rules)?;
    Ok(rules)
}

fn in_range(rule: &Rule) -> Result<(), PolicyError> {
    let (parameter, value, lowest, highest) = match *rule {
        Rule::MinimumLength { characters } | Rule::MaximumLength { characters } => {
            ("characters", characters, MIN_CHARACTERS, MAX_CHARACTERS)
        }
        Rule::MinimumOfClass { characters, .. } | Rule::MaximumRun { characters } => {
            ("characters", characters, 1, MAX_CHARACTERS)
        }
        Rule::MinimumDistinct { characters } => ("characters", characters, 2, MAX_CHARACTERS),
        Rule::ClassesPresent { classes, at_least } => {
            let named = classes.len();
            if at_least > named {
                return Err(PolicyError::TooFewClasses { at_least, named });
            }
            ("at_least", at_least, 1, named)
        }
        Rule::WithoutAttributes { shortest_part } => ("shortest_part", shortest_part, 3, 8),
        Rule::NotBlocklisted {} => return Ok(()),
    };
    if (lowest..=highest).contains(&value) {
        return Ok(());
    }
    Err(PolicyError::OutOfRange {
        code: rule.code(),
        parameter,
        value,
        lowest,
        highest,
    })
}

/// Whether the maximum length leaves room for what the other rules ask for. Nothing else can clash: the
/// rules that forbid something always leave other characters to choose from.
fn satisfiable(rules: &[Rule]) -> Result<(), PolicyError> {
    let mut allowed = MAX_CHARACTERS;
    let mut demands = Vec::new();
    let mut class_rules = Vec::new();
    for rule in rules {
        match *rule {
            Rule::MaximumLength { characters } => allowed = characters,
            Rule::MinimumLength { characters } | Rule::MinimumDistinct { characters } => {
                demands.push((vec![rule.code()], characters));
            }
            Rule::MinimumOfClass { .. } | Rule::ClassesPresent { .. } => {
                class_rules.push(rule.code());
            }
            Rule::MaximumRun { .. } | Rule::WithoutAttributes { .. } | Rule::NotBlocklisted {} => {}
        }
    }
    demands.push((class_rules, characters_for_classes(rules)));
    for (mut rules, needed) in demands {
        if needed > allowed {
            rules.push(Code::MaximumLength);
            return Err(PolicyError::Contradiction {
                rules,
                needed,
                allowed,
            });
        }
    }
    Ok(())
}

/// The shortest password, in characters, that the class rules among `rules` leave possible.
pub(crate) fn characters_for_classes(rules: &[Rule]) -> u16 {
    let mut minima = Minima::default();
    let mut present = None;
    for rule in rules {
        match *rule {
            Rule::MinimumOfClass { class, characters } => minima.raise(class, characters),
            Rule::ClassesPresent { classes, at_least } => present = Some((classes, at_least)),
            _ => {}
        }
    }
    minima.cheapest(present)
}

/// How many characters of each class are needed.
#[derive(Clone, Copy, Default)]
struct Minima {
    uppercase: u16,
    lowercase: u16,
    letter: u16,
    digit: u16,
    symbol: u16,
}

impl Minima {
    fn raise(&mut self, class: Class, characters: u16) {
        let minimum = match class {
            Class::Uppercase => &mut self.uppercase,
            Class::Lowercase => &mut self.lowercase,
            Class::Letter => &mut self.letter,
            Class::Digit => &mut self.digit,
            Class::Symbol => &mut self.symbol,
        };
        *minimum = characters.max(*minimum);
    }

    /// Capital and small letters are letters too; the few numbers that are also letters (`Ⅷ`) are left
    /// out of account, because no one would think of typing them.
    fn total(self) -> u16 {
        self.letter
            .max(self.uppercase.saturating_add(self.lowercase))
            .saturating_add(self.digit)
            .saturating_add(self.symbol)
    }

    /// The smallest total over every way to choose the classes that have to be present.
    fn cheapest(self, present: Option<(ClassSet, u16)>) -> u16 {
        let Some((classes, at_least)) = present else {
            return self.total();
        };
        let with_one_of = |chosen: ClassSet| {
            let mut minima = self;
            chosen.iter().for_each(|class| minima.raise(class, 1));
            minima.total()
        };
        classes
            .subsets()
            .filter(|chosen| chosen.len() == at_least)
            .map(with_one_of)
            .min()
            .unwrap_or_else(|| self.total())
    }
}
