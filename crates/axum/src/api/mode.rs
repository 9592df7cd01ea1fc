//! The two modes of a request, and its credentials.

use super::code::ErrorCode;
use crate::cookies::Kind;
use crate::web::Web;
use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;

/// The header that names the mode.
const MODE: &str = "x-slotwerk-mode";

/// Where the credentials of a request are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// In cookies, with a token against forged requests. The default.
    Browser,
    /// In the `Authorization` header and the body. No cookie is read or set.
    App,
}

impl Mode {
    /// The mode of a request whose credentials fit it.
    pub(crate) fn of(headers: &HeaderMap, web: &Web, tenant: &str) -> Result<Self, ErrorCode> {
        let mode = headers.get(MODE).map(|mode| mode.as_bytes());
        match mode {
            None | Some(b"browser") => {
                if headers.contains_key(AUTHORIZATION) {
                    return Err(ErrorCode::BearerInBrowserMode);
                }
                Ok(Self::Browser)
            }
            Some(b"app") => {
                let presented = |kind| web.cookies().presented(kind, tenant, headers);
                if presented(Kind::Session)
                    .or_else(|| presented(Kind::Flow))
                    .is_some()
                {
                    return Err(ErrorCode::CookieInAppMode);
                }
                Ok(Self::App)
            }
            Some(_) => Err(ErrorCode::UnknownMode),
        }
    }
}

/// The token of the `Authorization` header.
pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme
        .eq_ignore_ascii_case("bearer")
        .then_some(token.trim())
}

/// Whether the browser says that a page of another site sends the request.
pub(crate) fn is_cross_site(headers: &HeaderMap) -> bool {
    headers
        .get("sec-fetch-site")
        .is_some_and(|site| site.as_bytes() == b"cross-site")
}
