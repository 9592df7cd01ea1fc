//! What the two pages for a new password share: the lists of requirements, and a suggestion.

use crate::language;
use crate::refusal::Refusal;
use crate::visit::Visit;
use axum::http::StatusCode;
use minijinja::{Value, context};
use slotwerk::policy::{Class, Requirement, Rule, State};
use slotwerk_words::{Arg, Words};

/// What there is to say about what was typed.
pub(crate) struct Judged {
    pub(crate) status: StatusCode,
    pub(crate) problem: Option<&'static str>,
    /// The verdict; without one the list is as it is before anything is typed.
    pub(crate) requirements: Option<Vec<Requirement>>,
    pub(crate) wait_seconds: u64,
}

impl Judged {
    pub(crate) fn not_yet(status: StatusCode, problem: Option<&'static str>) -> Self {
        Self {
            status,
            problem,
            requirements: None,
            wait_seconds: 0,
        }
    }
}

impl Judged {
    /// The values of `new_password.html`: every requirement, and the short list of what the person has to do. Before
    /// anything is typed, each mark is neutral. `untyped` are the requirements of that moment.
    pub(crate) fn lists(
        &self,
        untyped: impl FnOnce() -> Vec<Requirement>,
        language: &Words,
    ) -> Result<Value, Refusal> {
        let (all, states): (_, Vec<State>) = match &self.requirements {
            Some(judged) => (
                judged.clone(),
                judged.iter().map(Requirement::state).collect(),
            ),
            None => {
                let all = untyped();
                let states = vec![State::Pending; all.len()];
                (all, states)
            }
        };
        let lines = lines(&all, &states, language)?;
        let requirements = all.iter().zip(&states).map(|(requirement, state)| {
            context! {
                code => requirement.code().as_str(),
                text => requirement.text(language::of_policy(language)),
                ..mark(*state, language)
            }
        });
        Ok(context! { requirements => requirements.collect::<Vec<_>>(), lines })
    }
}

/// The short list. Each line names the requirements that it stands for by their places in the whole list.
fn lines(all: &[Requirement], states: &[State], language: &Words) -> Result<Vec<Value>, Refusal> {
    let mut lines = Vec::new();
    let mut first = 0;
    for group in all.chunk_by(share_a_line) {
        let places = first..first + group.len();
        first = places.end;
        let state = combined(states.get(places.clone()).unwrap_or_default());
        let text = match group {
            [one] => one.text(language::of_policy(language)),
            several => classes(several, language)?,
        };
        let is_demand = group.iter().any(|one| is_demand(one.rule()));
        lines.push(context! {
            text,
            places => places.map(|place| place.to_string()).collect::<Vec<_>>().join(" "),
            prohibition => !is_demand,
            hidden => !is_demand && state != State::Unmet,
            ..mark(state, language)
        });
    }
    Ok(lines)
}

/// Whether the person has to put something in, and not leave something out.
fn is_demand(rule: &Rule) -> bool {
    matches!(
        rule,
        Rule::MinimumLength { .. }
            | Rule::MinimumOfClass { .. }
            | Rule::ClassesPresent { .. }
            | Rule::MinimumDistinct { .. }
            | Rule::MinimumStrength { .. }
    )
}

/// Whether both ask for one character of a class, for passwords of the same length.
fn share_a_line(one: &Requirement, other: &Requirement) -> bool {
    let asked = |requirement: &Requirement| match *requirement.rule() {
        Rule::MinimumOfClass {
            characters: 1,
            below,
            ..
        } => Some(below),
        _ => None,
    };
    asked(one).is_some_and(|below| asked(other) == Some(below))
}

fn combined(states: &[State]) -> State {
    if states.contains(&State::Unmet) {
        State::Unmet
    } else if states.iter().all(|state| *state == State::Met) {
        State::Met
    } else {
        State::Pending
    }
}

