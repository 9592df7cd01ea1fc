//! Setting an authenticator app up: the QR on the page or by mail, and the first code.

use super::app_links::app;
use super::choose_factor::sign_in_in_flight;
use super::recovery_codes;
use super::{answer, over, over_with, seconds, wait_page};
use crate::form::{Form, Submission};
use crate::known_browser;
use crate::refusal::Refusal;
use crate::shown::is_another;
use crate::visit::Visit;
use axum::http::StatusCode;
use axum::response::Response;
use minijinja::{Value, context};
use slotwerk::qr::{Level, Symbol};
use slotwerk::totp::Hint;
use slotwerk::{
    Code, ConfirmOutcome, EnrolmentMaterial, EnrolmentOutcome, MailState, SetUp, Step, StepError,
    Throttled,
};
use std::time::Duration;

const TEMPLATE: &str = "enrol.html";

/// What a page says besides the set-up itself.
#[derive(Default)]
struct Say {
    problem: Option<&'static str>,
    notice: Option<&'static str>,
    wait: Duration,
}

pub(crate) async fn show(mut visit: Visit) -> Response {
    answer!(visit, look(&mut visit))
}

async fn look(visit: &mut Visit) -> Result<Response, Refusal> {
    match set_up(visit).await? {
        Some(step) => page(visit, &step, StatusCode::OK, Say::default()).await,
        None => over(visit).await,
    }
}

pub(crate) async fn new_code(Submission { mut visit, .. }: Submission) -> Response {
    answer!(visit, resend(&mut visit))
}

async fn resend(visit: &mut Visit) -> Result<Response, Refusal> {
    let Some(step) = set_up(visit).await? else {
        return over(visit).await;
    };
    let say = match step.resend().await? {
        EnrolmentOutcome::Throttled(why) => Say {
            notice: Some("not-yet"),
            wait: why.wait().unwrap_or_default(),
            ..Say::default()
        },
        EnrolmentOutcome::OnScreen(_) | EnrolmentOutcome::Mailed | EnrolmentOutcome::TooMany => {
            Say {
                notice: Some("sent-again"),
                ..Say::default()
            }
        }
    };
    page(visit, &step, StatusCode::OK, say).await
}

pub(crate) async fn submit(Submission { mut visit, form }: Submission) -> Response {
    answer!(visit, confirm(&mut visit, form))
}

async fn confirm(visit: &mut Visit, mut form: Form) -> Result<Response, Refusal> {
    let code = form.take("code")?;
    let Some(step) = set_up(visit).await? else {
        return over_with(visit, "set-up").await;
    };
    let refuse = |problem| Say {
        problem: Some(problem),
        ..Say::default()
    };
    let unusable = StatusCode::UNPROCESSABLE_ENTITY;
    if code.trim().is_empty() {
        return page(visit, &step, unusable, refuse("empty")).await;
    }
    let Ok(code) = Code::parse(&code) else {
        return page(visit, &step, unusable, refuse("malformed")).await;
    };
    let confirmed = match step.confirm(&code, &Default::default()).await {
        Err(StepError::TicketInvalid) => return over_with(visit, "set-up").await,
        confirmed => confirmed?,
    };
    match confirmed {
        ConfirmOutcome::SignedIn {
            grant,
            recovery_codes,
        } => {
            visit.begin_session(&grant).await?;
            known_browser::remember(visit, &grant);
            let account = step.account();
            Ok(recovery_codes::page(
                visit,
                &account.login,
                &recovery_codes,
                false,
            ))
        }
        ConfirmOutcome::Rejected(Hint::WaitForNext) => {
            page(visit, &step, unusable, refuse("wait")).await
        }
        ConfirmOutcome::Rejected(_) => page(visit, &step, unusable, refuse("wrong")).await,
        ConfirmOutcome::Throttled(Throttled::Wait(wait)) => {
            let say = Say {
                problem: Some("throttled"),
                wait,
                ..Say::default()
            };
            page(visit, &step, StatusCode::TOO_MANY_REQUESTS, say).await
        }
        ConfirmOutcome::Throttled(_) => {
            page(
                visit,
                &step,
                StatusCode::TOO_MANY_REQUESTS,
                refuse("stopped"),
            )
            .await
        }
        ConfirmOutcome::Busy => {
            let unavailable = StatusCode::SERVICE_UNAVAILABLE;
            page(visit, &step, unavailable, refuse("busy")).await
        }
        ConfirmOutcome::Gone => visit.redirect("second-factor"),
        // Those are of a set-up by somebody who is signed in.
        ConfirmOutcome::Added
        | ConfirmOutcome::Replaced { .. }
        | ConfirmOutcome::TooMany
        | ConfirmOutcome::NothingToReplace => over_with(visit, "set-up").await,
    }
}

/// The step of a sign-in that waits for an authenticator to be set up.
async fn set_up(visit: &Visit) -> Result<Option<SetUp>, Refusal> {
    Ok(match sign_in_in_flight(visit).await? {
        Some(Step::Enrol(step)) => Some(step),
        _ => None,
    })
}

async fn page(
    visit: &mut Visit,
    step: &SetUp,
    status: StatusCode,
    say: Say,
) -> Result<Response, Refusal> {
    let values = match step.pending().await? {
        Some(EnrolmentOutcome::OnScreen(material)) => on_screen(visit, &material).await?,
        Some(EnrolmentOutcome::Mailed) => {
            let mail = step.mail_state().await?;
            let letter = step.mailed().map(|mail| {
                context! { to => mail.to, from => mail.from, subject => mail.subject }
            });
            context! { mailed => true, mail => mail.map(MailState::name), letter }
        }
        Some(_) => return over(visit).await,
        // Nothing is pending, or no longer: the choice begins it.
        None => return visit.redirect("second-factor"),
    };
    let notice = say.notice.filter(|_| say.problem.is_none());
    let said = context! { problem => say.problem, notice, wait_seconds => seconds(say.wait) };
    let values = context! { ..said, ..values };
    if status == StatusCode::TOO_MANY_REQUESTS && !say.wait.is_zero() {
        return Ok(wait_page(visit, say.wait, TEMPLATE, values));
    }
    Ok(visit.page(status, TEMPLATE, values))
}

/// What the app needs, for the page.
pub(super) async fn on_screen(
    visit: &mut Visit,
    material: &EnrolmentMaterial,
) -> Result<Value, Refusal> {
    let another = is_another(visit, material).await?;
    let symbol = Symbol::encode(material.uri.expose(), Level::M)
        .map_err(|error| Refusal::Fault(Box::new(error)))?;
    let issuer = visit.tenant_auth()?.settings().issuer().to_owned();
    Ok(context! {
        mailed => false,
        svg => symbol.svg(),
        secret => material.grouped_secret.as_str(),
        account => material.account_name.as_str(),
        issuer,
        another,
        uri => material.uri.expose(),
        app => app(visit)?,
    })
}
