//! What an administrator is told.

use slotwerk_policy::{CharacterSet, Class, ClassSet, Language, PolicyDraft, PolicyError, Rule};

fn refusal(draft: PolicyDraft) -> PolicyError {
    draft.build().unwrap_err()
}

#[test]
fn an_administrator_is_told_why_in_both_languages() {
    let eight = || PolicyDraft::new().minimum_length(8);
    let classes: ClassSet = [Class::Digit].into_iter().collect();
    for (error, nl, en) in [
        (
            refusal(PolicyDraft::new()),
            "Er is geen minimumlengte ingesteld. Zonder die regel kan het beleid niet werken.",
            "No minimum length is set. The policy cannot work without it.",
        ),
        (
            refusal(eight().maximum_run(2).maximum_run(3)),
            "De regel “hetzelfde teken achter elkaar” staat er twee keer in. Laat er één staan.",
            "The rule “the same character in a row” stands twice. Keep one of them.",
        ),
        (
            refusal(PolicyDraft::new().minimum_length(7)),
            "Bij de regel “minimumlengte” staat het aantal tekens op 7; dat moet van 8 tot en met 256 zijn.",
            "In the rule “minimum length” the number of characters is 7; it must be from 8 to 256.",
        ),
        (
            refusal(eight().rule(Rule::ClassesPresent {
                classes,
                at_least: 2,
                below: None,
            })),
            "Er worden 2 soorten tekens gevraagd, maar er is er maar 1 genoemd.",
            "2 kinds of characters are asked for, but only 1 is named.",
        ),
        (
            refusal((1..70).fold(eight(), |draft, n| {
                draft.rule(Rule::MinimumAge { hours: n })
            })),
            "Er zijn 70 regels; het mogen er hoogstens 64 zijn.",
            "There are 70 rules; at most 64 are possible.",
        ),
        (
            refusal(eight().scope("")),
            "De naam van dit onderdeel van het beleid ontbreekt of is te lang.",
            "The name of this part of the policy is missing or too long.",
        ),
        (
            refusal(eight().rule(Rule::NotBlocklisted { variants: false })),
            "Wachtwoorden moeten met een lijst vergeleken worden, maar er is geen lijst.",
            "Passwords must be compared with a list, but there is no list.",
        ),
        (
            PolicyError::StrengthUnavailable,
            "Deze installatie kan de sterkte van een wachtwoord niet schatten. Haal die regel weg.",
            "This installation cannot estimate the strength of a password. Remove that rule.",
        ),
        (
            PolicyError::Undecided,
            "Er is geen wachtwoord gevonden dat aan alle regels voldoet, en ook niet bewezen dat het er niet is. Maak de regels eenvoudiger.",
            "No password was found that meets every rule, nor a proof that there is none. Make the rules simpler.",
        ),
        (
            refusal(
                PolicyDraft::new()
                    .scope("noord")
                    .minimum_length(20)
                    .merge(PolicyDraft::new().scope("platform").maximum_length(16)),
            ),
            "De regels “minimumlengte” (noord) en “maximumlengte” (platform) gaan niet samen: er zijn 20 tekens nodig, en hoogstens 16 toegestaan.",
            "The rules “minimum length” (noord) and “maximum length” (platform) do not go together: 20 characters are needed, and at most 16 are allowed.",
        ),
    ] {
        assert_eq!(error.text(Language::Nl), nl);
        assert_eq!(error.text(Language::En), en);
    }
}

#[test]
fn a_clash_is_told_by_what_it_leaves_no_room_for() {
    let allowed = |text: &str| Rule::AllowedCharacters {
        set: CharacterSet::default().and(text),
    };
    let eight = || PolicyDraft::new().minimum_length(8);
    for (draft, nl, en) in [
        (
            eight()
                .minimum_of_class(Class::Digit, 1)
                .rule(allowed("ab")),
            ": geen enkel cijfer is toegestaan.",
            ": no digit is allowed.",
        ),
        (
            eight()
                .minimum_of_class(Class::Uppercase, 1)
                .rule(allowed("ab1")),
            ": geen enkele hoofdletter is toegestaan.",
            ": no capital letter is allowed.",
        ),
        (
            eight().minimum_distinct(5).rule(allowed("ab1")),
            "5 verschillende tekens nodig, en maar 3 toegestaan.",
            "5 different characters are needed, and only 3 are allowed.",
        ),
        (
            eight().maximum_run(1).rule(allowed("x")),
            ": elk wachtwoord van 8 tot en met 256 tekens is met een van de regels in strijd.",
            ": every password of 8 to 256 characters breaks one of the rules.",
        ),
    ] {
        let error = refusal(draft);
        let (dutch, english) = (error.text(Language::Nl), error.text(Language::En));
        assert!(dutch.ends_with(nl), "{dutch}");
        assert!(english.ends_with(en), "{english}");
    }
}
