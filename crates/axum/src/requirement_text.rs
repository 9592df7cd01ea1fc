//! The requirements of a password in the words of a page, in each language of the host. A rule without a text there is in
//! the words of the policy crate.

use crate::language;
use slotwerk::policy::{CharacterSet, Characters, Class, ClassSet, Rule, SequenceKind, WhiteSpace};
use slotwerk_words::{Arg, TextError, Words};

/// The rule in words, as plain text.
pub(crate) fn requirement_text(rule: &Rule, words: &Words) -> String {
    written(rule, words).unwrap_or_else(|_| rule.text(language::of_policy(words)))
}

fn written(rule: &Rule, words: &Words) -> Result<String, TextError> {
    let say = |name: &str| words.text(name, &[]);
    let count = |name: &str, count: u16| words.text(name, &[("count", number(count))]);
    match *rule {
        Rule::MinimumLength { characters } => count("requirement-minimum-length", characters),
        Rule::MaximumLength { characters } => count("requirement-maximum-length", characters),
        Rule::MinimumOfClass {
            class,
            characters,
            below,
        } => minimum_of(class, characters, below, words),
        Rule::ClassesPresent {
            classes,
            at_least,
            below,
        } => classes_present(classes, at_least, below, words),
        Rule::MinimumDistinct { characters } => count("requirement-minimum-distinct", characters),
        Rule::AllowedCharacters { ref set } => allowed(set, words),
        Rule::ForbiddenCharacters { ref characters } => {
            let shown = of_characters(characters, words)?;
            list("requirement-forbidden-characters", shown, words)?
                .map_or_else(|| say("requirement-forbidden-certain"), Ok)
        }
        Rule::WhiteSpace { allowed } => match allowed {
            WhiteSpace::Inside => say("requirement-white-space-inside"),
            WhiteSpace::Nowhere => say("requirement-white-space-nowhere"),
            _ => Err(no_text()),
        },
        Rule::MaximumRun { characters } => count("requirement-maximum-run", characters),
        Rule::WithoutRepeatedBlock { shortest } => {
            count("requirement-without-repeated-block", shortest)
        }
        Rule::MaximumSequence { kind, characters } => match (kind, example(characters)) {
            (SequenceKind::Alphabetical, _) => {
                count("requirement-maximum-alphabetical", characters)
            }
            (SequenceKind::Numerical, Some(example)) => words.text(
                "requirement-maximum-numerical",
                &[("example", example.into())],
            ),
            (SequenceKind::Numerical, None) => {
                count("requirement-maximum-numerical-long", characters)
            }
            (SequenceKind::Qwerty, _) => count("requirement-maximum-qwerty", characters),
            (SequenceKind::Azerty, _) => count("requirement-maximum-azerty", characters),
            (SequenceKind::Qwertz, _) => count("requirement-maximum-qwertz", characters),
            _ => Err(no_text()),
        },
        Rule::WithoutAttributes { .. } => say("requirement-without-attributes"),
        Rule::WithoutWords { words: ref own } => {
            let seen = own.iter().filter(|word| is_visible(word));
            let shown = Shown {
                items: seen.map(|word| format!("“{word}”")).collect(),
                all: own.len(),
                least: 1,
            };
            list("requirement-without-words", shown, words)?
                .map_or_else(|| say("requirement-without-certain-words"), Ok)
        }
        Rule::NotBlocklisted { variants: false } => say("requirement-not-blocklisted"),
        Rule::NotBlocklisted { variants: true } => say("requirement-not-blocklisted-variants"),
        Rule::NotBreached {} => say("requirement-not-breached"),
        Rule::MinimumStrength { score } => {
            words.text("requirement-minimum-strength", &[("score", number(score))])
        }
        Rule::NotReused { last, days } => {
            let days = ("days", number(days));
            match (last, days) {
                (last, (_, Arg::Number(0))) => count("requirement-not-reused", last),
                (0, days) => words.text("requirement-not-reused-days", &[days]),
                (1, days) => words.text("requirement-not-reused-current-days", &[days]),
                (last, days) => words.text(
                    "requirement-not-reused-both",
                    &[("count", number(last)), days],
                ),
            }
        }
        Rule::MinimumAge { hours } if hours < 48 || hours % 24 != 0 => {
            count("requirement-minimum-age-hours", hours)
        }
        Rule::MinimumAge { hours } => count("requirement-minimum-age-days", hours / 24),
        Rule::MaximumAge { days } => count("requirement-maximum-age", days),
        _ => Err(no_text()),
    }
}

