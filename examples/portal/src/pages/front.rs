//! The first page: the tenants.

use super::failed;
use crate::portal::Portal;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use minijinja::context;
use slotwerk_axum::Visit;

pub(crate) async fn show(State(portal): State<Portal>, visit: Visit) -> Response {
    let mut ids = vec!["noord".to_owned(), "zuid".to_owned()];
    match portal.added_tenants.ids().await {
        Ok(added) => ids.extend(added),
        Err(error) => return failed(&visit, error),
    }
    let mut tenants = Vec::new();
    for id in ids {
        if let Ok(tenant) = portal.web.auth().tenant(&id).await {
            let name = tenant.settings().brand().name();
            let summary_key = match id.as_str() {
                "noord" | "zuid" => format!("front-{id}"),
                _ => "front-added".to_owned(),
            };
            tenants.push(context! { summary_key, id, name });
        }
    }
    visit.page(StatusCode::OK, "front.html", context! { tenants })
}
