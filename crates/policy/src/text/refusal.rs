//! Why a policy was refused, for the administrator who wrote it.

use super::{Language, counted};
use crate::class::Class;
use crate::code::Code;
use crate::error::{Clash, PolicyError, Why};

impl PolicyError {
    /// The refusal in words, for whoever sets the rules. `Display` has it in English with the codes of the
    /// rules, for a log.
    #[must_use]
    pub fn text(&self, language: Language) -> String {
        match language {
            Language::Nl => dutch(self),
            Language::En => english(self),
        }
    }
}

fn dutch(error: &PolicyError) -> String {
    let name = |code: &Code| code.name(Language::Nl);
    match error {
        PolicyError::MinimumLengthMissing => {
            "Er is geen minimumlengte ingesteld. Zonder die regel kan het beleid niet werken."
                .to_owned()
        }
        PolicyError::Duplicate { code } => format!(
            "De regel “{}” staat er twee keer in. Laat er één staan.",
            name(code)
        ),
        PolicyError::OutOfRange {
            code,
            parameter,
            value,
            lowest,
            highest,
        } => format!(
            "Bij de regel “{}” staat {} op {value}; dat moet van {lowest} tot en met {highest} zijn.",
            name(code),
            dutch_parameter(parameter),
        ),
        PolicyError::Contradiction { clash, why } => {
            let rules = rules(clash, Language::Nl, "en");
            let why = dutch_reason(*why);
            match clash.len() {
                0 | 1 => format!("Aan de regel {rules} kan niemand voldoen: {why}."),
                _ => format!("De regels {rules} gaan niet samen: {why}."),
            }
        }
        PolicyError::Undecided => {
            "Er is geen wachtwoord gevonden dat aan alle regels voldoet, en ook niet bewezen \
            dat het er niet is. Maak de regels eenvoudiger."
                .to_owned()
        }
        PolicyError::TooFewClasses { at_least, named } => format!(
            "Er worden {} gevraagd, maar er {} genoemd.",
            counted(*at_least, ("soort tekens", "soorten tekens")),
            if *named == 1 {
                "is er maar 1".to_owned()
            } else {
                format!("zijn er maar {named}")
            },
        ),
        PolicyError::TooManyRules { rules, most } => {
            format!("Er zijn {rules} regels; het mogen er hoogstens {most} zijn.")
        }
        PolicyError::ScopeName => {
            "De naam van dit onderdeel van het beleid ontbreekt of is te lang.".to_owned()
        }
        PolicyError::StrengthUnavailable => {
            "Deze installatie kan de sterkte van een wachtwoord niet schatten. Haal die regel weg."
                .to_owned()
        }
        PolicyError::BlocklistMissing => {
            "Wachtwoorden moeten met een lijst vergeleken worden, maar er is geen lijst.".to_owned()
        }
    }
}

fn english(error: &PolicyError) -> String {
    let name = |code: &Code| code.name(Language::En);
    match error {
        PolicyError::MinimumLengthMissing => {
            "No minimum length is set. The policy cannot work without it.".to_owned()
        }
        PolicyError::Duplicate { code } => {
            format!("The rule “{}” stands twice. Keep one of them.", name(code))
        }
        PolicyError::OutOfRange {
            code,
            parameter,
            value,
            lowest,
            highest,
        } => format!(
            "In the rule “{}” {} is {value}; it must be from {lowest} to {highest}.",
            name(code),
            english_parameter(parameter),
        ),
        PolicyError::Contradiction { clash, why } => {
            let rules = rules(clash, Language::En, "and");
            let why = english_reason(*why);
            match clash.len() {
                0 | 1 => format!("Nobody can meet the rule {rules}: {why}."),
                _ => format!("The rules {rules} do not go together: {why}."),
            }
        }
        PolicyError::Undecided => {
            "No password was found that meets every rule, nor a proof that there is none. \
            Make the rules simpler."
                .to_owned()
        }
        PolicyError::TooFewClasses { at_least, named } => format!(
            "{} asked for, but only {named} {} named.",
            if *at_least == 1 {
                "1 kind of characters is".to_owned()
            } else {
                format!("{at_least} kinds of characters are")
            },
            if *named == 1 { "is" } else { "are" },
        ),
        PolicyError::TooManyRules { rules, most } => {
            format!("There are {rules} rules; at most {most} are possible.")
        }
        PolicyError::ScopeName => {
            "The name of this part of the policy is missing or too long.".to_owned()
        }
        PolicyError::StrengthUnavailable => {
            "This installation cannot estimate the strength of a password. Remove that rule."
                .to_owned()
        }
        PolicyError::BlocklistMissing => {
            "Passwords must be compared with a list, but there is no list.".to_owned()
        }
    }
}

