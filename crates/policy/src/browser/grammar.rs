//! A policy in the grammar of `passwordrules`: <https://developer.apple.com/password-rules/>.
//!
//! The grammar knows sets of ASCII characters. A password has only characters that are allowed, and at least
//! one of every set that is required.

use crate::class::{Class, ClassSet};
use crate::rule::Rule;

/// Signs without a meaning in HTML, and that no quotation ends at.
const PLAIN_SIGNS: &str = "-!#$%()*+,./:;=?@^_~";

fn printable_ascii() -> impl Iterator<Item = char> {
    ' '..='~'
}

/// Rules for a generator whose every password meets the class, length, character and run rules among
/// `rules`, if there are any.
pub(super) fn password_rules(rules: &[&Rule]) -> Option<String> {
    let lengths = Lengths::of(rules);
    let alphabet = Alphabet::of(rules);
    // What cannot be asked for below some length is not asked for at that length.
    let mut minima: Vec<u16> = rules.iter().copied().filter_map(below).collect();
    minima.push(lengths.minimum);
    minima.retain(|minimum| (lengths.minimum..=lengths.maximum).contains(minimum));
    minima.sort_unstable();
    minima
        .into_iter()
        .find_map(|minimum| at_least(minimum, rules, &lengths, &alphabet))
}

/// The same for passwords of `minimum` characters or more.
fn at_least(
    minimum: u16,
    rules: &[&Rule],
    lengths: &Lengths,
    alphabet: &Alphabet,
) -> Option<String> {
    let holds = |rule: &&Rule| below(rule).is_none_or(|below| minimum < below);
    let rules: Vec<&Rule> = rules.iter().copied().filter(holds).collect();
    let parts = choices(&rules)
        .into_iter()
        .find_map(|demands| alphabet.dealt(&demands))?;
    let minimum = minimum.max(parts.len().try_into().ok()?);
    let one_character_for_ever = alphabet.len() < 2 && lengths.run < minimum;
    if minimum > lengths.maximum || alphabet.len() == 0 || one_character_for_ever {
        return None;
    }

    let mut text = format!("minlength: {minimum}; maxlength: {};", lengths.maximum);
    for part in parts {
        text += &format!(" required: {};", written(&part));
    }
    if lengths.run < lengths.maximum {
        text += &format!(" max-consecutive: {};", lengths.run);
    }
    // Where something is required, nothing else is allowed unless this says so.
    let allowed = if alphabet.is_all_of_ascii {
        "ascii-printable".to_owned()
    } else {
        written(&alphabet.cells.concat())
    };
    Some(format!("{text} allowed: {allowed};"))
}

/// The length below which a conditional rule holds.
fn below(rule: &Rule) -> Option<u16> {
    match rule {
        Rule::MinimumOfClass { below, .. } | Rule::ClassesPresent { below, .. } => *below,
        _ => None,
    }
}

struct Lengths {
    minimum: u16,
    maximum: u16,
    run: u16,
}

impl Lengths {
    fn of(rules: &[&Rule]) -> Self {
        let mut lengths = Self {
            minimum: 0,
            maximum: u16::MAX,
            run: u16::MAX,
        };
        for rule in rules {
            match **rule {
                Rule::MinimumLength { characters } => {
                    lengths.minimum = lengths.minimum.max(characters);
                }
                Rule::MaximumLength { characters } => {
                    lengths.maximum = lengths.maximum.min(characters);
                }
                Rule::MaximumRun { characters } => lengths.run = lengths.run.min(characters),
                _ => {}
            }
        }
        lengths
    }
}

/// The characters that a generator may use.
struct Alphabet {
    /// Capital letters, small letters, digits and symbols. In ASCII these have nothing in common.
    cells: [Vec<char>; 4],
    is_all_of_ascii: bool,
}

/// The classes of the cells.
const CELLS: [Class; 4] = [
    Class::Uppercase,
    Class::Lowercase,
    Class::Digit,
    Class::Symbol,
];

impl Alphabet {
    fn of(rules: &[&Rule]) -> Self {
        let is_allowed = |c: char| {
            rules.iter().all(|rule| match rule {
                Rule::AllowedCharacters { set } => set.contains(c),
                Rule::ForbiddenCharacters { characters } => !characters.contains(c),
                // A generator cannot be told to keep it from the ends.
                Rule::WhiteSpace { .. } => !c.is_whitespace(),
                _ => true,
            })
        };
        let mut cells = CELLS.map(|class| {
            let of_class = printable_ascii().filter(|&c| class.contains(c) && is_allowed(c));
            of_class.collect::<Vec<_>>()
        });
        if let Some(signs) = cells.last_mut()
            && signs.iter().any(|&c| PLAIN_SIGNS.contains(c))
        {
            signs.retain(|&c| PLAIN_SIGNS.contains(c));
        }
        Self {
            cells,
            is_all_of_ascii: printable_ascii().all(is_allowed),
        }
    }

