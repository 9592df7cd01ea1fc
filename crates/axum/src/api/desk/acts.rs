//! Unlocks, signs out, requires a new password, invites.

use super::body::DeskOrder;
use super::entry::{account, enter, reason};
use crate::api::call::{Answered, Call, Caller, respond};
use crate::api::code::ErrorCode;
use crate::api::problem::Problem;
use crate::api::responses::{Guarded, Judged, Known, Overtaken};
use crate::desk::{Desk, DeskAct};
use axum::response::Response;
use serde::Serialize;
use slotwerk::{Account, By, InviteOutcome, NewPasswordRequired, Rejection, UnlockOutcome};
use utoipa::ToSchema;

/// The result of an act.
#[derive(Serialize, ToSchema)]
pub(super) struct DeskOutcome {
    /// The result. Later versions may add values.
    #[schema(example = "unlocked")]
    outcome: &'static str,
}

impl DeskOutcome {
    pub(super) const fn new(outcome: &'static str) -> Self {
        Self { outcome }
    }
}

/// Clears the counts of failed attempts of an account: `unlocked` or `not_locked`.
#[utoipa::path(
    post, path = "/desk/unlock", operation_id = "deskUnlock", tag = "help desk", request_body = DeskOrder,
    responses((status = 200, description = "The outcome.", body = Answered<DeskOutcome>), Guarded, Known, Judged)
)]
pub(crate) async fn unlock(call: Call<DeskOrder>) -> Response {
    let Call { mut caller, body } = call;
    respond!(caller, unlocked(&mut caller, body))
}

async fn unlocked(caller: &mut Caller, body: DeskOrder) -> Result<DeskOutcome, Problem> {
    let (desk, account, by) = ordered(caller, DeskAct::Unlock, body).await?;
    Ok(match desk.admin().unlock(&account.id, &by).await? {
        UnlockOutcome::Unlocked => DeskOutcome::new("unlocked"),
        _ => DeskOutcome::new("not_locked"),
    })
}

/// Ends every session of an account: `ended` or `no_sessions`.
#[utoipa::path(
    post, path = "/desk/end-sessions", operation_id = "deskEndSessions", tag = "help desk", request_body = DeskOrder,
    responses((status = 200, description = "The outcome.", body = Answered<DeskOutcome>), Guarded, Known, Judged)
)]
pub(crate) async fn end_sessions(call: Call<DeskOrder>) -> Response {
    let Call { mut caller, body } = call;
    respond!(caller, ended(&mut caller, body))
}

async fn ended(caller: &mut Caller, body: DeskOrder) -> Result<DeskOutcome, Problem> {
    let (desk, account, by) = ordered(caller, DeskAct::EndSessions, body).await?;
    Ok(match desk.admin().end_sessions(&account.id, &by).await? {
        0 => DeskOutcome::new("no_sessions"),
        _ => DeskOutcome::new("ended"),
    })
}

/// Requires a new password at the next sign-in: `required`, `already_required` or `no_password`.
#[utoipa::path(
    post, path = "/desk/require-new-password", operation_id = "deskRequireNewPassword", tag = "help desk",
    request_body = DeskOrder,
    responses((status = 200, description = "The outcome.", body = Answered<DeskOutcome>), Guarded, Known, Judged)
)]
pub(crate) async fn require_new_password(call: Call<DeskOrder>) -> Response {
    let Call { mut caller, body } = call;
    respond!(caller, required(&mut caller, body))
}

async fn required(caller: &mut Caller, body: DeskOrder) -> Result<DeskOutcome, Problem> {
    let (desk, account, by) = ordered(caller, DeskAct::RequireNewPassword, body).await?;
    let required = desk.admin().require_new_password(&account.id, &by).await?;
    Ok(DeskOutcome::new(match required {
        NewPasswordRequired::Required => "required",
        NewPasswordRequired::Already => "already_required",
        NewPasswordRequired::NoPassword => "no_password",
    }))
}

/// Mails the owner of an account a link to set the first password: `invited`.
#[utoipa::path(
    post, path = "/desk/invite", operation_id = "deskInvite", tag = "help desk", request_body = DeskOrder,
    responses(
        (status = 200, description = "The outcome.", body = Answered<DeskOutcome>), Guarded, Known, Judged, Overtaken
    )
)]
pub(crate) async fn invite(call: Call<DeskOrder>) -> Response {
    let Call { mut caller, body } = call;
    respond!(caller, invited(&mut caller, body))
}

async fn invited(caller: &mut Caller, body: DeskOrder) -> Result<DeskOutcome, Problem> {
    let (desk, account, by) = ordered(caller, DeskAct::Invite, body).await?;
    match desk.admin().invite(&account.id, &by).await? {
        InviteOutcome::Queued => Ok(DeskOutcome::new("invited")),
        InviteOutcome::NoAccount => Err(ErrorCode::AccountDisabled.into()),
        InviteOutcome::HasPassword => Err(ErrorCode::PasswordExists.into()),
        InviteOutcome::AddressRefused(_) => Err(ErrorCode::MailAddressUnusable.into()),
        InviteOutcome::Throttled(why) => Err(Rejection::from(why).into()),
        _ => Err(ErrorCode::Busy.into()),
    }
}

/// The account of an order, and its actor.
async fn ordered(
    caller: &mut Caller,
    act: DeskAct,
    body: DeskOrder,
) -> Result<(Desk, Account, By), Problem> {
    let desk = enter(caller, act).await?;
    let account = account(&desk, &body.account_id).await?;
    let by = desk.by(reason(body.reason.as_deref())?)?;
    Ok((desk, account, by))
}
