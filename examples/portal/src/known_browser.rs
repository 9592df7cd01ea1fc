//! The cookie by which a browser is known again, so that strangers' guesses do not keep its owner out.

use crate::cookies;
use crate::visit::Visit;
use axum::http::HeaderValue;
use axum::http::header::{HeaderMap, SET_COOKIE};
use axum::response::Response;
use slotwerk::{Grant, KnownBrowser, Limits};
use tower_sessions::cookie::{Cookie, SameSite};

/// The token that the browser presents for a tenant.
pub(crate) fn presented(headers: &HeaderMap, tenant: &str, https: bool) -> Option<String> {
    cookies::presented(headers, &name(tenant, https))
}

/// Adds the cookie to the answer that ends a sign-in. Without one, the next sign-in is like the first:
/// no reason to fail this one.
pub(crate) fn remember(visit: &Visit, grant: &Grant, response: &mut Response) {
    let Ok(tenant) = visit.tenant_auth() else {
        return;
    };
    if let Ok(token) = tenant.known_browser(grant) {
        keep(visit, tenant.id(), &token, response);
    }
}

/// The same with a token that came with a new password.
pub(crate) fn keep(visit: &Visit, tenant: &str, token: &KnownBrowser, response: &mut Response) {
    let https = visit.portal.https;
    let lifetime = time::Duration::try_from(Limits::default().known_browser_lifetime);
    let cookie = Cookie::build((name(tenant, https), token.expose().to_owned()))
        .http_only(true)
        .secure(https)
        .same_site(SameSite::Strict)
        .path("/")
        .max_age(lifetime.unwrap_or_default())
        .build();
    if let Ok(value) = HeaderValue::from_str(&cookie.to_string()) {
        response.headers_mut().append(SET_COOKIE, value);
    }
}

fn name(tenant: &str, https: bool) -> String {
    let prefix = if https { "__Host-" } else { "" };
    format!("{prefix}portal-device-{tenant}")
}
