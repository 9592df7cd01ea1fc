//! Dutch.

use super::shown::{self, Ending};
use super::{capitalised, counted, fitting, joined, too_many_digits};
use crate::characters::CharacterSet;
use crate::class::{Class, ClassSet};
use crate::code::Code;
use crate::rule::{Rule, SequenceKind, WhiteSpace};

const CHARACTER: (&str, &str) = ("teken", "tekens");
const DAY: (&str, &str) = ("dag", "dagen");
const ENDING: Ending = Ending {
    and: "en",
    other: ("ander", "andere"),
};

pub(super) fn text(rule: &Rule) -> String {
    match *rule {
        Rule::MinimumLength { characters } => {
            format!("Minstens {}", counted(characters, CHARACTER))
        }
        Rule::MaximumLength { characters } => {
            format!("Hoogstens {}", counted(characters, CHARACTER))
        }
        Rule::MinimumOfClass {
            class,
            characters,
            below,
        } => {
            let text = counted(characters, class_name(class));
            match below {
                None => format!("Minstens {text}"),
                Some(n) => format!("Korter dan {n} tekens? Dan minstens {text}"),
            }
        }
        Rule::ClassesPresent {
            classes,
            at_least,
            below,
        } => classes_present(classes, at_least, below),
        Rule::MinimumDistinct { characters } => {
            format!("Minstens {characters} verschillende tekens")
        }
        Rule::AllowedCharacters { ref set } => allowed(set),
        Rule::ForbiddenCharacters { ref characters } => {
            let before = match characters.len() {
                1 => "Zonder dit teken: ",
                _ => "Zonder deze tekens: ",
            };
            shown::characters(before, characters, "spatie", &ENDING)
                .unwrap_or_else(|| "Zonder bepaalde onzichtbare tekens".to_owned())
        }
        Rule::WhiteSpace { allowed } => match allowed {
            WhiteSpace::Inside => "Zonder spatie aan het begin of het eind".to_owned(),
            WhiteSpace::Nowhere => "Zonder spaties".to_owned(),
        },
        Rule::MaximumRun { characters: 1 } => {
            "Nooit twee keer hetzelfde teken achter elkaar".to_owned()
        }
        Rule::MaximumRun { characters } => {
            format!("Hetzelfde teken hoogstens {characters} keer achter elkaar")
        }
        Rule::WithoutRepeatedBlock { shortest } => {
            let example = match shortest {
                2 => ", zoals “abab”",
                3 => ", zoals “abcabc”",
                4 => ", zoals “abcdabcd”",
                _ => "",
            };
            format!("Zonder stuk van {shortest} of meer tekens dat meteen herhaald wordt{example}")
        }
        Rule::MaximumSequence { kind, characters } => match kind {
            SequenceKind::Alphabetical => {
                format!("Hoogstens {characters} letters op volgorde van het alfabet")
            }
            SequenceKind::Numerical => match too_many_digits(characters) {
                Some(digits) => format!("Geen reeks zoals {digits}"),
                None => format!("Hoogstens {characters} cijfers op volgorde"),
            },
            SequenceKind::Qwerty => keys(characters, "QWERTY"),
            SequenceKind::Azerty => keys(characters, "AZERTY"),
            SequenceKind::Qwertz => keys(characters, "QWERTZ"),
        },
        Rule::WithoutAttributes { .. } => "Zonder je naam, gebruikersnaam of mailadres".to_owned(),
        Rule::WithoutWords { ref words } => {
            let before = match words.len() {
                1 => "Zonder het woord ",
                _ => "Zonder de woorden ",
            };
            shown::words(before, words, &ENDING)
                .unwrap_or_else(|| "Zonder bepaalde woorden van je organisatie".to_owned())
        }
        Rule::NotBlocklisted { variants: false } => "Geen veelgebruikt wachtwoord".to_owned(),
        Rule::NotBlocklisted { variants: true } => {
            "Geen veelgebruikt wachtwoord, ook niet met cijfers of tekens erbij".to_owned()
        }
        Rule::NotBreached {} => "Niet bekend uit een datalek".to_owned(),
        Rule::MinimumStrength { score: 4 } => "Moeilijk te raden: sterkte 4 van 4".to_owned(),
        Rule::MinimumStrength { score } => {
            format!("Moeilijk te raden: sterkte {score} van 4 of hoger")
        }
        Rule::NotReused { last, days } => match (last, days) {
            (1, 0) => "Anders dan je huidige wachtwoord".to_owned(),
            (last, 0) => format!("Anders dan je laatste {last} wachtwoorden"),
            (0, days) => format!(
                "Anders dan je wachtwoorden van de afgelopen {}",
                period(days)
            ),
            (1, days) => format!(
                "Anders dan je huidige wachtwoord en die van de afgelopen {}",
                period(days)
            ),
            (last, days) => format!(
                "Anders dan je laatste {last} wachtwoorden en die van de afgelopen {}",
                period(days)
            ),
        },
        Rule::MinimumAge { hours } => {
            let age = match hours {
                // "1 uur" and "24 uur" alike.
                hours if hours < 48 || hours % 24 != 0 => format!("{hours} uur"),
                hours => counted(hours / 24, DAY),
            };
            format!("Je huidige wachtwoord is minstens {age} oud")
        }
        Rule::MaximumAge { days } => format!("Na {} een nieuw wachtwoord", counted(days, DAY)),
    }
}

