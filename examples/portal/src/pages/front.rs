//! The first page: which tenants there are.

use crate::page::TenantName;
use crate::visit::Visit;
use axum::http::StatusCode;
use axum::response::Response;
use minijinja::context;

pub(crate) async fn show(visit: Visit) -> Response {
    let tenants: Vec<_> = ["noord", "zuid"]
        .into_iter()
        .filter_map(|id| visit.portal.auth.tenant(id))
        .map(|tenant| TenantName::from(&*tenant))
        .map(|tenant| context! { summary_key => format!("front-{}", tenant.id), id => tenant.id, name => tenant.name })
        .collect();
    visit.page(StatusCode::OK, "front.html", context! { tenants })
}
