//! The page that asks to try again while the database is away.
//!
//! It stands at the address that was asked for, so that loading it again repeats the request. It never repeats what was
//! typed, except for a user name.

use crate::form::{self, Form};
use crate::language::Language;
use crate::plain_page::{Page, PlainPages};
use crate::web::Web;
use axum::extract::Request;
use axum::http::header::{HeaderMap, RETRY_AFTER};
use axum::http::{HeaderValue, Method, StatusCode, Uri};
use axum::response::Response;
use minijinja::context;

/// Seconds after which a program may try again.
const RETRY_SECONDS: HeaderValue = HeaderValue::from_static("5");

/// The last part of addresses that take a form and show no page. The page before it is the one to open again.
const WITHOUT_A_PAGE: [&str; 6] = [
    "/begin",
    "/end",
    "/end-others",
    "/file",
    "/new-code",
    "/sign-out",
];

/// Marks an answer that was given because the database could not be used, among the extensions of the response.
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct Away;

/// The page at this address. `comes_back` says whether it helps to wait.
pub(crate) fn page(
    pages: &PlainPages,
    comes_back: bool,
    language: Option<&Language>,
    method: &Method,
    uri: &Uri,
    headers: &HeaderMap,
) -> Response {
    let is_form = *method == Method::POST;
    let own = if comes_back {
        context! { status => 503, kind => "away", again => again(uri, is_form), is_form }
    } else {
        context! { status => 503, kind => "fault" }
    };
    let page = Page {
        template: "error.html",
        language,
        csrf: "",
    };
    let status = StatusCode::SERVICE_UNAVAILABLE;
    marked(retry_later(pages.page(
        status,
        &page,
        uri.path(),
        headers,
        own,
    )))
}

pub(crate) fn marked(mut response: Response) -> Response {
    response.extensions_mut().insert(Away);
    response
}

impl Web {
    /// The page for a request while the host knows that the database cannot be used: it asks to try again, and keeps a
    /// user name that was typed.
    pub async fn away_page(&self, request: Request) -> Response {
        let (method, uri) = (request.method().clone(), request.uri().clone());
        let headers = request.headers().clone();
        let comes_back = self.database_comes_back();
        if comes_back
            && method == Method::POST
            && let Some(page) = typed_again(self.plain_pages(), request).await
        {
            return page;
        }
        page(
            self.plain_pages(),
            comes_back,
            None,
            &method,
            &uri,
            &headers,
        )
    }
}

pub(crate) fn retry_later(mut response: Response) -> Response {
    response.headers_mut().insert(RETRY_AFTER, RETRY_SECONDS);
    response
}

/// Where the page leads to: the same address, or for a form the page that it stands on.
fn again(uri: &Uri, is_form: bool) -> &str {
    let at = if is_form {
        let path = uri.path();
        let page = WITHOUT_A_PAGE.iter().find_map(|end| path.strip_suffix(end));
        page.unwrap_or(path)
    } else {
        uri.path_and_query().map_or("/", |at| at.as_str())
    };
    // A browser takes what follows two slashes for another host.
    let elsewhere = at.starts_with("//") || at.starts_with("/\\");
    if at.is_empty() || elsewhere { "/" } else { at }
}

/// The form that asks for a user name, with the name that was typed. `None` for every other form.
async fn typed_again(pages: &PlainPages, request: Request) -> Option<Response> {
    let (parts, body) = request.into_parts();
    let template = match parts.uri.path().rsplit('/').next() {
        Some("forgot") => "forgot.html",
        Some("sign-in") => "sign_in.html",
        _ => return None,
    };
    form::check_kind(&parts.headers).ok()?;
    let mut form = Form::read(&form::bounded(body).await.ok()?).ok()?;
    let (login, csrf) = (form.take("login").ok()?, form.take("csrf").ok()?);
    let page = Page {
        template,
        language: None,
        csrf: &csrf,
    };
    let own = context! {
        login => login.as_str(), problem => "away", sent => false, wait_seconds => 0, notice => (),
    };
    let status = StatusCode::SERVICE_UNAVAILABLE;
    let path = parts.uri.path();
    Some(retry_later(pages.page(
        status,
        &page,
        path,
        &parts.headers,
        own,
    )))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_pages::plain_pages;
    use axum::body::Body;
    use axum::http::header::CONTENT_TYPE;

    async fn text(response: Response) -> String {
        let body = axum::body::to_bytes(response.into_body(), usize::MAX).await;
        String::from_utf8(body.unwrap().to_vec()).unwrap()
    }

    fn sent(path: &str, body: &'static str) -> Request {
        Request::post(path)
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(body))
            .unwrap()
    }

    #[test]
    fn page_leads_to_the_same_address() {
        for (address, is_form, leads) in [
            (
                "/noord/sign-in?notice=over",
                false,
                "/noord/sign-in?notice=over",
            ),
            ("/noord/reset/abc", true, "/noord/reset/abc"),
            (
                "/noord/second-factor/enrol/new-code",
                true,
                "/noord/second-factor/enrol",
            ),
            ("/noord/sign-out", true, "/noord"),
            ("//elsewhere.example/", false, "/"),
            ("/", false, "/"),
        ] {
            assert_eq!(again(&address.parse().unwrap(), is_form), leads);
        }
    }

    #[tokio::test]
    async fn page_says_when_to_retry() {
        let uri = "/noord/password".parse().unwrap();
        let page = page(
            &plain_pages(),
            true,
            None,
            &Method::GET,
            &uri,
            &HeaderMap::new(),
        );
        assert_eq!(page.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(page.headers()[RETRY_AFTER], "5");
        let page = text(page).await;
        assert!(
            page.contains("href=\"&#x2f;noord&#x2f;password\"")
                && page.contains("Arbodienst Noord")
        );
    }

    #[tokio::test]
    async fn user_name_is_kept_and_password_is_not() {
        for (path, body) in [
            (
                "/noord/sign-in",
                "login=demo%22&password=Secret-1&csrf=c-s_r",
            ),
            ("/noord/forgot", "login=demo%22&csrf=c-s_r"),
        ] {
            let page = typed_again(&plain_pages(), sent(path, body)).await.unwrap();
            assert_eq!(page.status(), StatusCode::SERVICE_UNAVAILABLE);
            let page = text(page).await;
            assert!(page.contains("value=\"demo&quot;\"") && page.contains("value=\"c-s_r\""));
            assert!(
                page.contains("We kunnen even niet bij onze gegevens")
                    && !page.contains("Secret-1")
            );
        }
        let other = sent(
            "/noord/password",
            "current=Secret-1&password=Secret-2&csrf=x",
        );
        assert!(typed_again(&plain_pages(), other).await.is_none());
    }
}
