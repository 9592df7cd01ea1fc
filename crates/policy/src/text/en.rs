//! English.

use super::shown::{self, Ending};
use super::{capitalised, counted, fitting, joined, too_many_digits};
use crate::characters::CharacterSet;
use crate::class::{Class, ClassSet};
use crate::code::Code;
use crate::rule::{Rule, SequenceKind, WhiteSpace};

const CHARACTER: (&str, &str) = ("character", "characters");
const DAY: (&str, &str) = ("day", "days");
const ENDING: Ending = Ending {
    and: "and",
    other: ("other", "others"),
};

pub(super) fn text(rule: &Rule) -> String {
    match *rule {
        Rule::MinimumLength { characters } => {
            format!("At least {}", counted(characters, CHARACTER))
        }
        Rule::MaximumLength { characters } => {
            format!("At most {}", counted(characters, CHARACTER))
        }
        Rule::MinimumOfClass {
            class,
            characters,
            below,
        } => {
            let text = counted(characters, class_name(class));
            match below {
                None => format!("At least {text}"),
                Some(n) => format!("Shorter than {n} characters? Then at least {text}"),
            }
        }
        Rule::ClassesPresent {
            classes,
            at_least,
            below,
        } => classes_present(classes, at_least, below),
        Rule::MinimumDistinct { characters } => {
            format!("At least {characters} different characters")
        }
        Rule::AllowedCharacters { ref set } => allowed(set),
        Rule::ForbiddenCharacters { ref characters } => {
            let before = match characters.len() {
                1 => "Without this character: ",
                _ => "Without these characters: ",
            };
            shown::characters(before, characters, "space", &ENDING)
                .unwrap_or_else(|| "Without certain invisible characters".to_owned())
        }
        Rule::WhiteSpace { allowed } => match allowed {
            WhiteSpace::Inside => "Without a space at the beginning or the end".to_owned(),
            WhiteSpace::Nowhere => "Without spaces".to_owned(),
        },
        Rule::MaximumRun { characters: 1 } => "Never the same character twice in a row".to_owned(),
        Rule::MaximumRun { characters } => {
            format!("The same character at most {characters} times in a row")
        }
        Rule::WithoutRepeatedBlock { shortest } => {
            let example = match shortest {
                2 => ", such as “abab”",
                3 => ", such as “abcabc”",
                4 => ", such as “abcdabcd”",
                _ => "",
            };
            format!("Without a piece of {shortest} or more characters repeated right away{example}")
        }
        Rule::MaximumSequence { kind, characters } => match kind {
            SequenceKind::Alphabetical => {
                format!("At most {characters} letters in alphabetical order")
            }
            SequenceKind::Numerical => match too_many_digits(characters) {
                Some(digits) => format!("No sequence such as {digits}"),
                None => format!("At most {characters} digits in order"),
            },
            SequenceKind::Qwerty => keys(characters, "a QWERTY"),
            SequenceKind::Azerty => keys(characters, "an AZERTY"),
            SequenceKind::Qwertz => keys(characters, "a QWERTZ"),
        },
        Rule::WithoutAttributes { .. } => "Without your name, user name or mail address".to_owned(),
        Rule::WithoutWords { ref words } => {
            let before = match words.len() {
                1 => "Without the word ",
                _ => "Without the words ",
            };
            shown::words(before, words, &ENDING)
                .unwrap_or_else(|| "Without certain words of your organisation".to_owned())
        }
        Rule::NotBlocklisted { variants: false } => "Not a commonly used password".to_owned(),
        Rule::NotBlocklisted { variants: true } => {
            "Not a commonly used password, even with digits or symbols added".to_owned()
        }
        Rule::NotBreached {} => "Not known from a data breach".to_owned(),
        Rule::MinimumStrength { score: 4 } => "Hard to guess: strength 4 of 4".to_owned(),
        Rule::MinimumStrength { score } => {
            format!("Hard to guess: strength {score} of 4 or more")
        }
        Rule::NotReused { last, days } => match (last, days) {
            (1, 0) => "Different from your current password".to_owned(),
            (last, 0) => format!("Different from your last {last} passwords"),
            (0, days) => format!("Different from your passwords of the past {}", period(days)),
            (1, days) => format!(
                "Different from your current password and those of the past {}",
                period(days)
            ),
            (last, days) => format!(
                "Different from your last {last} passwords and those of the past {}",
                period(days)
            ),
        },
        Rule::MinimumAge { hours } => {
            let age = match hours {
                hours if hours < 48 || hours % 24 != 0 => counted(hours, ("hour", "hours")),
                hours => counted(hours / 24, DAY),
            };
            format!("Your current password is at least {age} old")
        }
        Rule::MaximumAge { days } => format!("A new password after {}", counted(days, DAY)),
    }
}

/// "The past day", not "the past 1 day".
fn period(days: u16) -> String {
    if days == 1 {
        DAY.0.to_owned()
    } else {
        counted(days, DAY)
    }
}