/// Of a rule that a later version of the policy crate has.
fn no_text() -> TextError {
    TextError {
        name: "requirement".to_owned(),
    }
}

fn number(number: u16) -> Arg<'static> {
    Arg::from(u32::from(number))
}

fn minimum_of(
    class: Class,
    characters: u16,
    below: Option<u16>,
    words: &Words,
) -> Result<String, TextError> {
    let (name, name_below) = match class {
        Class::Uppercase => (
            "requirement-minimum-uppercase",
            "requirement-minimum-uppercase-below",
        ),
        Class::Lowercase => (
            "requirement-minimum-lowercase",
            "requirement-minimum-lowercase-below",
        ),
        Class::Letter => (
            "requirement-minimum-letters",
            "requirement-minimum-letters-below",
        ),
        Class::Digit => (
            "requirement-minimum-digits",
            "requirement-minimum-digits-below",
        ),
        Class::Symbol => (
            "requirement-minimum-symbols",
            "requirement-minimum-symbols-below",
        ),
        _ => return Err(no_text()),
    };
    let count = ("count", number(characters));
    match below {
        None => words.text(name, &[count]),
        Some(below) => words.text(name_below, &[count, ("below", number(below))]),
    }
}

fn classes_present(
    classes: ClassSet,
    at_least: u16,
    below: Option<u16>,
    words: &Words,
) -> Result<String, TextError> {
    let total = classes.len();
    let names: Result<Vec<_>, _> = classes.iter().map(|class| one_of(class, words)).collect();
    let names = names?;
    let (list, name, name_below) = if at_least == total {
        let list = joined(names, "rules-and", words)?;
        (
            list,
            "requirement-classes-all",
            "requirement-classes-all-below",
        )
    } else if at_least == 1 {
        let list = joined(names, "requirement-or", words)?;
        (
            list,
            "requirement-classes-any",
            "requirement-classes-any-below",
        )
    } else {
        let list = names.join(", ");
        (
            list,
            "requirement-classes-some",
            "requirement-classes-some-below",
        )
    };
    let mut args = vec![("list", Arg::from(list))];
    if at_least != total && at_least != 1 {
        args.push(("count", number(at_least)));
        args.push(("total", number(total)));
    }
    match below {
        None => words.text(name, &args),
        Some(below) => {
            args.push(("below", number(below)));
            words.text(name_below, &args)
        }
    }
}

/// "a digit".
pub(crate) fn one_of(class: Class, words: &Words) -> Result<String, TextError> {
    let name = match class {
        Class::Uppercase => "rules-uppercase",
        Class::Lowercase => "rules-lowercase",
        Class::Letter => "rules-letter",
        Class::Digit => "rules-digit",
        Class::Symbol => "rules-symbol",
        _ => return Err(no_text()),
    };
    words.text(name, &[])
}

/// "a letter, a digit and a symbol": with commas, and `last` for the end.
pub(crate) fn joined(
    mut names: Vec<String>,
    last: &str,
    words: &Words,
) -> Result<String, TextError> {
    let Some(end) = names.pop() else {
        return Ok(String::new());
    };
    if names.is_empty() {
        return Ok(end);
    }
    let both = [("first", Arg::from(names.join(", "))), ("last", end.into())];
    words.text(last, &both)
}

/// Items that can be seen, of so many in all.
struct Shown {
    items: Vec<String>,
    all: usize,
    /// The fewest to show. With fewer, the text would be wrong.
    least: usize,
}

/// A text with as many items as fit on a line, and the number of the others. `None` if too few fit.
fn list(name: &str, shown: Shown, words: &Words) -> Result<Option<String>, TextError> {
    let all = u32::try_from(shown.all).unwrap_or(u32::MAX);
    for most in (shown.least..=shown.items.len()).rev() {
        let items = shown.items.get(..most).unwrap_or_default().to_vec();
        let list = match u32::try_from(shown.all - most).unwrap_or(u32::MAX) {
            0 => joined(items, "rules-and", words)?,
            others => {
                let list = ("list", Arg::from(items.join(", ")));
                words.text("requirement-others", &[list, ("count", others.into())])?
            }
        };
        let text = words.text(name, &[("list", list.into()), ("count", all.into())])?;
        if text.chars().count() <= Rule::MAX_TEXT_CHARACTERS {
            return Ok(Some(text));
        }
    }
    Ok(None)
}

