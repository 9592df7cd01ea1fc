//! Answers to requests that fail: problem details (RFC 9457). Programs read `code`.

use actix_web::http::{StatusCode, header::RETRY_AFTER};
use actix_web::{HttpResponse, error::InternalError};
use serde_json::{Value, json};
use slotwerk::policy::{Language, Requirement};
use slotwerk::{Fault, Rejection, StepError};
use std::collections::BTreeMap;

/// Status, code, and what the facade has said.
pub(crate) struct Problem(u16, &'static str, Option<Rejection>);

impl From<Problem> for actix_web::Error {
    fn from(Problem(status, code, rejection): Problem) -> Self {
        let unmet = rejection
            .as_ref()
            .map(|one| requirements(&one.requirements));
        let body = json!({ "status": status, "code": code, "requirements": unmet });
        let mut answer = HttpResponse::build(StatusCode::from_u16(status).unwrap_or_default());
        if let Some(wait) = rejection.and_then(|one| one.wait) {
            answer.insert_header((RETRY_AFTER, wait.as_secs() + 1));
        }
        answer.content_type("application/problem+json");
        InternalError::from_response(code, answer.json(body)).into()
    }
}

impl From<(u16, &'static str)> for Problem {
    fn from((status, code): (u16, &'static str)) -> Self {
        Self(status, code, None)
    }
}

/// The facade says with a stable code why a call did not go on. `None` is the answer of another step.
impl From<Option<Rejection>> for Problem {
    fn from(rejection: Option<Rejection>) -> Self {
        match rejection {
            Some(one) => Self(one.code.http_status(), one.code.as_str(), Some(one)),
            None => (409, "other_step").into(),
        }
    }
}

impl From<Fault> for Problem {
    fn from(fault: Fault) -> Self {
        StepError::from(fault).into()
    }
}

impl From<StepError> for Problem {
    fn from(error: StepError) -> Self {
        if matches!(error, StepError::TicketInvalid) {
            return (401, "sign_in_over").into();
        }
        eprintln!("{error}");
        (error.http_status(), "fault").into()
    }
}

/// The requirements of a password as data, with a text for people.
pub(crate) fn requirements(all: &[Requirement]) -> Value {
    let item = |one: &Requirement| {
        let parameters: BTreeMap<_, _> = one.parameters().into_iter().collect();
        json!({ "code": one.code().as_str(), "parameters": parameters,
            "state": one.state().as_str(), "text": one.text(Language::En) })
    };
    all.iter().map(item).collect()
}
