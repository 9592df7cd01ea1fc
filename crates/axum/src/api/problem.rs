//! Problem details (RFC 9457): why a request is refused, with a stable code.

use super::app_part::AppPart;
use super::code::ErrorCode;
use super::requirement::RequirementItem;
use crate::away::marked;
use crate::language::Language;
use crate::refusal::Refusal;
use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use slotwerk::{Fault, Rejection, StepError};
use std::time::Duration;
use utoipa::ToSchema;

pub(crate) const PROBLEM_JSON: &str = "application/problem+json";

/// How long to wait when the service is busy or its database is away.
const SOON: Duration = Duration::from_secs(5);

/// Why a request is refused.
#[derive(Debug)]
pub(crate) struct Problem {
    code: ErrorCode,
    retry_after: Option<Duration>,
    requirements: Option<Vec<RequirementItem>>,
    detail: Option<String>,
    /// Whether the database is away: the host may count these answers.
    away: bool,
}

/// Why a request is refused (RFC 9457). Programs read `code`.
#[derive(Serialize, ToSchema)]
#[schema(as = Problem)]
pub(crate) struct ProblemBody<'a> {
    /// A URI of the kind of problem: `urn:slotwerk:problem:` and the code.
    #[schema(example = "urn:slotwerk:problem:code_rejected")]
    r#type: String,
    /// What is wrong, in the language of the request.
    title: String,
    /// The status of the answer.
    status: u16,
    /// The stable code of the problem. Later versions may add codes.
    #[schema(example = "code_rejected")]
    code: &'static str,
    /// Where the body is wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<&'a str>,
    /// The seconds to wait before the next attempt.
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_after_seconds: Option<u64>,
    /// How the password stands against each requirement.
    #[serde(skip_serializing_if = "Option::is_none")]
    requirements: Option<&'a [RequirementItem]>,
    #[serde(flatten)]
    app: &'a AppPart,
}

impl Problem {
    pub(crate) fn new(code: ErrorCode) -> Self {
        let temporary = code.status() == StatusCode::SERVICE_UNAVAILABLE;
        Self {
            code,
            retry_after: temporary.then_some(SOON),
            requirements: None,
            detail: None,
            away: code == ErrorCode::Unavailable,
        }
    }

    pub(crate) fn unmet(requirements: Vec<RequirementItem>) -> Self {
        Self {
            requirements: Some(requirements),
            ..Self::new(ErrorCode::RequirementsUnmet)
        }
    }

    pub(crate) fn with_detail(self, detail: String) -> Self {
        Self {
            detail: Some(detail),
            ..self
        }
    }

    /// The problem behind an answer that is a page.
    pub(crate) fn of_status(status: StatusCode) -> Self {
        Self::new(match status {
            StatusCode::NOT_FOUND => ErrorCode::UnknownTenant,
            StatusCode::SERVICE_UNAVAILABLE => ErrorCode::Unavailable,
            _ => ErrorCode::Fault,
        })
    }

    /// The answer, with its title in the language if there is a text.
    pub(crate) fn answer(&self, language: Option<&Language>) -> Response {
        self.answer_with(language, &AppPart::default())
    }

    /// The same with what app mode adds.
    pub(crate) fn answer_with(&self, language: Option<&Language>, app: &AppPart) -> Response {
        let title = language
            .zip(self.code.text())
            .and_then(|(language, name)| language.text(name, &[]).ok());
        let code = self.code.as_str();
        let status = self.code.status();
        let wait = self.retry_after.map(crate::pages::seconds);
        let body = ProblemBody {
            r#type: format!("urn:slotwerk:problem:{code}"),
            title: title.unwrap_or_else(|| self.code.title().to_owned()),
            status: status.as_u16(),
            code,
            detail: self.detail.as_deref(),
            retry_after_seconds: wait,
            requirements: self.requirements.as_deref(),
            app,
        };
        let Ok(json) = serde_json::to_vec(&body) else {
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        };
        let mut response = (status, Body::from(json)).into_response();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
        let waits = [
            StatusCode::TOO_MANY_REQUESTS,
            StatusCode::SERVICE_UNAVAILABLE,
        ];
        if let Some(wait) = wait.filter(|_| waits.contains(&status)) {
            headers.insert(RETRY_AFTER, HeaderValue::from(wait));
        }
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if self.away {
            marked(response)
        } else {
            response
        }
    }
}

impl From<ErrorCode> for Problem {
    fn from(code: ErrorCode) -> Self {
        Self::new(code)
    }
}

impl From<Rejection> for Problem {
    fn from(rejection: Rejection) -> Self {
        let problem = Self::new(ErrorCode::of(rejection.code));
        Self {
            retry_after: rejection.wait.or(problem.retry_after),
            ..problem
        }
    }
}

impl From<Option<Rejection>> for Problem {
    /// An outcome without a rejection is one of another step.
    fn from(rejection: Option<Rejection>) -> Self {
        rejection.map_or_else(|| ErrorCode::OtherStep.into(), Self::from)
    }
}

impl From<Fault> for Problem {
    fn from(fault: Fault) -> Self {
        Refusal::from(fault).into()
    }
}

impl From<StepError> for Problem {
    fn from(error: StepError) -> Self {
        match error {
            StepError::TicketInvalid => ErrorCode::TicketInvalid.into(),
            StepError::Fault(fault) => fault.into(),
        }
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        refusal.log();
        Self::new(match refusal {
            Refusal::NotFound => ErrorCode::NotFound,
            Refusal::NoTenant => ErrorCode::UnknownTenant,
            Refusal::Method => ErrorCode::MethodNotAllowed,
            Refusal::BadForm => ErrorCode::InvalidBody,
            Refusal::TooLarge => ErrorCode::BodyTooLarge,
            Refusal::ContentType => ErrorCode::UnsupportedMediaType,
            Refusal::Csrf => ErrorCode::CsrfTokenInvalid,
            Refusal::DeskNotAllowed => ErrorCode::DeskNotAllowed,
            // The page that comes first is the one of the sign-in.
            Refusal::Elsewhere(_) => ErrorCode::SessionEnded,
            refusal if refusal.status() == StatusCode::SERVICE_UNAVAILABLE || refusal.is_away() => {
                ErrorCode::Unavailable
            }
            _ => ErrorCode::Fault,
        })
    }
}
