//! Setting up the first authenticator of a person.

use super::body::{NoFields, OneCode};
use super::call::{Answered, Call, Caller, respond};
use super::material::Material;
use super::next::Next;
use super::problem::Problem;
use super::responses::{Guarded, Judged, Known, Overtaken};
use super::typed_code::code;
use axum::response::Response;
use slotwerk::ConfirmOutcome;

/// Begins the set-up of the first authenticator, or shows the one in progress.
#[utoipa::path(
    post, path = "/second-factor/set-up/begin", operation_id = "beginSetUp", tag = "second factor",
    request_body = NoFields,
    responses((status = 200, description = "The set-up.", body = Answered<Next>), Guarded, Known, Judged, Overtaken)
)]
pub(crate) async fn begin(call: Call<NoFields>) -> Response {
    let Call { mut caller, .. } = call;
    respond!(caller, start(&mut caller))
}

async fn start(caller: &mut Caller) -> Result<Next, Problem> {
    let step = caller.set_up().await?;
    let outcome = step.begin().await?;
    let material = Material::of(caller, &step, outcome).await?;
    Ok(Next::step("confirm").with_set_up(Some(material)))
}

/// Sends the mail with the set-up again, where the tenant sends it by mail.
#[utoipa::path(
    post, path = "/second-factor/set-up/resend", operation_id = "resendSetUp", tag = "second factor",
    request_body = NoFields,
    responses((status = 200, description = "The set-up.", body = Answered<Next>), Guarded, Known, Judged, Overtaken)
)]
pub(crate) async fn resend(call: Call<NoFields>) -> Response {
    let Call { mut caller, .. } = call;
    respond!(caller, send_again(&mut caller))
}

async fn send_again(caller: &mut Caller) -> Result<Next, Problem> {
    let step = caller.set_up().await?;
    let outcome = step.resend().await?;
    let material = Material::of(caller, &step, outcome).await?;
    Ok(Next::step("confirm").with_set_up(Some(material)))
}

/// Checks the first code of the authenticator, and signs the person in. The answer has the recovery codes.
#[utoipa::path(
    post, path = "/second-factor/set-up/confirm", operation_id = "confirmSetUp", tag = "second factor",
    request_body = OneCode,
    responses(
        (status = 200, description = "Signed in, with recovery codes.", body = Answered<Next>),
        Guarded, Known, Judged, Overtaken
    )
)]
pub(crate) async fn confirm(call: Call<OneCode>) -> Response {
    let Call { mut caller, body } = call;
    respond!(caller, finish(&mut caller, body))
}

async fn finish(caller: &mut Caller, body: OneCode) -> Result<Next, Problem> {
    let code = code(&body.code)?;
    let step = caller.set_up().await?;
    match step.confirm(&code, &Default::default()).await? {
        ConfirmOutcome::SignedIn {
            grant,
            recovery_codes,
        } => {
            let next = Next::signed_in(caller, &grant).await?;
            Ok(next.with_codes(&recovery_codes))
        }
        rejected => Err(rejected.rejection().into()),
    }
}
