//! The token against forged requests.

use super::call::{Caller, json};
use super::code::ErrorCode;
use super::mode::Mode;
use super::problem::Problem;
use super::responses::Reading;
use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;

/// The token against forged requests.
#[derive(Serialize, ToSchema)]
struct CsrfAnswer {
    /// The value of the header `x-csrf-token` for each POST of this browser.
    csrf_token: String,
}

/// Browser mode: returns the token to send as `x-csrf-token`, and sets its cookie.
#[utoipa::path(
    get, path = "/csrf", operation_id = "getCsrfToken", tag = "sign-in",
    responses((status = 200, description = "The token.", body = CsrfAnswer), Reading)
)]
pub(crate) async fn token(caller: Caller) -> Response {
    let refuse = |code: ErrorCode| caller.answer::<()>(Err(code.into()));
    if caller.mode == Mode::App {
        return refuse(ErrorCode::BrowserModeOnly);
    }
    let answer = |token: &str| {
        json(&CsrfAnswer {
            csrf_token: token.to_owned(),
        })
    };
    match caller.visit.with_csrf(answer) {
        Some(Ok(answer)) => answer,
        Some(Err(problem)) => caller.answer::<()>(Err::<(), Problem>(problem)),
        None => refuse(ErrorCode::Fault),
    }
}
