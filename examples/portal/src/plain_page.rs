//! Error pages that are made without the session and the database, which may be what is out of order.

use crate::language::Language;
use crate::page::{Common, Pages, TenantName};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use minijinja::context;
use slotwerk::Tenant;
use std::sync::Arc;

#[derive(Clone)]
pub(crate) struct PlainPages {
    pages: Pages,
    tenants: Arc<[Tenant]>,
}

impl PlainPages {
    pub(crate) fn new(pages: Pages, tenants: &[Tenant]) -> Self {
        Self {
            pages,
            tenants: tenants.into(),
        }
    }

    /// The page of this kind for the tenant that the path names, in the language of the request.
    pub(crate) fn answer(
        &self,
        status: StatusCode,
        kind: &str,
        path: &str,
        headers: &HeaderMap,
    ) -> Response {
        let id = path.split('/').nth(1).unwrap_or_default();
        let tenant = self.tenants.iter().find(|tenant| tenant.id() == id);
        let name = tenant.map(TenantName::from);
        let common = Common {
            language: Language::asked_for(headers)
                .or_else(|| Language::from_tag(tenant?.language()))
                .unwrap_or(Language::En),
            tenant: name.as_ref(),
            csrf: "",
            stepping_up: false,
        };
        let own = context! { status => status.as_u16(), kind };
        self.pages.answer(status, "error.html", &common, own)
    }
}
