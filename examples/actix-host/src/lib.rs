//! A small service on actix-web: the flow of Slotwerk as a JSON API, over the facade alone.
#![allow(clippy::print_stderr, reason = "faults go to the log of the operator")]

mod problem;
mod sign_in;
mod users;
mod visit;

pub use users::Users;

use actix_web::web::{Data, Json, JsonConfig, ServiceConfig, post};
use actix_web::{HttpRequest, HttpResponse};
use problem::Problem;
use serde::Deserialize;
use slotwerk::Auth;
use visit::Visit;

/// The facade, the id of the tenant, and whether people reach the service over https.
pub struct Host(pub Auth, pub &'static str, pub bool);

/// The calls of the API.
#[derive(Deserialize)]
#[serde(tag = "call", rename_all = "snake_case", deny_unknown_fields)]
enum Call {
    Forgot { login: String },
    ResetRules { token: String },
    Reset { token: String, new: String },
    SignIn { login: String, password: String },
    SetUp {},
    Confirm { code: String },
    Verify { code: String },
    VerifyTwo { code: String, second: String },
    RecoveryCode { code: String },
    SignOut {},
    Session {},
}

type Answer = Result<HttpResponse, Problem>;

async fn api(host: Data<Host>, request: HttpRequest, call: Json<Call>) -> Answer {
    let mut visit = Visit::open(&host, request).await?;
    let body = sign_in::answer(&mut visit, call.into_inner()).await?;
    let mut answer = HttpResponse::Ok();
    for cookie in visit.cookies {
        answer.append_header(("Set-Cookie", cookie));
    }
    Ok(answer.json(body))
}

/// A value that was typed. One that cannot be right costs no attempt.
fn typed<T, E>(parsed: Result<T, E>) -> Result<T, Problem> {
    parsed.map_err(|_| (422, "malformed").into())
}

/// The API, at one address. The app data has the [`Host`].
pub fn routes(config: &mut ServiceConfig) {
    // The text of the parser's error may repeat a password.
    let json =
        JsonConfig::default().error_handler(|_, _| Problem::from((400, "body_invalid")).into());
    config.app_data(json).route("/api", post().to(api));
}
