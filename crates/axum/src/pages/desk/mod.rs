//! The pages of the help desk and the tenant's administrator.

pub(crate) mod account;
pub(crate) mod acts;
pub(crate) mod approve;
mod entry;
pub(crate) mod factors;
pub(crate) mod find;
pub(crate) mod reset;
pub(crate) mod rules;
pub(crate) mod trail;

use crate::web::Web;
use axum::Router;
use axum::extract::FromRef;
use axum::routing::{get, post};

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
