//! What the two pages for a new password share: the list of requirements, and a suggestion.

use crate::language;
use crate::refusal::Refusal;
use crate::visit::Visit;
use axum::http::StatusCode;
use minijinja::context;
use slotwerk::policy::{Requirement, State};
use slotwerk_words::Words;

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

pub(crate) fn item(requirement: &Requirement, language: &Words) -> minijinja::Value {
    let met = match requirement.state() {
        State::Met => "true",
        State::Unmet => "false",
        _ => "unknown",
    };
    context! {
        code => requirement.code().as_str(),
        text => requirement.text(language::of_policy(language)),
        state => requirement.state().text(language::of_policy(language)),
        met,
    }
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
