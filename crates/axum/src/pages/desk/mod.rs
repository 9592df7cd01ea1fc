//! The pages of the help desk and the tenant's administrator.

pub(crate) mod account;
pub(crate) mod acts;
pub(crate) mod approve;
pub(crate) mod factors;
pub(crate) mod find;
pub(crate) mod reset;
pub(crate) mod rules;
pub(crate) mod trail;

use crate::desk::{Denied, Desk, DeskAct};
use crate::destination::Destination;
use crate::refusal::Refusal;
use crate::visit::Visit;
use crate::web::Web;
use axum::Router;
use axum::extract::FromRef;
use axum::routing::{get, post};
use minijinja::{Value, context};

/// The pages, below this prefix.
pub(crate) fn router<S>(prefix: &str) -> Router<S>
where
    Web: FromRef<S>,
    S: Clone + Send + Sync + 'static,
{
    let at = |page: &str| format!("{prefix}/desk{page}");
    Router::new()
        .route(&at(""), get(find::show).post(find::submit))
        .route(&at("/account/{account}"), get(account::show))
        .route(&at("/account/{account}/unlock"), post(acts::unlock))
        .route(
            &at("/account/{account}/end-sessions"),
            post(acts::end_sessions),
        )
        .route(
            &at("/account/{account}/require-password"),
            post(acts::require_new_password),
        )
        .route(&at("/account/{account}/invite"), post(acts::invite))
        .route(
            &at("/account/{account}/reset"),
            get(reset::show).post(reset::submit),
        )
        .route(
            &at("/approve/{approval}"),
            get(approve::show).post(approve::submit),
        )
        .route(&at("/second-factors"), get(factors::show))
        .route(&at("/trail"), get(trail::show))
        .route(&at("/rules"), get(rules::show).post(rules::submit))
}

/// Lets the administrator in. Anybody else signs in or steps up first, and comes back to the page that was asked for.
async fn enter(visit: &mut Visit, act: DeskAct) -> Result<Desk, Refusal> {
    let denied = match Desk::enter(visit, act).await {
        Ok(desk) => return Ok(desk),
        Err(denied) => denied,
    };
    match denied {
        Denied::SignedOut => {
            visit.remember_address();
            Err(Refusal::Elsewhere("sign-in"))
        }
        Denied::StepUp => {
            visit.remember_address();
            visit.flow.step_up = Some(Destination::Host);
            Err(Refusal::Elsewhere("step-up"))
        }
        Denied::Refused(refusal) => Err(refusal),
    }
}

/// The same for a form: the person comes back to this page, below the desk.
async fn enter_from(visit: &mut Visit, act: DeskAct, page: &str) -> Result<Desk, Refusal> {
    let entered = enter(visit, act).await;
    if let Err(Refusal::Elsewhere(_)) = entered {
        visit.remember_page(&format!("desk/{page}"));
    }
    entered
}

/// The links that the administrator may follow.
async fn links(desk: &Desk) -> Result<Value, Refusal> {
    Ok(context! {
        find => desk.may(DeskAct::Find).await?,
        factors => desk.may(DeskAct::ListSecondFactors).await?,
        trail => desk.may(DeskAct::ReadTrail).await?,
        rules => desk.may(DeskAct::SeeRules).await?,
    })
}