fn of_characters(characters: &Characters, words: &Words) -> Result<Shown, TextError> {
    let space = words.text("requirement-space", &[])?;
    let seen = characters.as_str().chars().filter_map(|c| match c {
        ' ' => Some(space.clone()),
        c => is_graphic(c).then(|| c.to_string()),
    });
    Ok(Shown {
        items: seen.collect(),
        all: characters.len(),
        least: 1,
    })
}

fn allowed(set: &CharacterSet, words: &Words) -> Result<String, TextError> {
    let has = |class| set.classes.contains(class);
    let mut names = Vec::new();
    if has(Class::Letter) {
        names.push("requirement-letters");
    } else {
        // Without accents, a letter is uppercase or lowercase.
        if set.printable_ascii && !(has(Class::Uppercase) && has(Class::Lowercase)) {
            names.push("requirement-plain-letters");
        }
        names.extend(has(Class::Uppercase).then_some("requirement-uppercase-letters"));
        names.extend(has(Class::Lowercase).then_some("requirement-lowercase-letters"));
    }
    names.extend((set.printable_ascii || has(Class::Digit)).then_some("requirement-digits"));
    if has(Class::Symbol) {
        names.push("requirement-symbols");
    } else {
        names.extend(set.printable_ascii.then_some("requirement-common-symbols"));
    }
    names.extend(set.printable_ascii.then_some("requirement-spaces"));
    let mut items = Vec::new();
    for name in &names {
        items.push(words.text(name, &[])?);
    }
    let named = CharacterSet {
        characters: Characters::default(),
        ..set.clone()
    };
    let beyond = set
        .characters
        .as_str()
        .chars()
        .filter(|c| !named.contains(*c));
    let more = of_characters(&Characters::new(&beyond.collect::<String>()), words)?;
    let shown = Shown {
        all: items.len() + more.all,
        least: items.len().max(1),
        items: items.into_iter().chain(more.items).collect(),
    };
    list("requirement-allowed-characters", shown, words)?
        .map_or_else(|| words.text("requirement-allowed-certain", &[]), Ok)
}

/// The shortest sequence of digits that breaks a rule about as many, if it fits in the digits from 1 to 9.
fn example(allowed: u16) -> Option<&'static str> {
    "123456789".get(..usize::from(allowed) + 1)
}

/// Whether a reader sees all of it: no control, formatting or bidirectional characters.
fn is_visible(word: &str) -> bool {
    word.chars().next().is_some_and(is_graphic) && word.chars().all(|c| c == ' ' || is_graphic(c))
}

