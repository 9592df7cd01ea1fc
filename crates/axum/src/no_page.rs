//! Answers for addresses and methods that no page has.

use crate::refusal::Refusal;
use crate::visit::Visit;
use axum::response::Response;

/// For an address that no page has.
pub(crate) async fn no_page(visit: Visit) -> Response {
    visit.refused(Refusal::NotFound)
}

/// For a method that a page does not know.
pub(crate) async fn no_method(visit: Visit) -> Response {
    visit.refused(Refusal::Method)
}
