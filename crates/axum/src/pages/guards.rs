//! The guards of the account's pages: a session, and a recent second factor.

use crate::destination::Destination;
use crate::refusal::Refusal;
use crate::visit::Visit;
use slotwerk::{Managing, Session, Step};

/// The session of the person. Without one, the sign-in comes first.
pub(crate) async fn must_be_signed_in(visit: &mut Visit) -> Result<Session, Refusal> {
    let signed_in = visit.signed_in().await?;
    signed_in.ok_or(Refusal::Elsewhere("sign-in?notice=over"))
}

/// The session, and the step that changes the second factor. Where there is none, or no longer, the
/// step-up comes first, and then `to`.
pub(crate) async fn managing(
    visit: &mut Visit,
    to: Destination,
) -> Result<(Session, Managing), Refusal> {
    let signed_in = must_be_signed_in(visit).await?;
    // Somebody could have planted the cookie of a flow of their own.
    if let Some(Step::Manage(step)) = visit.step(visit.flow.managing.as_ref()).await?
        && step.account().id == signed_in.account().id
    {
        return Ok((signed_in, step));
    }
    Err(first(visit, to))
}

/// The way to the step-up, and then to `to`.
pub(crate) fn first(visit: &mut Visit, to: Destination) -> Refusal {
    visit.flow.step_up = Some(to);
    Refusal::Elsewhere("step-up")
}
