//! The first page: which tenants there are.

use crate::page::TenantName;
use crate::visit::Visit;
use axum::http::StatusCode;
use axum::response::Response;
use minijinja::context;

pub(crate) async fn show(visit: Visit) -> Response {
    let mut tenants = Vec::new();
    for id in ["noord", "zuid"] {
        if let Ok(tenant) = visit.portal.auth.tenant(id).await {
            let TenantName { id, name, .. } = TenantName::from(tenant.settings());
            tenants.push(context! { summary_key => format!("front-{id}"), id, name });
        }
    }
    visit.page(StatusCode::OK, "front.html", context! { tenants })
}
