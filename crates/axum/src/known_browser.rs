//! The cookie by which a browser is known again, so that strangers' guesses do not keep its owner out.

use crate::cookies::Kind;
use crate::visit::Visit;
use slotwerk::{Grant, KnownBrowser, Limits};

/// Adds the cookie to the answer that ends a sign-in. A fault fails no sign-in: without the cookie, the next sign-in is
/// like the first.
pub(crate) fn remember(visit: &mut Visit, grant: &Grant) {
    let token = visit
        .tenant_auth()
        .ok()
        .and_then(|tenant| tenant.known_browser(grant).ok());
    if let Some(token) = token {
        keep(visit, &token);
    }
}

/// The same with a token that came with a new password.
pub(crate) fn keep(visit: &mut Visit, token: &KnownBrowser) {
    let lifetime = time::Duration::try_from(Limits::default().known_browser_lifetime);
    visit.set_cookie(Kind::KnownBrowser, token.expose().to_owned(), |cookie| {
        cookie.max_age(lifetime.unwrap_or_default())
    });
}