/// The rules that clash, in quotes and with the scopes that ask for them.
fn rules(clash: &[Clash], language: Language, and: &str) -> String {
    let named = |clash: &Clash| {
        let name = clash.code().name(language);
        match clash.origins.as_slice() {
            [] => format!("“{name}”"),
            origins => format!("“{name}” ({})", origins.join(", ")),
        }
    };
    let named: Vec<String> = clash.iter().map(named).collect();
    match named.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} {and} {last}", rest.join(", ")),
        _ => named.concat(),
    }
}

fn dutch_reason(why: Why) -> String {
    match why {
        Why::Room { needed, allowed } => {
            format!("er zijn {needed} tekens nodig, en hoogstens {allowed} toegestaan")
        }
        Why::NoCharacterLeft { class } => {
            let none = match class {
                Some(Class::Uppercase) => "geen enkele hoofdletter",
                Some(Class::Lowercase) => "geen enkele kleine letter",
                Some(Class::Letter) => "geen enkele letter",
                Some(Class::Digit) => "geen enkel cijfer",
                Some(Class::Symbol) => "geen enkel speciaal teken",
                None => "geen enkel teken",
            };
            format!("{none} is toegestaan")
        }
        Why::Variety { needed, left } => {
            format!("er zijn {needed} verschillende tekens nodig, en maar {left} toegestaan")
        }
        Why::NothingLeft { shortest, longest } if shortest == longest => {
            format!("elk wachtwoord van {shortest} tekens is met een van de regels in strijd")
        }
        Why::NothingLeft { shortest, longest } => format!(
            "elk wachtwoord van {shortest} tot en met {longest} tekens is met een van de regels in strijd"
        ),
    }
}

fn english_reason(why: Why) -> String {
    match why {
        Why::Room { needed, allowed } => {
            format!("{needed} characters are needed, and at most {allowed} are allowed")
        }
        Why::NoCharacterLeft { class } => {
            let none = match class {
                Some(Class::Uppercase) => "no capital letter",
                Some(Class::Lowercase) => "no small letter",
                Some(Class::Letter) => "no letter",
                Some(Class::Digit) => "no digit",
                Some(Class::Symbol) => "no symbol",
                None => "no character",
            };
            format!("{none} is allowed")
        }
        Why::Variety { needed, left } => {
            let are = if left == 1 { "is" } else { "are" };
            format!("{needed} different characters are needed, and only {left} {are} allowed")
        }
        Why::NothingLeft { shortest, longest } if shortest == longest => {
            format!("every password of {shortest} characters breaks one of the rules")
        }
        Why::NothingLeft { shortest, longest } => {
            format!("every password of {shortest} to {longest} characters breaks one of the rules")
        }
    }
}

fn dutch_parameter(parameter: &str) -> &str {
    match parameter {
        "characters" => "het aantal tekens",
        "at_least" => "het aantal soorten",
        "below" => "de grens waaronder de regel geldt",
        "shortest" => "het kortste stuk",
        "shortest_part" => "het kortste deel van een naam",
        "words" => "het aantal woorden of tekens per woord",
        "score" => "de sterkte",
        "last" => "het aantal eerdere wachtwoorden",
        "days" => "het aantal dagen",
        "hours" => "het aantal uren",
        other => other,
    }
}

fn english_parameter(parameter: &str) -> &str {
    match parameter {
        "characters" => "the number of characters",
        "at_least" => "the number of kinds",
        "below" => "the length below which it holds",
        "shortest" => "the shortest piece",
        "shortest_part" => "the shortest part of a name",
        "words" => "the number of words, or of characters in one,",
        "score" => "the strength",
        "last" => "the number of earlier passwords",
        "days" => "the number of days",
        "hours" => "the number of hours",
        other => other,
    }
}
