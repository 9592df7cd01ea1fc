//! Error pages that are made without the session and the database, which may be what is out of order.

use crate::cookies::Cookies;
use crate::language::{self, Language};
use crate::page::{Common, Pages, TenantName};
use crate::tenant_from::TenantFrom;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use minijinja::{Value, context};
use slotwerk::Tenant;
use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

/// The most tenants whose names are kept.
const MOST_TENANTS: usize = 10_000;

/// Makes pages from what is in memory. Cheap to clone.
#[derive(Clone)]
pub struct PlainPages {
    pages: Pages,
    from: TenantFrom,
    cookies: Cookies,
    tenants: Arc<RwLock<HashMap<String, Known>>>,
}

/// The name and the language of a tenant.
#[derive(Clone, PartialEq, Eq)]
struct Known {
    name: TenantName,
    language: String,
}

impl PlainPages {
    pub(crate) fn new(pages: Pages, from: TenantFrom, cookies: Cookies) -> Self {
        Self {
            pages,
            from,
            cookies,
            tenants: Arc::default(),
        }
    }

    /// Keeps the name of a tenant, or its new one. Every request at a tenant does this; a host may do it earlier.
    pub fn learn(&self, tenant: &Tenant) {
        let known = Known {
            name: TenantName::new(tenant, &self.from),
            language: tenant.language().to_owned(),
        };
        let tenants = self.tenants.read().unwrap_or_else(PoisonError::into_inner);
        let (before, is_full) = (tenants.get(tenant.id()), tenants.len() >= MOST_TENANTS);
        if before == Some(&known) || (before.is_none() && is_full) {
            return;
        }
        drop(tenants);
        let mut tenants = self.tenants.write().unwrap_or_else(PoisonError::into_inner);
        tenants.insert(tenant.id().to_owned(), known);
    }

    /// The page of this kind, such as `busy` or `fault`, for the tenant that the path names, in the language of the
    /// request. The template `error.html` and the texts `error-{kind}-…` know the kinds.
    pub fn answer(
        &self,
        status: StatusCode,
        kind: &str,
        path: &str,
        headers: &HeaderMap,
    ) -> Response {
        let own = context! { status => status.as_u16(), kind };
        let page = Page {
            template: "error.html",
            language: None,
            csrf: "",
        };
        self.page(status, &page, path, headers, own)
    }

    pub(crate) fn page(
        &self,
        status: StatusCode,
        page: &Page<'_>,
        path: &str,
        headers: &HeaderMap,
        own: Value,
    ) -> Response {
        let id = self.from.id(path, headers);
        let tenants = self.tenants.read().unwrap_or_else(PoisonError::into_inner);
        let tenant = tenants.get(&id).cloned();
        drop(tenants);
        let languages = self.pages.languages();
        let language = page
            .language
            .cloned()
            .or_else(|| language::chosen(languages, &self.cookies, headers))
            .or_else(|| language::asked_for(languages, headers))
            .or_else(|| language::of_tag(languages, &tenant.as_ref()?.language))
            .or_else(|| self.pages.fallback().cloned());
        let Some(language) = language else {
            return status.into_response();
        };
        let common = Common {
            language: &language,
            tenant: tenant.as_ref().map(|tenant| &tenant.name),
            csrf: page.csrf,
            stepping_up: false,
        };
        self.pages.answer(status, page.template, &common, own)
    }
}

/// The page to show.
pub(crate) struct Page<'a> {
    pub(crate) template: &'a str,
    /// The person's, if it is known.
    pub(crate) language: Option<&'a Language>,
    /// The token of the page's form, if it has one.
    pub(crate) csrf: &'a str,
}
