//! Answers to requests that fail: problem details (RFC 9457). Programs read `code`.

use actix_web::http::{StatusCode, header::RETRY_AFTER};
use actix_web::{HttpResponse, error::InternalError};
use serde_json::{Map, Value};
use slotwerk::{Fault, StepError, Throttled};

/// Status, code, and further members.
pub(crate) struct Problem(
    pub(crate) u16,
    pub(crate) &'static str,
    pub(crate) Map<String, Value>,
);

impl From<Problem> for actix_web::Error {
    fn from(Problem(status, code, mut body): Problem) -> Self {
        body.insert("status".to_owned(), status.into());
        body.insert("code".to_owned(), code.into());
        let mut answer = HttpResponse::build(StatusCode::from_u16(status).unwrap_or_default());
        if let Some(seconds) = body.get("retry_after").and_then(Value::as_u64) {
            answer.insert_header((RETRY_AFTER, seconds));
        }
        answer.content_type("application/problem+json");
        InternalError::from_response(code, answer.json(body)).into()
    }
}

impl From<(u16, &'static str)> for Problem {
    fn from((status, code): (u16, &'static str)) -> Self {
        Self(status, code, Map::new())
    }
}

impl From<Throttled> for Problem {
    fn from(why: Throttled) -> Self {
        match why {
            Throttled::Wait(wait) => {
                let seconds = ("retry_after".to_owned(), (wait.as_secs() + 1).into());
                Self(429, "throttled", Map::from_iter([seconds]))
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
