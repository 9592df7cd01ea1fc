//! The portal's own pages.

mod front;
mod mail;

use crate::portal::Portal;
use axum::Router;
use axum::response::Response;
use axum::routing::get;
use slotwerk::store::ErrorKind;
use slotwerk_axum::Visit;

pub(crate) fn router() -> Router<Portal> {
    Router::new()
        .route("/", get(front::show))
        .route("/mailbox", get(mail::list))
        .route("/mailbox/{id}", get(mail::show))
        .route("/mailbox/{id}/html", get(mail::html))
        .route("/mailbox/{id}/inline/{content_id}", get(mail::inline))
        .route("/mailbox/{id}/mail.eml", get(mail::eml))
}

/// The page for a fault of the portal's own tables.
fn failed(visit: &Visit, error: sqlx::Error) -> Response {
    match slotwerk_sqlx::error_kind(&error) {
        ErrorKind::Unavailable | ErrorKind::Conflict => visit.away(error),
        _ => visit.fault(error),
    }
}
