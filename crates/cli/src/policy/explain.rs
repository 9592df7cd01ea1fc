//! `policy explain`: what a policy comes to.

use crate::args::Explain;
use crate::context::Context;
use crate::failure::{Answer, Failure};
use crate::output::Output;
use crate::policy::check::{with_origins, without_state};
use crate::policy::source::{self, Unlisted};
use crate::texts;
use serde_json::{Map, Value, json};
use slotwerk_policy::{Parameter, Requirement, Rule};

pub(crate) fn run(context: &Context, args: &Explain) -> Result<Answer, Failure> {
    let policy = source::policy(context, &args.source, Unlisted::UseCommon)?;
    let requirements = policy.requirements();
    let attributes = policy.html_attributes();
    let maximum_age = policy.origins().find_map(|(rule, origins)| match rule {
        Rule::MaximumAge { days } => Some((*days, origins.map(str::to_owned).collect::<Vec<_>>())),
        _ => None,
    });

    let mut output = Output::new(context);
    if context.json {
        let html: Map<String, Value> = attributes
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value.into()))
            .collect();
        let rules = requirements.iter().map(|r| without_state(context, r));
        output.json(&json!({
            "version": 1,
            "command": "policy explain",
            "requirements": rules.collect::<Vec<_>>(),
            "maximum_age": maximum_age.map(|(days, origins)| json!({"days": days, "origins": origins})),
            "html": html,
        }))?;
    } else {
        for requirement in &requirements {
            let text = requirement.text(context.language);
            output.line(&with_origins(text, requirement.origins()))?;
            output.line(&format!("    {}", data(requirement)))?;
        }
        if let Some((days, origins)) = maximum_age {
            let text = context.say(texts::MAXIMUM_AGE, &[&days]);
            output.line(&with_origins(text, origins.iter().map(String::as_str)))?;
            output.line(&format!("    maximum-age days={days}"))?;
        }
        output.line(&context.say(texts::HTML_ATTRIBUTES, &[]))?;
        for (name, value) in attributes {
            output.line(&format!("    {name}=\"{value}\""))?;
        }
    }
    output.finish()?;
    Ok(Answer::Yes)
}

/// The code with its parameters, as programs know it.
fn data(requirement: &Requirement) -> String {
    let mut text = requirement.code().to_string();
    for (name, parameter) in requirement.parameters() {
        let value = match &parameter {
            Parameter::Count(n) => n.to_string(),
            other => serde_json::to_string(other).unwrap_or_default(),
        };
        text.push_str(&format!(" {name}={value}"));
    }
    text
}
