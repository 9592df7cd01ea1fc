//! That a policy made to be searched for ever is not: counted in units, whatever the machine.

use super::*;
use crate::characters::CharacterSet;
use crate::class::Class;
use std::collections::BTreeSet;

/// What deciding takes, and whether it was decided.
fn decided(rules: &[Rule], given: u32) -> (u32, Option<bool>) {
    let sourced = rules.iter().map(|rule| Sourced {
        rule: rule.clone(),
        origins: BTreeSet::new(),
    });
    let sourced: Vec<Sourced> = sourced.collect();
    let parts: Vec<Part> = sourced
        .iter()
        .map(|sourced| Part {
            sourced,
            prepared: Prepared::of(&sourced.rule),
        })
        .collect();
    let parts: Vec<&Part> = parts.iter().collect();
    let mut budget = Budget(given);
    let answer = match decide(&parts, None, &mut budget) {
        Answer::Password(_) => Some(true),
        Answer::None(_) => Some(false),
        Answer::Unknown => None,
    };
    (given - budget.0, answer)
}

fn only(text: &str) -> Rule {
    Rule::AllowedCharacters {
        set: CharacterSet::default().and(text),
    }
}

/// Three letters of which one combines, and every three of them forbidden among many more words.
fn banned_triples() -> Vec<Rule> {
    let letters = ['a', 'b', '\u{334}'];
    let mut words: Vec<String> = Vec::new();
    for one in letters {
        for two in letters {
            words.extend(letters.map(|three| String::from_iter([one, two, three])));
        }
    }
    words.extend((0..225).map(|n| format!("0{n}").repeat(3)));
    vec![
        Rule::MinimumLength { characters: 256 },
        only("ab\u{334}"),
        Rule::WithoutWords {
            words: words.into_iter().collect(),
        },
    ]
}

#[test]
fn words_end_a_search_among_characters_that_combine() {
    let mut rules = banned_triples();
    let (spent, answer) = decided(&rules, UNITS);
    assert_eq!(answer, Some(false));
    assert!(spent < UNITS * 2 / 3, "{spent}");
    rules.push(Rule::WithoutRepeatedBlock { shortest: 32 });
    assert_eq!(decided(&rules, UNITS).1, Some(false));
}

#[test]
fn what_combines_is_not_taken_for_what_it_becomes() {
    // There is a way between the words: `bb` before two marks, or one mark after each letter.
    let rules = [
        Rule::MinimumLength { characters: 8 },
        only("b\u{334}"),
        Rule::WithoutWords {
            words: ["bbb", "b\u{334}\u{334}"].into_iter().collect(),
        },
    ];
    assert_eq!(decided(&rules, UNITS).1, Some(true));
    // Dropped when it is folded, U+200B keeps no mark from its letter.
    let rules = [
        Rule::MinimumLength { characters: 8 },
        only("e\u{200b}\u{301}"),
        Rule::MinimumDistinct { characters: 3 },
        Rule::WithoutWords {
            words: ["eee", "\u{301}\u{301}", "é\u{301}"].into_iter().collect(),
        },
    ];
    assert_eq!(decided(&rules, UNITS).1, Some(true));
}

#[test]
fn a_judgement_costs_what_it_takes() {
    let cost = |rules: &[Rule]| decided(rules, UNITS).0;
    let long = |words: usize| {
        let words = (0..words).map(|n| format!("woord{n}"));
        vec![
            Rule::MinimumLength { characters: 256 },
            Rule::WithoutWords {
                words: words.collect(),
            },
        ]
    };
    let (few, many) = (long(1), long(1_024));
    assert!(cost(&many) >= cost(&few) + 127 + 256 * 8);
    let mut with_blocks = few.clone();
    with_blocks.push(Rule::WithoutRepeatedBlock { shortest: 32 });
    assert!(cost(&with_blocks) >= cost(&few) + 64);
}

#[test]
fn nothing_is_made_once_the_budget_is_spent() {
    let mut rules = vec![
        Rule::MinimumLength { characters: 8 },
        Rule::MaximumRun { characters: 1 },
        Rule::AllowedCharacters {
            set: CharacterSet::of_classes([Class::Symbol].into_iter().collect()).and("7ABCDEFGHIJ"),
        },
        Rule::MinimumOfClass {
            class: Class::Digit,
            characters: 129,
            below: None,
        },
    ];
    for n in 0..59 {
        rules.push(Rule::MinimumOfClass {
            class: Class::Uppercase,
            characters: 1 + n,
            below: Some(256 - n),
        });
    }
    // Sixty lengths to look at: the sets of characters are made for all of them at once.
    let (spent, answer) = decided(&rules, UNITS);
    assert_eq!(answer, Some(false));
    assert!(spent > 1_000 && spent < UNITS / 2, "{spent}");
    assert_eq!(decided(&rules, 500).1, None);
}
