//! The second factor of a sign-in: its state, and the codes.

use super::body::{NoFields, OneCode, TwoCodes};
use super::call::{Answered, Call, Caller, respond};
use super::code::ErrorCode;
use super::material::Material;
use super::next::Next;
use super::problem::Problem;
use super::responses::{Guarded, Judged, Known, Overtaken};
use super::typed_code::code;
use crate::pages::verify::minutes_ahead;
use axum::response::Response;
use slotwerk::{CodeOutcome, RecoveryCode, RecoveryCodeOutcome, Step};

/// Says which step comes next, and shows the set-up in progress if there is one.
#[utoipa::path(
    post, path = "/second-factor/state", operation_id = "getSecondFactorState", tag = "second factor",
    request_body = NoFields,
    responses((status = 200, description = "What comes next.", body = Answered<Next>), Guarded)
)]
pub(crate) async fn state(call: Call<NoFields>) -> Response {
    let Call { mut caller, .. } = call;
    respond!(caller, current(&mut caller))
}

async fn current(caller: &mut Caller) -> Result<Next, Problem> {
    match caller.step().await? {
        Some(Step::Enrol(step)) => {
            let material = Material::pending(caller, &step).await?;
            Ok(Next::step("enrol").with_set_up(material))
        }
        Some(_) => Ok(Next::step("verify")),
        None => {
            let session = caller.visit.signed_in().await?;
            let next = if session.is_some() {
                "signed_in"
            } else {
                "sign_in"
            };
            Ok(Next::step(next))
        }
    }
}

/// Checks a code of the authenticator, and signs the person in.
#[utoipa::path(
    post, path = "/second-factor/verify", operation_id = "verifyCode", tag = "second factor", request_body = OneCode,
    responses((status = 200, description = "Signed in.", body = Answered<Next>), Guarded, Known, Judged, Overtaken)
)]
pub(crate) async fn verify(call: Call<OneCode>) -> Response {
    let Call { mut caller, body } = call;
    respond!(caller, check(&mut caller, body))
}

async fn check(caller: &mut Caller, body: OneCode) -> Result<Next, Problem> {
    let code = code(&body.code)?;
    let step = caller.verification().await?;
    let outcome = step.code(&code).await?;
    judged(caller, outcome).await
}

/// Checks two codes in a row, for a person whose phone's clock is far off.
#[utoipa::path(
    post, path = "/second-factor/verify-two", operation_id = "verifyTwoCodes", tag = "second factor",
    request_body = TwoCodes,
    responses((status = 200, description = "Signed in.", body = Answered<Next>), Guarded, Known, Judged, Overtaken)
)]
pub(crate) async fn verify_two(call: Call<TwoCodes>) -> Response {
    let Call { mut caller, body } = call;
    respond!(caller, check_two(&mut caller, body))
}

async fn check_two(caller: &mut Caller, body: TwoCodes) -> Result<Next, Problem> {
    let (first, second) = (code(&body.first)?, code(&body.second)?);
    let step = caller.verification().await?;
    let outcome = step.two_codes(&first, &second).await?;
    judged(caller, outcome).await
}

async fn judged(caller: &mut Caller, outcome: CodeOutcome) -> Result<Next, Problem> {
    match outcome {
        CodeOutcome::SignedIn { grant, clock } => {
            let next = Next::signed_in(caller, &grant).await?;
            Ok(next.with_clock(clock.and_then(minutes_ahead)))
        }
        rejected => Err(rejected.rejection().into()),
    }
}

/// Uses a recovery code, and signs the person in.
#[utoipa::path(
    post, path = "/second-factor/recovery-code", operation_id = "useRecoveryCode", tag = "second factor",
    request_body = OneCode,
    responses((status = 200, description = "Signed in.", body = Answered<Next>), Guarded, Known, Judged, Overtaken)
)]
pub(crate) async fn recovery_code(call: Call<OneCode>) -> Response {
    let Call { mut caller, body } = call;
    respond!(caller, redeem(&mut caller, body))
}

async fn redeem(caller: &mut Caller, body: OneCode) -> Result<Next, Problem> {
    let code = RecoveryCode::parse(&body.code).map_err(|_| ErrorCode::RecoveryCodeMalformed)?;
    let step = caller.verification().await?;
    match step.recovery_code(&code).await? {
        RecoveryCodeOutcome::SignedIn { grant, remaining } => {
            let next = Next::signed_in(caller, &grant).await?;
            Ok(next.with_codes_left(remaining))
        }
        rejected => Err(rejected.rejection().into()),
    }
}
