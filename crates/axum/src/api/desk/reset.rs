//! Resets a second factor, with a second approver where the host asks for one.

use super::acts::DeskOutcome;
use super::body::{DeskApproval, DeskReset};
use super::entry::{account, enter, reason};
use crate::api::call::{Answered, Call, Caller, respond};
use crate::api::code::ErrorCode;
use crate::api::problem::Problem;
use crate::api::responses::{Guarded, Judged, Known, Linked};
use crate::desk::{ApproveOutcome, DeskAct, RequestOutcome};
use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;

/// The answer to a request for a reset.
#[derive(Serialize, ToSchema)]
struct DeskResetAnswer {
    /// `reset`, or `approval_needed`: a second administrator calls `deskApproveReset`. Later versions may add values.
    #[schema(example = "reset")]
    outcome: &'static str,
    /// The request, for the second administrator.
    #[serde(skip_serializing_if = "Option::is_none")]
    approval: Option<String>,
    /// Until when it can be approved (Unix time).
    #[serde(skip_serializing_if = "Option::is_none")]
    valid_until: Option<u64>,
}

/// A request that waits for an approval.
#[derive(Serialize, ToSchema)]
struct DeskResetRequest {
    /// The user name of the account.
    login: String,
    /// The user name of the administrator who asks.
    requester: String,
    /// The reason.
    reason: String,
    /// Until when it can be approved (Unix time).
    valid_until: u64,
}

/// Removes the authenticators and recovery codes of an account, and ends its sessions. Or makes the request that a second
/// administrator approves.
#[utoipa::path(
    post, path = "/desk/second-factor/reset", operation_id = "deskResetSecondFactor", tag = "help desk",
    request_body = DeskReset,
    responses((status = 200, description = "The outcome.", body = Answered<DeskResetAnswer>), Guarded, Known, Judged)
)]
pub(crate) async fn request(call: Call<DeskReset>) -> Response {
    let Call { mut caller, body } = call;
    respond!(caller, requested(&mut caller, body))
}

async fn requested(caller: &mut Caller, body: DeskReset) -> Result<DeskResetAnswer, Problem> {
    let desk = enter(caller, DeskAct::ResetSecondFactor).await?;
    let account = account(&desk, &body.account_id).await?;
    let reason = reason(Some(&body.reason))?.ok_or(ErrorCode::ReasonInvalid)?;
    match desk.request_reset(&account, reason).await? {
        RequestOutcome::Reset => Ok(DeskResetAnswer {
            outcome: "reset",
            approval: None,
            valid_until: None,
        }),
        RequestOutcome::NeedsApproval { sealed, until } => Ok(DeskResetAnswer {
            outcome: "approval_needed",
            approval: Some(sealed),
            valid_until: Some(until),
        }),
        RequestOutcome::OwnAccount => Err(ErrorCode::OwnAccount.into()),
        RequestOutcome::ReasonTooLong => Err(ErrorCode::ReasonInvalid.into()),
    }
}

/// Shows a request that waits for an approval.
#[utoipa::path(
    post, path = "/desk/second-factor/inspect", operation_id = "deskInspectReset", tag = "help desk",
    request_body = DeskApproval,
    responses((status = 200, description = "The request.", body = Answered<DeskResetRequest>), Guarded, Known, Linked)
)]
pub(crate) async fn inspect(call: Call<DeskApproval>) -> Response {
    let Call { mut caller, body } = call;
    respond!(caller, look(&mut caller, body))
}

async fn look(caller: &mut Caller, body: DeskApproval) -> Result<DeskResetRequest, Problem> {
    let desk = enter(caller, DeskAct::ResetSecondFactor).await?;
    let request = desk.requested_reset(&body.approval).await?;
    let request = request.ok_or(ErrorCode::ApprovalInvalid)?;
    Ok(DeskResetRequest {
        login: request.account.login,
        requester: request.requester.login,
        reason: request.reason,
        valid_until: request.until,
    })
}

/// Approves a request of another administrator: `reset`. It works once.
#[utoipa::path(
    post, path = "/desk/second-factor/approve", operation_id = "deskApproveReset", tag = "help desk",
    request_body = DeskApproval,
    responses((status = 200, description = "The outcome.", body = Answered<DeskOutcome>), Guarded, Known, Linked)
)]
pub(crate) async fn approve(call: Call<DeskApproval>) -> Response {
    let Call { mut caller, body } = call;
    respond!(caller, approved(&mut caller, body))
}

async fn approved(caller: &mut Caller, body: DeskApproval) -> Result<DeskOutcome, Problem> {
    let desk = enter(caller, DeskAct::ResetSecondFactor).await?;
    match desk.approve_reset(&body.approval).await? {
        ApproveOutcome::Reset(_) => Ok(DeskOutcome::new("reset")),
        ApproveOutcome::Invalid => Err(ErrorCode::ApprovalInvalid.into()),
        ApproveOutcome::OwnRequest => Err(ErrorCode::OwnRequest.into()),
        ApproveOutcome::OwnAccount => Err(ErrorCode::OwnAccount.into()),
    }
}
