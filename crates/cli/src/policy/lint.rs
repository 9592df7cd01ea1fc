//! `policy lint`: a policy against the clauses of the standards.

use crate::args::Lint;
use crate::context::Context;
use crate::failure::{Answer, Failure};
use crate::output::Output;
use crate::policy::check::with_origins;
use crate::policy::source::{self, Unlisted};
use crate::texts;
use serde_json::{Value, json};
use slotwerk_policy::{Finding, LintContext, Severity};

pub(crate) fn run(context: &Context, args: &Lint) -> Result<Answer, Failure> {
    let (policy, list) = source::policy_and_list(context, &args.source, Unlisted::UseCommon)?;
    let mut asked = if args.with_second_factor {
        LintContext::within_multi_factor()
    } else {
        LintContext::only_factor()
    };
    if let Some(list) = &list {
        asked = asked.blocklist(list);
    }
    let findings = policy.lint(&asked);
    let of = |severity: Severity| findings.iter().filter(|f| f.severity() == severity).count();
    let violations = of(Severity::Violation);

    let mut output = Output::new(context);
    if context.json {
        output.json(&json!({
            "version": 1,
            "command": "policy lint",
            "only_factor": !args.with_second_factor,
            "findings": findings.iter().map(|f| as_json(context, f)).collect::<Vec<_>>(),
        }))?;
    } else {
        for finding in &findings {
            let severity = match finding.severity() {
                Severity::Violation => texts::VIOLATION,
                Severity::Warning => texts::WARNING,
                _ => texts::ADVICE,
            };
            let head = format!(
                "{}: {}: {}",
                context.say(severity, &[]),
                finding.clause(),
                finding.code()
            );
            output.line(&with_origins(head, finding.origins()))?;
            output.line(&format!("    {}", finding.text(context.language)))?;
        }
        let counts: [&dyn std::fmt::Display; 3] =
            [&violations, &of(Severity::Warning), &of(Severity::Advice)];
        output.line(&context.say(texts::FINDINGS, &counts))?;
    }
    output.finish()?;
    Ok(Answer::of(violations == 0))
}

fn as_json(context: &Context, finding: &Finding) -> Value {
    let mut value = serde_json::to_value(finding).unwrap_or_default();
    if let Some(fields) = value.as_object_mut() {
        fields.insert("text".to_owned(), finding.text(context.language).into());
    }
    value
}
