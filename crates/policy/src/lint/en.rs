//! Findings in English.

use super::{Concern, Document, Finding, Numbers, Severity};
use crate::rule::Rule;
use crate::text::Language;

pub(super) fn text(finding: &Finding) -> String {
    let Numbers {
        found,
        wanted,
        shortest,
    } = finding.numbers;
    let is_nist = finding.clause.document() == Document::Nist80063B4;
    // What the policy alone does not show.
    let unless = |text| {
        if finding.severity == Severity::Violation {
            ""
        } else {
            text
        }
    };
    let name = finding.code().name(Language::En);
    match finding.concern {
        Concern::MinimumTooLow if is_nist => format!(
            "The minimum is {found} characters. A password that is the only factor must have at least {wanted}."
        ),
        Concern::MinimumTooLow => format!(
            "The minimum is {found} characters. At least {wanted} are strongly recommended."
        ),
        Concern::MaximumTooLow if is_nist => format!(
            "The maximum is {found} characters. Passwords of {wanted} should be possible, for passphrases and \
             password managers."
        ),
        Concern::MaximumTooLow => {
            format!("The maximum is {found} characters. Passwords of {wanted} must be possible.")
        }
        Concern::Composition => {
            let when = match below(finding) {
                Some(below) => format!(" for passwords shorter than {below} characters"),
                None => String::new(),
            };
            if is_nist {
                format!(
                    "The rule “{name}” asks for kinds of characters{when}. Such rules are not allowed: people meet \
                     them in predictable ways. Raise the minimum length instead."
                )
            } else {
                format!(
                    "The rule “{name}” asks for kinds of characters{when}. Passwords of any composition must be \
                     possible."
                )
            }
        }
        Concern::CompositionWithoutEffect => format!(
            "The rule “{name}” only holds below {found} characters, and passwords have at least {shortest}. It asks \
             for nothing and can go."
        ),
        Concern::AsciiRefused => {
            let are = if found == 1 { "is" } else { "are" };
            format!(
                "Of the {wanted} letters, digits and symbols of ASCII, {found} {are} refused; all should be accepted."
            )
        }
        Concern::SpaceRefused => {
            "The space is refused; it should be accepted, so that people can use phrases.".to_owned()
        }
        Concern::UnicodeRefused => {
            "Characters beyond ASCII, such as é, 字 and 😀, are not all accepted; they should be.".to_owned()
        }
        Concern::CharactersLimited => {
            format!("The rule “{name}” limits which characters may be used; there must be no such limit.")
        }
        Concern::SpaceAtEndsRefused => "A space at the beginning or the end is refused. That catches slips, and costs \
            people little; strictly, the space should be accepted everywhere."
            .to_owned(),
        Concern::PatternsRefused => format!(
            "The rule “{name}” refuses passwords for their pattern. The clause forbids composition rules and names \
             only mixtures of characters; strictly read this is one too. A blocklist refuses the worst of them."
        ),
        Concern::NoAttributes => "The user’s own name may be in the password. The clause suggests to put such words on \
            the blocklist; the rule “the user’s own data” does it for each user."
            .to_owned(),
        Concern::NoContextWords if finding.clause.section() == "6.1.2" => "No words from the context are listed: the \
            names of the organisation, its products and its departments. The list may also be kept elsewhere."
            .to_owned(),
        Concern::NoContextWords => format!(
            "Words from the context, such as the name of the organisation, are not refused{}.",
            unless(", unless they are on the blocklist")
        ),
        Concern::PartsCompared => format!(
            "The rule “{name}” looks at parts of the password. That is stricter than the clause, which compares \
             the entire password, and refuses long passwords for one word."
        ),
        Concern::NoBlocklist if is_nist => "Passwords are not compared with a list of common, expected or \
            breached ones. They must be."
            .to_owned(),
        Concern::NoBlocklist => format!(
            "Passwords are not compared with the 3,000 most common ones that match the policy{}.",
            unless(", unless the breached set holds those")
        ),
        Concern::BlocklistTooSmall => format!(
            "{} on the list can be a password here, with at least {shortest} characters. At least {} must be compared.",
            match found {
                0 => "No word".to_owned(),
                1 => "Only 1 word".to_owned(),
                n => format!("Only {} words", grouped(n)),
            },
            grouped(wanted)
        ),
        Concern::BlocklistUncounted => format!(
            "The list was not there to be counted. At least 3,000 of its words should have {shortest} characters \
             or more."
        ),
        Concern::VariantsCompared => "Words from the list are refused with digits or symbols around them too. That is \
            stricter than the clause, which compares the entire password."
            .to_owned(),
        Concern::NoBreachCheck => format!(
            "Passwords are not compared with those known from breaches{}.",
            unless(", unless the blocklist holds these")
        ),
        Concern::StrengthEstimated => "The strength is estimated. Neither document asks for it; people cannot tell \
            beforehand what will do, so keep the other rules clear."
            .to_owned(),
        Concern::History => format!(
            "Earlier passwords are refused: {}. Neither document asks for it; people tend to add a digit, and each \
             earlier password costs a comparison at every change.",
            match finding.rule() {
                Some(Rule::NotReused { last, days }) => history(*last, *days),
                _ => String::new(),
            }
        ),
        Concern::MinimumAge => format!(
            "A password cannot be changed in the first {}. Who thinks that it was seen has to wait, or to say \
             that it was forgotten.",
            match finding.rule() {
                Some(Rule::MinimumAge { hours }) if *hours != 1 => format!("{hours} hours"),
                _ => "hour".to_owned(),
            }
        ),
        Concern::MaximumAge => format!(
            "A password has to be changed after {}. That must not be asked for, only when there is evidence that it \
             leaked.",
            match finding.rule() {
                Some(Rule::MaximumAge { days }) => counted(*days),
                _ => String::new(),
            }
        ),
        Concern::HardToType => "No password was found that meets every rule and can be typed: all that were found have \
            characters beyond ASCII and Latin letters, which many keyboards lack. Loosen one of the rules."
            .to_owned(),
    }
}

fn below(finding: &Finding) -> Option<u16> {
    match finding.rule() {
        Some(Rule::MinimumOfClass { below, .. } | Rule::ClassesPresent { below, .. }) => *below,
        _ => None,
    }
}

fn history(last: u16, days: u16) -> String {
    let last = match last {
        0 => None,
        1 => Some("the current one".to_owned()),
        n => Some(format!("the last {n}")),
    };
    let days = (days > 0).then(|| format!("those of {}", counted(days)));
    last.into_iter()
        .chain(days)
        .collect::<Vec<_>>()
        .join(" and ")
}

fn counted(days: u16) -> String {
    format!("{days} {}", if days == 1 { "day" } else { "days" })
}

/// 2,999.
fn grouped(n: usize) -> String {
    match n {
        0..1_000 => n.to_string(),
        _ => format!("{},{:03}", grouped(n / 1_000), n % 1_000),
    }
}
