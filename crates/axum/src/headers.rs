//! The security headers of every answer.

use axum::Router;
use axum::http::HeaderValue;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderName, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::response::Response;
use std::sync::Arc;
use tower_http::set_header::SetResponseHeaderLayer;

/// A page may use its own style, scripts, images and forms, and frames of this host.
const PAGE_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
    form-action 'self'; frame-src 'self'; frame-ancestors 'none'; base-uri 'none'";

/// The policy of a page that asks this host while the person types.
pub(crate) const ASKING_PAGE_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
    form-action 'self'; frame-src 'self'; frame-ancestors 'none'; base-uri 'none'; connect-src 'self'";

/// Adds the headers to the answers of the router. A route may have a stricter policy of its own.
pub(crate) fn guarded(mut router: Router, https: bool) -> Router {
    for (name, value) in all(https) {
        let value = HeaderValue::from_static(value);
        router = router.layer(if name == CONTENT_SECURITY_POLICY {
            SetResponseHeaderLayer::if_not_present(name, value)
        } else {
            SetResponseHeaderLayer::overriding(name, value)
        });
    }
    router
}

/// Asks the browser at a sign-out to forget the data of this origin. Slotwerk's pages keep nothing there. A
/// host's own pages may.
///
/// Without `"cookies"`: that would remove the cookies of the whole registrable domain. Among them are the sessions of
/// other tenants and other hosts, and the cookie that knows the browser. Without it, a stranger's failed attempts would
/// keep the person out. The sign-out removes its own cookies.
pub(crate) fn clear_site_data(mut response: Response) -> Response {
    let kinds = HeaderValue::from_static("\"cache\", \"storage\"");
    let name = HeaderName::from_static("clear-site-data");
    response.headers_mut().insert(name, kinds);
    response
}

/// The same headers as lines, for answers that never reach the router.
pub(crate) fn lines(https: bool) -> Arc<str> {
    let lines = all(https).map(|(name, value)| format!("{name}: {value}\r\n"));
    lines.collect::<String>().into()
}

fn all(https: bool) -> impl Iterator<Item = (HeaderName, &'static str)> {
    let all = [
        (CONTENT_SECURITY_POLICY, PAGE_POLICY),
        (REFERRER_POLICY, "no-referrer"),
        (CACHE_CONTROL, "no-store"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    let encrypted = https.then_some((STRICT_TRANSPORT_SECURITY, "max-age=31536000"));
    all.into_iter().chain(encrypted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn asking_page_may_only_connect_besides() {
        let more = ASKING_PAGE_POLICY.strip_prefix(PAGE_POLICY);
        assert_eq!(more, Some("; connect-src 'self'"));
    }
}
