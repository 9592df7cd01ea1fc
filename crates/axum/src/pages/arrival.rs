//! Where a sign-in and a step-up end.

use super::set_up;
use crate::destination::Destination;
use crate::known_browser;
use crate::refusal::Refusal;
use crate::visit::Visit;
use axum::response::Response;
use slotwerk::{Grant, Step};

/// Signs the person in, and leads home or on to the page that asked for a step-up.
pub(crate) async fn signed_in(visit: &mut Visit, grant: &Grant) -> Result<Response, Refusal> {
    let stepped_up = visit.flow.step_up.take();
    visit.begin_session(grant).await?;
    known_browser::remember(visit, grant);
    match stepped_up {
        Some(to) => arrive_at(visit, &to).await,
        None => visit.arrive(),
    }
}

/// Where a step-up that is finished leads to. A set-up begins here: its own page, which is looked at, begins
/// nothing.
async fn arrive_at(visit: &mut Visit, to: &Destination) -> Result<Response, Refusal> {
    if let Destination::Add | Destination::Replace(_) = to
        && let Some(Step::Manage(step)) = visit.step(visit.flow.managing.as_ref()).await?
    {
        return set_up::begin(visit, step, to).await;
    }
    if *to == Destination::Host {
        return visit.arrive();
    }
    visit.redirect(&to.page())
}
