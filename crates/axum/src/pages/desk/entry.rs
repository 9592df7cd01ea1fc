//! Lets the administrator in to a page, and lists the pages to go on to.

use crate::desk::{Denied, Desk, DeskAct};
use crate::refusal::Refusal;
use crate::visit::Visit;
use minijinja::{Value, context};

/// Lets the administrator in. Anybody else signs in or steps up first, and comes back to this page.
pub(super) async fn enter(visit: &mut Visit, act: DeskAct) -> Result<Desk, Refusal> {
    let denied = match Desk::enter(visit, act).await {
        Ok(desk) => return Ok(desk),
        Err(denied) => denied,
    };
    match denied {
        Denied::SignedOut => {
            visit.remember_address();
            Err(Refusal::Elsewhere("sign-in"))
        }
        Denied::StepUp(session) => {
            visit.remember_address();
            Err(visit.ask_for_second_factor(&session).await)
        }
        Denied::Refused(refusal) => Err(refusal),
    }
}

/// The same for a form: the person comes back to this page, below the desk.
pub(super) async fn enter_from(
    visit: &mut Visit,
    act: DeskAct,
    page: &str,
) -> Result<Desk, Refusal> {
    let entered = enter(visit, act).await;
    if let Err(Refusal::Elsewhere(_)) = entered {
        visit.remember_page(&format!("desk/{page}"));
    }
    entered
}

/// The links that the administrator may follow.
pub(super) async fn links(desk: &Desk) -> Result<Value, Refusal> {
    Ok(context! {
        find => desk.may(DeskAct::Find).await?,
        factors => desk.may(DeskAct::ListSecondFactors).await?,
        trail => desk.may(DeskAct::ReadTrail).await?,
        rules => desk.may(DeskAct::SeeRules).await?,
    })
}
