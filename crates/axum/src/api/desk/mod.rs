//! The help desk and the tenant's administrator as JSON: the same acts and guards as the pages.

mod account;
mod acts;
mod body;
mod lists;
mod reset;
mod rules;

use super::call::Caller;
use super::code::ErrorCode;
use super::problem::Problem;
use crate::desk::{Denied, Desk, DeskAct, typed_reason};
use crate::web::Web;
use slotwerk::{Account, AuditReason};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The operations with their part of the document.
pub(super) fn operations() -> OpenApiRouter<Web> {
    OpenApiRouter::new()
        .routes(routes!(account::find))
        .routes(routes!(account::show))
        .routes(routes!(acts::unlock))
        .routes(routes!(acts::end_sessions))
        .routes(routes!(acts::require_new_password))
        .routes(routes!(acts::invite))
        .routes(routes!(reset::request))
        .routes(routes!(reset::inspect))
        .routes(routes!(reset::approve))
        .routes(routes!(lists::second_factors))
        .routes(routes!(lists::trail))
        .routes(routes!(rules::show))
        .routes(routes!(rules::judge))
}

/// Lets the administrator in.
async fn enter(caller: &mut Caller, act: DeskAct) -> Result<Desk, Problem> {
    let entered = Desk::enter(&mut caller.visit, act).await;
    entered.map_err(|denied| match denied {
        Denied::SignedOut => ErrorCode::SessionEnded.into(),
        Denied::StepUp => ErrorCode::StepUpNeeded.into(),
        Denied::Refused(refusal) => refusal.into(),
    })
}

/// The account with this id.
async fn account(desk: &Desk, id: &str) -> Result<Account, Problem> {
    let found = desk.admin().account(id).await?;
    found.ok_or_else(|| ErrorCode::UnknownAccount.into())
}

/// The reason of an act, if the body has one.
fn reason(typed: Option<&str>) -> Result<Option<AuditReason>, Problem> {
    let reason = typed_reason(typed.unwrap_or_default());
    reason.map_err(|_| ErrorCode::ReasonInvalid.into())
}