    fn len(&self) -> usize {
        self.cells.iter().map(Vec::len).sum()
    }

    /// Disjoint sets of characters, one for each of `demands`: its characters are of the classes that the
    /// demand names. Nothing if there are not enough characters.
    fn dealt(&self, demands: &[ClassSet]) -> Option<Vec<Vec<char>>> {
        if demands.len() > self.len() {
            return None;
        }
        let mut parts = vec![Vec::new(); demands.len()];
        for (class, cell) in CELLS.into_iter().zip(&self.cells) {
            for &c in cell {
                let takers = parts.iter_mut().zip(demands);
                let poorest = takers
                    .filter(|(_, demand)| demand.contains(class))
                    .min_by_key(|(part, _)| part.len());
                if let Some((part, _)) = poorest {
                    part.push(c);
                }
            }
        }
        parts.iter().all(|part| !part.is_empty()).then_some(parts)
    }
}

/// What has to be asked for, one character each: every way to choose the classes that have to be
/// present, that with the fewest demands first.
fn choices(rules: &[&Rule]) -> Vec<Vec<ClassSet>> {
    let all: ClassSet = Class::ALL.into_iter().collect();
    let suffices = |chosen: &ClassSet| {
        rules.iter().all(|rule| match rule {
            Rule::ClassesPresent {
                classes, at_least, ..
            } => {
                let present = classes.iter().filter(|&class| chosen.contains(class));
                present.count() >= usize::from(*at_least)
            }
            _ => true,
        })
    };
    let mut choices: Vec<_> = all
        .subsets()
        .filter(suffices)
        .map(|chosen| demands(rules, chosen))
        .collect();
    choices.sort_by_key(Vec::len);
    choices
}

/// One set of classes for each character that is asked for, if those of `chosen` have to be present.
fn demands(rules: &[&Rule], chosen: ClassSet) -> Vec<ClassSet> {
    let needed = |wanted: Class| {
        let minima = rules.iter().filter_map(|rule| match **rule {
            Rule::MinimumOfClass {
                class, characters, ..
            } if class == wanted => Some(characters),
            _ => None,
        });
        let present = u16::from(chosen.contains(wanted));
        usize::from(minima.max().unwrap_or(0).max(present))
    };
    let mut demands = Vec::new();
    let mut ask = |count: usize, classes: &[Class]| {
        let classes: ClassSet = classes.iter().copied().collect();
        demands.extend(std::iter::repeat_n(classes, count));
    };
    let (upper, lower) = (needed(Class::Uppercase), needed(Class::Lowercase));
    let letters = needed(Class::Letter).saturating_sub(upper + lower);
    ask(upper, &[Class::Uppercase]);
    ask(lower, &[Class::Lowercase]);
    ask(letters, &[Class::Uppercase, Class::Lowercase]);
    ask(needed(Class::Digit), &[Class::Digit]);
    ask(needed(Class::Symbol), &[Class::Symbol]);

    let distinct = rules.iter().filter_map(|rule| match rule {
        Rule::MinimumDistinct { characters } => Some(usize::from(*characters)),
        _ => None,
    });
    let distinct = distinct.max().unwrap_or(0).max(demands.len());
    demands.resize(distinct, CELLS.into_iter().collect());
    demands
}

/// A set of characters in the grammar: whole classes by name, the rest one by one.
fn written(characters: &[char]) -> String {
    let mut names = Vec::new();
    let mut rest = Vec::new();
    for (class, name) in CELLS.into_iter().zip(["upper", "lower", "digit", ""]) {
        let here = characters.iter().copied().filter(|&c| class.contains(c));
        let here: Vec<char> = here.collect();
        let of_class = printable_ascii().filter(|&c| class.contains(c)).count();
        if !name.is_empty() && here.len() == of_class {
            names.push(name.to_owned());
        } else {
            rest.extend(here);
        }
    }
    if !rest.is_empty() {
        // A hyphen can only stand first, and a bracket only last.
        rest.sort_by_key(|c| match c {
            '-' => 0,
            ']' => 2,
            _ => 1,
        });
        names.push(format!("[{}]", rest.into_iter().collect::<String>()));
    }
    names.join(", ")
}
