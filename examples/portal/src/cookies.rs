//! The cookies of a request, and when the session's is set.
//!
//! The session layer sets it with every answer, and takes it back where the session is gone. Of the answers to a
//! form that was sent twice, the later one would so put the id of before in the place of the one that the
//! earlier has just brought, and sign the person out.

use axum::extract::{Request, State};
use axum::http::HeaderValue;
use axum::http::header::{COOKIE, HeaderMap, SET_COOKIE};
use axum::middleware::Next;
use axum::response::Response;
use tower_sessions::cookie::Cookie;

/// The value of the cookie with this name.
pub(crate) fn presented(headers: &HeaderMap, name: &str) -> Option<String> {
    let values = headers.get_all(COOKIE).iter();
    values
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| Cookie::split_parse(value.to_owned()).flatten())
        .find(|cookie| cookie.name() == name)
        .map(|cookie| cookie.value().to_owned())
}

/// Lets the session's cookie of this name through only where it brings an id that the browser does not have.
pub(crate) async fn new_sessions_only(
    State(name): State<&'static str>,
    request: Request,
    next: Next,
) -> Response {
    let known = presented(request.headers(), name);
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let set: Vec<HeaderValue> = headers.get_all(SET_COOKIE).iter().cloned().collect();
    headers.remove(SET_COOKIE);
    for line in set {
        if !is_nothing_new(&line, name, known.as_deref()) {
            headers.append(SET_COOKIE, line);
        }
    }
    response
}

fn is_nothing_new(line: &HeaderValue, name: &str, known: Option<&str>) -> bool {
    let cookie = line.to_str().ok().and_then(|line| Cookie::parse(line).ok());
    cookie.is_some_and(|cookie| {
        cookie.name() == name && (cookie.value().is_empty() || Some(cookie.value()) == known)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_id_that_the_browser_does_not_have_is_new() {
        let nothing_new = |line: &'static str, known: Option<&str>| {
            is_nothing_new(&HeaderValue::from_static(line), "session", known)
        };
        assert!(!nothing_new("session=b; HttpOnly", Some("a")));
        assert!(!nothing_new("session=b; HttpOnly", None));
        assert!(nothing_new("session=a; HttpOnly", Some("a")));
        assert!(nothing_new("session=; Max-Age=0", Some("a")));
        assert!(nothing_new("session=; Max-Age=0", None));
        // Other cookies are none of its business.
        assert!(!nothing_new("device=a; HttpOnly", Some("a")));
        assert!(!nothing_new("session-2=; Max-Age=0", Some("a")));
    }

    #[test]
    fn a_cookie_is_found_among_others_by_its_whole_name() {
        let mut headers = HeaderMap::new();
        headers.append(COOKIE, HeaderValue::from_static("session-2=x; a=b"));
        headers.append(COOKIE, HeaderValue::from_static("c=d; session=y"));
        assert_eq!(presented(&headers, "session").as_deref(), Some("y"));
        assert_eq!(presented(&headers, "sess"), None);
    }
}
