//! The code of the authenticator app, at every sign-in but the first.

use super::arrival::signed_in;
use super::choose_factor::sign_in_in_flight;
use super::{Asking, answer, asked, over, over_with, seconds, wait_page};
use crate::form::{Form, Submission};
use crate::refusal::Refusal;
use crate::visit::Visit;
use axum::http::StatusCode;
use axum::response::Response;
use minijinja::{Value, context};
use serde::Deserialize;
use slotwerk::totp::{ClockHint, Hint};
use slotwerk::{Code, CodeOutcome, Step, StepError, Throttled, Verification};
use std::time::Duration;

const TEMPLATE: &str = "verify.html";

/// For how long an app shows a code. Who has to wait longer was signed in by a phone whose clock was ahead.
const A_CODE: Duration = Duration::from_secs(30);

#[derive(Deserialize, Default)]
pub(crate) struct Asked {
    #[serde(default)]
    new: Option<String>,
}

pub(crate) async fn show(mut visit: Visit, asking: Asking<Asked>) -> Response {
    answer!(visit, look(&mut visit, asked(asking).new.is_some()))
}

async fn look(visit: &mut Visit, new: bool) -> Result<Response, Refusal> {
    match verification(visit).await? {
        Some(_) => {
            let notice = new.then_some("new-code");
            let next = A_CODE.as_secs() - visit.web.auth().now().as_secs() % A_CODE.as_secs();
            let wait_seconds = if new { next } else { 0 };
            Ok(visit.page(
                StatusCode::OK,
                TEMPLATE,
                context! { problem => (), notice, wait_seconds },
            ))
        }
        None => over(visit).await,
    }
}

pub(crate) async fn submit(Submission { mut visit, form }: Submission) -> Response {
    answer!(visit, verify(&mut visit, form))
}

async fn verify(visit: &mut Visit, mut form: Form) -> Result<Response, Refusal> {
    let code = form.take("code")?;
    let Some(step) = verification(visit).await? else {
        return over_with(visit, "code").await;
    };
    if code.trim().is_empty() {
        return Ok(refused(visit, TEMPLATE, problem("empty", 0)));
    }
    let Ok(code) = Code::parse(&code) else {
        return Ok(refused(visit, TEMPLATE, problem("malformed", 0)));
    };
    let verified = match step.code(&code).await {
        Err(StepError::TicketInvalid) => return over_with(visit, "code").await,
        verified => verified?,
    };
    match verified {
        CodeOutcome::SignedIn { grant, clock } => {
            visit.flow.clock = clock.and_then(minutes_ahead);
            signed_in(visit, &grant).await
        }
        CodeOutcome::Rejected {
            hint: Hint::WaitForNext,
            next_code_in,
            ..
        } => {
            let when = if next_code_in > A_CODE {
                "later"
            } else {
                "wait"
            };
            let why = problem(when, seconds(next_code_in));
            Ok(refused(visit, TEMPLATE, why))
        }
        CodeOutcome::Rejected {
            withheld: Some(Throttled::Exhausted),
            ..
        } => Ok(refused(visit, TEMPLATE, problem("one-spent", 0))),
        CodeOutcome::Rejected { .. } => Ok(refused(visit, TEMPLATE, problem("wrong", 0))),
        CodeOutcome::Throttled(why) => Ok(throttled(visit, TEMPLATE, why)),
    }
}

/// How far a phone's clock is off.
pub(crate) fn minutes_ahead(clock: ClockHint) -> Option<i32> {
    match clock {
        ClockHint::Ahead { minutes } => Some(i32::from(minutes)),
        ClockHint::Behind { minutes } => Some(-i32::from(minutes)),
        _ => None,
    }
}

/// The same page, and why it is the same.
pub(crate) fn refused(visit: &Visit, template: &str, why: Value) -> Response {
    visit.page(StatusCode::UNPROCESSABLE_ENTITY, template, why)
}

/// The same page, with the time to wait; or, where waiting does not help, with the way out.
pub(crate) fn throttled(visit: &Visit, template: &str, why: Throttled) -> Response {
    match why {
        Throttled::Wait(wait) => {
            wait_page(visit, wait, template, problem("throttled", seconds(wait)))
        }
        Throttled::Locked => visit.page(
            StatusCode::TOO_MANY_REQUESTS,
            template,
            problem("locked", 0),
        ),
        Throttled::Exhausted => refused(visit, template, problem("spent", 0)),
    }
}

pub(crate) fn problem(problem: &str, wait_seconds: u64) -> Value {
    context! { problem, wait_seconds, notice => () }
}

/// The step of a sign-in that waits for a code.
pub(crate) async fn verification(visit: &Visit) -> Result<Option<Verification>, Refusal> {
    Ok(match sign_in_in_flight(visit).await? {
        Some(Step::Verify(step)) => Some(step),
        _ => None,
    })
}
