//! The help desk and the tenant's administrator as JSON: the same acts and guards as the pages.

mod account;
mod acts;
mod body;
mod entry;
mod lists;
mod reset;
mod rules;

use crate::web::Web;
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