/// What `Debug` would not escape, beside its quotes: characters that have a glyph.
fn is_graphic(c: char) -> bool {
    matches!(c, '\'' | '"' | '\\') || (c != ' ' && c.escape_debug().count() == 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use slotwerk::policy::Language;
    use slotwerk_words::{Languages, PAGES_ENGLISH};

    fn classes(all: &[Class]) -> ClassSet {
        all.iter().copied().collect()
    }

    /// Rules of each kind, at the counts at which a text changes.
    fn rules() -> Vec<Rule> {
        let mut rules = vec![
            Rule::WhiteSpace {
                allowed: WhiteSpace::Inside,
            },
            Rule::WhiteSpace {
                allowed: WhiteSpace::Nowhere,
            },
            Rule::WithoutAttributes { shortest_part: 4 },
            Rule::NotBlocklisted { variants: false },
            Rule::NotBlocklisted { variants: true },
            Rule::NotBreached {},
        ];
        for n in [1, 2, 3, 4, 5, 12] {
            rules.extend([
                Rule::MinimumLength { characters: n },
                Rule::MaximumLength { characters: n },
                Rule::MaximumRun { characters: n },
                Rule::WithoutRepeatedBlock { shortest: n.max(2) },
                Rule::MinimumDistinct {
                    characters: n.max(2),
                },
                Rule::MaximumAge { days: n },
                Rule::MinimumAge { hours: n },
                Rule::MinimumAge { hours: 24 * n },
                Rule::MinimumStrength { score: n.min(4) },
                Rule::NotReused { last: n, days: 0 },
            ]);
            for days in [1, 30] {
                rules.push(Rule::NotReused { last: n - 1, days });
            }
            for kind in [
                SequenceKind::Alphabetical,
                SequenceKind::Numerical,
                SequenceKind::Qwerty,
                SequenceKind::Azerty,
                SequenceKind::Qwertz,
            ] {
                rules.push(Rule::MaximumSequence {
                    kind,
                    characters: n.max(2),
                });
            }
            for class in Class::ALL {
                for below in [None, Some(20)] {
                    rules.push(Rule::MinimumOfClass {
                        class,
                        characters: n,
                        below,
                    });
                }
            }
        }
        rules
    }

    #[test]
    fn built_in_texts_equal_the_policy() {
        let languages = Languages::pages().unwrap();
        for (tag, own) in [("nl", Language::Nl), ("en", Language::En)] {
            let words = languages.exact(tag).unwrap();
            for rule in rules() {
                let due = rule.text(own);
                let due = due.replace("capital letter", "uppercase letter");
                let due = due.replace("small letter", "lowercase letter");
                assert_eq!(written(&rule, words).unwrap(), due, "{rule:?}");
            }
        }
    }

    #[test]
    fn lists_are_written_out() {
        let languages = Languages::pages().unwrap();
        let say = |tag: &str, rule: &Rule| written(rule, languages.exact(tag).unwrap()).unwrap();
        let some = Rule::ClassesPresent {
            classes: classes(&[Class::Uppercase, Class::Digit, Class::Symbol]),
            at_least: 2,
            below: None,
        };
        assert_eq!(
            say("en", &some),
            "At least 2 of these 3: an uppercase letter, a digit, a symbol"
        );
        let all = Rule::ClassesPresent {
            classes: classes(&[Class::Letter, Class::Digit]),
            at_least: 2,
            below: Some(20),
        };
        assert_eq!(
            say("nl", &all),
            "Korter dan 20 tekens? Dan met een letter en een cijfer"
        );
        let words = |list: &[&str]| Rule::WithoutWords {
            words: list.iter().collect(),
        };
        assert_eq!(say("nl", &words(&["arbo"])), "Zonder het woord “arbo”");
        assert_eq!(
            say("nl", &words(&["arbo", "zorg"])),
            "Zonder de woorden “arbo” en “zorg”"
        );
        assert_eq!(
            say("en", &words(&["a\u{7f}b", "care"])),
            "Without the words “care” and 1 other"
        );
        assert_eq!(
            say("en", &words(&["a\u{7f}b"])),
            "Without certain words of your organisation"
        );
        let many: Vec<String> = (0..100).map(|n| format!("woord{n:03}")).collect();
        let many = Rule::WithoutWords {
            words: many.iter().map(String::as_str).collect(),
        };
        let text = say("nl", &many);
        assert!(
            text.chars().count() <= Rule::MAX_TEXT_CHARACTERS && text.ends_with(" andere"),
            "{text}"
        );
        let forbidden = Rule::ForbiddenCharacters {
            characters: Characters::new(" <"),
        };
        assert_eq!(say("nl", &forbidden), "Zonder deze tekens: spatie en <");
        let set = CharacterSet::printable_ascii();
        let allowed = Rule::AllowedCharacters { set };
        assert_eq!(
            say("en", &allowed),
            "Only letters without accents, digits, common symbols and spaces"
        );
    }

    #[test]
    fn third_language_brings_its_own() {
        let german = [
            (
                "requirement-minimum-length",
                "Mindestens { $count } Zeichen",
            ),
            (
                "requirement-not-breached",
                "Nicht aus einem Datenleck bekannt",
            ),
        ];
        let mut source = String::new();
        let mut skip = false;
        for line in PAGES_ENGLISH.lines() {
            let name = line.split(" =").next().unwrap_or_default();
            if !line.starts_with([' ', '}']) {
                let own = german.iter().find(|(known, _)| *known == name);
                skip = own.is_some();
                if let Some((name, text)) = own {
                    source += &format!("{name} = {text}\n");
                }
            }
            if !skip {
                source += &format!("{line}\n");
            }
        }
        let languages = Languages::pages().unwrap().add("de", &source).unwrap();
        let words = languages.exact("de").unwrap();
        let length = Rule::MinimumLength { characters: 12 };
        assert_eq!(requirement_text(&length, words), "Mindestens 12 Zeichen");
        assert_eq!(
            requirement_text(&Rule::NotBreached {}, words),
            "Nicht aus einem Datenleck bekannt"
        );
    }
}
