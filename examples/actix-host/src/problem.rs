//! Answers to requests that fail: problem details (RFC 9457). Programs read `code`.

use actix_web::http::{StatusCode, header::RETRY_AFTER};
use actix_web::{HttpResponse, error::InternalError};
use serde_json::{Value, json};
use slotwerk::{Fault, StepError, Throttled};

/// Status, code, and further members.
pub(crate) struct Problem(pub(crate) u16, pub(crate) &'static str, pub(crate) Value);

impl From<Problem> for actix_web::Error {
    fn from(Problem(status, code, mut body): Problem) -> Self {
        (body["status"], body["code"]) = (status.into(), code.into());
        let mut answer = HttpResponse::build(StatusCode::from_u16(status).unwrap_or_default());
        if let Some(seconds) = body["retry_after"].as_u64() {
            answer.insert_header((RETRY_AFTER, seconds));
        }
        answer.content_type("application/problem+json");
        InternalError::from_response(code, answer.json(body)).into()
    }
}

impl From<(u16, &'static str)> for Problem {
    fn from((status, code): (u16, &'static str)) -> Self {
        Self(status, code, json!({}))
    }
}

impl From<Throttled> for Problem {
    fn from(why: Throttled) -> Self {
        match why {
            Throttled::Wait(wait) => {
                let seconds = json!({ "retry_after": wait.as_secs() + 1 });
                Self(429, "throttled", seconds)
            }
            Throttled::Locked => (403, "locked").into(),
            Throttled::Exhausted => (403, "exhausted").into(),
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
