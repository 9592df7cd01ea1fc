//! The guards of the account's pages: a session, and a recent second factor.

use crate::destination::Destination;
use crate::refusal::Refusal;
use crate::visit::Visit;
use slotwerk::{ManageOutcome, Managing, Session, Step};

/// The session of the person. Without one, the sign-in comes first.
pub(crate) async fn must_be_signed_in(visit: &mut Visit) -> Result<Session, Refusal> {
    let signed_in = visit.signed_in().await?;
    signed_in.ok_or(Refusal::Elsewhere("sign-in?notice=over"))
}

/// The session, and the step that changes the second factor. Where there is none, or no longer, the person steps up
/// first and then gets to `to`. A person who has no authenticator yet sets up the first one, as in a sign-in.
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
    let summary = signed_in.second_factor().await?;
    if summary.authenticators.is_empty()
        && let ManageOutcome::Enrol(step) = signed_in.manage().await?
    {
        visit.flow.ticket = Some(step.ticket().expose().to_owned());
        visit.flow.step_up = None;
        return Err(Refusal::Elsewhere("second-factor"));
    }
    Err(step_up(visit, to))
}

/// The way to the step-up, and then to `to`.
pub(crate) fn step_up(visit: &mut Visit, to: Destination) -> Refusal {
    visit.flow.step_up = Some(to);
    Refusal::Elsewhere("step-up")
}
