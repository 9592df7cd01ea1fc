//! The password rules, and a verdict on a sample password.

use super::body::DeskSample;
use super::entry::enter;
use crate::api::call::{Answered, Call, Caller, respond};
use crate::api::code::ErrorCode;
use crate::api::problem::Problem;
use crate::api::requirement::RequirementItem;
use crate::api::responses::{Allowed, Guarded, Judged, Known, Reading};
use crate::desk::{DeskAct, judged};
use crate::language;
use axum::response::Response;
use serde::Serialize;
use slotwerk::policy::{Finding, State};
use utoipa::ToSchema;

/// The password rules of the tenant.
#[derive(Serialize, ToSchema)]
struct DeskRules {
    /// The first are for everybody whose group has none.
    groups: Vec<DeskRulesGroup>,
}

/// The rules of a group.
#[derive(Serialize, ToSchema)]
struct DeskRulesGroup {
    /// The name of the group.
    #[serde(skip_serializing_if = "Option::is_none")]
    group: Option<String>,
    requirements: Vec<RequirementItem>,
    /// The findings of standards on the rules.
    findings: Vec<DeskFinding>,
}

/// The finding of a standard on the rules.
#[derive(Serialize, ToSchema)]
struct DeskFinding {
    /// `violation`, `warning` or `advice`. Later versions may add values.
    #[schema(example = "warning")]
    severity: &'static str,
    /// The code of the rule that it is about.
    rule: &'static str,
    /// The clause of the standard.
    clause: String,
    /// The finding in the language of the request.
    text: String,
}

/// How a sample password stands against the rules.
#[derive(Serialize, ToSchema)]
struct DeskVerdict {
    /// Whether it breaks none of the rules that can be checked here.
    is_accepted: bool,
    requirements: Vec<RequirementItem>,
}

/// Shows the password rules, and what standards say about them.
#[utoipa::path(
    get, path = "/desk/rules", operation_id = "deskShowRules", tag = "help desk",
    responses((status = 200, description = "The rules.", body = Answered<DeskRules>), Reading, Known, Allowed)
)]
pub(crate) async fn show(mut caller: Caller) -> Response {
    respond!(caller, rules(&mut caller))
}

async fn rules(caller: &mut Caller) -> Result<DeskRules, Problem> {
    let desk = enter(caller, DeskAct::SeeRules).await?;
    let language = &caller.visit.language;
    let words = language::of_policy(language);
    let finding = |one: &Finding| DeskFinding {
        severity: one.severity().as_str(),
        rule: one.code().as_str(),
        clause: one.clause().to_string(),
        text: one.text(words),
    };
    let groups = desk.policies().map(|(group, policy)| DeskRulesGroup {
        group: group.map(str::to_owned),
        requirements: RequirementItem::all(&policy.requirements(), language),
        findings: desk.findings(policy).iter().map(finding).collect(),
    });
    Ok(DeskRules {
        groups: groups.collect(),
    })
}

/// Checks a sample password against the rules. Nothing is stored.
#[utoipa::path(
    post, path = "/desk/rules/check", operation_id = "deskCheckSample", tag = "help desk", request_body = DeskSample,
    responses((status = 200, description = "The verdict.", body = Answered<DeskVerdict>), Guarded, Known, Judged)
)]
pub(crate) async fn judge(call: Call<DeskSample>) -> Response {
    let Call { mut caller, body } = call;
    respond!(caller, verdict(&mut caller, body))
}

async fn verdict(caller: &mut Caller, body: DeskSample) -> Result<DeskVerdict, Problem> {
    let desk = enter(caller, DeskAct::SeeRules).await?;
    let policy = desk.policy(body.group.as_deref());
    let policy = policy.ok_or(ErrorCode::UnknownGroup)?;
    if body.password.is_empty() {
        return Err(ErrorCode::PasswordEmpty.into());
    }
    let requirements = judged(policy, &body.password);
    Ok(DeskVerdict {
        is_accepted: requirements.iter().all(|one| one.state() != State::Unmet),
        requirements: RequirementItem::all(&requirements, &caller.visit.language),
    })
}
