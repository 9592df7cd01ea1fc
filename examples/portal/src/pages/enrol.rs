//! Setting an authenticator app up: the QR on the page or by mail, and the first code.

use super::choose_factor::sign_in_in_flight;
use super::recovery_codes;
use super::verify::begin_session;
use super::{answer, over, over_with, seconds, wait_page};
use crate::device;
use crate::form::{Form, Submission};
use crate::refusal::Refusal;
use crate::shown::is_another;
use crate::visit::Visit;
use axum::http::StatusCode;
use axum::response::Response;
use minijinja::{Value, context};
use slotwerk::qr::{Level, Symbol};
use slotwerk::totp::Hint;
use slotwerk::{
    Enrolment, EnrolmentConfirmation, EnrolmentMaterial, EnrolmentResent, MailState, NextStep,
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
    match ticket(visit).await? {
        Some(ticket) => page(visit, &ticket, StatusCode::OK, Say::default()).await,
        None => over(visit),
    }
}

pub(crate) async fn new_code(Submission { mut visit, .. }: Submission) -> Response {
    answer!(visit, resend(&mut visit))
}

async fn resend(visit: &mut Visit) -> Result<Response, Refusal> {
    let Some(ticket) = ticket(visit).await? else {
        return over(visit);
    };
    let say = match visit
        .portal
        .auth
        .resend_enrolment(visit.tenant_id()?, &ticket)
        .await?
    {
        EnrolmentResent::TicketDead => return over(visit),
        EnrolmentResent::Throttled { retry_after } => Say {
            notice: Some("not-yet"),
            wait: retry_after,
            ..Say::default()
        },
        _ => Say {
            notice: Some("sent-again"),
            ..Say::default()
        },
    };
    page(visit, &ticket, StatusCode::OK, say).await
}

pub(crate) async fn submit(Submission { mut visit, form }: Submission) -> Response {
    answer!(visit, confirm(&mut visit, form))
}

async fn confirm(visit: &mut Visit, mut form: Form) -> Result<Response, Refusal> {
    let code = form.take("code")?;
    let Some(ticket) = ticket(visit).await? else {
        return over_with(visit, "set-up");
    };
    let refuse = |problem| Say {
        problem: Some(problem),
        ..Say::default()
    };
    let unusable = StatusCode::UNPROCESSABLE_ENTITY;
    if code.trim().is_empty() {
        return page(visit, &ticket, unusable, refuse("empty")).await;
    }
    match visit
        .portal
        .auth
        .confirm_enrolment(visit.tenant_id()?, &ticket, &code, &Default::default())
        .await?
    {
        EnrolmentConfirmation::SignedIn {
            grant,
            recovery_codes,
        } => {
            begin_session(visit, &grant).await?;
            let mut page =
                recovery_codes::page(visit, &grant.account, &recovery_codes, false).await?;
            device::remember(visit, &grant, &mut page);
            Ok(page)
        }
        EnrolmentConfirmation::Rejected(Hint::WaitForNext) => {
            page(visit, &ticket, unusable, refuse("wait")).await
        }
        EnrolmentConfirmation::Rejected(_) => page(visit, &ticket, unusable, refuse("wrong")).await,
        EnrolmentConfirmation::Malformed => {
            page(visit, &ticket, unusable, refuse("malformed")).await
        }
        EnrolmentConfirmation::Throttled {
            retry_after: Some(wait),
        } => {
            let say = Say {
                problem: Some("throttled"),
                wait,
                ..Say::default()
            };
            page(visit, &ticket, StatusCode::TOO_MANY_REQUESTS, say).await
        }
        EnrolmentConfirmation::Throttled { .. } => {
            page(
                visit,
                &ticket,
                StatusCode::TOO_MANY_REQUESTS,
                refuse("stopped"),
            )
            .await
        }
        EnrolmentConfirmation::Busy => {
            let unavailable = StatusCode::SERVICE_UNAVAILABLE;
            page(visit, &ticket, unavailable, refuse("busy")).await
        }
        EnrolmentConfirmation::Gone => visit.redirect("second-factor"),
        _ => over_with(visit, "set-up"),
    }
}

/// The ticket of a sign-in that waits for an authenticator to be set up.
async fn ticket(visit: &Visit) -> Result<Option<String>, Refusal> {
    let in_flight = sign_in_in_flight(visit).await?;
    Ok(in_flight
        .filter(|(_, step)| *step == NextStep::Enrol)
        .map(|(ticket, _)| ticket))
}

async fn page(
    visit: &mut Visit,
    ticket: &str,
    status: StatusCode,
    say: Say,
) -> Result<Response, Refusal> {
    let values = match visit
        .portal
        .auth
        .inspect_enrolment(visit.tenant_id()?, ticket)
        .await?
    {
        Some(Enrolment::OnScreen(material)) => on_screen(visit, &material).await?,
        Some(Enrolment::Mailed) => {
            let (auth, tenant) = (&visit.portal.auth, visit.tenant_id()?);
            let mail = auth.enrolment_mail(tenant, ticket).await?;
            context! { mailed => true, mail => mail.map(MailState::name) }
        }
        Some(_) => return over(visit),
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
    let issuer = visit
        .portal
        .auth
        .tenant(visit.tenant_id()?)
        .map(|tenant| tenant.issuer.clone());
    Ok(context! {
        mailed => false,
        svg => symbol.svg(),
        secret => material.grouped_secret.as_str(),
        account => material.account_name.as_str(),
        issuer,
        another,
        uri => material.uri.expose(),
    })
}
