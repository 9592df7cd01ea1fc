//! Lets the administrator in to an operation, and reads what all operations have.

use crate::api::call::Caller;
use crate::api::code::ErrorCode;
use crate::api::problem::Problem;
use crate::desk::{Denied, Desk, DeskAct, typed_reason};
use slotwerk::{Account, AuditReason};

/// Lets the administrator in.
pub(super) async fn enter(caller: &mut Caller, act: DeskAct) -> Result<Desk, Problem> {
    let denied = match Desk::enter(&mut caller.visit, act).await {
        Ok(desk) => return Ok(desk),
        Err(denied) => denied,
    };
    Err(match denied {
        Denied::SignedOut => ErrorCode::SessionEnded.into(),
        Denied::StepUp(session) => {
            let summary = session.second_factor().await?;
            if summary.authenticators.is_empty() {
                ErrorCode::NoAuthenticator.into()
            } else {
                ErrorCode::StepUpNeeded.into()
            }
        }
        Denied::Refused(refusal) => refusal.into(),
    })
}

/// The account with this id.
pub(super) async fn account(desk: &Desk, id: &str) -> Result<Account, Problem> {
    let found = desk.admin().account(id).await?;
    found.ok_or_else(|| ErrorCode::UnknownAccount.into())
}

/// The reason of an act, if the body has one.
pub(super) fn reason(typed: Option<&str>) -> Result<Option<AuditReason>, Problem> {
    let reason = typed_reason(typed.unwrap_or_default());
    reason.map_err(|_| ErrorCode::ReasonInvalid.into())
}