/// "De afgelopen dag", not "de afgelopen 1 dag".
fn period(days: u16) -> String {
    if days == 1 {
        DAY.0.to_owned()
    } else {
        counted(days, DAY)
    }
}

fn keys(characters: u16, keyboard: &str) -> String {
    format!("Hoogstens {characters} toetsen op een rij op een {keyboard}-toetsenbord")
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
        // "Minstens 1 cijfer" is what another rule says.
        all if all == n => (
            format!("met {}", names("een ", " en ")),
            format!("met {}", names("", " en ")),
            names("", " en "),
        ),
        1 => (
            format!("met {}", names("een ", " of ")),
            format!("met {}", names("", " of ")),
            names("", " of "),
        ),
        some => (
            format!("minstens {some} van deze {n}: {}", names("", ", ")),
            format!("minstens {some} van: {}", names("", ", ")),
            format!("{some} van: {}", names("", ", ")),
        ),
    };
    match below {
        None => fitting([long, medium, short].map(|text| capitalised(&text))),
        Some(below) => fitting([
            format!("Korter dan {below} tekens? Dan {long}"),
            format!("Korter dan {below} tekens? Dan {medium}"),
            format!("Korter dan {below}? Dan {medium}"),
            format!("Korter dan {below}? Dan {short}"),
            format!("Onder {below}: {short}"),
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
        parts.extend(plain.then_some("letters zonder accent"));
        parts.extend(has(Class::Uppercase).then_some("hoofdletters"));
        parts.extend(has(Class::Lowercase).then_some("kleine letters"));
    }
    parts.extend((set.printable_ascii || has(Class::Digit)).then_some("cijfers"));
    if has(Class::Symbol) {
        parts.push("speciale tekens");
    } else {
        parts.extend(set.printable_ascii.then_some("gewone leestekens"));
    }
    parts.extend(set.printable_ascii.then_some("spaties"));
    let more = shown::beyond(set);
    let (before, and) = match parts.split_last() {
        None => ("Alleen deze tekens: ".to_owned(), String::new()),
        Some((last, [])) => (format!("Alleen {last}"), format!("Alleen {last} en ")),
        Some((last, rest)) => {
            let rest = rest.join(", ");
            (
                format!("Alleen {rest} en {last}"),
                format!("Alleen {rest}, {last} en "),
            )
        }
    };
    if parts.is_empty() {
        return shown::characters(&before, &more, "spatie", &ENDING)
            .unwrap_or_else(|| "Alleen bepaalde onzichtbare tekens".to_owned());
    }
    let text = if more.is_empty() {
        before
    } else {
        shown::characters(&and, &more, "spaties", &ENDING)
            .unwrap_or_else(|| format!("{and}bepaalde onzichtbare tekens"))
    };
    fitting([
        text,
        "Alleen bepaalde letters, cijfers en tekens".to_owned(),
    ])
}

fn class_name(class: Class) -> (&'static str, &'static str) {
    match class {
        Class::Uppercase => ("hoofdletter", "hoofdletters"),
        Class::Lowercase => ("kleine letter", "kleine letters"),
        Class::Letter => ("letter", "letters"),
        Class::Digit => ("cijfer", "cijfers"),
        Class::Symbol => ("speciaal teken", "speciale tekens"),
    }
}

pub(super) fn name(code: Code) -> &'static str {
    match code {
        Code::MinimumLength => "minimumlengte",
        Code::MaximumLength => "maximumlengte",
        Code::MinimumUppercase => "aantal hoofdletters",
        Code::MinimumLowercase => "aantal kleine letters",
        Code::MinimumLetters => "aantal letters",
        Code::MinimumDigits => "aantal cijfers",
        Code::MinimumSymbols => "aantal speciale tekens",
        Code::ClassesPresent => "soorten tekens",
        Code::MinimumDistinct => "verschillende tekens",
        Code::AllowedCharacters => "toegestane tekens",
        Code::ForbiddenCharacters => "verboden tekens",
        Code::WhiteSpace => "spaties",
        Code::MaximumRun => "hetzelfde teken achter elkaar",
        Code::WithoutRepeatedBlock => "herhaalde stukken",
        Code::MaximumAlphabetical => "letters op volgorde",
        Code::MaximumNumerical => "cijfers op volgorde",
        Code::MaximumQwerty => "toetsen op een rij (QWERTY)",
        Code::MaximumAzerty => "toetsen op een rij (AZERTY)",
        Code::MaximumQwertz => "toetsen op een rij (QWERTZ)",
        Code::WithoutAttributes => "gegevens van de gebruiker",
        Code::WithoutWords => "verboden woorden",
        Code::NotBlocklisted => "veelgebruikte wachtwoorden",
        Code::NotBreached => "gelekte wachtwoorden",
        Code::MinimumStrength => "geschatte sterkte",
        Code::NotReused => "eerdere wachtwoorden",
        Code::MinimumAge => "minimale leeftijd",
        Code::MaximumAge => "maximale leeftijd",
    }
}
