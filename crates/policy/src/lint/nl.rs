//! Findings in Dutch.

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
    let name = finding.code().name(Language::Nl);
    match finding.concern {
        Concern::MinimumTooLow if is_nist => format!(
            "Het minimum is {found} tekens. Een wachtwoord dat de enige factor is, moet er minstens {wanted} hebben."
        ),
        Concern::MinimumTooLow => {
            format!("Het minimum is {found} tekens. Minstens {wanted} wordt sterk aangeraden.")
        }
        Concern::MaximumTooLow if is_nist => format!(
            "Het maximum is {found} tekens. Wachtwoorden van {wanted} tekens horen te kunnen, voor wachtzinnen en \
             wachtwoordmanagers."
        ),
        Concern::MaximumTooLow => {
            format!("Het maximum is {found} tekens. Wachtwoorden van {wanted} tekens moeten kunnen.")
        }
        Concern::Composition => {
            let when = match below(finding) {
                Some(below) => format!(" voor wachtwoorden korter dan {below} tekens"),
                None => String::new(),
            };
            if is_nist {
                format!(
                    "De regel “{name}” eist bepaalde soorten tekens{when}. Zulke regels mogen niet: mensen voldoen er op \
                     voorspelbare manieren aan. Verhoog liever de minimumlengte."
                )
            } else {
                format!(
                    "De regel “{name}” eist bepaalde soorten tekens{when}. Wachtwoorden van elke samenstelling moeten \
                     kunnen."
                )
            }
        }
        Concern::CompositionWithoutEffect => format!(
            "De regel “{name}” geldt alleen onder {found} tekens, en wachtwoorden hebben er minstens {shortest}. Hij vraagt \
             niets en kan weg."
        ),
        Concern::AsciiRefused => {
            let are = if found == 1 { "wordt" } else { "worden" };
            format!(
                "Van de {wanted} letters, cijfers en leestekens van ASCII {are} er {found} geweigerd; ze horen alle te kunnen."
            )
        }
        Concern::SpaceRefused => {
            "De spatie wordt geweigerd; die hoort te kunnen, zodat mensen zinnen kunnen gebruiken.".to_owned()
        }
        Concern::UnicodeRefused => {
            "Niet alle tekens buiten ASCII, zoals é, 字 en 😀, kunnen; dat hoort wel.".to_owned()
        }
        Concern::CharactersLimited => {
            format!("De regel “{name}” beperkt welke tekens gebruikt kunnen worden; zo’n beperking mag er niet zijn.")
        }
        Concern::SpaceAtEndsRefused => "Een spatie aan het begin of het eind wordt geweigerd. Dat vangt vergissingen op en \
            kost mensen weinig; strikt genomen hoort de spatie overal te kunnen."
            .to_owned(),
        Concern::PatternsRefused => format!(
            "De regel “{name}” weigert wachtwoorden om hun patroon. De bepaling verbiedt regels voor de samenstelling en \
             noemt alleen mengsels van tekens; strikt gelezen is dit er ook een. Een lijst van veelgebruikte wachtwoorden \
             weigert de ergste."
        ),
        Concern::NoAttributes => "De eigen naam van de gebruiker kan in het wachtwoord staan. De bepaling raadt aan zulke \
            woorden op de lijst te zetten; de regel “gegevens van de gebruiker” doet dat per gebruiker."
            .to_owned(),
        Concern::NoContextWords if finding.clause.section() == "6.1.2" => "Er zijn geen woorden uit de omgeving vastgelegd: \
            de namen van de organisatie, haar producten en haar afdelingen. De lijst kan ook elders bijgehouden worden."
            .to_owned(),
        Concern::NoContextWords => format!(
            "Woorden uit de omgeving, zoals de naam van de organisatie, worden niet geweigerd{}.",
            unless(", tenzij ze op de lijst van veelgebruikte wachtwoorden staan")
        ),
        Concern::PartsCompared => format!(
            "De regel “{name}” kijkt naar delen van het wachtwoord. Dat is strenger dan de bepaling, die het hele wachtwoord \
             vergelijkt, en weigert ook lange wachtwoorden om één woord."
        ),
        Concern::NoBlocklist if is_nist => "Wachtwoorden worden niet vergeleken met een lijst van veelgebruikte, voor de hand \
            liggende of gelekte wachtwoorden. Dat moet wel."
            .to_owned(),
        Concern::NoBlocklist => format!(
            "Wachtwoorden worden niet vergeleken met de 3.000 meest gebruikte die aan de regels voldoen{}.",
            unless(", tenzij die bij de gelekte wachtwoorden zitten")
        ),
        Concern::BlocklistTooSmall => format!(
            "{} hier een wachtwoord zijn, met minstens {shortest} tekens. Er moeten er minstens {} vergeleken worden.",
            match found {
                0 => "Geen enkel woord op de lijst kan".to_owned(),
                1 => "Maar 1 woord op de lijst kan".to_owned(),
                n => format!("Maar {} woorden op de lijst kunnen", grouped(n)),
            },
            grouped(wanted)
        ),
        Concern::BlocklistUncounted => format!(
            "De lijst was er niet om te tellen. Minstens 3.000 van de woorden horen {shortest} tekens of meer te hebben."
        ),
        Concern::VariantsCompared => "Woorden van de lijst worden ook geweigerd met cijfers of tekens eromheen. Dat is strenger \
            dan de bepaling, die het hele wachtwoord vergelijkt."
            .to_owned(),
        Concern::NoBreachCheck => format!(
            "Wachtwoorden worden niet vergeleken met die uit bekende datalekken{}.",
            unless(", tenzij die op de lijst van veelgebruikte wachtwoorden staan")
        ),
        Concern::StrengthEstimated => "De sterkte wordt geschat. Geen van beide documenten vraagt erom; mensen kunnen vooraf \
            niet zien wat genoeg is, dus houd de andere regels duidelijk."
            .to_owned(),
        Concern::History => format!(
            "Eerdere wachtwoorden worden geweigerd: {}. Geen van beide documenten vraagt erom; mensen zetten er dan vaak een \
             cijfer achter, en elk eerder wachtwoord kost bij elke wijziging een vergelijking.",
            match finding.rule() {
                Some(Rule::NotReused { last, days }) => history(*last, *days),
                _ => String::new(),
            }
        ),
        Concern::MinimumAge => format!(
            "Een wachtwoord kan {} niet gewijzigd worden. Wie denkt dat het gezien is, moet wachten of zeggen dat het \
             vergeten is.",
            match finding.rule() {
                Some(Rule::MinimumAge { hours }) if *hours != 1 => format!("de eerste {hours} uur"),
                _ => "het eerste uur".to_owned(),
            }
        ),
        Concern::MaximumAge => format!(
            "Een wachtwoord moet na {} gewijzigd worden. Dat mag niet gevraagd worden, behalve als er aanwijzingen zijn dat \
             het gelekt is.",
            match finding.rule() {
                Some(Rule::MaximumAge { days }) => counted(*days),
                _ => String::new(),
            }
        ),
        Concern::HardToType => "Er is geen wachtwoord gevonden dat aan alle regels voldoet en dat je kunt typen: wat \
            gevonden is, heeft tekens buiten ASCII en de Latijnse letters, die op veel toetsenborden ontbreken. Maak een \
            van de regels ruimer."
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
        1 => Some("het huidige".to_owned()),
        n => Some(format!("de laatste {n}")),
    };
    let days = (days > 0).then(|| format!("die van {}", counted(days)));
    last.into_iter()
        .chain(days)
        .collect::<Vec<_>>()
        .join(" en ")
}

fn counted(days: u16) -> String {
    format!("{days} {}", if days == 1 { "dag" } else { "dagen" })
}

/// 2.999.
fn grouped(n: usize) -> String {
    match n {
        0..1_000 => n.to_string(),
        _ => format!("{}.{:03}", grouped(n / 1_000), n % 1_000),
    }
}
