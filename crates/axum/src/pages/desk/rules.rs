//! The password rules of the tenant in words, what standards say about them, and a sample password.

use super::super::answer;
use super::entry::{enter, links};
use crate::desk::{Desk, DeskAct, judged};
use crate::form::{Form, Submission};
use crate::language;
use crate::refusal::Refusal;
use crate::requirement_text::requirement_text;
use crate::visit::Visit;
use axum::http::StatusCode;
use axum::response::Response;
use minijinja::{Value, context};
use slotwerk::policy::{Finding, Requirement, Severity, State};

pub(crate) async fn show(mut visit: Visit) -> Response {
    answer!(visit, look(&mut visit))
}

async fn look(visit: &mut Visit) -> Result<Response, Refusal> {
    let desk = enter(visit, DeskAct::SeeRules).await?;
    page(visit, &desk, StatusCode::OK, Sample::default()).await
}

pub(crate) async fn submit(Submission { mut visit, form }: Submission) -> Response {
    answer!(visit, judge(&mut visit, form))
}

async fn judge(visit: &mut Visit, mut form: Form) -> Result<Response, Refusal> {
    let desk = enter(visit, DeskAct::SeeRules).await?;
    let (group, password) = (form.take("group")?, form.take("password")?);
    let group = Some(group.to_string()).filter(|group| !group.is_empty());
    let policy = desk.policy(group.as_deref()).ok_or(Refusal::BadForm)?;
    if password.is_empty() {
        let sample = Sample {
            group,
            problem: Some("empty-sample"),
            judged: None,
        };
        return page(visit, &desk, StatusCode::UNPROCESSABLE_ENTITY, sample).await;
    }
    let judged = judged(policy, &password);
    let sample = Sample {
        group,
        problem: None,
        judged: Some(judged),
    };
    page(visit, &desk, StatusCode::OK, sample).await
}

/// The sample that was typed. The password itself is not in it.
#[derive(Default)]
struct Sample {
    group: Option<String>,
    problem: Option<&'static str>,
    judged: Option<Vec<Requirement>>,
}

async fn page(
    visit: &Visit,
    desk: &Desk,
    status: StatusCode,
    sample: Sample,
) -> Result<Response, Refusal> {
    let groups = desk.policies().map(|(group, policy)| {
        let requirements = policy.requirements();
        let requirements = requirements.iter().map(|one| in_words(visit, one));
        let findings = desk.findings(policy);
        let findings = findings.iter().map(|one| finding(visit, one));
        context! {
            group,
            requirements => requirements.collect::<Vec<_>>(),
            findings => findings.collect::<Vec<_>>(),
        }
    });
    let verdict = sample.judged.as_deref().map(verdict);
    let judged = sample
        .judged
        .iter()
        .flatten()
        .map(|one| in_words(visit, one));
    let values = context! {
        links => links(desk).await?,
        groups => groups.collect::<Vec<_>>(),
        chosen => sample.group,
        problem => sample.problem,
        verdict,
        judged => judged.collect::<Vec<_>>(),
    };
    Ok(visit.page(status, "desk/rules.html", values))
}

/// The name of the text that sums a verdict up.
fn verdict(judged: &[Requirement]) -> &'static str {
    let has = |state| judged.iter().any(|one| one.state() == state);
    if has(State::Unmet) {
        "desk-sample-rejected"
    } else if has(State::Pending) {
        "desk-sample-pending"
    } else {
        "desk-sample-accepted"
    }
}

fn in_words(visit: &Visit, one: &Requirement) -> Value {
    let words = language::of_policy(&visit.language);
    let text = requirement_text(one.rule(), &visit.language);
    context! { text, state => one.state().text(words) }
}

fn finding(visit: &Visit, one: &Finding) -> Value {
    let severity = match one.severity() {
        Severity::Violation => "desk-lint-violation",
        Severity::Warning => "desk-lint-warning",
        _ => "desk-lint-advice",
    };
    context! {
        severity,
        clause => one.clause().to_string(),
        text => one.text(language::of_policy(&visit.language)),
    }
}
