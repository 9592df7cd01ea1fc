//! What the two pages for a new password share: the lists of requirements, and a suggestion.

use crate::form::Form;
use crate::headers::ASKING_PAGE_POLICY;
use crate::refusal::Refusal;
use crate::requirement_text::{joined, one_of, requirement_text};
use crate::visit::Visit;
use axum::http::header::CONTENT_SECURITY_POLICY;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use minijinja::{Value, context};
use slotwerk::policy::{MAX_BYTES, Requirement, Rule, State};
use slotwerk_words::{Arg, TextError, Words};

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
        let mut requirements = Vec::new();
        for (requirement, state) in all.iter().zip(&states) {
            requirements.push(context! {
                code => requirement.code().as_str(),
                text => requirement_text(requirement.rule(), language),
                ..mark(*state, language)?
            });
        }
        Ok(context! { requirements, lines, live => is_asked(&all) })
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
            [one] => requirement_text(one.rule(), language),
            several => classes(several, language)?,
        };
        let is_demand = group.iter().any(|one| is_demand(one.rule()));
        lines.push(context! {
            text,
            places => places.map(|place| place.to_string()).collect::<Vec<_>>().join(" "),
            prohibition => !is_demand,
            hidden => !is_demand && state != State::Unmet,
            ..mark(state, language)?
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
            names.push(one_of(class, language).map_err(fault)?);
        }
    }
    let all = joined(names, "rules-and", language).map_err(fault)?;
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
    language.text(name, values).map_err(fault)
}

fn fault(error: TextError) -> Refusal {
    Refusal::Fault(Box::new(error))
}

fn met(state: State) -> &'static str {
    match state {
        State::Met => "true",
        State::Unmet => "false",
        _ => "unknown",
    }
}

/// The words for a state are also those of the script.
fn mark(state: State, language: &Words) -> Result<Value, Refusal> {
    let name = match state {
        State::Met => "reset-word-true",
        State::Unmet => "reset-word-false",
        _ => "reset-word-unknown",
    };
    Ok(context! { met => met(state), state => words(language, name, &[])? })
}

/// The field of a form that asks for a verdict on what was typed, and not to save it.
const JUDGE: &str = "judge";

/// Whether the script asks the server while the person types: for a rule that no browser decides and that people cannot
/// judge themselves.
fn is_asked(requirements: &[Requirement]) -> bool {
    let mut rules = requirements.iter().map(Requirement::rule);
    rules.any(|rule| matches!(rule, Rule::MinimumStrength { .. }))
}

/// The verdict that a script asked for: a word for each requirement, in the order of the whole list. `None` for a form that is to be saved.
pub(crate) fn verdict(
    form: &mut Form,
    typed: &str,
    check: impl FnOnce(&str) -> Vec<Requirement>,
) -> Option<Response> {
    form.field(JUDGE)?;
    let requirements = if typed.len() > MAX_BYTES {
        Vec::new()
    } else {
        check(typed)
    };
    let states: Vec<&str> = if is_asked(&requirements) {
        requirements.iter().map(|one| met(one.state())).collect()
    } else {
        Vec::new()
    };
    Some(states.join(" ").into_response())
}

/// A page with these requirements: its script may ask for a verdict if it has to.
pub(crate) fn may_ask(mut page: Response, requirements: &[Requirement]) -> Response {
    if is_asked(requirements) {
        let policy = HeaderValue::from_static(ASKING_PAGE_POLICY);
        page.headers_mut().insert(CONTENT_SECURITY_POLICY, policy);
    }
    page
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
    use slotwerk::policy::{Class, PolicyDraft, Subject};
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