/// One line for several classes, such as "an uppercase letter, a lowercase letter and a digit".
fn classes(group: &[Requirement], language: &Words) -> Result<String, Refusal> {
    let (mut names, mut length) = (Vec::new(), None);
    for requirement in group {
        if let Rule::MinimumOfClass { class, below, .. } = *requirement.rule() {
            length = below;
            let name = match class {
                Class::Uppercase => "rules-uppercase",
                Class::Lowercase => "rules-lowercase",
                Class::Letter => "rules-letter",
                Class::Digit => "rules-digit",
                _ => "rules-symbol",
            };
            names.push(words(language, name, &[])?);
        }
    }
    let last = names.pop().unwrap_or_default();
    let first = names.join(", ");
    let both = [("first", Arg::from(first)), ("last", Arg::from(last))];
    let all = words(language, "rules-and", &both)?;
    match length {
        Some(below) => {
            let values = [
                ("length", Arg::from(u32::from(below))),
                ("classes", Arg::from(all)),
            ];
            words(language, "rules-below", &values)
        }
        None => words(language, "rules-always", &[("classes", Arg::from(all))]),
    }
}

fn words(language: &Words, name: &str, values: &[(&str, Arg<'_>)]) -> Result<String, Refusal> {
    let text = language.text(name, values);
    text.map_err(|error| Refusal::Fault(Box::new(error)))
}

fn mark(state: State, language: &Words) -> Value {
    let met = match state {
        State::Met => "true",
        State::Unmet => "false",
        _ => "unknown",
    };
    context! { met, state => state.text(language::of_policy(language)) }
}

/// An example of a password that meets the rules for this person.
pub(crate) fn suggestion(
    visit: &Visit,
    accepted: impl Fn(&str) -> bool,
) -> Result<Option<String>, Refusal> {
    let tenant = visit.tenant_auth()?.settings();
    let suggestions = visit.web.suggestions();
    let one = suggestions.one(tenant, &visit.language, accepted);
    Ok(one.map(|text| text.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use slotwerk::policy::{PolicyDraft, Subject};
    use slotwerk_words::Languages;

    /// The lines about a password: their texts, and whether each is hidden.
    fn shown(judged: Option<&str>, tag: &str) -> Vec<(String, bool)> {
        let policy = PolicyDraft::new()
            .minimum_length(8)
            .maximum_run(2)
            .rule(class(Class::Uppercase, 1))
            .rule(class(Class::Digit, 1))
            .rule(class(Class::Symbol, 2))
            .build()
            .unwrap();
        let verdict = |text: &str| policy.check(&Subject::new(), text).requirements().to_vec();
        let typed = Judged {
            requirements: judged.map(verdict),
            ..Judged::not_yet(StatusCode::OK, None)
        };
        let languages = Languages::pages().unwrap();
        let lists = typed.lists(|| verdict(""), languages.find(tag).unwrap());
        let lines = lists.unwrap().get_attr("lines").unwrap();
        let lines = lines.try_iter().unwrap().map(|line| {
            let text = line.get_attr("text").unwrap().to_string();
            (text, line.get_attr("hidden").unwrap().is_true())
        });
        lines.collect()
    }

    fn class(class: Class, characters: u16) -> Rule {
        Rule::MinimumOfClass {
            class,
            characters,
            below: None,
        }
    }

    #[test]
    fn single_classes_share_a_line() {
        let texts = |tag| shown(None, tag).into_iter().map(|(text, _)| text);
        let dutch: Vec<_> = texts("nl").collect();
        assert!(
            dutch.contains(&"Minstens een hoofdletter en een cijfer".to_owned()),
            "{dutch:?}"
        );
        assert!(
            dutch.contains(&"Minstens 2 speciale tekens".to_owned()),
            "{dutch:?}"
        );
        let english: Vec<_> = texts("en").collect();
        let line = "At least an uppercase letter and a digit".to_owned();
        assert!(english.contains(&line), "{english:?}");
    }

    #[test]
    fn prohibition_is_shown_once_broken() {
        let run_is_hidden = |judged| {
            let lines = shown(judged, "en");
            let run = lines.iter().find(|(text, _)| text.contains("in a row"));
            run.unwrap().1
        };
        assert!(run_is_hidden(None));
        assert!(run_is_hidden(Some("abc")));
        assert!(!run_is_hidden(Some("aaab")));
    }
}
