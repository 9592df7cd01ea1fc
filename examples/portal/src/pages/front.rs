//! The first page: which tenants there are.

use super::answer;
use crate::page::TenantName;
use crate::refusal::Refusal;
use crate::visit::Visit;
use axum::http::StatusCode;
use axum::response::Response;
use minijinja::context;

pub(crate) async fn show(visit: Visit) -> Response {
    answer!(visit, list(&visit))
}

async fn list(visit: &Visit) -> Result<Response, Refusal> {
    let mut ids = vec!["noord".to_owned(), "zuid".to_owned()];
    ids.extend(visit.portal.added_tenants.ids().await?);
    let mut tenants = Vec::new();
    for id in ids {
        if let Ok(tenant) = visit.portal.auth.tenant(&id).await {
            let TenantName { id, name, .. } = TenantName::from(tenant.settings());
            let known = ["noord", "zuid"].contains(&id.as_str());
            let summary_key = if known {
                format!("front-{id}")
            } else {
                "front-added".to_owned()
            };
            tenants.push(context! { summary_key, id, name });
        }
    }
    Ok(visit.page(StatusCode::OK, "front.html", context! { tenants }))
}
