//! The requirements of a password as data.

use crate::language::Language;
use crate::requirement_text::requirement_text;
use serde::Serialize;
use serde_json::{Map, Value};
use slotwerk::policy::{Policy, Requirement};
use utoipa::ToSchema;

/// One requirement, and how the password stands against it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Requirement)]
pub(crate) struct RequirementItem {
    /// The stable code of the rule. Later versions may add codes.
    #[schema(example = "minimum-length")]
    code: String,
    /// The numbers, characters or words of the rule, by name.
    #[schema(value_type = Object)]
    parameters: Map<String, Value>,
    /// `met`, `unmet` or `pending`. Pending: nothing was typed yet, or only the server can tell.
    #[schema(example = "unmet")]
    state: &'static str,
    /// The rule for people, in the language of the request.
    text: String,
}

/// The requirements of a new password.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Requirements {
    requirements: Vec<RequirementItem>,
    /// The rules that the evaluator in `/static/evaluator.js` decides while the person types.
    #[schema(value_type = Object)]
    browser_rules: Value,
    /// Attributes for the input field, such as `minlength` and `passwordrules`.
    #[schema(value_type = Object)]
    attributes: Map<String, Value>,
    /// The user name, for the password manager.
    login: String,
    /// The second at which the link becomes invalid (Unix time).
    #[serde(skip_serializing_if = "Option::is_none")]
    valid_until: Option<u64>,
}

impl RequirementItem {
    pub(crate) fn all(requirements: &[Requirement], language: &Language) -> Vec<Self> {
        let item = |one: &Requirement| Self {
            code: one.code().as_str().to_owned(),
            parameters: parameters(one),
            state: one.state().as_str(),
            text: requirement_text(one.rule(), language),
        };
        requirements.iter().map(item).collect()
    }
}

fn parameters(requirement: &Requirement) -> Map<String, Value> {
    let pairs = requirement.parameters().into_iter();
    pairs
        .filter_map(|(name, value)| Some((name.to_owned(), serde_json::to_value(value).ok()?)))
        .collect()
}

impl Requirements {
    pub(crate) fn new(
        requirements: &[Requirement],
        language: &Language,
        browser_rules: &str,
        policy: &Policy,
        login: &str,
    ) -> Self {
        let attributes = policy.html_attributes().into_iter();
        Self {
            requirements: RequirementItem::all(requirements, language),
            browser_rules: serde_json::from_str(browser_rules).unwrap_or_default(),
            attributes: attributes
                .map(|(name, value)| (name.to_owned(), Value::from(value)))
                .collect(),
            login: login.to_owned(),
            valid_until: None,
        }
    }

    /// Of a link that is valid until this second.
    pub(crate) fn until(self, valid_until: u64) -> Self {
        Self {
            valid_until: Some(valid_until),
            ..self
        }
    }
}