fn keys(characters: u16, keyboard: &str) -> String {
    format!("At most {characters} keys in a line on {keyboard} keyboard")
}

fn classes_present(classes: ClassSet, at_least: u16, below: Option<u16>) -> String {
    let names = |article: &str, and: &str| {
        let names = classes
            .iter()
            .map(|class| format!("{article}{}", class_name(class).0));
        joined(&names.collect::<Vec<_>>(), and)
    };
    let n = classes.len();
    let (long, medium, short) = match at_least {
        // "At least 1 digit" is what another rule says.
        all if all == n => (
            format!("with {}", names("a ", " and ")),
            format!("with {}", names("", " and ")),
            names("", " and "),
        ),
        1 => (
            format!("with {}", names("a ", " or ")),
            format!("with {}", names("", " or ")),
            names("", " or "),
        ),
        some => (
            format!("at least {some} of these {n}: {}", names("", ", ")),
            format!("at least {some} of: {}", names("", ", ")),
            format!("{some} of: {}", names("", ", ")),
        ),
    };
    match below {
        None => fitting([long, medium, short].map(|text| capitalised(&text))),
        Some(below) => fitting([
            format!("Shorter than {below} characters? Then {long}"),
            format!("Shorter than {below} characters? Then {medium}"),
            format!("Shorter than {below}? Then {medium}"),
            format!("Shorter than {below}? Then {short}"),
            format!("Below {below}: {short}"),
        ]),
    }
}

fn allowed(set: &CharacterSet) -> String {
    let has = |class| set.classes.contains(class);
    let mut parts: Vec<&str> = Vec::new();
    if has(Class::Letter) {
        parts.push("letters");
    } else {
        // Without accents, a letter is capital or small.
        let plain = set.printable_ascii && !(has(Class::Uppercase) && has(Class::Lowercase));
        parts.extend(plain.then_some("letters without accents"));
        parts.extend(has(Class::Uppercase).then_some("capital letters"));
        parts.extend(has(Class::Lowercase).then_some("small letters"));
    }
    parts.extend((set.printable_ascii || has(Class::Digit)).then_some("digits"));
    if has(Class::Symbol) {
        parts.push("symbols");
    } else {
        parts.extend(set.printable_ascii.then_some("common symbols"));
    }
    parts.extend(set.printable_ascii.then_some("spaces"));
    let more = shown::beyond(set);
    let (before, and) = match parts.split_last() {
        None => ("Only these characters: ".to_owned(), String::new()),
        Some((last, [])) => (format!("Only {last}"), format!("Only {last} and ")),
        Some((last, rest)) => {
            let rest = rest.join(", ");
            (
                format!("Only {rest} and {last}"),
                format!("Only {rest}, {last} and "),
            )
        }
    };
    if parts.is_empty() {
        return shown::characters(&before, &more, "space", &ENDING)
            .unwrap_or_else(|| "Only certain invisible characters".to_owned());
    }
    let text = if more.is_empty() {
        before
    } else {
        shown::characters(&and, &more, "spaces", &ENDING)
            .unwrap_or_else(|| format!("{and}certain invisible characters"))
    };
    fitting([text, "Only certain letters, digits and symbols".to_owned()])
}

fn class_name(class: Class) -> (&'static str, &'static str) {
    match class {
        Class::Uppercase => ("capital letter", "capital letters"),
        Class::Lowercase => ("small letter", "small letters"),
        Class::Letter => ("letter", "letters"),
        Class::Digit => ("digit", "digits"),
        Class::Symbol => ("symbol", "symbols"),
    }
}

pub(super) fn name(code: Code) -> &'static str {
    match code {
        Code::MinimumLength => "minimum length",
        Code::MaximumLength => "maximum length",
        Code::MinimumUppercase => "number of capital letters",
        Code::MinimumLowercase => "number of small letters",
        Code::MinimumLetters => "number of letters",
        Code::MinimumDigits => "number of digits",
        Code::MinimumSymbols => "number of symbols",
        Code::ClassesPresent => "kinds of characters",
        Code::MinimumDistinct => "different characters",
        Code::AllowedCharacters => "allowed characters",
        Code::ForbiddenCharacters => "forbidden characters",
        Code::WhiteSpace => "white space",
        Code::MaximumRun => "the same character in a row",
        Code::WithoutRepeatedBlock => "repeated pieces",
        Code::MaximumAlphabetical => "letters in order",
        Code::MaximumNumerical => "digits in order",
        Code::MaximumQwerty => "keys in a line (QWERTY)",
        Code::MaximumAzerty => "keys in a line (AZERTY)",
        Code::MaximumQwertz => "keys in a line (QWERTZ)",
        Code::WithoutAttributes => "the user’s own data",
        Code::WithoutWords => "forbidden words",
        Code::NotBlocklisted => "commonly used passwords",
        Code::NotBreached => "breached passwords",
        Code::MinimumStrength => "estimated strength",
        Code::NotReused => "earlier passwords",
        Code::MinimumAge => "minimum age",
        Code::MaximumAge => "maximum age",
    }
}
