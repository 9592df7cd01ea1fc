//! The mailed link: this tenant's rules, and a new password. Looking changes nothing; saving uses it.

use super::rules::{item, settings, suggestion};
use super::{Parts, answer, parts};
use crate::form::{Form, Submission};
use crate::language::Language;
use crate::refusal::Refusal;
use crate::visit::Visit;
use axum::http::StatusCode;
use axum::response::Response;
use minijinja::context;
use slotwerk::password::Password;
use slotwerk::policy::{Policy, Requirement, Subject};
use slotwerk::{OpenLink, ResetCompletion, ResetInspection};

pub(crate) async fn show(address: Parts<(String, String)>, mut visit: Visit) -> Response {
    answer!(visit, look(&mut visit, address))
}

async fn look(visit: &mut Visit, address: Parts<(String, String)>) -> Result<Response, Refusal> {
    let (_, token) = parts(address)?;
    match open(visit, &token).await? {
        Some(link) => {
            let requirements = link.requirements.clone();
            page(visit, StatusCode::OK, &link, &requirements, None)
        }
        None => Ok(dead(visit)),
    }
}

pub(crate) async fn submit(address: Parts<(String, String)>, submission: Submission) -> Response {
    let Submission { mut visit, form } = submission;
    answer!(visit, save(&mut visit, form, address))
}

async fn save(
    visit: &mut Visit,
    mut form: Form,
    address: Parts<(String, String)>,
) -> Result<Response, Refusal> {
    let (_, token) = parts(address)?;
    let typed = form.take("password")?;
    let Some(link) = open(visit, &token).await? else {
        return Ok(dead(visit));
    };
    let unusable = StatusCode::UNPROCESSABLE_ENTITY;
    if typed.is_empty() {
        return page(
            visit,
            unusable,
            &link,
            &link.requirements.clone(),
            Some("empty"),
        );
    }
    let tenant = settings(visit)?;
    let Ok(password) = Password::new(typed.as_str()) else {
        let verdict = tenant.policy.check(&Subject::new(), &typed);
        return page(
            visit,
            unusable,
            &link,
            verdict.requirements(),
            Some("too-long"),
        );
    };
    match visit
        .portal
        .auth
        .complete_reset(&tenant.id, &token, password)
        .await?
    {
        ResetCompletion::Changed => {
            // A session of this browser is as dead as any other.
            if visit.person.signed_in.is_some() || visit.person.ticket.is_some() {
                visit.forget().await?;
            }
            visit.redirect("sign-in?notice=changed")
        }
        ResetCompletion::Refused(requirements) => {
            page(visit, unusable, &link, &requirements, Some("refused"))
        }
        ResetCompletion::Busy => {
            let requirements = link.requirements.clone();
            page(
                visit,
                StatusCode::SERVICE_UNAVAILABLE,
                &link,
                &requirements,
                Some("busy"),
            )
        }
        ResetCompletion::CheckUnavailable => {
            let requirements = link.requirements.clone();
            page(
                visit,
                StatusCode::SERVICE_UNAVAILABLE,
                &link,
                &requirements,
                Some("unchecked"),
            )
        }
        _ => Ok(dead(visit)),
    }
}

/// A live link; from here on the page speaks the account's language.
async fn open(visit: &mut Visit, token: &str) -> Result<Option<OpenLink>, Refusal> {
    let tenant = visit.tenant_id()?.to_owned();
    let ResetInspection::Open(link) = visit.portal.auth.inspect_reset(&tenant, token).await? else {
        return Ok(None);
    };
    if let Some(language) = link.locale.as_deref().and_then(Language::from_tag) {
        visit.language = language;
    }
    Ok(Some(link))
}

/// Gone, whatever the reason: used, expired, outlived, or never one of ours.
fn dead(visit: &Visit) -> Response {
    visit.page(StatusCode::GONE, "reset_dead.html", context! {})
}

fn page(
    visit: &Visit,
    status: StatusCode,
    link: &OpenLink,
    requirements: &[Requirement],
    problem: Option<&str>,
) -> Result<Response, Refusal> {
    let policy: &Policy = &settings(visit)?.policy;
    let now = (visit.portal.clock)().as_secs();
    let values = context! {
        requirements => requirements.iter().map(|one| item(one, visit.language)).collect::<Vec<_>>(),
        rules => link.browser_rules.as_str(),
        attributes => policy.html_attributes(),
        suggestion => suggestion(visit)?,
        user => link.login.as_str(),
        minutes_left => link.valid_until.saturating_sub(now).div_ceil(60),
        problem,
    };
    Ok(visit.page(status, "reset.html", values))
}
